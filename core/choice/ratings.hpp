// SPDX-License-Identifier: GPL-3.0-or-later
// From comparisons to a table of ratings with intervals and ranks: the whole way.
#pragma once

#include "ballots/battles.hpp"
#include "choice/bootstrap.hpp"
#include "choice/paired_covariates.hpp"
#include "choice/paired_model.hpp"
#include "lab/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace psephos::choice {

enum class RatingScale {
    Natural, ///< θ, mean 0
    Elo      ///< 1000 + (400/ln 10) θ, mean 1000
};

struct RatingOptions {
    TieModel ties = TieModel::Half;
    double ridge = 0.0;         ///< as PairedModel's
    std::size_t bootstraps = 0; ///< replicates; 0: intervals from the sandwich
    std::string cluster = {};   ///< category whose words are clusters of battles; empty: none
    RatingScale scale = RatingScale::Elo;
    std::string anchor = {}; ///< name of the candidate whose rating is fixed; empty: the mean is
    double anchorAt = 0.0;   ///< the anchor's rating, in units of the scale
    std::vector<PairedTerm> terms = {}; ///< covariates; need battles
    double level = 0.95;                ///< of the intervals, in (0, 1)
    std::uint64_t seed = 0;
    int threads = 1;
    std::function<bool()> stop = {}; ///< asked while replicates are fitted
};

/// One candidate's line. A candidate alone in its component has no rating: it never lost to, or
/// never beat, any of the others, so nothing bounds it. Its numbers are NaN, its ranks are not.
struct Rating {
    double rating = 0.0;
    double se = 0.0;  ///< of the replicates where there are some, else of the sandwich
    double low = 0.0; ///< of the replicates (percentiles), else rating ∓ z·se
    double high = 0.0;
    std::size_t rank = 1;
    std::size_t rankLow = 1;  ///< 1 + the number whose low lies above this high
    std::size_t rankHigh = 1; ///< n − the number whose high lies below this low
};

/// Ratings with what they were made from.
struct Ratings {
    std::vector<Rating> rows;    ///< by candidate
    PairedRecords records;       ///< the comparisons, and what was left out of them
    PairedFit fit;               ///< in the mean-zero gauge of every component
    StrongComponents components; ///< of the comparisons; several: fitted one by one, ridge or not
    bool isJoint = true;         ///< whether all candidates share one scale
    std::vector<double> coefficientErrors; ///< sandwich standard errors of the coefficients
    std::size_t clusters = 0;              ///< that the bootstrap draws from; 0: single battles
    BootstrapStrengths replicates;         ///< mean-zero gauge
};

/// Rates candidates. Between components in which nobody can be compared (see strongComponents())
/// ranks go by who is sure to stand above: everybody of a component that leads to another one by
/// wins, and nobody of one that does not.
///
/// \param counts  the comparisons
/// \param battles the same one by one, needed for covariates and clusters; null where there are
/// none \errors those of PairedModel; an anchor that is no candidate; covariates or clusters
/// without
///         battles; a column that is not there
[[nodiscard]] lab::Result<Ratings> rate(const ballots::PairCounts& counts,
                                        const ballots::Battles* battles,
                                        const RatingOptions& options);

} // namespace psephos::choice
