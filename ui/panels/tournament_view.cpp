// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/tournament_view.hpp"

#include "lab/value.hpp"
#include "ui/panels/comparison_model.hpp"
#include "ui/panels/table_parts.hpp"
#include "ui/plot/colours.hpp"
#include "ui/plot/end_labels.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/theme/theme.hpp"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace psephos::ui {

namespace {

/// With more candidates all arrows at once are a tangle: they are drawn faint.
constexpr std::size_t kClear = 12;
/// So many names have room on the circle.
constexpr double kNameHeight = 15;

} // namespace

TournamentView::TournamentView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : LiveView(panel, shown, parent) {
    setMouseTracking(true);
}

std::vector<PanelSwitch> TournamentView::switches() const {
    return {{QStringLiteral("order"), {tr("as given"), tr("by wins")}, byWins_ ? 1 : 0}};
}

void TournamentView::setSwitch(const QString& id, int option) {
    if (id != QStringLiteral("order")) {
        return;
    }
    byWins_ = option == 1;
    arrange();
    Q_EMIT switchesChanged();
    update();
}

QString TournamentView::emptyText() const {
    return tr("Who beats whom appears here with the first result.");
}

void TournamentView::refresh(bool /*atOnce*/) {
    const QString before = hovered_ && *hovered_ < tournament_.nodes.size()
                               ? tournament_.nodes[*hovered_].name
                               : QString();
    tournament_ = {};
    hovered_.reset();
    for (const lab::RunPtr& run : visibleRuns(model(), panel())) {
        const bool isOther = model().emphasised() && *model().emphasised() != run->id();
        if (!tournament_.nodes.empty() || isOther) {
            continue;
        }
        if (const lab::PanelSource* source = sourceWithRole(panel(), "nodes")) {
            tournament_.addNodes(TableParts(model(), *run, *source));
        }
        if (const lab::PanelSource* source = sourceWithRole(panel(), "edges")) {
            tournament_.addEdges(TableParts(model(), *run, *source));
        }
    }
    const auto again = std::ranges::find(tournament_.nodes, before, &Tournament::Node::name);
    if (!before.isEmpty() && again != tournament_.nodes.end()) {
        hovered_ = static_cast<std::size_t>(again - tournament_.nodes.begin());
    }
    arrange();
    setEmpty(tournament_.nodes.empty());
    update();
}

void TournamentView::arrange() {
    std::vector<std::size_t> order(tournament_.nodes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (byWins_) {
        std::ranges::stable_sort(order, std::greater<>(),
                                 [this](std::size_t i) { return tournament_.nodes[i].wins; });
    }
    seat_.resize(tournament_.nodes.size());
    for (std::size_t seat = 0; seat < order.size(); ++seat) {
        seat_[order[seat]] = seat;
    }
}

QString TournamentView::csv() const {
    QString out = QStringLiteral("from,to,margin\n");
    for (const Tournament::Edge& edge : tournament_.edges) {
        out += csvField(tournament_.nodes[edge.from].name) + QLatin1Char(',') +
               csvField(tournament_.nodes[edge.to].name) + QLatin1Char(',') +
               text(lab::toText(edge.margin)) + QLatin1Char('\n');
    }
    return out;
}

QString TournamentView::sentence(std::size_t node) const {
    const auto losses = std::ranges::count(tournament_.edges, node, &Tournament::Edge::to);
    return tr("%1 beats %2 and loses to %3")
        .arg(tournament_.nodes[node].name)
        .arg(static_cast<int>(tournament_.nodes[node].wins))
        .arg(losses);
}

TournamentView::Place TournamentView::place() const {
    double widest = 0;
    const QFontMetricsF metrics(textFont(12, QFont::DemiBold));
    for (const Tournament::Node& node : tournament_.nodes) {
        widest = std::max(widest, metrics.horizontalAdvance(node.name));
    }
    Place place;
    place.centre = QRectF(rect()).center();
    const double beside = std::min(widest, width() * 0.24) + 22;
    place.radius = std::max(20.0, std::min(width() / 2.0 - beside, height() / 2.0 - 34));
    const auto count = static_cast<double>(std::max<std::size_t>(3, tournament_.nodes.size()));
    place.node = std::clamp(place.radius * std::numbers::pi / count * 0.45, 3.0, 11.0);
    return place;
}

QPointF TournamentView::at(const Place& place, std::size_t node) const {
    return seatOnCircle(place.centre, place.radius, seat_[node], seat_.size());
}

QPointF TournamentView::pixelOf(std::size_t node) const {
    return at(place(), node);
}

std::optional<std::size_t> TournamentView::nodeUnder(const QPointF& position) const {
    const Place place = this->place();
    for (std::size_t i = 0; i < tournament_.nodes.size(); ++i) {
        const QPointF away = at(place, i) - position;
        if (std::hypot(away.x(), away.y()) <= place.node + 5) {
            return i;
        }
    }
    return std::nullopt;
}

void TournamentView::paintEdge(QPainter& painter, const Place& place, const Tournament::Edge& edge,
                               double strength) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QPointF from = at(place, edge.from);
    const QPointF to = at(place, edge.to);
    const bool isTop =
        tournament_.nodes[edge.from].isHighlighted && tournament_.nodes[edge.to].isHighlighted;
    const bool isAbout = hovered_ && (edge.from == *hovered_ || edge.to == *hovered_);
    const double presence = hovered_                                      ? (isAbout ? 1.0 : 0.06)
                            : tournament_.nodes.size() <= kClear || isTop ? 0.35 + 0.65 * strength
                                                                          : 0.12 + 0.25 * strength;
    const QColor ink = hovered_ && isAbout
                           ? (edge.from == *hovered_ ? theme.divergingHigh : theme.divergingLow)
                       : isTop ? theme.accent
                               : theme.muted;
    const QColor colour = mix(theme.panel, ink, presence);
    paintArrow(painter, from, to, place.node, strength, colour);
}

