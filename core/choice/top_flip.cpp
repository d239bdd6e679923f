// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/top_flip.hpp"

#include "choice/bradley_terry.hpp"
#include "choice/strong_components.hpp"

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace psephos::choice {

namespace {

using ballots::PairCounts;
using lab::Result;

/// Battles of one kind in order of what they do to the lead.
struct Lever {
    DroppedBattles battles; ///< all of the kind, whole ones
    double change = 0.0;    ///< of the lead of the top, for each one removed
};

/// Solves H h = e_top − e_rival at these strengths.
std::vector<double> leverage(const std::vector<double>& wins, const std::vector<double>& strengths,
                             std::size_t top, std::size_t rival) {
    const std::size_t n = strengths.size();
    const auto size = static_cast<Eigen::Index>(n);
    Eigen::MatrixXd information = Eigen::MatrixXd::Zero(size, size);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            const double both = wins[i * n + j] + wins[j * n + i];
            const double weight = both * logistic(strengths[i] - strengths[j]) *
                                  logistic(strengths[j] - strengths[i]);
            const auto row = static_cast<Eigen::Index>(i);
            const auto column = static_cast<Eigen::Index>(j);
            information(row, row) += weight;
            information(column, column) += weight;
            information(row, column) = information(column, row) = -weight;
        }
    }
    // The top stays where it is: its row drops out.
    const auto held = static_cast<Eigen::Index>(top);
    information.row(held).setZero();
    information.col(held).setZero();
    information(held, held) = 1.0;
    Eigen::VectorXd right = Eigen::VectorXd::Zero(size);
    right[static_cast<Eigen::Index>(rival)] = -1.0;
    const Eigen::VectorXd h = Eigen::LLT<Eigen::MatrixXd>(information).solve(right);
    return {h.begin(), h.end()};
}

/// Kinds of battles that hold the top, the strongest first.
std::vector<Lever> leversOf(const PairCounts& counts, ballots::Ties ties,
                            const std::vector<double>& strengths, const std::vector<double>& h) {
    std::vector<Lever> levers;
    const std::size_t n = counts.size();
    const auto add = [&](std::size_t winner, std::size_t loser, bool isTie, double count) {
        const double outcome = isTie ? 0.5 : 1.0;
        const double rest = outcome - logistic(strengths[winner] - strengths[loser]);
        const double change = -(h[winner] - h[loser]) * rest;
        if (count >= 1.0 && change < 0.0) {
            levers.push_back({{winner, loser, isTie, std::floor(count)}, change});
        }
    };
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            add(i, j, false, counts.win(i, j));
            add(j, i, false, counts.win(j, i));
            if (ties == ballots::Ties::Half) {
                add(i, j, true, counts.tie(i, j));
            }
        }
    }
    std::stable_sort(levers.begin(), levers.end(), [](const Lever& one, const Lever& other) {
        return one.change < other.change;
    });
    return levers;
}

/// The search against one rival.
class Search {
  public:
    Search(const PairCounts& counts, ballots::Ties ties, const std::vector<double>& strengths,
           std::size_t top)
        : counts_(counts)
        , ties_(ties)
        , strengths_(strengths)
        , top_(top)
        , newton_(counts.size(), 0.0) {}

    /// The fewest in order of influence; none where the candidates fall apart first.
    std::optional<TopFlip> against(std::size_t rival) {
        const std::vector<double> wins = winsWithTies(counts_, ties_);
        levers_ = leversOf(counts_, ties_, strengths_, leverage(wins, strengths_, top_, rival));
        double all = 0.0;
        for (const Lever& lever : levers_) {
            all += lever.battles.count;
        }
        double holds = 0.0;       // this many do not flip
        double tooMany = all + 1; // this many do, or leave no estimate
        double number = std::min(estimate(strengths_[top_] - strengths_[rival]), all);
        std::optional<std::size_t> newTop;
        while (tooMany - holds > 1.0) {
            const std::optional<std::size_t> leader = leaderWithout(number);
            if (leader == top_) {
                holds = number;
            } else {
                tooMany = number;
                newTop = leader;
            }
            // Upwards from the estimate in growing steps, then halving.
            const double further = std::ceil(1.2 * holds) + 1.0;
            number = std::min(further, std::floor((holds + tooMany) / 2));
        }
        if (!newTop) {
            return std::nullopt;
        }
        TopFlip flip;
        flip.top = top_;
        flip.newTop = *newTop;
        flip.dropped = first(tooMany);
        flip.count = tooMany;
        return flip;
    }

  private:
    /// How many the first-order changes add up to the lead with.
    [[nodiscard]] double estimate(double lead) const {
        double number = 0.0;
        for (const Lever& lever : levers_) {
            const double wanted = std::ceil(lead / -lever.change);
            if (wanted <= lever.battles.count) {
                return number + std::max(wanted, 1.0);
            }
            number += lever.battles.count;
            lead += lever.change * lever.battles.count;
        }
        return number;
    }

    /// The first `number` battles.
    [[nodiscard]] std::vector<DroppedBattles> first(double number) const {
        std::vector<DroppedBattles> dropped;
        for (const Lever& lever : levers_) {
            if (number < 1.0) {
                break;
            }
            dropped.push_back(lever.battles);
            dropped.back().count = std::min(number, lever.battles.count);
            number -= dropped.back().count;
        }
        return dropped;
    }

    /// Who leads when the first `number` are gone; none where no strengths exist.
    std::optional<std::size_t> leaderWithout(double number) {
        PairCounts left = counts_;
        const std::size_t n = left.size();
        for (const DroppedBattles& each : first(number)) {
            std::vector<double>& table = each.isTie ? left.ties : left.wins;
            table[each.winner * n + each.loser] -= each.count;
            if (each.isTie) {
                table[each.loser * n + each.winner] -= each.count;
            }
        }
        const std::vector<double> wins = winsWithTies(left, ties_);
        std::vector<double> strengths = strengths_;
        if (!strongComponents(wins, n).isConnected() ||
            !newton_.solve(PackedWins(wins, n), strengths)) {
            return std::nullopt;
        }
        // Equal strengths do not flip.
        std::size_t leader = top_;
        for (std::size_t i = 0; i < n; ++i) {
            if (strengths[i] > strengths[leader] + 1e-12) {
                leader = i;
            }
        }
        return leader;
    }

    const PairCounts& counts_;
    ballots::Ties ties_;
    const std::vector<double>& strengths_;
    std::size_t top_;
    BradleyTerryNewton newton_;
    std::vector<Lever> levers_;
};

} // namespace

Result<std::optional<TopFlip>> findTopFlip(const PairCounts& counts, ballots::Ties ties,
                                           std::size_t rivals) {
    const std::size_t n = counts.size();
    const Result<BradleyTerryFit> fit = fitBradleyTerry(winsWithTies(counts, ties), n);
    if (!fit) {
        return fit.error();
    }
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&fit](std::size_t one, std::size_t other) {
        return fit->strengths[one] > fit->strengths[other];
    });
    std::optional<TopFlip> best;
    for (std::size_t k = 1; k < std::min(n, rivals + 1); ++k) {
        Search search(counts, ties, fit->strengths, order[0]);
        std::optional<TopFlip> flip = search.against(order[k]);
        if (flip && (!best || flip->count < best->count)) {
            best = std::move(flip);
        }
    }
    if (best) {
        best->battles = std::accumulate(counts.wins.begin(), counts.wins.end(), 0.0) +
                        0.5 * std::accumulate(counts.ties.begin(), counts.ties.end(), 0.0);
    }
    return best;
}

} // namespace psephos::choice
