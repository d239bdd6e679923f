// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/panel_card.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/panels/comparison_model.hpp"
#include "ui/panels/panel_view.hpp"
#include "ui/panels/reading.hpp"
#include "ui/theme/icons.hpp"
#include "ui/theme/theme.hpp"

#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QSaveFile>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace psephos::ui {

PanelCard::PanelCard(PanelView* view, QWidget* parent)
    : CardDock(QStringLiteral("panel-") + QString::fromStdString(view->panel().id),
               QString::fromStdString(view->panel().title), parent)
    , view_(view)
    , more_(new QToolButton(this))
    , stale_(withKind(new QLabel(tr("stale"), this), "faint")) {
    header().setMeaning(view->meaning());
    stale_->setObjectName(objectName() + QStringLiteral("-stale"));
    stale_->setToolTip(tr("Of the values before: what belongs to the new ones is being computed"));
    stale_->hide();
    header().add(stale_);
    buildSwitches();
    more_->setIcon(themedIcon(QStringLiteral("more"), IconRole::Muted));
    more_->setIconSize(QSize(13, 13));
    describe(more_, objectName() + QStringLiteral("-more"), tr("More of %1").arg(windowTitle()),
             tr("Save the picture or the data, enlarge, detach"));
    header().add(more_);
    buildMenu();
    setContent(view);
    connect(view, &PanelView::meaningChanged, this, [this] {
        header().setMeaning(view_->meaning());
        fitSwitches();
    });
    connect(&header(), &CardHeader::resized, this, &PanelCard::fitSwitches);
    connect(view, &PanelView::switchesChanged, this, &PanelCard::buildSwitches);
    connect(this, &CardDock::headerDoubleClicked, this, &PanelCard::maximiseAsked);
    connect(&view->model(), &ComparisonModel::framesChanged, this, &PanelCard::tellStale);
}

void PanelCard::tellStale() {
    const bool isStale = ui::isStale(view_->panel(), view_->model());
    if (isStale == stale_->isHidden()) {
        stale_->setVisible(isStale);
        fitSwitches();
    }
}

