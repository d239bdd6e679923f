// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/electorate.hpp"
#include "choice/bradley_terry.hpp"
#include "choice/bradley_terry_sweeps.hpp"
#include "choice/elo.hpp"
#include "choice/fit_quality.hpp"
#include "choice/ratings.hpp"
#include "choice/top_flip.hpp"
#include "experiments/voting/bradley_terry/bradley_terry.hpp"
#include "experiments/voting/bradley_terry/examples.hpp"
#include "experiments/voting/bradley_terry/sentences.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

namespace psephos::experiments {

namespace {

using choice::RatingOptions;
using choice::Ratings;
using choice::TieModel;
using lab::Advance;
using lab::Result;
using lab::RunContext;

constexpr std::size_t kShownResiduals = 200; ///< candidates in the grid
constexpr std::size_t kDetailed = 500;       ///< candidates up to which races and searches are run
constexpr int kRaceIterations = 200;

Result<RatingOptions> optionsOf(const RunContext& context, const lab::KnobValues& knobs) {
    RatingOptions options;
    const std::string& ties = knobs.text("ties");
    options.ties = ties == "dropped"      ? TieModel::Dropped
                   : ties == "davidson"   ? TieModel::Davidson
                   : ties == "rao_kupper" ? TieModel::RaoKupper
                                          : TieModel::Half;
    Result<std::vector<choice::PairedTerm>> terms = choice::parseTerms(knobs.text("covariates"));
    if (!terms) {
        return terms.error();
    }
    options.terms = *std::move(terms);
    if (knobs.flag("home")) {
        options.terms.insert(options.terms.begin(), {"home", "", ""});
    }
    options.ridge = knobs.real("ridge");
    options.bootstraps = static_cast<std::size_t>(knobs.integer("bootstraps"));
    options.cluster = knobs.text("cluster");
    options.level = knobs.real("level");
    options.scale =
        knobs.text("scale") == "natural" ? choice::RatingScale::Natural : choice::RatingScale::Elo;
    options.anchor = knobs.text("anchor");
    options.anchorAt = knobs.isSpecial("anchor_at", "middle")
                           ? (options.scale == choice::RatingScale::Elo ? 1000.0 : 0.0)
                           : knobs.real("anchor_at");
    options.seed = context.seed();
    options.threads = context.threads();
    return options;
}

/// Candidates by rank, equal ones by their place in the file; group by group where there is no
/// common scale.
std::vector<std::size_t> byRank(const Ratings& ratings) {
    std::vector<std::size_t> order(ratings.rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&ratings](std::size_t one, std::size_t other) {
        const std::size_t mine = ratings.isJoint ? 0 : ratings.components.of[one];
        const std::size_t theirs = ratings.isJoint ? 0 : ratings.components.of[other];
        return mine != theirs ? mine < theirs : ratings.rows[one].rank < ratings.rows[other].rank;
    });
    return order;
}

class BradleyTerryRun final : public lab::Computation {
  public:
    Result<void> start(RunContext& context) override {
        const auto reading = context.offClock();
        const std::string& data = context.knobs().text("data");
        if (data.empty()) {
            electorate_ = std::make_shared<const ballots::Electorate>(
                exampleBattlesElectorate(context.knobs().text("example")));
            return {};
        }
        auto electorate = ballots::openElectorate(
            data, {.columns = context.knobs().text("columns"),
                   .stopRequested = [&context] { return context.stopRequested(); },
                   .threads = context.threads()});
        if (!electorate) {
            return electorate.error();
        }
        electorate_ = std::move(electorate).value();
        return {};
    }

    Result<Advance> advance(RunContext& context) override {
        if (context.step() > 1) {
            return explain(context);
        }
        Result<RatingOptions> options = optionsOf(context, context.knobs());
        if (!options) {
            return options.error();
        }
        options_ = *std::move(options);
        options_.stop = [&context] { return context.stopRequested(); };
        const ballots::Battles* battles = electorate_->battles ? &*electorate_->battles : nullptr;
        Result<Ratings> ratings = choice::rate(electorate_->pairs, battles, options_);
        if (!ratings) {
            return ratings.error();
        }
        ratings_ = *std::move(ratings);
        order_ = byRank(ratings_);
        emitRatings(context);
        emitCoefficients(context);
        emitGroups(context);
        context.emit("loglik", ratings_.fit.logLikelihood);
        for (lab::Note& note : ratingNotes(names(), options_, ratings_)) {
            context.note(std::move(note));
        }
        for (std::size_t i = 0; i < electorate_->warnings.size(); ++i) {
            context.note({"file-" + std::to_string(i + 1), lab::NoteKind::Warning,
                          "The file is odd: " + electorate_->warnings[i] + "."});
        }
        if (electorate_->rejectedRows > 0) {
            context.note({"rejected", lab::NoteKind::Warning,
                          std::to_string(electorate_->rejectedRows) +
                              " rows of the file say nothing that could be counted; "
                              "psephos-cli data check lists them."});
        }
        return Advance::More;
    }

