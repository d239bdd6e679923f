// SPDX-License-Identifier: GPL-3.0-or-later
// Where an axis has its ticks and what they say.
#pragma once

#include "ui/plot/qcp.hpp"

#include <QString>

#include <vector>

namespace psephos::ui {

/// Positions and texts of an axis' ticks, in ascending order, all within the range.
struct Ticks {
    std::vector<double> at;
    std::vector<QString> labels;
};

/// What the numbers of an axis are.
enum class TickKind {
    Number,  ///< plain numbers; thousands as "20k"
    Percent, ///< fractions shown in per cent
    Log      ///< logarithmic: 10ᵏ, or 1-2-5 within fewer than two decades
};

/// Round ticks (1, 2 or 5 times a power of ten apart), about `wanted` of them.
/// An empty or not finite range has no ticks.
[[nodiscard]] Ticks linearTicks(double low, double high, int wanted,
                                TickKind kind = TickKind::Number);

/// Decades, every n-th where there are many; within fewer than two decades 1-2-5 multiples.
/// @param low, high > 0, else there are no ticks
[[nodiscard]] Ticks logTicks(double low, double high, int wanted);

/// Gives a QCustomPlot axis these ticks.
class Ticker : public QCPAxisTicker {
  public:
    explicit Ticker(TickKind kind, int wanted = 5);

    [[nodiscard]] Ticks ticks(double low, double high) const;

    void setWanted(int wanted) { wanted_ = wanted; }

    void generate(const QCPRange& range, const QLocale& locale, QChar formatChar, int precision,
                  QVector<double>& ticks, QVector<double>* subTicks,
                  QVector<QString>* tickLabels) override;

  private:
    TickKind kind_;
    int wanted_;
};

} // namespace psephos::ui
