// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/plackett_luce.hpp"

#include "choice/strong_components.hpp"
#include "lab/text.hpp"
#include "lab/value.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

namespace psephos::choice {

namespace {

using ballots::Ballot;
using ballots::Profile;
using ballots::Unranked;

/// A ballot as choices: chosen[0] from everyone at hand, chosen[1] from those left, …
struct Order {
    double count = 0.0;
    std::vector<std::size_t> chosen; ///< in turn; others were left after each
    std::vector<std::size_t> left;   ///< listed, but never chosen
    bool isOpen = false;             ///< whoever is in neither list was at hand, too
};

/// The model's view of the ballots; an error if one of them ties candidates above others.
lab::Result<std::vector<Order>> ordersOf(const Profile& profile, Unranked unranked) {
    const std::size_t n = profile.names.size();
    std::vector<Order> orders;
    for (std::size_t b = 0; b < profile.ballots.size(); ++b) {
        const Ballot& ballot = profile.ballots[b];
        Order order;
        order.count = static_cast<double>(ballot.count);
        order.isOpen = unranked == Unranked::TiedBelow && ballot.candidates.size() < n;
        for (std::size_t t = 0; t < ballot.tiers(); ++t) {
            const auto tier = ballot.tier(t);
            const bool isLast = t + 1 == ballot.tiers() && !order.isOpen;
            if (tier.size() > 1 && !isLast) {
                return lab::Error{.message = "ballot " + std::to_string(b + 1) + " ties " +
                                             lab::onOneLine(profile.names[tier[0]]) + " and " +
                                             lab::onOneLine(profile.names[tier[1]]) +
                                             " above others",
                                  .hint = "the Plackett-Luce model has no ties but for the last "
                                          "place",
                                  .place = {}};
            }
            auto& list = isLast ? order.left : order.chosen;
            list.insert(list.end(), tier.begin(), tier.end());
        }
        if (order.count > 0.0 && !order.chosen.empty()) {
            orders.push_back(std::move(order));
        }
    }
    if (orders.empty()) {
        return lab::Error{
            .message = "no ballot puts a candidate above another one", .hint = {}, .place = {}};
    }
    return orders;
}

/// [n,n]: 1 where the row stood above the column; enough of it for its strong components.
std::vector<double> relation(const std::vector<Order>& orders, std::size_t n) {
    std::vector<double> above(n * n, 0.0);
    std::vector<char> isListed(n);
    for (const Order& order : orders) {
        for (std::size_t k = 0; k + 1 < order.chosen.size(); ++k) {
            above[order.chosen[k] * n + order.chosen[k + 1]] = 1.0;
        }
        // The last one chosen stood above all that were left, and so did those above it.
        double* const last = above.data() + order.chosen.back() * n;
        for (const std::size_t i : order.left) {
            last[i] = 1.0;
        }
        if (order.isOpen) {
            std::fill(isListed.begin(), isListed.end(), 0);
            for (const std::size_t i : order.chosen) {
                isListed[i] = 1;
            }
            for (std::size_t i = 0; i < n; ++i) {
                last[i] = isListed[i] == 0 ? 1.0 : last[i];
            }
        }
    }
    return above;
}

/// The orders among the candidates of one group: the model restricted to them is the same model.
std::vector<Order> restricted(const std::vector<Order>& orders, const std::vector<char>& isIn) {
    const auto keep = [&](const std::vector<std::size_t>& list) {
        std::vector<std::size_t> kept;
        std::copy_if(list.begin(), list.end(), std::back_inserter(kept),
                     [&](std::size_t i) { return isIn[i] != 0; });
        return kept;
    };
    const auto members = static_cast<std::size_t>(std::count(isIn.begin(), isIn.end(), char{1}));
    std::vector<Order> parts;
    for (const Order& order : orders) {
        Order part{order.count, keep(order.chosen), keep(order.left), false};
        part.isOpen = order.isOpen && part.chosen.size() < members;
        if (!part.isOpen && part.left.empty() && !part.chosen.empty()) {
            part.left = {part.chosen.back()}; // no choice once nobody else is left
            part.chosen.pop_back();
        }
        if (!part.chosen.empty()) {
            parts.push_back(std::move(part));
        }
    }
    return parts;
}

/// One group's strengths under Hunter's iteration.
class Fit {
  public:
    Fit(std::vector<Order> orders, std::vector<char> isIn)
        : orders_(std::move(orders))
        , isIn_(std::move(isIn))
        , wins_(isIn_.size(), 0.0)
        , strengths_(isIn_.size(), 0.0)
        , faced_(isIn_.size(), 0.0) {
        for (const Order& order : orders_) {
            for (const std::size_t i : order.chosen) {
                wins_[i] += order.count;
            }
        }
        for (std::size_t i = 0; i < isIn_.size(); ++i) {
            strengths_[i] = isIn_[i] != 0 ? 1.0 : 0.0;
        }
    }

