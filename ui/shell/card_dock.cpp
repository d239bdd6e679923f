// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/card_dock.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/knobs/elided_label.hpp"
#include "ui/theme/theme.hpp"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QVBoxLayout>

namespace psephos::ui {

namespace {

/// The card's edge, drawn over its content so that square pictures get round corners.
class CardFrame final : public QWidget {
  public:
    explicit CardFrame(QWidget* parent)
        : QWidget(parent) {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        setAttribute(Qt::WA_NoSystemBackground);
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        const Theme& theme = ThemeHub::instance().theme();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QRectF edge = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
        QPainterPath corners;
        corners.addRect(rect());
        QPainterPath inside;
        inside.addRoundedRect(edge, metrics::kRadius, metrics::kRadius);
        painter.fillPath(corners.subtracted(inside), theme.window);
        painter.setPen(theme.line);
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(edge, metrics::kRadius, metrics::kRadius);
    }
};

} // namespace

CardHeader::CardHeader(const QString& title, QWidget* parent)
    : QWidget(parent)
    , layout_(new QHBoxLayout(this))
    , title_(withKind(new QLabel(title, this), "strong"))
    , meaning_(withKind(new ElidedLabel({}, this), "muted")) {
    meaning_->setLeastRoom(56);
    layout_->setContentsMargins(12, 0, 8, 0);
    layout_->setSpacing(8);
    layout_->addWidget(title_);
    layout_->addWidget(meaning_, 1);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setFixedHeight(metrics::kPanelHeader);
}

void CardHeader::setTitle(const QString& title) {
    title_->setText(title);
}

void CardHeader::setTitleVisible(bool isVisible) {
    title_->setVisible(isVisible);
}

void CardHeader::setMeaning(const QString& meaning) {
    meaning_->setFullText(meaning);
}

QString CardHeader::meaning() const {
    return meaning_->fullText();
}

void CardHeader::add(QWidget* widget) {
    layout_->addWidget(widget, 0, Qt::AlignVCenter);
}

QSize CardHeader::sizeHint() const {
    return {160, metrics::kPanelHeader};
}

QSize CardHeader::minimumSizeHint() const {
    return {160, metrics::kPanelHeader};
}

int CardHeader::widthWithout(const QWidget* widget) const {
    const QMargins margins = layout_->contentsMargins();
    int width = margins.left() + margins.right();
    for (int i = 0; i < layout_->count(); ++i) {
        const QWidget* each = layout_->itemAt(i)->widget();
        if (each != widget && !each->isHidden()) {
            width += each->sizeHint().width() + layout_->spacing();
        }
    }
    return width;
}

void CardHeader::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    Q_EMIT resized();
}

void CardHeader::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(ThemeHub::instance().theme().line);
    painter.drawLine(0, height() - 1, width(), height() - 1);
}

CardDock::CardDock(const QString& objectName, const QString& title, QWidget* parent)
    : QDockWidget(title, parent)
    , header_(new CardHeader(title, this))
    , frame_(new CardFrame(this)) {
    setObjectName(objectName);
    setAccessibleName(title);
    setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetFloatable |
                QDockWidget::DockWidgetClosable);
    header_->setObjectName(objectName + QStringLiteral("-header"));
    header_->installEventFilter(this);
    setTitleBarWidget(header_);
    connect(&ThemeHub::instance(), &ThemeHub::changed, this, qOverload<>(&QWidget::update));
}

void CardDock::setContent(QWidget* content) {
    auto* holder = new QWidget(this);
    holder->setObjectName(objectName() + QStringLiteral("-content"));
    auto* layout = new QVBoxLayout(holder);
    layout->setContentsMargins(1, 0, 1, 1);
    layout->setSpacing(0);
    layout->addWidget(content);
    setWidget(holder);
    frame_->raise();
}

void CardDock::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), ThemeHub::instance().theme().panel);
}

void CardDock::resizeEvent(QResizeEvent* event) {
    QDockWidget::resizeEvent(event);
    frame_->setGeometry(rect());
    frame_->raise();
}

bool CardDock::eventFilter(QObject* watched, QEvent* event) {
    if (watched == header_ && event->type() == QEvent::MouseButtonDblClick) {
        Q_EMIT headerDoubleClicked();
        return true;
    }
    return QDockWidget::eventFilter(watched, event);
}

} // namespace psephos::ui
