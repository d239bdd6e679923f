// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/miniature.hpp"

#include "ui/panels/reading.hpp"
#include "ui/panels/table_parts.hpp"
#include "ui/panels/trail.hpp"
#include "ui/plot/colours.hpp"
#include "ui/theme/theme.hpp"

#include <QImage>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <limits>

namespace psephos::ui {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kColumns = 60;

std::optional<std::size_t> column(const lab::Run& run, const lab::PanelSource& source,
                                  std::string_view part) {
    const lab::Channel* channel = declared(run, source.channel);
    return channel == nullptr ? std::nullopt : columnFor(*channel, source, part);
}

void readLandscape(const lab::Panel& panel, std::span<const lab::RunPtr> runs,
                   MiniatureData& data) {
    for (const lab::RunPtr& run : runs) {
        const auto history = run->history();
        if (const lab::PanelSource* source = sourceWithRole(panel, "landscape");
            source != nullptr && data.grid == nullptr) {
            if (const auto frame = history->latest(source->channel)) {
                if (const auto* grid = std::get_if<lab::GridPtr>(&frame->payload)) {
                    data.grid = *grid;
                }
            }
        }
        if (const lab::PanelSource* source = sourceWithRole(panel, "path"); source != nullptr) {
            Trail trail(run, *source);
            trail.look();
            MiniatureData::Curve curve;
            curve.number = run->number();
            for (const QPointF& point : trail.points()) {
                curve.x.push_back(point.x());
                curve.y.push_back(point.y());
            }
            data.curves.push_back(std::move(curve));
        }
    }
}

void readLines(const lab::Panel& panel, std::span<const lab::RunPtr> runs, MiniatureData& data) {
    data.isLog = panel.y.scale == lab::Scale::Log;
    // Held-out curves are calm; those of single batches make a tangle at this size.
    const lab::PanelSource* heldOut = sourceWithRole(panel, "validation");
    const lab::PanelSource& source = heldOut != nullptr ? *heldOut : panel.sources.front();
    for (const lab::RunPtr& run : runs) {
        const auto history = run->history();
        const auto extent = history->extent(source.channel);
        if (!extent || extent->count < 2) {
            continue;
        }
        lab::Trace trace =
            history->trace(source.channel, lab::Key::Step, static_cast<double>(extent->firstStep),
                           static_cast<double>(extent->lastStep), kColumns);
        data.curves.push_back({run->number(), std::move(trace.keys), std::move(trace.values)});
    }
}

void readGrid(const lab::Panel& panel, std::span<const lab::RunPtr> runs, MiniatureData& data) {
    if (runs.empty() || panel.sources.empty()) {
        return;
    }
    if (const auto frame = runs.front()->history()->latest(panel.sources.front().channel)) {
        if (const auto* grid = std::get_if<lab::GridPtr>(&frame->payload)) {
            data.grid = *grid;
        }
    }
}

void readBars(const lab::Panel& panel, std::span<const lab::RunPtr> runs, MiniatureData& data) {
    if (runs.empty() || panel.sources.empty()) {
        return;
    }
    const lab::PanelSource& source = panel.sources.front();
    const lab::TablePtr table = newestTable(*runs.front(), source.channel);
    const auto value = column(*runs.front(), source, "value");
    if (table != nullptr && value) {
        data.bars = table->numbers(*value);
    }
}

void readIntervals(const lab::Panel& panel, std::span<const lab::RunPtr> runs,
                   MiniatureData& data) {
    constexpr std::size_t kRows = 7;
    if (runs.empty() || panel.sources.empty()) {
        return;
    }
    const TableParts table(*runs.front(), panel.sources.front());
    for (std::size_t row = 0; row < std::min(kRows, table.rows()); ++row) {
        const std::array<double, 3> numbers{table.number("low", row), table.number("value", row),
                                            table.number("high", row)};
        if (std::isfinite(numbers[1])) {
            data.intervals.push_back(numbers);
        }
    }
}

/// Curves of a table, one a word of `series`; the first source says most.
/// A curve a series of one run, or a curve a run, each in its colour.
void readSweep(const lab::Panel& panel, std::span<const lab::RunPtr> runs, MiniatureData& data) {
    if (panel.sources.empty()) {
        return;
    }
    data.isLog = panel.y.scale == lab::Scale::Log;
    for (const lab::RunPtr& run : runs) {
        const TableParts table(*run, panel.sources.front());
        const std::size_t first = data.curves.size();
        std::vector<QString> series;
        for (std::size_t row = 0; row < table.rows(); ++row) {
            const QString name = table.words("series", row);
            const auto found = std::ranges::find(series, name);
            const auto index = static_cast<std::size_t>(found - series.begin());
            if (found == series.end()) {
                series.push_back(name);
                const auto look =
                    std::ranges::find(panel.colours, name.toStdString(), &lab::PanelColour::word);
                data.curves.push_back({runs.size() > 1 ? run->number()
                                       : look != panel.colours.end()
                                           ? static_cast<std::size_t>(look->run)
                                           : series.size(),
                                       {},
                                       {}});
            }
            data.curves[first + index].x.push_back(table.number("x", row));
            data.curves[first + index].y.push_back(table.number("y", row));
        }
    }
}

void readTriangle(const lab::Panel& panel, std::span<const lab::RunPtr> runs, MiniatureData& data) {
    if (runs.empty()) {
        return;
    }
    if (const lab::PanelSource* source = sourceWithRole(panel, "field")) {
        data.field = ternaryFieldOf(TableParts(*runs.front(), *source));
    }
    if (const lab::PanelSource* source = sourceWithRole(panel, "path")) {
        const TableParts table(*runs.front(), *source);
        MiniatureData::Curve path;
        for (std::size_t row = 0; row < table.rows(); ++row) {
            path.x.push_back(table.number("a", row));
            path.y.push_back(table.number("c", row));
        }
        data.curves.push_back(std::move(path));
    }
}

void readTournament(const lab::Panel& panel, std::span<const lab::RunPtr> runs,
                    MiniatureData& data) {
    if (runs.empty()) {
        return;
    }
    if (const lab::PanelSource* source = sourceWithRole(panel, "nodes")) {
        data.tournament.addNodes(TableParts(*runs.front(), *source));
    }
    if (const lab::PanelSource* source = sourceWithRole(panel, "edges")) {
        data.tournament.addEdges(TableParts(*runs.front(), *source));
    }
}

/// The picture of a grid: bands of heights for a landscape, signed cells for a matrix.
QImage gridImage(const lab::Grid& grid, const Theme& theme, bool isLandscape) {
    const auto columns = static_cast<int>(grid.x.size());
    const auto rows = static_cast<int>(grid.y.size());
    QImage image(std::max(1, columns), std::max(1, rows), QImage::Format_RGB32);
    double low = kInfinity;
    double high = -kInfinity;
    for (const double value : grid.values) {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    const double largest = std::max({std::abs(low), std::abs(high), 1e-300});
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) {
            const double value =
                grid.at(static_cast<std::size_t>(row), static_cast<std::size_t>(column));
            QColor colour = theme.notANumber;
            if (isLandscape && std::isfinite(value)) {
                // Heights on a logarithmic scale in twelve bands, as contours show them.
                const double t = std::log1p(value - low) / std::max(1e-12, std::log1p(high - low));
                const double band = std::floor(t * 12) / 12;
                const auto part = [band](int a, int b) {
                    return static_cast<int>(std::lround(a + (b - a) * band));
                };
                colour = QColor(part(theme.landscapeLow.red(), theme.landscapeHigh.red()),
                                part(theme.landscapeLow.green(), theme.landscapeHigh.green()),
                                part(theme.landscapeLow.blue(), theme.landscapeHigh.blue()));
            } else if (std::isfinite(value)) {
                colour = diverging(theme, value / largest);
            }
            image.setPixelColor(column, isLandscape ? rows - 1 - row : row, colour);
        }
    }
    return image;
}

