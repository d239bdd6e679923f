// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/population_game.hpp"

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace psephos::choice {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kPerturbation = 1e-10;
constexpr double kReducedCost = 1e-12;

} // namespace

PopulationGame::PopulationGame(const GroupGame& game)
    : size_(static_cast<Index>(game.size))
    , groups_(static_cast<Index>(game.groups()))
    , payoffs_(size_ * groups_, size_)
    , weights_(VectorXd::Map(game.weights.data(), groups_))
    , right_(VectorXd::Unit(size_ + 1, size_))
    , byGroup_(size_, groups_) {
    for (Index k = 0; k < groups_; ++k) {
        const double* from = game.payoffs.data() + k * size_ * size_;
        // Row-major [i, a] read as column-major is [a, i].
        payoffs_.middleRows(k * size_, size_) = MatrixXd::Map(from, size_, size_);
    }
    const double largest = payoffs_.cwiseAbs().maxCoeff();
    scale_ = largest > 0.0 ? largest : 1.0;
    payoffs_ /= scale_;
    // Irregular, so that no two bases that tie without it tie with it.
    for (Index i = 0; i < size_; ++i) {
        const double golden = std::fmod(static_cast<double>(i + 1) * 0.6180339887498949, 1.0);
        right_[i] = kPerturbation * (1.0 + golden);
    }
    order_.resize(static_cast<std::size_t>(groups_));
}

/// Sorts the groups by what they pay against an opponent, the least first.
void PopulationGame::findOrder(const MatrixXd& payoffs, Index opponent) {
    for (Index k = 0; k < groups_; ++k) {
        const double value = payoffs(opponent, k);
        Index at = k;
        for (; at > 0 && payoffs(opponent, order_[static_cast<std::size_t>(at - 1)]) > value;
             --at) {
            order_[static_cast<std::size_t>(at)] = order_[static_cast<std::size_t>(at - 1)];
        }
        order_[static_cast<std::size_t>(at)] = k;
    }
}

/// The mix that moves rho to the first group of the order from its end.
std::vector<double> PopulationGame::mixOf(const std::vector<Index>& order) const {
    std::vector<double> mix(weights_.begin(), weights_.end());
    double left = rho_;
    for (std::size_t at = order.size(); at-- > 1 && left > 0.0;) {
        const auto group = static_cast<std::size_t>(order[at]);
        const double moved = std::min(left, mix[group]);
        mix[group] -= moved;
        mix[static_cast<std::size_t>(order[0])] += moved;
        left -= moved;
    }
    return mix;
}

VectorXd PopulationGame::column(Index opponent, const std::vector<double>& weights) const {
    VectorXd sum = VectorXd::Zero(size_);
    for (Index k = 0; k < groups_; ++k) {
        const double weight = weights[static_cast<std::size_t>(k)];
        if (weight != 0.0) {
            sum += weight * payoffs_.row(k * size_ + opponent).transpose();
        }
    }
    return sum;
}

VectorXd PopulationGame::columnOf(const Basic& basic) const {
    VectorXd column = VectorXd::Zero(size_ + 1);
    switch (basic.kind) {
    case Basic::Kind::Bound:
        column.head(size_).setConstant(-1.0);
        break;
    case Basic::Kind::Slack:
        column[basic.index] = 1.0;
        break;
    case Basic::Kind::Column:
        column.head(size_) = this->column(basic.index, mixOf(basic.order));
        column[size_] = 1.0;
        break;
    }
    return column;
}

// One opponent meets everybody: the bound is the payoff of whoever does best against it.
void PopulationGame::startAfresh() {
    Basic first;
    first.kind = Basic::Kind::Column;
    const VectorXd uniform = VectorXd::Constant(size_, 1.0 / static_cast<double>(size_));
    VectorXd::Map(byGroup_.data(), size_ * groups_) = payoffs_ * uniform;
    (byGroup_ * weights_).minCoeff(&first.index);
    findOrder(byGroup_, first.index);
    first.order = order_;
    const VectorXd column = columnOf(first);
    Index best = 0;
    column.head(size_).maxCoeff(&best);
    basis_.assign(static_cast<std::size_t>(size_ + 1), Basic());
    inverse_ = MatrixXd::Identity(size_ + 1, size_ + 1);
    for (Index i = 0; i < size_; ++i) {
        basis_[static_cast<std::size_t>(i)].index = i;
        inverse_(i, size_) = column[best] - column[i];
        inverse_(i, best) = -1.0;
    }
    inverse_(best, size_) = column[best];
    basis_[static_cast<std::size_t>(best)].kind = Basic::Kind::Bound;
    basis_.back() = std::move(first);
    shares_ = inverse_ * right_;
}

bool PopulationGame::refactorize() {
    MatrixXd matrix(size_ + 1, size_ + 1);
    for (Index b = 0; b <= size_; ++b) {
        matrix.col(b) = columnOf(basis_[static_cast<std::size_t>(b)]);
    }
    inverse_ = matrix.partialPivLu().inverse();
    shares_ = inverse_ * right_;
    return inverse_.allFinite() &&
           (matrix * shares_ - right_).lpNorm<Eigen::Infinity>() < 0.01 * kPerturbation;
}

/// Goes on from the last basis, with its columns as they are at the new distance.
bool PopulationGame::restart() {
    if (basis_.empty() || !refactorize()) {
        return false;
    }
    for (Index b = 0; b <= size_; ++b) {
        const bool isFree = basis_[static_cast<std::size_t>(b)].kind == Basic::Kind::Bound;
        if (!isFree && shares_[b] < 0.0) {
            return false;
        }
    }
    return true;
}

