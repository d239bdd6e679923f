// SPDX-License-Identifier: GPL-3.0-or-later
// Objects of JSON as rows of a table, in one pass and without a document.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace psephos::ballots {

/// Reads objects one after another. Every word, number, true and false in an object is a cell; its
/// column is named by the path to it, `conv_metadata.header_count_a.h1`. Null is an empty cell.
/// Arrays, and whatever a key that starts with `conversation` holds, are passed over. One object
/// belongs to one thread.
class JsonRows {
  public:
    /// Decides which column a path is that was not met before: `known` are those met so far. A
    /// column beyond them is a new one; kSkip: its cells are passed over.
    using NewColumn = std::function<std::size_t(std::string_view path)>;
    static constexpr std::size_t kSkip = static_cast<std::size_t>(-1);

    explicit JsonRows(NewColumn newColumn);

    /// Reads the object that starts at `at`, after blanks.
    ///
    /// \return true: cells() holds it and `at` is behind it; false: error() says what is wrong at
    ///         `at`
    bool read(std::string_view text, std::size_t& at);

    /// Cells by column, valid as long as the text and until the next read(); what the object does
    /// not have is empty.
    [[nodiscard]] std::span<const std::string_view> cells() const { return cells_; }

    [[nodiscard]] const std::string& error() const { return error_; }

  private:
    struct Key {
        std::string path; ///< with that of the objects around it
        std::size_t column = kSkip;
        std::size_t parent = 0; ///< key of the object around it
        bool isPassedOver = false;
        std::size_t likelyNext = 0; ///< the key that followed it last time
    };

    bool readObject(std::string_view text, std::size_t& at, std::size_t parent, int depth);
    bool readValue(std::string_view text, std::size_t& at, std::size_t key, int depth);
    bool readString(std::string_view text, std::size_t& at, std::string_view& string);
    bool unescape(std::string_view raw, std::string_view& string);
    bool skipNested(std::string_view text, std::size_t& at);
    std::size_t keyOf(std::string_view name, std::size_t parent, std::size_t previous);
    bool fail(const char* message);

    NewColumn newColumn_;
    std::vector<Key> keys_; ///< the first is the row itself
    std::unordered_map<std::string, std::size_t> byPath_;
    std::vector<std::string_view> cells_;
    std::vector<std::unique_ptr<std::string>> unescaped_; ///< homes of strings with escapes
    std::size_t unescapedUsed_ = 0;
    std::string error_;
};

} // namespace psephos::ballots