void PanelCard::buildSwitches() {
    if (switches_ == nullptr) {
        switches_ = new QWidget(this);
        auto* layout = new QHBoxLayout(switches_);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(8);
        header().add(switches_);
    }
    QLayout* layout = switches_->layout();
    while (QLayoutItem* item = layout->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
    segments_.clear();
    for (const PanelSwitch& choice : view_->switches()) {
        QStringList labels;
        for (const QString& option : choice.options) {
            labels << option;
        }
        auto* segments = new Segments(labels, choice.current, switches_);
        segments->setName(objectName() + u'-' + choice.id);
        connect(segments, &Segments::chosen, view_,
                [view = view_, id = choice.id](int option) { view->setSwitch(id, option); });
        layout->addWidget(segments);
        segments_.emplace_back(choice.id, segments);
    }
    fitSwitches();
}

void PanelCard::fitSwitches() {
    // The timeline chooses steps or seconds, too; the scale is wanted most.
    static const QStringList kFirstToGo{QStringLiteral("key"), QStringLiteral("smoothing"),
                                        QStringLiteral("scale")};
    constexpr int kBetween = 8;
    int room = header().width() - header().widthWithout(switches_);
    for (const auto& [id, segments] : segments_) {
        room -= segments->sizeHint().width() + kBetween;
    }
    std::vector<std::pair<QString, Segments*>> order = segments_;
    std::ranges::stable_sort(order, {}, [](const auto& each) {
        const qsizetype rank = kFirstToGo.indexOf(each.first);
        return rank < 0 ? kFirstToGo.size() : rank;
    });
    for (const auto& [id, segments] : order) {
        segments->setVisible(room >= 0);
        room += room >= 0 ? 0 : segments->sizeHint().width() + kBetween;
    }
}

void PanelCard::addHiddenSwitches(QMenu& menu) {
    qDeleteAll(menuSwitches_);
    menuSwitches_.clear();
    for (const PanelSwitch& choice : view_->switches()) {
        const auto shown =
            std::ranges::find(segments_, choice.id, [](const auto& each) { return each.first; });
        if (shown != segments_.end() && !shown->second->isHidden()) {
            continue;
        }
        auto* group = new QActionGroup(&menu);
        for (std::size_t i = 0; i < choice.options.size(); ++i) {
            auto* action = new QAction(choice.options[i], group);
            action->setObjectName(
                QStringLiteral("%1-menu-%2-%3").arg(objectName(), choice.id).arg(i));
            action->setCheckable(true);
            action->setChecked(static_cast<int>(i) == choice.current);
            connect(action, &QAction::triggered, view_, [view = view_, id = choice.id, i] {
                view->setSwitch(id, static_cast<int>(i));
            });
            menu.addAction(action);
            menuSwitches_ << action;
        }
        menuSwitches_ << menu.addSeparator();
    }
}

void PanelCard::setPresenting() {
    more_->hide();
    fitSwitches();
}

int PanelCard::wholeHeight() const {
    constexpr int kEdges = 4;
    const int content = view_->contentHeight();
    return content > 0 ? content + metrics::kPanelHeader + kEdges : 0;
}

void PanelCard::buildMenu() {
    auto* menu = new QMenu(more_);
    const auto add = [&](const char* icon, const QString& text, const char* name, auto action) {
        QAction* added = menu->addAction(themedIcon(QString::fromLatin1(icon), IconRole::Muted),
                                         text, this, action);
        added->setObjectName(objectName() + u'-' + QString::fromLatin1(name));
    };
    add("image", tr("Save the picture…"), "save-picture", &PanelCard::askPicture);
    add("copy", tr("Copy the picture"), "copy-picture",
        [this] { QApplication::clipboard()->setImage(picture(2)); });
    add("table", tr("Save the data…"), "save-data", &PanelCard::askData);
    menu->addSeparator();
    add("maximise", tr("Enlarge or put back"), "maximise", [this] { Q_EMIT maximiseAsked(); });
    add("float", tr("Detach or put back"), "float", [this] { setFloating(!isFloating()); });
    connect(menu, &QMenu::aboutToShow, this, [this, menu] { addHiddenSwitches(*menu); });
    more_->setMenu(menu);
    more_->setPopupMode(QToolButton::InstantPopup);
}

QImage PanelCard::picture(double scale) {
    const Theme& theme = ThemeHub::instance().theme();
    const QImage content = view_->image(scale);
    const int header = metrics::kPanelHeader;
    const QSize size(view_->width(), view_->height() + header);
    QImage image((QSizeF(size) * scale).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(scale);
    image.fill(theme.panel);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(textFont(13, QFont::DemiBold));
    painter.setPen(theme.text);
    const QString title = windowTitle();
    const int width = painter.fontMetrics().horizontalAdvance(title);
    painter.drawText(QRect(12, 0, width + 2, header), Qt::AlignVCenter, title);
    painter.setFont(textFont(13));
    painter.setPen(theme.muted);
    painter.drawText(QRect(22 + width, 0, size.width() - width - 34, header), Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(view_->meaning(), Qt::ElideRight,
                                                      size.width() - width - 34));
    painter.drawImage(QRectF(0, header, view_->width(), view_->height()), content,
                      QRectF(QPointF(0, 0), QSizeF(content.size())));
    return image;
}

QString PanelCard::savePicture(const QString& file, double scale) {
    QSaveFile target(file);
    if (!target.open(QIODevice::WriteOnly) || !picture(scale).save(&target, "PNG") ||
        !target.commit()) {
        return tr("'%1' can't be written: %2").arg(file, target.errorString());
    }
    return {};
}

QString PanelCard::saveData(const QString& file) {
    QSaveFile target(file);
    const QByteArray bytes = view_->csv().toUtf8();
    if (!target.open(QIODevice::WriteOnly) || target.write(bytes) != bytes.size() ||
        !target.commit()) {
        return tr("'%1' can't be written: %2").arg(file, target.errorString());
    }
    return {};
}

void PanelCard::askPicture() {
    const QString file = QFileDialog::getSaveFileName(
        this, tr("Save the picture of %1").arg(windowTitle()),
        windowTitle().toLower() + QStringLiteral(".png"), tr("Pictures (*.png)"));
    if (const QString trouble = file.isEmpty() ? QString() : savePicture(file, 2);
        !trouble.isEmpty()) {
        Q_EMIT troubled(trouble);
    }
}

void PanelCard::askData() {
    const QString file = QFileDialog::getSaveFileName(
        this, tr("Save the data of %1").arg(windowTitle()),
        windowTitle().toLower() + QStringLiteral(".csv"), tr("Tables (*.csv)"));
    if (const QString trouble = file.isEmpty() ? QString() : saveData(file); !trouble.isEmpty()) {
        Q_EMIT troubled(trouble);
    }
}

} // namespace psephos::ui
