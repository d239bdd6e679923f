// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/maximal_lottery.hpp"

#include "choice/central_path.hpp"
#include "choice/linear_program.hpp"
#include "choice/optimal_face.hpp"
#include "lab/value.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace psephos::choice {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using lab::Error;
using lab::Result;

/// Margins as a game whose largest entry is 1, exactly skew-symmetric.
struct ScaledGame {
    MatrixXd game;
    double scale = 0.0; ///< max|M|
};

Error badMargins(std::string message) {
    return Error{.message = std::move(message), .hint = {}, .place = "margins"};
}

std::string cellName(std::size_t row, std::size_t column) {
    return "row " + std::to_string(row + 1) + ", column " + std::to_string(column + 1);
}

Result<ScaledGame> scaledGame(std::span<const double> margins, std::size_t n) {
    constexpr double kSkewTolerance = 1e-9;
    if (n == 0) {
        return badMargins("there is no candidate");
    }
    if (margins.size() != n * n) {
        return badMargins("expected " + std::to_string(n) + " by " + std::to_string(n) +
                          " numbers, not " + std::to_string(margins.size()));
    }
    ScaledGame scaled;
    for (std::size_t i = 0; i < margins.size(); ++i) {
        if (!std::isfinite(margins[i])) {
            return badMargins("the margin in " + cellName(i / n, i % n) + " is " +
                              lab::toText(margins[i]));
        }
        scaled.scale = std::max(scaled.scale, std::abs(margins[i]));
    }
    scaled.game = MatrixXd::Zero(static_cast<Index>(n), static_cast<Index>(n));
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            const double over = margins[j * n + i];
            const double under = margins[i * n + j];
            if (std::abs(over + under) > kSkewTolerance * scaled.scale) {
                return badMargins("the margins in " + cellName(j, i) + " and " + cellName(i, j) +
                                  " are " + lab::toText(over) + " and " + lab::toText(under) +
                                  ", not each other's negative");
            }
            if (i == j || std::abs(over) <= kNegligibleMargin * scaled.scale) {
                continue;
            }
            scaled.game(static_cast<Index>(j), static_cast<Index>(i)) = over / scaled.scale;
            scaled.game(static_cast<Index>(i), static_cast<Index>(j)) = -over / scaled.scale;
        }
    }
    return scaled;
}

/// max v subject to (pᵀM)_j ≥ v, Σp = 1, p ≥ 0.
Result<VectorXd> solveByLinearProgram(const MatrixXd& game) {
    const auto n = static_cast<std::size_t>(game.rows());
    LinearProgram program;
    for (std::size_t i = 0; i < n; ++i) {
        program.addColumn(0.0, 0.0, 1.0);
    }
    program.addColumn(1.0, -kUnbounded, kUnbounded);
    std::vector<double> row(n + 1);
    for (Index j = 0; j < game.cols(); ++j) {
        VectorXd::Map(row.data(), game.rows()) = game.col(j);
        row[n] = -1.0;
        program.addRow(0.0, kUnbounded, row);
    }
    std::fill(row.begin(), row.end(), 1.0);
    row[n] = 0.0;
    program.addRow(1.0, 1.0, row);
    Result<LinearOptimum> optimum = solve(program);
    if (!optimum) {
        return optimum.error();
    }
    VectorXd strategy = VectorXd::Map(optimum->columns.data(), static_cast<Index>(n)).cwiseMax(0.0);
    const double sum = strategy.sum();
    if (!(sum > 0.5)) {
        return Error{.message = "the linear program's solution is no lottery: it sums to " +
                                lab::toText(sum),
                     .hint = {},
                     .place = {}};
    }
    return VectorXd(strategy / sum);
}

Lottery lotteryOf(const VectorXd& strategy) {
    Lottery lottery;
    lottery.probabilities.assign(strategy.begin(), strategy.end());
    return lottery;
}

Result<Lottery> solveGame(const MatrixXd& game, LotterySolver solver) {
    if (solver != LotterySolver::LinearProgram) {
        const Result<PathEnd> end = analyticCentre(game, kLotteryGapTolerance);
        if (end) {
            const Result<VectorXd> chosen = solver == LotterySolver::LeastNorm && end->freedom > 0
                                                ? leastNormOver(game, faceAt(game, end->strategy))
                                                : Result<VectorXd>(end->strategy);
            if (!chosen) {
                return chosen.error();
            }
            Lottery lottery = lotteryOf(*chosen);
            lottery.freedom = static_cast<std::size_t>(end->freedom);
            lottery.iterations = end->factorizations;
            return lottery;
        }
        if (solver == LotterySolver::LeastNorm) {
            return end.error();
        }
        // No game is known on which the path fails. A maximal lottery that is not the canonical one
        // is still better than none; that `freedom` is unknown tells them apart.
    }
    const Result<VectorXd> strategy = solveByLinearProgram(game);
    if (!strategy) {
        return strategy.error();
    }
    return lotteryOf(*strategy);
}

} // namespace

