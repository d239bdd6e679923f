// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/knobs/controls.hpp"
#include "ui/knobs/editors.hpp"
#include "ui/knobs/elided_label.hpp"
#include "ui/knobs/evidence_popup.hpp"
#include "ui/knobs/number_field.hpp"
#include "ui/knobs/number_row.hpp"
#include "ui/theme/icons.hpp"

#include <QHBoxLayout>
#include <QPushButton>
#include <QToolButton>

#include <cmath>
#include <limits>

namespace psephos::ui {

namespace {

double numberOf(const lab::Value& value) {
    if (const auto* real = std::get_if<double>(&value)) {
        return *real;
    }
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        return static_cast<double>(*integer);
    }
    return std::numeric_limits<double>::quiet_NaN();
}

class NumberEditor final : public KnobEditor {
  public:
    NumberEditor(const lab::Knob& knob, Draft& draft, QWidget* parent)
        : KnobEditor(knob, draft, parent)
        , row_(new NumberRow(knob, baseName(), label(), this)) {
        for (const lab::SpecialValue& special : knob.specials) {
            addSpecial(special);
        }
        addField(&row_->field());
        addBelow(row_);
        connect(row_, &NumberRow::turned, this, [this](double value, bool settled) {
            judge(this->draft().set(this->knob().id, valueOf(value), settled));
        });
        connect(row_, &NumberRow::rested, this, [this] { this->draft().settle(this->knob().id); });
        connect(row_, &NumberRow::textEntered, this, [this](const QString& text) {
            judge(this->draft().setText(this->knob().id, withoutUnit(text)));
            restyle(&row_->field(), "invalid", hasError());
        });
    }

  protected:
    void refreshValue() override {
        const std::vector<lab::Value> values = draft().values(knob().id);
        const auto* special = std::get_if<lab::Special>(&values.front());
        for (QPushButton* button : specials_) {
            button->setChecked(special != nullptr && values.size() == 1 &&
                               button->property("special").toString() ==
                                   QString::fromStdString(special->name));
        }
        if (!hasError()) {
            restyle(&row_->field(), "invalid", false);
        }
        if (draft().isSweep(knob().id) || values.size() > 1) {
            row_->showText(sweepText(values), true);
        } else if (special != nullptr) {
            row_->showText(resolvedText(*special), false);
        } else {
            row_->show(numberOf(values.front()));
        }
    }

  private:
    void addSpecial(const lab::SpecialValue& special) {
        const QString id = QString::fromStdString(special.id);
        const QString text = special.label.empty() ? id : QString::fromStdString(special.label);
        if (special.evidence) {
            auto* evidence = new QToolButton(this);
            evidence->setIcon(themedIcon(QStringLiteral("curve"), IconRole::Muted));
            evidence->setIconSize(QSize(14, 14));
            evidence->setFixedWidth(20);
            evidence->setCursor(Qt::PointingHandCursor);
            describe(evidence, baseName() + QStringLiteral("-evidence"),
                     tr("What %1 rests on").arg(text),
                     tr("Show the measurements on which %1 rests").arg(text));
            connect(evidence, &QToolButton::clicked, this, [this, special, evidence] {
                if (const auto shown = special.evidence(draft().knobValues())) {
                    EvidencePopup::open(*shown, evidence);
                } else {
                    showError(tr("No measurements are recorded for this choice of knobs."));
                }
            });
            addField(evidence);
        }
        auto* button = withKind(new QPushButton(text, this), "chip");
        button->setCheckable(true);
        button->setCursor(Qt::PointingHandCursor);
        button->setProperty("special", id);
        describe(button, baseName() + u'-' + id, tr("%1: %2").arg(label(), text),
                 QString::fromStdString(special.help));
        connect(button, &QPushButton::clicked, this, [this, special](bool isOn) {
            if (isOn) {
                judge(draft().set(knob().id, lab::Special{special.id}));
                return;
            }
            // Back to a number: the one that the word stood for, else the default.
            const auto stood = special.resolve ? special.resolve(draft().knobValues())
                                               : lab::Result<lab::Value>(knob().defaultValue);
            judge(draft().set(knob().id, stood ? *stood : firstNumber()));
        });
        specials_.push_back(button);
        addField(button);
    }

    [[nodiscard]] lab::Value firstNumber() const {
        if (std::get_if<lab::Special>(&knob().defaultValue) == nullptr) {
            return knob().defaultValue;
        }
        return valueOf(knob().min.value_or(0));
    }