    lab::Result<void> run(PlackettLuce& model, const StopRequest& stop) {
        constexpr int kSweeps = 100'000;
        constexpr int kBetweenLooks = 16;
        for (model.iterations = 1; model.iterations <= kSweeps; ++model.iterations) {
            model.logLikelihood = sweep();
            model.residual = residual();
            if (model.residual <= kPlackettLuceResidual) {
                return {};
            }
            if (model.iterations % kBetweenLooks == 0 && stop && stop()) {
                return stopped();
            }
            update();
        }
        return lab::Error{.message = "after " + std::to_string(kSweeps) +
                                     " sweeps the strengths still miss the wins by " +
                                     lab::toText(model.residual),
                          .hint = "some candidates hardly ever stand above the others",
                          .place = {}};
    }

    [[nodiscard]] double logStrength(std::size_t i) const { return std::log(strengths_[i]); }

  private:
    /// What everyone faced under the strengths: Σ 1 / (strength at hand) over the choices that a
    /// candidate was part of. Answers the log likelihood.
    double sweep() {
        const double everyone = std::accumulate(strengths_.begin(), strengths_.end(), 0.0);
        double openSum = 0.0;
        double logLikelihood = 0.0;
        std::fill(faced_.begin(), faced_.end(), 0.0);
        for (const Order& order : orders_) {
            measure(order, everyone);
            double sum = 0.0;
            for (std::size_t k = 0; k < order.chosen.size(); ++k) {
                sum += order.count / atHand_[k];
                faced_[order.chosen[k]] += sum;
                logLikelihood += order.count * std::log(strengths_[order.chosen[k]] / atHand_[k]);
            }
            for (const std::size_t i : order.left) {
                faced_[i] += sum;
            }
            if (order.isOpen) {
                openSum += sum;
                for (const std::size_t i : order.chosen) {
                    faced_[i] -= sum;
                }
            }
        }
        for (double& faced : faced_) {
            faced += openSum;
        }
        return logLikelihood;
    }

    /// Strength at hand in each choice of an order, summed from the last one on: a difference of
    /// large sums would lose digits.
    void measure(const Order& order, double everyone) {
        double atHand = 0.0;
        if (order.isOpen) {
            atHand = everyone;
            for (const std::size_t i : order.chosen) {
                atHand -= strengths_[i];
            }
            atHand = std::max(atHand, 0.0);
        }
        for (const std::size_t i : order.left) {
            atHand += strengths_[i];
        }
        atHand_.resize(order.chosen.size());
        for (std::size_t k = order.chosen.size(); k-- > 0;) {
            atHand += strengths_[order.chosen[k]];
            atHand_[k] = atHand;
        }
    }

    [[nodiscard]] double residual() const {
        double largest = 0.0;
        for (std::size_t i = 0; i < wins_.size(); ++i) {
            largest = std::max(largest,
                               std::abs(wins_[i] - strengths_[i] * faced_[i]) / (1.0 + wins_[i]));
        }
        return largest;
    }

