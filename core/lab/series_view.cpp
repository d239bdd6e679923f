// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/series_view.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace psephos::lab::detail {

namespace {

constexpr std::size_t kChunk = SampleChunk::kSamples;
constexpr std::size_t kGroup = SampleChunk::kHuskGroup;

/// Samples a pixel column from which on chunks that were let go are drawn by groups of 64 instead
/// of being read back: a group is then less than an eighth of a pixel wide.
constexpr std::size_t kCoarseSamplesPerColumn = 8 * kGroup;

} // namespace

SeriesView::SeriesView(std::shared_ptr<const ChunkList> chunks, std::size_t count, Load load)
    : chunks_(std::move(chunks))
    , count_(count)
    , load_(std::move(load)) {}

std::size_t SeriesView::chunkCount() const {
    return (count_ + kChunk - 1) / kChunk;
}

std::size_t SeriesView::samplesOf(std::size_t chunk) const {
    return std::min(kChunk, count_ - chunk * kChunk);
}

const SampleChunk& SeriesView::whole(std::size_t chunk) const {
    const SampleChunk& here = *(*chunks_)[chunk];
    if (!here.isHusk()) {
        return here;
    }
    ChunkPtr& loaded = loaded_[chunk];
    if (loaded == nullptr) {
        loaded = load_(chunk);
    }
    if (loaded == nullptr) {
        loaded = here.approximated();
    }
    return *loaded;
}

Sample SeriesView::sample(std::size_t index) const {
    return whole(index / kChunk).at(index % kChunk);
}

std::vector<Sample> SeriesView::samples(std::size_t first, std::size_t count) const {
    std::vector<Sample> samples;
    const std::size_t last = std::min(count_, first + std::min(count, count_));
    if (first >= last) {
        return samples;
    }
    samples.reserve(last - first);
    std::size_t index = first;
    while (index < last) {
        const std::size_t chunk = index / kChunk;
        const std::size_t end = std::min(last, (chunk + 1) * kChunk);
        ChunkPtr source = (*chunks_)[chunk];
        if (source->isHusk()) {
            source = load_(chunk);
        }
        if (source == nullptr) {
            break;
        }
        for (; index < end; ++index) {
            samples.push_back(source->at(index % kChunk));
        }
    }
    return samples;
}

std::size_t SeriesView::search(Key key, double at, bool after) const {
    if (std::isnan(at)) {
        return count_;
    }
    std::size_t low = 0; // number of chunks whose first key is below `at`
    std::size_t high = chunkCount();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        const double found = (*chunks_)[middle]->groupKey(key, 0);
        if (after ? found <= at : found < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return 0;
    }
    const std::size_t chunk = low - 1;
    return chunk * kChunk + whole(chunk).search(key, at, after, 0, samplesOf(chunk));
}

SeriesRange SeriesView::range(std::size_t first, std::size_t last) const {
    SeriesRange range;
    for (std::size_t at = first; at < last;) {
        const std::size_t chunk = at / kChunk;
        const std::size_t start = chunk * kChunk;
        const std::size_t end = std::min(last, start + samplesOf(chunk));
        const SampleChunk& here = *(*chunks_)[chunk];
        const bool inGroups = (at - start) % kGroup == 0 && (end - start) % kGroup == 0;
        const SampleChunk& source = here.isHusk() && inGroups ? here : whole(chunk);
        const ChunkRange part = source.range(at - start, end - start);
        if (part.hasGap && !range.hasGap) {
            range.hasGap = true;
            range.gapAt = start + part.gapAt;
        }
        if (part.low < range.low) {
            range.low = part.low;
            range.lowAt = start + part.lowAt;
        }
        if (part.high > range.high) {
            range.high = part.high;
            range.highAt = start + part.highAt;
        }
        at = end;
    }
    return range;
}

bool SeriesView::isCoarse(std::size_t chunk, bool coarse) const {
    return coarse && (*chunks_)[chunk]->isHusk() && !loaded_.contains(chunk);
}

double SeriesView::keyOf(Key key, std::size_t index, bool coarse) const {
    const std::size_t chunk = index / kChunk;
    if (isCoarse(chunk, coarse)) {
        return (*chunks_)[chunk]->groupKey(key, index % kChunk / kGroup);
    }
    return whole(chunk).key(key, index % kChunk);
}