struct Window {
    double xLow = kInfinity, xHigh = -kInfinity, yLow = kInfinity, yHigh = -kInfinity;

    void take(double x, double y) {
        xLow = std::min(xLow, x);
        xHigh = std::max(xHigh, x);
        yLow = std::min(yLow, y);
        yHigh = std::max(yHigh, y);
    }

    [[nodiscard]] QPointF place(const QRectF& rect, double x, double y) const {
        const double width = std::max(1e-300, xHigh - xLow);
        const double height = std::max(1e-300, yHigh - yLow);
        return {rect.left() + rect.width() * (x - xLow) / width,
                rect.bottom() - rect.height() * (y - yLow) / height};
    }
};

void paintCurves(QPainter& painter, const QRectF& rect, const MiniatureData& data,
                 const Window& window, const Theme& theme, double progress, bool hasHeads) {
    for (const MiniatureData::Curve& curve : data.curves) {
        const QColor colour =
            curve.number == 0 ? theme.faint : runStyle(theme, curve.number).colour;
        QPainterPath path;
        QPointF last;
        bool isDown = false;
        const std::size_t size = std::min(curve.x.size(), curve.y.size());
        const auto until =
            static_cast<std::size_t>(std::ceil(progress * static_cast<double>(size)));
        for (std::size_t i = 0; i < until; ++i) {
            const double y = data.isLog ? std::log10(curve.y[i]) : curve.y[i];
            if (!std::isfinite(curve.x[i]) || !std::isfinite(y)) {
                isDown = false;
                continue;
            }
            last = window.place(rect, curve.x[i], y);
            isDown ? path.lineTo(last) : path.moveTo(last);
            isDown = true;
        }
        painter.setPen(QPen(colour, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(path);
        if (hasHeads && isDown) {
            painter.setPen(QPen(theme.panel, 1.5));
            painter.setBrush(colour);
            painter.drawEllipse(last, 4.5, 4.5);
        }
    }
}

void paintLandscape(QPainter& painter, const QRectF& rect, const MiniatureData& data,
                    const Theme& theme, double progress) {
    Window window;
    if (data.grid != nullptr && !data.grid->x.at.empty() && !data.grid->y.at.empty()) {
        window = {data.grid->x.at.front(), data.grid->x.at.back(), data.grid->y.at.front(),
                  data.grid->y.at.back()};
        painter.drawImage(rect, gridImage(*data.grid, theme, true)
                                    .scaled(rect.size().toSize() * 2, Qt::IgnoreAspectRatio,
                                            Qt::SmoothTransformation));
    }
    paintCurves(painter, rect, data, window, theme, progress, true);
}

void paintLines(QPainter& painter, const QRectF& rect, const MiniatureData& data,
                const Theme& theme, double progress) {
    Window window;
    for (const MiniatureData::Curve& curve : data.curves) {
        for (std::size_t i = 0; i < curve.x.size() && i < curve.y.size(); ++i) {
            const double y = data.isLog ? std::log10(curve.y[i]) : curve.y[i];
            if (std::isfinite(y)) {
                window.take(curve.x[i], y);
            }
        }
    }
    paintCurves(painter, rect.adjusted(18, 18, -18, -18), data, window, theme, progress, false);
}

void paintMatrix(QPainter& painter, const QRectF& rect, const lab::Grid& grid, const Theme& theme) {
    const QImage image = gridImage(grid, theme, false);
    const double cell =
        std::min((rect.width() - 28) / image.width(), (rect.height() - 20) / image.height());
    const double left = rect.center().x() - cell * image.width() / 2;
    const double top = rect.center().y() - cell * image.height() / 2;
    painter.setPen(Qt::NoPen);
    for (int row = 0; row < image.height(); ++row) {
        for (int column = 0; column < image.width(); ++column) {
            if (row == column) {
                continue;
            }
            painter.setBrush(image.pixelColor(column, row));
            const double gap = cell > 7 ? 1 : 0.25;
            painter.drawRoundedRect(QRectF(left + column * cell + gap, top + row * cell + gap,
                                           cell - 2 * gap, cell - 2 * gap),
                                    cell > 7 ? 1.5 : 0, cell > 7 ? 1.5 : 0);
        }
    }
}

/// A table of marks: dots for shares, or, where a value is negative, small checks and crosses.
void paintMarks(QPainter& painter, const QRectF& rect, const lab::Grid& grid, const Theme& theme) {
    const std::size_t rows = grid.y.size();
    const std::size_t columns = grid.x.size();
    const QRectF inside = rect.adjusted(22, 12, -22, -12);
    const double high = inside.height() / static_cast<double>(rows);
    const double wide = std::min(inside.width() / static_cast<double>(columns), 5 * high);
    const double left = inside.center().x() - wide * static_cast<double>(columns) / 2;
    const bool isVerdict = std::ranges::any_of(grid.values, [](double each) { return each < 0; });
    const double size = std::min({high * 0.42, wide * 0.42, 7.0});
    for (std::size_t row = 0; row < rows; ++row) {
        const double y = inside.top() + (static_cast<double>(row) + 0.5) * high;
        painter.setPen(QPen(theme.plotGrid, 1));
        painter.drawLine(QPointF(left, y + high / 2),
                         QPointF(left + wide * static_cast<double>(columns), y + high / 2));
        for (std::size_t column = 0; column < columns; ++column) {
            const double value = grid.at(row, column);
            const QPointF at(left + (static_cast<double>(column) + 0.5) * wide, y);
            if (!(std::abs(value) > 0)) {
                continue;
            }
            if (!isVerdict) {
                const double radius = size * std::sqrt(std::min(value, 1.0));
                painter.setPen(Qt::NoPen);
                painter.setBrush(runStyle(theme, 1).colour);
                painter.drawEllipse(at, radius, radius);
                continue;
            }
            const double arm = size * 0.7;
            painter.setPen(QPen(value > 0 ? theme.good : theme.divergingLow, 1.4, Qt::SolidLine,
                                Qt::RoundCap, Qt::RoundJoin));
            if (value > 0) {
                painter.drawPolyline(QPolygonF{at + QPointF(-arm, 0), at + QPointF(-0.2 * arm, arm),
                                               at + QPointF(arm, -arm)});
            } else {
                painter.drawLine(at - QPointF(arm, arm), at + QPointF(arm, arm));
                painter.drawLine(at + QPointF(-arm, arm), at + QPointF(arm, -arm));
            }
        }
    }
}

void paintBars(QPainter& painter, const QRectF& rect, const std::vector<double>& bars,
               const Theme& theme) {
    const QRectF inside = rect.adjusted(24, 18, -24, -18);
    const double highest = std::max(1e-12, *std::ranges::max_element(bars));
    const std::size_t shown = std::min<std::size_t>(bars.size(), 12);
    const double width = inside.width() / static_cast<double>(std::max<std::size_t>(shown, 4));
    painter.setPen(Qt::NoPen);
    painter.setBrush(runStyle(theme, 1).colour);
    const double left = inside.center().x() - width * static_cast<double>(shown) / 2;
    for (std::size_t i = 0; i < shown; ++i) {
        const double height = std::max(1.0, inside.height() * std::max(0.0, bars[i]) / highest);
        painter.drawRoundedRect(QRectF(left + width * (static_cast<double>(i) + 0.16),
                                       inside.bottom() - height, width * 0.68, height),
                                2, 2);
    }
}

void paintIntervals(QPainter& painter, const QRectF& rect,
                    const std::vector<std::array<double, 3>>& rows, const Theme& theme) {
    const QRectF inside = rect.adjusted(34, 16, -34, -16);
    Window window;
    for (const auto& row : rows) {
        for (const double value : row) {
            if (std::isfinite(value)) {
                window.take(value, 0);
            }
        }
    }
    const QColor colour = runStyle(theme, 1).colour;
    const double pitch = inside.height() / static_cast<double>(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto [low, value, high] = rows[i];
        const double y = inside.top() + (static_cast<double>(i) + 0.5) * pitch;
        const auto x = [&](double at) { return window.place(inside, at, 0).x(); };
        painter.setPen(QPen(colour, 1.6, Qt::SolidLine, Qt::RoundCap));
        if (std::isfinite(low) && std::isfinite(high)) {
            painter.drawLine(QPointF(x(low), y), QPointF(x(high), y));
        }
        painter.setPen(QPen(theme.panel, 1));
        painter.setBrush(colour);
        painter.drawEllipse(QPointF(x(value), y), 3.8, 3.8);
    }
}

void paintTriangle(QPainter& painter, const QRectF& rect, const MiniatureData& data,
                   const Theme& theme, double progress) {
    const double tall = std::min(rect.height() - 24, (rect.width() - 40) * 0.866);
    const QRectF box(rect.center().x() - tall / 1.732, rect.center().y() - tall / 2,
                     2 * tall / 1.732, tall);
    QPainterPath triangle;
    triangle.addPolygon(QPolygonF{QPointF(box.center().x(), box.top()), box.bottomLeft(),
                                  box.bottomRight(), QPointF(box.center().x(), box.top())});
    if (data.field) {
        painter.save();
        painter.setClipPath(triangle, Qt::IntersectClip);
        painter.drawImage(box, ternaryImage(*data.field, box.size(), 2));
        painter.restore();
    }
    painter.strokePath(triangle, QPen(theme.strongLine, 1));
    for (const MiniatureData::Curve& path : data.curves) {
        QPolygonF line;
        const auto size = static_cast<double>(path.x.size());
        for (std::size_t i = 0; i < static_cast<std::size_t>(std::ceil(progress * size)); ++i) {
            const double a = path.x[i];
            line << QPointF(box.left() + (a / 2 + path.y[i]) * box.width(),
                            box.bottom() - a * box.height());
        }
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.mapHalo, 3.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(line);
        painter.setPen(QPen(theme.onMap, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(line);
        if (!line.isEmpty()) {
            painter.setPen(QPen(theme.mapHalo, 1.2));
            painter.setBrush(runStyle(theme, 2).colour);
            painter.drawEllipse(line.last(), 4, 4);
        }
    }
}

void paintTournament(QPainter& painter, const QRectF& rect, const Tournament& tournament,
                     const Theme& theme) {
    const std::size_t count = tournament.nodes.size();
    const double radius = std::min(rect.width(), rect.height()) / 2 - 18;
    const auto at = [&](std::size_t node) {
        return seatOnCircle(rect.center(), radius, node, count);
    };
    const double node = std::clamp(26.0 / std::sqrt(static_cast<double>(count)), 3.0, 9.0);
    const std::vector<Tournament::Edge> edges = tournament.byStrength();
    for (const Tournament::Edge& edge : edges) {
        const double strength = edge.margin / edges.back().margin;
        const bool isTop =
            tournament.nodes[edge.from].isHighlighted && tournament.nodes[edge.to].isHighlighted;
        paintArrow(painter, at(edge.from), at(edge.to), node, strength,
                   mix(theme.panel, isTop ? theme.accent : theme.muted, 0.35 + 0.65 * strength));
    }
    for (std::size_t i = 0; i < count; ++i) {
        const bool isTop = tournament.nodes[i].isHighlighted;
        painter.setPen(QPen(isTop ? theme.accent : theme.muted, 1.6));
        painter.setBrush(isTop ? theme.accent : theme.panel);
        painter.drawEllipse(at(i), node, node);
    }
}

/// Rows of dots: says "not computed yet" and nothing about any result.
void paintQuiet(QPainter& painter, const QRectF& rect, const Theme& theme) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.line);
    for (double y = rect.top() + 17; y < rect.bottom() - 8; y += 16) {
        for (double x = rect.left() + 17; x < rect.right() - 8; x += 16) {
            painter.drawEllipse(QPointF(x, y), 1.6, 1.6);
        }
    }
}

} // namespace

MiniatureData miniatureOf(const lab::Panel& panel, std::span<const lab::RunPtr> runs) {
    MiniatureData data;
    if (panel.kind == "landscape") {
        readLandscape(panel, runs, data);
    } else if (panel.kind == "line" && !panel.sources.empty()) {
        readLines(panel, runs, data);
    } else if (panel.kind == "heatmap" || panel.kind == "marks") {
        readGrid(panel, runs, data);
    } else if (panel.kind == "bars") {
        readBars(panel, runs, data);
    } else if (panel.kind == "intervals") {
        readIntervals(panel, runs, data);
    } else if (panel.kind == "curves") {
        readSweep(panel, runs, data);
    } else if (panel.kind == "ternary") {
        readTriangle(panel, runs, data);
    } else if (panel.kind == "tournament") {
        readTournament(panel, runs, data);
    }
    if (data.grid != nullptr || !data.curves.empty() || !data.bars.empty() ||
        !data.intervals.empty() || data.field || !data.tournament.nodes.empty()) {
        data.kind = QString::fromStdString(panel.kind);
    }
    return data;
}

void paintMiniature(QPainter& painter, const QRectF& rect, const MiniatureData& data,
                    const Theme& theme, double progress) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setClipRect(rect, Qt::IntersectClip);
    if (data.kind == QStringLiteral("landscape")) {
        paintLandscape(painter, rect, data, theme, progress);
    } else if (data.kind == QStringLiteral("line") || data.kind == QStringLiteral("curves")) {
        paintLines(painter, rect, data, theme, progress);
    } else if (data.kind == QStringLiteral("heatmap") && data.grid != nullptr) {
        paintMatrix(painter, rect, *data.grid, theme);
    } else if (data.kind == QStringLiteral("marks") && data.grid != nullptr) {
        paintMarks(painter, rect, *data.grid, theme);
    } else if (data.kind == QStringLiteral("bars") && !data.bars.empty()) {
        paintBars(painter, rect, data.bars, theme);
    } else if (data.kind == QStringLiteral("intervals") && !data.intervals.empty()) {
        paintIntervals(painter, rect, data.intervals, theme);
    } else if (data.kind == QStringLiteral("ternary")) {
        paintTriangle(painter, rect, data, theme, progress);
    } else if (data.kind == QStringLiteral("tournament")) {
        paintTournament(painter, rect, data.tournament, theme);
    } else {
        paintQuiet(painter, rect, theme);
    }
    painter.restore();
}

} // namespace psephos::ui
