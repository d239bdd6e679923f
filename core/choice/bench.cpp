// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/bench.hpp"

#include "choice/held_out.hpp"
#include "choice/maximal_lottery.hpp"
#include "gpu/cuda_kernels.hpp"
#include "gpu/matrix_game_batch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace psephos::choice {

namespace {

using lab::Json;
using lab::Result;

std::vector<double> gaussianMargins(std::size_t n, std::uint64_t seed) {
    std::mt19937_64 engine(seed);
    std::normal_distribution<double> normal;
    std::vector<double> margins(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            margins[i * n + j] = normal(engine);
            margins[j * n + i] = -margins[i * n + j];
        }
    }
    return margins;
}

Result<Json> benchLottery(std::size_t n, LotterySolver solver, int repetitions) {
    std::vector<double> milliseconds;
    double largestGap = 0.0;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        const auto margins = gaussianMargins(n, static_cast<std::uint64_t>(repetition));
        const auto from = std::chrono::steady_clock::now();
        const Result<Lottery> lottery = maximalLottery(margins, n, solver);
        const auto spent = std::chrono::steady_clock::now() - from;
        if (!lottery) {
            return lottery.error();
        }
        milliseconds.push_back(std::chrono::duration<double, std::milli>(spent).count());
        largestGap = std::max(largestGap, lottery->gap);
    }
    std::sort(milliseconds.begin(), milliseconds.end());
    Json json = Json::object();
    json["bench"] = "maximal_lottery";
    json["n"] = n;
    json["solver"] = solver == LotterySolver::CentralPath ? "central_path" : "linear_program";
    json["median_ms"] = milliseconds[milliseconds.size() / 2];
    json["least_ms"] = milliseconds.front();
    json["largest_gap"] = largestGap;
    json["repetitions"] = repetitions;
    return json;
}

struct BenchCase {
    std::size_t n;
    LotterySolver solver;
    int repetitions;
};

Result<Json> benchLotteries(const lab::BenchOptions&) {
    using enum LotterySolver;
    Json results = Json::array();
    for (const auto& [n, solver, repetitions] :
         {BenchCase{10, CentralPath, 101}, BenchCase{50, CentralPath, 101},
          BenchCase{100, CentralPath, 51}, BenchCase{400, CentralPath, 11},
          BenchCase{800, CentralPath, 5}, BenchCase{10, LinearProgram, 51},
          BenchCase{50, LinearProgram, 21}, BenchCase{100, LinearProgram, 5},
          BenchCase{400, LinearProgram, 3}}) {
        Result<Json> result = benchLottery(n, solver, repetitions);
        if (!result) {
            return result;
        }
        results.push_back(std::move(result).value());
    }
    return results;
}

/// Held-out evaluation of whole paths: 23 models, 4 groups, 11 distances, 200 resamples, with the
/// counting of 36 000 battles in each.
Result<Json> benchRobustSweep(const lab::BenchOptions&) {
    constexpr int kRepetitions = 5;
    constexpr std::uint64_t kResamples = 200;
    HeldOutStudy::Options options;
    for (int step = 0; step <= 10; ++step) {
        options.rhos.push_back(step / 10.0);
    }
    const auto study =
        HeldOutStudy::make(miniatureBattles(kMiniatureSeed), "language", std::move(options));
    if (!study) {
        return study.error();
    }
    std::vector<double> milliseconds;
    for (int repetition = 0; repetition < kRepetitions; ++repetition) {
        const auto from = std::chrono::steady_clock::now();
        for (std::uint64_t number = 0; number < kResamples; ++number) {
            if (const auto resample = study->resample(number); !resample) {
                return resample.error();
            }
        }
        const auto spent = std::chrono::steady_clock::now() - from;
        milliseconds.push_back(std::chrono::duration<double, std::milli>(spent).count());
    }
    std::sort(milliseconds.begin(), milliseconds.end());
    Json json = Json::object();
    json["bench"] = "robust_sweep";
    json["models"] = 23;
    json["groups"] = 4;
    json["rhos"] = 11;
    json["resamples"] = kResamples;
    json["median_ms"] = milliseconds[milliseconds.size() / 2];
    json["least_ms"] = milliseconds.front();
    json["repetitions"] = kRepetitions;
    return Json::array({json});
}

/// 10,000 games of 50 candidates on the device `cuda`, a hundredth of them by the host twin.
Result<Json> benchGameBatch(const lab::BenchOptions& options) {
    constexpr std::size_t kCandidates = 50;
    constexpr int kRepetitions = 5;
    const bool isCuda = options.device == "cuda";
    const gpu::MatrixGameBatch problem{.batch = isCuda ? std::size_t{10'000} : std::size_t{100},
                                       .size = kCandidates};
    std::vector<double> margins;
    for (std::size_t game = 0; game < problem.batch; ++game) {
        const std::vector<double> one = gaussianMargins(kCandidates, game);
        margins.insert(margins.end(), one.begin(), one.end());
    }
    std::vector<double> lotteries(problem.batch * kCandidates);
    std::vector<double> gaps(problem.batch);
    std::vector<double> milliseconds;
    for (int repetition = 0; repetition < kRepetitions; ++repetition) {
        const auto from = std::chrono::steady_clock::now();
        if (isCuda) {
            const auto kernels = gpu::cuda::kernels();
            if (!kernels) {
                return kernels.error();
            }
            const char* const trouble =
                (*kernels)->matrixGameBatch(problem, margins.data(), lotteries.data(), gaps.data());
            if (trouble != nullptr) {
                return lab::Error{std::string("the batch of games failed: ") + trouble, "", "cuda"};
            }
        } else {
            gpu::host::matrixGameBatch(problem, margins.data(), lotteries.data(), gaps.data());
        }
        const auto spent = std::chrono::steady_clock::now() - from;
        milliseconds.push_back(std::chrono::duration<double, std::milli>(spent).count());
    }
    std::sort(milliseconds.begin(), milliseconds.end());
    Json json = Json::object();
    json["bench"] = "maximal_lottery_batch";
    json["device"] = options.device;
    json["games"] = problem.batch;
    json["n"] = kCandidates;
    json["median_ms"] = milliseconds[milliseconds.size() / 2];
    json["least_ms"] = milliseconds.front();
    json["largest_gap"] = *std::max_element(gaps.begin(), gaps.end());
    json["repetitions"] = kRepetitions;
    return Json::array({json});
}

} // namespace

void registerBenchmarks(lab::CheckRegistry& registry) {
    registry.add(lab::Bench{"voting", "maximal lotteries", benchLotteries});
    registry.add(lab::Bench{"voting", "robust lotteries", benchRobustSweep});
    registry.add(lab::Bench{"voting", "batched lotteries", benchGameBatch});
}

} // namespace psephos::choice
