// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/bradley_terry.hpp"
#include "gpu/bradley_terry_batch.hpp"
#include "gpu/cuda_kernels.hpp"
#include "skip.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <random>
#include <vector>

using namespace psephos;
using gpu::BradleyTerryBatch;

namespace {

/// Problems of random strengths; every third lacks the wins that an estimate needs.
std::vector<double> randomProblems(std::size_t batch, std::size_t n) {
    std::mt19937_64 engine(n);
    std::normal_distribution<double> normal(0.0, 0.8);
    std::uniform_real_distribution<double> uniform;
    std::vector<double> wins(batch * n * n, 0.0);
    for (std::size_t b = 0; b < batch; ++b) {
        std::vector<double> strengths(n);
        for (double& strength : strengths) {
            strength = normal(engine);
        }
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                const double chance = 1 / (1 + std::exp(strengths[j] - strengths[i]));
                const bool isLast = b % 3 == 2 && i + 1 == n; // never wins
                if (i != j && !isLast) {
                    wins[(b * n + i) * n + j] = 0.5 + std::floor(20 * chance * uniform(engine));
                }
            }
        }
    }
    return wins;
}

struct Answer {
    std::vector<double> strengths;
    std::vector<int> iterations;
};

/// Fits by the host twin or the kernel, from equal strengths.
template <typename Function>
Answer fitAll(const BradleyTerryBatch& problem, const std::vector<double>& wins,
              const Function& function) {
    Answer answer{std::vector<double>(problem.batch * problem.size, 0.0),
                  std::vector<int>(problem.batch, 7)};
    function(problem, wins.data(), answer.strengths.data(), answer.iterations.data());
    return answer;
}

} // namespace

TEST_CASE("bradleyTerryBatch_hostTwin_agreesWithTheFit") {
    for (const std::size_t n : {1U, 2U, 3U, 12U, 40U}) {
        for (const double ridge : {0.0, 0.5}) {
            const BradleyTerryBatch problem{
                .batch = 9, .size = n, .ridge = ridge, .tolerance = 1e-8};
            const std::vector<double> wins = randomProblems(problem.batch, n);
            const Answer answer = fitAll(problem, wins, gpu::host::bradleyTerryBatch);
            for (std::size_t b = 0; b < problem.batch; ++b) {
                CAPTURE(n);
                CAPTURE(b);
                const std::vector<double> each(wins.begin() + std::ptrdiff_t(b * n * n),
                                               wins.begin() + std::ptrdiff_t((b + 1) * n * n));
                const auto fit = choice::fitBradleyTerry(each, n, ridge);
                REQUIRE(fit.ok() == (answer.iterations[b] >= 0));
                for (std::size_t i = 0; fit.ok() && i < n; ++i) {
                    CHECK(std::abs(answer.strengths[b * n + i] - fit->strengths[i]) < 1e-11);
                }
            }
        }
    }
}

TEST_CASE("bradleyTerryBatch_warmStart_takesFewerSteps") {
    const BradleyTerryBatch problem{.batch = 1, .size = 20};
    const std::vector<double> wins = randomProblems(1, 20);
    Answer answer = fitAll(problem, wins, gpu::host::bradleyTerryBatch);
    const int cold = answer.iterations[0];
    gpu::host::bradleyTerryBatch(problem, wins.data(), answer.strengths.data(),
                                 answer.iterations.data());
    CHECK(cold > 3);
    CHECK(answer.iterations[0] == 1);
}

TEST_CASE("bradleyTerryBatch_onCuda_agreesWithTheHostTwin") {
    const auto kernels = gpu::cuda::kernels();
    if (!kernels) {
        return test::skip(kernels.error().message);
    }
    for (const std::size_t n :
         std::initializer_list<std::size_t>{1, 2, 33, 150, gpu::kBradleyTerryMaxSize}) {
        for (const double ridge : {0.0, 0.5}) {
            const BradleyTerryBatch problem{
                .batch = 12, .size = n, .ridge = ridge, .tolerance = 1e-8};
            const std::vector<double> wins = randomProblems(problem.batch, n);
            const Answer host = fitAll(problem, wins, gpu::host::bradleyTerryBatch);
            const char* trouble = nullptr;
            const Answer device = fitAll(
                problem, wins, [&](const auto& what, const double* from, double* to, int* it) {
                    trouble = (*kernels)->bradleyTerryBatch(what, from, to, it);
                });
            INFO((trouble == nullptr ? "" : trouble));
            REQUIRE(trouble == nullptr);
            for (std::size_t b = 0; b < problem.batch; ++b) {
                CHECK((host.iterations[b] >= 0) == (device.iterations[b] >= 0));
                for (std::size_t i = 0; host.iterations[b] >= 0 && i < n; ++i) {
                    CHECK(std::abs(host.strengths[b * n + i] - device.strengths[b * n + i]) <
                          1e-10);
                }
            }
        }
    }
}
