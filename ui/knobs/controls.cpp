// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/knobs/controls.hpp"

#include "ui/theme/icons.hpp"
#include "ui/theme/theme.hpp"

#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QStyle>
#include <QVariant>
#include <QWheelEvent>

#include <algorithm>

namespace psephos::ui {

void describe(QWidget* widget, const QString& objectName, const QString& name,
              const QString& toolTip) {
    widget->setObjectName(objectName);
    widget->setAccessibleName(name);
    widget->setToolTip(toolTip.isEmpty() ? name : toolTip);
}

void restyle(QWidget* widget, const char* property, const QVariant& value) {
    if (widget->property(property) == value) {
        return;
    }
    widget->setProperty(property, value);
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
}

Segments::Segments(const QStringList& labels, int current, QWidget* parent)
    : QWidget(parent)
    , current_(current) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    for (int i = 0; i < labels.size(); ++i) {
        auto* button = withKind(new QPushButton(labels[i], this), "segment");
        const bool isFirst = i == 0;
        const bool isLast = i + 1 == labels.size();
        button->setProperty("place", isFirst && isLast ? QStringLiteral("only")
                                     : isFirst         ? QStringLiteral("first")
                                     : isLast          ? QStringLiteral("last")
                                                       : QStringLiteral("middle"));
        button->setCheckable(true);
        button->setChecked(i == current);
        button->setFocusPolicy(Qt::TabFocus); // after a click the keys are the window's still
        button->setCursor(Qt::PointingHandCursor);
        describe(button, QStringLiteral("segment-%1").arg(i), labels[i]);
        connect(button, &QPushButton::clicked, this, [this, i] {
            const bool isNew = i != current_;
            setCurrent(i);
            if (isNew) {
                Q_EMIT chosen(i);
            }
        });
        layout->addWidget(button);
        buttons_.push_back(button);
    }
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Segments::setCurrent(int index) {
    current_ = index;
    for (int i = 0; i < static_cast<int>(buttons_.size()); ++i) {
        buttons_[static_cast<std::size_t>(i)]->setChecked(i == index);
    }
}

void Segments::setName(const QString& name) {
    setObjectName(name);
    for (std::size_t i = 0; i < buttons_.size(); ++i) {
        buttons_[i]->setObjectName(QStringLiteral("%1-%2").arg(name).arg(i));
    }
}

Chips::Chips(const QStringList& labels, const QStringList& toolTips, QWidget* parent)
    : QWidget(parent) {
    for (int i = 0; i < labels.size(); ++i) {
        auto* button = withKind(new QPushButton(labels[i], this), "chip");
        button->setCheckable(true);
        button->setCursor(Qt::PointingHandCursor);
        describe(button, QStringLiteral("chip-%1").arg(i), labels[i], toolTips.value(i));
        connect(button, &QPushButton::clicked, this, &Chips::toggled);
        buttons_.push_back(button);
    }
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void Chips::setChosen(const std::vector<int>& indices) {
    for (int i = 0; i < static_cast<int>(buttons_.size()); ++i) {
        buttons_[static_cast<std::size_t>(i)]->setChecked(std::ranges::find(indices, i) !=
                                                          indices.end());
    }
}

std::vector<int> Chips::chosen() const {
    std::vector<int> result;
    for (int i = 0; i < static_cast<int>(buttons_.size()); ++i) {
        if (buttons_[static_cast<std::size_t>(i)]->isChecked()) {
            result.push_back(i);
        }
    }
    return result;
}

void Chips::setName(const QString& name) {
    setObjectName(name);
    for (std::size_t i = 0; i < buttons_.size(); ++i) {
        buttons_[i]->setObjectName(QStringLiteral("%1-%2").arg(name).arg(i));
    }
}

int Chips::arrange(int width, bool apply) const {
    constexpr int kSpacing = 6;
    int x = 0;
    int y = 0;
    int rowHeight = 0;
    for (QPushButton* button : buttons_) {
        const QSize size = button->sizeHint();
        if (x > 0 && x + size.width() > width) {
            x = 0;
            y += rowHeight + kSpacing;
            rowHeight = 0;
        }
        if (apply) {
            button->setGeometry(QRect(QPoint(x, y), size));
        }
        x += size.width() + kSpacing;
        rowHeight = std::max(rowHeight, size.height());
    }
    return y + rowHeight;
}

int Chips::heightForWidth(int width) const {
    return arrange(width, false);
}

QSize Chips::sizeHint() const {
    const int width = 230;
    return {width, arrange(width, false)};
}

QSize Chips::minimumSizeHint() const {
    return {80, 24};
}

void Chips::resizeEvent(QResizeEvent*) {
    arrange(width(), true);
}

Switch::Switch(QWidget* parent)
    : QAbstractButton(parent) {
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setFixedSize(sizeHint());
}

QSize Switch::sizeHint() const {
    return {34, 20};
}

void Switch::paintEvent(QPaintEvent*) {
    const Theme& theme = ThemeHub::instance().theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF track(1.5, 1.5, width() - 3.0, height() - 3.0);
    const QColor edge = hasFocus() ? theme.accent : theme.strongLine;
    painter.setPen(QPen(isChecked() ? theme.accent : edge, hasFocus() ? 2 : 1));
    painter.setBrush(isChecked() ? theme.accent : theme.window);
    painter.drawRoundedRect(track, track.height() / 2, track.height() / 2);
    const double radius = track.height() / 2 - 3;
    const double x = isChecked() ? track.right() - radius - 3 : track.left() + radius + 3;
    painter.setPen(Qt::NoPen);
    painter.setBrush(isChecked() ? theme.onAccent : theme.faint);
    painter.drawEllipse(QPointF(x, track.center().y()), radius, radius);
}

Combo::Combo(QWidget* parent)
    : QComboBox(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizeAdjustPolicy(QComboBox::AdjustToContents);
}

void Combo::paintEvent(QPaintEvent* event) {
    QComboBox::paintEvent(event);
    const Theme& theme = ThemeHub::instance().theme();
    QPainter painter(this);
    painter.drawPixmap(width() - 17, (height() - 10) / 2,
                       iconPixmap(QStringLiteral("down"), 10, theme.muted, devicePixelRatioF()));
}

void Combo::wheelEvent(QWheelEvent* event) {
    if (!hasFocus()) {
        event->ignore();
        return;
    }
    QComboBox::wheelEvent(event);
}

} // namespace psephos::ui