    void update() {
        double logSum = 0.0;
        double members = 0.0;
        for (std::size_t i = 0; i < wins_.size(); ++i) {
            if (isIn_[i] != 0) {
                strengths_[i] = wins_[i] / faced_[i];
                logSum += std::log(strengths_[i]);
                members += 1.0;
            }
        }
        const double mean = std::exp(logSum / members);
        for (double& strength : strengths_) {
            strength /= mean;
        }
    }

    std::vector<Order> orders_;
    std::vector<char> isIn_;
    std::vector<double> wins_;
    std::vector<double> strengths_; ///< 0 outside the group
    std::vector<double> faced_;
    std::vector<double> atHand_;
};

} // namespace

lab::Result<PlackettLuce> plackettLuce(const Profile& profile, Unranked unranked,
                                       const StopRequest& stop) {
    const std::size_t n = profile.names.size();
    const auto orders = ordersOf(profile, unranked);
    if (!orders) {
        return orders.error();
    }
    const StrongComponents groups = strongComponents(relation(*orders, n), n);
    std::vector<char> isTop(groups.size(), 1);
    for (const auto& edge : groups.edges) {
        isTop[edge.second] = 0;
    }
    PlackettLuce model;
    model.groups = groups.size();
    model.topGroups = static_cast<std::size_t>(std::count(isTop.begin(), isTop.end(), char{1}));
    if (model.topGroups > 1) {
        return model;
    }
    std::vector<char> isIn(n, 0);
    for (const std::size_t i : groups.members.front()) { // edges lead away from it
        isIn[i] = 1;
    }
    model.logStrengths.assign(n, -std::numeric_limits<double>::infinity());
    if (std::count(isIn.begin(), isIn.end(), char{1}) == 1) {
        model.logStrengths[static_cast<std::size_t>(std::find(isIn.begin(), isIn.end(), char{1}) -
                                                    isIn.begin())] = 0.0;
        return model;
    }
    Fit fit(restricted(*orders, isIn), isIn);
    if (const auto ran = fit.run(model, stop); !ran) {
        return ran.error();
    }
    double mean = 0.0;
    double members = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        if (isIn[i] != 0) {
            model.logStrengths[i] = fit.logStrength(i);
            mean += model.logStrengths[i];
            members += 1.0;
        }
    }
    for (double& each : model.logStrengths) {
        each -= mean / members;
    }
    return model;
}

RuleOutcome outcomeOf(const PlackettLuce& model, const Profile& profile) {
    // Strengths are known to about the residual of the fit.
    constexpr double kEqual = 1e-7;
    constexpr std::size_t kNamed = 5;
    RuleOutcome outcome;
    outcome.scores = model.logStrengths;
    if (model.logStrengths.empty()) {
        outcome.isExact = false;
        outcome.remark = "There is no estimate: " + std::to_string(model.topGroups) +
                         " groups of candidates are never ranked below the others, so nothing "
                         "says which of them is stronger.";
        return outcome;
    }
    const double best = *std::max_element(outcome.scores.begin(), outcome.scores.end());
    std::string fallen;
    std::size_t count = 0;
    for (std::size_t i = 0; i < outcome.scores.size(); ++i) {
        if (outcome.scores[i] >= best - kEqual) {
            outcome.winners.push_back(i);
        }
        if (!std::isfinite(outcome.scores[i])) {
            if (count < kNamed) {
                fallen += (count == 0 ? "" : ", ") + lab::onOneLine(profile.names[i]);
            }
            ++count;
        }
    }
    if (count > 0) {
        outcome.remark = std::to_string(count) +
                         (count == 1 ? " candidate never stands" : " candidates never stand") +
                         " above any of the rest, so the likelihood drives " +
                         (count == 1 ? "its strength" : "their strengths") + " down without end (" +
                         fallen + (count > kNamed ? " …" : "") + ").";
    }
    return outcome;
}

} // namespace psephos::choice