void TournamentView::paintNodes(QPainter& painter, const Place& place) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QFont font = textFont(12, QFont::DemiBold);
    const QFontMetricsF metrics(font);
    const double around = 2 * std::numbers::pi * place.radius;
    const bool hasRoom =
        around / static_cast<double>(tournament_.nodes.size()) >= kNameHeight * 0.75;
    for (std::size_t i = 0; i < tournament_.nodes.size(); ++i) {
        const QPointF centre = at(place, i);
        painter.setPen(QPen(tournament_.nodes[i].isHighlighted ? theme.accent : theme.muted, 1.6));
        painter.setBrush(tournament_.nodes[i].isHighlighted ? theme.accent : theme.panel);
        painter.drawEllipse(centre, place.node, place.node);
        if (!hasRoom && !tournament_.nodes[i].isHighlighted && hovered_ != i) {
            continue;
        }
        const QPointF out = (centre - place.centre) / place.radius;
        const double room = out.x() < -0.2  ? centre.x() - place.node - 12
                            : out.x() > 0.2 ? width() - centre.x() - place.node - 12
                                            : width() * 0.5;
        const QString words = metrics.elidedText(tournament_.nodes[i].name, Qt::ElideRight, room);
        const double wide = metrics.horizontalAdvance(words);
        const QPointF anchor = centre + out * (place.node + 8);
        const double x = out.x() < -0.2  ? anchor.x() - wide
                         : out.x() > 0.2 ? anchor.x()
                                         : anchor.x() - wide / 2;
        const double y = anchor.y() + metrics.capHeight() / 2 + out.y() * metrics.capHeight() * 0.6;
        painter.setFont(font);
        painter.setPen(tournament_.nodes[i].isHighlighted ? theme.accent : theme.text);
        painter.drawText(QPointF(x, y), words);
    }
}

void TournamentView::paintEvent(QPaintEvent* /*event*/) {
    if (tournament_.nodes.empty()) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Place place = this->place();
    double most = 0;
    for (const Tournament::Edge& edge : tournament_.edges) {
        most = std::max(most, edge.margin);
    }
    for (const Tournament::Edge& edge : tournament_.byStrength()) {
        paintEdge(painter, place, edge, edge.margin / most);
    }
    paintNodes(painter, place);
    if (hovered_) {
        const Theme& theme = ThemeHub::instance().theme();
        const QFont font = textFont(12);
        paintHaloText(painter, QPointF(14, height() - 12), sentence(*hovered_), font, theme.muted,
                      theme.panel);
    }
}

void TournamentView::mouseMoveEvent(QMouseEvent* event) {
    const auto under = nodeUnder(event->position());
    if (under != hovered_) {
        hovered_ = under;
        update();
    }
}

void TournamentView::leaveEvent(QEvent* event) {
    LiveView::leaveEvent(event);
    hovered_.reset();
    update();
}

} // namespace psephos::ui
