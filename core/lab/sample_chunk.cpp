// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/sample_chunk.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace psephos::lab::detail {

namespace {

/// Samples of one entry of this level of the pyramid.
constexpr std::size_t entrySamples(std::size_t level) {
    return std::size_t{8} << (3 * level);
}

} // namespace

void ChunkRange::add(double value, std::uint16_t offset) {
    if (!std::isfinite(value)) {
        if (!hasGap) {
            hasGap = true;
            gapAt = offset;
        }
        return;
    }
    if (value < low) {
        low = value;
        lowAt = offset;
    }
    if (value > high) {
        high = value;
        highAt = offset;
    }
}

void ChunkRange::add(const ChunkRange& later) {
    if (later.hasGap && !hasGap) {
        hasGap = true;
        gapAt = later.gapAt;
    }
    if (later.low < low) {
        low = later.low;
        lowAt = later.lowAt;
    }
    if (later.high > high) {
        high = later.high;
        highAt = later.highAt;
    }
}

SampleChunk::SampleChunk(std::size_t capacity)
    : capacity_(capacity)
    , steps_(std::make_unique_for_overwrite<std::int64_t[]>(capacity))
    , seconds_(std::make_unique_for_overwrite<double[]>(capacity))
    , values_(std::make_unique_for_overwrite<double[]>(capacity)) {
    assert(capacity <= kSamples);
    for (std::size_t level = 0; level < kLevels; ++level) {
        levels_[level] = std::make_unique<ChunkRange[]>(capacity / entrySamples(level));
    }
}

void SampleChunk::write(std::size_t offset, const Sample& sample) {
    assert(offset < capacity_ && !isHusk());
    steps_[offset] = sample.step;
    seconds_[offset] = sample.seconds;
    values_[offset] = sample.value;
    const std::size_t count = offset + 1;
    for (std::size_t level = 0; level < kLevels; ++level) {
        const std::size_t samples = entrySamples(level);
        if (count % samples != 0) {
            break;
        }
        ChunkRange range;
        if (level == 0) {
            for (std::size_t i = count - samples; i < count; ++i) {
                range.add(values_[i], static_cast<std::uint16_t>(i));
            }
        } else {
            const std::size_t first = (count - samples) / entrySamples(level - 1);
            for (std::size_t i = first; i < first + 8; ++i) {
                range.add(levels_[level - 1][i]);
            }
        }
        levels_[level][offset / samples] = range;
    }
}

std::shared_ptr<SampleChunk> SampleChunk::grown(std::size_t count, std::size_t capacity) const {
    auto other = std::make_shared<SampleChunk>(capacity);
    std::copy_n(steps_.get(), count, other->steps_.get());
    std::copy_n(seconds_.get(), count, other->seconds_.get());
    std::copy_n(values_.get(), count, other->values_.get());
    for (std::size_t level = 0; level < kLevels; ++level) {
        std::copy_n(levels_[level].get(), count / entrySamples(level), other->levels_[level].get());
    }
    return other;
}

std::shared_ptr<SampleChunk> SampleChunk::husk() const {
    assert(!isHusk() && capacity_ == kSamples);
    std::shared_ptr<SampleChunk> other(new SampleChunk());
    other->capacity_ = capacity_;
    const std::size_t groups = capacity_ / kHuskGroup;
    other->groupSteps_ = std::make_unique_for_overwrite<std::int64_t[]>(groups);
    other->groupSeconds_ = std::make_unique_for_overwrite<double[]>(groups);
    for (std::size_t group = 0; group < groups; ++group) {
        other->groupSteps_[group] = steps_[group * kHuskGroup];
        other->groupSeconds_[group] = seconds_[group * kHuskGroup];
    }
    for (std::size_t level = 1; level < kLevels; ++level) {
        const std::size_t entries = capacity_ / entrySamples(level);
        other->levels_[level] = std::make_unique<ChunkRange[]>(entries);
        std::copy_n(levels_[level].get(), entries, other->levels_[level].get());
    }
    return other;
}

std::shared_ptr<SampleChunk> SampleChunk::approximated() const {
    assert(isHusk());
    auto other = std::make_shared<SampleChunk>(capacity_);
    for (std::size_t i = 0; i < capacity_; ++i) {
        const std::size_t group = i / kHuskGroup;
        const ChunkRange& range = levels_[1][group];
        double value = range.hasFinite() ? range.low : std::numeric_limits<double>::quiet_NaN();
        if (range.hasGap && i == range.gapAt) {
            value = std::numeric_limits<double>::quiet_NaN();
        } else if (range.hasFinite() && i == range.highAt) {
            value = range.high;
        }
        other->write(i, {groupSteps_[group], groupSeconds_[group], value});
    }
    return other;
}

double SampleChunk::groupKey(Key key, std::size_t group) const {
    if (!isHusk()) {
        return this->key(key, group * kHuskGroup);
    }
    return key == Key::Step ? static_cast<double>(groupSteps_[group]) : groupSeconds_[group];
}

std::size_t SampleChunk::search(Key key, double at, bool after, std::size_t from,
                                std::size_t to) const {
    std::size_t low = from;
    std::size_t high = to;
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        const double found = this->key(key, middle);
        if (after ? found <= at : found < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

ChunkRange SampleChunk::range(std::size_t first, std::size_t last) const {
    ChunkRange range;
    std::size_t at = first;
    while (at < last) {
        std::size_t level = kLevels;
        for (std::size_t next = 0; next < kLevels; ++next) {
            const std::size_t samples = entrySamples(next);
            if (at % samples != 0 || at + samples > last) {
                break;
            }
            level = next;
        }
        if (level == kLevels) {
            assert(!isHusk());
            range.add(values_[at], static_cast<std::uint16_t>(at));
            ++at;
        } else {
            assert(levels_[level] != nullptr);
            range.add(levels_[level][at / entrySamples(level)]);
            at += entrySamples(level);
        }
    }
    return range;
}

std::size_t SampleChunk::memoryBytes() const {
    std::size_t bytes = sizeof(SampleChunk);
    if (isHusk()) {
        bytes += capacity_ / kHuskGroup * (sizeof(std::int64_t) + sizeof(double));
    } else {
        bytes += capacity_ * (sizeof(std::int64_t) + 2 * sizeof(double));
    }
    for (std::size_t level = 0; level < kLevels; ++level) {
        if (levels_[level] != nullptr) {
            bytes += capacity_ / entrySamples(level) * sizeof(ChunkRange);
        }
    }
    return bytes;
}

} // namespace psephos::lab::detail