    [[nodiscard]] lab::Value valueOf(double number) const {
        if (knob().type == lab::KnobType::Integer) {
            return static_cast<std::int64_t>(std::llround(number));
        }
        return number;
    }

    /// What `auto` stands for now.
    [[nodiscard]] QString resolvedText(const lab::Special& special) const {
        const std::vector<lab::Value> values = draft().resolved(knob().id);
        if (values.empty()) {
            return QString::fromStdString(special.name);
        }
        return values.size() == 1 ? QString::fromStdString(lab::toText(values.front()))
                                  : tr("%1 values").arg(values.size());
    }

    [[nodiscard]] QString withoutUnit(const QString& text) const {
        QString trimmed = text.trimmed();
        const QString unit = QString::fromStdString(knob().unit);
        if (!unit.isEmpty() && trimmed.endsWith(unit)) {
            trimmed.chop(unit.size());
        }
        return trimmed.trimmed();
    }

    [[nodiscard]] static QString sweepText(const std::vector<lab::Value>& values) {
        QStringList parts;
        for (const lab::Value& value : values) {
            parts << QString::fromStdString(lab::toText(value));
        }
        return u'[' + parts.join(u',') + u']';
    }

    NumberRow* row_;
    std::vector<QPushButton*> specials_;
};

class PointEditor final : public KnobEditor {
  public:
    PointEditor(const lab::Knob& knob, Draft& draft, QWidget* parent)
        : KnobEditor(knob, draft, parent) {
        for (std::size_t i = 0; i < knob.coordinates.size(); ++i) {
            const QString coordinate = QString::fromStdString(knob.coordinates[i]);
            auto* row = new NumberRow(knob, QStringLiteral("%1-%2").arg(baseName(), coordinate),
                                      QStringLiteral("%1 %2").arg(label(), coordinate), this);
            rows_.push_back(row);
            connect(row, &NumberRow::turned, this,
                    [this, i](double value, bool settled) { turn(i, value, settled); });
            connect(row, &NumberRow::rested, this,
                    [this] { this->draft().settle(this->knob().id); });
            connect(row, &NumberRow::textEntered, this, [this, i](const QString& text) {
                bool isNumber = false;
                const double value = text.trimmed().toDouble(&isNumber);
                if (!isNumber) {
                    showError(tr("'%1' is not a number").arg(text));
                    return;
                }
                turn(i, value, true);
            });
            place(*row, QStringLiteral("%1 %2").arg(label(), coordinate), i == 0);
        }
    }

  protected:
    void refreshValue() override {
        const std::vector<lab::Value> values = draft().values(knob().id);
        const auto* point = std::get_if<lab::PointValue>(&values.front());
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            if (values.size() > 1) {
                rows_[i]->showText(tr("%n points", nullptr, static_cast<int>(values.size())),
                                   false);
            } else if (point != nullptr && i < point->size()) {
                rows_[i]->show((*point)[i]);
            }
        }
    }

  private:
    /// The first coordinate takes the knob's own line, the others a line each.
    void place(NumberRow& row, const QString& text, bool isFirst) {
        if (isFirst) {
            setLabelText(text);
            addField(&row.field());
        } else {
            auto* line = new QWidget(this);
            auto* layout = new QHBoxLayout(line);
            layout->setContentsMargins(0, 6, 0, 0);
            layout->addWidget(new ElidedLabel(text, line), 1);
            layout->addWidget(&row.field());
            addBelow(line);
        }
        addBelow(&row);
    }

    void turn(std::size_t coordinate, double value, bool settled) {
        const lab::Value current = draft().value(knob().id);
        const auto* held = std::get_if<lab::PointValue>(&current);
        lab::PointValue point = held != nullptr ? *held : lab::PointValue(rows_.size(), 0.0);
        if (coordinate < point.size()) {
            point[coordinate] = value;
        }
        judge(draft().set(knob().id, point, settled));
    }

    std::vector<NumberRow*> rows_;
};

} // namespace

KnobEditor* makeNumberEditor(const lab::Knob& knob, Draft& draft, QWidget* parent) {
    return new NumberEditor(knob, draft, parent);
}

KnobEditor* makePointEditor(const lab::Knob& knob, Draft& draft, QWidget* parent) {
    return new PointEditor(knob, draft, parent);
}

} // namespace psephos::ui
