// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/electorate.hpp"
#include "choice/edited_margins.hpp"
#include "choice/group_margins.hpp"
#include "choice/maximal_lottery.hpp"
#include "choice/pair_resampling.hpp"
#include "choice/robust_lottery.hpp"
#include "experiments/voting/maximal_lottery/bootstrap_frames.hpp"
#include "experiments/voting/maximal_lottery/examples.hpp"
#include "experiments/voting/maximal_lottery/maximal_lottery.hpp"
#include "experiments/voting/maximal_lottery/sentences.hpp"
#include "lab/text.hpp"
#include "lab/value.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace psephos::experiments {

namespace {

using lab::Advance;
using lab::Error;
using lab::MatrixValue;
using lab::Result;
using lab::RunContext;

/// The pairs that were never compared, nor set by the hand.
std::vector<ballots::Pair> openPairs(const ballots::PairCounts& pairs,
                                     const choice::EditedMargins& edited) {
    std::vector<ballots::Pair> open = ballots::unseenPairs(pairs);
    std::erase_if(open, [&](const ballots::Pair& pair) {
        return edited.isEdited[pair.first * pairs.size() + pair.second];
    });
    return open;
}

/// How votes become the game that is solved.
struct LotteryRules {
    choice::MarginRule margins;
    double power = 1.0;
    choice::LotterySolver solver = choice::LotterySolver::CentralPath;
};

LotteryRules rulesOf(const lab::KnobValues& knobs, const ballots::Electorate& electorate) {
    LotteryRules rules;
    const std::string& rule = knobs.text("rule");
    const bool isRate = rule == "rates" || (rule == "auto" && electorate.battles.has_value());
    rules.margins.kind = isRate ? choice::MarginKind::Rates : choice::MarginKind::Counts;
    rules.margins.ties =
        knobs.text("ties") == "dropped" ? ballots::Ties::Dropped : ballots::Ties::Half;
    rules.margins.alpha = knobs.real("alpha");
    const std::string& unseen = knobs.text("unseen");
    rules.margins.unseen = unseen == "impute"     ? choice::Unseen::Impute
                           : unseen == "refuse"   ? choice::Unseen::Refuse
                           : unseen == "interval" ? choice::Unseen::Interval
                                                  : choice::Unseen::Tie;
    rules.power = knobs.real("power");
    const std::string& solver = knobs.text("solver");
    rules.solver = solver == "linear_program" ? choice::LotterySolver::LinearProgram
                   : solver == "least_norm"   ? choice::LotterySolver::LeastNorm
                                              : choice::LotterySolver::CentralPath;
    return rules;
}

/// A lottery and the margins that it answers.
struct Solved {
    choice::EditedMargins edited;
    std::vector<double> played; ///< margins to the power, as they are solved
    choice::Lottery lottery;
    std::optional<double> sureOf;                  ///< see LotteryState
    std::optional<choice::RobustLottery> interval; ///< where unseen pairs may be anything
};

/// With intervals the game is not symmetric any more: what each side can be sure of.
Result<void> solveIntervals(Solved& solved, std::size_t n) {
    auto robust = choice::robustLottery({n, solved.played, {1.0}}, 0.0);
    if (!robust) {
        return robust.error();
    }
    double largest = 0.0;
    for (const double each : solved.played) {
        largest = std::max(largest, std::abs(each));
    }
    const double scale = largest > 0.0 ? largest : 1.0;
    solved.lottery.probabilities = robust->probabilities;
    solved.lottery.gap = std::max(0.0, robust->upper - robust->lower) / scale;
    if (robust->isUnique) {
        solved.lottery.freedom = 0;
    }
    solved.sureOf = robust->lower / scale;
    solved.interval = std::move(robust).value();
    return {};
}

Result<Solved> solveVotes(const ballots::PairCounts& pairs, const LotteryRules& rules,
                          const MatrixValue& edits) {
    auto payoffs = choice::payoffsOf(pairs, rules.margins);
    if (!payoffs) {
        return payoffs.error();
    }
    auto edited = choice::editedMargins(std::move(payoffs).value(), edits, pairs.names);
    if (!edited) {
        return edited.error();
    }
    Solved solved{std::move(edited).value(), {}, {}, {}, {}};
    solved.played = rules.power == 1.0 ? solved.edited.margins
                                       : choice::marginPowers(solved.edited.margins, rules.power);
    const bool isOpen = rules.margins.unseen == choice::Unseen::Interval &&
                        !openPairs(pairs, solved.edited).empty();
    if (isOpen) {
        if (auto done = solveIntervals(solved, pairs.size()); !done) {
            return done.error();
        }
        return solved;
    }
    auto lottery = choice::maximalLottery(solved.played, pairs.size(), rules.solver);
    if (!lottery) {
        return lottery.error();
    }
    solved.lottery = std::move(lottery).value();
    return solved;
}

/// To be ready to draw from many pairs takes longer than a drag may: it is kept for the next one.
std::shared_ptr<const choice::PairResampling>
resamplingOf(const std::shared_ptr<const ballots::Electorate>& electorate) {
    static std::mutex mutex;
    static std::weak_ptr<const ballots::Electorate> last;
    static std::shared_ptr<const choice::PairResampling> kept;
    {
        const std::lock_guard lock(mutex);
        if (last.lock() == electorate) {
            return kept;
        }
    }
    auto made = electorate->profile
                    ? std::make_shared<const choice::PairResampling>(*electorate->profile,
                                                                     ballots::Unranked::TiedBelow)
                    : std::make_shared<const choice::PairResampling>(electorate->pairs);
    const std::lock_guard lock(mutex);
    last = electorate;
    kept = made;
    return made;
}

class MaximalLotteryRun final : public lab::Computation {
  public:
    Result<void> start(RunContext& context) override {
        const auto reading = context.offClock();
        const std::string& data = context.knobs().text("data");
        if (data.empty()) {
            electorate_ = std::make_shared<const ballots::Electorate>(
                exampleElectorate(context.knobs().text("example")));
            return {};
        }
        auto electorate =
            ballots::openElectorate(data, {.columns = context.knobs().text("columns")});
        if (!electorate) {
            return electorate.error();
        }
        electorate_ = std::move(electorate).value();
        return {};
    }

