// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/bench.hpp"

#include "ballots/battle_table.hpp"
#include "lab/files/json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <random>
#include <string>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace psephos::ballots {

namespace {

using lab::Json;
using lab::Result;

Result<Json> benchReading(bool asJson, std::size_t rows, int threads) {
    constexpr int kRepetitions = 9;
    const BattleFile file(rows, asJson);
    if (!file.written()) {
        return file.written().error();
    }
    std::vector<double> seconds;
    for (int repetition = 0; repetition < kRepetitions; ++repetition) {
        const auto from = std::chrono::steady_clock::now();
        auto source = ByteSource::open(file.path());
        if (!source) {
            return source.error();
        }
        const auto table = readBattleTable(*source, asJson ? RecordKind::Lines : RecordKind::Csv,
                                           ReadOptions{.threads = threads});
        const auto spent = std::chrono::steady_clock::now() - from;
        if (!table) {
            return table.error();
        }
        if (table->battles.size() != rows || table->battles.names.size() != BattleFile::kModels) {
            return lab::Error{"the reader lost battles", "", file.path().string()};
        }
        seconds.push_back(std::chrono::duration<double>(spent).count());
    }
    std::sort(seconds.begin(), seconds.end());
    const double megabytes = static_cast<double>(file.bytes()) / 1e6;
    Json json = Json::object();
    json["bench"] = asJson ? "read_battles_jsonl" : "read_battles_csv";
    json["rows"] = rows;
    json["megabytes"] = megabytes;
    json["threads"] = threads;
    json["median_ms"] = 1e3 * seconds[seconds.size() / 2];
    json["median_megabytes_per_second"] = megabytes / seconds[seconds.size() / 2];
    json["most_megabytes_per_second"] = megabytes / seconds.front();
    json["repetitions"] = kRepetitions;
    return json;
}

Result<Json> benchReaders(const lab::BenchOptions& options) {
    constexpr std::size_t kRows = 2'000'000;
    const int machine = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const int threads = options.threads > 0 ? options.threads : std::min(machine, 2);
    Json results = Json::array();
    for (const bool asJson : {false, true}) {
        Result<Json> result = benchReading(asJson, kRows, threads);
        if (!result) {
            return result;
        }
        results.push_back(std::move(result).value());
    }
    return results;
}

} // namespace

BattleFile::BattleFile(std::size_t rows, bool asJson)
    : path_(std::filesystem::temp_directory_path() /
            ("psephos-bench-" + std::to_string(::getpid()) + (asJson ? ".jsonl" : ".csv"))) {
    std::mt19937_64 engine(1);
    std::string text = asJson ? "" : "model_a,model_b,winner\n";
    for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t first = engine() % kModels;
        const std::size_t second = (first + 1 + engine() % (kModels - 1)) % kModels;
        const std::array<const char*, 3> outcomes{"model_a", "model_b", "tie"};
        const char* const outcome = outcomes[engine() % outcomes.size()];
        const std::string a = "model-" + std::to_string(100 + first);
        const std::string b = "model-" + std::to_string(100 + second);
        text += asJson ? R"({"model_a":")" + a + R"(","model_b":")" + b + R"(","winner":")" +
                             outcome + "\"}\n"
                       : a + "," + b + "," + outcome + "\n";
    }
    bytes_ = text.size();
    written_ = lab::writeFile(path_, text);
}

BattleFile::~BattleFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

void registerBenchmarks(lab::CheckRegistry& registry) {
    registry.add(lab::Bench{"voting", "reading battles", benchReaders});
}

} // namespace psephos::ballots
