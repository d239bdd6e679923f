// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/electorate.hpp"
#include "choice/widest_paths.hpp"
#include "experiments/voting/rules/examples.hpp"
#include "experiments/voting/rules/hunt_shelf.hpp"
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
    explicit RulesRun(std::shared_ptr<HuntShelf> shelf)
        : shelf_(std::move(shelf)) {}

    ~RulesRun() override {
        if (hunt_) {
            shelf_->put(*std::move(hunt_));
        }
    }

    RulesRun(const RulesRun&) = delete;
    RulesRun& operator=(const RulesRun&) = delete;

    Result<void> start(RunContext& context) override {
        const auto reading = context.offClock();
        const lab::KnobValues& knobs = context.knobs();
        findCell(knobs);
        takeHunt(context);
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
        return {};
    }

    Result<Advance> advance(RunContext& context) override {
        const choice::StopRequest stop = [&context] { return context.stopRequested(); };
        if (context.step() == 1) {
            for (const std::size_t index : quick_) {
                ask(index, context, stop);
            }
            if (hunt_) {
                emitHunt(context); // its note comes first: it is what changes
            }
            emitFile(context);
            emitVotes(context);
            emitAnswers(context);
            if (!slow_.empty() || isHunting()) {
                context.show(); // they are added under the reader's eye
            }
        } else if (!slow_.empty()) {
            ask(slow_.front(), context, stop);
            slow_.erase(slow_.begin());
            emitAnswers(context);
        } else if (auto hunted = hunt(context, stop); !hunted) {
            return hunted.error();
        }
        return slow_.empty() && !isHunting() ? Advance::Done : Advance::More;
    }

  private:
    [[nodiscard]] bool isHunting() const { return hunt_ && !hunt_->isOver; }

    void findCell(const lab::KnobValues& knobs) {
        if (const auto axiom = choice::axiomOf(knobs.text("axiom"))) {
            state_.cell = &choice::axiomCell(knobs.text("axiom_rule"), *axiom);
            state_.shown = state_.cell->example;
            state_.change = infoOf(*axiom).hasChange ? knobs.real("ballot_change") : 0.0;
        }
    }

    void takeHunt(const RunContext& context) {
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
        hunt_ = shelf_->take(options);
        (void)loadFound();
    }

    /// Looks at what the hunt has found in place of what was looked at; whether it is new.
    bool loadFound() {
        const auto& found = hunt_->hunt.found();
        if (!found || (state_.isFound && found->before.voters() == found_.before.voters() &&
                       found->before.names.size() == found_.before.names.size())) {
            return false;
        }
        found_ = *found;
        state_.shown = &found_;
        state_.isFound = true;
        return true;
    }

    Result<void> readVotes(RunContext& context) {
        const lab::KnobValues& knobs = context.knobs();
        const std::string& unranked = knobs.text("unranked");
        bool isAbsent = unranked == "absent";
        const ballots::Profile* profile = &own_;
        if (state_.shown != nullptr) {
            own_ = choice::changedBy(*state_.shown, state_.change);
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
        context.emit("ballots", ballotsTable(state_));
    }

    void emitFile(RunContext& context) const {
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
        context.emit("scores_grid", scoresGrid(state_));
        context.emit("elected", electedGrid(state_));
        context.emit("nodes", nodesTable(state_, context.knobs().text("highlight")));
        for (lab::Note& note : sentencesOf(state_)) {
            context.note(std::move(note));
        }
    }

    Result<void> hunt(RunContext& context, const choice::StopRequest& stop) {
        constexpr std::uint64_t kElections = 3'000; // about 10 ms
        const Result<bool> more = hunt_->hunt.advance(kElections, stop);
        if (!more) {
            return stop() ? Result<void>() : Result<void>(more.error());
        }
        hunt_->isOver = !*more;
        if (loadFound()) {
            if (auto read = readVotes(context); !read) {
                return read;
            }
            for (std::size_t index = 0; index < state_.rules.size(); ++index) {
                ask(index, context, stop); // six candidates at most: quick
            }
            emitVotes(context);
            emitAnswers(context);
        }
        emitHunt(context);
        return {};
    }

    void emitHunt(RunContext& context) const {
        context.emit("hunt", static_cast<double>(hunt_->hunt.looked()));
        context.note(huntSentence(state_, hunt_->hunt, hunt_->isOver));
        if (state_.isFound) {
            context.emit("found", foundTable(found_));
        }
    }

    std::shared_ptr<const ballots::Electorate> electorate_;
    ballots::Profile own_; ///< of an example or counterexample
    RulesState state_;     ///< its votes point into one of the two
    std::vector<std::size_t> quick_;
    std::vector<std::size_t> slow_;
    std::shared_ptr<HuntShelf> shelf_;
    std::optional<HuntShelf::Hunt> hunt_;
    choice::AxiomCase found_; ///< by the hunt, if state_.isFound
};

} // namespace

lab::ComputationFactory rulesFactory() {
    return [shelf = std::make_shared<HuntShelf>()] { return std::make_unique<RulesRun>(shelf); };
}

} // namespace psephos::experiments
