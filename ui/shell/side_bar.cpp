// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/side_bar.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/shell/gallery_page.hpp"
#include "ui/theme/theme.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace psephos::ui {

SideBar::SideBar(const lab::Registry& registry, QWidget* parent)
    : QWidget(parent)
    , layout_(new QVBoxLayout(this))
    , runCount_(withKind(new QLabel(this), "faint"))
    , libraries_(withKind(new QLabel(this), "small"))
    , device_(withKind(new QLabel(this), "small")) {
    setObjectName(QStringLiteral("sideBar"));
    setAttribute(Qt::WA_StyledBackground);
    setFixedWidth(224);
    layout_->setContentsMargins(10, 14, 10, 12);
    layout_->setSpacing(2);
    addPlace(QStringLiteral("gallery"), tr("Gallery"));
    runs_ = addPlace(QStringLiteral("runs"), tr("My runs"));
    runCount_->setAttribute(Qt::WA_TransparentForMouseEvents);
    auto* inside = new QHBoxLayout(runs_);
    inside->setContentsMargins(0, 0, 10, 0);
    inside->addStretch(1);
    inside->addWidget(runCount_);
    for (const lab::Theme theme : {lab::Theme::Descend, lab::Theme::Choose}) {
        auto* heading = withKind(new QLabel(headingOf(theme).toUpper(), this), "capitals");
        heading->setContentsMargins(10, 16, 0, 4);
        layout_->addWidget(heading);
        QStringList groups;
        for (const auto& description : registry.all()) {
            const QString group = QString::fromStdString(description->group);
            if (description->theme == theme && !groups.contains(group)) {
                groups << group;
                addPlace(group, group);
            }
        }
        heading->setVisible(!groups.isEmpty());
    }
    layout_->addStretch(1);
    for (QLabel* label : {libraries_, device_}) {
        label->setContentsMargins(10, 4, 0, 4);
        layout_->addWidget(label);
    }
    setPlace(QStringLiteral("gallery"));
}

QPushButton* SideBar::addPlace(const QString& place, const QString& text) {
    auto* button = withKind(new QPushButton(text, this), "side");
    button->setCheckable(true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setCursor(Qt::PointingHandCursor);
    button->setProperty("place", place);
    describe(button, QStringLiteral("side-") + place, text, tr("Show %1").arg(text));
    connect(button, &QPushButton::clicked, this, [this, place] {
        setPlace(place);
        if (place == QStringLiteral("runs")) {
            Q_EMIT runsChosen();
        } else {
            Q_EMIT galleryChosen(place == QStringLiteral("gallery") ? QString() : place);
        }
    });
    layout_->addWidget(button);
    places_.push_back(button);
    return button;
}

void SideBar::setPlace(const QString& place) {
    for (QPushButton* button : places_) {
        button->setChecked(button->property("place").toString() == place);
    }
}

void SideBar::setRunCount(std::size_t runs) {
    runCount_->setText(runs == 0 ? QString() : QString::number(runs));
}

void SideBar::setDevice(const QString& text) {
    device_->setText(text);
}

void SideBar::setLibraries(const QString& text, bool isReady) {
    const QColor dot =
        isReady ? ThemeHub::instance().theme().good : ThemeHub::instance().theme().faint;
    libraries_->setTextFormat(Qt::RichText);
    libraries_->setText(QStringLiteral("%1&nbsp;&nbsp;<span style=\"color:%2\">●</span>")
                            .arg(text.toHtmlEscaped(), dot.name()));
}

void SideBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool isLow = height() < 420;
    libraries_->setVisible(!isLow);
    device_->setVisible(!isLow);
}

} // namespace psephos::ui
