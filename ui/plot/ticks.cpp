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

QString fixed(double value, int decimals) {
    QString text = QString::number(value == 0 ? 0.0 : value, 'f', decimals);
    return text.replace(QLatin1Char('-'), QChar{0x2212});
}

/// All labels of one axis in the same form.
QString linearLabel(double value, double step, double largest, TickKind kind) {
    if (kind == TickKind::Percent) {
        return fixed(value * 100, decimalsOf(step * 100)) + QStringLiteral("\u2009%");
    }
    if (value == 0) {
        return QStringLiteral("0");
    }
    if (largest >= 1e9 || largest < 1e-4) {
        return shortNumber(value);
    }
    if (largest >= 1e6 && step >= 1e4) {
        return fixed(value / 1e6, decimalsOf(step / 1e6)) + QLatin1Char('M');
    }
    if (largest >= 1e4 && step >= 10) {
        return fixed(value / 1e3, decimalsOf(step / 1e3)) + QLatin1Char('k');
    }
    return fixed(value, decimalsOf(step));
}

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
    return result;
}

} // namespace

Ticks linearTicks(double low, double high, int wanted, TickKind kind) {
    Ticks result;
    const double span = high - low;
    if (!std::isfinite(low) || !std::isfinite(high) || !(span > 0) || wanted < 1) {
        return result;
    }
    const double step = roundStep(span / wanted);
    const double largest = std::max(std::abs(low), std::abs(high));
    if (!(step > largest * 1e-13)) {
        return result; // finer than a double can tell apart
    }
    const double first = std::ceil(low / step - 1e-9);
    const int count = static_cast<int>(std::floor(high / step + 1e-9) - first) + 1;
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
    if (last - first < 1) {
        return fewDecades(low, high, wanted);
    }
    int stride = 1;
    for (const int candidate : {1, 2, 3, 5, 10, 20, 50, 100}) {
        stride = candidate;
        if ((last - first) / candidate + 1 <= wanted) {
            break;
        }
    }
    for (int exponent = first; exponent <= last; ++exponent) {
        if (exponent % stride == 0) {
            result.at.push_back(std::pow(10.0, exponent));
            result.labels.push_back(powerOfTen(exponent));
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
