// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/claims/plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace psephos::experiments::claims {

namespace {

/// So that slower seeds arrive as well at what AdamW's median reaches, and a slower arm is found
/// out.
constexpr double kBeyond = 1.4;

/// Shares of the full budget that are trained as well, each with a schedule of its own.
constexpr double kBudgets[] = {0.35, 0.5, 0.7, 1.0, kBeyond};

/// Multiples of the budget that linear scaling predicts for a batch.
constexpr double kMultiples[] = {0.25, 0.5, 1.0, 2.0, 4.0};

std::int64_t scaled(std::int64_t steps, double share) {
    return std::max<std::int64_t>(2, std::llround(static_cast<double>(steps) * share));
}

std::vector<Cell> cellsOf(const PlanSize& size, Arm arm) {
    const std::int64_t f = isRefreshed(arm) ? size.refreshPeriod : 1;
    std::vector<Cell> cells;
    switch (size.claim) {
    case Claim::FewerSteps:
        for (const double share : kBudgets) {
            cells.push_back({arm, f, scaled(size.steps, share), size.batch});
        }
        break;
    case Claim::Staleness:
    case Claim::QrAsEigh:
        for (const std::int64_t period : periodsUpTo(size.steps)) {
            if (isRefreshed(arm) || cells.empty()) {
                cells.push_back({arm, period, size.steps, size.batch});
            }
        }
        break;
    case Claim::SameAtOne:
        cells.push_back({arm, 1, size.steps, size.batch});
        break;
    case Claim::Thrifty:
        cells.push_back({arm, f, size.steps, size.batch});
        break;
    case Claim::BatchSize: {
        const std::vector<std::int64_t> batches = batchesFrom(size.batch);
        for (const std::int64_t batch : batches) {
            const std::int64_t times = batch / size.batch;
            // Batch times f stays, as in the paper.
            const std::int64_t period = isRefreshed(arm) ? f * batches.back() / batch : 1;
            for (const double multiple : kMultiples) {
                if (times > 1 || multiple <= 1.0) {
                    cells.push_back({arm, period, scaled(size.steps / times, multiple), batch});
                }
            }
            if (times == 1) {
                cells.push_back({arm, period, scaled(size.steps, kBeyond), batch});
            }
        }
        break;
    }
    }
    return cells;
}

std::vector<Arm> armsOf(Claim claim) {
    switch (claim) {
    case Claim::FewerSteps:
    case Claim::Staleness:
        return {Arm::AdamW, Arm::Shampoo, Arm::Soap};
    case Claim::SameAtOne:
        return {Arm::Shampoo, Arm::Soap};
    case Claim::QrAsEigh:
        return {Arm::Soap, Arm::SoapEigh};
    case Claim::Thrifty:
        return {Arm::AdamW,        Arm::Shampoo,      Arm::Soap,
                Arm::SoapFactored, Arm::SoapOneSided, Arm::SoapThrifty};
    case Claim::BatchSize:
        break;
    }
    return {Arm::AdamW, Arm::Soap};
}

} // namespace

std::string label(Arm arm) {
    switch (arm) {
    case Arm::AdamW:
        return "AdamW";
    case Arm::Shampoo:
        return "Shampoo";
    case Arm::Soap:
        return "SOAP";
    case Arm::SoapEigh:
        return "SOAP by eigh";
    case Arm::SoapFactored:
        return "SOAP, factored";
    case Arm::SoapOneSided:
        return "SOAP, one-sided";
    case Arm::SoapThrifty:
        break;
    }
    return "SOAP, both savings";
}

std::string linearLabel(Arm arm) {
    return label(arm) + ", linear";
}

std::string boundLabel(Arm arm) {
    return label(arm) + ", at most";
}

std::vector<std::int64_t> periodsUpTo(std::int64_t steps) {
    std::vector<std::int64_t> periods;
    for (const std::int64_t each : {1, 2, 5, 10, 25, 50, 100}) {
        if (each <= steps || periods.empty()) {
            periods.push_back(each);
        }
    }
    return periods;
}

std::vector<std::int64_t> batchesFrom(std::int64_t smallest) {
    return {smallest, 4 * smallest, 16 * smallest};
}

std::vector<Cell> planOf(const PlanSize& size) {
    std::vector<std::vector<Cell>> byArm;
    std::size_t rounds = 0;
    for (const Arm arm : armsOf(size.claim)) {
        byArm.push_back(cellsOf(size, arm));
        rounds = std::max(rounds, byArm.back().size());
    }
    std::vector<Cell> cells;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (const std::vector<Cell>& own : byArm) {
            // Very short schedules fall together.
            if (round < own.size() &&
                std::find(cells.begin(), cells.end(), own[round]) == cells.end()) {
                cells.push_back(own[round]);
            }
        }
    }
    return cells;
}

double firstRate(std::string_view task, Arm arm) {
    const bool isText = task == "char_lm";
    return arm == Arm::AdamW ? (isText ? 0.02 : 0.01) : 0.03;
}

std::optional<double> RateWalk::next() const {
    const std::optional<int> place = nextPlace();
    return place ? std::optional(rateAt(*place)) : std::nullopt;
}

void RateWalk::add(double loss) {
    if (const std::optional<int> place = nextPlace()) {
        losses_[*place] = std::isnan(loss) ? std::numeric_limits<double>::infinity() : loss;
    }
}

bool RateWalk::isAtEdge() const {
    const int best = bestPlace();
    return best == losses_.begin()->first || best == losses_.rbegin()->first;
}

std::optional<int> RateWalk::nextPlace() const {
    for (const int place : {0, 1, -1}) {
        if (!losses_.contains(place)) {
            return place;
        }
    }
    if (!isAtEdge() || tried() >= most_) {
        return std::nullopt;
    }
    const int best = bestPlace();
    return best == losses_.begin()->first ? best - 1 : best + 1;
}

// Of equals the smallest: where all diverged, the search goes down.
int RateWalk::bestPlace() const {
    const auto least =
        std::min_element(losses_.begin(), losses_.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    return least->first;
}

double RateWalk::rateAt(int place) const {
    return center_ * std::pow(kRateStep, place);
}

} // namespace psephos::experiments::claims
