// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/history.hpp"

#include "lab/series_view.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cmath>
#include <deque>
#include <limits>
#include <list>
#include <mutex>

namespace psephos::lab {

namespace {

using detail::ChunkList;
using detail::ChunkPtr;
using detail::SampleChunk;
using detail::SeriesView;

constexpr std::size_t kChunk = SampleChunk::kSamples;
constexpr std::size_t kFirstCapacity = 512;
/// Chunks that were read back and are kept for the next question.
constexpr std::size_t kCachedChunks = 8;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// A frame of a table, grid or text channel; its payload may have been let go.
struct StoredFrame {
    std::int64_t step = 0;
    double seconds = 0;
    std::size_t bytes = 0;
    std::optional<Payload> payload;
};

/// What one channel holds. Guarded by History's mutex, except what a chunk's readers may read.
struct Stream {
    Channel channel;
    std::size_t stored = 0; ///< frames that the store has
    Extent extent;
    // Scalars. The list is replaced, never changed, when a chunk is added, grown or let go.
    std::shared_ptr<const ChunkList> chunks = std::make_shared<const ChunkList>();
    std::size_t husks = 0; ///< the first so many chunks have been let go
    // Everything else.
    std::deque<StoredFrame> frames;
    std::size_t letGo = 0; ///< the first so many payloads have been let go

    [[nodiscard]] bool isScalar() const { return channel.kind == FrameKind::Scalar; }
};

struct CachedChunk {
    const Stream* stream = nullptr;
    std::size_t chunk = 0;
    ChunkPtr samples;
};

std::size_t bytesOf(const ChunkList& chunks) {
    std::size_t bytes = 0;
    for (const auto& chunk : chunks) {
        bytes += chunk->memoryBytes();
    }
    return bytes;
}

void takeIn(Extent& extent, std::int64_t step, double seconds) {
    if (extent.count == 0) {
        extent.firstStep = step;
        extent.firstSeconds = seconds;
    }
    extent.lastStep = step;
    extent.lastSeconds = seconds;
    ++extent.count;
}

void takeIn(Extent& extent, double value, std::int64_t step) {
    if (!std::isfinite(value)) {
        if (!extent.firstNotFinite) {
            extent.firstNotFinite = step;
        }
        return;
    }
    extent.low = std::isnan(extent.low) ? value : std::min(extent.low, value);
    extent.high = std::isnan(extent.high) ? value : std::max(extent.high, value);
}

Extent emptyExtent() {
    Extent extent;
    extent.low = kNaN;
    extent.high = kNaN;
    return extent;
}

/// Extent of the first `count` samples of a view.
Extent extentOf(const SeriesView& view, std::size_t count) {
    Extent extent = emptyExtent();
    if (count == 0) {
        return extent;
    }
    const Sample first = view.sample(0);
    const Sample last = view.sample(count - 1);
    takeIn(extent, first.step, first.seconds);
    takeIn(extent, last.step, last.seconds);
    extent.count = count;
    const detail::SeriesRange range = view.range(0, count);
    if (range.hasFinite()) {
        extent.low = range.low;
        extent.high = range.high;
    }
    if (range.hasGap) {
        extent.firstNotFinite = view.sample(range.gapAt).step;
    }
    return extent;
}

/// Index of the last frame at or before the key, plus one.
std::size_t framesUpTo(const std::deque<StoredFrame>& frames, Key key, double at) {
    const auto after =
        std::partition_point(frames.begin(), frames.end(), [key, at](const StoredFrame& frame) {
            return (key == Key::Step ? static_cast<double>(frame.step) : frame.seconds) <= at;
        });
    return static_cast<std::size_t>(after - frames.begin());
}

} // namespace

struct History::Impl {
    mutable std::mutex mutex;
    std::vector<Channel> channels;
    std::deque<Stream> streams; ///< one a channel, at a stable address
    std::shared_ptr<HistorySource> source;
    std::size_t budget = 0;
    std::size_t bytes = 0;
    mutable std::list<CachedChunk> cache; ///< most recently used first
    std::atomic<std::uint64_t> version{0};

