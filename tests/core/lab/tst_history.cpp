// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/history.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <thread>
#include <vector>

using namespace psephos::lab;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kChunk = 65536;

std::vector<Channel> channels() {
    Channel loss;
    loss.id = "loss";
    Channel table;
    table.id = "table";
    table.kind = FrameKind::Table;
    table.columns = {{"x", "", false}};
    Channel grid;
    grid.id = "grid";
    grid.kind = FrameKind::Grid;
    Channel text;
    text.id = "text";
    text.kind = FrameKind::Text;
    return {loss, table, grid, text};
}

void append(History& history, const std::vector<Sample>& samples) {
    for (const Sample& sample : samples) {
        CHECK(history.append("loss", {sample.step, sample.seconds, sample.value}));
    }
}

/// Samples with repeated keys, gaps between them, and values that are not finite.
std::vector<Sample> randomSamples(std::mt19937_64& random, std::size_t count) {
    std::uniform_int_distribution<int> dice(0, 99);
    std::normal_distribution<double> normal;
    std::vector<Sample> samples;
    Sample sample;
    for (std::size_t i = 0; i < count; ++i) {
        const int kind = dice(random);
        sample.step += kind < 90 ? 1 : kind - 90;
        sample.seconds += kind < 5 ? 0 : 0.125;
        sample.value = normal(random);
        if (kind == 7) {
            sample.value = kNaN;
        } else if (kind == 8) {
            sample.value = dice(random) < 50 ? kInfinity : -kInfinity;
        }
        samples.push_back(sample);
    }
    return samples;
}

double keyOf(const Sample& sample, Key key) {
    return key == Key::Step ? static_cast<double>(sample.step) : sample.seconds;
}

/// Bounds of finite values of the samples with key in [low, high], one by one.
std::optional<std::pair<double, double>> bounds(const std::vector<Sample>& samples, Key key,
                                                double low, double high) {
    std::optional<std::pair<double, double>> found;
    for (const Sample& sample : samples) {
        const double at = keyOf(sample, key);
        if (at < low || at > high || !std::isfinite(sample.value)) {
            continue;
        }
        found = found ? std::pair(std::min(found->first, sample.value),
                                  std::max(found->second, sample.value))
                      : std::pair(sample.value, sample.value);
    }
    return found;
}

/// What a pixel column shows.
struct ColumnLook {
    double low = kInfinity;
    double high = -kInfinity;
    bool hasGap = false;
    std::size_t points = 0;

    void add(double value) {
        ++points;
        hasGap = hasGap || !std::isfinite(value);
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
};

/// Compares a trace with the samples, column by column. Bounds and width are multiples of 1/8, so
/// that the arithmetic of columns is exact.
void checkTrace(const History& history, const std::vector<Sample>& samples, Key key, double low,
                double width, std::size_t columns) {
    const double high = low + width * static_cast<double>(columns);
    const Trace trace = history.trace("loss", key, low, high, columns);
    REQUIRE(trace.keys.size() == trace.values.size());
    CHECK(std::is_sorted(trace.keys.begin(), trace.keys.end()));
    const auto columnOf = [&](double at) {
        return std::min(columns - 1, static_cast<std::size_t>((at - low) / width));
    };
    std::map<std::size_t, ColumnLook> expected;
    const Sample* before = nullptr;
    const Sample* after = nullptr;
    for (const Sample& sample : samples) {
        const double at = keyOf(sample, key);
        if (at < low) {
            before = &sample;
        } else if (at > high) {
            after = after == nullptr ? &sample : after;
        } else {
            expected[columnOf(at)].add(sample.value);
        }
    }
    std::map<std::size_t, ColumnLook> shown;
    for (std::size_t i = 0; i < trace.keys.size(); ++i) {
        const double at = trace.keys[i];
        if (at < low) {
            REQUIRE(before != nullptr);
            CHECK(at == keyOf(*before, key));
        } else if (at > high) {
            REQUIRE(after != nullptr);
            CHECK(at == keyOf(*after, key));
        } else {
            shown[columnOf(at)].add(trace.values[i]);
        }
    }
    const auto outside =
        static_cast<std::size_t>(before != nullptr) + static_cast<std::size_t>(after != nullptr);
    std::size_t inside = 0;
    REQUIRE(shown.size() == expected.size());
    for (const auto& [column, look] : expected) {
        const ColumnLook& drawn = shown[column];
        inside += drawn.points;
        REQUIRE(drawn.low == look.low);
        REQUIRE(drawn.high == look.high);
        REQUIRE(drawn.hasGap == look.hasGap);
        REQUIRE(drawn.points <= 4);
        REQUIRE(drawn.points >= std::min<std::size_t>(look.points, 1));
    }
    CHECK(trace.keys.size() == inside + outside);
}

/// The store's part, played by memory.
class MemorySource final : public HistorySource {
  public:
    std::vector<Sample> samples(std::string_view, std::size_t first, std::size_t count) override {
        ++reads;
        std::vector<Sample> read;
        for (std::size_t i = first; i < std::min(stored.size(), first + count); ++i) {
            read.push_back(stored[i]);
        }
        return read;
    }

