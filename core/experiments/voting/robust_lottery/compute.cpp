// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/edited_margins.hpp"
#include "experiments/voting/robust_lottery/electorates.hpp"
#include "experiments/voting/robust_lottery/robust_lottery.hpp"
#include "experiments/voting/robust_lottery/study.hpp"
#include "lab/files/csv.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

namespace psephos::experiments {

namespace {

using lab::Advance;
using lab::Error;
using lab::Result;
using lab::RunContext;

choice::MarginRule ruleOf(const lab::KnobValues& knobs) {
    choice::MarginRule rule;
    rule.ties = knobs.text("ties") == "half" ? ballots::Ties::Half : ballots::Ties::Dropped;
    rule.alpha = knobs.real("alpha");
    rule.pessimism = knobs.real("pessimism");
    const std::string& unseen = knobs.text("unseen");
    rule.unseen = unseen == "impute"     ? choice::Unseen::Impute
                  : unseen == "refuse"   ? choice::Unseen::Refuse
                  : unseen == "interval" ? choice::Unseen::Interval
                                         : choice::Unseen::Tie;
    return rule;
}

/// "0.7, 0.2, 0.1"; empty: none.
Result<std::vector<double>> weightsOf(const std::string& text) {
    std::vector<double> weights;
    std::size_t from = 0;
    while (from < text.size()) {
        const std::size_t comma = std::min(text.find(',', from), text.size());
        const std::string word(lab::trimmed(std::string_view(text).substr(from, comma - from)));
        const auto number = lab::parseNumber(word);
        if (!number) {
            return Error{lab::inQuotes(word) + " is not a number",
                         "one weight for each group, the largest group first: 0.7, 0.2, 0.1",
                         "knob 'weights'"};
        }
        weights.push_back(*number);
        from = comma + 1;
    }
    return weights;
}

/// Moves every group's payoffs away from the pool's, or towards it.
void setHeterogeneity(choice::GroupGame& game, double factor) {
    if (factor == 1.0) {
        return;
    }
    const std::vector<double> pooled = game.pooled();
    for (std::size_t cell = 0; cell < game.payoffs.size(); ++cell) {
        const double pool = pooled[cell % pooled.size()];
        game.payoffs[cell] = std::clamp(pool + factor * (game.payoffs[cell] - pool), -1.0, 1.0);
    }
}

/// Sets margins of the mix at hand: every group's margin moves by as much, within −1 … 1.
Result<void> edit(RobustStudy& study, const lab::MatrixValue& edits) {
    const std::vector<double> pooled = study.shown.pooled();
    auto edited = choice::editedMargins(pooled, edits, study.names());
    if (!edited) {
        return edited.error();
    }
    for (choice::GroupGame* game : {&study.game, &study.shown}) {
        for (std::size_t cell = 0; cell < game->payoffs.size(); ++cell) {
            const std::size_t pair = cell % pooled.size();
            if (edited->isEdited[pair]) {
                const double moved = game->payoffs[cell] + edited->margins[pair] - pooled[pair];
                game->payoffs[cell] = std::clamp(moved, -1.0, 1.0);
            }
        }
    }
    study.edits = edited->edits;
    return {};
}

std::vector<double> distancesOf(const lab::KnobValues& knobs) {
    const std::int64_t steps = knobs.integer("rho_steps");
    std::vector<double> rhos;
    for (std::int64_t step = 0; step <= steps; ++step) {
        rhos.push_back(knobs.real("rho_max") * static_cast<double>(step) /
                       static_cast<double>(steps));
    }
    return rhos;
}

class RobustLotteryRun final : public lab::Computation {
  public:
    Result<void> start(RunContext& context) override {
        const auto reading = context.offClock();
        const lab::KnobValues& knobs = context.knobs();
        if (auto read = readElectorate(knobs); !read) {
            return read;
        }
        auto groups = votesByGroup(*study_.electorate, knobs.text("group"));
        if (!groups) {
            return groups.error();
        }
        study_.groups = std::move(groups).value();
        study_.rule = ruleOf(knobs);
        study_.set = knobs.text("set") == "edge_box" ? MixSet::EdgeBox : MixSet::TotalVariation;
        const auto weights = weightsOf(knobs.text("weights"));
        if (!weights) {
            return weights.error();
        }
        weights_ = *weights;
        for (const bool isShown : {false, true}) {
            choice::MarginRule rule = study_.rule;
            rule.pessimism = isShown ? 0.0 : rule.pessimism;
            auto game = choice::groupGame(study_.groups, rule, weights_);
            if (!game) {
                return game.error();
            }
            setHeterogeneity(*game, knobs.real("heterogeneity"));
            (isShown ? study_.shown : study_.game) = std::move(game).value();
        }
        if (auto edited = edit(study_, knobs.matrix("margins")); !edited) {
            return edited;
        }
        const bool isPossible = study_.electorate->battles && study_.groups.size() > 1 &&
                                study_.set == MixSet::TotalVariation &&
                                knobs.real("heterogeneity") == 1.0 && study_.edits == 0;
        // Resamples need single battles, several groups, and groups and margins as they are.
        study_.wantedResamples =
            isPossible ? static_cast<std::size_t>(knobs.integer("resamples")) : 0;
        return {};
    }