    Stream* find(std::string_view id) {
        for (Stream& stream : streams) {
            if (stream.channel.id == id) {
                return &stream;
            }
        }
        return nullptr;
    }

    const Stream* find(std::string_view id) const { return const_cast<Impl*>(this)->find(id); }

    void appendSample(Stream& stream, const Sample& sample);
    void makeRoom(Stream& stream, std::size_t offset);
    void replaceChunk(Stream& stream, std::size_t chunk, std::shared_ptr<SampleChunk> by);
    void shrink();
    bool letGoOldest(Stream& stream);
    [[nodiscard]] static std::size_t canLetGo(const Stream& stream);
    [[nodiscard]] SeriesView view(const Stream& stream) const;
    [[nodiscard]] ChunkPtr load(const Stream& stream, std::size_t chunk) const;
    [[nodiscard]] std::optional<Frame> frame(const Stream& stream, std::size_t index) const;
    [[nodiscard]] const Stream* densest() const;
    void truncateFrames(Stream& stream, std::int64_t step);
    void truncateSamples(Stream& stream, std::int64_t step);
};

/// Makes the chunk for the sample at `offset` of it exist and be large enough.
void History::Impl::makeRoom(Stream& stream, std::size_t offset) {
    if (offset == 0) {
        auto chunks = std::make_shared<ChunkList>(*stream.chunks);
        chunks->push_back(
            std::make_shared<SampleChunk>(stream.extent.count == 0 ? kFirstCapacity : kChunk));
        bytes += chunks->back()->memoryBytes();
        stream.chunks = std::move(chunks);
        return;
    }
    const SampleChunk& last = *stream.chunks->back();
    if (offset == last.capacity()) {
        replaceChunk(stream, stream.chunks->size() - 1,
                     last.grown(offset, std::min(kChunk, last.capacity() * 4)));
    }
}

void History::Impl::replaceChunk(Stream& stream, std::size_t chunk,
                                 std::shared_ptr<SampleChunk> by) {
    auto chunks = std::make_shared<ChunkList>(*stream.chunks);
    bytes += by->memoryBytes();
    bytes -= (*chunks)[chunk]->memoryBytes();
    (*chunks)[chunk] = std::move(by);
    stream.chunks = std::move(chunks);
}

void History::Impl::appendSample(Stream& stream, const Sample& sample) {
    const std::size_t offset = stream.extent.count % kChunk;
    makeRoom(stream, offset);
    stream.chunks->back()->write(offset, sample);
    takeIn(stream.extent, sample.step, sample.seconds);
    takeIn(stream.extent, sample.value, sample.step);
}

/// Bytes of the stream that may go: full chunks and all payloads but the newest, as far as stored.
std::size_t History::Impl::canLetGo(const Stream& stream) {
    if (stream.isScalar()) {
        const std::size_t full = std::min(stream.extent.count, stream.stored) / kChunk;
        return (full - std::min(full, stream.husks)) * kChunk * sizeof(Sample);
    }
    if (stream.frames.empty()) {
        return 0;
    }
    const std::size_t end = std::min(stream.frames.size() - 1, stream.stored);
    return stream.letGo < end ? stream.frames[stream.letGo].bytes * (end - stream.letGo) : 0;
}

bool History::Impl::letGoOldest(Stream& stream) {
    if (canLetGo(stream) == 0) {
        return false;
    }
    if (stream.isScalar()) {
        replaceChunk(stream, stream.husks, (*stream.chunks)[stream.husks]->husk());
        ++stream.husks;
    } else {
        StoredFrame& frame = stream.frames[stream.letGo++];
        frame.payload.reset();
        bytes -= frame.bytes;
    }
    return true;
}

/// Lets the oldest detail go, of the largest channels first, until an eighth of the budget is free.
void History::Impl::shrink() {
    if (bytes <= budget || source == nullptr) {
        return;
    }
    while (bytes > budget - budget / 8) {
        Stream* largest = nullptr;
        std::size_t most = 0;
        for (Stream& stream : streams) {
            const std::size_t can = canLetGo(stream);
            if (can > most) {
                most = can;
                largest = &stream;
            }
        }
        if (largest == nullptr || !letGoOldest(*largest)) {
            return;
        }
    }
}

/// Takes the view; the mutex is held. The view may be read after it has been released.
SeriesView History::Impl::view(const Stream& stream) const {
    return {stream.chunks, stream.extent.count,
            [this, &stream](std::size_t chunk) { return load(stream, chunk); }};
}

/// Reads a chunk back that was let go; the mutex is not held.
ChunkPtr History::Impl::load(const Stream& stream, std::size_t chunk) const {
    std::shared_ptr<HistorySource> from;
    {
        const std::lock_guard lock(mutex);
        const auto found = std::find_if(cache.begin(), cache.end(), [&](const CachedChunk& cached) {
            return cached.stream == &stream && cached.chunk == chunk;
        });
        if (found != cache.end()) {
            cache.splice(cache.begin(), cache, found);
            return found->samples;
        }
        from = source;
    }
    if (from == nullptr) {
        return nullptr;
    }
    const std::vector<Sample> samples = from->samples(stream.channel.id, chunk * kChunk, kChunk);
    if (samples.size() != kChunk) {
        return nullptr;
    }
    auto loaded = std::make_shared<SampleChunk>(kChunk);
    for (std::size_t i = 0; i < kChunk; ++i) {
        loaded->write(i, samples[i]);
    }
    const std::lock_guard lock(mutex);
    cache.push_front({&stream, chunk, loaded});
    if (cache.size() > kCachedChunks) {
        cache.pop_back();
    }
    return loaded;
}

std::optional<Frame> History::Impl::frame(const Stream& stream, std::size_t index) const {
    std::shared_ptr<HistorySource> from;
    {
        const std::unique_lock lock(mutex);
        if (index >= stream.extent.count) {
            return std::nullopt;
        }
        if (!stream.isScalar()) {
            const StoredFrame& stored = stream.frames[index];
            if (stored.payload) {
                return Frame{stored.step, stored.seconds, *stored.payload};
            }
            from = source;
        }
    }
    return from != nullptr ? from->frame(stream.channel.id, index) : std::nullopt;
}

const Stream* History::Impl::densest() const {
    const Stream* densest = nullptr;
    for (const Stream& stream : streams) {
        if (stream.isScalar() &&
            (densest == nullptr || stream.extent.count > densest->extent.count)) {
            densest = &stream;
        }
    }
    return densest != nullptr && densest->extent.count > 0 ? densest : nullptr;
}

void History::Impl::truncateFrames(Stream& stream, std::int64_t step) {
    const std::lock_guard lock(mutex);
    const std::size_t count = framesUpTo(stream.frames, Key::Step, static_cast<double>(step));
    Extent extent = emptyExtent();
    for (std::size_t i = 0; i < count; ++i) {
        takeIn(extent, stream.frames[i].step, stream.frames[i].seconds);
    }
    for (std::size_t i = count; i < stream.frames.size(); ++i) {
        bytes -= stream.frames[i].payload ? stream.frames[i].bytes : 0;
    }
    stream.frames.resize(count);
    stream.extent = extent;
    stream.letGo = std::min(stream.letGo, count);
    stream.stored = std::min(stream.stored, count);
}

void History::Impl::truncateSamples(Stream& stream, std::int64_t step) {
    std::unique_lock lock(mutex);
    const SeriesView view = this->view(stream);
    const std::shared_ptr<const ChunkList> before = stream.chunks;
    lock.unlock(); // beside this thread, the writer, others only let chunks go
    const std::size_t count = view.search(Key::Step, static_cast<double>(step), true);
    if (count == view.count()) {
        return;
    }
    auto chunks = std::make_shared<ChunkList>(
        before->begin(), before->begin() + static_cast<std::ptrdiff_t>(count / kChunk));
    if (count % kChunk != 0) { // a chunk of its own: readers may still look at the old one
        auto tail = std::make_shared<SampleChunk>(count < kFirstCapacity ? kFirstCapacity : kChunk);
        const std::size_t start = count / kChunk * kChunk;
        for (std::size_t i = start; i < count; ++i) {
            tail->write(i - start, view.sample(i));
        }
        chunks->push_back(std::move(tail));
    }
    const Extent extent = extentOf(view, count);
    lock.lock();
    bytes += bytesOf(*chunks);
    bytes -= bytesOf(*stream.chunks);
    const auto whole = std::find_if(chunks->begin(), chunks->end(),
                                    [](const auto& chunk) { return !chunk->isHusk(); });
    stream.husks = static_cast<std::size_t>(whole - chunks->begin());
    stream.stored = std::min(stream.stored, count);
    stream.chunks = std::move(chunks);
    stream.extent = extent;
    cache.remove_if([&](const CachedChunk& cached) { return cached.stream == &stream; });
}

History::History(std::span<const Channel> channels, std::size_t budgetBytes)
    : impl_(std::make_unique<Impl>()) {
    impl_->channels.assign(channels.begin(), channels.end());
    impl_->budget = budgetBytes;
    for (const Channel& channel : channels) {
        Stream& stream = impl_->streams.emplace_back();
        stream.channel = channel;
        stream.extent = emptyExtent();
    }
}

History::~History() = default;

bool History::append(std::string_view channel, Frame frame) {
    const std::lock_guard lock(impl_->mutex);
    Stream* stream = impl_->find(channel);
    if (stream == nullptr || stream->channel.kind != kindOf(frame.payload) ||
        (stream->extent.count > 0 && frame.step < stream->extent.lastStep)) {
        return false;
    }
    frame.seconds = std::max(frame.seconds, stream->extent.lastSeconds);
    if (stream->isScalar()) {
        impl_->appendSample(*stream, {frame.step, frame.seconds, std::get<double>(frame.payload)});
    } else {
        const std::size_t bytes = lab::memoryBytes(frame);
        impl_->bytes += bytes;
        takeIn(stream->extent, frame.step, frame.seconds);
        stream->frames.push_back({frame.step, frame.seconds, bytes, std::move(frame.payload)});
    }
    if (impl_->bytes > impl_->budget) {
        impl_->shrink();
    }
    impl_->version.fetch_add(1, std::memory_order_release);
    return true;
}

void History::truncateAfter(std::int64_t step) {
    for (Stream& stream : impl_->streams) {
        if (stream.isScalar()) {
            impl_->truncateSamples(stream, step);
        } else {
            impl_->truncateFrames(stream, step);
        }
    }
    impl_->version.fetch_add(1, std::memory_order_release);
}

void History::setSource(std::shared_ptr<HistorySource> source) {
    const std::lock_guard lock(impl_->mutex);
    impl_->source = std::move(source);
}

void History::markStored(std::string_view channel, std::size_t count) {
    const std::lock_guard lock(impl_->mutex);
    if (Stream* stream = impl_->find(channel)) {
        stream->stored = std::min(count, stream->extent.count);
        impl_->shrink();
    }
}

std::uint64_t History::version() const {
    return impl_->version.load(std::memory_order_acquire);
}

const std::vector<Channel>& History::channels() const {
    return impl_->channels;
}

std::optional<Extent> History::extent(std::string_view channel) const {
    const std::lock_guard lock(impl_->mutex);
    const Stream* stream = impl_->find(channel);
    return stream != nullptr ? std::optional(stream->extent) : std::nullopt;
}

Trace History::trace(std::string_view channel, Key key, double low, double high,
                     std::size_t columns) const {
    std::unique_lock lock(impl_->mutex);
    const Stream* stream = impl_->find(channel);
    if (stream == nullptr || !stream->isScalar()) {
        return {};
    }
    const SeriesView view = impl_->view(*stream);
    lock.unlock();
    return view.trace(key, low, high, columns);
}

std::optional<std::pair<double, double>> History::extremes(std::string_view channel, Key key,
                                                           double low, double high) const {
    std::unique_lock lock(impl_->mutex);
    const Stream* stream = impl_->find(channel);
    if (stream == nullptr || !stream->isScalar() || !(low <= high)) {
        return std::nullopt;
    }
    const SeriesView view = impl_->view(*stream);
    lock.unlock();
    const detail::SeriesRange range =
        view.range(view.search(key, low, false), view.search(key, high, true));
    return range.hasFinite() ? std::optional(std::pair(range.low, range.high)) : std::nullopt;
}

std::optional<Sample> History::sampleAt(std::string_view channel, Key key, double at) const {
    std::unique_lock lock(impl_->mutex);
    const Stream* stream = impl_->find(channel);
    if (stream == nullptr || !stream->isScalar() || std::isnan(at)) {
        return std::nullopt;
    }
    const SeriesView view = impl_->view(*stream);
    lock.unlock();
    const std::size_t count = view.search(key, at, true);
    return count > 0 ? std::optional(view.sample(count - 1)) : std::nullopt;
}

std::vector<Sample> History::samples(std::string_view channel, std::size_t first,
                                     std::size_t count) const {
    std::unique_lock lock(impl_->mutex);
    const Stream* stream = impl_->find(channel);
    if (stream == nullptr || !stream->isScalar()) {
        return {};
    }
    const SeriesView view = impl_->view(*stream);
    lock.unlock();
    return view.samples(first, count);
}

std::optional<Frame> History::frameAt(std::string_view channel, Key key, double at) const {
    std::unique_lock lock(impl_->mutex);
    const Stream* stream = impl_->find(channel);
    if (stream == nullptr || std::isnan(at)) {
        return std::nullopt;
    }
    if (!stream->isScalar()) {
        const std::size_t count = framesUpTo(stream->frames, key, at);
        lock.unlock();
        return count > 0 ? impl_->frame(*stream, count - 1) : std::nullopt;
    }
    lock.unlock();
    const auto sample = sampleAt(channel, key, at);
    return sample ? std::optional(Frame{sample->step, sample->seconds, sample->value})
                  : std::nullopt;
}

std::optional<Frame> History::frame(std::string_view channel, std::size_t index) const {
    std::unique_lock lock(impl_->mutex);
    const Stream* stream = impl_->find(channel);
    if (stream == nullptr || index >= stream->extent.count) {
        return std::nullopt;
    }
    if (!stream->isScalar()) {
        lock.unlock();
        return impl_->frame(*stream, index);
    }
    const SeriesView view = impl_->view(*stream);
    lock.unlock();
    const Sample sample = view.sample(index);
    return Frame{sample.step, sample.seconds, sample.value};
}

std::optional<Frame> History::latest(std::string_view channel) const {
    const auto extent = this->extent(channel);
    return extent && extent->count > 0 ? frame(channel, extent->count - 1) : std::nullopt;
}

double History::secondsAt(std::int64_t step) const {
    std::unique_lock lock(impl_->mutex);
    const Stream* stream = impl_->densest();
    if (stream == nullptr) {
        return 0;
    }
    const SeriesView view = impl_->view(*stream);
    lock.unlock();
    const std::size_t count = view.search(Key::Step, static_cast<double>(step), true);
    return view.sample(count > 0 ? count - 1 : 0).seconds;
}

std::int64_t History::stepAt(double seconds) const {
    std::unique_lock lock(impl_->mutex);
    const Stream* stream = impl_->densest();
    if (stream == nullptr || std::isnan(seconds)) {
        return 0;
    }
    const SeriesView view = impl_->view(*stream);
    lock.unlock();
    const std::size_t count = view.search(Key::Seconds, seconds, true);
    return view.sample(count > 0 ? count - 1 : 0).step;
}

std::size_t History::memoryBytes() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->bytes;
}

} // namespace psephos::lab