    std::optional<Frame> frame(std::string_view, std::size_t index) override {
        ++reads;
        return index < frames.size() ? std::optional(frames[index]) : std::nullopt;
    }

    std::vector<Sample> stored;
    std::vector<Frame> frames;
    std::atomic<int> reads{0};
};

Frame textFrame(std::int64_t step, std::string text) {
    return {step, static_cast<double>(step), std::make_shared<const std::string>(std::move(text))};
}

} // namespace

TEST_CASE("extremes_anyWindow_equalBruteForce") {
    std::mt19937_64 random(1);
    for (const std::size_t count : {1u, 2u, 7u, 8u, 9u, 64u, 511u, 513u, 3000u, 70000u}) {
        const auto samples = randomSamples(random, count);
        History history(channels());
        append(history, samples);
        const double last = keyOf(samples.back(), Key::Step) + 2;
        std::uniform_real_distribution<double> place(-2, last);
        for (int i = 0; i < (count > 1000 ? 40 : 200); ++i) {
            for (const Key key : {Key::Step, Key::Seconds}) {
                double low = place(random) / (key == Key::Seconds ? 8 : 1);
                double high = place(random) / (key == Key::Seconds ? 8 : 1);
                if (i % 3 == 0) { // exactly on samples
                    low = keyOf(samples[random() % count], key);
                    high = keyOf(samples[random() % count], key);
                }
                const auto expected = bounds(samples, key, low, high);
                REQUIRE(history.extremes("loss", key, low, high) == expected);
            }
        }
    }
}

TEST_CASE("trace_anyWindow_showsEveryColumnsExtremesAndGaps") {
    std::mt19937_64 random(2);
    for (const std::size_t count : {1u, 3u, 10u, 200u, 3000u, 140000u}) {
        const auto samples = randomSamples(random, count);
        History history(channels());
        append(history, samples);
        const auto last = static_cast<int>(samples.back().step) + 4;
        std::uniform_int_distribution<int> place(-4, last);
        for (int i = 0; i < (count > 5000 ? 6 : 60); ++i) {
            const std::size_t columns = 1 + random() % (i % 2 == 0 ? 10 : 700);
            const double width =
                static_cast<double>(1 + random() % (1 + 16 * static_cast<unsigned>(last) /
                                                            static_cast<unsigned>(columns))) /
                8;
            checkTrace(history, samples, Key::Step, place(random), width, columns);
            checkTrace(history, samples, Key::Seconds, place(random) / 8, width / 8, columns);
        }
    }
}

TEST_CASE("trace_fewSamples_keepsThemAll") {
    History history(channels());
    append(history, {{0, 0, 1}, {1, 1, 5}, {2, 2, kNaN}, {3, 3, 2}});
    const Trace trace = history.trace("loss", Key::Step, 0, 3, 1);
    CHECK(trace.keys == std::vector<double>{0, 1, 2, 3});
    CHECK(trace.values[1] == 5);
    CHECK(std::isnan(trace.values[2]));
    CHECK(history.trace("loss", Key::Step, 3, 0, 10).keys.empty());
    CHECK(history.trace("loss", Key::Step, 0, 3, 0).keys.empty());
    CHECK(history.trace("loss", Key::Step, kNaN, 3, 5).keys.empty());
    CHECK(history.trace("table", Key::Step, 0, 3, 5).keys.empty());
    CHECK(history.trace("nothing", Key::Step, 0, 3, 5).keys.empty());
    CHECK(history.trace("loss", Key::Step, 1, 1, 5).keys == std::vector<double>{0, 1, 2});
}

TEST_CASE("append_wrongKindOrChannelOrOrder_isRefused") {
    History history(channels());
    CHECK_FALSE(history.append("nothing", {0, 0, 1.0}));
    CHECK_FALSE(history.append("table", {0, 0, 1.0}));
    CHECK(history.append("loss", {5, 1, 1.0}));
    CHECK_FALSE(history.append("loss", {4, 2, 1.0}));
    CHECK(history.extent("loss")->count == 1);
    const std::uint64_t before = history.version();
    CHECK(history.append("loss", {5, 0.5, 2.0}));
    CHECK(history.version() > before);
    CHECK(history.latest("loss")->seconds == 1); // a clock never runs back
    CHECK_FALSE(history.extent("nothing").has_value());
}

