// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/files/csv.hpp"

#include <bit>
#include <charconv>
#include <cstring>
#include <system_error>
#include <utility>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace psephos::lab {

namespace {

constexpr std::size_t kBlockBytes = 64;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

#if defined(__SSE2__)

std::uint64_t maskOfBlock(const char* bytes, char separator) {
    const __m128i separators = _mm_set1_epi8(separator);
    const __m128i quotes = _mm_set1_epi8('"');
    const __m128i feeds = _mm_set1_epi8('\n');
    std::uint64_t mask = 0;
    for (unsigned part = 0; part < 4; ++part) {
        const __m128i chunk =
            _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + std::size_t{16} * part));
        const __m128i hits =
            _mm_or_si128(_mm_cmpeq_epi8(chunk, separators),
                         _mm_or_si128(_mm_cmpeq_epi8(chunk, quotes), _mm_cmpeq_epi8(chunk, feeds)));
        const auto bits = static_cast<std::uint32_t>(_mm_movemask_epi8(hits));
        mask |= static_cast<std::uint64_t>(bits) << (16 * part);
    }
    return mask;
}

#else

std::uint64_t maskOfBlock(const char* bytes, char separator) {
    std::uint64_t mask = 0;
    for (unsigned i = 0; i < kBlockBytes; ++i) {
        const char c = bytes[i];
        const bool hit = c == separator || c == '"' || c == '\n';
        mask |= static_cast<std::uint64_t>(hit) << i;
    }
    return mask;
}

#endif

} // namespace

CsvReader::CsvReader(std::string_view text, char separator)
    : text_(text)
    , separator_(separator) {
    if (text_.starts_with(kByteOrderMark)) {
        text_.remove_prefix(kByteOrderMark.size());
    }
    mask_ = specialsAt(0);
}

std::uint64_t CsvReader::specialsAt(std::size_t base) const {
    if (base >= text_.size()) {
        return 0;
    }
    const std::size_t left = text_.size() - base;
    if (left >= kBlockBytes) {
        return maskOfBlock(text_.data() + base, separator_);
    }
    char tail[kBlockBytes] = {};
    std::memcpy(tail, text_.data() + base, left);
    return maskOfBlock(tail, separator_) & ((std::uint64_t{1} << left) - 1);
}

// Position of the next separator, quote or line feed that nobody has asked for yet; the text's size
// at its end.
std::size_t CsvReader::nextSpecial() {
    while (mask_ == 0) {
        block_ += kBlockBytes;
        if (block_ >= text_.size()) {
            block_ = text_.size();
            return text_.size();
        }
        mask_ = specialsAt(block_);
    }
    const std::size_t at = block_ + static_cast<std::size_t>(std::countr_zero(mask_));
    mask_ &= mask_ - 1;
    return at;
}

Error CsvReader::fail(std::string message, std::size_t line) {
    position_ = text_.size();
    block_ = text_.size();
    mask_ = 0;
    cells_.clear();
    return Error{
        .message = std::move(message), .hint = {}, .place = "line " + std::to_string(line)};
}

// Adds the cell [from, to), and moves past the separator or line end at `to`. True if the record
// goes on.
bool CsvReader::endCell(std::size_t from, std::size_t to) {
    position_ = to + 1;
    if (to < text_.size() && text_[to] == separator_) {
        cells_.push_back(text_.substr(from, to - from));
        return true;
    }
    if (to < text_.size()) {
        ++line_;
    } else {
        position_ = text_.size();
    }
    if (to > from && text_[to - 1] == '\r') {
        --to;
    }
    cells_.push_back(text_.substr(from, to - from));
    return false;
}

// Reads the quoted cell at position_, whose opening quote is used already. True if the record goes
// on.
Result<bool> CsvReader::readQuoted() {
    const std::size_t openedOn = line_;
    const std::size_t from = position_ + 1;
    std::size_t copied = from;
    std::string* copy = nullptr;
    for (;;) {
        const std::size_t at = nextSpecial();
        if (at == text_.size()) {
            return fail("a quoted cell is never closed", openedOn);
        }
        if (text_[at] == '\n') {
            ++line_;
        }
        if (text_[at] != '"') {
            continue;
        }
        if (at + 1 < text_.size() && text_[at + 1] == '"') {
            if (copy == nullptr) {
                if (unescapedUsed_ == unescaped_.size()) {
                    unescaped_.emplace_back();
                }
                copy = &unescaped_[unescapedUsed_++];
                copy->clear();
            }
            copy->append(text_.substr(copied, at + 1 - copied));
            copied = nextSpecial() + 1; // the second quote
            continue;
        }
        std::size_t end = at + 1;
        if (end < text_.size() && text_[end] == '\r' &&
            (end + 1 == text_.size() || text_[end + 1] == '\n')) {
            ++end;
        }
        if (end < text_.size() && text_[end] != separator_ && text_[end] != '\n') {
            return fail("text follows the closing quote of a cell", line_);
        }
        const bool more = endCell(end, end < text_.size() ? nextSpecial() : end);
        if (copy != nullptr) {
            copy->append(text_.substr(copied, at - copied));
            cells_.back() = *copy;
        } else {
            cells_.back() = text_.substr(from, at - from);
        }
        cellsAreEmpty_ = false;
        return more;
    }
}

Result<bool> CsvReader::next() {
    cells_.clear();
    unescapedUsed_ = 0;
    recordLine_ = line_;
    if (position_ >= text_.size()) {
        return false;
    }
    cellsAreEmpty_ = true;
    for (bool more = true; more;) {
        const std::size_t from = position_;
        std::size_t at = nextSpecial();
        if (at == from && at < text_.size() && text_[at] == '"') {
            Result<bool> quoted = readQuoted();
            if (!quoted) {
                return quoted;
            }
            more = *quoted;
            continue;
        }
        while (at < text_.size() && text_[at] == '"') {
            at = nextSpecial();
        }
        more = endCell(from, at);
        cellsAreEmpty_ = cellsAreEmpty_ && cells_.back().empty();
    }
    return true;
}

std::optional<double> parseNumber(std::string_view cell) {
    constexpr std::string_view kBlanks = " \t";
    const std::size_t from = cell.find_first_not_of(kBlanks);
    if (from == std::string_view::npos) {
        return std::nullopt;
    }
    cell = cell.substr(from, cell.find_last_not_of(kBlanks) + 1 - from);
    if (cell.size() > 1 && cell[0] == '+' && cell[1] != '-') {
        cell.remove_prefix(1);
    }
    double value = 0.0;
    const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (code != std::errc{} || end != cell.data() + cell.size()) {
        return std::nullopt;
    }
    return value;
}

void appendCsvCell(std::string& line, std::string_view cell) {
    if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
        line += cell;
        return;
    }
    line += '"';
    for (const char c : cell) {
        if (c == '"') {
            line += '"';
        }
        line += c;
    }
    line += '"';
}

} // namespace psephos::lab
