// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/claims/verdict.hpp"

#include "lab/short_number.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace psephos::experiments::claims {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Quartiles of the values, and of what they may be at least and at most.
struct Spread {
    Quartiles value, least, most;
};

Spread spreadOf(const Measured& measured) {
    const auto of = [&measured](const std::vector<double>& bounds) {
        return quartilesOf(bounds.empty() ? measured.values : bounds);
    };
    return {quartilesOf(measured.values), of(measured.least), of(measured.most)};
}

/// "1.36", "at most 140", "over 800", "never".
std::string number(double value, double least, double most) {
    if (!std::isfinite(value)) {
        return std::isfinite(least) ? "over " + lab::shortNumber(least, 4) : "never";
    }
    if (least < value && most > value) {
        return "not known";
    }
    return (least < value  ? "at most "
            : most > value ? "at least "
                           : "") +
           lab::shortNumber(value, 4);
}

std::string figure(const Measured& measured) {
    if (measured.values.empty()) {
        return measured.name + " —";
    }
    const auto [value, least, most] = spreadOf(measured);
    return measured.name + " " + number(value.middle, least.middle, most.middle) + " (" +
           number(value.low, least.low, most.low) + " to " +
           number(value.high, least.high, most.high) + ")";
}

/// Why nothing can be said, whatever the values are; empty where something can.
std::string silence(const Measured& one, const Measured& other) {
    for (const Measured* each : {&one, &other}) {
        if (each->values.empty() || std::any_of(each->values.begin(), each->values.end(),
                                                [](double value) { return std::isnan(value); })) {
            return "a measurement is missing";
        }
    }
    if (std::min(one.values.size(), other.values.size()) < kLeastSeeds) {
        return "fewer than three seeds";
    }
    return {};
}

Part blank(std::string statement, const Measured& one, const Measured& other) {
    Part part;
    part.statement = std::move(statement);
    part.figures = figure(one) + ", " + figure(other);
    part.reason = silence(one, other);
    return part;
}

Part decided(Part part, Outcome outcome, std::string reason) {
    part.outcome = outcome;
    part.reason = std::move(reason);
    return part;
}

std::string edgeOf(const Measured& measured) {
    return "the best learning rate of " + measured.name + " lies at the edge of those tried";
}

/// What is known of it only as a bound; empty where all values are exact.
std::string boundOf(const Measured& measured) {
    for (std::size_t i = 0; i < measured.values.size(); ++i) {
        const double value = measured.values[i];
        const bool isExact = (measured.least.empty() || measured.least[i] == value) &&
                             (measured.most.empty() || measured.most[i] == value);
        if (!isExact) {
            return "only a bound is known of " + measured.name +
                   (std::isfinite(value) ? ": its shortest schedule reaches the target"
                                         : ": its longest schedule misses the target");
        }
    }
    return {};
}

/// The words that are there.
std::string firstOf(std::string one, std::string other) {
    return one.empty() ? std::move(other) : std::move(one);
}

/// Whether `low` lies wholly below `high`, wherever beyond its bounds a value lies; why not if not.
Part apart(Part part, Outcome outcome, const Measured& low, const Measured& high) {
    if (high.isAtEdge) {
        return decided(std::move(part), Outcome::Open, edgeOf(high));
    }
    const Spread below = spreadOf(low);
    const Spread above = spreadOf(high);
    if (below.most.high < above.least.low) {
        return decided(std::move(part), outcome, "the intervals lie apart");
    }
    const bool isAboveInDoubt = above.least.low < above.value.low;
    return decided(std::move(part), Outcome::Open, isAboveInDoubt ? boundOf(high) : boundOf(low));
}

/// Between neighbours on a line; the larger neighbour where one of them is infinite.
double quantile(const std::vector<double>& sorted, double share) {
    const double at = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(at));
    const auto above = static_cast<std::size_t>(std::ceil(at));
    if (below == above) {
        return sorted[below];
    }
    return std::isfinite(sorted[above])
               ? std::lerp(sorted[below], sorted[above], at - std::floor(at))
               : sorted[above];
}

} // namespace