TEST_CASE("extent_tellsTheFirstValueThatIsNotFinite") {
    History history(channels());
    CHECK(history.extent("loss")->count == 0);
    CHECK(std::isnan(history.extent("loss")->low));
    append(history, {{1, 0.5, 3}, {2, 1, -1}, {4, 2, kInfinity}, {5, 3, kNaN}});
    const Extent extent = *history.extent("loss");
    CHECK(extent.count == 4);
    CHECK(extent.firstStep == 1);
    CHECK(extent.lastStep == 5);
    CHECK(extent.firstSeconds == 0.5);
    CHECK(extent.lastSeconds == 3);
    CHECK(extent.low == -1);
    CHECK(extent.high == 3);
    CHECK(extent.firstNotFinite == 4);
}

TEST_CASE("truncateAfter_step_leavesWhatWouldHaveBeenThere") {
    std::mt19937_64 random(3);
    const auto samples = randomSamples(random, 140000);
    for (const std::size_t keep : {0u, 1u, 300u, 65535u, 65536u, 65537u, 131072u, 139999u}) {
        const std::int64_t step = samples[keep].step - 1;
        std::vector<Sample> left;
        std::copy_if(samples.begin(), samples.end(), std::back_inserter(left),
                     [step](const Sample& sample) { return sample.step <= step; });
        History history(channels());
        append(history, samples);
        history.append("text", textFrame(step, "stays"));
        history.append("text", textFrame(step + 1, "goes"));
        history.truncateAfter(step);
        History expected(channels());
        append(expected, left);
        CHECK(history.extent("text")->count == 1);
        const Extent a = *history.extent("loss");
        const Extent b = *expected.extent("loss");
        CHECK(a.count == b.count);
        CHECK(std::bit_cast<std::uint64_t>(a.low) == std::bit_cast<std::uint64_t>(b.low));
        CHECK(std::bit_cast<std::uint64_t>(a.high) == std::bit_cast<std::uint64_t>(b.high));
        CHECK(a.firstNotFinite == b.firstNotFinite);
        append(history, {samples.begin() + static_cast<std::ptrdiff_t>(left.size()),
                         samples.end()}); // and it can go on
        CHECK(history.extent("loss")->count == samples.size());
        CHECK(history.extremes("loss", Key::Step, 0, 1e9) == bounds(samples, Key::Step, 0, 1e9));
    }
}

TEST_CASE("frameAt_key_isTheLastFrameNotAfterIt") {
    History history(channels());
    for (int step = 0; step < 10; step += 2) {
        history.append(
            "text", {step, step / 4.0, std::make_shared<const std::string>(std::to_string(step))});
    }
    CHECK_FALSE(history.frameAt("text", Key::Step, -1).has_value());
    CHECK(*std::get<TextPtr>(history.frameAt("text", Key::Step, 5)->payload) == "4");
    CHECK(*std::get<TextPtr>(history.frameAt("text", Key::Seconds, 0.5)->payload) == "2");
    CHECK(*std::get<TextPtr>(history.latest("text")->payload) == "8");
    CHECK_FALSE(history.frame("text", 5).has_value());
    append(history, {{0, 0, 10}, {2, 0.5, 20}, {4, 1, 30}});
    CHECK(history.sampleAt("loss", Key::Step, 3)->value == 20);
    CHECK(history.sampleAt("loss", Key::Seconds, 1)->value == 30);
    CHECK_FALSE(history.sampleAt("loss", Key::Step, -1).has_value());
    CHECK(std::get<double>(history.frameAt("loss", Key::Step, 3)->payload) == 20);
    CHECK(history.secondsAt(3) == 0.5);
    CHECK(history.stepAt(0.75) == 2);
    CHECK(history.secondsAt(-5) == 0);
    CHECK(history.stepAt(99) == 4);
}