    Result<Advance> advance(RunContext& context) override {
        return context.step() == 1 ? solve(context) : resample(context);
    }

  private:
    Result<Advance> solve(RunContext& context) {
        rules_ = rulesOf(context.knobs(), *electorate_);
        auto solved = solveVotes(electorate_->pairs, rules_, context.knobs().matrix("margins"));
        if (!solved) {
            return solved.error();
        }
        solved_ = std::move(solved).value();
        emitMargins(context);
        // Bounds of one dimension or of few candidates take no longer than the lottery.
        const bool isQuick = solved_.lottery.freedom <= std::size_t{1} ||
                             electorate_->pairs.size() <= kQuickCandidates;
        if (auto emitted = emitLottery(context, isQuick); !emitted) {
            return emitted.error();
        }
        say(context);
        context.show();
        areBoundsKnown_ = isQuick;
        wanted_ = static_cast<std::size_t>(context.knobs().integer("bootstraps"));
        return wanted_ == 0 && areBoundsKnown_ ? Advance::Done : Advance::More;
    }

    void emitMargins(RunContext& context) const {
        lab::Grid grid;
        grid.x.names = electorate_->pairs.names;
        grid.y.names = electorate_->pairs.names;
        grid.values = solved_.edited.margins;
        for (const ballots::Pair& pair : openPairs(electorate_->pairs, solved_.edited)) {
            if (rules_.margins.unseen != choice::Unseen::Impute) {
                grid.values[pair.first * electorate_->pairs.size() + pair.second] = kUnknown;
                grid.values[pair.second * electorate_->pairs.size() + pair.first] = kUnknown;
            }
        }
        context.emit("margins", std::move(grid));
        context.emit("gap", solved_.lottery.gap);
    }

