// SPDX-License-Identifier: GPL-3.0-or-later
// What a run has emitted: append-only, bounded in memory, with exact extremes at every zoom.
#pragma once

#include "lab/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::lab {

/// What a plot's horizontal axis counts.
enum class Key { Step, Seconds };

/// One sample of a scalar channel.
struct Sample {
    std::int64_t step = 0;
    double seconds = 0;
    double value = 0;

    friend bool operator==(const Sample&, const Sample&) = default;
};

/// What a window of a scalar series looks like in a number of pixel columns: at most four points a
/// column (first, lowest, highest, last, in order of key, without repeats). Values that are not
/// finite are left out of the extremes and kept as NaN gaps.
struct Trace {
    std::vector<double> keys;
    std::vector<double> values;
};

/// Extent of a channel.
struct Extent {
    std::size_t count = 0;
    std::int64_t firstStep = 0;
    std::int64_t lastStep = 0;
    double firstSeconds = 0;
    double lastSeconds = 0;
    double low = 0;  ///< smallest finite value of a scalar channel; NaN where there is none
    double high = 0; ///< largest finite value
    std::optional<std::int64_t> firstNotFinite; ///< step of the first NaN or infinity
};

/// Reads back what the memory budget made History let go of. Called from reader threads.
class HistorySource {
  public:
    virtual ~HistorySource() = default;
    /// Samples [first, first + count) of the channel, in order.
    virtual std::vector<Sample> samples(std::string_view channel, std::size_t first,
                                        std::size_t count) = 0;
    /// Frame number `index` of a table, grid or text channel.
    virtual std::optional<Frame> frame(std::string_view channel, std::size_t index) = 0;
};

/// One writer (the run's lane), any number of readers; every call is thread-safe.
/// Scalar samples live in chunks of 64 Ki with a pyramid of minima and maxima (factor 8) over them.
/// Where the budget made samples go, the pyramid stays from its groups of 64 upwards and a window's
/// edges are read back, so extremes are exact everywhere; a trace with 512 or more samples a pixel
/// column takes such groups whole, which moves them by less than an eighth of a pixel.
/// Readers copy a pointer under a short lock and compute without it.
class History {
  public:
    static constexpr std::size_t kDefaultBudgetBytes = 256u << 20;

    explicit History(std::span<const Channel> channels,
                     std::size_t budgetBytes = kDefaultBudgetBytes);
    ~History();
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    /// Appends; steps and seconds of a channel never decrease. Returns false (and keeps nothing)
    /// where the channel is not declared or carries another kind.
    bool append(std::string_view channel, Frame frame);

    /// Drops every frame after this step, on all channels.
    void truncateAfter(std::int64_t step);

    /// From where detail beyond the budget is read back; samples may be let go only once
    /// markStored() covered them.
    void setSource(std::shared_ptr<HistorySource> source);
    /// The store holds the channel's first `count` frames.
    void markStored(std::string_view channel, std::size_t count);

    /// Grows with every append and truncation: a reader looks only when it changed.
    [[nodiscard]] std::uint64_t version() const;

    [[nodiscard]] const std::vector<Channel>& channels() const;
    [[nodiscard]] std::optional<Extent> extent(std::string_view channel) const;

    /// The window [low, high] of a scalar channel for `columns` pixel columns, one neighbour on
    /// each side included so that lines leave the picture.
    [[nodiscard]] Trace trace(std::string_view channel, Key key, double low, double high,
                              std::size_t columns) const;
    /// Exact smallest and largest finite value with key in [low, high]; none where there is none.
    [[nodiscard]] std::optional<std::pair<double, double>>
    extremes(std::string_view channel, Key key, double low, double high) const;

    /// The last sample at or before the key; none before the first.
    [[nodiscard]] std::optional<Sample> sampleAt(std::string_view channel, Key key,
                                                 double at) const;
    /// Samples [first, first + count) for a writer or exporter.
    [[nodiscard]] std::vector<Sample> samples(std::string_view channel, std::size_t first,
                                              std::size_t count) const;

    /// The last frame at or before the key, of any kind of channel.
    [[nodiscard]] std::optional<Frame> frameAt(std::string_view channel, Key key, double at) const;
    [[nodiscard]] std::optional<Frame> frame(std::string_view channel, std::size_t index) const;
    [[nodiscard]] std::optional<Frame> latest(std::string_view channel) const;

    /// Compute seconds at a step and back, from the densest channel; for a timeline.
    [[nodiscard]] double secondsAt(std::int64_t step) const;
    [[nodiscard]] std::int64_t stepAt(double seconds) const;

    [[nodiscard]] std::size_t memoryBytes() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace psephos::lab
