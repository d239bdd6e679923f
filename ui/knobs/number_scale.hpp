// SPDX-License-Identifier: GPL-3.0-or-later
// How a slider's position becomes a number of a knob, and back.
#pragma once

#include "lab/knob.hpp"

#include <QString>

namespace psephos::ui {

/// A knob's range laid over positions 0 … kSteps, along its declared scale.
class NumberScale {
  public:
    static constexpr int kSteps = 1000;

    explicit NumberScale(const lab::Knob& knob);

    /// Whether the knob has a range that a slider can cover.
    [[nodiscard]] bool isBounded() const { return isBounded_; }

    /// The nearest position; clamped.
    [[nodiscard]] int position(double value) const;

    /// The number at a position, rounded to what a person would write: two significant digits on a
    /// logarithmic scale, a thousandth of the range rounded to 1, 2 or 5 on a linear one.
    [[nodiscard]] double value(int position) const;

    /// The value one notch up or down (`notches` of them), as keys, wheel and scrubbing go.
    [[nodiscard]] double stepped(double value, int notches) const;

  private:
    [[nodiscard]] double rounded(double value) const;

    double low_ = 0;
    double high_ = 0;
    double linearStep_ = 0;
    bool isInteger_ = false;
    bool isBounded_ = false;
    bool hasZero_ = false; ///< a logarithmic range that includes zero
    lab::Scale scale_ = lab::Scale::Linear;
};

/// A number as a field shows it: short, with the true sign; reads back as the same number.
[[nodiscard]] QString numberText(double value);

} // namespace psephos::ui
