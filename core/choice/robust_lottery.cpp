// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/robust_lottery.hpp"

#include "choice/least_squares.hpp"
#include "choice/linear_program.hpp"
#include "choice/maximal_lottery.hpp"
#include "choice/population_game.hpp"
#include "lab/value.hpp"

#include <Eigen/QR>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

namespace psephos::choice {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using lab::Error;
using lab::Result;

Error wrong(std::string place, std::string message) {
    return Error{.message = std::move(message), .hint = {}, .place = std::move(place)};
}

Result<void> checkGame(const GroupGame& game, double rho) {
    if (game.size == 0 || game.groups() == 0) {
        return wrong("groups", game.size == 0 ? "there is no candidate" : "there is no group");
    }
    if (game.payoffs.size() != game.groups() * game.size * game.size) {
        return wrong("groups", "expected " + std::to_string(game.groups()) + " matrices of " +
                                   std::to_string(game.size) + " by " + std::to_string(game.size) +
                                   " numbers, not " + std::to_string(game.payoffs.size()) +
                                   " numbers");
    }
    for (const double payoff : game.payoffs) {
        if (!std::isfinite(payoff)) {
            return wrong("groups", "one of the payoffs is " + lab::toText(payoff));
        }
    }
    double sum = 0.0;
    for (const double weight : game.weights) {
        if (!(weight >= 0.0)) {
            return wrong("weights", "a group's weight is " + lab::toText(weight) +
                                        ", it must not be negative");
        }
        sum += weight;
    }
    if (!(std::abs(sum - 1.0) <= 1e-9)) {
        return wrong("weights", "they sum to " + lab::toText(sum) + ", not to 1");
    }
    if (!(rho >= 0.0 && rho <= 1.0)) {
        return wrong("rho", "it is " + lab::toText(rho) + ", it must lie in [0, 1]");
    }
    return {};
}

double largestPayoff(const GroupGame& game) {
    double largest = 0.0;
    for (const double payoff : game.payoffs) {
        largest = std::max(largest, std::abs(payoff));
    }
    return largest;
}

/// What the lottery gets from an opponent, by group.
std::vector<double> payoffsAgainst(const GroupGame& game, std::span<const double> lottery,
                                   std::size_t opponent) {
    std::vector<double> payoffs(game.groups(), 0.0);
    for (std::size_t k = 0; k < game.groups(); ++k) {
        for (std::size_t i = 0; i < game.size; ++i) {
            payoffs[k] += lottery[i] * game.payoff(k, i, opponent);
        }
    }
    return payoffs;
}

/// What the best candidate gets from the adversary: an upper bound for every lottery.
double heldDownTo(const GroupGame& game, std::span<const Threat> adversary) {
    double most = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < game.size; ++i) {
        double payoff = 0.0;
        for (const Threat& threat : adversary) {
            for (std::size_t k = 0; k < game.groups(); ++k) {
                payoff +=
                    threat.probability * threat.weights[k] * game.payoff(k, i, threat.opponent);
            }
        }
        most = std::max(most, payoff);
    }
    return most;
}

std::vector<double> lotteryFrom(const VectorXd& raw) {
    constexpr double kNoise = 1e-14;
    std::vector<double> lottery(raw.begin(), raw.end());
    double sum = 0.0;
    for (double& probability : lottery) {
        probability = probability > kNoise ? probability : 0.0;
        sum += probability;
    }
    for (double& probability : lottery) {
        probability /= sum;
    }
    return lottery;
}

void certify(const GroupGame& game, RobustLottery& robust) {
    robust.lower = robustValue(game, robust.probabilities, robust.rho);
    robust.upper = heldDownTo(game, robust.adversary);
}

bool isSolved(const GroupGame& game, const RobustLottery& robust) {
    return robust.upper - robust.lower <= kRobustTolerance * largestPayoff(game);
}