  private:
    [[nodiscard]] const std::vector<std::string>& names() const { return electorate_->pairs.names; }

    /// What the dense solvers see; tie models beside Bradley and Terry's count halves there.
    [[nodiscard]] ballots::Ties plainTies() const {
        return options_.ties == TieModel::Dropped ? ballots::Ties::Dropped : ballots::Ties::Half;
    }

    void emitRatings(RunContext& context) const {
        std::vector<std::string> sorted;
        std::vector<std::vector<double>> columns(7);
        for (const std::size_t i : order_) {
            const choice::Rating& row = ratings_.rows[i];
            sorted.push_back(names()[i]);
            const std::array<double, 7> cells{row.rating,
                                              row.se,
                                              row.low,
                                              row.high,
                                              static_cast<double>(row.rank),
                                              static_cast<double>(row.rankLow),
                                              static_cast<double>(row.rankHigh)};
            for (std::size_t c = 0; c < cells.size(); ++c) {
                columns[c].push_back(cells[c]);
            }
        }
        lab::Table table{{std::move(sorted)}};
        for (std::vector<double>& column : columns) {
            table.columns.emplace_back(std::move(column));
        }
        context.emit("ratings", std::move(table));
    }

    void emitCoefficients(RunContext& context) const {
        std::vector<std::string> labels;
        std::vector<double> estimates;
        std::vector<double> scales;
        std::vector<double> errors = ratings_.coefficientErrors;
        for (std::size_t f = 0; f < options_.terms.size(); ++f) {
            labels.push_back(options_.terms[f].label);
            estimates.push_back(ratings_.fit.coefficients[f]);
            scales.push_back(ratings_.records.scales[f]);
        }
        if (std::isfinite(ratings_.fit.tie)) {
            labels.emplace_back(options_.ties == TieModel::Davidson ? "tie (nu)" : "tie (eta)");
            estimates.push_back(ratings_.fit.tie);
            errors.push_back(std::nan(""));
            scales.push_back(1.0);
        }
        context.emit("coefficients", lab::Table{{labels, estimates, errors, scales}});
    }

    void emitGroups(RunContext& context) const {
        const choice::StrongComponents& groups = ratings_.components;
        std::vector<double> numbers;
        std::vector<double> sizes;
        for (std::size_t i = 0; i < names().size(); ++i) {
            numbers.push_back(static_cast<double>(groups.of[i] + 1));
            sizes.push_back(static_cast<double>(groups.members[groups.of[i]].size()));
        }
        context.emit("groups", lab::Table{{names(), numbers, sizes}});

        std::vector<std::string> labels;
        std::vector<double> isTop(groups.size(), 1.0);
        for (const auto& members : groups.members) {
            labels.push_back(componentName(names(), members));
        }
        std::vector<std::string> from;
        std::vector<std::string> to;
        std::vector<double> margins;
        const ballots::PairCounts& pairs = electorate_->pairs;
        for (const auto& [above, below] : groups.edges) {
            double wins = 0.0;
            for (const std::size_t i : groups.members[above]) {
                for (const std::size_t j : groups.members[below]) {
                    wins += pairs.win(i, j);
                }
            }
            from.push_back(labels[above]);
            to.push_back(labels[below]);
            margins.push_back(wins);
            isTop[below] = 0.0;
        }
        context.emit("group_nodes", lab::Table{{labels, isTop}});
        context.emit("group_edges", lab::Table{{from, to, margins}});
    }

    /// What explains the ratings: misfit, circles, solvers, what holds the top, online Elo.
    Result<Advance> explain(RunContext& context) const {
        const std::size_t n = names().size();
        const std::vector<double> wins = choice::winsWithTies(electorate_->pairs, plainTies());
        const bool isDetailed = n <= kDetailed;
        const choice::PairedModel model(options_.ties, options_.ridge, ratings_.components);
        const choice::GoodnessOfFit quality =
            choice::goodnessOfFit(ratings_.records.data, model, ratings_.fit);
        const choice::CyclicShare cyclic = choice::cyclicShare(wins, n);
        emitResiduals(context, quality);
        context.emit("deviance", quality.deviance);
        context.emit("freedom", quality.freedom);
        context.emit("cyclic_share", cyclic.share());
        context.emit("cyclic_by_chance", cyclic.chanceShare());
        const auto triangle = isDetailed ? choice::strongestTriangle(wins, n) : std::nullopt;
        for (lab::Note& note : modelNotes(names(), options_, quality, cyclic, triangle)) {
            context.note(std::move(note));
        }
        if (!isDetailed) {
            context.note({"detail", lab::NoteKind::Information,
                          "With more than " + std::to_string(kDetailed) +
                              " candidates there is no solver race, no search for what holds the "
                              "top, and none for circles of three."});
        }
        const bool isConnected =
            isDetailed && n > 1 && choice::strongComponents(wins, n).isConnected();
        if (auto raced = emitRace(context, wins, isConnected); !raced) {
            return raced.error();
        }
        if (auto flipped = emitFlip(context, isConnected); !flipped) {
            return flipped.error();
        }
        emitElo(context);
        return Advance::Done;
    }

