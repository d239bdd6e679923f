// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/kemeny_tier.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>

namespace psephos::choice {

namespace {

using Order = std::vector<std::size_t>;

double agreementsOf(const TierWins& tier, const Order& order) {
    double sum = 0.0;
    for (std::size_t p = 0; p < order.size(); ++p) {
        for (std::size_t q = p + 1; q < order.size(); ++q) {
            sum += tier.at(order[p], order[q]);
        }
    }
    return sum;
}

/// Moves the candidate at a place to where it agrees the most; answers what that gains.
double moveToBest(const TierWins& tier, Order& order, std::size_t place, double least) {
    const std::size_t moved = order[place];
    double bestGain = least;
    std::size_t bestPlace = place;
    const auto lead = [&](std::size_t other) {
        return tier.at(moved, other) - tier.at(other, moved);
    };
    double gain = 0.0;
    for (std::size_t q = place; q-- > 0;) {
        gain += lead(order[q]);
        if (gain > bestGain) {
            bestGain = gain;
            bestPlace = q;
        }
    }
    gain = 0.0;
    for (std::size_t q = place + 1; q < order.size(); ++q) {
        gain -= lead(order[q]);
        if (gain > bestGain) {
            bestGain = gain;
            bestPlace = q;
        }
    }
    if (bestPlace == place) {
        return 0.0;
    }
    const auto at = [&](std::size_t index) {
        return order.begin() + static_cast<std::ptrdiff_t>(index);
    };
    if (bestPlace < place) {
        std::rotate(at(bestPlace), at(place), at(place + 1));
    } else {
        std::rotate(at(place), at(place + 1), at(bestPlace + 1));
    }
    return bestGain;
}

/// Insertions until none gains. False: asked to stop.
bool improve(const TierWins& tier, Order& order, double least, const StopRequest& stop) {
    for (bool isImproved = true; isImproved;) {
        isImproved = false;
        for (std::size_t place = 0; place < order.size(); ++place) {
            isImproved = moveToBest(tier, order, place, least) > 0.0 || isImproved;
        }
        if (stop && stop()) {
            return false;
        }
    }
    return true;
}

/// By wins over all others.
Order bordaOrder(const TierWins& tier) {
    std::vector<double> scores(tier.size, 0.0);
    for (std::size_t i = 0; i < tier.size; ++i) {
        for (std::size_t j = 0; j < tier.size; ++j) {
            scores[i] += tier.at(i, j) - tier.at(j, i);
        }
    }
    Order order(tier.size);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t i, std::size_t j) { return scores[i] > scores[j]; });
    return order;
}

/// Σ max(N_ij, N_ji), less what disjoint cycles of three must lose: of majorities i over j over k
/// over i one is broken by every order, so the smallest margin among them is lost. Margins may be
/// shared out over several cycles.
double upperBound(const TierWins& tier, const StopRequest& stop) {
    const std::size_t n = tier.size;
    std::vector<double> left(n * n, 0.0);
    double bound = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            left[i * n + j] = std::max(tier.at(i, j) - tier.at(j, i), 0.0);
            bound += i < j ? std::max(tier.at(i, j), tier.at(j, i)) : 0.0;
        }
    }
    for (std::size_t i = 0; i < n && !(stop && stop()); ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            for (std::size_t k = i + 1; k < n; ++k) {
                double& first = left[i * n + j];
                double& second = left[j * n + k];
                double& third = left[k * n + i];
                const double lost = std::min({first, second, third});
                if (lost > 0.0) {
                    first -= lost;
                    second -= lost;
                    third -= lost;
                    bound -= lost;
                }
            }
        }
    }
    return bound;
}

/// The best orders met so far.
class Found {
  public:
    Found(const TierWins& tier, double tolerance)
        : tier_(tier)
        , tolerance_(tolerance) {}

    void consider(const Order& order) {
        const double agreements = agreementsOf(tier_, order);
        if (orders_.tops.empty() || agreements > orders_.agreements + tolerance_) {
            orders_.agreements = agreements;
            orders_.order = order;
            orders_.tops = {order.front()};
        } else if (agreements >= orders_.agreements - tolerance_) {
            orders_.tops.push_back(order.front());
            orders_.order = std::min(orders_.order, order);
        }
    }

    TierOrders finish(double bound) {
        std::sort(orders_.tops.begin(), orders_.tops.end());
        orders_.tops.erase(std::unique(orders_.tops.begin(), orders_.tops.end()),
                           orders_.tops.end());
        orders_.isExact = false;
        orders_.bound = std::max(bound, orders_.agreements);
        // With a candidate lifted to the top, the best order found loses what stood above it.
        orders_.topAgreements.assign(tier_.size, orders_.agreements);
        for (std::size_t q = 0; q < tier_.size; ++q) {
            for (std::size_t p = 0; p < q; ++p) {
                const std::size_t i = orders_.order[q];
                const std::size_t j = orders_.order[p];
                orders_.topAgreements[i] += tier_.at(i, j) - tier_.at(j, i);
            }
        }
        for (const std::size_t i : orders_.tops) {
            orders_.topAgreements[i] = orders_.agreements;
        }
        return std::move(orders_);
    }

  private:
    const TierWins& tier_;
    double tolerance_;
    TierOrders orders_;
};

} // namespace

lab::Result<TierOrders> searchTier(const TierWins& tier, const KemenyOptions& options,
                                   const StopRequest& stop) {
    const double total = std::accumulate(tier.wins.begin(), tier.wins.end(), 0.0);
    const double least = kTieTolerance * total;
    std::mt19937_64 engine(options.seed);
    Found found(tier, least);
    Order order = bordaOrder(tier);
    for (std::size_t start = 0; start <= options.restarts; ++start) {
        if (start > 0) {
            for (std::size_t p = order.size(); p-- > 1;) {
                std::swap(order[p], order[engine() % (p + 1)]);
            }
        }
        if (!improve(tier, order, least, stop)) {
            return stopped();
        }
        found.consider(order);
    }
    const double bound = upperBound(tier, stop);
    if (stop && stop()) {
        return stopped();
    }
    return found.finish(bound);
}

} // namespace psephos::choice