    Result<Advance> advance(RunContext& context) override {
        if (context.step() == 1) {
            return choose(context);
        }
        if (context.step() == 2) {
            return walk(context);
        }
        return resample(context);
    }

  private:
    Result<void> readElectorate(const lab::KnobValues& knobs) {
        const std::string& data = knobs.text("data");
        if (data.empty()) {
            study_.electorate = exampleGroupsElectorate(knobs.text("example"));
            return {};
        }
        auto electorate = ballots::openElectorate(data, {.columns = knobs.text("columns")});
        if (!electorate) {
            return electorate.error();
        }
        study_.electorate = std::move(electorate).value();
        return {};
    }

    /// Splits the votes; this takes longer than an answer may be waited for.
    Result<void> prepareResamples(const RunContext& context) {
        const lab::KnobValues& knobs = context.knobs();
        choice::HeldOutStudy::Options options;
        options.rule = study_.rule;
        options.rhos = distancesOf(knobs);
        // The lottery that is highlighted gets its whiskers, too.
        options.rhos.push_back(knobs.real("rho"));
        std::ranges::sort(options.rhos);
        const auto repeated = std::ranges::unique(options.rhos);
        options.rhos.erase(repeated.begin(), repeated.end());
        options.weights = weights_;
        options.trainShare = 1.0 - knobs.real("held_out");
        options.seed = context.seed();
        auto heldOut = choice::HeldOutStudy::make(
            *study_.electorate->battles, groupColumn(*study_.electorate, knobs.text("group")),
            std::move(options));
        if (!heldOut) {
            return heldOut.error();
        }
        heldOut_.emplace(std::move(heldOut).value());
        return {};
    }

    Result<choice::RobustLottery> solveAt(double rho, choice::RobustSolver solver) const {
        auto robust = choice::robustLottery(study_.gameAt(rho), study_.mixDistance(rho), solver);
        if (robust) {
            robust->rho = rho;
        }
        return robust;
    }

    static choice::RobustSolver solverOf(const RunContext& context) {
        return context.knobs().text("solver") == "linear_program"
                   ? choice::RobustSolver::LinearProgram
                   : choice::RobustSolver::CuttingPlanes;
    }

