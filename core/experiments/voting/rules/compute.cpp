// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/electorate.hpp"
#include "choice/widest_paths.hpp"
#include "experiments/voting/rules/examples.hpp"
#include "experiments/voting/rules/rules.hpp"
#include "experiments/voting/rules/state.hpp"

#include <algorithm>
#include <utility>

namespace psephos::experiments {

namespace {

using choice::Rule;
using lab::Advance;
using lab::Result;
using lab::RunContext;

/// Whether a rule takes long on these votes, so that the others are shown before.
bool isSlow(Rule rule, const choice::Votes& votes) {
    constexpr std::size_t kQuick = 60;     // candidates, for what takes their third power
    constexpr std::size_t kQuickTier = 16; // candidates of a tier, for Kemeny
    constexpr std::size_t kQuickSets = 12; // candidates, for Stable Voting
    constexpr std::size_t kQuickBallots = 5'000;
    if (votes.size() > kQuick) {
        return true;
    }
    switch (rule) {
    case Rule::Kemeny:
        return choice::kemenyTier(votes) > kQuickTier;
    case Rule::StableVoting: {
        const auto undefeated = choice::splitCycle(votes);
        return votes.size() > kQuickSets && undefeated && undefeated->winners.size() > 1;
    }
    case Rule::PlackettLuce:
    case Rule::Irv:
        return votes.profile != nullptr && votes.profile->ballots.size() > kQuickBallots;
    default:
        return false;
    }
}

class RulesRun final : public lab::Computation {
  public:
    Result<void> start(RunContext& context) override {
        const auto reading = context.offClock();
        const lab::KnobValues& knobs = context.knobs();
        findCell(knobs);
        if (auto read = readVotes(context); !read) {
            return read;
        }
        for (const choice::RuleInfo& info : choice::votingRules()) {
            const auto& wanted = knobs.choices("rules");
            if (std::find(wanted.begin(), wanted.end(), info.id) != wanted.end()) {
                AskedRule asked;
                asked.rule = info.rule;
                (isSlow(info.rule, state_.votes) ? slow_ : quick_).push_back(state_.rules.size());
                state_.rules.push_back(std::move(asked));
            }
        }
        startHunt(context);
        return {};
    }

    Result<Advance> advance(RunContext& context) override {
        const choice::StopRequest stop = [&context] { return context.stopRequested(); };
        if (context.step() == 1) {
            for (const std::size_t index : quick_) {
                ask(index, context, stop);
            }
            emitVotes(context);
            emitAnswers(context);
        } else if (!slow_.empty()) {
            ask(slow_.front(), context, stop);
            slow_.erase(slow_.begin());
            emitAnswers(context);
        } else if (hunt_) {
            if (auto hunted = hunt(context, stop); !hunted) {
                return hunted;
            }
        }
        return slow_.empty() && !hunt_ ? Advance::Done : Advance::More;
    }

  private:
    void findCell(const lab::KnobValues& knobs) {
        if (const auto axiom = choice::axiomOf(knobs.text("axiom"))) {
            state_.cell = &choice::axiomCell(knobs.text("axiom_rule"), *axiom);
            state_.change = knobs.real("ballot_change");
        }
    }

    Result<void> readVotes(RunContext& context) {
        const lab::KnobValues& knobs = context.knobs();
        const std::string& unranked = knobs.text("unranked");
        bool isAbsent = unranked == "absent";
        const ballots::Profile* profile = &own_;
        if (state_.cell != nullptr && state_.cell->example != nullptr) {
            own_ = choice::changedBy(*state_.cell->example, state_.change);
        } else if (knobs.text("data").empty()) {
            own_ = exampleProfile(knobs.text("example"));
        } else {
            ballots::ReadOptions options;
            options.columns = knobs.text("columns");
            options.stopRequested = [&context] { return context.stopRequested(); };
            auto electorate = ballots::openElectorate(knobs.text("data"), options);
            if (!electorate) {
                return electorate.error();
            }
            electorate_ = std::move(electorate).value();
            profile = electorate_->profile ? &*electorate_->profile : nullptr;
            // Whoever is missing from an order of a race was not in it.
            isAbsent =
                isAbsent || (unranked == "auto" && electorate_->format.starts_with("orders"));
        }
        state_.marginKind = knobs.text("margins") == "rates" ? choice::MarginKind::Rates
                                                             : choice::MarginKind::Counts;
        if (profile == nullptr) {
            state_.votes = choice::votesOf(electorate_->pairs, state_.marginKind);
        } else {
            state_.votes = choice::votesOf(*profile, state_.marginKind,
                                           isAbsent ? ballots::Unranked::NotCompared
                                                    : ballots::Unranked::TiedBelow);
        }
        return {};
    }

