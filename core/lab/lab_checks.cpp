// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/lab_checks.hpp"

#include "lab/files/csv.hpp"
#include "lab/history.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace psephos::lab {

namespace {

/// SplitMix64: the same numbers everywhere.
class Bits {
  public:
    explicit Bits(std::uint64_t seed)
        : state_(seed) {}

    std::uint64_t next() {
        std::uint64_t bits = state_ += 0x9e3779b97f4a7c15u;
        bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
        bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
        return bits ^ (bits >> 31);
    }

    /// Uniform in [0, 1).
    double uniform() { return std::ldexp(static_cast<double>(next() >> 11), -53); }

  private:
    std::uint64_t state_;
};

CheckRow rowOf(std::string caseName, std::string quantity) {
    CheckRow row;
    row.area = "lab";
    row.caseName = std::move(caseName);
    row.quantity = std::move(quantity);
    return row;
}

bool isSameNumber(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// Random bit patterns: every magnitude, subnormal numbers too.
Result<void> checkNumbers(const CheckOptions&, std::vector<CheckRow>& rows) {
    constexpr int kTrials = 20000;
    Bits bits(1);
    int lostInText = 0;
    int lostInJson = 0;
    for (int i = 0; i < kTrials; ++i) {
        const auto number = std::bit_cast<double>(bits.next());
        if (!std::isfinite(number)) {
            continue;
        }
        const auto read = parseNumber(toText(number));
        lostInText += read && isSameNumber(*read, number) ? 0 : 1;
        const Json json = Json::parse(Json(number).dump(), nullptr, false);
        lostInJson += json.is_number() && isSameNumber(json.get<double>(), number) ? 0 : 1;
    }
    rows.push_back(rowOf("numbers", "changed_by_text"));
    compare(rows.back(), lostInText, 0, 0);
    rows.push_back(rowOf("numbers", "changed_by_json"));
    compare(rows.back(), lostInJson, 0, 0);
    return {};
}

std::vector<Channel> lossChannel() {
    Channel channel;
    channel.id = "loss";
    channel.label = "loss";
    return {channel};
}

/// A random walk with a few values that are not finite.
std::vector<double> walk(std::size_t count) {
    Bits bits(2);
    std::vector<double> values;
    values.reserve(count);
    double at = 0;
    for (std::size_t i = 0; i < count; ++i) {
        at += bits.uniform() - 0.5;
        values.push_back(bits.next() % 1000 == 0 ? std::nan("") : at);
    }
    return values;
}

void fill(History& history, const std::vector<double>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        history.append("loss",
                       {static_cast<std::int64_t>(i), 0.001 * static_cast<double>(i), values[i]});
    }
}

Result<void> checkExtremes(const CheckOptions&, std::vector<CheckRow>& rows) {
    constexpr std::size_t kSamples = 200000;
    constexpr int kWindows = 300;
    const std::vector<double> values = walk(kSamples);
    History history(lossChannel());
    fill(history, values);
    Bits bits(3);
    double largest = 0;
    for (int i = 0; i < kWindows; ++i) {
        std::size_t first = bits.next() % kSamples;
        std::size_t last = bits.next() % kSamples;
        std::tie(first, last) = std::minmax(first, last);
        double low = INFINITY;
        double high = -INFINITY;
        for (std::size_t j = first; j <= last; ++j) {
            low = std::isfinite(values[j]) ? std::min(low, values[j]) : low;
            high = std::isfinite(values[j]) ? std::max(high, values[j]) : high;
        }
        const auto found = history.extremes("loss", Key::Step, static_cast<double>(first),
                                            static_cast<double>(last));
        const bool isEmpty = low > high;
        if (found.has_value() == isEmpty) {
            largest = INFINITY;
        } else if (found) {
            largest =
                std::max({largest, std::abs(found->first - low), std::abs(found->second - high)});
        }
    }
    rows.push_back(rowOf("history", "extremes_against_brute_force"));
    compare(rows.back(), largest, 0.0, 0);
    return {};
}

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Result<Json> benchHistory(const BenchOptions&) {
    constexpr std::size_t kSamples = 2000000;
    constexpr int kLooks = 100;
    constexpr std::size_t kColumns = 1200; // a wide plot
    const std::vector<double> values = walk(kSamples);
    History history(lossChannel());
    auto start = std::chrono::steady_clock::now();
    fill(history, values);
    const double appended = secondsSince(start);
    start = std::chrono::steady_clock::now();
    std::size_t points = 0;
    for (int i = 0; i < kLooks; ++i) {
        points += history.trace("loss", Key::Step, 0, static_cast<double>(kSamples) - i, kColumns)
                      .keys.size();
    }
    const double looked = secondsSince(start);
    return Json::array({Json{{"samples", kSamples},
                             {"append_ns", 1e9 * appended / static_cast<double>(kSamples)},
                             {"trace_ms", 1e3 * looked / kLooks},
                             {"trace_points", points / kLooks}}});
}

} // namespace

void registerLabChecks(CheckRegistry& registry) {
    registry.add(Check{"lab", "numbers", false, checkNumbers});
    registry.add(Check{"lab", "history", false, checkExtremes});
    registry.add(Bench{"lab", "history", benchHistory});
}

} // namespace psephos::lab
