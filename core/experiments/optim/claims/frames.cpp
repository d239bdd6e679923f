// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/claims/frames.hpp"

#include "experiments/optim/claims/knobs.hpp"
#include "experiments/optim/claims/sentences.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace psephos::experiments::claims {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double shown(double value) {
    return std::isfinite(value) ? value : kNan;
}

/// A word, x, a median between its quartiles.
struct CurveColumns {
    std::vector<std::string> name;
    std::vector<double> x, value, low, high;

    void add(const std::string& series, double at, const std::vector<double>& values) {
        const Quartiles spread = quartilesOf(values);
        name.push_back(series);
        x.push_back(at);
        value.push_back(shown(spread.middle));
        low.push_back(shown(spread.low));
        high.push_back(shown(spread.high));
    }

    /// As [name, x, value, low, high].
    [[nodiscard]] lab::Table curves() && {
        return {{std::move(name), std::move(x), std::move(value), std::move(low), std::move(high)}};
    }

    /// As [name, value, low, high].
    [[nodiscard]] lab::Table rows() && {
        return {{std::move(name), std::move(value), std::move(low), std::move(high)}};
    }
};

/// The losses of a cell's trials by learning rate, where every seed is there.
std::map<double, std::vector<double>> byRate(const Search& search, std::size_t cell,
                                             std::size_t seeds) {
    std::map<double, std::vector<double>> losses;
    for (const Trial& each : search.trials()) {
        if (each.cell == cell) {
            losses[each.rate].push_back(each.loss);
        }
    }
    std::erase_if(losses, [seeds](const auto& each) { return each.second.size() < seeds; });
    return losses;
}

void emitRates(lab::RunContext& context, const Search& search) {
    const auto seeds = static_cast<std::size_t>(context.knobs().integer("seeds"));
    std::map<Arm, std::size_t> newest; // the last cell of each arm that was begun
    for (const Trial& each : search.trials()) {
        newest[search.plan()[each.cell].arm] = each.cell;
    }
    CurveColumns columns;
    for (const auto& [arm, cell] : newest) {
        for (const auto& [rate, losses] : byRate(search, cell, seeds)) {
            columns.add(label(arm), rate, losses);
        }
    }
    context.emit("rates", std::move(columns).curves());
}

void emitTable(lab::RunContext& context, const Search& search) {
    const Claim claim = claimOf(context.knobs());
    std::vector<std::string> arm, setting, place;
    std::vector<double> rate, middle, low, high, milliseconds;
    for (const CellResult& each : search.results()) {
        const Quartiles loss = quartilesOf(each.losses);
        arm.push_back(label(each.cell.arm));
        setting.push_back(settingOf(claim, each.cell));
        place.push_back(placeOf(each));
        rate.push_back(each.rate);
        middle.push_back(shown(loss.middle));
        low.push_back(shown(loss.low));
        high.push_back(shown(loss.high));
        milliseconds.push_back(shown(1000.0 * quartilesOf(each.seconds).middle /
                                     static_cast<double>(each.cell.steps)));
    }
    context.emit("cells", lab::Table{{std::move(arm), std::move(setting), std::move(rate),
                                      std::move(place), std::move(middle), std::move(low),
                                      std::move(high), std::move(milliseconds)}});
}

void emitStepCurves(lab::RunContext& context, const std::vector<CellResult>& results) {
    CurveColumns columns;
    double shortest = kNan;
    double longest = kNan;
    for (const CellResult& each : results) {
        const auto steps = static_cast<double>(each.cell.steps);
        columns.add(label(each.cell.arm), steps, each.losses);
        shortest = std::fmin(shortest, steps);
        longest = std::fmax(longest, steps);
    }
    const auto target = targetOf(results, standardOf(context.knobs()));
    if (target) {
        columns.add(kTargetLabel, shortest, {*target});
        columns.add(kTargetLabel, longest, {*target});
    }
    context.emit("by_steps", std::move(columns).curves());
    if (!target) {
        return;
    }
    context.emit("target", *target);
    CurveColumns steps;
    CurveColumns seconds;
    for (const ToTarget& each : toTarget(results, *target)) {
        const std::string name = isAtMost(each.steps) ? boundLabel(each.arm) : label(each.arm);
        steps.add(name, 0.0, each.steps.values);
        seconds.add(name, 0.0, each.seconds.values);
    }
    context.emit("steps_to_target", std::move(steps).rows());
    context.emit("seconds_to_target", std::move(seconds).rows());
}