VectorXd PopulationGame::lottery() const {
    Index bound = 0;
    while (basis_[static_cast<std::size_t>(bound)].kind != Basic::Kind::Bound) {
        ++bound;
    }
    return -inverse_.row(bound).head(size_).transpose();
}

std::optional<PopulationGame::Entering> PopulationGame::price() {
    const VectorXd p = lottery();
    Index bound = 0;
    while (basis_[static_cast<std::size_t>(bound)].kind != Basic::Kind::Bound) {
        ++bound;
    }
    const double value = inverse_(bound, size_);
    Entering best;
    Index slack = 0;
    best.reducedCost = p.minCoeff(&slack);
    best.basic.index = slack;
    VectorXd::Map(byGroup_.data(), size_ * groups_).noalias() = payoffs_ * p;
    bool isColumn = false;
    for (Index a = 0; a < size_; ++a) {
        double sum = byGroup_.row(a).dot(weights_) - value;
        // No mix moves more than rho from the best-paying group to the worst-paying one.
        const double spread = byGroup_.row(a).maxCoeff() - byGroup_.row(a).minCoeff();
        if (sum - rho_ * spread >= best.reducedCost) {
            continue;
        }
        findOrder(byGroup_, a);
        double left = rho_;
        const double least = byGroup_(a, order_[0]);
        for (std::size_t at = order_.size(); at-- > 1 && left > 0.0;) {
            const double moved = std::min(left, weights_[order_[at]]);
            sum -= moved * (byGroup_(a, order_[at]) - least);
            left -= moved;
        }
        if (sum < best.reducedCost) {
            best.reducedCost = sum;
            best.basic.index = a;
            best.basic.order = order_;
            isColumn = true;
        }
    }
    if (!(best.reducedCost < -kReducedCost)) {
        return std::nullopt;
    }
    best.basic.kind = isColumn ? Basic::Kind::Column : Basic::Kind::Slack;
    best.column = columnOf(best.basic);
    return best;
}

bool PopulationGame::pivot(const Entering& entering) {
    constexpr double kLeastPivot = 1e-11;
    const VectorXd direction = inverse_ * entering.column;
    Index leaving = -1;
    double length = std::numeric_limits<double>::infinity();
    for (Index b = 0; b <= size_; ++b) {
        if (basis_[static_cast<std::size_t>(b)].kind == Basic::Kind::Bound ||
            !(direction[b] > kLeastPivot)) {
            continue;
        }
        const double ratio = std::max(0.0, shares_[b]) / direction[b];
        if (ratio < length || (ratio == length && direction[b] > direction[leaving])) {
            length = ratio;
            leaving = b;
        }
    }
    if (leaving < 0) {
        return false;
    }
    const Eigen::RowVectorXd row = inverse_.row(leaving) / direction[leaving];
    VectorXd factor = direction;
    factor[leaving] = 0.0;
    inverse_.noalias() -= factor * row;
    inverse_.row(leaving) = row;
    shares_ -= length * factor;
    shares_[leaving] = length;
    basis_[static_cast<std::size_t>(leaving)] = entering.basic;
    ++pivots_;
    return true;
}

bool PopulationGame::solve(double rho) {
    constexpr int kBetweenFactorizations = 100;
    rho_ = rho;
    pivots_ = 0;
    if (!restart()) {
        startAfresh();
    }
    const int most = 200 + 40 * static_cast<int>(size_);
    int sinceFactorized = 0;
    while (pivots_ < most) {
        const std::optional<Entering> entering = price();
        if (!entering) {
            if (sinceFactorized == 0) {
                return true;
            }
            // The end is confirmed with an inverse that carries no old rounding errors.
            if (!refactorize()) {
                return false;
            }
            sinceFactorized = 0;
            continue;
        }
        if (!pivot(*entering)) {
            return false;
        }
        if (++sinceFactorized >= kBetweenFactorizations) {
            if (!refactorize()) {
                return false;
            }
            sinceFactorized = 0;
        }
    }
    return false;
}

std::vector<Threat> PopulationGame::adversary() const {
    std::vector<Threat> threats;
    double sum = 0.0;
    for (Index b = 0; b <= size_; ++b) {
        const Basic& basic = basis_[static_cast<std::size_t>(b)];
        // Without the perturbation of the right side.
        const double share = inverse_(b, size_);
        if (basic.kind == Basic::Kind::Column && share > 0.0) {
            threats.push_back({static_cast<std::size_t>(basic.index), share, mixOf(basic.order)});
            sum += share;
        }
    }
    for (Threat& threat : threats) {
        threat.probability /= sum;
    }
    std::stable_sort(threats.begin(), threats.end(), [](const Threat& one, const Threat& other) {
        return one.probability > other.probability;
    });
    return threats;
}

bool PopulationGame::isNondegenerate() const {
    constexpr double kZero = 1e-8;
    for (Index b = 0; b <= size_; ++b) {
        if (basis_[static_cast<std::size_t>(b)].kind != Basic::Kind::Bound &&
            !(inverse_(b, size_) > kZero)) {
            return false;
        }
    }
    return true;
}

std::vector<PopulationGame::Reply> PopulationGame::worstReplies(const VectorXd& lottery,
                                                                double rho) const {
    std::vector<Reply> replies;
    const VectorXd stacked = payoffs_ * lottery;
    const MatrixXd byGroup = MatrixXd::Map(stacked.data(), size_, groups_);
    for (Index a = 0; a < size_; ++a) {
        const std::vector<double> payoffs(byGroup.row(a).begin(), byGroup.row(a).end());
        WorstMix mix = worstMix(payoffs, {weights_.data(), static_cast<std::size_t>(groups_)}, rho);
        replies.push_back({a, mix.value, std::move(mix.weights)});
    }
    return replies;
}

} // namespace psephos::choice
