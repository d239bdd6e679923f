// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/pair_resampling.hpp"

#include <cmath>

namespace psephos::choice {

namespace {

/// A pair has three cells: the first wins, the second wins, a tie.
std::shared_ptr<const Resampling> cellsOf(const ballots::PairCounts& counts) {
    auto cells = std::make_shared<Resampling>();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        for (std::size_t j = i + 1; j < counts.size(); ++j) {
            for (const double each : {counts.win(i, j), counts.win(j, i), counts.tie(i, j)}) {
                cells->counts.push_back(each);
            }
        }
    }
    return cells;
}

/// Ballots of one order are a cell.
std::shared_ptr<const Resampling> cellsOf(const ballots::Profile& profile) {
    auto cells = std::make_shared<Resampling>();
    for (const ballots::Ballot& ballot : profile.ballots) {
        cells->counts.push_back(static_cast<double>(ballot.count));
    }
    return cells;
}

} // namespace

PairResampling::PairResampling(const ballots::PairCounts& counts)
    : cells_(cellsOf(counts))
    , source_(*cells_)
    , names_(counts.names) {}

PairResampling::PairResampling(const ballots::Profile& profile, ballots::Unranked unranked)
    : cells_(cellsOf(profile))
    , source_(*cells_)
    , profile_(profile)
    , unranked_(unranked)
    , names_(profile.names) {}

ballots::PairCounts PairResampling::draw(std::uint64_t seed, std::uint64_t number) const {
    std::vector<double> drawn(cells_->counts.size());
    source_.draw(seed, number, drawn);
    if (!profile_.ballots.empty()) {
        ballots::Profile profile = profile_;
        for (std::size_t b = 0; b < drawn.size(); ++b) {
            profile.ballots[b].count = std::llround(drawn[b]);
        }
        return ballots::pairCounts(profile, unranked_);
    }
    ballots::PairCounts counts(names_);
    const std::size_t n = names_.size();
    std::size_t cell = 0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            counts.wins[i * n + j] = drawn[cell++];
            counts.wins[j * n + i] = drawn[cell++];
            counts.ties[i * n + j] = counts.ties[j * n + i] = drawn[cell++];
        }
    }
    return counts;
}

} // namespace psephos::choice
