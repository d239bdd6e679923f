// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/bradley_terry_sweeps.hpp"

#include "choice/bradley_terry.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace psephos::choice {

namespace {

/// To a geometric mean of 1.
void scale(std::span<double> worths) {
    double sum = 0.0;
    for (const double worth : worths) {
        sum += std::log(worth);
    }
    const double factor = std::exp(-sum / static_cast<double>(worths.size()));
    for (double& worth : worths) {
        worth *= factor;
    }
}

/// Largest difference of the logarithms, both centred.
double errorOf(std::span<const double> logs, std::span<const double> goal) {
    const auto n = static_cast<double>(logs.size());
    const double shift = (std::accumulate(logs.begin(), logs.end(), 0.0) -
                          std::accumulate(goal.begin(), goal.end(), 0.0)) /
                         n;
    double largest = 0.0;
    for (std::size_t i = 0; i < logs.size(); ++i) {
        largest = std::max(largest, std::abs(logs[i] - shift - goal[i]));
    }
    return largest;
}

template <typename Sweep>
RaceLine raceSweeps(std::string solver, std::span<const double> wins, std::span<const double> goal,
                    double accuracy, int iterations, Sweep sweep) {
    RaceLine line{std::move(solver), {}};
    std::vector<double> worths(goal.size(), 1.0);
    std::vector<double> logs(goal.size(), 0.0);
    line.errors.push_back(errorOf(logs, goal));
    for (int k = 0; k < iterations && line.errors.back() > accuracy; ++k) {
        sweep(wins, std::span<double>(worths));
        std::transform(worths.begin(), worths.end(), logs.begin(),
                       [](double worth) { return std::log(worth); });
        line.errors.push_back(errorOf(logs, goal));
    }
    return line;
}

} // namespace

void minoriseMaximise(std::span<const double> wins, std::span<double> worths) {
    const std::size_t n = worths.size();
    assert(wins.size() == n * n);
    std::vector<double> next(n);
    for (std::size_t i = 0; i < n; ++i) {
        double won = 0.0;
        double sum = 0.0;
        for (std::size_t j = 0; j < n; ++j) {
            if (j != i) {
                won += wins[i * n + j];
                sum += (wins[i * n + j] + wins[j * n + i]) / (worths[i] + worths[j]);
            }
        }
        next[i] = sum > 0.0 ? won / sum : worths[i]; // a lone candidate stays
    }
    std::copy(next.begin(), next.end(), worths.begin());
    scale(worths);
}

void newmanSweep(std::span<const double> wins, std::span<double> worths) {
    const std::size_t n = worths.size();
    assert(wins.size() == n * n);
    for (std::size_t i = 0; i < n; ++i) {
        double above = 0.0;
        double below = 0.0;
        for (std::size_t j = 0; j < n; ++j) {
            if (j != i) {
                above += wins[i * n + j] * worths[j] / (worths[i] + worths[j]);
                below += wins[j * n + i] / (worths[i] + worths[j]);
            }
        }
        worths[i] = below > 0.0 ? above / below : worths[i];
    }
    scale(worths);
}

std::vector<RaceLine> raceSolvers(std::span<const double> wins, std::span<const double> goal,
                                  double accuracy, int iterations) {
    const std::size_t n = goal.size();
    RaceLine newton{"Newton", {}};
    std::vector<double> strengths(n, 0.0);
    newton.errors.push_back(errorOf(strengths, goal));
    BradleyTerryNewton solver(n, 0.0);
    solver.watch([&](std::span<const double> now) {
        if (newton.errors.back() > accuracy) {
            newton.errors.push_back(errorOf(now, goal));
        }
    });
    (void)solver.solve(PackedWins(wins, n), strengths); // the picture shows how far it came
    std::vector<RaceLine> lines;
    lines.push_back(std::move(newton));
    lines.push_back(raceSweeps("Newman", wins, goal, accuracy, iterations, newmanSweep));
    lines.push_back(
        raceSweeps("minorise-maximise", wins, goal, accuracy, iterations, minoriseMaximise));
    return lines;
}

} // namespace psephos::choice
