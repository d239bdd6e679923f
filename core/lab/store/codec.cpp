// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/store/codec.hpp"

#include <bit>
#include <cstring>
#include <memory>
#include <type_traits>

namespace psephos::lab::detail {

namespace {

static_assert(std::endian::native == std::endian::little, "the store's bytes are little-endian");

enum class Tag : std::uint8_t { Table = 1, Grid = 2, Text = 3 };

template <typename T>
void put(std::string& bytes, T value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

void putText(std::string& bytes, std::string_view text) {
    put(bytes, static_cast<std::uint64_t>(text.size()));
    bytes += text;
}

void putNumbers(std::string& bytes, const std::vector<double>& numbers) {
    put(bytes, static_cast<std::uint64_t>(numbers.size()));
    if (!numbers.empty()) {
        bytes.append(reinterpret_cast<const char*>(numbers.data()),
                     numbers.size() * sizeof(double));
    }
}

void putTexts(std::string& bytes, const std::vector<std::string>& texts) {
    put(bytes, static_cast<std::uint64_t>(texts.size()));
    for (const std::string& text : texts) {
        putText(bytes, text);
    }
}

/// Reads bytes in order; after the first that is missing everything reads as nothing and ok() is
/// false.
class Reader {
  public:
    explicit Reader(std::string_view bytes)
        : rest_(bytes) {}

    [[nodiscard]] bool ok() const { return ok_; }

    [[nodiscard]] bool atEnd() const { return rest_.empty(); }

    template <typename T>
    [[nodiscard]] T take() {
        T value{};
        if (rest_.size() < sizeof(T)) {
            ok_ = false;
            rest_ = {};
            return value;
        }
        std::memcpy(&value, rest_.data(), sizeof(T));
        rest_.remove_prefix(sizeof(T));
        return value;
    }

    /// A number of things of at least so many bytes each; 0 where they can't all be there.
    [[nodiscard]] std::size_t count(std::size_t bytesEach) {
        const auto count = take<std::uint64_t>();
        if (count > rest_.size() / bytesEach) {
            ok_ = false;
            return 0;
        }
        return static_cast<std::size_t>(count);
    }

    [[nodiscard]] std::string text() {
        const std::size_t size = count(1);
        std::string text(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return text;
    }

    [[nodiscard]] std::vector<double> numbers() {
        const std::size_t size = count(sizeof(double));
        std::vector<double> numbers(size);
        if (size > 0) {
            std::memcpy(numbers.data(), rest_.data(), size * sizeof(double));
        }
        rest_.remove_prefix(size * sizeof(double));
        return numbers;
    }

    [[nodiscard]] std::vector<std::string> texts() {
        const std::size_t size = count(sizeof(std::uint64_t));
        std::vector<std::string> texts;
        texts.reserve(size);
        for (std::size_t i = 0; i < size && ok_; ++i) {
            texts.push_back(text());
        }
        return texts;
    }

  private:
    std::string_view rest_;
    bool ok_ = true;
};

TablePtr readTable(Reader& reader) {
    auto table = std::make_shared<Table>();
    const std::size_t columns = reader.count(1 + sizeof(std::uint64_t));
    for (std::size_t i = 0; i < columns && reader.ok(); ++i) {
        if (reader.take<std::uint8_t>() != 0) {
            table->columns.emplace_back(reader.texts());
        } else {
            table->columns.emplace_back(reader.numbers());
        }
    }
    return table;
}

GridPtr readGrid(Reader& reader) {
    auto grid = std::make_shared<Grid>();
    for (GridAxis* axis : {&grid->x, &grid->y}) {
        axis->at = reader.numbers();
        axis->names = reader.texts();
    }
    grid->values = reader.numbers();
    return grid;
}

} // namespace

SampleBlock encodeSamples(std::span<const Sample> samples) {
    SampleBlock block;
    block.count = static_cast<std::int64_t>(samples.size());
    if (samples.empty()) {
        return block;
    }
    block.firstStep = samples.front().step;
    block.stride = samples.size() > 1 ? samples[1].step - samples[0].step : 0;
    for (std::size_t i = 1; i < samples.size(); ++i) {
        if (samples[i].step - samples[i - 1].step != *block.stride) {
            block.stride.reset();
            break;
        }
    }
    block.bytes.reserve(samples.size() * sizeof(Sample));
    if (!block.stride) {
        for (const Sample& sample : samples) {
            put(block.bytes, sample.step);
        }
    }
    for (const Sample& sample : samples) {
        put(block.bytes, sample.seconds);
    }
    for (const Sample& sample : samples) {
        put(block.bytes, sample.value);
    }
    return block;
}

bool decodeSamples(std::int64_t firstStep, std::int64_t count, std::optional<std::int64_t> stride,
                   std::string_view bytes, std::vector<Sample>& samples) {
    const auto size = static_cast<std::size_t>(count);
    const std::size_t bytesEach = (stride ? 2 : 3) * sizeof(double);
    if (count < 0 || bytes.size() / bytesEach < size || bytes.size() != size * bytesEach) {
        return false;
    }
    Reader reader(bytes);
    const std::size_t first = samples.size();
    samples.resize(first + size);
    const std::span<Sample> added = std::span(samples).subspan(first);
    std::int64_t step = firstStep;
    for (Sample& sample : added) {
        sample.step = stride ? step : reader.take<std::int64_t>();
        step += stride.value_or(0);
    }
    for (Sample& sample : added) {
        sample.seconds = reader.take<double>();
    }
    for (Sample& sample : added) {
        sample.value = reader.take<double>();
    }
    return reader.ok();
}

std::string encodePayload(const Payload& payload) {
    std::string bytes;
    if (const auto* table = std::get_if<TablePtr>(&payload)) {
        put(bytes, Tag::Table);
        put(bytes, static_cast<std::uint64_t>((*table)->columns.size()));
        for (const Column& column : (*table)->columns) {
            const auto* texts = std::get_if<std::vector<std::string>>(&column);
            put(bytes, static_cast<std::uint8_t>(texts != nullptr ? 1 : 0));
            if (texts != nullptr) {
                putTexts(bytes, *texts);
            } else {
                putNumbers(bytes, std::get<std::vector<double>>(column));
            }
        }
    } else if (const auto* grid = std::get_if<GridPtr>(&payload)) {
        put(bytes, Tag::Grid);
        for (const GridAxis* axis : {&(*grid)->x, &(*grid)->y}) {
            putNumbers(bytes, axis->at);
            putTexts(bytes, axis->names);
        }
        putNumbers(bytes, (*grid)->values);
    } else if (const auto* text = std::get_if<TextPtr>(&payload)) {
        put(bytes, Tag::Text);
        putText(bytes, **text);
    }
    return bytes;
}

std::optional<Payload> decodePayload(std::string_view bytes) {
    Reader reader(bytes);
    std::optional<Payload> payload;
    switch (reader.take<Tag>()) {
    case Tag::Table:
        payload = readTable(reader);
        break;
    case Tag::Grid:
        payload = readGrid(reader);
        break;
    case Tag::Text:
        payload = std::make_shared<const std::string>(reader.text());
        break;
    default:
        return std::nullopt;
    }
    return reader.ok() && reader.atEnd() ? payload : std::nullopt;
}

} // namespace psephos::lab::detail
