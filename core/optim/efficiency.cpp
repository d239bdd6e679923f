// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/efficiency.hpp"

#include "lab/short_number.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

namespace psephos::optim {

namespace {

constexpr std::size_t kFewest = 4;

lab::Result<numerics::PowerLaw> lawOf(const std::vector<ScalePoint>& points) {
    std::vector<double> shares;
    std::vector<double> losses;
    for (const ScalePoint& point : points) {
        shares.push_back(point.share);
        losses.push_back(point.loss);
    }
    return numerics::fitPowerLaw(shares, losses);
}

std::size_t differentShares(const std::vector<ScalePoint>& points) {
    std::set<double> shares;
    for (const ScalePoint& point : points) {
        shares.insert(point.share);
    }
    return shares.size();
}

/// N* as each point in turn is left out. One that gives no law says nothing.
void leaveOut(const std::vector<ScalePoint>& points, double baselineLoss, Benefit& benefit) {
    for (std::size_t i = 0; i < points.size(); ++i) {
        std::vector<ScalePoint> rest = points;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
        if (differentShares(rest) < kFewest) {
            continue;
        }
        const auto law = lawOf(rest);
        if (law && baselineLoss > law->a) {
            const double share = law->inverse(baselineLoss);
            benefit.shareLow = std::min(benefit.shareLow, share);
            benefit.shareHigh = std::max(benefit.shareHigh, share);
        }
    }
}

} // namespace

lab::Result<Benefit> benefitOf(const std::vector<ScalePoint>& points, double baselineLoss,
                               double stepTimeRatio) {
    if (differentShares(points) < kFewest) {
        return lab::Error{"the benefit needs runs of at least four different lengths, not " +
                              std::to_string(differentShares(points)),
                          "each with a whole schedule of its own", ""};
    }
    if (!std::isfinite(baselineLoss) || !(stepTimeRatio > 0) || !std::isfinite(stepTimeRatio)) {
        return lab::Error{"the baseline's loss and the ratio of the times have to be finite, the "
                          "ratio above 0",
                          "", ""};
    }
    const auto [shortest, longest] =
        std::minmax_element(points.begin(), points.end(), [](const auto& one, const auto& other) {
            return one.share < other.share;
        });
    constexpr double kLeastRange = 1.2;
    if (shortest->share > 0 && longest->share < kLeastRange * shortest->share) {
        return lab::Error{"the runs' lengths lie too near one another for a law", "", ""};
    }
    const auto law = lawOf(points);
    if (!law) {
        return law.error();
    }
    const auto [least, most] =
        std::minmax_element(points.begin(), points.end(), [](const auto& one, const auto& other) {
            return one.loss < other.loss;
        });
    constexpr double kFarOff = 0.2;
    if (law->isAtLimit || law->rms > kFarOff * (most->loss - least->loss)) {
        return lab::Error{"the losses do not lie on a law a + b·N^(−β): the best one is off by " +
                              lab::shortNumber(law->rms) + " (root mean square)",
                          "more seeds or other lengths may show one", ""};
    }
    if (baselineLoss <= law->a) {
        return lab::Error{"the fitted law never comes down to the baseline's loss " +
                              lab::shortNumber(baselineLoss) + ": it ends at " +
                              lab::shortNumber(law->a),
                          "", ""};
    }
    Benefit benefit;
    benefit.law = *law;
    benefit.share = law->inverse(baselineLoss);
    constexpr double kShortestUsual = 0.5; // what kLeastShare and kMostShare go with
    const double low = std::max(kLeastShare, shortest->share * kLeastShare / kShortestUsual);
    const double high = std::min(kMostShare, longest->share * kMostShare);
    if (benefit.share < low || benefit.share > high) {
        return lab::Error{"N* would be " + lab::shortNumber(benefit.share) +
                              " of the baseline's length, outside the " + lab::shortNumber(low) +
                              " … " + lab::shortNumber(high) + " that the runs can speak for",
                          "runs of other lengths may", ""};
    }
    benefit.stepSaving = 1 - benefit.share;
    benefit.timeSaving = 1 - benefit.share * stepTimeRatio;
    benefit.shareLow = benefit.share;
    benefit.shareHigh = benefit.share;
    leaveOut(points, baselineLoss, benefit);
    return benefit;
}

} // namespace psephos::optim
