// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/gallery_card.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/theme/theme.hpp"

#include <QPainter>
#include <QPainterPath>
#include <QTextLayout>

#include <algorithm>

namespace psephos::ui {

namespace {

constexpr int kMiniature = 128;
constexpr double kPlaySeconds = 2.2;

/// Draws text in at most so many lines; the last one ends in an ellipsis where it does not fit.
void drawLines(QPainter& painter, const QRectF& rect, const QString& text, int lines) {
    QTextLayout layout(text, painter.font());
    layout.beginLayout();
    double y = rect.top();
    const double spacing = painter.fontMetrics().height() + 2;
    for (int i = 0; i < lines; ++i) {
        QTextLine line = layout.createLine();
        if (!line.isValid()) {
            break;
        }
        line.setLineWidth(rect.width());
        const bool isLast = i + 1 == lines;
        const QString shown =
            isLast ? painter.fontMetrics().elidedText(text.mid(line.textStart()), Qt::ElideRight,
                                                      static_cast<int>(rect.width()))
                   : text.mid(line.textStart(), line.textLength());
        painter.drawText(QRectF(rect.left(), y, rect.width(), spacing), Qt::AlignVCenter, shown);
        y += spacing;
    }
    layout.endLayout();
}

} // namespace

GalleryCard::GalleryCard(const lab::Description& description, const lab::Preset& preset,
                         QWidget* parent)
    : QAbstractButton(parent)
    , description_(description)
    , preset_(preset) {
    const QString title = QString::fromStdString(preset.title);
    setText(title);
    describe(this,
             QStringLiteral("card-%1-%2")
                 .arg(QString::fromStdString(description.id), QString::fromStdString(preset.id)),
             title, QString::fromStdString(preset.question));
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::TabFocus);
    setMinimumSize(200, kHeight);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    frames_.setInterval(16);
    connect(&frames_, &QTimer::timeout, this, [this] {
        progress_ = std::min(1.0, static_cast<double>(clock_.elapsed()) / 1e3 / kPlaySeconds);
        if (progress_ >= 1) {
            frames_.stop();
        }
        update();
    });
    connect(&ThemeHub::instance(), &ThemeHub::changed, this, qOverload<>(&QWidget::update));
}

void GalleryCard::setMiniature(MiniatureData miniature) {
    data_ = std::move(miniature);
    progress_ = 1;
    update();
}

QSize GalleryCard::sizeHint() const {
    return {252, kHeight};
}

void GalleryCard::play() {
    if (!data_.curves.empty()) {
        progress_ = 0;
        clock_.start();
        frames_.start();
    }
}

void GalleryCard::paintEvent(QPaintEvent*) {
    const Theme& theme = ThemeHub::instance().theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool isHot = underMouse() || hasFocus();
    const QRectF edge = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    QPainterPath shape;
    shape.addRoundedRect(edge, metrics::kRadius, metrics::kRadius);
    painter.fillPath(shape, theme.panel);
    painter.save();
    painter.setClipPath(shape);
    const QRectF picture(0, 0, width(), kMiniature);
    painter.fillRect(picture, theme.window);
    paintMiniature(painter, picture, data_, theme, progress_);
    painter.restore();
    painter.setPen(theme.line);
    painter.drawLine(QPointF(0.5, kMiniature + 0.5), QPointF(width() - 0.5, kMiniature + 0.5));
    const double inner = width() - 24.0;
    painter.setPen(theme.text);
    painter.setFont(textFont(14, QFont::DemiBold));
    painter.drawText(
        QRectF(12, kMiniature + 10, inner, 20), Qt::AlignVCenter,
        painter.fontMetrics().elidedText(text(), Qt::ElideRight, static_cast<int>(inner)));
    painter.setPen(theme.muted);
    painter.setFont(textFont(12));
    drawLines(painter, QRectF(12, kMiniature + 33, inner, 36),
              QString::fromStdString(preset_.question), 2);
    painter.setPen(theme.muted);
    painter.setFont(textFont(11));
    const QRectF footer(12, height() - 26.0, inner, 16);
    painter.drawText(footer, Qt::AlignRight | Qt::AlignVCenter,
                     QString::fromStdString(preset_.duration));
    const int room =
        static_cast<int>(inner) -
        painter.fontMetrics().horizontalAdvance(QString::fromStdString(preset_.duration)) - 10;
    painter.drawText(
        footer, Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(QString::fromStdString(description_.paper.shortName),
                                         Qt::ElideRight, room));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(isHot ? theme.accent : theme.line, isHot ? 1.5 : 1));
    painter.drawRoundedRect(edge, metrics::kRadius, metrics::kRadius);
}

void GalleryCard::enterEvent(QEnterEvent* event) {
    QAbstractButton::enterEvent(event);
    play();
    update();
}

void GalleryCard::leaveEvent(QEvent* event) {
    QAbstractButton::leaveEvent(event);
    frames_.stop();
    progress_ = 1;
    update();
}

} // namespace psephos::ui
