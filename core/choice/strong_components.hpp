// SPDX-License-Identifier: GPL-3.0-or-later
// Who can be reached from whom by wins: which candidates' strengths can be told apart at all.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace psephos::choice {

/// The strongly connected components of a directed graph on n candidates, and the graph between
/// them (the condensation), which has no cycle.
struct StrongComponents {
    std::vector<std::size_t> of;                   ///< [n]: number of each candidate's component
    std::vector<std::vector<std::size_t>> members; ///< by component; candidates in ascending order
    /// Pairs of components with an edge from the first to the second; the first has the smaller
    /// number. Sorted, without repetition.
    std::vector<std::pair<std::size_t, std::size_t>> edges;

    [[nodiscard]] std::size_t size() const { return members.size(); }

    /// Whether every candidate reaches every other one.
    [[nodiscard]] bool isConnected() const { return members.size() <= 1; }
};

/// Components of the graph with an edge from i to j where wins_ij > 0, numbered so that edges lead
/// from smaller to greater numbers: the first component is one that nobody outside has beaten.
///
/// \param wins [n,n], row-major; the diagonal is ignored
/// O(n²). Source: R. Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on
/// Computing 1 (1972).
[[nodiscard]] StrongComponents strongComponents(std::span<const double> wins, std::size_t size);

/// For each component, which others its edges lead to in any number of steps; row-major [c,c].
[[nodiscard]] std::vector<bool> reachableComponents(const StrongComponents& components);

} // namespace psephos::choice
