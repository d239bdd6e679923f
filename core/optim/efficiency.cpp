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
    const auto law = lawOf(points);
    if (!law) {
        return law.error();
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
    if (benefit.share < kLeastShare || benefit.share > kMostShare) {
        return lab::Error{"N* would be " + lab::shortNumber(benefit.share) +
                              " of the baseline's length, outside the " +
                              lab::shortNumber(kLeastShare) + " … " + lab::shortNumber(kMostShare) +
                              " that the runs can speak for",
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
