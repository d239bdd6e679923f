// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/knobs/number_scale.hpp"

#include "lab/value.hpp"

#include <algorithm>
#include <cmath>

namespace psephos::ui {

namespace {

/// The largest of 1, 2, 5 times a power of ten that is at most `value`.
double niceStep(double value) {
    const double decade = std::pow(10.0, std::floor(std::log10(value)));
    for (const double factor : {5.0, 2.0}) {
        if (decade * factor <= value * (1 + 1e-9)) {
            return decade * factor;
        }
    }
    return decade;
}

/// Rounds to significant digits through decimal text, so that the result is the number that a
/// person would type.
double significant(double value, int digits) {
    return QString::number(value, 'e', digits - 1).toDouble();
}

} // namespace

NumberScale::NumberScale(const lab::Knob& knob)
    : isInteger_(knob.type == lab::KnobType::Integer)
    , scale_(knob.scale) {
    if (!knob.min || !knob.max || !(*knob.max > *knob.min)) {
        return;
    }
    low_ = *knob.min;
    high_ = *knob.max;
    isBounded_ = std::isfinite(low_) && std::isfinite(high_);
    if (scale_ != lab::Scale::Linear && low_ <= 0) {
        // A logarithmic range that begins at zero: zero is the leftmost position.
        low_ = isInteger_ ? 1 : high_ * 1e-8;
        hasZero_ = true;
    }
    linearStep_ = niceStep((high_ - low_) / 500.0);
    if (isInteger_) {
        linearStep_ = std::max(1.0, linearStep_);
    }
}

int NumberScale::position(double value) const {
    if (!isBounded_ || std::isnan(value)) {
        return 0;
    }
    double fraction = (value - low_) / (high_ - low_);
    if (scale_ != lab::Scale::Linear) {
        if (value <= 0) {
            return 0;
        }
        fraction = std::log(value / low_) / std::log(high_ / low_);
    }
    return static_cast<int>(std::lround(std::clamp(fraction, 0.0, 1.0) * kSteps));
}

double NumberScale::value(int position) const {
    const double fraction = std::clamp(position, 0, kSteps) / static_cast<double>(kSteps);
    if (position <= 0) {
        return hasZero_ ? 0 : low_;
    }
    if (position >= kSteps) {
        return high_;
    }
    if (scale_ == lab::Scale::Linear) {
        return rounded(low_ + fraction * (high_ - low_));
    }
    return rounded(low_ * std::pow(high_ / low_, fraction));
}

double NumberScale::stepped(double value, int notches) const {
    double next = value;
    switch (scale_) {
    case lab::Scale::Linear:
        next = value + notches * (isBounded_ ? linearStep_ : (isInteger_ ? 1.0 : 0.01));
        next = rounded(next);
        break;
    case lab::Scale::PowerOfTwo:
        next = std::exp2(std::round(std::log2(std::max(value, 1.0))) + notches);
        break;
    case lab::Scale::Log:
        if (value <= 0) {
            next = notches > 0 ? low_ : value;
            break;
        }
        // Twenty notches a decade; an integer moves by at least one.
        next = significant(value * std::pow(10.0, notches / 20.0), 2);
        if (isInteger_ && std::llround(next) == std::llround(value)) {
            next = value + (notches > 0 ? 1 : -1);
        }
        break;
    }
    if (isInteger_) {
        next = std::round(next);
    }
    return isBounded_ ? std::clamp(next, hasZero_ ? 0.0 : low_, high_) : next;
}

double NumberScale::rounded(double value) const {
    double result = value;
    if (scale_ == lab::Scale::Linear) {
        const double step = isBounded_ ? linearStep_ : (isInteger_ ? 1.0 : 0.01);
        result = significant(std::round(value / step) * step, 12);
    } else if (scale_ == lab::Scale::PowerOfTwo) {
        result = std::exp2(std::round(std::log2(value)));
    } else {
        result = significant(value, 2);
    }
    if (isInteger_) {
        result = std::round(result);
    }
    return isBounded_ ? std::clamp(result, hasZero_ ? 0.0 : low_, high_) : result;
}

QString numberText(double value) {
    return QString::fromStdString(lab::toText(value));
}

} // namespace psephos::ui
