// SPDX-License-Identifier: GPL-3.0-or-later
// A set of candidates as bits: what relations between many candidates are computed with.
#pragma once

#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace psephos::choice {

/// Any of n candidates. Two sets must be over the same number of candidates to be compared.
class CandidateSet {
  public:
    CandidateSet() = default;

    /// The empty set over n candidates.
    explicit CandidateSet(std::size_t n)
        : words_((n + 63) / 64, 0) {}

    [[nodiscard]] bool contains(std::size_t candidate) const {
        return (words_[candidate / 64] >> (candidate % 64) & 1U) != 0;
    }

    void insert(std::size_t candidate) { words_[candidate / 64] |= bit(candidate); }

    void erase(std::size_t candidate) { words_[candidate / 64] &= ~bit(candidate); }

    /// Adds all of another set.
    void unite(const CandidateSet& other) {
        for (std::size_t w = 0; w < words_.size(); ++w) {
            words_[w] |= other.words_[w];
        }
    }

    [[nodiscard]] bool isSubsetOf(const CandidateSet& other) const {
        for (std::size_t w = 0; w < words_.size(); ++w) {
            if ((words_[w] & ~other.words_[w]) != 0) {
                return false;
            }
        }
        return true;
    }

    /// Number of its candidates.
    [[nodiscard]] std::size_t count() const {
        std::size_t sum = 0;
        for (const std::uint64_t word : words_) {
            sum += static_cast<std::size_t>(std::popcount(word));
        }
        return sum;
    }

    friend auto operator<=>(const CandidateSet&, const CandidateSet&) = default;

  private:
    static std::uint64_t bit(std::size_t candidate) { return std::uint64_t{1} << (candidate % 64); }

    std::vector<std::uint64_t> words_;
};

} // namespace psephos::choice
