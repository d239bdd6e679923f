// SPDX-License-Identifier: GPL-3.0-or-later
// Words and their numbers: what turns the names in millions of rows into indices.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace psephos::ballots {

/// Numbers words in order of their first appearance. Open addressing; words are copied once. One
/// object belongs to one thread.
class WordTable {
  public:
    WordTable();

    /// What find() answers for a word that is not there.
    static constexpr std::uint32_t kNone = 0xffffffffU;

    /// The word's number, from 0; a new word gets the next one.
    std::uint32_t idOf(std::string_view word) {
        const Key key(word);
        const std::uint32_t id = find(key, word);
        return id != kNone ? id : add(key, word);
    }

    /// The word's number, or kNone.
    [[nodiscard]] std::uint32_t find(std::string_view word) const { return find(Key(word), word); }

    [[nodiscard]] std::size_t size() const { return words_.size(); }

    /// The word of a number; lives as long as the table.
    [[nodiscard]] std::string_view word(std::uint32_t id) const { return words_[id]; }

    /// Bytes of all words together.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

    /// Forgets all words.
    void clear();

  private:
    /// A word's first and last eight bytes, which may overlap; of a shorter word, its bytes. With
    /// its size they are all of a word up to sixteen bytes.
    struct Key {
        explicit Key(std::string_view word) {
            const char* const data = word.data();
            size = static_cast<std::uint32_t>(word.size());
            if (size >= 8) {
                std::memcpy(&head, data, 8);
                std::memcpy(&tail, data + size - 8, 8);
            } else if (size >= 4) {
                std::memcpy(&head, data, 4);
                std::memcpy(&tail, data + size - 4, 4);
            } else {
                for (std::uint32_t i = 0; i < size; ++i) {
                    head = head << 8 | static_cast<unsigned char>(data[i]);
                }
            }
        }

        Key() = default;

        friend bool operator==(const Key&, const Key&) = default;

        std::uint64_t head = 0;
        std::uint64_t tail = 0;
        std::uint32_t size = 0;
    };

    /// A place for a word: its key, and its number plus one; 0: free.
    struct Slot {
        Key key;
        std::uint32_t next = 0;
    };

    static constexpr std::uint32_t kWholeInKey = 16;

    [[nodiscard]] std::uint32_t find(const Key& key, std::string_view word) const {
        const std::size_t mask = slots_.size() - 1;
        for (std::size_t at = hashOf(key, word) & mask; slots_[at].next != 0;
             at = (at + 1) & mask) {
            const Slot& slot = slots_[at];
            if (slot.key == key && (key.size <= kWholeInKey || words_[slot.next - 1] == word)) {
                return slot.next - 1;
            }
        }
        return kNone;
    }

    [[nodiscard]] static std::size_t hashOf(const Key& key, std::string_view word) {
        // Words that differ in their last letters differ in the upper bits of the keys, which a
        // product alone would never bring down.
        std::uint64_t hash = key.head ^ std::rotl(key.tail, 32) ^ key.size;
        hash ^= hash >> 29;
        hash *= 0x9e3779b97f4a7c15U;
        return key.size <= kWholeInKey ? hash >> 32 : hashOfLong(hash, word);
    }

    static std::size_t hashOfLong(std::uint64_t hash, std::string_view word);
    std::uint32_t add(const Key& key, std::string_view word);
    std::string_view copied(std::string_view word);
    void grow();

    std::vector<Slot> slots_; ///< a power of two, at most half full
    std::vector<std::string_view> words_;
    std::vector<std::unique_ptr<char[]>> homes_;
    std::size_t room_ = 0; ///< bytes left in the last home
    std::size_t bytes_ = 0;
};

} // namespace psephos::ballots
