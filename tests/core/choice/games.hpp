// SPDX-License-Identifier: GPL-3.0-or-later
// Games for the tests of lotteries: random ones, and the exact solution of small ones by brute
// force.
#pragma once

#include <Eigen/LU>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <vector>

namespace psephos::testing {

/// A skew-symmetric matrix [n,n], row-major.
struct Game {
    std::size_t size = 0;
    std::vector<double> margins;

    [[nodiscard]] double at(std::size_t i, std::size_t j) const { return margins[i * size + j]; }

    void set(std::size_t i, std::size_t j, double margin) {
        margins[i * size + j] = margin;
        margins[j * size + i] = -margin;
    }
};

inline Game makeGame(std::size_t size, const std::function<double()>& margin) {
    Game game{size, std::vector<double>(size * size, 0.0)};
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = i + 1; j < size; ++j) {
            game.set(i, j, margin());
        }
    }
    return game;
}

inline Game gaussianGame(std::size_t size, std::uint64_t seed) {
    std::mt19937_64 engine(seed);
    std::normal_distribution<double> normal;
    return makeGame(size, [&] { return normal(engine); });
}

/// Whole margins of at most `largest` in size; odd ones only if asked for (then the maximal lottery
/// is unique: Laffond, Laslier and Le Breton).
inline Game integerGame(std::size_t size, int largest, bool odd, std::uint64_t seed) {
    std::mt19937_64 engine(seed);
    std::uniform_int_distribution<int> pick(-largest, largest);
    return makeGame(size, [&] {
        for (;;) {
            const int margin = pick(engine);
            if (!odd || margin % 2 != 0) {
                return static_cast<double>(margin);
            }
        }
    });
}

/// The Pfaffian of the game among these candidates (an even number of them), exact for small
/// integers.
inline double pfaffian(const Game& game, std::vector<std::size_t> of) {
    if (of.empty()) {
        return 1.0;
    }
    const std::size_t first = of.front();
    of.erase(of.begin());
    double sum = 0.0;
    for (std::size_t k = 0; k < of.size(); ++k) {
        std::vector<std::size_t> rest = of;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(k));
        sum += (k % 2 == 0 ? 1.0 : -1.0) * game.at(first, of[k]) * pfaffian(game, rest);
    }
    return sum;
}

inline bool isMaximal(const Game& game, const std::vector<double>& lottery) {
    for (std::size_t j = 0; j < game.size; ++j) {
        double payoff = 0.0;
        for (std::size_t i = 0; i < game.size; ++i) {
            payoff += lottery[i] * game.at(i, j);
        }
        if (lottery[j] < -1e-12 || payoff < -1e-12) {
            return false;
        }
    }
    return true;
}

/// The maximal lotteries that have full support on an odd set of candidates with one solution, by
/// trying all of them: p_i is proportional to (−1)^i Pf(M without i). Exactly one if every margin
/// is odd.
inline std::vector<std::vector<double>> maximalByPfaffians(const Game& game) {
    std::vector<std::vector<double>> found;
    for (std::size_t subset = 1; subset < (std::size_t{1} << game.size); ++subset) {
        std::vector<std::size_t> support;
        for (std::size_t i = 0; i < game.size; ++i) {
            if ((subset >> i & 1U) != 0U) {
                support.push_back(i);
            }
        }
        if (support.size() % 2 == 0) {
            continue;
        }
        std::vector<double> lottery(game.size, 0.0);
        double sum = 0.0;
        double sign = 1.0;
        for (std::size_t k = 0; k < support.size(); ++k, sign = -sign) {
            std::vector<std::size_t> rest = support;
            rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(k));
            lottery[support[k]] = sign * pfaffian(game, rest);
            sum += lottery[support[k]];
        }
        bool isFull = sum != 0.0;
        for (const std::size_t i : support) {
            lottery[i] /= isFull ? sum : 1.0;
            isFull = isFull && lottery[i] > 0.0;
        }
        if (isFull && isMaximal(game, lottery)) {
            found.push_back(lottery);
        }
    }
    return found;
}

/// Largest difference of two lotteries in one candidate.
inline double distance(const std::vector<double>& a, const std::vector<double>& b) {
    double largest = a.size() == b.size() ? 0.0 : INFINITY;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        largest = std::max(largest, std::abs(a[i] - b[i]));
    }
    return largest;
}

/// Every vertex of the set of maximal lotteries: the points of it at which n − 1 of the conditions
/// p_i ≥ 0 and (pᵀM)_j ≥ 0 hold with equality and leave one solution. Small n.
inline std::vector<std::vector<double>> maximalVertices(const Game& game) {
    const auto n = static_cast<Eigen::Index>(game.size);
    std::vector<std::vector<double>> vertices;
    for (std::size_t subset = 0; subset < (std::size_t{1} << (2 * game.size)); ++subset) {
        if (std::popcount(subset) != static_cast<int>(game.size) - 1) {
            continue;
        }
        Eigen::MatrixXd system = Eigen::MatrixXd::Zero(n, n);
        system.row(n - 1).setOnes();
        Eigen::Index row = 0;
        for (std::size_t c = 0; c < 2 * game.size; ++c) {
            if ((subset >> c & 1U) == 0U) {
                continue;
            }
            for (std::size_t i = 0; i < game.size; ++i) {
                system(row, static_cast<Eigen::Index>(i)) =
                    c < game.size ? double(i == c) : game.at(i, c - game.size);
            }
            ++row;
        }
        const Eigen::FullPivLU<Eigen::MatrixXd> solver(system);
        if (!solver.isInvertible()) {
            continue;
        }
        const Eigen::VectorXd p = solver.solve(Eigen::VectorXd::Unit(n, n - 1));
        const std::vector<double> lottery(p.begin(), p.end());
        const bool isNew = std::none_of(vertices.begin(), vertices.end(), [&](const auto& other) {
            return distance(lottery, other) < 1e-9;
        });
        if (isNew && isMaximal(game, lottery)) {
            vertices.push_back(lottery);
        }
    }
    return vertices;
}

} // namespace psephos::testing
