// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/fit_quality.hpp"

#include "choice/bradley_terry.hpp"

#include <Eigen/Cholesky>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace psephos::choice {

namespace {

using Eigen::Index;

constexpr std::size_t kOutcomes = 3; ///< won, tied, lost

/// What is known about the battles of i < j: counts, their expectations, and the variance of the
/// wins.
struct PairTally {
    std::array<double, kOutcomes> observed{};
    std::array<double, kOutcomes> expected{};
    double variance = 0.0;
};

/// Adds a cell; `law` says the chances of the cell's first.
void add(PairTally& tally, const PairedCell& cell, const std::array<double, kOutcomes>& chances) {
    const double battles = cell.counts[0] + cell.counts[1] + cell.counts[2];
    const double mean = chances[0] + 0.5 * chances[1];
    const double square = chances[0] + 0.25 * chances[1];
    tally.variance += battles * std::max(square - mean * mean, 0.0);
    for (std::size_t o = 0; o < kOutcomes; ++o) {
        const std::size_t as = cell.first < cell.second ? o : kOutcomes - 1 - o;
        tally.observed[as] += cell.counts[o];
        tally.expected[as] += battles * chances[o];
    }
}

/// The cell as a model without ties of its own sees it: halves, or nothing.
PairedCell withoutTies(PairedCell cell, TieModel ties) {
    const double half = ties == TieModel::Half ? 0.5 * cell.counts[1] : 0.0;
    cell.counts = {cell.counts[0] + half, 0.0, cell.counts[2] + half};
    return cell;
}

double deviance(const PairTally& tally) {
    double sum = 0.0;
    for (std::size_t o = 0; o < kOutcomes; ++o) {
        if (tally.observed[o] > 0.0) {
            sum += 2.0 * tally.observed[o] * std::log(tally.observed[o] / tally.expected[o]);
        }
    }
    return sum;
}

} // namespace

GoodnessOfFit goodnessOfFit(const PairedData& data, const PairedModel& model,
                            const PairedFit& fit) {
    const std::size_t n = data.candidates;
    const StrongComponents& components = model.components();
    // A tie model that saw no tie is Bradley and Terry's.
    const bool knowsTies = std::isfinite(std::log(fit.tie)) &&
                           !(model.ties() == TieModel::RaoKupper && fit.tie == 1.0);
    std::map<std::pair<std::size_t, std::size_t>, PairTally> tallies;
    for (std::size_t c = 0; c < data.cells.size(); ++c) {
        const PairedCell& raw = data.cells[c];
        if (components.of[raw.first] != components.of[raw.second]) {
            continue;
        }
        double advantage = fit.strengths[raw.first] - fit.strengths[raw.second];
        for (std::size_t f = 0; f < data.features; ++f) {
            advantage += fit.coefficients[f] * data.x[c * data.features + f];
        }
        const PairedCell cell = knowsTies ? raw : withoutTies(raw, model.ties());
        std::array<double, kOutcomes> chances{logistic(advantage), 0.0, logistic(-advantage)};
        if (knowsTies) {
            const OutcomeLaw law = outcomeLaw(model.ties(), advantage, std::log(fit.tie));
            std::transform(law.log.begin(), law.log.end(), chances.begin(),
                           [](double each) { return std::exp(each); });
        }
        add(tallies[std::minmax<std::size_t>(cell.first, cell.second)], cell, chances);
    }
    GoodnessOfFit quality;
    quality.residuals.assign(n * n, std::numeric_limits<double>::quiet_NaN());
    double pairs = 0.0;
    for (const auto& [pair, tally] : tallies) {
        if (!(tally.observed[0] + tally.observed[1] + tally.observed[2] > 0.0)) {
            continue;
        }
        // Won less lost, which has twice the deviation of the wins and cancels less.
        const double lead =
            (tally.observed[0] - tally.expected[0]) - (tally.observed[2] - tally.expected[2]);
        const double residual = tally.variance > 0.0 ? 0.5 * lead / std::sqrt(tally.variance) : 0.0;
        quality.residuals[pair.first * n + pair.second] = residual;
        quality.residuals[pair.second * n + pair.first] = 0.0 - residual;
        quality.pearson += residual * residual;
        quality.deviance += deviance(tally);
        pairs += 1.0;
    }
    const auto parameters = static_cast<double>(n + data.features + (knowsTies ? 1 : 0)) -
                            static_cast<double>(components.size());
    quality.freedom = (knowsTies ? 2.0 : 1.0) * pairs - parameters;
    return quality;
}

