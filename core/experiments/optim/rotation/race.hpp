// SPDX-License-Identifier: GPL-3.0-or-later
// An optimizer on the turned quadratic: one descent, and a sweep of learning rates.
#pragma once

#include "lab/result.hpp"
#include "optim/config.hpp"
#include "optim/textbook/turned_quadratic.hpp"

#include <functional>
#include <vector>

namespace psephos::experiments::rotation {

using optim::textbook::Matrix;
using optim::textbook::QuadraticDraw;
using optim::textbook::QuadraticSize;
using optim::textbook::TurnedQuadratic;

/// Learning rates, evenly spaced by their logarithms.
struct RateGrid {
    double leastExponent = -2.5; ///< log₁₀ of the smallest
    double mostExponent = 0.0;   ///< log₁₀ of the largest
    int count = 9;               ///< ≥ 2

    [[nodiscard]] std::vector<double> rates() const;
};

/// Makes the optimizer's configuration at a learning rate.
using ConfigMaker = std::function<optim::OptimizerConfig(double)>;

/// Whether to give up.
using StopRequest = std::function<bool()>;

/// f(W)/f(0) after 0, 1, … steps, until it is no longer finite. The learning rate falls on a line
/// to 0. Errors: an invalid configuration. Once `stop` answers true, the rest is missing.
[[nodiscard]] lab::Result<std::vector<double>>
descend(TurnedQuadratic& problem, const optim::OptimizerConfig& config, const StopRequest& stop);

/// Values of several draws as one: their geometric mean between the least and the greatest; all
/// are infinite where one of the draws diverged, and 0 counts as 1e-300.
struct Summary {
    double middle = 0.0;
    double low = 0.0;
    double high = 0.0;
};

[[nodiscard]] Summary summaryOf(const std::vector<double>& values);

/// How an optimizer did in one place: at every learning rate, and in detail at the best one.
struct Cell {
    std::vector<double> rates;
    std::vector<Summary> losses;  ///< f(W)/f(0) after the last step, by rate
    std::size_t best = 0;         ///< rate with the least mean; the smallest where none converged
    std::vector<Summary> descent; ///< at the best rate, after 0, 1, … steps

    [[nodiscard]] const Summary& bestLoss() const { return losses[best]; }

    [[nodiscard]] bool hasConverged() const;

    /// The best rate is the grid's smallest or largest: a better one may lie beyond.
    [[nodiscard]] bool isAtEdge() const { return best == 0 || best + 1 == rates.size(); }
};

/// Every rate of the grid on every draw, turned by `rotation`. Cost: rates × draws × steps calls
/// of the optimizer. Errors: an invalid configuration. A sweep that `stop` ended is not whole.
[[nodiscard]] lab::Result<Cell> sweep(const std::vector<QuadraticDraw>& draws, double rotation,
                                      const RateGrid& grid, const ConfigMaker& config,
                                      const StopRequest& stop);

} // namespace psephos::experiments::rotation
