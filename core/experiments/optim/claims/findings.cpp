// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/claims/findings.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace psephos::experiments::claims {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<double> lossesOf(const std::vector<Trial>& trials) {
    std::vector<double> losses;
    for (const Trial& each : trials) {
        losses.push_back(each.loss);
    }
    return losses;
}

/// The cells of an arm that `holds`.
template <typename Predicate>
std::vector<const CellResult*> cellsWhere(const std::vector<CellResult>& results,
                                          const Predicate& holds) {
    std::vector<const CellResult*> found;
    for (const CellResult& each : results) {
        if (holds(each.cell)) {
            found.push_back(&each);
        }
    }
    return found;
}

Measured measured(const CellResult& result) {
    return {label(result.cell.arm), result.losses, result.isAtEdge};
}

/// How much higher a cell ends than another one, seed by seed (the same start, the same batches);
/// missing where there is nothing to rise from.
Measured riseOf(const CellResult& from, const CellResult& to) {
    Measured rise{label(to.cell.arm), {}, from.isAtEdge || to.isAtEdge, true};
    for (std::size_t i = 0; i < std::min(from.losses.size(), to.losses.size()); ++i) {
        rise.values.push_back(std::isfinite(from.losses[i]) ? to.losses[i] - from.losses[i] : kNan);
    }
    return rise;
}

/// A part that is true of each of several settings: held where all are, not held where one is not.
Part allOf(std::string statement, const std::vector<Part>& each,
           const std::vector<std::string>& names, bool counts) {
    Part part;
    part.statement = std::move(statement);
    part.counts = counts;
    part.outcome = overall(each);
    for (const Outcome outcome : {Outcome::Held, Outcome::NotHeld, Outcome::Open}) {
        std::string list;
        std::string why; // where it is the same for all
        for (std::size_t i = 0; i < each.size(); ++i) {
            if (each[i].outcome == outcome) {
                why = list.empty() || why == each[i].reason ? each[i].reason : "";
                list += (list.empty() ? "" : ", ") + names[i];
            }
        }
        if (!list.empty()) {
            part.reason += (part.reason.empty() ? "" : "; ") + std::string(verdictWord(outcome)) +
                           " at " + list + (why.empty() ? "" : ": " + why);
        }
    }
    part.figures = each.empty() ? "" : names.back() + ": " + each.back().figures;
    return part;
}

std::vector<Part> stepParts(const std::vector<CellResult>& results, const Standard& standard) {
    const auto target = targetOf(results, standard);
    const std::vector<ToTarget> arms =
        target ? toTarget(results, *target) : std::vector<ToTarget>();
    const auto of = [&arms](Arm arm, Measured ToTarget::*what) {
        const auto found = std::find_if(arms.begin(), arms.end(),
                                        [arm](const ToTarget& each) { return each.arm == arm; });
        return found == arms.end() ? Measured{label(arm), {}, false} : (*found).*what;
    };
    std::vector<Part> parts;
    for (const Arm other : {Arm::AdamW, Arm::Shampoo}) {
        parts.push_back(compareLess("SOAP needs fewer steps than " + label(other),
                                    of(Arm::Soap, &ToTarget::steps), of(other, &ToTarget::steps)));
    }
    for (const Arm other : {Arm::AdamW, Arm::Shampoo}) {
        parts.push_back(compareLess("SOAP needs less time than " + label(other) + " [s]",
                                    of(Arm::Soap, &ToTarget::seconds),
                                    of(other, &ToTarget::seconds)));
        parts.back().counts = false;
    }
    return parts;
}

std::vector<Part> stalenessParts(const std::vector<CellResult>& results) {
    const auto cells = [&results](Arm arm) {
        return cellsWhere(results, [arm](const Cell& cell) { return cell.arm == arm; });
    };
    const auto soap = cells(Arm::Soap);
    const auto shampoo = cells(Arm::Shampoo);
    const auto adamw = cells(Arm::AdamW);
    if (soap.size() < 2 || shampoo.size() < 2 || adamw.empty()) {
        return {};
    }
    const std::string last = std::to_string(soap.back()->cell.refreshPeriod);
    std::vector<Part> parts{compareLess(
        "From f = 1 to f = " + last + " the loss of SOAP rises less than Shampoo's",
        riseOf(*soap.front(), *soap.back()), riseOf(*shampoo.front(), *shampoo.back()))};
    for (const auto& arm : {soap, shampoo}) {
        std::vector<Part> each;
        std::vector<std::string> names;
        for (const CellResult* cell : arm) {
            each.push_back(compareLess("", measured(*cell), measured(*adamw.front())));
            names.push_back("f = " + std::to_string(cell->cell.refreshPeriod));
        }
        parts.push_back(
            allOf(label(arm.front()->cell.arm) + " beats AdamW at every f", each, names, false));
    }
    return parts;
}

