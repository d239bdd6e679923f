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

std::size_t TournamentView::nodeNamed(const QString& name) {
    const auto found = std::ranges::find(nodes_, name, &Node::name);
    if (found != nodes_.end()) {
        return static_cast<std::size_t>(found - nodes_.begin());
    }
    nodes_.push_back({name, false, 0});
    return nodes_.size() - 1;
}

void TournamentView::read(const lab::Run& run) {
    if (const lab::PanelSource* source = sourceWithRole(panel(), "nodes")) {
        const TableParts table(model(), run, *source);
        for (std::size_t row = 0; row < table.rows(); ++row) {
            const std::size_t node = nodeNamed(table.words("name", row));
            const double highlight = table.number("highlight", row);
            nodes_[node].isHighlighted = std::isfinite(highlight) && highlight != 0;
        }
    }
    if (const lab::PanelSource* source = sourceWithRole(panel(), "edges")) {
        const TableParts table(model(), run, *source);
        for (std::size_t row = 0; row < table.rows(); ++row) {
            const std::size_t from = nodeNamed(table.words("from", row));
            const std::size_t to = nodeNamed(table.words("to", row));
            const double margin = table.number("margin", row);
            if (from == to || !std::isfinite(margin) || margin == 0) {
                continue;
            }
            edges_.push_back(margin > 0 ? Edge{from, to, margin} : Edge{to, from, -margin});
            nodes_[edges_.back().from].wins += 1;
        }
    }
}

void TournamentView::refresh(bool /*atOnce*/) {
    const QString before =
        hovered_ && *hovered_ < nodes_.size() ? nodes_[*hovered_].name : QString();
    nodes_.clear();
    edges_.clear();
    hovered_.reset();
    for (const lab::RunPtr& run : visibleRuns(model())) {
        const bool isOther = model().emphasised() && *model().emphasised() != run->id();
        if (nodes_.empty() && !isOther) {
            read(*run);
        }
    }
    const auto again = std::ranges::find(nodes_, before, &Node::name);
    if (!before.isEmpty() && again != nodes_.end()) {
        hovered_ = static_cast<std::size_t>(again - nodes_.begin());
    }
    arrange();
    setEmpty(nodes_.empty());
    update();
}

void TournamentView::arrange() {
    std::vector<std::size_t> order(nodes_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (byWins_) {
        std::ranges::stable_sort(order, std::greater<>(),
                                 [this](std::size_t i) { return nodes_[i].wins; });
    }
    seat_.resize(nodes_.size());
    for (std::size_t seat = 0; seat < order.size(); ++seat) {
        seat_[order[seat]] = seat;
    }
}

QString TournamentView::csv() const {
    QString out = QStringLiteral("from,to,margin\n");
    for (const Edge& edge : edges_) {
        out += csvField(nodes_[edge.from].name) + QLatin1Char(',') +
               csvField(nodes_[edge.to].name) + QLatin1Char(',') + text(lab::toText(edge.margin)) +
               QLatin1Char('\n');
    }
    return out;
}

QString TournamentView::sentence(std::size_t node) const {
    const auto losses = std::ranges::count(edges_, node, &Edge::to);
    return tr("%1 beats %2 and loses to %3")
        .arg(nodes_[node].name)
        .arg(static_cast<int>(nodes_[node].wins))
        .arg(losses);
}

TournamentView::Place TournamentView::place() const {
    double widest = 0;
    const QFontMetricsF metrics(textFont(12, QFont::DemiBold));
    for (const Node& node : nodes_) {
        widest = std::max(widest, metrics.horizontalAdvance(node.name));
    }
    Place place;
    place.centre = QRectF(rect()).center();
    const double beside = std::min(widest, width() * 0.24) + 22;
    place.radius = std::max(20.0, std::min(width() / 2.0 - beside, height() / 2.0 - 34));
    const auto count = static_cast<double>(std::max<std::size_t>(3, nodes_.size()));
    place.node = std::clamp(place.radius * std::numbers::pi / count * 0.45, 3.0, 11.0);
    return place;
}

QPointF TournamentView::at(const Place& place, std::size_t node) const {
    const double turn = 2 * std::numbers::pi * static_cast<double>(seat_[node]) /
                        static_cast<double>(nodes_.size());
    return place.centre + place.radius * QPointF(std::sin(turn), -std::cos(turn));
}

QPointF TournamentView::pixelOf(std::size_t node) const {
    return at(place(), node);
}

std::optional<std::size_t> TournamentView::nodeUnder(const QPointF& position) const {
    const Place place = this->place();
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const QPointF away = at(place, i) - position;
        if (std::hypot(away.x(), away.y()) <= place.node + 5) {
            return i;
        }
    }
    return std::nullopt;
}

