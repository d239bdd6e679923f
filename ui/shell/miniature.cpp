// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/miniature.hpp"

#include "ui/panels/reading.hpp"
#include "ui/panels/trail.hpp"
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
    const lab::TablePtr table = newestTable(*runs.front()->history(), source.channel);
    const auto value = column(*runs.front(), source, "value");
    if (table != nullptr && value) {
        data.bars = table->numbers(*value);
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
        const RunStyle style = runStyle(theme, curve.number);
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
        painter.setPen(QPen(style.colour, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(path);
        if (hasHeads && isDown) {
            painter.setPen(QPen(theme.panel, 1.5));
            painter.setBrush(style.colour);
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
    } else if (panel.kind == "heatmap") {
        readGrid(panel, runs, data);
    } else if (panel.kind == "bars") {
        readBars(panel, runs, data);
    }
    if (data.grid != nullptr || !data.curves.empty() || !data.bars.empty()) {
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
    } else if (data.kind == QStringLiteral("line")) {
        paintLines(painter, rect, data, theme, progress);
    } else if (data.kind == QStringLiteral("heatmap") && data.grid != nullptr) {
        paintMatrix(painter, rect, *data.grid, theme);
    } else if (data.kind == QStringLiteral("bars") && !data.bars.empty()) {
        paintBars(painter, rect, data.bars, theme);
    } else {
        paintQuiet(painter, rect, theme);
    }
    painter.restore();
}

} // namespace psephos::ui