/// The lotteries that are sure of at least `value`, as far as the columns found so far tell: each
/// is what some opponent in some mix pays to every candidate.
class GoodLotteries {
  public:
    GoodLotteries(const GroupGame& game, const RobustLottery& robust)
        : game_(game)
        , rho_(robust.rho)
        , scale_(std::max(largestPayoff(game), 1e-300))
        , value_(robust.lower / scale_) {
        for (const Threat& threat : robust.adversary) {
            add(threat.opponent, threat.weights);
        }
        (void)cut(robust.probabilities, std::numeric_limits<double>::infinity());
    }

    /// The one of them that maximises objective · p.
    [[nodiscard]] Result<VectorXd> best(const VectorXd& objective) {
        return generate([&]() -> Result<VectorXd> {
            LinearProgram program;
            for (const double coefficient : objective) {
                program.addColumn(coefficient, 0.0, 1.0);
            }
            program.addRow(1.0, 1.0, std::vector<double>(game_.size, 1.0));
            for (const VectorXd& column : columns_) {
                program.addRow(value_ - kSlack, kUnbounded, {column.data(), game_.size});
            }
            const Result<LinearOptimum> optimum = solve(program);
            if (!optimum) {
                return optimum.error();
            }
            return VectorXd(VectorXd::Map(optimum->columns.data(), objective.size()));
        });
    }

    /// The one of least Euclidean norm.
    [[nodiscard]] Result<VectorXd> shortest() {
        const auto n = static_cast<Index>(game_.size);
        // Lotteries are 1/n and what is orthogonal to it.
        const MatrixXd orthogonal =
            Eigen::HouseholderQR<MatrixXd>(VectorXd::Ones(n)).householderQ() *
            MatrixXd::Identity(n, n).rightCols(n - 1);
        const VectorXd uniform = VectorXd::Constant(n, 1.0 / static_cast<double>(n));
        return generate([&]() -> Result<VectorXd> {
            const auto rows = static_cast<Index>(columns_.size());
            MatrixXd walls(n + rows, n - 1);
            VectorXd bounds(n + rows);
            walls.topRows(n) = orthogonal;
            bounds.head(n) = -uniform;
            for (Index c = 0; c < rows; ++c) {
                const VectorXd& column = columns_[static_cast<std::size_t>(c)];
                walls.row(n + c) = column.transpose() * orthogonal;
                bounds[n + c] = value_ - kSlack - column.dot(uniform);
            }
            const Result<VectorXd> step = leastDistance(walls, bounds);
            if (!step) {
                return step.error();
            }
            return VectorXd(uniform + orthogonal * *step);
        });
    }

  private:
    /// What a good lottery may lack; linear programs are solved to as much.
    static constexpr double kSlack = 1e-10;

    void add(std::size_t opponent, std::span<const double> weights) {
        VectorXd column = VectorXd::Zero(static_cast<Index>(game_.size));
        for (std::size_t k = 0; k < game_.groups(); ++k) {
            for (std::size_t i = 0; i < game_.size; ++i) {
                column[static_cast<Index>(i)] += weights[k] * game_.payoff(k, i, opponent) / scale_;
            }
        }
        columns_.push_back(std::move(column));
    }

    /// Adds every opponent in its worst mix that pays the lottery less than this; answers whether
    /// there was one.
    bool cut(std::span<const double> lottery, double below) {
        bool isCut = false;
        for (std::size_t a = 0; a < game_.size; ++a) {
            const WorstMix mix = worstMix(payoffsAgainst(game_, lottery, a), game_.weights, rho_);
            if (mix.value / scale_ < below) {
                add(a, mix.weights);
                isCut = true;
            }
        }
        return isCut;
    }

    template <typename Solve>
    Result<VectorXd> generate(const Solve& solveOnce) {
        constexpr int kMaxRounds = 60;
        for (int round = 0; round < kMaxRounds; ++round) {
            Result<VectorXd> found = solveOnce();
            if (!found) {
                return found;
            }
            const std::vector<double> lottery = lotteryFrom(*found);
            if (!cut(lottery, value_ - 10.0 * kSlack)) {
                return VectorXd(VectorXd::Map(lottery.data(), Index(game_.size)));
            }
        }
        return wrong("", "the set of robust lotteries was not found in " +
                             std::to_string(kMaxRounds) + " rounds of cuts");
    }

