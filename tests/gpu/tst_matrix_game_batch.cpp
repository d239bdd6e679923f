// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/maximal_lottery.hpp"
#include "gpu/cuda_kernels.hpp"
#include "gpu/matrix_game_batch.hpp"
#include "skip.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

using namespace psephos;
using gpu::MatrixGameBatch;

namespace {

/// Gaussian margins; of every third game whole ones, of which many lotteries may be maximal.
std::vector<double> randomGames(std::size_t batch, std::size_t n) {
    std::mt19937_64 engine(n);
    std::normal_distribution<double> normal(0.0, 3.0);
    std::vector<double> margins(batch * n * n, 0.0);
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = i + 1; j < n; ++j) {
                const double margin = normal(engine);
                margins[(b * n + i) * n + j] = b % 3 == 2 ? std::round(margin) : margin;
                margins[(b * n + j) * n + i] = -margins[(b * n + i) * n + j];
            }
        }
    }
    return margins;
}

struct Answer {
    std::vector<double> lotteries;
    std::vector<double> gaps;
};

template <typename Function>
Answer solveAll(const MatrixGameBatch& problem, const std::vector<double>& margins,
                const Function& function) {
    Answer answer{std::vector<double>(problem.batch * problem.size, -7.0),
                  std::vector<double>(problem.batch, -7.0)};
    function(problem, margins.data(), answer.lotteries.data(), answer.gaps.data());
    return answer;
}

std::vector<double> part(const std::vector<double>& values, std::size_t index, std::size_t size) {
    const auto from = values.begin() + static_cast<std::ptrdiff_t>(index * size);
    return {from, from + static_cast<std::ptrdiff_t>(size)};
}

} // namespace

TEST_CASE("matrixGameBatch_hostTwin_isTheMaximalLottery") {
    for (const std::size_t n : {1U, 2U, 3U, 7U, 20U, 50U}) {
        const MatrixGameBatch problem{.batch = 12, .size = n, .tolerance = 1e-10};
        const std::vector<double> margins = randomGames(problem.batch, n);
        const Answer answer = solveAll(problem, margins, gpu::host::matrixGameBatch);
        for (std::size_t b = 0; b < problem.batch; ++b) {
            CAPTURE(n);
            CAPTURE(b);
            const std::vector<double> p = part(answer.lotteries, b, n);
            CHECK(answer.gaps[b] <= problem.tolerance);
            CHECK(*std::min_element(p.begin(), p.end()) >= 0.0);
            CHECK(std::accumulate(p.begin(), p.end(), 0.0) == doctest::Approx(1.0));
            const auto lottery = choice::maximalLottery(part(margins, b, n * n), n);
            REQUIRE(lottery.ok());
            for (std::size_t i = 0; lottery->freedom == std::size_t{0} && i < n; ++i) {
                CHECK(std::abs(p[i] - lottery->probabilities[i]) < 1e-6);
            }
        }
    }
}

TEST_CASE("matrixGameBatch_allTiedOrNotFinite_isUniformOrNan") {
    const MatrixGameBatch problem{.batch = 2, .size = 3};
    std::vector<double> margins(18, 0.0);
    margins[10] = std::numeric_limits<double>::infinity();
    margins[12] = -margins[10];
    const Answer answer = solveAll(problem, margins, gpu::host::matrixGameBatch);
    CHECK(answer.gaps[0] == 0.0);
    CHECK(answer.lotteries[0] == doctest::Approx(1.0 / 3));
    CHECK(std::isnan(answer.gaps[1]));
}

TEST_CASE("matrixGameBatch_onCuda_agreesWithTheHostTwin") {
    const auto kernels = gpu::cuda::kernels();
    if (!kernels) {
        return test::skip(kernels.error().message);
    }
    for (const std::size_t n : {std::size_t{1}, std::size_t{2}, std::size_t{33}, std::size_t{50},
                                gpu::kMatrixGameMaxSize}) {
        const MatrixGameBatch problem{.batch = 12, .size = n};
        const std::vector<double> margins = randomGames(problem.batch, n);
        const Answer host = solveAll(problem, margins, gpu::host::matrixGameBatch);
        const char* trouble = nullptr;
        const Answer device = solveAll(
            problem, margins, [&](const auto& what, const double* from, double* to, double* gaps) {
                trouble = (*kernels)->matrixGameBatch(what, from, to, gaps);
            });
        INFO((trouble == nullptr ? "" : trouble));
        REQUIRE(trouble == nullptr);
        for (std::size_t b = 0; b < problem.batch; ++b) {
            CAPTURE(n);
            CAPTURE(b);
            CHECK(device.gaps[b] <= problem.tolerance);
            // Both stop on the way to one point; where they stop may differ by a step.
            for (std::size_t i = 0; b % 3 != 2 && i < n; ++i) {
                CHECK(std::abs(host.lotteries[b * n + i] - device.lotteries[b * n + i]) < 1e-5);
            }
        }
    }
}
