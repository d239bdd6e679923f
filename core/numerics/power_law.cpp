// SPDX-License-Identifier: GPL-3.0-or-later
#include "numerics/power_law.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace psephos::numerics {

namespace {

constexpr double kLeastBeta = 1e-3;
constexpr double kMostBeta = 1e2;

/// The straight line through (x^(−β), y).
PowerLaw lineFor(double beta, std::span<const double> x, std::span<const double> y) {
    const auto count = static_cast<double>(x.size());
    double meanT = 0;
    double meanY = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        meanT += std::pow(x[i], -beta) / count;
        meanY += y[i] / count;
    }
    double tt = 0;
    double ty = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double t = std::pow(x[i], -beta) - meanT;
        tt += t * t;
        ty += t * (y[i] - meanY);
    }
    PowerLaw law;
    law.beta = beta;
    law.b = ty / tt;
    law.a = meanY - law.b * meanT;
    double squares = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double off = law.at(x[i]) - y[i];
        squares += off * off;
    }
    law.rms = std::sqrt(squares / count);
    return law;
}

} // namespace

double PowerLaw::at(double x) const {
    return a + b * std::pow(x, -beta);
}

double PowerLaw::inverse(double y) const {
    return std::pow((y - a) / b, -1.0 / beta);
}

lab::Result<PowerLaw> fitPowerLaw(std::span<const double> x, std::span<const double> y) {
    const auto isGood = [](double value) { return std::isfinite(value); };
    const bool areGood = x.size() == y.size() && std::ranges::all_of(x, isGood) &&
                         std::ranges::all_of(y, isGood) &&
                         std::ranges::all_of(x, [](double value) { return value > 0; });
    if (!areGood || std::set<double>(x.begin(), x.end()).size() < 3) {
        return lab::Error{"a power law needs at least three different lengths above 0 with a "
                          "finite value each",
                          "", ""};
    }
    // Lengths in units of their mean keep x^(−100) within reach.
    double unit = 0;
    for (const double each : x) {
        unit += each / static_cast<double>(x.size());
    }
    std::vector<double> scaled(x.begin(), x.end());
    for (double& each : scaled) {
        each /= unit;
    }
    const auto rmsAt = [&](double logBeta) {
        const PowerLaw law = lineFor(std::exp(logBeta), scaled, y);
        return std::isfinite(law.rms) ? law.rms : HUGE_VAL;
    };
    constexpr int kGrid = 300;
    const double low = std::log(kLeastBeta);
    const double stride = (std::log(kMostBeta) - low) / kGrid;
    int best = 0;
    for (int i = 1; i <= kGrid; ++i) {
        best = rmsAt(low + i * stride) < rmsAt(low + best * stride) ? i : best;
    }
    // Golden sections between the neighbours of the best.
    constexpr double kGolden = 0.6180339887498949;
    double left = low + std::max(0, best - 1) * stride;
    double right = low + std::min(kGrid, best + 1) * stride;
    for (int i = 0; i < 80; ++i) {
        const double nearLeft = right - kGolden * (right - left);
        const double nearRight = left + kGolden * (right - left);
        (rmsAt(nearLeft) <= rmsAt(nearRight) ? right : left) =
            rmsAt(nearLeft) <= rmsAt(nearRight) ? nearRight : nearLeft;
    }
    PowerLaw law = lineFor(std::exp((left + right) / 2), scaled, y);
    law.b *= std::pow(unit, law.beta);
    constexpr double kNear = 1.01;
    law.isAtLimit = law.beta < kLeastBeta * kNear || law.beta > kMostBeta / kNear;
    if (!(law.b > 0) || !std::isfinite(law.a)) {
        return lab::Error{"the fitted law does not fall with length", "", ""};
    }
    return law;
}

} // namespace psephos::numerics