    void startHunt(const RunContext& context) {
        const lab::KnobValues& knobs = context.knobs();
        if (state_.cell == nullptr || !knobs.flag("hunt")) {
            return;
        }
        choice::HuntOptions options;
        options.rule = state_.cell->rule;
        options.axiom = state_.cell->axiom;
        options.seed = context.seed();
        options.budget = static_cast<std::uint64_t>(knobs.integer("hunt_budget"));
        if (state_.cell->example != nullptr) {
            options.mostVoters = state_.cell->example->before.voters() - 1;
        }
        hunt_.emplace(std::move(options));
    }

    void ask(std::size_t index, const RunContext& context, const choice::StopRequest& stop) {
        AskedRule& asked = state_.rules[index];
        if (asked.rule == Rule::Kemeny) {
            choice::KemenyOptions options;
            options.restarts = static_cast<std::size_t>(context.knobs().integer("kemeny_restarts"));
            options.seed = context.seed();
            auto kemeny = choice::kemeny(state_.votes, options, stop);
            if (kemeny) {
                asked.outcome = choice::outcomeOf(*kemeny);
                state_.kemeny = std::move(kemeny).value();
            } else {
                asked.refusal = kemeny.error().message;
            }
            return;
        }
        auto outcome = choice::applyRule(asked.rule, state_.votes, stop);
        if (outcome) {
            asked.outcome = std::move(outcome).value();
        } else {
            asked.refusal = outcome.error().message;
        }
    }

    void emitVotes(RunContext& context) const {
        context.emit("margins", marginsGrid(state_));
        context.emit("edges", edgesTable(state_));
        context.emit("axioms", axiomsTable());
        context.emit("axiom_grid", axiomsGrid());
        context.emit("ballots", ballotsTable(state_.votes.profile != nullptr ? *state_.votes.profile
                                                                             : ballots::Profile{}));
        for (std::size_t i = 0; electorate_ && i < electorate_->warnings.size(); ++i) {
            context.note({"file-" + std::to_string(i + 1), lab::NoteKind::Warning,
                          "The file is odd: " + electorate_->warnings[i] + "."});
        }
    }

    void emitAnswers(RunContext& context) const {
        if (context.stopRequested()) {
            return; // what was given up is no answer
        }
        context.emit("winners", winnersTable(state_));
        context.emit("scores", scoresTable(state_));
        context.emit("elected", electedGrid(state_));
        context.emit("nodes", nodesTable(state_, highlighted(context)));
        for (lab::Note& note : sentencesOf(state_)) {
            context.note(std::move(note));
        }
    }

    static Rule highlighted(const RunContext& context) {
        return choice::ruleOf(context.knobs().text("highlight")).value_or(Rule::Smith);
    }

    Result<Advance> hunt(RunContext& context, const choice::StopRequest& stop) {
        constexpr std::uint64_t kElections = 3'000; // about 10 ms
        const Result<bool> more = hunt_->advance(kElections, stop);
        if (!more) {
            return stop() ? Result<Advance>(Advance::More) : Result<Advance>(more.error());
        }
        context.emit("hunt", static_cast<double>(hunt_->looked()));
        context.note(huntSentence(*hunt_, !*more));
        if (hunt_->found() && hunt_->found()->before.voters() != shownVoters_) {
            shownVoters_ = hunt_->found()->before.voters();
            context.emit("found", foundTable(*hunt_->found()));
        }
        if (!*more) {
            hunt_.reset();
        }
        return Advance::More;
    }

    std::shared_ptr<const ballots::Electorate> electorate_;
    ballots::Profile own_; ///< of an example or counterexample
    RulesState state_;     ///< its votes point into one of the two
    std::vector<std::size_t> quick_;
    std::vector<std::size_t> slow_;
    std::optional<choice::CounterexampleHunt> hunt_;
    std::int64_t shownVoters_ = 0;
};

} // namespace

std::unique_ptr<lab::Computation> makeRules() {
    return std::make_unique<RulesRun>();
}

} // namespace psephos::experiments
