// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/ternary_view.hpp"

#include "lab/value.hpp"
#include "ui/panels/comparison_model.hpp"
#include "ui/panels/table_parts.hpp"
#include "ui/plot/colours.hpp"
#include "ui/plot/end_labels.hpp"
#include "ui/plot/label_layout.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/theme/theme.hpp"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace psephos::ui {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int kMostDivisions = 400;
/// Steps of colour: edges between them read as contour lines.
constexpr int kBands = 12;

QFont cornerFont() {
    return textFont(13, QFont::DemiBold);
}

double banded(double share) {
    return (std::min(std::floor(share * kBands), kBands - 1.0) + 0.5) / kBands;
}

} // namespace

std::optional<TernaryField> TernaryField::from(const std::vector<Shares>& points,
                                               const std::vector<double>& values) {
    TernaryField field;
    const std::size_t count = points.size();
    while (static_cast<std::size_t>((field.divisions_ + 1) * (field.divisions_ + 2) / 2) < count) {
        ++field.divisions_;
    }
    const int n = field.divisions_;
    if (static_cast<std::size_t>((n + 1) * (n + 2) / 2) != count || n > kMostDivisions ||
        values.size() != count) {
        return std::nullopt;
    }
    field.values_.assign(static_cast<std::size_t>((n + 1) * (n + 1)), kNan);
    field.low_ = std::numeric_limits<double>::infinity();
    field.high_ = -field.low_;
    for (std::size_t i = 0; i < count; ++i) {
        const double a = points[i][0] * n;
        const double b = points[i][1] * n;
        if (!(std::abs(a - std::round(a)) < 1e-6) || !(std::abs(b - std::round(b)) < 1e-6) ||
            a < -0.5 || b < -0.5 || a + b > n + 0.5) {
            return std::nullopt;
        }
        field.values_[static_cast<std::size_t>(std::lround(a) * (n + 1) + std::lround(b))] =
            values[i];
        if (std::isfinite(values[i])) {
            field.low_ = std::min(field.low_, values[i]);
            field.high_ = std::max(field.high_, values[i]);
        }
    }
    return field.low_ <= field.high_ ? std::optional(std::move(field)) : std::nullopt;
}

double TernaryField::node(int a, int b) const {
    const int n = divisions_;
    return a < 0 || b < 0 || a + b > n ? kNan : values_[static_cast<std::size_t>(a * (n + 1) + b)];
}

double TernaryField::at(const Shares& shares) const {
    constexpr double kEdge = 1e-9;
    if (shares[0] < -kEdge || shares[1] < -kEdge || shares[2] < -kEdge) {
        return kNan;
    }
    const double a = std::clamp(shares[0], 0.0, 1.0) * divisions_;
    const double b = std::clamp(shares[1], 0.0, 1.0) * divisions_;
    int i = std::min(static_cast<int>(a), divisions_ - 1);
    int j = std::min(static_cast<int>(b), divisions_ - 1 - i);
    j = std::max(j, 0);
    const double u = a - i;
    const double v = b - j;
    if (u + v <= 1) { // the small triangle that points as the large one does
        return (1 - u - v) * node(i, j) + u * node(i + 1, j) + v * node(i, j + 1);
    }
    const double across = node(i + 1, j + 1);
    if (std::isnan(across)) { // rounding at the rim
        return (u * node(i + 1, j) + v * node(i, j + 1)) / (u + v);
    }
    return (u + v - 1) * across + (1 - v) * node(i + 1, j) + (1 - u) * node(i, j + 1);
}

std::optional<TernaryField> ternaryFieldOf(const TableParts& table) {
    std::vector<Shares> points;
    std::vector<double> values;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        points.push_back({table.number("a", row), table.number("b", row), table.number("c", row)});
        values.push_back(table.number("value", row));
    }
    return TernaryField::from(points, values);
}

