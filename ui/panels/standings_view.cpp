// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/standings_view.hpp"

#include "ui/panels/reading.hpp"
#include "ui/plot/number_text.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace psephos::ui {

namespace {

QString placeText(const Places& places) {
    if (!places) {
        return QStringLiteral("–");
    }
    const QString first = QString::number(places->first);
    return places->first == places->second
               ? first
               : first + QStringLiteral("–") + QString::number(places->second);
}

QString quartilesText(const lab::Spread& value) {
    return value.count < 2
               ? QStringLiteral("–")
               : shortNumber(value.low, 4) + QStringLiteral(" … ") + shortNumber(value.high, 4);
}

CellModel::Cell number(double value, int significant) {
    CellModel::Cell cell = CellModel::number(value, "");
    if (value != std::round(value)) {
        cell.text = shortNumber(value, significant);
    }
    return cell;
}

/// A clock that stands still is no cost of reaching anything.
bool isConstant(const std::vector<lab::CohortPoint>& points) {
    return points.size() > 1 && points.front().clock == points.back().clock;
}

} // namespace

std::vector<Places> placesOf(const std::vector<lab::Spread>& values) {
    std::vector<Places> places;
    for (const lab::Spread& own : values) {
        const auto better = std::ranges::count_if(
            values, [&own](const lab::Spread& other) { return other.high < own.low; });
        const auto worse = std::ranges::count_if(
            values, [&own](const lab::Spread& other) { return own.high < other.low; });
        places.push_back(own.count < 2
                             ? Places()
                             : std::pair{static_cast<std::size_t>(better) + 1,
                                         values.size() - static_cast<std::size_t>(worse)});
    }
    return places;
}

StandingsView::StandingsView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : TableView(panel, shown, parent) {}

QString StandingsView::emptyText() const {
    return tr("Who stands where, and what it cost, appears here with the first look.");
}

void StandingsView::fill(CellModel& cells) {
    struct Standing {
        const lab::Cohort* cohort;
        lab::Spread value;
    };

    const RaceReading race(panel(), model());
    std::vector<Standing> standings;
    for (const lab::Cohort& cohort : race.cohorts()) {
        const std::vector<lab::CohortPoint> points = race.points(cohort, {});
        if (!points.empty()) {
            standings.push_back({&cohort, points.back().value});
        }
    }
    std::ranges::stable_sort(standings, {},
                             [](const Standing& standing) { return standing.value.median; });
    std::vector<lab::Spread> values;
    for (const Standing& standing : standings) {
        values.push_back(standing.value);
    }
    const std::vector<Places> places = placesOf(values);
    const std::vector<RaceClock> clocks = clocksOf(panel(), model());
    const QString target = race.target() ? shortNumber(*race.target()) : QString();

    std::vector<QString> header{tr("place"), tr("who"), tr("runs"), tr("median loss"),
                                tr("quartiles")};
    std::vector<std::vector<CellModel::Cell>> rows;
    for (std::size_t i = 0; i < standings.size(); ++i) {
        const Standing& standing = standings[i];
        rows.push_back(
            {CellModel::words(placeText(places[i])), CellModel::words(text(standing.cohort->name)),
             CellModel::number(static_cast<double>(standing.cohort->runs.size()), ""),
             number(standing.value.median, 4), CellModel::words(quartilesText(standing.value))});
    }
    for (const RaceClock& clock : clocks) {
        std::vector<std::vector<lab::CohortPoint>> all;
        for (const Standing& standing : standings) {
            all.push_back(race.points(*standing.cohort, clock.clock));
        }
        const bool standsStill = !all.empty() && std::ranges::all_of(all, isConstant);
        const QString title = axisTitle(clock.label, clock.unit);
        header.push_back(standsStill || target.isEmpty() ? title
                                                         : tr("%1 to %2").arg(title, target));
        for (std::size_t i = 0; i < standings.size(); ++i) {
            if (standsStill) {
                rows[i].push_back(number(all[i].back().clock, 3));
                continue;
            }
            const auto when = race.reached(*standings[i].cohort, clock.clock);
            const bool isNever = !when || !std::isfinite(when->median);
            rows[i].push_back(isNever ? CellModel::words(tr("not reached"))
                                      : number(when->median, 3));
            rows[i].back().isNumber = true; // stands with the numbers of its column
        }
    }
    cells.set(std::move(header), std::move(rows));
}

} // namespace psephos::ui
