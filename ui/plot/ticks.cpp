// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/ticks.hpp"

#include "ui/plot/number_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace psephos::ui {

namespace {

/// Smallest of 1, 2, 5 times a power of ten that is at least `step`.
double roundStep(double step) {
    const double magnitude = std::pow(10.0, std::floor(std::log10(step)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * magnitude >= step * (1 - 1e-9)) {
            return factor * magnitude;
        }
    }
    return 10 * magnitude;
}

int decimalsOf(double step) {
    return std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
}

/// All labels of one axis in the same form.
QString linearLabel(double value, double step, double largest, TickKind kind) {
    if (kind == TickKind::Percent) {
        return fixedNumber(value * 100, decimalsOf(step * 100)) + QStringLiteral("\u2009%");
    }
    if (value == 0) {
        return QStringLiteral("0");
    }
    if (largest >= 1e9 || largest < 1e-4) {
        return shortNumber(value);
    }
    if (largest >= 1e6 && step >= 1e4) {
        return fixedNumber(value / 1e6, decimalsOf(step / 1e6)) + QLatin1Char('M');
    }
    if (largest >= 1e4 && step >= 10) {
        return fixedNumber(value / 1e3, decimalsOf(step / 1e3)) + QLatin1Char('k');
    }
    return fixedNumber(value, decimalsOf(step));
}

/// Fewer ticks than this don't say how an axis is divided.
constexpr std::size_t kFewestTicks = 3;

/// Ticks at 1-2-5 (or, over less than half a decade, round linear ones).
Ticks fewDecades(double low, double high, int wanted) {
    Ticks result;
    if (high < 3 * low) {
        return linearTicks(low, high, wanted);
    }
    const int first = static_cast<int>(std::floor(std::log10(low)));
    const int last = static_cast<int>(std::floor(std::log10(high)));
    for (int exponent = first; exponent <= last; ++exponent) {
        for (const double factor : {1.0, 2.0, 5.0}) {
            const double value = factor * std::pow(10.0, exponent);
            if (value >= low * (1 - 1e-12) && value <= high * (1 + 1e-12)) {
                result.at.push_back(value);
                result.labels.push_back(shortNumber(value));
            }
        }
    }
    return result.at.size() < kFewestTicks ? linearTicks(low, high, wanted) : result;
}

} // namespace

Ticks linearTicks(double low, double high, int wanted, TickKind kind) {
    Ticks result;
    const double span = high - low;
    if (!std::isfinite(low) || !std::isfinite(high) || !(span > 0) || wanted < 1) {
        return result;
    }
    const double largest = std::max(std::abs(low), std::abs(high));
    const double finest = largest * 1e-13; // what a double can tell apart
    const auto countAt = [&](double step) {
        return std::floor(high / step + 1e-9) - std::ceil(low / step - 1e-9) + 1;
    };
    double step = roundStep(span / wanted);
    while (wanted > 1 && step > finest && countAt(step) < kFewestTicks) {
        step = roundStep(step / 2.5);
    }
    if (!(step > finest)) {
        return result;
    }
    const double first = std::ceil(low / step - 1e-9);
    const int count = static_cast<int>(countAt(step));
    for (int index = 0; index < count; ++index) {
        const double value = (first + index) * step;
        result.at.push_back(value);
        result.labels.push_back(linearLabel(value, step, largest, kind));
    }
    return result;
}

Ticks logTicks(double low, double high, int wanted) {
    Ticks result;
    if (!(low > 0) || !(high > low) || !std::isfinite(high) || wanted < 1) {
        return result;
    }
    const int first = static_cast<int>(std::ceil(std::log10(low) - 1e-9));
    const int last = static_cast<int>(std::floor(std::log10(high) + 1e-9));
    constexpr std::array kStrides{1, 2, 3, 5, 10, 20, 50, 100};
    auto stride = kStrides.begin();
    while (stride + 1 != kStrides.end() && (last - first) / *stride + 1 > wanted) {
        ++stride;
    }
    const auto countAt = [&](int each) {
        return std::floor(static_cast<double>(last) / each) -
               std::ceil(static_cast<double>(first) / each) + 1;
    };
    while (stride != kStrides.begin() && countAt(*stride) < kFewestTicks) {
        --stride;
    }
    if (countAt(*stride) < kFewestTicks) {
        return fewDecades(low, high, wanted);
    }
    constexpr int kLargestPlain = 3; // 1, 10, 100 are read at a glance
    const bool arePlain = first >= 0 && last <= kLargestPlain;
    for (int exponent = first; exponent <= last; ++exponent) {
        if (exponent % *stride == 0) {
            result.at.push_back(std::pow(10.0, exponent));
            result.labels.push_back(arePlain ? shortNumber(result.at.back())
                                             : powerOfTen(exponent));
        }
    }
    return result;
}

Ticker::Ticker(TickKind kind, int wanted)
    : kind_(kind)
    , wanted_(wanted) {}

Ticks Ticker::ticks(double low, double high) const {
    return kind_ == TickKind::Log ? logTicks(low, high, wanted_)
                                  : linearTicks(low, high, wanted_, kind_);
}

void Ticker::generate(const QCPRange& range, const QLocale& /*locale*/, QChar /*formatChar*/,
                      int /*precision*/, QVector<double>& ticks, QVector<double>* subTicks,
                      QVector<QString>* tickLabels) {
    const Ticks made = this->ticks(range.lower, range.upper);
    ticks = QVector<double>(made.at.begin(), made.at.end());
    if (subTicks != nullptr) {
        subTicks->clear();
    }
    if (tickLabels != nullptr) {
        *tickLabels = QVector<QString>(made.labels.begin(), made.labels.end());
    }
}

} // namespace psephos::ui
