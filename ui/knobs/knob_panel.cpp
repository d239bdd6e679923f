// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/knobs/knob_panel.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/knobs/knob_editor.hpp"
#include "ui/knobs/run_group.hpp"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace psephos::ui {

KnobPanel::KnobPanel(Draft& draft, QWidget* parent)
    : QWidget(parent)
    , draft_(draft)
    , list_(new QVBoxLayout)
    , footer_(new QVBoxLayout) {
    setObjectName(QStringLiteral("scrolled"));
    // As wide as the list that it is scrolled in, never wider.
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 6, 12, 12);
    layout->setSpacing(0);
    list_->setSpacing(10);
    layout->addLayout(list_);
    layout->addSpacing(14);
    footer_->setSpacing(8);
    layout->addLayout(footer_);
    layout->addStretch(1);
    connect(&draft_, &Draft::shown, this, &KnobPanel::rebuild);
    connect(&draft_, &Draft::changed, this, &KnobPanel::refresh);
    rebuild();
}

KnobEditor* KnobPanel::editor(std::string_view knob) const {
    for (const auto& [title, group] : groups_) {
        for (const auto* editors : {&group.basic, &group.advanced}) {
            for (KnobEditor* editor : *editors) {
                if (editor->knob().id == knob) {
                    return editor;
                }
            }
        }
    }
    return nullptr;
}

KnobPanel::Group& KnobPanel::group(const QString& title) {
    const auto found = std::ranges::find(groups_, title, &std::pair<QString, Group>::first);
    if (found != groups_.end()) {
        return found->second;
    }
    groups_.emplace_back(title, Group{});
    return groups_.back().second;
}

void KnobPanel::rebuild() {
    while (QLayoutItem* item = list_->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
    groups_.clear();
    runGroup_ = nullptr;
    if (draft_.description() == nullptr) {
        return;
    }
    for (const lab::Knob& knob : draft_.description()->knobs) {
        Group& place = group(QString::fromStdString(knob.group));
        auto* editor = makeKnobEditor(knob, draft_, this);
        (knob.level == lab::Level::Basic ? place.basic : place.advanced).push_back(editor);
    }
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        auto& [title, group] = groups_[i];
        group.heading = withKind(new QLabel(title.toUpper(), this), "capitals");
        group.heading->setContentsMargins(0, i == 0 ? 4 : 10, 0, 0);
        auto* heading = group.heading;
        list_->addWidget(heading);
        for (KnobEditor* editor : group.basic) {
            list_->addWidget(editor);
        }
        if (!group.advanced.empty()) {
            group.fold = withKind(new QPushButton(this), "fold");
            group.fold->setCursor(Qt::PointingHandCursor);
            describe(group.fold, QStringLiteral("fold-%1").arg(title), tr("More of %1").arg(title),
                     tr("Show or hide the knobs that are seldom turned"));
            connect(group.fold, &QPushButton::clicked, this, [this, i] {
                Group& turned = groups_[i].second;
                turned.isOpen = !turned.isOpen;
                refreshGroup(turned);
            });
            list_->addWidget(group.fold);
        }
        for (KnobEditor* editor : group.advanced) {
            list_->addWidget(editor);
        }
    }
    addRunGroup();
    refresh();
}

void KnobPanel::addRunGroup() {
    auto* heading = withKind(new QLabel(tr("All runs").toUpper(), this), "capitals");
    heading->setContentsMargins(0, 10, 0, 0);
    list_->addWidget(heading);
    runGroup_ = new RunGroup(draft_, this);
    list_->addWidget(runGroup_);
}

void KnobPanel::refresh() {
    for (auto& [title, group] : groups_) {
        refreshGroup(group);
    }
    if (auto* runs = qobject_cast<RunGroup*>(runGroup_)) {
        runs->refresh();
    }
}

void KnobPanel::refreshGroup(Group& group) {
    const bool hasTitle = !group.heading->text().isEmpty();
    const auto applying = [this](const std::vector<KnobEditor*>& editors) {
        return std::ranges::count_if(
            editors, [this](const KnobEditor* editor) { return draft_.applies(editor->knob()); });
    };
    const auto basic = applying(group.basic);
    const auto advanced = applying(group.advanced);
    group.heading->setVisible(basic + advanced > 0 && hasTitle);
    if (group.fold != nullptr) {
        group.fold->setVisible(advanced > 0);
        group.fold->setText(group.isOpen ? tr("▾  fewer")
                                         : tr("▸  %n more", nullptr, static_cast<int>(advanced)));
    }
    const auto show = [this](const std::vector<KnobEditor*>& editors, bool isOpen) {
        for (KnobEditor* editor : editors) {
            editor->refresh();
            // A changed knob never hides: what was turned is seen.
            const bool isKept = isOpen || draft_.isChanged(editor->knob().id);
            editor->setVisible(isKept && draft_.applies(editor->knob()));
        }
    };
    show(group.basic, true);
    show(group.advanced, group.isOpen);
}

} // namespace psephos::ui