    /// Least and greatest chance over all lotteries that do as well; NaN until they are known.
    Result<void> emitLottery(RunContext& context, bool withBounds) const {
        const std::size_t n = electorate_->pairs.size();
        choice::LotteryRanges ranges{std::vector<double>(n, kUnknown),
                                     std::vector<double>(n, kUnknown)};
        if (solved_.lottery.freedom == std::size_t{0}) {
            ranges = {solved_.lottery.probabilities, solved_.lottery.probabilities};
        } else if (withBounds && solved_.interval) {
            const auto bounds = choice::robustRanges({n, solved_.played, {1.0}}, *solved_.interval);
            if (!bounds) {
                return bounds.error();
            }
            ranges = {bounds->least, bounds->greatest};
        } else if (withBounds) {
            auto bounds = choice::lotteryRanges(solved_.played, n);
            if (!bounds) {
                return bounds.error();
            }
            ranges = std::move(bounds).value();
        }
        context.emit("lottery", lab::Table{{electorate_->pairs.names, solved_.lottery.probabilities,
                                            std::move(ranges.least), std::move(ranges.greatest)}});
        emitScores(context);
        return {};
    }

    /// Borda's score beside the chance: who does best on average need not have any.
    void emitScores(RunContext& context) const {
        const std::size_t n = electorate_->pairs.size();
        std::vector<double> means(n, 0.0);
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n && n > 1; ++j) {
                means[i] += solved_.edited.margins[i * n + j] / static_cast<double>(n - 1);
            }
        }
        context.emit("scores", lab::Table{{electorate_->pairs.names, std::move(means),
                                           solved_.lottery.probabilities}});
    }

    void say(RunContext& context) const {
        const std::vector<ballots::Pair> unseen = openPairs(electorate_->pairs, solved_.edited);
        const LotteryState state{
            electorate_->pairs.names, solved_.played,        unseen,        solved_.edited.edits,
            solved_.lottery,          rules_.margins.unseen, rules_.solver, solved_.sureOf};
        for (lab::Note& note : sentencesOf(state)) {
            context.note(std::move(note));
        }
        for (std::size_t i = 0; i < electorate_->warnings.size(); ++i) {
            context.note({"file-" + std::to_string(i + 1), lab::NoteKind::Warning,
                          "The file is odd: " + electorate_->warnings[i] + "."});
        }
    }

    /// Bounds that were left open, then as many replicates as fit in a slice.
    Result<Advance> resample(RunContext& context) {
        constexpr auto kSlice = std::chrono::milliseconds(30);
        if (!areBoundsKnown_) {
            if (auto emitted = emitLottery(context, true); !emitted) {
                return emitted.error();
            }
            areBoundsKnown_ = true;
            return wanted_ == 0 ? Advance::Done : Advance::More;
        }
        if (!resampling_) {
            resampling_ = resamplingOf(electorate_);
        }
        const auto from = std::chrono::steady_clock::now();
        while (drawn_ < wanted_ && !context.stopRequested() &&
               std::chrono::steady_clock::now() - from < kSlice) {
            LotteryRules rules = rules_;
            if (rules.margins.unseen == choice::Unseen::Refuse) {
                rules.margins.unseen = choice::Unseen::Tie; // by chance no one drew the pair
            }
            auto replicate = solveVotes(resampling_->draw(context.seed(), drawn_), rules,
                                        context.knobs().matrix("margins"));
            if (!replicate) {
                return replicate.error();
            }
            replicates_.push_back(std::move(replicate->lottery.probabilities));
            ++drawn_;
        }
        const bool isComplete = drawn_ >= wanted_;
        context.emit("bootstrap", bootstrapTable(electorate_->pairs.names, replicates_));
        context.emit("distribution", distributionGrid(electorate_->pairs.names, replicates_));
        context.note(bootstrapNote(drawn_, wanted_));
        return isComplete ? Advance::Done : Advance::More;
    }

    static constexpr std::size_t kQuickCandidates = 12;
    static constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

    std::shared_ptr<const ballots::Electorate> electorate_;
    LotteryRules rules_;
    Solved solved_;
    std::shared_ptr<const choice::PairResampling> resampling_;
    std::vector<std::vector<double>> replicates_;
    std::size_t wanted_ = 0;
    std::size_t drawn_ = 0;
    bool areBoundsKnown_ = false;
};

} // namespace

std::unique_ptr<lab::Computation> makeMaximalLottery() {
    return std::make_unique<MaximalLotteryRun>();
}

} // namespace psephos::experiments