    void emitResiduals(RunContext& context, const choice::GoodnessOfFit& quality) const {
        const std::size_t n = names().size();
        const std::size_t shown = std::min(n, kShownResiduals);
        lab::Grid grid;
        for (std::size_t k = 0; k < shown; ++k) {
            grid.x.names.push_back(names()[order_[k]]);
            for (std::size_t l = 0; l < shown; ++l) {
                grid.values.push_back(quality.residuals[order_[k] * n + order_[l]]);
            }
        }
        grid.y = grid.x;
        context.emit("residuals", std::move(grid));
    }

    Result<void> emitRace(RunContext& context, const std::vector<double>& wins,
                          bool isConnected) const {
        std::vector<double> iterations;
        std::vector<double> errors;
        std::vector<std::string> solvers;
        if (isConnected) {
            const auto fit = choice::fitBradleyTerry(wins, names().size());
            if (!fit) {
                return fit.error();
            }
            for (const choice::RaceLine& line :
                 choice::raceSolvers(wins, fit->strengths, 1e-10, kRaceIterations)) {
                for (std::size_t k = 0; k < line.errors.size(); ++k) {
                    iterations.push_back(static_cast<double>(k));
                    errors.push_back(line.errors[k]);
                    solvers.push_back(line.solver);
                }
            }
        }
        context.emit("race", lab::Table{{iterations, errors, solvers}});
        return {};
    }

    Result<void> emitFlip(RunContext& context, bool isConnected) const {
        std::vector<std::string> winners;
        std::vector<std::string> losers;
        std::vector<std::string> outcomes;
        std::vector<double> counts;
        // The search refits strengths alone: with covariates, a ridge or ties of their own it would
        // be about another estimate than the one shown.
        const bool isPlain =
            options_.terms.empty() && options_.ridge == 0.0 &&
            (options_.ties == TieModel::Half || options_.ties == TieModel::Dropped);
        if (context.knobs().flag("flip") && isConnected && isPlain) {
            const auto flip = choice::findTopFlip(electorate_->pairs, plainTies());
            if (!flip) {
                return flip.error();
            }
            context.note(flipNote(names(), *flip));
            for (const choice::DroppedBattles& each :
                 *flip ? (*flip)->dropped : std::vector<choice::DroppedBattles>{}) {
                winners.push_back(names()[each.winner]);
                losers.push_back(names()[each.loser]);
                outcomes.emplace_back(each.isTie ? "tie" : "win");
                counts.push_back(each.count);
            }
        }
        context.emit("flip", lab::Table{{winners, losers, outcomes, counts}});
        return {};
    }

    /// Battles one by one if the file has them (and counts whole ones), else as the counts say.
    [[nodiscard]] std::vector<choice::EloBattle> eloSequence() const {
        const auto& battles = electorate_->battles;
        if (!battles || !battles->weights.empty()) {
            return choice::eloBattles(electorate_->pairs);
        }
        std::vector<choice::EloBattle> sequence;
        sequence.reserve(battles->size());
        for (std::size_t b = 0; b < battles->size(); ++b) {
            const std::size_t outcome = choice::outcomeIndex(battles->outcomes[b]);
            sequence.push_back(
                {battles->first[b], battles->second[b], 1.0F - 0.5F * static_cast<float>(outcome)});
        }
        return sequence;
    }

    void emitElo(RunContext& context) const {
        const auto orders = static_cast<std::size_t>(context.knobs().integer("elo_orders"));
        const std::size_t n = names().size();
        std::vector<std::string> labels;
        std::vector<double> means;
        std::vector<double> lows;
        std::vector<double> highs;
        const choice::EloOptions options{.k = context.knobs().real("elo_k")};
        std::vector<std::vector<double>> finals;
        const std::vector<choice::EloBattle> battles =
            orders > 0 ? eloSequence() : std::vector<choice::EloBattle>{};
        for (std::size_t o = 0; o < orders && !context.stopRequested(); ++o) {
            finals.push_back(choice::eloInRandomOrder(battles, n, o, context.seed(), options));
        }
        for (const std::size_t i : finals.empty() ? std::vector<std::size_t>{} : order_) {
            double sum = 0.0;
            double low = finals[0][i];
            double high = low;
            for (const std::vector<double>& ratings : finals) {
                sum += ratings[i];
                low = std::min(low, ratings[i]);
                high = std::max(high, ratings[i]);
            }
            labels.push_back(names()[i]);
            means.push_back(sum / static_cast<double>(finals.size()));
            lows.push_back(low);
            highs.push_back(high);
        }
        context.emit("elo", lab::Table{{labels, means, lows, highs}});
    }

    std::shared_ptr<const ballots::Electorate> electorate_;
    RatingOptions options_;
    Ratings ratings_;
    std::vector<std::size_t> order_; ///< candidates by rank
};

} // namespace

std::unique_ptr<lab::Computation> makeBradleyTerry() {
    return std::make_unique<BradleyTerryRun>();
}

} // namespace psephos::experiments