    Result<Advance> choose(RunContext& context) {
        auto nominal = solveAt(0.0, solverOf(context));
        auto chosen = solveAt(context.knobs().real("rho"), solverOf(context));
        if (!nominal || !chosen) {
            return nominal ? chosen.error() : nominal.error();
        }
        study_.nominal = std::move(nominal).value();
        study_.chosen = std::move(chosen).value();
        context.emit("margins", marginsGrid(study_));
        context.emit("coverage", coverageTable(study_));
        context.emit("groups", groupTable(study_));
        context.emit("adversary", adversaryTable(study_));
        context.emit("maximal", barsTable(study_, study_.nominal));
        context.emit("robust", barsTable(study_, study_.chosen));
        context.emit("value", study_.chosen.lower);
        context.emit("bound", study_.chosen.upper);
        for (lab::Note& note : chosenSentences(study_)) {
            context.note(std::move(note));
        }
        for (std::size_t i = 0; i < study_.electorate->warnings.size(); ++i) {
            context.note({"file-" + std::to_string(i + 1), lab::NoteKind::Warning,
                          "The file is odd: " + study_.electorate->warnings[i] + "."});
        }
        context.show();
        return Advance::More;
    }

    Result<Advance> walk(RunContext& context) {
        const std::vector<double> rhos = distancesOf(context.knobs());
        if (study_.set == MixSet::TotalVariation &&
            solverOf(context) == choice::RobustSolver::CuttingPlanes) {
            auto path = choice::robustPath(study_.game, rhos,
                                           [&context] { return context.stopRequested(); });
            if (!path) {
                return path.error();
            }
            study_.path = std::move(path).value();
        } else {
            for (const double rho : rhos) {
                if (context.stopRequested()) {
                    break;
                }
                auto robust = solveAt(rho, solverOf(context));
                if (!robust) {
                    return robust.error();
                }
                study_.path.push_back(std::move(robust).value());
            }
        }
        if (study_.path.size() < rhos.size()) {
            return Advance::More; // given up: the run is being discarded
        }
        context.emit("lottery", pathTable(study_));
        context.emit("certificate", certificateTable(study_));
        context.emit("sweep", sweepTable(study_));
        if (study_.names().size() >= 3) {
            TriangleTables tables = triangleTables(study_);
            context.emit("triangle/field", std::move(tables.field));
            context.emit("triangle/path", std::move(tables.path));
            context.emit("triangle/marks", std::move(tables.marks));
            context.emit("triangle/corners", std::move(tables.corners));
        }
        emitResampled(context);
        return study_.wantedResamples > 0 ? Advance::More : Advance::Done;
    }

    /// As many resamples as fit in a slice.
    Result<Advance> resample(RunContext& context) {
        constexpr auto kSlice = std::chrono::milliseconds(30);
        if (!heldOut_) {
            if (auto prepared = prepareResamples(context); !prepared) {
                return prepared.error();
            }
        }
        const auto from = std::chrono::steady_clock::now();
        while (study_.resamples.size() < study_.wantedResamples && !context.stopRequested() &&
               std::chrono::steady_clock::now() - from < kSlice) {
            auto resample = heldOut_->resample(study_.resamples.size());
            if (!resample) {
                return resample.error();
            }
            study_.resamples.push_back(std::move(resample).value());
        }
        const bool isComplete = study_.resamples.size() >= study_.wantedResamples;
        emitResampled(context);
        return isComplete ? Advance::Done : Advance::More;
    }

    void emitResampled(RunContext& context) const {
        context.emit("held_out", heldOutTable(study_));
        context.emit("support", supportTable(study_));
        if (!study_.resamples.empty()) {
            context.emit("maximal", barsTable(study_, study_.nominal));
            context.emit("robust", barsTable(study_, study_.chosen));
        }
        for (lab::Note& note : heldOutSentences(study_)) {
            context.note(std::move(note));
        }
    }

    RobustStudy study_;
    std::vector<double> weights_;
    std::optional<choice::HeldOutStudy> heldOut_;
};

} // namespace

std::unique_ptr<lab::Computation> makeRobustLottery() {
    return std::make_unique<RobustLotteryRun>();
}

} // namespace psephos::experiments
