// SPDX-License-Identifier: GPL-3.0-or-later
// Other votes of the same kind: comparisons of pairs as they might have come out.
#pragma once

#include "ballots/pair_counts.hpp"
#include "ballots/profile.hpp"
#include "choice/bootstrap.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace psephos::choice {

/// Draws as many votes as there were from those that there were: whole ballots, whose comparisons
/// belong together, or single comparisons.
class PairResampling {
  public:
    /// Single comparisons; counts are rounded to whole ones.
    explicit PairResampling(const ballots::PairCounts& counts);

    /// Whole ballots, counted as pairCounts() does.
    PairResampling(const ballots::Profile& profile, ballots::Unranked unranked);

    /// Fixed by the seed and the number alone. Thread-safe.
    [[nodiscard]] ballots::PairCounts draw(std::uint64_t seed, std::uint64_t number) const;

  private:
    std::shared_ptr<const Resampling> cells_;
    ReplicateSource source_;   // refers to them
    ballots::Profile profile_; // empty where comparisons are drawn
    ballots::Unranked unranked_ = ballots::Unranked::TiedBelow;
    std::vector<std::string> names_;
};

} // namespace psephos::choice