std::vector<Part> eighParts(const std::vector<CellResult>& results, double margin) {
    std::vector<Part> each;
    std::vector<std::string> names;
    for (const CellResult* qr :
         cellsWhere(results, [](const Cell& cell) { return cell.arm == Arm::Soap; })) {
        const std::int64_t f = qr->cell.refreshPeriod;
        each.push_back(compareAlike("", measured(*qr), lossOf(results, Arm::SoapEigh, f), margin));
        names.push_back("f = " + std::to_string(f));
    }
    if (each.empty()) {
        return {};
    }
    return {allOf("A basis by QR is as good as one by eigenvectors at every f", each, names, true)};
}

std::vector<Part> thriftyParts(const std::vector<CellResult>& results, double margin) {
    const auto loss = [&results](Arm arm) {
        const auto cells = cellsWhere(results, [arm](const Cell& cell) { return cell.arm == arm; });
        return cells.empty() ? Measured{label(arm), {}, false} : measured(*cells.front());
    };
    const Measured soap = loss(Arm::Soap);
    const Measured oneSided = loss(Arm::SoapOneSided);
    std::vector<Part> parts{
        compareAlike("Factored SOAP is as good as SOAP", loss(Arm::SoapFactored), soap, margin),
        compareLess("SOAP is better than one-sided SOAP", soap, oneSided),
        compareAlike("One-sided SOAP is as good as Shampoo", oneSided, loss(Arm::Shampoo), margin),
        compareLess("One-sided SOAP is better than AdamW", oneSided, loss(Arm::AdamW)),
        compareLess("With both savings it is better than AdamW", loss(Arm::SoapThrifty),
                    loss(Arm::AdamW))};
    for (std::size_t i = 2; i < parts.size(); ++i) {
        parts[i].counts = false;
    }
    return parts;
}

/// Steps at the largest batch over what linear scaling makes of those at the smallest, by seed;
/// missing where the smallest batch never gets there.
Measured slowdownOf(const std::vector<ToTarget>& all, Arm arm) {
    const ToTarget* first = nullptr;
    const ToTarget* last = nullptr;
    for (const ToTarget& each : all) {
        if (each.arm == arm) {
            first = first == nullptr ? &each : first;
            last = &each;
        }
    }
    Measured slowdown{label(arm), {}, false, true};
    if (first == nullptr || first == last) {
        return slowdown;
    }
    slowdown.isAtEdge = first->steps.isAtEdge || last->steps.isAtEdge;
    const double times = static_cast<double>(last->batch) / static_cast<double>(first->batch);
    for (std::size_t i = 0; i < first->steps.values.size(); ++i) {
        const double from = first->steps.values[i];
        const bool isKnown = std::isfinite(from);
        slowdown.values.push_back(isKnown ? times * last->steps.values[i] / from : kNan);
        slowdown.least.push_back(isKnown ? times * last->steps.least[i] / from : kNan);
        slowdown.most.push_back(isKnown ? times * last->steps.values[i] / first->steps.least[i]
                                        : kNan);
    }
    return slowdown;
}

std::vector<Part> batchParts(const std::vector<CellResult>& results, const Standard& standard) {
    const auto target = targetOf(results, standard);
    if (!target) {
        return {};
    }
    const std::vector<ToTarget> all = toTarget(results, *target);
    std::int64_t largest = 1;
    for (const ToTarget& each : all) {
        largest = std::max(largest, each.batch);
    }
    return {compareLess("At batch " + std::to_string(largest) +
                            " SOAP is nearer to linear scaling than AdamW (1 is linear)",
                        slowdownOf(all, Arm::Soap), slowdownOf(all, Arm::AdamW))};
}

} // namespace

Search::Search(std::string task, std::vector<Cell> plan, int seeds, int mostRates)
    : task_(std::move(task))
    , plan_(std::move(plan))
    , seeds_(seeds)
    , mostRates_(mostRates)
    , walk_(walkOf(0)) {}

RateWalk Search::walkOf(std::size_t cell) const {
    if (cell >= plan_.size()) {
        return {1.0, mostRates_};
    }
    const Arm arm = plan_[cell].arm;
    const auto last = std::find_if(results_.rbegin(), results_.rend(),
                                   [arm](const auto& each) { return each.cell.arm == arm; });
    return {last != results_.rend() ? last->rate : firstRate(task_, arm), mostRates_};
}

std::optional<Trial> Search::next() const {
    if (results_.size() == plan_.size()) {
        return std::nullopt;
    }
    Trial trial;
    trial.cell = results_.size();
    trial.rate = *walk_.next();
    trial.seed = static_cast<int>(atRate_.size());
    return trial;
}

void Search::add(double loss, double seconds) {
    std::optional<Trial> trial = next();
    if (!trial) {
        return;
    }
    trial->loss = std::isfinite(loss) ? loss : kInfinity;
    trial->seconds = seconds;
    trials_.push_back(*trial);
    atRate_.push_back(*trial);
    if (static_cast<int>(atRate_.size()) == seeds_) {
        finishRate();
    }
}

