// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/panels.hpp"

#include "ui/panels/bars_view.hpp"
#include "ui/panels/curves_view.hpp"
#include "ui/panels/heatmap_view.hpp"
#include "ui/panels/landscape_view.hpp"
#include "ui/panels/leaders_view.hpp"
#include "ui/panels/line_view.hpp"
#include "ui/panels/maps_view.hpp"
#include "ui/panels/marks_view.hpp"
#include "ui/panels/notes_view.hpp"
#include "ui/panels/race_view.hpp"
#include "ui/panels/response_view.hpp"
#include "ui/panels/rows_view.hpp"
#include "ui/panels/scatter_view.hpp"
#include "ui/panels/stacks_view.hpp"
#include "ui/panels/standings_view.hpp"
#include "ui/panels/table_view.hpp"
#include "ui/panels/ternary_view.hpp"
#include "ui/panels/tournament_view.hpp"

namespace psephos::ui {

namespace {

template <typename View>
PanelFactory factoryOf() {
    return [](const lab::Panel& panel, ComparisonModel& model, QWidget* parent) -> PanelView* {
        return new View(panel, model, parent);
    };
}

} // namespace

void registerPanels(PanelRegistry& registry) {
    registry.add(QStringLiteral("line"), factoryOf<LineView>());
    registry.add(QStringLiteral("landscape"), factoryOf<LandscapeView>());
    registry.add(QStringLiteral("heatmap"), factoryOf<HeatmapView>());
    registry.add(QStringLiteral("maps"), factoryOf<MapsView>());
    registry.add(QStringLiteral("marks"), factoryOf<MarksView>());
    registry.add(QStringLiteral("bars"), factoryOf<BarsView>());
    registry.add(QStringLiteral("stacks"), factoryOf<StacksView>());
    registry.add(QStringLiteral("curves"), factoryOf<CurvesView>());
    registry.add(QStringLiteral("intervals"), factoryOf<IntervalsView>());
    registry.add(QStringLiteral("dumbbells"), factoryOf<DumbbellsView>());
    registry.add(QStringLiteral("scatter"), factoryOf<ScatterView>());
    registry.add(QStringLiteral("ternary"), factoryOf<TernaryView>());
    registry.add(QStringLiteral("tournament"), factoryOf<TournamentView>());
    registry.add(QStringLiteral("leaders"), factoryOf<LeadersView>());
    registry.add(QStringLiteral("race"), factoryOf<RaceView>());
    registry.add(QStringLiteral("standings"), factoryOf<StandingsView>());
    registry.add(QStringLiteral("response"), factoryOf<ResponseView>());
    registry.add(QStringLiteral("notes"), factoryOf<NotesView>());
    registry.add(QStringLiteral("table"), factoryOf<TableView>());
}

PanelView* createFallback(const lab::Panel& panel, ComparisonModel& model, QWidget* parent) {
    return new TableView(panel, model, parent,
                         TableView::tr("This version can't draw “%1” panels: here is their data.")
                             .arg(QString::fromStdString(panel.kind)));
}

} // namespace psephos::ui
