// SPDX-License-Identifier: GPL-3.0-or-later
// One number as a person turns it: a field, and a slider where the number has a range.
#pragma once

#include "ui/knobs/number_scale.hpp"

#include <QTimer>
#include <QWidget>

namespace psephos::ui {

class NumberField;
class Slider;

class NumberRow : public QWidget {
    Q_OBJECT
  public:
    /// `name` is the base of the children's object names: NAME-field, NAME-slider.
    NumberRow(const lab::Knob& knob, const QString& name, const QString& label,
              QWidget* parent = nullptr);

    /// The field, for the caller to place; the row itself holds only the slider.
    [[nodiscard]] NumberField& field() { return *field_; }

    void show(double value);
    /// Shows a text in place of a number (`auto`, a sweep); the slider hides with it.
    void showText(const QString& text, bool isWide);

  Q_SIGNALS:
    /// `settled` when the hand let go, or rested for 400 ms.
    void turned(double value, bool settled);
    void rested();
    void textEntered(const QString& text);

  private:
    NumberScale scale_;
    QString unit_;
    NumberField* field_;
    Slider* slider_ = nullptr;
    QTimer rest_;
    double value_ = 0;
};

} // namespace psephos::ui