CyclicShare cyclicShare(std::span<const double> wins, std::size_t size) {
    assert(wins.size() == size * size);
    std::vector<double> compared(wins.size());
    for (std::size_t k = 0; k < wins.size(); ++k) {
        compared[k] = wins[k] + wins[k % size * size + k / size];
    }
    const StrongComponents parts = strongComponents(compared, size);
    const auto n = static_cast<Index>(size);
    Eigen::MatrixXd laplacian = Eigen::MatrixXd::Zero(n, n);
    Eigen::VectorXd divergence = Eigen::VectorXd::Zero(n);
    CyclicShare share;
    std::size_t pairs = 0;
    const auto eachPair = [&](const auto& visit) {
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t j = i + 1; j < size; ++j) {
                if (compared[i * size + j] > 0.0) {
                    const double won = wins[i * size + j] + 0.5;
                    const double lost = wins[j * size + i] + 0.5;
                    visit(Index(i), Index(j), std::log(won / lost), won * lost / (won + lost));
                }
            }
        }
    };
    eachPair([&](Index i, Index j, double flow, double weight) {
        laplacian(i, i) += weight;
        laplacian(j, j) += weight;
        laplacian(i, j) -= weight;
        laplacian(j, i) -= weight;
        divergence[i] += weight * flow;
        divergence[j] -= weight * flow;
        share.total += weight * flow * flow;
        ++pairs;
    });
    for (const auto& members : parts.members) { // the first of each part stays at 0
        const auto held = Index(members.front());
        laplacian.row(held).setZero();
        laplacian.col(held).setZero();
        laplacian(held, held) = 1.0;
        divergence[held] = 0.0;
    }
    Eigen::VectorXd potential = Eigen::LLT<Eigen::MatrixXd>(laplacian).solve(divergence);
    eachPair([&](Index i, Index j, double flow, double weight) {
        const double rest = flow - (potential[i] - potential[j]);
        share.cyclic += weight * rest * rest;
    });
    for (const auto& members : parts.members) {
        double sum = 0.0;
        for (const std::size_t member : members) {
            sum += potential[Index(member)];
        }
        for (const std::size_t member : members) {
            potential[Index(member)] -= sum / static_cast<double>(members.size());
        }
    }
    share.chance = static_cast<double>(pairs + parts.size()) - static_cast<double>(size);
    share.potential.assign(potential.begin(), potential.end());
    return share;
}

std::optional<Triangle> strongestTriangle(std::span<const double> wins, std::size_t size) {
    std::vector<double> leads(size * size, 0.0);
    for (std::size_t k = 0; k < wins.size(); ++k) {
        const double lost = wins[k % size * size + k / size];
        const double both = wins[k] + lost;
        leads[k] = both > 0.0 && k / size != k % size ? (wins[k] - lost) / both : 0.0;
    }
    Triangle best;
    for (std::size_t i = 0; i < size; ++i) { // i is the least of the three
        for (std::size_t j = i + 1; j < size; ++j) {
            if (!(leads[i * size + j] > best.margin)) {
                continue;
            }
            for (std::size_t k = i + 1; k < size; ++k) {
                const double least =
                    std::min({leads[i * size + j], leads[j * size + k], leads[k * size + i]});
                if (least > best.margin) {
                    best = {{i, j, k}, least};
                }
            }
        }
    }
    return best.margin > 0.0 ? std::optional<Triangle>(best) : std::nullopt;
}

} // namespace psephos::choice
