// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/ratings.hpp"

#include "choice/bradley_terry.hpp"
#include "choice/elo.hpp"
#include "lab/text.hpp"
#include "numerics/distributions.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

namespace psephos::choice {

namespace {

using lab::Error;
using lab::Result;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kReplicateTolerance = 1e-6; ///< what is left of a Newton step is its square
constexpr std::size_t kOutcomes = 3;

/// Whether wins lead from everybody to everybody; a dense table is looked through only in part.
bool isStronglyConnected(const PackedWins& wins) {
    const auto reachesAll = [&wins](bool isForward) {
        std::vector<std::size_t> unseen(wins.size);
        std::iota(unseen.begin(), unseen.end(), std::size_t{0});
        std::vector<std::size_t> open{unseen.back()};
        unseen.pop_back();
        while (!open.empty() && !unseen.empty()) {
            const std::size_t here = open.back();
            open.pop_back();
            for (std::size_t k = 0; k < unseen.size();) {
                const std::size_t other = unseen[k];
                const bool isAbove = here > other;
                const std::size_t at =
                    isAbove ? PackedWins::at(here, other) : PackedWins::at(other, here);
                if ((isAbove == isForward ? wins.over[at] : wins.under[at]) > 0.0) {
                    open.push_back(other);
                    unseen[k] = unseen.back();
                    unseen.pop_back();
                } else {
                    ++k;
                }
            }
        }
        return unseen.empty();
    };
    return reachesAll(true) && reachesAll(false);
}

/// The comparisons as the model reads them; battle by battle only where that is needed.
Result<PairedRecords> recordsOf(const ballots::PairCounts& counts, const ballots::Battles* battles,
                                const RatingOptions& options) {
    if (options.terms.empty() && options.cluster.empty()) {
        PairedRecords records;
        records.data = pairedData(counts);
        return records;
    }
    if (battles == nullptr) {
        return Error{"the votes are counts, not battles one by one",
                     "covariates and clusters need a file with a row for each battle",
                     options.terms.empty() ? "knob 'cluster'" : "knob 'covariates'"};
    }
    return pairedRecords(*battles, options.terms);
}

/// The refit of one thread where pairs are all there is: dense Newton steps from the estimate.
Refit denseRefit(const PairedData& data, const PairedModel& model,
                 const std::vector<double>& estimate) {
    struct State {
        explicit State(std::size_t candidates, double ridge)
            : wins(candidates)
            , newton(candidates, ridge) {}

        PackedWins wins;
        BradleyTerryNewton newton;
        std::vector<std::size_t> places; ///< of each cell among the packed pairs
        std::vector<char> isOver;        ///< whether the cell's first is the pair's greater number
    };

    const auto state = std::make_shared<State>(data.candidates, model.ridge());
    for (const PairedCell& cell : data.cells) {
        const std::size_t high = std::max(cell.first, cell.second);
        const std::size_t low = std::min(cell.first, cell.second);
        state->places.push_back(PackedWins::at(high, low));
        state->isOver.push_back(cell.first == high ? 1 : 0);
    }
    const double tied = model.ties() == TieModel::Half ? 0.5 : 0.0;
    const bool hasRidge = model.ridge() > 0.0;
    return [state, tied, hasRidge, &estimate](std::span<const double> counts,
                                              std::span<double> strengths) {
        PackedWins& wins = state->wins;
        std::fill(wins.over.begin(), wins.over.end(), 0.0);
        std::fill(wins.under.begin(), wins.under.end(), 0.0);
        for (std::size_t c = 0; c < state->places.size(); ++c) {
            const double half = tied * counts[kOutcomes * c + 1];
            const double won = counts[kOutcomes * c] + half;
            const double lost = counts[kOutcomes * c + 2] + half;
            const bool isOver = state->isOver[c] != 0;
            wins.over[state->places[c]] += isOver ? won : lost;
            wins.under[state->places[c]] += isOver ? lost : won;
        }
        if (!hasRidge && !isStronglyConnected(wins)) {
            return false;
        }
        std::copy(estimate.begin(), estimate.end(), strengths.begin());
        return state->newton.solve(wins, strengths, kReplicateTolerance);
    };
}

/// The refit of one thread for any model; a replicate in which a component falls apart is lost.
Refit generalRefit(const PairedData& data, const PairedModel& model, const PairedFit& estimate) {
    const auto work = std::make_shared<PairedData>(data);
    return [work, &model, &estimate](std::span<const double> counts, std::span<double> strengths) {
        for (std::size_t c = 0; c < work->cells.size(); ++c) {
            for (std::size_t o = 0; o < kOutcomes; ++o) {
                work->cells[c].counts[o] = counts[kOutcomes * c + o];
            }
        }
        if (model.ridge() == 0.0) {
            const StrongComponents now = pairedComponents(*work, model.ties());
            for (const auto& members : model.components().members) {
                for (const std::size_t member : members) {
                    if (now.of[member] != now.of[members.front()]) {
                        return false;
                    }
                }
            }
        }
        const Result<PairedFit> fit = model.fit(*work, &estimate);
        if (!fit) {
            return false;
        }
        std::copy(fit->strengths.begin(), fit->strengths.end(), strengths.begin());
        return true;
    };
}

Result<Resampling> resamplingOf(const PairedRecords& records, const ballots::Battles* battles,
                                const std::string& cluster) {
    const std::vector<PairedCell>& cells = records.data.cells;
    if (cluster.empty()) {
        Resampling resampling;
        for (const PairedCell& cell : cells) {
            resampling.counts.insert(resampling.counts.end(), cell.counts.begin(),
                                     cell.counts.end());
        }
        return resampling;
    }
    const ballots::Category* category = battles->category(cluster);
    if (category == nullptr) {
        std::vector<std::string> known;
        for (const ballots::Category& each : battles->categories) {
            known.push_back(each.name);
        }
        return Error{"the battles have no column " + lab::inQuotes(cluster) + " of words",
                     known.empty() ? "they have no such column at all"
                                   : "there are: " + lab::joined(known),
                     "knob 'cluster'"};
    }
    std::vector<std::uint32_t> outcomes(battles->size(), PairedRecords::kLeftOut);
    for (std::size_t b = 0; b < outcomes.size(); ++b) {
        const std::uint32_t cell = records.cells[b];
        if (cell != PairedRecords::kLeftOut) {
            outcomes[b] =
                static_cast<std::uint32_t>(kOutcomes * cell + outcomeIndex(battles->outcomes[b]));
        }
    }
    return clusteredResampling(outcomes, battles->weights, category->codes,
                               kOutcomes * cells.size(), category->labels.size());
}

void resample(const PairedModel& model, const Resampling& resampling, const RatingOptions& options,
              Ratings& ratings) {
    const PairedData& data = ratings.records.data;
    const bool isPlain = model.ties() == TieModel::Half || model.ties() == TieModel::Dropped;
    const bool isDense = isPlain && data.features == 0 && model.components().isConnected();
    const auto makeRefit = [&]() -> Refit {
        return isDense ? denseRefit(data, model, ratings.fit.strengths)
                       : generalRefit(data, model, ratings.fit);
    };
    ratings.replicates = bootstrap(resampling, data.candidates, options.bootstraps, options.seed,
                                   options.threads, makeRefit, options.stop);
}

/// Gauge and unit: strengths of one estimate as the table shows them.
class Display {
  public:
    Display(const StrongComponents& components, const RatingOptions& options,
            std::optional<std::size_t> anchor)
        : components_(components)
        , anchor_(anchor)
        , unit_(options.scale == RatingScale::Elo ? eloPerUnit() : 1.0)
        , middle_(options.scale == RatingScale::Elo ? 1000.0 : 0.0)
        , anchorAt_(options.anchorAt) {}

