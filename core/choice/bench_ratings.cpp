// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/bench.hpp"
#include "ballots/electorate.hpp"
#include "choice/bench.hpp"
#include "choice/bootstrap.hpp"
#include "choice/ratings.hpp"
#include "gpu/bradley_terry_batch.hpp"
#include "gpu/cuda_kernels.hpp"
#include "numerics/random.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <vector>

namespace psephos::choice {

namespace {

using lab::Json;
using lab::Result;

double millisecondsSince(std::chrono::steady_clock::time_point from) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - from)
        .count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

Result<Json> benchFileToTable(const lab::BenchOptions& options) {
    constexpr std::size_t kRows = 2'000'000;
    constexpr std::size_t kBootstraps = 100;
    constexpr int kRepetitions = 7;
    const int threads = options.threads > 0 ? options.threads : 2;
    const ballots::BattleFile file(kRows, false);
    if (!file.written()) {
        return file.written().error();
    }
    std::vector<double> all;
    std::vector<double> rating;
    std::size_t lost = 0;
    for (int repetition = 0; repetition < kRepetitions; ++repetition) {
        const auto from = std::chrono::steady_clock::now();
        const auto electorate =
            ballots::readElectorate(file.path(), ballots::ReadOptions{.threads = threads});
        if (!electorate) {
            return electorate.error();
        }
        const auto fromRating = std::chrono::steady_clock::now();
        const auto ratings = rate(electorate->pairs, nullptr,
                                  RatingOptions{.bootstraps = kBootstraps, .threads = threads});
        if (!ratings) {
            return ratings.error();
        }
        rating.push_back(millisecondsSince(fromRating));
        all.push_back(millisecondsSince(from));
        lost = ratings->replicates.lost;
    }
    Json json = Json::object();
    json["bench"] = "bradley_terry_file_to_table";
    json["rows"] = kRows;
    json["models"] = ballots::BattleFile::kModels;
    json["bootstraps"] = kBootstraps;
    json["lost_replicates"] = lost;
    json["threads"] = threads;
    json["median_ms"] = median(all);
    json["least_ms"] = *std::min_element(all.begin(), all.end());
    json["median_rating_ms"] = median(rating);
    json["repetitions"] = kRepetitions;
    return Json::array({json});
}

/// Wins of replicates of one invented tournament, [batch, n, n].
std::vector<double> replicates(std::size_t batch, std::size_t n) {
    numerics::RandomStream random(1, "bench/strengths");
    std::vector<double> strengths(n);
    random.fillNormal(strengths);
    Resampling resampling;
    for (std::size_t k = 0; k < n * n; ++k) {
        const double chance = 1.0 / (1.0 + std::exp(strengths[k % n] - strengths[k / n]));
        resampling.counts.push_back(k / n == k % n ? 0.0 : std::round(180.0 * chance));
    }
    const ReplicateSource source(resampling);
    std::vector<double> wins(batch * n * n);
    for (std::size_t b = 0; b < batch; ++b) {
        source.draw(1, b, std::span(wins).subspan(b * n * n, n * n));
    }
    return wins;
}

Result<Json> benchBatch(const lab::BenchOptions& options) {
    constexpr std::size_t kModels = 150;
    constexpr int kRepetitions = 5;
    const bool isCuda = options.device == "cuda";
    const gpu::BradleyTerryBatch problem{.batch = isCuda ? std::size_t{10'000} : std::size_t{100},
                                         .size = kModels};
    const std::vector<double> wins = replicates(problem.batch, kModels);
    std::vector<double> strengths(problem.batch * kModels);
    std::vector<int> iterations(problem.batch);
    std::vector<double> milliseconds;
    for (int repetition = 0; repetition < kRepetitions; ++repetition) {
        std::fill(strengths.begin(), strengths.end(), 0.0);
        const auto from = std::chrono::steady_clock::now();
        if (isCuda) {
            const auto kernels = gpu::cuda::kernels();
            if (!kernels) {
                return kernels.error();
            }
            const char* const trouble = (*kernels)->bradleyTerryBatch(
                problem, wins.data(), strengths.data(), iterations.data());
            if (trouble != nullptr) {
                return lab::Error{std::string("the batch of fits failed: ") + trouble, "", "cuda"};
            }
        } else {
            gpu::host::bradleyTerryBatch(problem, wins.data(), strengths.data(), iterations.data());
        }
        milliseconds.push_back(millisecondsSince(from));
    }
    Json json = Json::object();
    json["bench"] = "bradley_terry_batch";
    json["device"] = options.device;
    json["replicates"] = problem.batch;
    json["models"] = kModels;
    json["without_estimate"] = std::count(iterations.begin(), iterations.end(), -1);
    json["median_ms"] = median(milliseconds);
    json["least_ms"] = *std::min_element(milliseconds.begin(), milliseconds.end());
    json["repetitions"] = kRepetitions;
    return Json::array({json});
}

} // namespace

void registerRatingBenchmarks(lab::CheckRegistry& registry) {
    registry.add(lab::Bench{"voting", "ratings from a file", benchFileToTable});
    registry.add(lab::Bench{"voting", "batched ratings", benchBatch});
}

} // namespace psephos::choice
