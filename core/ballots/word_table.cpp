// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/word_table.hpp"

#include <algorithm>
#include <cstring>

namespace psephos::ballots {

namespace {

constexpr std::size_t kFirstSlots = 256;
constexpr std::size_t kHomeBytes = std::size_t{1} << 16;

template <typename Word>
Word load(const char* from) {
    Word word = 0;
    std::memcpy(&word, from, sizeof(word));
    return word;
}

std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
    return hash ^ (hash >> 32);
}

/// Eight bytes at a time; the last eight overlap those before, so that no byte is read alone.
std::uint32_t hashOf(std::string_view word) {
    const char* const data = word.data();
    const std::size_t size = word.size();
    std::uint64_t hash = size;
    if (size >= 8) {
        for (std::size_t at = 0; at + 8 < size; at += 8) {
            hash = mixed(hash, load<std::uint64_t>(data + at));
        }
        hash = mixed(hash, load<std::uint64_t>(data + size - 8));
    } else if (size >= 4) {
        const std::uint64_t low = load<std::uint32_t>(data);
        hash = mixed(hash, low | std::uint64_t{load<std::uint32_t>(data + size - 4)} << 32);
    } else if (size > 0) {
        const auto byte = [data](std::size_t i) {
            return std::uint64_t{static_cast<unsigned char>(data[i])};
        };
        hash = mixed(hash, byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16);
    }
    return static_cast<std::uint32_t>(mixed(hash, 0));
}

} // namespace

WordTable::WordTable()
    : slots_(kFirstSlots) {}

void WordTable::clear() {
    *this = WordTable();
}

std::string_view WordTable::copied(std::string_view word) {
    if (word.empty()) {
        return {};
    }
    if (word.size() > room_) {
        room_ = std::max(kHomeBytes, word.size());
        homes_.push_back(std::make_unique<char[]>(room_));
        // A home of its own size is full at once; else words fill it from its end.
    }
    char* const to = homes_.back().get() + room_ - word.size();
    std::memcpy(to, word.data(), word.size());
    room_ -= word.size();
    return {to, word.size()};
}

void WordTable::grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    const std::size_t mask = slots_.size() - 1;
    for (const Slot& slot : old) {
        if (slot.next != 0) {
            std::size_t at = slot.hash & mask;
            while (slots_[at].next != 0) {
                at = (at + 1) & mask;
            }
            slots_[at] = slot;
        }
    }
}

std::uint32_t WordTable::idOf(std::string_view word) {
    const std::uint32_t hash = hashOf(word);
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    for (; slots_[at].next != 0; at = (at + 1) & mask) {
        if (slots_[at].hash == hash && words_[slots_[at].next - 1] == word) {
            return slots_[at].next - 1;
        }
    }
    words_.push_back(copied(word));
    bytes_ += word.size();
    slots_[at] = {hash, static_cast<std::uint32_t>(words_.size())};
    if (words_.size() * 2 > slots_.size()) {
        grow();
    }
    return static_cast<std::uint32_t>(words_.size() - 1);
}

} // namespace psephos::ballots