QImage ternaryImage(const TernaryField& field, const QSizeF& box, double scale) {
    constexpr double kBeyond = 0.03; // so far the rim is filled; a clip cuts it smoothly
    const QSize pixels = (box * scale).toSize().expandedTo(QSize(1, 1));
    QImage image(pixels, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    const double span = field.high() - field.low();
    for (int y = 0; y < pixels.height(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < pixels.width(); ++x) {
            const double a = 1 - (y + 0.5) / pixels.height();
            const double c = (x + 0.5) / pixels.width() - a / 2;
            Shares shares{a, 1 - a - c, c};
            for (double& share : shares) {
                share = share < 0 && share > -kBeyond ? 0 : share;
            }
            const double sum = shares[0] + shares[1] + shares[2];
            for (double& share : shares) {
                share /= sum;
            }
            const double value = field.at(shares);
            if (std::isfinite(value)) {
                line[x] = viridis(banded(span > 0 ? (value - field.low()) / span : 0.5)).rgb();
            }
        }
    }
    return image;
}

TernaryView::TernaryView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : LiveView(panel, shown, parent) {
    setMouseTracking(true);
}

QString TernaryView::emptyText() const {
    return tr("All lotteries over three candidates appear here as a triangle.");
}

std::vector<TernaryView::Mark> TernaryView::readMarks(const lab::Run& run,
                                                      std::string_view role) const {
    std::vector<Mark> marks;
    if (const lab::PanelSource* source = sourceWithRole(panel(), role)) {
        const TableParts table(model(), run, *source);
        for (std::size_t row = 0; row < table.rows(); ++row) {
            const Shares shares{table.number("a", row), table.number("b", row),
                                table.number("c", row)};
            const double sum = shares[0] + shares[1] + shares[2];
            if (std::isfinite(sum)) {
                marks.push_back({shares, table.words("label", row)});
            }
        }
    }
    return marks;
}

void TernaryView::readField(const lab::Run& run) {
    if (const lab::PanelSource* source = sourceWithRole(panel(), "field")) {
        field_ = ternaryFieldOf(TableParts(model(), run, *source));
    }
}

void TernaryView::refresh(bool /*atOnce*/) {
    field_.reset();
    path_.clear();
    marks_.clear();
    names_ = {};
    for (const lab::RunPtr& run : visibleRuns(model(), panel())) {
        const bool isOther = model().emphasised() && *model().emphasised() != run->id();
        if (isOther || field_ || !path_.empty()) {
            continue;
        }
        readField(*run);
        path_ = readMarks(*run, "path");
        marks_ = readMarks(*run, "marks");
        if (const lab::PanelSource* source = sourceWithRole(panel(), "corners")) {
            const TableParts table(model(), *run, *source);
            for (std::size_t row = 0; row < std::min<std::size_t>(3, table.rows()); ++row) {
                names_[row] = table.words("name", row);
            }
        }
    }
    setEmpty(!field_ && path_.empty() && marks_.empty());
    update();
}

QString TernaryView::csv() const {
    QString out = QStringLiteral("what,label,a,b,c\n");
    const auto write = [&out](const QString& what, const std::vector<Mark>& marks) {
        for (const Mark& mark : marks) {
            out += what + QLatin1Char(',') + csvField(mark.label);
            for (const double share : mark.shares) {
                out += QLatin1Char(',') + text(lab::toText(share));
            }
            out += QLatin1Char('\n');
        }
    };
    write(QStringLiteral("path"), path_);
    write(QStringLiteral("mark"), marks_);
    return out;
}

std::array<QPointF, 3> TernaryView::corners() const {
    const double top = 34;
    const double bottom = 34;
    const double tall = std::max(10.0, height() - top - bottom);
    const double half = std::min(tall / std::numbers::sqrt3, std::max(10.0, (width() - 40.0) / 2));
    const double height = half * std::numbers::sqrt3;
    const double x = width() / 2.0;
    const double y = top + (tall - height) / 2;
    return {QPointF(x, y), QPointF(x - half, y + height), QPointF(x + half, y + height)};
}

QPointF TernaryView::pixelOf(const Shares& shares) const {
    const auto at = corners();
    return shares[0] * at[0] + shares[1] * at[1] + shares[2] * at[2];
}

Shares TernaryView::sharesAt(const QPointF& position) const {
    const auto at = corners();
    const double tall = at[1].y() - at[0].y();
    const double a = (at[1].y() - position.y()) / tall;
    const double across = (position.x() - at[1].x()) / (at[2].x() - at[1].x());
    const double c = across - a / 2;
    return {a, 1 - a - c, c};
}

void TernaryView::paintField(QPainter& painter) const {
    const Theme& theme = ThemeHub::instance().theme();
    const auto at = corners();
    QPainterPath triangle;
    triangle.addPolygon(QPolygonF{at[0], at[1], at[2], at[0]});
    if (field_) {
        const QRectF box = triangle.boundingRect();
        painter.save();
        painter.setClipPath(triangle);
        painter.drawImage(box,
                          ternaryImage(*field_, box.size(), painter.device()->devicePixelRatioF()));
        painter.restore();
    }
    painter.strokePath(triangle, QPen(theme.strongLine, 1.2));
}

void TernaryView::paintPath(QPainter& painter) const {
    const Theme& theme = ThemeHub::instance().theme();
    QPolygonF line;
    for (const Mark& mark : path_) {
        line << pixelOf(mark.shares);
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.mapHalo, 4.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(line);
    painter.setPen(QPen(theme.onMap, 2.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(line);
    const QFont font = textFont(12, QFont::DemiBold);
    const QFontMetricsF metrics(font);
    const QRectF bounds = QRectF(rect()).adjusted(4, 4, -4, -4);
    std::vector<QRectF> taken{nameBox(0), nameBox(1), nameBox(2)};
    const auto draw = [&](const Mark& mark, const QColor& fill, double radius) {
        const QPointF centre = pixelOf(mark.shares);
        painter.setPen(QPen(theme.mapHalo, 1.4));
        painter.setBrush(fill);
        painter.drawEllipse(centre, radius, radius);
        taken.emplace_back(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius);
    };
    for (const Mark& mark : path_) {
        draw(mark, theme.onMap, mark.label.isEmpty() ? 2.4 : 4.6);
    }
    for (const Mark& mark : marks_) {
        draw(mark, theme.runs[1], 5.4);
    }
    for (const auto* marks : {&path_, &marks_}) {
        for (const Mark& mark : *marks) {
            const QSizeF size(metrics.horizontalAdvance(mark.label), metrics.height());
            const QRectF box = besidePoint(pixelOf(mark.shares), size, 9, bounds, taken);
            if (!mark.label.isEmpty()) {
                taken.push_back(box);
                paintHaloText(painter, QPointF(box.left(), box.top() + metrics.ascent()),
                              mark.label, font, theme.onMap, theme.mapHalo);
            }
        }
    }
}

QRectF TernaryView::nameBox(std::size_t corner) const {
    const QFontMetricsF metrics(cornerFont());
    const QPointF at = corners()[corner];
    const double wide = std::min(metrics.horizontalAdvance(names_[corner]), width() * 0.42);
    const double x = std::clamp(at.x() - wide / 2, 4.0, std::max(4.0, width() - wide - 4));
    const double y = corner == 0 ? at.y() - 10 - metrics.ascent() : at.y() + 10;
    return {x, y, wide, metrics.height()};
}

void TernaryView::paintNames(QPainter& painter) const {
    const QFontMetricsF metrics(cornerFont());
    painter.setFont(cornerFont());
    painter.setPen(ThemeHub::instance().theme().text);
    for (std::size_t i = 0; i < names_.size(); ++i) {
        const QRectF box = nameBox(i);
        painter.drawText(QPointF(box.left(), box.top() + metrics.ascent()),
                         metrics.elidedText(names_[i], Qt::ElideRight, box.width() + 1));
    }
}

void TernaryView::paintBar(QPainter& painter) const {
    if (!field_ || width() < 300 || height() < 160) {
        return;
    }
    const Theme& theme = ThemeHub::instance().theme();
    const QFont font = textFont(11);
    const QFontMetricsF metrics(font);
    const QString title = axisTitle(text(panel().y.label), text(panel().y.unit));
    const double tall = std::min(120.0, height() * 0.3);
    const QRectF bar(width() - 70.0, 40, 11, tall);
    const auto ramp = [](double t) { return viridis(banded(t)); };
    paintColourBar(painter, bar, ramp,
                   {{0, shortNumber(field_->low(), 2)}, {1, shortNumber(field_->high(), 2)}});
    painter.setFont(font);
    painter.setPen(theme.muted);
    painter.drawText(QPointF(width() - 12 - metrics.horizontalAdvance(title), 26), title);
}

void TernaryView::paintHover(QPainter& painter) const {
    if (!hover_) {
        return;
    }
    const Shares shares = sharesAt(*hover_);
    if (std::ranges::any_of(shares, [](double share) { return share < 0; })) {
        return;
    }
    std::vector<LegendRow> rows;
    for (std::size_t i = 0; i < 3; ++i) {
        rows.push_back({{}, names_[i], percentText(shares[i]), false, 0});
    }
    const double value = field_ ? field_->at(shares) : kNan;
    if (std::isfinite(value)) {
        rows.push_back({{}, text(panel().y.label), shortNumber(value), false, 0});
    }
    paintReadOut(painter, *hover_, QRectF(rect()).adjusted(4, 4, -4, -4), {}, rows);
}

void TernaryView::paintEvent(QPaintEvent* /*event*/) {
    if (isEmpty()) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    paintField(painter);
    paintPath(painter);
    paintNames(painter);
    paintBar(painter);
    paintHover(painter);
}

void TernaryView::mouseMoveEvent(QMouseEvent* event) {
    hover_ = event->position();
    update();
}

void TernaryView::leaveEvent(QEvent* event) {
    LiveView::leaveEvent(event);
    hover_.reset();
    update();
}

} // namespace psephos::ui