TEST_CASE("budget_samplesLetGo_areReadBackAndExtremesStayExact") {
    std::mt19937_64 random(4);
    const auto samples = randomSamples(random, 6 * kChunk + 1000);
    const auto source = std::make_shared<MemorySource>();
    source->stored = samples;
    History history(channels(), 3u << 20);
    history.setSource(source);
    append(history, samples);
    const std::size_t whole = history.memoryBytes();
    CHECK(whole > 9u << 20); // nothing is let go before it is stored
    history.markStored("loss", samples.size());
    CHECK(history.memoryBytes() < 4u << 20);
    CHECK(source->reads == 0);

    const auto last = static_cast<double>(samples.back().step);
    CHECK(history.extremes("loss", Key::Step, -1, last + 1) ==
          bounds(samples, Key::Step, -1, last + 1));
    CHECK(source->reads == 0); // the pyramid knew
    std::uniform_real_distribution<double> place(0, last);
    for (int i = 0; i < 20; ++i) {
        const double low = place(random);
        const double high = low + place(random) / (i % 2 == 0 ? 1 : 100);
        CHECK(history.extremes("loss", Key::Step, low, high) ==
              bounds(samples, Key::Step, low, high));
    }
    const double middle = std::floor(last / 3);
    checkTrace(history, samples, Key::Step, middle, 4, 500);            // detail is read back
    const Trace trace = history.trace("loss", Key::Step, 0, last, 100); // and else drawn by groups
    CHECK(trace.keys.size() <= 402);
    CHECK(std::is_sorted(trace.keys.begin(), trace.keys.end()));
    double low = kInfinity;
    double high = -kInfinity;
    for (const double value : trace.values) {
        low = std::isnan(value) ? low : std::min(low, value);
        high = std::isnan(value) ? high : std::max(high, value);
    }
    CHECK(std::pair(low, high) == *bounds(samples, Key::Step, 0, last));
    const auto read = history.samples("loss", 0, samples.size());
    CHECK(read.size() == samples.size());
    CHECK(read[12345].step == samples[12345].step);
}

TEST_CASE("budget_sourceThatFails_givesNoInventedSamples") {
    std::mt19937_64 random(5);
    const auto samples = randomSamples(random, 3 * kChunk);
    const auto source = std::make_shared<MemorySource>(); // holds nothing
    History history(channels(), 1u << 20);
    history.setSource(source);
    append(history, samples);
    history.markStored("loss", samples.size());
    CHECK(history.samples("loss", 0, 100).empty());
    CHECK(history.extremes("loss", Key::Step, -1, 1e9) == bounds(samples, Key::Step, -1, 1e9));
}

TEST_CASE("budget_texts_keepTheNewestInMemory") {
    const auto source = std::make_shared<MemorySource>();
    History history(channels(), 100000);
    history.setSource(source);
    for (int step = 0; step < 200; ++step) {
        source->frames.push_back(textFrame(step, std::string(10000, 'a')));
        history.append("text", source->frames.back());
        history.markStored("text", source->frames.size());
    }
    CHECK(history.memoryBytes() <= 100000);
    CHECK(history.latest("text")->step == 199);
    CHECK(source->reads == 0);
    CHECK(history.frameAt("text", Key::Step, 3)->step == 3);
    CHECK(source->reads == 1);
}

TEST_CASE("readers_besideTheWriter_seeWholeSamples") {
    History history(channels(), 4u << 20);
    const auto source = std::make_shared<MemorySource>();
    constexpr std::size_t kCount = 300000;
    for (std::size_t i = 0; i < kCount; ++i) {
        source->stored.push_back(
            {static_cast<std::int64_t>(i), static_cast<double>(i), static_cast<double>(i % 1000)});
    }
    history.setSource(source);
    std::atomic<bool> done{false};
    std::atomic<int> wrong{0};
    const auto read = [&] {
        while (!done) {
            const std::size_t count = history.extent("loss")->count;
            if (count == 0) {
                continue;
            }
            const auto extremes = history.extremes("loss", Key::Step, 0, 1e9);
            const Trace trace = history.trace("loss", Key::Step, 0, static_cast<double>(count), 50);
            const auto latest = history.latest("loss");
            const bool isRight =
                extremes && extremes->first == 0 && extremes->second <= 999 &&
                extremes->second >= std::min<double>(999, static_cast<double>(count - 1)) &&
                !trace.keys.empty() && latest &&
                std::get<double>(latest->payload) == static_cast<double>(latest->step % 1000);
            wrong += isRight ? 0 : 1;
        }
    };
    std::thread first(read);
    std::thread second(read);
    for (std::size_t i = 0; i < kCount; ++i) {
        const Sample& sample = source->stored[i];
        history.append("loss", {sample.step, sample.seconds, sample.value});
        if (i % 10000 == 0) {
            history.markStored("loss", i);
        }
    }
    done = true;
    first.join();
    second.join();
    CHECK(wrong == 0);
}