Result<Lottery> maximalLottery(std::span<const double> margins, std::size_t size,
                               LotterySolver solver) {
    const Result<ScaledGame> scaled = scaledGame(margins, size);
    if (!scaled) {
        return scaled.error();
    }
    Result<Lottery> lottery = solveGame(scaled->game, solver);
    if (!lottery) {
        return lottery;
    }
    // Certified against the margins as they were given.
    const double gap = lotteryGap(lottery->probabilities, margins).gap;
    lottery->gap = scaled->scale > 0.0 ? gap / scaled->scale : gap;
    if (lottery->gap < 0.0) {
        lottery->gap = 0.0; // rounding: pᵀMp is 0, so some payoff is not positive
    }
    if (!(lottery->gap <= kLotteryGapTolerance)) {
        return Error{.message = "no maximal lottery was found: the best opponent still gains " +
                                lab::toText(lottery->gap) + " of the largest margin",
                     .hint = {},
                     .place = {}};
    }
    return lottery;
}

Result<LotteryRanges> lotteryRanges(std::span<const double> margins, std::size_t size) {
    const Result<ScaledGame> scaled = scaledGame(margins, size);
    if (!scaled) {
        return scaled.error();
    }
    const Result<PathEnd> end = analyticCentre(scaled->game, kLotteryGapTolerance);
    if (!end) {
        return end.error();
    }
    LotteryRanges ranges;
    if (end->freedom == 0) {
        ranges.least.assign(end->strategy.begin(), end->strategy.end());
        ranges.greatest = ranges.least;
        return ranges;
    }
    const auto measured = rangesOver(scaled->game, faceAt(scaled->game, end->strategy));
    if (!measured) {
        return measured.error();
    }
    ranges.least.assign(measured->least.begin(), measured->least.end());
    ranges.greatest.assign(measured->greatest.begin(), measured->greatest.end());
    return ranges;
}

namespace {

/// The Pfaffian of a skew-symmetric matrix of even size, by eliminating two rows at a time.
double pfaffian(MatrixXd a) {
    double product = 1.0;
    for (Index k = 0; k + 1 < a.rows(); k += 2) {
        Index pivot = 0;
        if (!(a.col(k).tail(a.rows() - k - 1).cwiseAbs().maxCoeff(&pivot) > 0.0)) {
            return 0.0;
        }
        pivot += k + 1;
        if (pivot != k + 1) {
            a.row(k + 1).swap(a.row(pivot));
            a.col(k + 1).swap(a.col(pivot));
            product = -product;
        }
        product *= a(k, k + 1);
        const Index rest = a.rows() - k - 2;
        const VectorXd factor = a.row(k).tail(rest).transpose() / a(k, k + 1);
        const VectorXd next = a.row(k + 1).tail(rest).transpose();
        a.bottomRightCorner(rest, rest) += next * factor.transpose() - factor * next.transpose();
    }
    return product;
}

} // namespace

std::optional<std::vector<double>> pfaffianLottery(std::span<const double> margins,
                                                   std::size_t size) {
    const auto n = static_cast<Index>(size);
    if (size % 2 == 0) {
        return std::nullopt;
    }
    const MatrixXd game = MatrixXd::Map(margins.data(), n, n).transpose();
    VectorXd lottery(n);
    std::vector<Index> kept;
    for (Index i = 0; i < n; ++i) {
        kept.clear();
        for (Index j = 0; j < n; ++j) {
            if (j != i) {
                kept.push_back(j);
            }
        }
        lottery[i] = (i % 2 == 0 ? 1.0 : -1.0) * pfaffian(game(kept, kept));
    }
    lottery /= lottery.sum();
    if (!lottery.allFinite() || !(lottery.minCoeff() > 0.0)) {
        return std::nullopt;
    }
    return std::vector<double>(lottery.begin(), lottery.end());
}

LotteryGap lotteryGap(std::span<const double> probabilities, std::span<const double> margins) {
    const std::size_t n = probabilities.size();
    LotteryGap result;
    result.payoffs.assign(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            result.payoffs[j] += probabilities[i] * margins[i * n + j];
        }
    }
    const auto worst = std::min_element(result.payoffs.begin(), result.payoffs.end());
    result.bestReply = static_cast<std::size_t>(worst - result.payoffs.begin());
    result.gap = 0.0 - *worst; // never −0
    // min_element() passes over what is no number.
    if (!std::all_of(result.payoffs.begin(), result.payoffs.end(),
                     [](double payoff) { return std::isfinite(payoff); })) {
        result.gap = std::numeric_limits<double>::quiet_NaN();
    }
    return result;
}

std::vector<double> marginSigns(std::span<const double> margins) {
    std::vector<double> signs(margins.size());
    std::transform(margins.begin(), margins.end(), signs.begin(), [](double margin) {
        return static_cast<double>(margin > 0.0) - static_cast<double>(margin < 0.0);
    });
    return signs;
}

std::vector<double> marginPowers(std::span<const double> margins, double power) {
    assert(power >= 0.0);
    double largest = 0.0;
    for (const double margin : margins) {
        largest = std::max(largest, std::abs(margin));
    }
    std::vector<double> powers(margins.begin(), margins.end());
    for (double& margin : powers) {
        if (margin != 0.0) {
            margin = std::copysign(std::pow(std::abs(margin) / largest, power), margin);
        }
    }
    return powers;
}

} // namespace psephos::choice
