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

std::string number(double value) {
    return std::isfinite(value) ? lab::shortNumber(value, 4) : "never";
}

std::string figure(const Measured& measured) {
    if (measured.values.empty()) {
        return measured.name + " —";
    }
    const Quartiles spread = quartilesOf(measured.values);
    return measured.name + " " + number(spread.middle) + " (" + number(spread.low) + " to " +
           number(spread.high) + ")";
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
        return worse.isAtEdge ? decided(std::move(part), Outcome::Open, edgeOf(worse))
                              : decided(std::move(part), Outcome::Held, "the intervals lie apart");
    }
    if (first.low > second.high) {
        return better.isAtEdge
                   ? decided(std::move(part), Outcome::Open, edgeOf(better))
                   : decided(std::move(part), Outcome::NotHeld, "the intervals lie apart");
    }
    return decided(std::move(part), Outcome::Open, "the intervals overlap");
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

double stepsToTarget(const std::vector<Budget>& budgets, double target) {
    for (std::size_t i = 0; i < budgets.size(); ++i) {
        if (!(budgets[i].loss <= target)) {
            continue;
        }
        if (i == 0 || !std::isfinite(budgets[i - 1].loss)) {
            return budgets[i].steps;
        }
        const Budget& before = budgets[i - 1];
        const double share = (before.loss - target) / (before.loss - budgets[i].loss);
        return before.steps * std::pow(budgets[i].steps / before.steps, share);
    }
    return kInfinity;
}

} // namespace psephos::experiments::claims
