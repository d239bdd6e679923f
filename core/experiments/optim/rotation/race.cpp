// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/rotation/race.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace psephos::experiments::rotation {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The value after a step; infinite once the descent has ended early.
double valueAt(const std::vector<double>& losses, std::size_t step) {
    return step < losses.size() && std::isfinite(losses[step]) ? losses[step] : kInfinity;
}

} // namespace

std::vector<double> RateGrid::rates() const {
    std::vector<double> all;
    for (int i = 0; i < count; ++i) {
        const double share = static_cast<double>(i) / (count - 1);
        all.push_back(std::pow(10.0, std::lerp(leastExponent, mostExponent, share)));
    }
    return all;
}

lab::Result<std::vector<double>>
descend(TurnedQuadratic& problem, const optim::OptimizerConfig& config, const StopRequest& stop) {
    auto optimizer = optim::textbook::makeOptimizer(config, problem.rows(), problem.cols());
    if (!optimizer) {
        return optimizer.error();
    }
    Matrix w = Matrix::Zero(problem.rows(), problem.cols());
    Matrix gradient = w;
    const auto steps = static_cast<double>(problem.steps());
    std::vector<double> losses{1.0};
    losses.reserve(problem.steps() + 1);
    for (std::size_t step = 0; step < problem.steps() && !stop(); ++step) {
        problem.gradient(w, step, gradient);
        const double left = 1.0 - static_cast<double>(step) / steps;
        const auto report = (*optimizer)->step(w, gradient, left);
        if (!report) {
            return report.error();
        }
        losses.push_back(problem.relativeLoss(w));
        if (report->skippedNonfinite || !std::isfinite(losses.back())) {
            losses.back() = kInfinity;
            break;
        }
    }
    return losses;
}

Summary summaryOf(const std::vector<double>& values) {
    constexpr double kLeast = 1e-300; // what is 0 but for underflow still has a logarithm
    Summary summary{0.0, kInfinity, 0.0};
    for (const double value : values) {
        if (!std::isfinite(value)) {
            return {kInfinity, kInfinity, kInfinity};
        }
        const double positive = std::max(value, kLeast);
        summary.middle += std::log(positive) / static_cast<double>(values.size());
        summary.low = std::min(summary.low, positive);
        summary.high = std::max(summary.high, positive);
    }
    // exp of a mean of logarithms may leave the range by round-off.
    summary.middle = std::clamp(std::exp(summary.middle), summary.low, summary.high);
    return summary;
}

bool Cell::hasConverged() const {
    return std::isfinite(bestLoss().middle);
}

lab::Result<Cell> sweep(const std::vector<QuadraticDraw>& draws, double rotation,
                        const RateGrid& grid, const ConfigMaker& config, const StopRequest& stop) {
    Cell cell;
    cell.rates = grid.rates();
    std::vector<TurnedQuadratic> problems;
    for (const QuadraticDraw& draw : draws) {
        problems.emplace_back(draw, rotation);
    }
    const std::size_t steps = problems.front().steps();
    std::vector<std::vector<double>> bestDescents;
    for (const double rate : cell.rates) {
        std::vector<std::vector<double>> descents;
        std::vector<double> last;
        for (TurnedQuadratic& problem : problems) {
            auto losses = descend(problem, config(rate), stop);
            if (!losses) {
                return losses.error();
            }
            last.push_back(valueAt(*losses, steps));
            descents.push_back(std::move(*losses));
        }
        cell.losses.push_back(summaryOf(last));
        const std::size_t index = cell.losses.size() - 1;
        if (index == 0 || cell.losses[index].middle < cell.losses[cell.best].middle) {
            cell.best = index;
            bestDescents = std::move(descents);
        }
    }
    for (std::size_t step = 0; step <= steps; ++step) {
        std::vector<double> values;
        for (const std::vector<double>& losses : bestDescents) {
            values.push_back(valueAt(losses, step));
        }
        cell.descent.push_back(summaryOf(values));
    }
    return cell;
}

} // namespace psephos::experiments::rotation
