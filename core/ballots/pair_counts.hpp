// SPDX-License-Identifier: GPL-3.0-or-later
// How often each candidate was preferred to each other one: what every margin is made from.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace psephos::ballots {

/// More candidates than this are refused by the readers: the matrices would fill the memory.
inline constexpr std::size_t kMaxCandidates = 4096;

/// Comparisons of every ordered pair of candidates. Matrices are row-major [n,n] with a zero
/// diagonal, exact integers as long as what was counted is.
struct PairCounts {
    std::vector<std::string> names; ///< n candidates, verbatim
    std::vector<double> wins;       ///< [n,n]: N_ij, how often i was preferred to j, ties excluded
    std::vector<double> ties;       ///< [n,n], symmetric: T_ij, how often they were judged equal

    PairCounts() = default;

    /// No comparison yet between these candidates.
    explicit PairCounts(std::vector<std::string> candidates);

    /// Number of candidates n.
    [[nodiscard]] std::size_t size() const { return names.size(); }

    /// N_ij.
    [[nodiscard]] double win(std::size_t i, std::size_t j) const { return wins[i * size() + j]; }

    /// T_ij.
    [[nodiscard]] double tie(std::size_t i, std::size_t j) const { return ties[i * size() + j]; }

    /// C_ij = N_ij + N_ji + T_ij; 0 says that the pair was never compared.
    [[nodiscard]] double compared(std::size_t i, std::size_t j) const {
        return win(i, j) + win(j, i) + tie(i, j);
    }
};

/// A pair of candidates by their indices, first < second.
struct Pair {
    std::size_t first = 0;
    std::size_t second = 0;

    friend bool operator==(const Pair&, const Pair&) = default;
};

/// The pairs that were never compared, in order of their indices.
[[nodiscard]] std::vector<Pair> unseenPairs(const PairCounts& counts);

/// What is said about a pair that was never compared.
enum class Unseen {
    Tie,      ///< its margin is 0, as if it had been a draw: can crown the last of a chain
    Impute,   ///< its margin is what Bradley-Terry ratings of the others predict
    Interval, ///< its margin is anything from −1 to 1, and the worst of them counts
    Refuse    ///< nothing is computed as long as there is such a pair
};

/// Count margins m_ij = N_ij − N_ji, row-major [n,n]; exactly skew-symmetric, 0 for a pair that was
/// never compared.
[[nodiscard]] std::vector<double> countMargins(const PairCounts& counts);

/// What a tie says when win rates are made of counts.
enum class Ties {
    Dropped, ///< nothing
    Half     ///< half a win for each
};

/// Rate margins in [−1, 1], row-major [n,n], exactly skew-symmetric, 0 for a pair that was never
/// compared: (N_ij − N_ji) / (C_ij + 2 alpha), where C_ij counts ties only if they are halves.
///
/// \param alpha imaginary wins added to each side, ≥ 0: shrinks what few comparisons say
[[nodiscard]] std::vector<double> rateMargins(const PairCounts& counts, Ties ties,
                                              double alpha = 0.0);

} // namespace psephos::ballots