Quartiles quartilesOf(std::vector<double> values) {
    for (double& value : values) {
        value = std::isnan(value) ? kInfinity : value;
    }
    std::sort(values.begin(), values.end());
    return {quantile(values, 0.25), quantile(values, 0.5), quantile(values, 0.75)};
}

bool isAtMost(const Measured& measured) {
    if (measured.values.empty() || measured.least.empty()) {
        return false;
    }
    const Spread spread = spreadOf(measured);
    return std::isfinite(spread.value.middle) && spread.least.middle < spread.value.middle;
}

std::string_view verdictWord(Outcome outcome) {
    switch (outcome) {
    case Outcome::Held:
        return "held";
    case Outcome::NotHeld:
        return "did not hold";
    case Outcome::Open:
        break;
    }
    return "open";
}

Part compareLess(std::string statement, const Measured& better, const Measured& worse) {
    Part part = blank(std::move(statement), better, worse);
    if (!part.reason.empty()) {
        return part;
    }
    for (const Measured* each : {&better, &worse}) {
        if (each->isRelative && each->isAtEdge) {
            return decided(std::move(part), Outcome::Open, edgeOf(*each));
        }
    }
    const Quartiles first = quartilesOf(better.values);
    const Quartiles second = quartilesOf(worse.values);
    if (first.high < second.low) {
        return apart(std::move(part), Outcome::Held, better, worse);
    }
    if (first.low > second.high) {
        return apart(std::move(part), Outcome::NotHeld, worse, better);
    }
    const std::string bound = firstOf(boundOf(better), boundOf(worse));
    return decided(std::move(part), Outcome::Open,
                   "the intervals overlap" + (bound.empty() ? "" : ", and " + bound));
}

Part compareAlike(std::string statement, const Measured& one, const Measured& other,
                  double margin) {
    Part part = blank(std::move(statement), one, other);
    if (!part.reason.empty()) {
        return part;
    }
    for (const Measured* each : {&one, &other}) {
        if (each->isAtEdge) {
            return decided(std::move(part), Outcome::Open, edgeOf(*each));
        }
    }
    const Quartiles first = quartilesOf(one.values);
    const Quartiles second = quartilesOf(other.values);
    const double least = std::min(first.low, second.low);
    const std::string within = lab::shortNumber(100.0 * margin) + " %";
    const bool areApart = first.high < second.low || second.high < first.low;
    if (std::max(first.high, second.high) - least <= margin * std::abs(least)) {
        return decided(std::move(part), Outcome::Held,
                       "both intervals lie within " + within + (areApart ? ", though apart" : ""));
    }
    const double gap = std::abs(first.middle - second.middle);
    if (areApart && gap > margin * std::abs(std::min(first.middle, second.middle))) {
        return decided(std::move(part), Outcome::NotHeld,
                       "the intervals lie apart, by more than " + within);
    }
    return decided(std::move(part), Outcome::Open,
                   areApart ? "the intervals lie apart, but the medians within " + within
                            : "the intervals overlap, but span more than " + within);
}

Outcome overall(const std::vector<Part>& parts) {
    bool isAny = false;
    bool allHeld = true;
    for (const Part& part : parts) {
        if (!part.counts) {
            continue;
        }
        isAny = true;
        if (part.outcome == Outcome::NotHeld) {
            return Outcome::NotHeld;
        }
        allHeld = allHeld && part.outcome == Outcome::Held;
    }
    return isAny && allHeld ? Outcome::Held : Outcome::Open;
}

Reach stepsToTarget(const std::vector<Budget>& budgets, double target) {
    for (std::size_t i = 0; i < budgets.size(); ++i) {
        if (!(budgets[i].loss <= target)) {
            continue;
        }
        if (i == 0) {
            return {0.0, budgets[i].steps};
        }
        const Budget& before = budgets[i - 1];
        if (!std::isfinite(before.loss)) {
            return {before.steps, budgets[i].steps};
        }
        const double share = (before.loss - target) / (before.loss - budgets[i].loss);
        const double steps = before.steps * std::pow(budgets[i].steps / before.steps, share);
        return {steps, steps};
    }
    return {budgets.empty() ? 0.0 : budgets.back().steps, kInfinity};
}

} // namespace psephos::experiments::claims