    [[nodiscard]] double unit() const { return unit_; }

    /// Whether this candidate is measured by its distance from the anchor.
    [[nodiscard]] bool isAnchored(std::size_t candidate) const {
        return anchor_ && components_.of[candidate] == components_.of[*anchor_];
    }

    [[nodiscard]] double rating(std::span<const double> strengths, std::size_t candidate) const {
        return isAnchored(candidate)
                   ? anchorAt_ + unit_ * (strengths[candidate] - strengths[*anchor_])
                   : middle_ + unit_ * strengths[candidate];
    }

    /// Variance of the rating from covariances of strengths, row-major with `stride` columns.
    [[nodiscard]] double variance(const std::vector<double>& covariance, std::size_t stride,
                                  std::size_t i) const {
        double variance = covariance[i * stride + i];
        if (isAnchored(i)) {
            const std::size_t a = *anchor_;
            variance += covariance[a * stride + a] - 2.0 * covariance[i * stride + a];
        }
        return i == anchor_ ? 0.0 : unit_ * unit_ * std::max(variance, 0.0);
    }

  private:
    const StrongComponents& components_;
    std::optional<std::size_t> anchor_;
    double unit_;
    double middle_;
    double anchorAt_;
};

/// Standard error and percentiles of the replicates.
void fillFromReplicates(const Display& display, const BootstrapStrengths& replicates, double level,
                        std::size_t candidate, Rating& row) {
    std::vector<double> values;
    for (std::size_t b = 0; b < replicates.kept(); ++b) {
        const std::span<const double> strengths(
            replicates.strengths.data() + b * replicates.candidates, replicates.candidates);
        values.push_back(display.rating(strengths, candidate));
    }
    if (values.empty()) {
        row.se = row.low = row.high = kNone;
        return;
    }
    const auto count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0.0;
    for (const double value : values) {
        squares += (value - mean) * (value - mean);
    }
    row.se = values.size() > 1 ? std::sqrt(squares / (count - 1.0)) : kNone;
    std::sort(values.begin(), values.end());
    row.low = numerics::sortedQuantile(values, (1.0 - level) / 2);
    row.high = numerics::sortedQuantile(values, (1.0 + level) / 2);
}

/// Ranks by ratings and intervals within a component, by wins between them.
void rankRows(const StrongComponents& scaleOf, std::vector<Rating>& rows) {
    const std::size_t n = rows.size();
    const std::vector<bool> leads = reachableComponents(scaleOf);
    for (std::size_t i = 0; i < n; ++i) {
        std::size_t higher = 0;
        std::size_t surelyHigher = 0;
        std::size_t surelyLower = 0;
        for (std::size_t j = 0; j < n; ++j) {
            const std::size_t mine = scaleOf.of[i];
            const std::size_t theirs = scaleOf.of[j];
            const bool isAbove = mine != theirs && leads[theirs * scaleOf.size() + mine];
            const bool isBelow = mine != theirs && leads[mine * scaleOf.size() + theirs];
            const bool isBeside = mine == theirs && i != j;
            higher += isAbove || (isBeside && rows[j].rating > rows[i].rating) ? 1 : 0;
            surelyHigher += isAbove || (isBeside && rows[j].low > rows[i].high) ? 1 : 0;
            surelyLower += isBelow || (isBeside && rows[j].high < rows[i].low) ? 1 : 0;
        }
        rows[i].rank = 1 + higher;
        rows[i].rankLow = 1 + surelyHigher;
        rows[i].rankHigh = n - surelyLower;
    }
}

Result<std::optional<std::size_t>> anchorOf(const std::vector<std::string>& names,
                                            const std::string& anchor) {
    if (anchor.empty()) {
        return std::optional<std::size_t>{};
    }
    const auto found = std::find(names.begin(), names.end(), anchor);
    if (found == names.end()) {
        return Error{"there is no candidate " + lab::inQuotes(anchor),
                     lab::nearestHint(anchor, names), "knob 'anchor'"};
    }
    return std::optional<std::size_t>{static_cast<std::size_t>(found - names.begin())};
}

Result<void> fillRows(const Display& display, const PairedModel& model,
                      const Resampling& resampling, const RatingOptions& options,
                      Ratings& ratings) {
    const std::size_t n = ratings.records.data.candidates;
    const auto covariance = model.covariance(ratings.records.data, ratings.fit, 0.0,
                                             resampling.isClustered() ? &resampling : nullptr);
    if (!covariance) {
        return covariance.error();
    }
    for (std::size_t f = 0; f < ratings.records.data.features; ++f) {
        ratings.coefficientErrors.push_back(
            std::sqrt(covariance->sandwich[(n + f) * (covariance->size + 1)]));
    }
    const double z = numerics::normalQuantile(0.5 + options.level / 2);
    ratings.rows.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        Rating& row = ratings.rows[i];
        if (n > 1 && model.components().members[model.components().of[i]].size() == 1) {
            row.rating = row.se = row.low = row.high = kNone;
            continue;
        }
        row.rating = display.rating(ratings.fit.strengths, i);
        if (options.bootstraps > 0) {
            fillFromReplicates(display, ratings.replicates, options.level, i, row);
            continue;
        }
        row.se = std::sqrt(display.variance(covariance->sandwich, covariance->size, i));
        row.low = row.rating - z * row.se;
        row.high = row.rating + z * row.se;
    }
    rankRows(model.components(), ratings.rows);
    return {};
}

} // namespace