void Search::finishRate() {
    const double rate = atRate_.front().rate;
    walk_.add(quartilesOf(lossesOf(atRate_)).middle);
    if (walk_.best() == rate) {
        atBest_ = atRate_;
    }
    atRate_.clear();
    if (!walk_.next()) {
        finishCell();
    }
}

void Search::finishCell() {
    CellResult result;
    result.cell = plan_[results_.size()];
    result.rate = walk_.best();
    result.isAtEdge = walk_.isAtEdge();
    result.tried = walk_.tried();
    result.losses = lossesOf(atBest_);
    // Time does not depend on the rate, but on what else the machine does: the least of some. The
    // least of more would be less, so a longer walk adds none.
    const auto seeds = static_cast<std::size_t>(seeds_);
    result.seconds.assign(seeds, kInfinity);
    std::vector<int> taken(seeds, 0);
    for (const Trial& each : trials_) {
        const auto seed = static_cast<std::size_t>(each.seed);
        if (each.cell == results_.size() && std::isfinite(each.loss) && taken[seed] < kLeastRates) {
            result.seconds[seed] = std::min(result.seconds[seed], each.seconds);
            ++taken[seed];
        }
    }
    results_.push_back(std::move(result));
    atBest_.clear();
    walk_ = walkOf(results_.size());
}

std::optional<double> targetOf(const std::vector<CellResult>& results, const Standard& standard) {
    if (standard.target > 0.0) {
        return standard.target;
    }
    for (const CellResult& each : results) { // the smallest batch comes first
        if (each.cell.arm == Arm::AdamW && each.cell.steps == standard.steps) {
            const double loss = quartilesOf(each.losses).middle;
            return std::isfinite(loss) ? std::optional(loss) : std::nullopt;
        }
    }
    return std::nullopt;
}

std::vector<ToTarget> toTarget(const std::vector<CellResult>& results, double target) {
    std::vector<ToTarget> all;
    for (const CellResult& each : results) {
        const bool isKnown = std::any_of(all.begin(), all.end(), [&each](const ToTarget& known) {
            return known.arm == each.cell.arm && known.batch == each.cell.batch;
        });
        if (isKnown) {
            continue;
        }
        auto cells = cellsWhere(results, [&each](const Cell& cell) {
            return cell.arm == each.cell.arm && cell.batch == each.cell.batch;
        });
        std::sort(cells.begin(), cells.end(), [](const CellResult* a, const CellResult* b) {
            return a->cell.steps < b->cell.steps;
        });
        const std::string name = label(each.cell.arm);
        ToTarget one{each.cell.arm, each.cell.batch, {name, {}, false}, {name, {}, false}};
        for (std::size_t seed = 0; seed < each.losses.size(); ++seed) {
            std::vector<Budget> budgets;
            for (const CellResult* cell : cells) {
                budgets.push_back({static_cast<double>(cell->cell.steps), cell->losses[seed]});
            }
            const Reach steps = stepsToTarget(budgets, target);
            const CellResult& longest = *cells.back();
            const double seconds = longest.seconds[seed]; // infinite where all diverged
            const double aStep =
                std::isfinite(seconds) ? seconds / static_cast<double>(longest.cell.steps) : kNan;
            one.steps.values.push_back(steps.most);
            one.steps.least.push_back(steps.least);
            one.seconds.values.push_back(steps.most * aStep);
            one.seconds.least.push_back(steps.least * aStep);
        }
        for (const CellResult* cell : cells) {
            one.steps.isAtEdge = one.steps.isAtEdge || cell->isAtEdge;
        }
        one.seconds.isAtEdge = one.steps.isAtEdge;
        all.push_back(std::move(one));
    }
    return all;
}

Measured lossOf(const std::vector<CellResult>& results, Arm arm, std::int64_t f) {
    const auto cells = cellsWhere(
        results, [arm, f](const Cell& cell) { return cell.arm == arm && cell.refreshPeriod == f; });
    return cells.empty() ? Measured{label(arm), {}, false} : measured(*cells.front());
}

std::vector<Part> partsOf(Claim claim, const std::vector<CellResult>& results,
                          const Standard& standard) {
    switch (claim) {
    case Claim::FewerSteps:
        return stepParts(results, standard);
    case Claim::Staleness:
        return stalenessParts(results);
    case Claim::SameAtOne:
        return {compareAlike("At f = 1 SOAP is as good as Shampoo", lossOf(results, Arm::Soap, 1),
                             lossOf(results, Arm::Shampoo, 1), standard.margin)};
    case Claim::QrAsEigh:
        return eighParts(results, standard.margin);
    case Claim::Thrifty:
        return thriftyParts(results, standard.margin);
    case Claim::BatchSize:
        break;
    }
    return batchParts(results, standard);
}

} // namespace psephos::experiments::claims
