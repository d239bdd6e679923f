// SPDX-License-Identifier: GPL-3.0-or-later
// A reader's view of a scalar series: taken under a short lock, read without one.
#pragma once

#include "lab/sample_chunk.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace psephos::lab::detail {

using ChunkPtr = std::shared_ptr<const SampleChunk>;
using ChunkList = std::vector<std::shared_ptr<SampleChunk>>;

/// Extremes of some samples of a series and their indices.
struct SeriesRange {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();
    std::size_t lowAt = 0;
    std::size_t highAt = 0;
    std::size_t gapAt = 0;
    bool hasGap = false;

    [[nodiscard]] bool hasFinite() const { return low <= high; }
};

/// The first `count` samples of a series. Chunks that were let go are fetched when a question needs
/// their samples. Used by one thread.
class SeriesView {
  public:
    /// Reads chunk number n back; null where that fails. Called without any lock.
    using Load = std::function<ChunkPtr(std::size_t)>;

    SeriesView(std::shared_ptr<const ChunkList> chunks, std::size_t count, Load load);

    [[nodiscard]] std::size_t count() const { return count_; }

    [[nodiscard]] Sample sample(std::size_t index) const;
    /// Samples [first, first + count), fewer where a chunk can't be read back.
    [[nodiscard]] std::vector<Sample> samples(std::size_t first, std::size_t count) const;

    /// Index of the first sample whose key is not below (`after`: is above) `at`; count() if none.
    [[nodiscard]] std::size_t search(Key key, double at, bool after) const;
    [[nodiscard]] SeriesRange range(std::size_t first, std::size_t last) const;

    /// See History::trace.
    [[nodiscard]] Trace trace(Key key, double low, double high, std::size_t columns) const;

  private:
    [[nodiscard]] std::size_t chunkCount() const;
    [[nodiscard]] std::size_t samplesOf(std::size_t chunk) const;
    [[nodiscard]] const SampleChunk& whole(std::size_t chunk) const;
    [[nodiscard]] bool isCoarse(std::size_t chunk, bool coarse) const;
    [[nodiscard]] double keyOf(Key key, std::size_t index, bool coarse) const;
    [[nodiscard]] std::size_t columnEnd(Key key, double at, std::size_t from, std::size_t last,
                                        std::size_t guess, bool coarse) const;
    void traceColumn(Trace& trace, Key key, std::size_t first, std::size_t last, bool coarse) const;
    void point(Trace& trace, Key key, std::size_t index, double value, bool coarse) const;

    std::shared_ptr<const ChunkList> chunks_;
    std::size_t count_;
    Load load_;
    mutable std::unordered_map<std::size_t, ChunkPtr> loaded_;
};

} // namespace psephos::lab::detail
