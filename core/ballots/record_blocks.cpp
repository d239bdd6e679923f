// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/record_blocks.hpp"

#include "lab/files/file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <new>
#include <optional>
#include <system_error>
#include <utility>

namespace psephos::ballots {

namespace {

using lab::Error;
using lab::Result;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kBlanks = " \t\r\n";

std::size_t find(std::string_view text, char character, std::size_t from) {
    return std::min(text.find(character, from), text.size());
}

/// Where the quoted cell that opens at `open` is closed; the text's size if it is not.
std::size_t closingQuote(std::string_view text, std::size_t open) {
    std::size_t at = find(text, '"', open + 1);
    while (at + 1 < text.size() && text[at + 1] == '"') {
        at = find(text, '"', at + 2);
    }
    return at;
}

/// Length of the records of CSV that end within the text: what follows its last line end outside
/// of quotes is left. A quote that does not open its cell is an ordinary character.
std::size_t wholeCsv(std::string_view text, char separator) {
    std::size_t whole = 0;
    std::size_t from = 0; // of what is outside of quotes
    for (;;) {
        const std::size_t quote = find(text, '"', from);
        const std::size_t feed = text.substr(from, quote - from).rfind('\n');
        if (feed != std::string_view::npos) {
            whole = from + feed + 1;
        }
        if (quote == text.size()) {
            return whole;
        }
        const bool opens = quote == 0 || text[quote - 1] == separator || text[quote - 1] == '\n';
        from = (opens ? closingQuote(text, quote) : quote) + 1;
        if (from >= text.size()) {
            return whole;
        }
    }
}

/// After the closing quote of the string that opens at `open`; nothing if it is not closed.
std::optional<std::size_t> afterString(std::string_view text, std::size_t open) {
    for (std::size_t at = open + 1;; ++at) {
        at = text.find('"', at);
        if (at == std::string_view::npos) {
            return std::nullopt;
        }
        std::size_t escapes = 0;
        while (text[at - 1 - escapes] == '\\') {
            ++escapes; // stops at the opening quote
        }
        if (escapes % 2 == 0) {
            return at + 1;
        }
    }
}

} // namespace

ByteSource::ByteSource(std::string_view text, std::string place)
    : place_(std::move(place))
    , text_(text)
    , size_(text.size()) {}

Result<ByteSource> ByteSource::open(const std::filesystem::path& path) {
    std::error_code failed;
    const auto status = std::filesystem::status(path, failed);
    // What can't be read twice or has no size goes that way, too.
    const bool isPlain = std::filesystem::is_regular_file(status) && path.extension() != ".gz";
    if (!isPlain || std::filesystem::file_size(path, failed) == 0) {
        Result<std::string> content = lab::readFile(path);
        if (!content) {
            return content.error();
        }
        auto unpacked = std::make_unique<std::string>(std::move(content).value());
        ByteSource source(*unpacked, path.string());
        source.unpacked_ = std::move(unpacked);
        return source;
    }
    ByteSource source({}, path.string());
    source.size_ = static_cast<std::size_t>(std::filesystem::file_size(path, failed));
    source.file_.reset(failed ? nullptr : std::fopen(path.c_str(), "rb"));
    if (!source.file_) {
        const std::error_code code =
            failed ? failed : std::error_code(errno, std::generic_category());
        return Error{"the file can't be opened: " + code.message(), "", path.string()};
    }
    return source;
}

Result<std::size_t> ByteSource::read(char* to, std::size_t count) {
    if (!file_) {
        const std::size_t got = std::min(count, text_.size() - position_);
        std::memcpy(to, text_.data() + position_, got);
        position_ += got;
        return got;
    }
    const std::size_t got = std::fread(to, 1, count, file_.get());
    if (std::ferror(file_.get()) != 0) {
        return Error{"the file can't be read: " + std::generic_category().message(errno), "",
                     place_};
    }
    position_ += got;
    return got;
}

void ByteSource::rewind() {
    position_ = 0;
    if (file_) {
        std::rewind(file_.get());
    }
}

Result<std::string> ByteSource::readAll() {
    return file_ ? lab::readFile(place_) : std::string(text_);
}

RecordBlocks::RecordBlocks(ByteSource& source, RecordKind kind, std::size_t blockBytes,
                           char separator)
    : source_(source)
    , kind_(kind)
    , blockBytes_(std::max<std::size_t>(blockBytes, 1))
    , separator_(separator) {}

Error RecordBlocks::error(std::string message, std::string hint) const {
    return Error{std::move(message), std::move(hint), source_.place()};
}

std::size_t RecordBlocks::wholeRecords(std::string_view text, bool isLast) {
    if (kind_ == RecordKind::JsonArray) {
        return wholeElements(text);
    }
    if (isLast) {
        return text.size();
    }
    return kind_ == RecordKind::Csv ? wholeCsv(text, separator_)
                                    : text.rfind('\n') + 1; // npos + 1 is 0
}

std::size_t RecordBlocks::wholeElements(std::string_view text) {
    std::size_t whole = 0;
    std::size_t depth = 0;
    for (std::size_t at = 0; at < text.size();) {
        switch (text[at]) {
        case '"': {
            const auto after = afterString(text, at);
            if (!after) {
                return whole;
            }
            at = *after;
            continue;
        }
        case '{':
        case '[':
            ++depth;
            break;
        case ',':
            whole = depth == 0 ? at + 1 : whole;
            break;
        case '}':
        case ']':
            if (depth == 0 && text[at] == ']') {
                isArrayClosed_ = true;
                return at;
            }
            depth -= std::min<std::size_t>(depth, 1);
            break;
        default:
            break;
        }
        ++at;
    }
    return whole;
}

// Moves past the opening bracket.
Result<void> RecordBlocks::openArray(std::string_view& text) {
    const std::size_t open = text.find_first_not_of(kBlanks);
    if (open == std::string_view::npos || text[open] != '[') {
        return error("expected a JSON array");
    }
    text.remove_prefix(open + 1);
    return {};
}

// Reads on to the end of the source: only blanks may follow the array.
Result<void> RecordBlocks::finishArray(std::string_view rest) {
    std::string more(std::size_t{1} << 12, '\0');
    for (;;) {
        if (rest.find_first_not_of(kBlanks) != std::string_view::npos) {
            return error("text follows the end of the JSON array");
        }
        const Result<std::size_t> got = source_.read(more.data(), more.size());
        if (!got) {
            return got.error();
        }
        if (*got == 0) {
            return {};
        }
        rest = std::string_view(more).substr(0, *got);
    }
}

Result<bool> RecordBlocks::next(RecordBlock& block) {
    if (isEnd_) {
        return false;
    }
    block.sequence = sequence_++;
    std::string& buffer = block.buffer; // never shrinks: resizing writes all new bytes
    std::size_t used = carry_.size();
    buffer.resize(std::max(buffer.size(), used));
    carry_.copy(buffer.data(), used);
    for (;;) {
        if (used > kMaxRecordBytes) {
            return error("a record is longer than " + std::to_string(kMaxRecordBytes >> 20) +
                             " MiB",
                         "a quote that opens it is probably never closed");
        }
        const std::size_t wanted = std::max(blockBytes_, used); // so that few bytes are seen twice
        buffer.resize(std::max(buffer.size(), used + wanted));
        const Result<std::size_t> got = source_.read(buffer.data() + used, wanted);
        if (!got) {
            return got.error();
        }
        used += *got;
        isEnd_ = *got < wanted;
        std::string_view text = std::string_view(buffer).substr(0, used);
        if (block.sequence == 0) {
            text.remove_prefix(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
            if (kind_ == RecordKind::JsonArray) {
                if (const auto opened = openArray(text); !opened) {
                    return opened.error();
                }
            }
        }
        const std::size_t whole = wholeRecords(text, isEnd_);
        if (whole == 0 && !isEnd_ && !isArrayClosed_) {
            continue; // a record longer than what was read
        }
        block.text = text.substr(0, whole);
        carry_.assign(text.substr(whole));
        break;
    }
    if (isArrayClosed_) {
        isEnd_ = true;
        if (const auto finished = finishArray(std::string_view(carry_).substr(1)); !finished) {
            return finished.error();
        }
    } else if (isEnd_ && kind_ == RecordKind::JsonArray) {
        return error("the JSON array is not closed", "the file is truncated");
    }
    block.isLast = isEnd_;
    return true;
}

} // namespace psephos::ballots