/// First index in (from, last] whose key is not below `at`: the start of the next pixel column.
/// `guess` is where it might be: right for evenly spaced keys, else the search widens from there.
std::size_t SeriesView::columnEnd(Key key, double at, std::size_t from, std::size_t last,
                                  std::size_t guess, bool coarse) const {
    const auto isBelow = [&](std::size_t index) { return keyOf(key, index, coarse) < at; };
    std::size_t low = from; // counts as below, so that a column is never empty
    std::size_t high = last;
    guess = std::clamp(guess, from + 1, last);
    if (guess < last && isBelow(guess)) {
        low = guess;
        std::size_t stride = 1;
        while (low + stride < last && isBelow(low + stride)) {
            low += stride;
            stride *= 2;
        }
        high = std::min(last, low + stride);
    } else {
        high = guess;
        std::size_t stride = 1;
        while (high > from + stride && !isBelow(high - stride)) {
            high -= stride;
            stride *= 2;
        }
        low = high > from + stride ? high - stride : from;
    }
    ++low;
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (isBelow(middle)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < last && isCoarse(low / kChunk, coarse)) {
        low = std::min(last, (low + kGroup - 1) / kGroup * kGroup);
    }
    return low;
}

void SeriesView::point(Trace& trace, Key key, std::size_t index, double value, bool coarse) const {
    trace.keys.push_back(keyOf(key, index, coarse));
    trace.values.push_back(std::isfinite(value) ? value : std::numeric_limits<double>::quiet_NaN());
}

void SeriesView::traceColumn(Trace& trace, Key key, std::size_t first, std::size_t last,
                             bool coarse) const {
    const bool firstIsCoarse = isCoarse(first / kChunk, coarse);
    const bool lastIsCoarse = isCoarse((last - 1) / kChunk, coarse);
    if (last - first <= 4 && !firstIsCoarse && !lastIsCoarse) {
        for (std::size_t i = first; i < last; ++i) {
            point(trace, key, i, sample(i).value, coarse);
        }
        return;
    }

    struct Point {
        std::size_t index;
        double value;
    };

    std::array<Point, 5> points{};
    std::size_t count = 0;
    const SeriesRange range = this->range(first, last);
    if (!firstIsCoarse) {
        points[count++] = {first, sample(first).value};
    }
    if (range.hasFinite()) {
        points[count++] = {range.lowAt, range.low};
        points[count++] = {range.highAt, range.high};
    }
    if (range.hasGap) {
        points[count++] = {range.gapAt, std::numeric_limits<double>::quiet_NaN()};
    } else if (!lastIsCoarse) {
        points[count++] = {last - 1, sample(last - 1).value};
    }
    std::sort(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(count),
              [](const Point& a, const Point& b) { return a.index < b.index; });
    for (std::size_t i = 0; i < count; ++i) {
        if (i == 0 || points[i].index != points[i - 1].index) {
            point(trace, key, points[i].index, points[i].value, coarse);
        }
    }
}

Trace SeriesView::trace(Key key, double low, double high, std::size_t columns) const {
    Trace trace;
    if (count_ == 0 || columns == 0 || !(low <= high)) {
        return trace;
    }
    const std::size_t first = search(key, low, false);
    const std::size_t last = search(key, high, true);
    const bool coarse = last - std::min(first, last) >= kCoarseSamplesPerColumn * columns;
    if (first > 0) {
        point(trace, key, first - 1, sample(first - 1).value, false);
    }
    const double width = (high - low) / static_cast<double>(columns);
    std::size_t samples = 1; // of the column before
    for (std::size_t at = first; at < last;) {
        std::size_t end = last;
        if (width > 0) {
            const double column = std::floor((keyOf(key, at, coarse) - low) / width);
            const double next = std::max(column, 0.0) + 1;
            if (next < static_cast<double>(columns)) {
                end = columnEnd(key, low + next * width, at, last, at + samples, coarse);
            }
        }
        traceColumn(trace, key, at, end, coarse);
        samples = end - at;
        at = end;
    }
    if (last < count_) {
        point(trace, key, last, sample(last).value, false);
    }
    return trace;
}

} // namespace psephos::lab::detail
