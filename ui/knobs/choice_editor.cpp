// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/knobs/controls.hpp"
#include "ui/knobs/editors.hpp"
#include "ui/theme/icons.hpp"

#include <QSignalBlocker>
#include <QToolButton>

#include <algorithm>

namespace psephos::ui {

namespace {

constexpr int kRoomBesideLabel = 140; ///< px; a longer choice gets a line of its own

QStringList labelsOf(const lab::Knob& knob) {
    QStringList labels;
    for (const lab::ChoiceOption& option : knob.choices) {
        labels << QString::fromStdString(option.label.empty() ? option.id : option.label);
    }
    return labels;
}

QStringList helpOf(const lab::Knob& knob) {
    QStringList help;
    for (const lab::ChoiceOption& option : knob.choices) {
        help << QString::fromStdString(option.help);
    }
    return help;
}

int indexOf(const lab::Knob& knob, const std::string& id) {
    const auto found = std::ranges::find(knob.choices, id, &lab::ChoiceOption::id);
    return found == knob.choices.end()
               ? -1
               : static_cast<int>(std::distance(knob.choices.begin(), found));
}

/// One choice as a combo box; or, to compare, several as chips.
class ChoiceEditor final : public KnobEditor {
  public:
    ChoiceEditor(const lab::Knob& knob, Draft& draft, QWidget* parent)
        : KnobEditor(knob, draft, parent)
        , several_(new QToolButton(this))
        , combo_(new Combo(this))
        , chips_(new Chips(labelsOf(knob), helpOf(knob), this)) {
        several_->setCheckable(true);
        several_->setCursor(Qt::PointingHandCursor);
        several_->setIcon(themedIcon(QStringLiteral("gallery"), IconRole::Muted));
        describe(several_, baseName() + QStringLiteral("-several"), tr("Compare several"),
                 tr("Compare several: one run for each"));
        connect(several_, &QToolButton::clicked, this, &ChoiceEditor::setSeveral);
        const QStringList labels = labelsOf(knob);
        const QStringList help = helpOf(knob);
        for (int i = 0; i < labels.size(); ++i) {
            combo_->addItem(labels[i]);
            combo_->setItemData(i, help[i], Qt::ToolTipRole);
        }
        describe(combo_, baseName() + QStringLiteral("-combo"), label(), knobHelp(knob));
        connect(combo_, &QComboBox::activated, this,
                [this](int index) { judge(this->draft().set(this->knob().id, idOf(index))); });
        chips_->setName(baseName() + QStringLiteral("-chip"));
        chips_->setAccessibleName(label());
        connect(chips_, &Chips::toggled, this, &ChoiceEditor::sweepChips);
        addField(several_);
        if (combo_->sizeHint().width() > kRoomBesideLabel) {
            combo_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
            combo_->setMinimumContentsLength(8);
            addBelow(combo_);
        } else {
            addField(combo_);
        }
        addBelow(chips_);
    }

  protected:
    void refreshValue() override {
        const std::vector<lab::Value> values = draft().values(knob().id);
        const bool isSweep = draft().isSweep(knob().id) || values.size() > 1;
        several_->setChecked(isSweep);
        combo_->setVisible(!isSweep);
        chips_->setVisible(isSweep);
        std::vector<int> indices;
        for (const lab::Value& value : values) {
            if (const auto* id = std::get_if<std::string>(&value)) {
                indices.push_back(indexOf(knob(), *id));
            }
        }
        chips_->setChosen(indices);
        const QSignalBlocker blocker(combo_);
        combo_->setCurrentIndex(indices.empty() ? -1 : indices.front());
        // The chosen label may be cut.
        combo_->setToolTip(combo_->currentText() + QLatin1Char('\n') + knobHelp(knob()));
    }

  private:
    [[nodiscard]] lab::Value idOf(int index) const {
        return knob().choices[static_cast<std::size_t>(index)].id;
    }

    void setSeveral(bool several) {
        const lab::Value first = draft().value(knob().id);
        judge(several ? draft().sweep(knob().id, {first}) : draft().set(knob().id, first));
        refresh();
    }

    void sweepChips() {
        // Runs keep the order in which they were chosen, so that colours stay with them.
        std::vector<lab::Value> values;
        const std::vector<int> chosen = chips_->chosen();
        std::vector<int> added = chosen;
        for (const lab::Value& value : draft().values(knob().id)) {
            const auto* id = std::get_if<std::string>(&value);
            const int index = id == nullptr ? -1 : indexOf(knob(), *id);
            if (std::ranges::find(chosen, index) != chosen.end()) {
                values.push_back(value);
                std::erase(added, index);
            }
        }
        for (const int index : added) {
            values.push_back(idOf(index));
        }
        if (values.empty()) {
            showError(tr("At least one must be chosen."));
            refreshValue();
            return;
        }
        judge(draft().sweep(knob().id, std::move(values)));
    }

    QToolButton* several_;
    Combo* combo_;
    Chips* chips_;
};

/// A set of words as one value.
class ChoicesEditor final : public KnobEditor {
  public:
    ChoicesEditor(const lab::Knob& knob, Draft& draft, QWidget* parent)
        : KnobEditor(knob, draft, parent)
        , chips_(new Chips(labelsOf(knob), helpOf(knob), this)) {
        chips_->setName(baseName() + QStringLiteral("-chip"));
        chips_->setAccessibleName(label());
        connect(chips_, &Chips::toggled, this, [this] {
            lab::ChoicesValue chosen;
            for (const int index : chips_->chosen()) {
                chosen.push_back(this->knob().choices[static_cast<std::size_t>(index)].id);
            }
            judge(this->draft().set(this->knob().id, std::move(chosen)));
            if (hasError()) {
                refreshValue();
            }
        });
        addBelow(chips_);
    }

  protected:
    void refreshValue() override {
        const lab::Value value = draft().value(knob().id);
        std::vector<int> indices;
        if (const auto* chosen = std::get_if<lab::ChoicesValue>(&value)) {
            for (const std::string& id : *chosen) {
                indices.push_back(indexOf(knob(), id));
            }
        }
        chips_->setChosen(indices);
    }

  private:
    Chips* chips_;
};

class FlagEditor final : public KnobEditor {
  public:
    FlagEditor(const lab::Knob& knob, Draft& draft, QWidget* parent)
        : KnobEditor(knob, draft, parent)
        , switch_(new Switch(this)) {
        describe(switch_, baseName() + QStringLiteral("-switch"), label(), knobHelp(knob));
        connect(switch_, &QAbstractButton::clicked, this,
                [this](bool isOn) { judge(this->draft().set(this->knob().id, isOn)); });
        addField(switch_);
    }

  protected:
    void refreshValue() override {
        const lab::Value value = draft().value(knob().id);
        const auto* isOn = std::get_if<bool>(&value);
        switch_->setChecked(isOn != nullptr && *isOn);
    }

  private:
    Switch* switch_;
};

} // namespace

KnobEditor* makeChoiceEditor(const lab::Knob& knob, Draft& draft, QWidget* parent) {
    return new ChoiceEditor(knob, draft, parent);
}

KnobEditor* makeChoicesEditor(const lab::Knob& knob, Draft& draft, QWidget* parent) {
    return new ChoicesEditor(knob, draft, parent);
}

KnobEditor* makeFlagEditor(const lab::Knob& knob, Draft& draft, QWidget* parent) {
    return new FlagEditor(knob, draft, parent);
}

} // namespace psephos::ui