void TournamentView::paintEdge(QPainter& painter, const Place& place, const Edge& edge,
                               double strength) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QPointF from = at(place, edge.from);
    const QPointF to = at(place, edge.to);
    const QPointF along = to - from;
    const double length = std::hypot(along.x(), along.y());
    if (length < 2 * place.node + 4) {
        return;
    }
    const bool isTop = nodes_[edge.from].isHighlighted && nodes_[edge.to].isHighlighted;
    const bool isAbout = hovered_ && (edge.from == *hovered_ || edge.to == *hovered_);
    const double presence = hovered_                           ? (isAbout ? 1.0 : 0.06)
                            : nodes_.size() <= kClear || isTop ? 0.35 + 0.65 * strength
                                                               : 0.12 + 0.25 * strength;
    const QColor ink = hovered_ && isAbout
                           ? (edge.from == *hovered_ ? theme.divergingHigh : theme.divergingLow)
                       : isTop ? theme.accent
                               : theme.muted;
    const QColor colour = mix(theme.panel, ink, presence);
    const QPointF unit = along / length;
    const QPointF side(-unit.y(), unit.x());
    const double width = 0.8 + 3.6 * strength;
    const double head = 5 + 1.6 * width;
    const QPointF tip = to - unit * (place.node + 3);
    const QPointF neck = tip - unit * head;
    painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::FlatCap));
    painter.drawLine(from + unit * (place.node + 2), neck + unit);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawPolygon(QPolygonF{tip, neck + side * head * 0.45, neck - side * head * 0.45});
}

void TournamentView::paintNodes(QPainter& painter, const Place& place) const {
    const Theme& theme = ThemeHub::instance().theme();
    const QFont font = textFont(12, QFont::DemiBold);
    const QFontMetricsF metrics(font);
    const double around = 2 * std::numbers::pi * place.radius;
    const bool hasRoom = around / static_cast<double>(nodes_.size()) >= kNameHeight * 0.75;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const QPointF centre = at(place, i);
        painter.setPen(QPen(nodes_[i].isHighlighted ? theme.accent : theme.muted, 1.6));
        painter.setBrush(nodes_[i].isHighlighted ? theme.accent : theme.panel);
        painter.drawEllipse(centre, place.node, place.node);
        if (!hasRoom && !nodes_[i].isHighlighted && hovered_ != i) {
            continue;
        }
        const QPointF out = (centre - place.centre) / place.radius;
        const double room = out.x() < -0.2  ? centre.x() - place.node - 12
                            : out.x() > 0.2 ? width() - centre.x() - place.node - 12
                                            : width() * 0.5;
        const QString words = metrics.elidedText(nodes_[i].name, Qt::ElideRight, room);
        const double wide = metrics.horizontalAdvance(words);
        const QPointF anchor = centre + out * (place.node + 8);
        const double x = out.x() < -0.2  ? anchor.x() - wide
                         : out.x() > 0.2 ? anchor.x()
                                         : anchor.x() - wide / 2;
        const double y = anchor.y() + metrics.capHeight() / 2 + out.y() * metrics.capHeight() * 0.6;
        painter.setFont(font);
        painter.setPen(nodes_[i].isHighlighted ? theme.accent : theme.text);
        painter.drawText(QPointF(x, y), words);
    }
}

void TournamentView::paintEvent(QPaintEvent* /*event*/) {
    if (nodes_.empty()) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Place place = this->place();
    double most = 0;
    for (const Edge& edge : edges_) {
        most = std::max(most, edge.margin);
    }
    std::vector<const Edge*> byStrength;
    for (const Edge& edge : edges_) {
        byStrength.push_back(&edge);
    }
    std::ranges::stable_sort(byStrength, {}, [](const Edge* edge) { return edge->margin; });
    for (const Edge* edge : byStrength) {
        paintEdge(painter, place, *edge, edge->margin / most);
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