    const GroupGame& game_;
    double rho_;
    double scale_;
    double value_;
    std::vector<VectorXd> columns_;
};

bool isSkew(const std::vector<double>& payoffs, std::size_t n, double scale) {
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            if (!(std::abs(payoffs[i * n + j] + payoffs[j * n + i]) <= 1e-12 * scale)) {
                return false;
            }
        }
    }
    return true;
}

/// Finds out whether other lotteries do as well; if so, takes the canonical one.
Result<void> settle(const GroupGame& game, RobustLottery& robust) {
    constexpr double kUnique = 1e-7;
    GoodLotteries good(game, robust);
    // An irregular direction is orthogonal to no edge of the set: it has no width in it only if it
    // is a point.
    VectorXd direction(static_cast<Index>(game.size));
    for (Index i = 0; i < direction.size(); ++i) {
        direction[i] = std::fmod(static_cast<double>(i + 1) * 0.6180339887498949, 1.0);
    }
    const Result<VectorXd> most = good.best(direction);
    const Result<VectorXd> least = good.best(-direction);
    if (!most || !least) {
        return most ? least.error() : most.error();
    }
    robust.isUnique = direction.dot(*most - *least) <= kUnique;
    if (robust.isUnique) {
        return {};
    }
    const std::vector<double> pooled = game.pooled();
    if (robust.rho == 0.0 && isSkew(pooled, game.size, largestPayoff(game))) {
        Result<Lottery> centre = maximalLottery(pooled, game.size);
        if (!centre) {
            return centre.error();
        }
        robust.probabilities = std::move(centre->probabilities);
    } else {
        const Result<VectorXd> shortest = good.shortest();
        if (!shortest) {
            return shortest.error();
        }
        robust.probabilities = lotteryFrom(*shortest);
    }
    certify(game, robust);
    return {};
}

/// The dualised problem as it is written: variables p, t and, for each opponent a, mu, lambda and a
/// price g for each group.
LinearProgram dualisedProblem(const GroupGame& game, double rho) {
    const std::size_t n = game.size;
    const std::size_t groups = game.groups();
    const std::size_t block = groups + 2;
    LinearProgram program;
    for (std::size_t i = 0; i < n; ++i) {
        program.addColumn(0.0, 0.0, 1.0);
    }
    program.addColumn(1.0, -kUnbounded, kUnbounded); // t
    for (std::size_t a = 0; a < n; ++a) {
        program.addColumn(0.0, -kUnbounded, kUnbounded); // mu
        program.addColumn(0.0, 0.0, kUnbounded);         // lambda
        for (std::size_t k = 0; k < groups; ++k) {
            program.addColumn(0.0, -kUnbounded, kUnbounded); // g
        }
    }
    std::vector<double> row(program.columns(), 0.0);
    const auto addRow = [&](double lower, double upper) {
        program.addRow(lower, upper, row);
        std::fill(row.begin(), row.end(), 0.0);
    };
    std::fill_n(row.begin(), n, 1.0);
    addRow(1.0, 1.0);
    for (std::size_t a = 0; a < n; ++a) {
        const std::size_t at = n + 1 + a * block;
        row[n] = -1.0;
        row[at] = 1.0;
        row[at + 1] = -2.0 * rho;
        std::copy(game.weights.begin(), game.weights.end(),
                  row.begin() + static_cast<std::ptrdiff_t>(at + 2));
        addRow(0.0, kUnbounded);
        for (std::size_t k = 0; k < groups; ++k) {
            for (std::size_t i = 0; i < n; ++i) {
                row[i] = game.payoff(k, i, a);
            }
            row[at] = row[at + 2 + k] = -1.0;
            addRow(0.0, kUnbounded);
            row[at + 1] = row[at + 2 + k] = 1.0;
            addRow(0.0, kUnbounded);
            row[at + 1] = 1.0;
            row[at + 2 + k] = -1.0;
            addRow(0.0, kUnbounded);
        }
    }
    return program;
}

