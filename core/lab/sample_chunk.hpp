// SPDX-License-Identifier: GPL-3.0-or-later
// 64 Ki samples of a scalar series with a pyramid of minima and maxima (factor 8) over them.
#pragma once

#include "lab/history.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>

namespace psephos::lab::detail {

/// Extremes of some samples of one chunk, and where they are (offsets from the chunk's start).
struct ChunkRange {
    double low = std::numeric_limits<double>::infinity();   ///< above `high` where none is finite
    double high = -std::numeric_limits<double>::infinity(); ///< of the finite values
    std::uint16_t lowAt = 0;
    std::uint16_t highAt = 0;
    std::uint16_t gapAt = 0; ///< first value that is not finite, where hasGap
    bool hasGap = false;

    /// Takes in the value at this offset; offsets grow from call to call.
    void add(double value, std::uint16_t offset);
    /// Takes in a range that follows this one.
    void add(const ChunkRange& later);

    [[nodiscard]] bool hasFinite() const { return low <= high; }
};

/// A run of samples at stable addresses. One thread appends; a reader that learnt the number of
/// samples under a lock may read that many beside it, without the lock. Once full, or once it has
/// been replaced by grown(), a chunk never changes again.
class SampleChunk {
  public:
    static constexpr std::size_t kSamples = 65536;
    /// Samples of a group that a husk still tells apart.
    static constexpr std::size_t kHuskGroup = 64;

    explicit SampleChunk(std::size_t capacity);

    [[nodiscard]] std::size_t capacity() const { return capacity_; }

    /// Whether the samples themselves have been let go.
    [[nodiscard]] bool isHusk() const { return steps_ == nullptr; }

    /// Writes sample number `offset`, the one after the last.
    void write(std::size_t offset, const Sample& sample);

    /// A chunk of more capacity with the same first `count` samples.
    [[nodiscard]] std::shared_ptr<SampleChunk> grown(std::size_t count, std::size_t capacity) const;
    /// Of a full chunk: what stays in memory when its samples go, groups of 64 and coarser.
    [[nodiscard]] std::shared_ptr<SampleChunk> husk() const;
    /// Of a husk whose samples can't be read back: 64 equal keys a group and its exact extremes.
    [[nodiscard]] std::shared_ptr<SampleChunk> approximated() const;

    [[nodiscard]] Sample at(std::size_t offset) const {
        return {steps_[offset], seconds_[offset], values_[offset]};
    }

    [[nodiscard]] double key(Key key, std::size_t offset) const {
        return key == Key::Step ? static_cast<double>(steps_[offset]) : seconds_[offset];
    }

    /// Key of the first sample of a group of 64; works for husks.
    [[nodiscard]] double groupKey(Key key, std::size_t group) const;

    /// First offset in [from, to) whose key is not below (`after`: is above) the key; else `to`.
    [[nodiscard]] std::size_t search(Key key, double at, bool after, std::size_t from,
                                     std::size_t to) const;

    /// Extremes of the samples [first, last); husks answer for whole groups of 64 only.
    [[nodiscard]] ChunkRange range(std::size_t first, std::size_t last) const;

    [[nodiscard]] std::size_t memoryBytes() const;

  private:
    static constexpr std::size_t kLevels = 5; // 8, 64, 512, 4096, 32768 samples an entry
    SampleChunk() = default;

    std::size_t capacity_ = 0;
    std::unique_ptr<std::int64_t[]> steps_;
    std::unique_ptr<double[]> seconds_;
    std::unique_ptr<double[]> values_;
    std::array<std::unique_ptr<ChunkRange[]>, kLevels> levels_;
    std::unique_ptr<std::int64_t[]> groupSteps_; // husks only
    std::unique_ptr<double[]> groupSeconds_;
};

} // namespace psephos::lab::detail
