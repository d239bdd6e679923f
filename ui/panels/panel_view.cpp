// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/panel_view.hpp"

#include "ui/panels/panels.hpp"
#include "ui/plot/plot.hpp"

#include <algorithm>
#include <utility>

namespace psephos::ui {

PanelView::PanelView(const lab::Panel& panel, ComparisonModel& model, QWidget* parent)
    : QWidget(parent)
    , panel_(panel)
    , model_(model) {
    setObjectName(QStringLiteral("panel.") + QString::fromStdString(panel.id));
    setAccessibleName(QString::fromStdString(panel.title));
    setAccessibleDescription(QString::fromStdString(panel.meaning));
    setMinimumSize(120, 80);
}

void PanelView::setSwitch(const QString& /*id*/, int /*option*/) {}

QString PanelView::meaning() const {
    return QString::fromStdString(panel_.meaning);
}

QImage PanelView::image(double scale) {
    refreshNow();
    return imageOf(*this, scale);
}

QString PanelView::emptyText() const {
    return tr("%1 appears here as soon as a run has computed it.")
        .arg(QString::fromStdString(panel_.title));
}

PanelRegistry::PanelRegistry() {
    registerPanels(*this);
}

PanelRegistry& PanelRegistry::instance() {
    static PanelRegistry registry;
    return registry;
}

void PanelRegistry::add(const QString& kind, PanelFactory factory) {
    const auto known =
        std::ranges::find(factories_, kind, &std::pair<QString, PanelFactory>::first);
    if (known != factories_.end()) {
        known->second = std::move(factory);
    } else {
        factories_.emplace_back(kind, std::move(factory));
    }
}

PanelView* PanelRegistry::create(const lab::Panel& panel, ComparisonModel& model,
                                 QWidget* parent) const {
    const QString kind = QString::fromStdString(panel.kind);
    const auto known =
        std::ranges::find(factories_, kind, &std::pair<QString, PanelFactory>::first);
    return known != factories_.end() ? known->second(panel, model, parent)
                                     : createFallback(panel, model, parent);
}

} // namespace psephos::ui