void emitPeriodCurves(lab::RunContext& context, const std::vector<CellResult>& results) {
    const std::vector<std::int64_t> periods = periodsUpTo(context.knobs().integer("steps"));
    CurveColumns columns;
    for (const CellResult& each : results) {
        if (isRefreshed(each.cell.arm)) {
            columns.add(label(each.cell.arm), static_cast<double>(each.cell.refreshPeriod),
                        each.losses);
            continue;
        }
        for (const std::int64_t end : {periods.front(), periods.back()}) { // it has no f
            columns.add(label(each.cell.arm), static_cast<double>(end), each.losses);
        }
    }
    context.emit("by_f", std::move(columns).curves());
}

void emitBatchCurves(lab::RunContext& context, const std::vector<CellResult>& results) {
    const auto target = targetOf(results, standardOf(context.knobs()));
    if (!target) {
        return;
    }
    context.emit("target", *target);
    const std::vector<ToTarget> all = toTarget(results, *target);
    CurveColumns columns;
    for (const ToTarget& each : all) {
        columns.add(label(each.arm), static_cast<double>(each.batch), each.steps.values);
    }
    for (const ToTarget& first : all) {
        const double steps = quartilesOf(first.steps.values).middle;
        for (const ToTarget& each : all) {
            if (first.batch == all.front().batch && each.arm == first.arm) {
                columns.add(
                    linearLabel(first.arm), static_cast<double>(each.batch),
                    {steps * static_cast<double>(first.batch) / static_cast<double>(each.batch)});
            }
        }
    }
    context.emit("by_batch", std::move(columns).curves());
}

void emitArms(lab::RunContext& context, const std::vector<CellResult>& results) {
    CurveColumns columns;
    for (const CellResult& each : results) {
        columns.add(label(each.cell.arm), 0.0, each.losses);
    }
    context.emit("by_arm", std::move(columns).rows());
}

} // namespace

void emitTrials(lab::RunContext& context, const Search& search) {
    const Claim claim = claimOf(context.knobs());
    std::vector<std::string> arm, setting;
    std::vector<double> number, seed, rate, loss, seconds;
    for (const Trial& each : search.trials()) {
        const Cell& cell = search.plan()[each.cell];
        number.push_back(static_cast<double>(number.size() + 1));
        arm.push_back(label(cell.arm));
        setting.push_back(settingOf(claim, cell));
        seed.push_back(each.seed);
        rate.push_back(each.rate);
        loss.push_back(shown(each.loss));
        seconds.push_back(each.seconds);
    }
    context.emit("trials",
                 lab::Table{{std::move(number), std::move(arm), std::move(setting), std::move(seed),
                             std::move(rate), std::move(loss), std::move(seconds)}});
    context.emit("count", static_cast<double>(search.trials().size()));
    emitRates(context, search);
}

void emitCells(lab::RunContext& context, const Search& search) {
    emitTable(context, search);
    const std::vector<CellResult>& results = search.results();
    switch (claimOf(context.knobs())) {
    case Claim::FewerSteps:
        emitStepCurves(context, results);
        break;
    case Claim::Staleness:
    case Claim::QrAsEigh:
        emitPeriodCurves(context, results);
        break;
    case Claim::SameAtOne:
    case Claim::Thrifty:
        emitArms(context, results);
        break;
    case Claim::BatchSize:
        emitBatchCurves(context, results);
        break;
    }
}

void emitVerdict(lab::RunContext& context, const std::vector<Part>& parts) {
    std::vector<std::string> statement, outcome, reason, figures, counts;
    for (const Part& each : parts) {
        statement.push_back(each.statement);
        outcome.emplace_back(verdictWord(each.outcome));
        counts.emplace_back(each.counts ? "yes" : "beside it");
        reason.push_back(each.reason);
        figures.push_back(each.figures);
    }
    context.emit("parts", lab::Table{{std::move(statement), std::move(outcome), std::move(counts),
                                      std::move(reason), std::move(figures)}});
    const Outcome all = overall(parts);
    context.emit("verdict", all == Outcome::Held ? 1.0 : all == Outcome::NotHeld ? -1.0 : 0.0);
}

} // namespace psephos::experiments::claims
