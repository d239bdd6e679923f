// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icons.hpp"

#include "ui/theme/theme.hpp"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

#include <cmath>

static void initResources() {
    Q_INIT_RESOURCE(psephos_icons);
}

namespace psephos::ui {

namespace {

QByteArray drawing(const QString& name) {
    initResources();
    QFile file(QStringLiteral(":/icons/") + name + QStringLiteral(".svg"));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QColor colourOf(IconRole role, const Theme& theme) {
    switch (role) {
    case IconRole::Muted:
        return theme.muted;
    case IconRole::Accent:
        return theme.accent;
    case IconRole::OnAccent:
        return theme.onAccent;
    case IconRole::Warning:
        return theme.warning;
    case IconRole::Good:
        return theme.good;
    case IconRole::Text:
        break;
    }
    return theme.text;
}

void render(QPainter& painter, const QRectF& target, QByteArray svg, const QColor& colour) {
    svg.replace("currentColor", colour.name().toLatin1());
    QSvgRenderer renderer(svg);
    renderer.render(&painter, target);
}

class ThemedIconEngine final : public QIconEngine {
  public:
    ThemedIconEngine(const QString& name, IconRole role)
        : svg_(drawing(name))
        , role_(role) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode,
               QIcon::State state) override {
        const Theme& theme = ThemeHub::instance().theme();
        QColor colour = colourOf(role_, theme);
        if (mode == QIcon::Disabled) {
            colour = theme.faint;
        } else if (state == QIcon::On && role_ != IconRole::OnAccent) {
            colour = theme.accent;
        }
        const int edge = std::min(rect.width(), rect.height());
        const QRectF square(rect.x() + (rect.width() - edge) / 2.0,
                            rect.y() + (rect.height() - edge) / 2.0, edge, edge);
        render(*painter, square, svg_, colour);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return scaledPixmap(size, mode, state, 1.0);
    }

    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state,
                         qreal scale) override {
        // The size is in device pixels here; the ratio is the caller's to set.
        Q_UNUSED(scale)
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return pixmap;
    }

    [[nodiscard]] QIconEngine* clone() const override { return new ThemedIconEngine(*this); }

  private:
    QByteArray svg_;
    IconRole role_;
};

} // namespace

QIcon themedIcon(const QString& name, IconRole role) {
    return QIcon(new ThemedIconEngine(name, role));
}

QPixmap iconPixmap(const QString& name, int size, const QColor& colour, double scale) {
    const int edge = static_cast<int>(std::lround(size * scale));
    QPixmap pixmap(edge, edge);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    render(painter, QRectF(0, 0, edge, edge), drawing(name), colour);
    painter.end();
    pixmap.setDevicePixelRatio(scale);
    return pixmap;
}

} // namespace psephos::ui
