// SPDX-License-Identifier: GPL-3.0-or-later
// Whether robust lotteries keep their promise on battles that they have not seen.
#pragma once

#include "ballots/battles.hpp"
#include "choice/group_margins.hpp"
#include "lab/result.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace psephos::choice {

/// One distance in one resample. Win rates are (1 + margin) / 2 against the worst opponent.
struct HeldOutPoint {
    double rho = 0.0;
    double trainRate = 0.0;      ///< in the reference mix of the battles that it was made from
    double testRate = 0.0;       ///< in the reference mix of the others
    double trainWorstRate = 0.0; ///< in the group where it does worst
    double testWorstRate = 0.0;
    double support = 0.0;              ///< candidates with a chance above 1e-6
    std::vector<double> probabilities; ///< [n]
};

/// Splits battles within their groups, resamples the one part, finds robust lotteries in it and
/// evaluates them on the other. The split comes first: resampled first, copies of a battle would be
/// on both sides. The part held out is neither resampled nor filtered: margins that were set to 0
/// there would pull every rate to a half.
class HeldOutStudy {
  public:
    struct Options {
        MarginRule rule; ///< of the training part; the other is margins without pessimism, ties
        std::vector<double> rhos;
        std::vector<double> weights; ///< as in groupGame()
        double trainShare = 0.8;
        std::uint64_t seed = 0;
    };

    /// \errors no such category, no battle with a word in it, candidates or groups too many for
    ///         what a cell's number can be (n² K ≥ 2³⁰)
    [[nodiscard]] static lab::Result<HeldOutStudy> make(const ballots::Battles& battles,
                                                        std::string_view category, Options options);

    /// One resample: as many battles of each group's training part as it has, with replacement.
    /// Fixed by the seed and the number alone. Thread-safe.
    ///
    /// \errors those of groupGame() and of robustPath()
    [[nodiscard]] lab::Result<std::vector<HeldOutPoint>> resample(std::uint64_t number) const;

  private:
    HeldOutStudy() = default;

    [[nodiscard]] std::vector<ballots::GroupCounts> empty() const;

    Options options_;
    std::vector<std::string> names_;
    std::vector<double> shares_; // of each group among all battles
    /// Battles of each group: number of the ordered pair times 2, plus 1 if it was a tie.
    std::vector<std::vector<std::uint32_t>> battles_;
    std::vector<std::vector<float>> weights_; // of each battle; empty: 1 each
};

/// Averages resamples, distance by distance; each must hold the same distances. The lotteries are
/// averaged, too.
[[nodiscard]] std::vector<HeldOutPoint>
meanOf(std::span<const std::vector<HeldOutPoint>> resamples);

/// Invented battles of 23 models in four languages, with ties and a grain of circularity: the
/// miniature of the specification (§6.6). Fixed by the seed.
[[nodiscard]] ballots::Battles miniatureBattles(std::uint64_t seed);

/// A draw in which nobody beats everybody, so that the maximal lottery is one.
inline constexpr std::uint64_t kMiniatureSeed = 3;

} // namespace psephos::choice
