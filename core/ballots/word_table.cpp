// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/word_table.hpp"

#include <algorithm>
#include <cstring>

namespace psephos::ballots {

namespace {

constexpr std::size_t kFirstSlots = 256;
constexpr std::size_t kHomeBytes = std::size_t{1} << 16;

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
            std::size_t at = hashOf(slot.key, words_[slot.next - 1]) & mask;
            while (slots_[at].next != 0) {
                at = (at + 1) & mask;
            }
            slots_[at] = slot;
        }
    }
}

std::size_t WordTable::hashOfLong(std::uint64_t hash, std::string_view word) {
    for (std::size_t at = 8; at + 8 < word.size(); at += 8) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, word.data() + at, sizeof(bytes));
        hash = (hash ^ bytes) * 0x9e3779b97f4a7c15U;
        hash ^= hash >> 32;
    }
    return hash >> 16;
}

std::uint32_t WordTable::add(const Key& key, std::string_view word) {
    words_.push_back(copied(word));
    bytes_ += word.size();
    const auto next = static_cast<std::uint32_t>(words_.size());
    if (words_.size() * 2 > slots_.size()) {
        grow();
    }
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hashOf(key, word) & mask;
    while (slots_[at].next != 0) {
        at = (at + 1) & mask;
    }
    slots_[at] = {key, next};
    return next - 1;
}

} // namespace psephos::ballots
