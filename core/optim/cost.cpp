// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/cost.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace psephos::optim {

namespace {

// Operations an entry.
constexpr double kSgd = 2;
constexpr double kMomentum = 2;
constexpr double kAdam = 12;
constexpr double kSoap = 15;
constexpr double kLion = 8;
constexpr double kAdafactor = 12;
constexpr double kScheduleFree = 16;
constexpr double kGraft = 12;

// Times d³.
constexpr double kProduct = 2;
constexpr double kQr = 8.0 / 3.0;
constexpr double kEigen = 9;

double cube(double d) {
    return d * d * d;
}

/// Length of each factor with the length beside it.
using Side = std::pair<double, double>;

std::array<Side, 2> sidesOf(const Factors& factors, double rows, double cols) {
    return {Side{factors.left ? rows : 0.0, cols}, Side{factors.right ? cols : 0.0, rows}};
}

struct Count {
    double rows;
    double cols;

    [[nodiscard]] double entries() const { return rows * cols; }

    Cost operator()(const SgdConfig& config) const {
        return {entries() * (config.momentum > 0 ? kSgd + kMomentum : kSgd), 0};
    }

    Cost operator()(const AdamConfig&) const { return {kAdam * entries(), 0}; }

    Cost operator()(const LionConfig&) const { return {kLion * entries(), 0}; }

    Cost operator()(const AdafactorConfig&) const { return {kAdafactor * entries(), 0}; }

    Cost operator()(const FactoredAdamConfig&) const { return {kAdafactor * entries(), 0}; }

    Cost operator()(const ScheduleFreeConfig&) const { return {kScheduleFree * entries(), 0}; }

    Cost operator()(const SoapConfig& config) const {
        const Factors factors = factorsOf(config, static_cast<long>(rows), static_cast<long>(cols));
        Cost cost{kSoap * entries(), 0};
        for (const auto& [d, e] : sidesOf(factors, rows, cols)) {
            cost.step += 5 * d * d * e; // Gram matrix by half, projection, back
            const double own = config.refresh == BasisRefresh::Eigh ? kEigen : kProduct + kQr;
            cost.refresh += own * cube(d) + 2 * d * d * e; // the momentum changes its basis
        }
        return cost;
    }

    Cost operator()(const ShampooConfig& config) const {
        const Factors factors = factorsOf(config, static_cast<long>(rows), static_cast<long>(cols));
        if (!factors.any()) {
            return (*this)(vectorRule(config));
        }
        const bool isAdamGraft = config.graft == Graft::Adam;
        Cost cost{entries() * (kSgd + kMomentum + (isAdamGraft ? kGraft : 0)), 0};
        const bool isKl = config.statistics == FactorStatistics::KullbackLeibler;
        for (const auto& [d, e] : sidesOf(factors, rows, cols)) {
            cost.step += 3 * d * d * e + (isKl ? 2 * d * e * e : 0);
            cost.refresh += (kEigen + kProduct) * cube(d);
        }
        return cost;
    }

    Cost operator()(const MuonConfig& config) const {
        const double least = std::min(rows, cols);
        const double most = std::max(rows, cols);
        const double once = 4 * least * least * most + 2 * cube(least);
        const double times = config.newtonSchulzSteps;
        return {(kSgd + 2 * kMomentum) * entries() + times * once, 0};
    }
};

} // namespace

Cost costOf(const OptimizerConfig& config, long rows, long cols) {
    const Count count{static_cast<double>(rows), static_cast<double>(cols)};
    const auto* shampoo = std::get_if<ShampooConfig>(&config);
    if (shampoo == nullptr || !isBlocked(*shampoo, rows, cols)) {
        return std::visit(count, config);
    }
    Cost sum;
    for (const long high : blockLengths(rows, shampoo->maxPreconditionerDim)) {
        for (const long wide : blockLengths(cols, shampoo->maxPreconditionerDim)) {
            sum = sum + Count{static_cast<double>(high), static_cast<double>(wide)}(*shampoo);
        }
    }
    return sum;
}

} // namespace psephos::optim
