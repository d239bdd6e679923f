// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/live_view.hpp"

#include "ui/panels/comparison_model.hpp"
#include "ui/panels/reading.hpp"
#include "ui/theme/theme.hpp"

#include <QLabel>

namespace psephos::ui {

LiveView::LiveView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : PanelView(panel, shown, parent)
    , empty_(new QLabel(this)) {
    empty_->setObjectName(objectName() + QStringLiteral(".empty"));
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setWordWrap(true);
    empty_->setFont(textFont(13));
    empty_->setAttribute(Qt::WA_TransparentForMouseEvents);
    empty_->hide();
    styleEmpty();

    pending_.setSingleShot(true);
    pending_.setInterval(0);
    connect(&pending_, &QTimer::timeout, this, [this] {
        stale_ = false;
        readCaption();
        refresh(false);
    });
    const auto changed = [this] { scheduleRefresh(); };
    connect(&shown, &ComparisonModel::runsChanged, this, changed);
    connect(&shown, &ComparisonModel::framesChanged, this, changed);
    connect(&shown, &ComparisonModel::playHeadMoved, this, changed);
    connect(&shown, &ComparisonModel::keyChanged, this, changed);
    connect(&shown, &ComparisonModel::emphasisChanged, this, changed);
    connect(&shown, &ComparisonModel::targetChanged, this, changed);
    connect(&shown, &ComparisonModel::visibilityChanged, this, changed);
    connect(&ThemeHub::instance(), &ThemeHub::changed, this, [this] {
        styleEmpty();
        scheduleRefresh();
    });
}

void LiveView::refreshNow() {
    pending_.stop();
    stale_ = false;
    layOut();
    readCaption();
    refresh(true);
}

QString LiveView::meaning() const {
    const QString declared = PanelView::meaning();
    return caption_.isEmpty() ? declared : declared + QStringLiteral(" · ") + caption_;
}

void LiveView::readCaption() {
    const lab::PanelSource* source = sourceWithRole(panel(), kCaptionRole);
    if (source == nullptr) {
        return;
    }
    QString newest;
    for (const lab::RunPtr& run : visibleRuns(model(), panel())) {
        const auto frame = frameAtHead(model(), *run, source->channel);
        const auto* words = frame ? std::get_if<lab::TextPtr>(&frame->payload) : nullptr;
        if (words != nullptr && newest.isEmpty()) {
            newest = text(**words);
        }
    }
    if (newest != caption_) {
        caption_ = newest;
        Q_EMIT meaningChanged();
    }
}

void LiveView::scheduleRefresh() {
    stale_ = true;
    if (isVisible()) {
        pending_.start();
    }
}

void LiveView::setEmpty(bool isEmpty, QWidget* content) {
    empty_->setText(emptyText());
    empty_->setGeometry(rect().adjusted(24, 8, -24, -8));
    empty_->setVisible(isEmpty);
    if (content != nullptr) {
        content->setVisible(!isEmpty);
    }
}

bool LiveView::isEmpty() const {
    return !empty_->isHidden();
}

void LiveView::styleEmpty() {
    // By style sheet: the application's own would win over a palette.
    empty_->setStyleSheet(QStringLiteral("color: %1; background: transparent")
                              .arg(ThemeHub::instance().theme().muted.name()));
}

void LiveView::resizeEvent(QResizeEvent* event) {
    PanelView::resizeEvent(event);
    empty_->setGeometry(rect().adjusted(24, 8, -24, -8));
    layOut();
    if (isVisible()) {
        scheduleRefresh();
    }
}

void LiveView::showEvent(QShowEvent* event) {
    PanelView::showEvent(event);
    if (stale_) {
        pending_.start();
    }
}

} // namespace psephos::ui
