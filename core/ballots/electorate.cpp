// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/electorate.hpp"

#include "ballots/preflib.hpp"
#include "ballots/win_matrix.hpp"
#include "lab/files/file.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>
#include <system_error>
#include <utility>

namespace psephos::ballots {

namespace {

using lab::Error;
using lab::Result;

Result<void> checkText(std::string_view text, const std::string& place) {
    if (lab::isUtf8(text)) {
        return {};
    }
    std::size_t line = 1;
    for (std::size_t at = 0; at < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (!lab::isUtf8(text.substr(at, end - at))) {
            break;
        }
        at = end + 1;
    }
    return Error{.message = "the file is not UTF-8 text",
                 .hint = "if it is text in another encoding, convert it to UTF-8",
                 .place = place + ", line " + std::to_string(line)};
}

/// `.soi` of "x.soi" and of "x.soi.gz".
std::string suffixOf(const std::filesystem::path& name) {
    const std::filesystem::path last = name.extension();
    return (last == ".gz" ? name.stem().extension() : last).string();
}

bool isPrefLibSuffix(const std::string& suffix) {
    constexpr std::array<std::string_view, 6> kSuffixes{".soc", ".soi", ".toc",
                                                        ".toi", ".cat", ".wmd"};
    return std::find(kSuffixes.begin(), kSuffixes.end(), suffix) != kSuffixes.end();
}

Electorate fromPrefLib(PrefLibFile file) {
    Electorate electorate;
    electorate.format =
        file.dataType.empty() ? "PrefLib (older format)" : "PrefLib " + file.dataType;
    electorate.title = std::move(file.title);
    electorate.pairs = pairCounts(file.profile);
    electorate.profile = std::move(file.profile);
    electorate.warnings = std::move(file.warnings);
    return electorate;
}

/// The last few electorates, newest first.
class Cache {
  public:
    Result<std::shared_ptr<const Electorate>> open(const std::filesystem::path& path) {
        const Key key = keyOf(path);
        if (auto known = find(key)) {
            return known;
        }
        Result<Electorate> read = readElectorate(path);
        if (!read) {
            return read.error();
        }
        auto electorate = std::make_shared<const Electorate>(std::move(read).value());
        const std::lock_guard lock(mutex_);
        entries_.insert(entries_.begin(), Entry{key, electorate});
        if (entries_.size() > kEntries) {
            entries_.pop_back();
        }
        return std::shared_ptr<const Electorate>(std::move(electorate));
    }

  private:
    static constexpr std::size_t kEntries = 4;

    struct Key {
        std::filesystem::path path;
        bool isFile = false;
        std::uintmax_t bytes = 0;
        std::filesystem::file_time_type modified;

        friend bool operator==(const Key&, const Key&) = default;
    };

    struct Entry {
        Key key;
        std::shared_ptr<const Electorate> electorate;
    };

    std::shared_ptr<const Electorate> find(const Key& key) {
        const std::lock_guard lock(mutex_);
        const auto known = std::find_if(entries_.begin(), entries_.end(),
                                        [&key](const Entry& entry) { return entry.key == key; });
        if (!key.isFile || known == entries_.end()) {
            return nullptr;
        }
        std::rotate(entries_.begin(), known, known + 1);
        return entries_.front().electorate;
    }

    static Key keyOf(const std::filesystem::path& path) {
        std::error_code absoluteCode;
        std::error_code sizeCode;
        std::error_code timeCode;
        Key key;
        key.path = std::filesystem::absolute(path, absoluteCode);
        key.bytes = std::filesystem::file_size(path, sizeCode);
        key.modified = std::filesystem::last_write_time(path, timeCode);
        key.isFile = !absoluteCode && !sizeCode && !timeCode;
        return key;
    }

    std::mutex mutex_; ///< guards entries_
    std::vector<Entry> entries_;
};

} // namespace

Result<Electorate> parseElectorate(std::string_view text, const std::filesystem::path& name) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    const std::string place = name.string();
    if (text.starts_with(kByteOrderMark)) {
        text.remove_prefix(kByteOrderMark.size());
    }
    if (const auto checked = checkText(text, place); !checked) {
        return checked.error();
    }
    if (looksLikePrefLib(text) || isPrefLibSuffix(suffixOf(name))) {
        Result<PrefLibFile> file = parsePrefLib(text, place);
        if (!file) {
            return file.error();
        }
        return fromPrefLib(std::move(file).value());
    }
    Result<PairCounts> counts = parseWinMatrix(text, place);
    if (!counts) {
        return counts.error();
    }
    Electorate electorate;
    electorate.format = "win matrix";
    electorate.pairs = std::move(counts).value();
    return electorate;
}

Result<Electorate> readElectorate(const std::filesystem::path& path) {
    const Result<std::string> text = lab::readFile(path);
    if (!text) {
        return text.error();
    }
    return parseElectorate(*text, path);
}

Result<std::shared_ptr<const Electorate>> openElectorate(const std::filesystem::path& path) {
    static Cache cache;
    return cache.open(path);
}

} // namespace psephos::ballots
