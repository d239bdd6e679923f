// SPDX-License-Identifier: GPL-3.0-or-later
// Invented results of a vote, for tests of the panels of rankings and lotteries.
#pragma once

#include "ui/support/fake_runs.hpp"

namespace psephos::tests {

/// A panel over the tables of fakeVote().
/// @param kind intervals, dumbbells, scatter, curves, ternary, tournament, marks (of shares) or
/// verdicts (marks, too)
lab::Panel votePanel(const std::string& kind);

/// The lattice of shares in n-ths with the value a − b.
lab::Table lattice(int n);

/// Ratings of 40 names, a sweep of two series, four groups, a tournament of six, a triangle.
std::unique_ptr<FakeComparison> fakeVote(std::size_t runs = 1);

} // namespace psephos::tests