Result<RobustLottery> solveByLinearProgram(const GroupGame& game, double rho) {
    const std::size_t n = game.size;
    const std::size_t groups = game.groups();
    const Result<LinearOptimum> optimum = solve(dualisedProblem(game, rho));
    if (!optimum) {
        return optimum.error();
    }
    RobustLottery robust;
    robust.rho = rho;
    robust.probabilities = lotteryFrom(VectorXd::Map(optimum->columns.data(), Index(n)));
    // The duals of the rows mu + g ≤ (pᵀM_k)_a are the adversary's joint shares of a and k.
    for (std::size_t a = 0; a < n; ++a) {
        Threat threat{a, 0.0, std::vector<double>(groups, 0.0)};
        for (std::size_t k = 0; k < groups; ++k) {
            threat.weights[k] = std::abs(optimum->rowDuals[2 + a * (1 + 3 * groups) + 3 * k]);
            threat.probability += threat.weights[k];
        }
        if (threat.probability > 1e-12) {
            for (double& weight : threat.weights) {
                weight /= threat.probability;
            }
            robust.adversary.push_back(std::move(threat));
        }
    }
    double sum = 0.0;
    for (const Threat& threat : robust.adversary) {
        sum += threat.probability;
    }
    for (Threat& threat : robust.adversary) {
        threat.probability /= sum;
    }
    std::ranges::stable_sort(robust.adversary, std::ranges::greater(), &Threat::probability);
    return robust;
}

/// Cutting planes; none where they did not come to an end with a certificate.
std::optional<RobustLottery> solveByCuts(const GroupGame& game, PopulationGame& solver,
                                         double rho) {
    if (!solver.solve(rho)) {
        return std::nullopt;
    }
    RobustLottery robust;
    robust.rho = rho;
    robust.probabilities = lotteryFrom(solver.lottery());
    robust.adversary = solver.adversary();
    robust.isUnique = solver.isNondegenerate();
    robust.pivots = solver.pivots();
    certify(game, robust);
    if (!isSolved(game, robust)) {
        return std::nullopt;
    }
    return robust;
}

Result<RobustLottery> solveWith(const GroupGame& game, PopulationGame* solver, double rho) {
    std::optional<RobustLottery> cuts =
        solver == nullptr ? std::nullopt : solveByCuts(game, *solver, rho);
    if (!cuts) {
        Result<RobustLottery> reference = solveByLinearProgram(game, rho);
        if (!reference) {
            return reference;
        }
        cuts = std::move(reference).value();
        certify(game, *cuts);
    }
    if (!cuts->isUnique) {
        if (auto settled = settle(game, *cuts); !settled) {
            return settled.error();
        }
    }
    if (!isSolved(game, *cuts)) {
        return wrong("", "the bounds on the robust value did not meet: " +
                             lab::toText(cuts->lower) + " and " + lab::toText(cuts->upper));
    }
    return *std::move(cuts);
}

} // namespace

std::vector<double> GroupGame::pooled() const {
    std::vector<double> pool(size * size, 0.0);
    for (std::size_t k = 0; k < groups(); ++k) {
        for (std::size_t cell = 0; cell < size * size; ++cell) {
            pool[cell] += weights[k] * payoffs[k * size * size + cell];
        }
    }
    return pool;
}

WorstMix worstMix(std::span<const double> payoffs, std::span<const double> reference, double rho) {
    WorstMix mix;
    mix.weights.assign(reference.begin(), reference.end());
    std::vector<std::size_t> order(payoffs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [payoffs](std::size_t one, std::size_t other) {
        return payoffs[one] < payoffs[other];
    });
    double left = rho;
    for (std::size_t at = order.size(); at-- > 1 && left > 0.0;) {
        if (!(payoffs[order[at]] > payoffs[order[0]])) {
            break;
        }
        const double moved = std::min(left, mix.weights[order[at]]);
        mix.weights[order[at]] -= moved;
        mix.weights[order[0]] += moved;
        left -= moved;
    }
    for (std::size_t k = 0; k < payoffs.size(); ++k) {
        mix.value += mix.weights[k] * payoffs[k];
    }
    return mix;
}

