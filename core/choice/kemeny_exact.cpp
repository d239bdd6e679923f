// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/kemeny_tier.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

namespace psephos::choice {

namespace {

/// What a candidate gains on top of any subset, from tables over the halves of the candidates.
class TopGains {
  public:
    explicit TopGains(const TierWins& tier)
        : low_(tier.size / 2)
        , mask_((std::uint32_t{1} << low_) - 1)
        , highSize_(std::size_t{1} << (tier.size - low_))
        , lowGains_(tier.size << low_)
        , highGains_(tier.size * highSize_) {
        for (std::size_t i = 0; i < tier.size; ++i) {
            fill(tier, i, 0, std::span(lowGains_).subspan(i << low_, std::size_t{1} << low_));
            fill(tier, i, low_, std::span(highGains_).subspan(i * highSize_, highSize_));
        }
    }

    /// Σ N_ij over j in the subset.
    [[nodiscard]] double of(std::size_t i, std::uint32_t subset) const {
        return lowGains_[(i << low_) + (subset & mask_)] +
               highGains_[i * highSize_ + (subset >> low_)];
    }

  private:
    static void fill(const TierWins& tier, std::size_t i, std::size_t first,
                     std::span<double> gains) {
        gains[0] = 0.0;
        for (std::size_t subset = 1; subset < gains.size(); ++subset) {
            const auto j = static_cast<std::size_t>(std::countr_zero(subset));
            gains[subset] = gains[subset & (subset - 1)] + tier.at(i, first + j);
        }
    }

    std::size_t low_;
    std::uint32_t mask_;
    std::size_t highSize_;
    std::vector<double> lowGains_;
    std::vector<double> highGains_;
};

/// best[S] = max_i N_i,S∖i + best[S∖i] for every subset S, and how many orders reach it.
class SubsetTable {
  public:
    explicit SubsetTable(const TierWins& tier)
        : size_(tier.size)
        , gains_(tier)
        , tolerance_(kTieTolerance * std::accumulate(tier.wins.begin(), tier.wins.end(), 0.0))
        , best_(std::size_t{1} << size_, 0.0)
        , orders_(std::size_t{1} << size_, 1) {}

    /// False: asked to stop.
    bool fill(const StopRequest& stop) {
        constexpr std::uint32_t kBetweenLooks = 0x3fff;
        for (std::uint32_t subset = 1; subset <= all(); ++subset) {
            if ((subset & kBetweenLooks) == 0 && stop && stop()) {
                return false;
            }
            fill(subset);
        }
        return true;
    }

    [[nodiscard]] std::uint32_t all() const { return (std::uint32_t{1} << size_) - 1; }

    /// Agreements of the best order of a subset with i on top.
    [[nodiscard]] double withTop(std::size_t i, std::uint32_t subset) const {
        const std::uint32_t rest = subset & ~(std::uint32_t{1} << i);
        return gains_.of(i, rest) + best_[rest];
    }

    [[nodiscard]] bool isTop(std::size_t i, std::uint32_t subset) const {
        return withTop(i, subset) >= best_[subset] - tolerance_;
    }

    [[nodiscard]] double best() const { return best_[all()]; }

    [[nodiscard]] std::uint64_t orders() const { return orders_[all()]; }

  private:
    void fill(std::uint32_t subset) {
        double best = -1.0;
        for (std::uint32_t left = subset; left != 0; left &= left - 1) {
            best =
                std::max(best, withTop(static_cast<std::size_t>(std::countr_zero(left)), subset));
        }
        best_[subset] = best;
        std::uint64_t orders = 0;
        for (std::uint32_t left = subset; left != 0; left &= left - 1) {
            const auto i = static_cast<std::size_t>(std::countr_zero(left));
            orders += isTop(i, subset) ? orders_[subset & ~(std::uint32_t{1} << i)] : 0;
        }
        orders_[subset] = orders;
    }

    std::size_t size_;
    TopGains gains_;
    double tolerance_;
    std::vector<double> best_;
    std::vector<std::uint64_t> orders_;
};

} // namespace

lab::Result<TierOrders> exactTier(const TierWins& tier, const StopRequest& stop) {
    SubsetTable table(tier);
    if (!table.fill(stop)) {
        return stopped();
    }
    TierOrders orders;
    orders.agreements = orders.bound = table.best();
    orders.optimalOrders = table.orders();
    for (std::size_t i = 0; i < tier.size; ++i) {
        orders.topAgreements.push_back(table.withTop(i, table.all()));
        if (table.isTop(i, table.all())) {
            orders.tops.push_back(i);
        }
    }
    for (std::uint32_t left = table.all(); left != 0;) {
        std::size_t top = 0;
        while ((left >> top & 1U) == 0 || !table.isTop(top, left)) {
            ++top;
        }
        orders.order.push_back(top);
        left &= ~(std::uint32_t{1} << top);
    }
    return orders;
}

} // namespace psephos::choice