Result<Ratings> rate(const ballots::PairCounts& counts, const ballots::Battles* battles,
                     const RatingOptions& options) {
    assert(options.level > 0.0 && options.level < 1.0);
    const auto anchor = anchorOf(counts.names, options.anchor);
    if (!anchor) {
        return anchor.error();
    }
    Result<PairedRecords> records = recordsOf(counts, battles, options);
    if (!records) {
        return records.error();
    }
    Ratings ratings;
    ratings.records = *std::move(records);
    ratings.components = pairedComponents(ratings.records.data, options.ties);
    const PairedModel model(options.ties, options.ridge, ratings.components);
    ratings.isJoint = model.components().isConnected();
    Result<PairedFit> fit = model.fit(ratings.records.data);
    if (!fit) {
        return fit.error();
    }
    ratings.fit = *std::move(fit);
    const Result<Resampling> resampling = resamplingOf(ratings.records, battles, options.cluster);
    if (!resampling) {
        return resampling.error();
    }
    ratings.clusters = resampling->clusters();
    if (options.bootstraps > 0) {
        resample(model, *resampling, options, ratings);
    }
    const Display display(model.components(), options, *anchor);
    if (auto filled = fillRows(display, model, *resampling, options, ratings); !filled) {
        return filled.error();
    }
    return ratings;
}

} // namespace psephos::choice