Result<RobustLottery> robustLottery(const GroupGame& game, double rho, RobustSolver solver) {
    if (auto checked = checkGame(game, rho); !checked) {
        return checked.error();
    }
    if (solver == RobustSolver::LinearProgram) {
        return solveWith(game, nullptr, rho);
    }
    PopulationGame cuts(game);
    return solveWith(game, &cuts, rho);
}

Result<std::vector<RobustLottery>> robustPath(const GroupGame& game, std::span<const double> rhos,
                                              const std::function<bool()>& stop) {
    std::vector<RobustLottery> path;
    std::optional<PopulationGame> solver;
    for (const double rho : rhos) {
        if (auto checked = checkGame(game, rho); !checked) {
            return checked.error();
        }
        if (!solver) {
            solver.emplace(game);
        }
        if (stop && stop()) {
            break;
        }
        Result<RobustLottery> next = solveWith(game, &*solver, rho);
        if (!next) {
            return next.error();
        }
        path.push_back(std::move(next).value());
    }
    return path;
}

Result<RobustRanges> robustRanges(const GroupGame& game, const RobustLottery& solved) {
    RobustRanges ranges{solved.probabilities, solved.probabilities};
    if (solved.isUnique) {
        return ranges;
    }
    GoodLotteries good(game, solved);
    for (std::size_t i = 0; i < game.size; ++i) {
        const auto at = static_cast<Index>(i);
        const VectorXd unit = VectorXd::Unit(static_cast<Index>(game.size), at);
        const Result<VectorXd> most = good.best(unit);
        const Result<VectorXd> least = good.best(-unit);
        if (!most || !least) {
            return most ? least.error() : most.error();
        }
        ranges.greatest[i] = std::max(solved.probabilities[i], (*most)[at]);
        ranges.least[i] = std::min(solved.probabilities[i], (*least)[at]);
    }
    return ranges;
}

double robustValue(const GroupGame& game, std::span<const double> lottery, double rho) {
    double value = std::numeric_limits<double>::infinity();
    for (std::size_t a = 0; a < game.size; ++a) {
        value =
            std::min(value, worstMix(payoffsAgainst(game, lottery, a), game.weights, rho).value);
    }
    return value;
}

std::vector<double> groupValues(const GroupGame& game, std::span<const double> lottery) {
    std::vector<double> values(game.groups(), std::numeric_limits<double>::infinity());
    for (std::size_t a = 0; a < game.size; ++a) {
        const std::vector<double> payoffs = payoffsAgainst(game, lottery, a);
        for (std::size_t k = 0; k < values.size(); ++k) {
            values[k] = std::min(values[k], payoffs[k]);
        }
    }
    return values;
}

TwoGroupLottery twoGroupLottery(double m1, double m2, double weight, double rho) {
    TwoGroupLottery answer;
    const double slope = m1 + m2;
    // Margin of a over b at the ends of what the weight of group 1 may be.
    answer.leastMargin = std::max(0.0, weight - rho) * slope - m2;
    answer.greatestMargin = std::min(1.0, weight + rho) * slope - m2;
    if (answer.leastMargin >= 0.0 || answer.greatestMargin <= 0.0) {
        answer.probability = answer.leastMargin >= 0.0 ? 1.0 : 0.0;
        return answer; // one of them beats the other in every mix
    }
    // Against b the lottery gets p times the least margin, against a (1 − p) times minus the
    // greatest one; the best lottery makes them equal.
    answer.probability = answer.greatestMargin / (answer.greatestMargin - answer.leastMargin);
    answer.value = answer.probability * answer.leastMargin;
    return answer;
}

void lowerByBox(std::span<double> payoffs, std::span<const double> halfWidths, std::size_t size) {
    assert(payoffs.size() == size * size && halfWidths.size() == payoffs.size());
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < size; ++j) {
            double& payoff = payoffs[i * size + j];
            if (i != j) {
                payoff = std::max(std::min(payoff, -1.0), payoff - halfWidths[i * size + j]);
            }
        }
    }
}

double marginErrorBound(std::size_t candidates, double comparisons, double delta) {
    const auto n = static_cast<double>(candidates);
    return std::sqrt(2.0 * std::log(n * (n - 1.0) / delta) / comparisons);
}

} // namespace psephos::choice
