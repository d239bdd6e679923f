// SPDX-License-Identifier: GPL-3.0-or-later
// Words and their numbers: what turns the names in millions of rows into indices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace psephos::ballots {

/// Numbers words in order of their first appearance. Open addressing; words are copied once. One
/// object belongs to one thread.
class WordTable {
  public:
    WordTable();

    /// The word's number, from 0; a new word gets the next one.
    std::uint32_t idOf(std::string_view word);

    [[nodiscard]] std::size_t size() const { return words_.size(); }

    /// The word of a number; lives as long as the table.
    [[nodiscard]] std::string_view word(std::uint32_t id) const { return words_[id]; }

    /// Bytes of all words together.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

    /// Forgets all words.
    void clear();

  private:
    /// A place for a word: part of its hash, and its number plus one; 0: free.
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t next = 0;
    };

    std::string_view copied(std::string_view word);
    void grow();

    std::vector<Slot> slots_; ///< a power of two, at most half full
    std::vector<std::string_view> words_;
    std::vector<std::unique_ptr<char[]>> homes_;
    std::size_t room_ = 0; ///< bytes left in the last home
    std::size_t bytes_ = 0;
};

} // namespace psephos::ballots
