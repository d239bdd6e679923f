// SPDX-License-Identifier: GPL-3.0-or-later
// Kemeny's rule within one tier of the majority: exactly, or by search.
#pragma once

#include "choice/kemeny.hpp"
#include "choice/votes.hpp"
#include "lab/result.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace psephos::choice {

/// The votes on pairs of k candidates: [k,k], row over column, zero diagonal.
struct TierWins {
    std::size_t size = 0;
    std::vector<double> wins;

    [[nodiscard]] double at(std::size_t i, std::size_t j) const { return wins[i * size + j]; }
};

/// Orders of a tier; see Kemeny.
struct TierOrders {
    std::vector<double> topAgreements; ///< [k]
    std::vector<std::size_t> tops;     ///< ascending
    std::vector<std::size_t> order;
    double agreements = 0.0;
    double bound = 0.0;
    std::uint64_t optimalOrders = 0; ///< 20! fits; 0: not known
    bool isExact = true;
};

/// By subsets; size ≤ kKemenyExact. Errors: stopped().
[[nodiscard]] lab::Result<TierOrders> exactTier(const TierWins& tier, const StopRequest& stop);

/// By insertions. Errors: stopped().
[[nodiscard]] lab::Result<TierOrders> searchTier(const TierWins& tier, const KemenyOptions& options,
                                                 const StopRequest& stop);

} // namespace psephos::choice
