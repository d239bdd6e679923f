// SPDX-License-Identifier: GPL-3.0-or-later
// From what History tells of a scalar channel to what QCustomPlot draws.
#pragma once

#include "lab/history.hpp"
#include "ui/plot/qcp.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace psephos::ui {

using Points = QVector<QCPGraphData>;

/// The points of a trace. What is not finite becomes NaN, a gap (one infinity would make
/// QCustomPlot's ranges useless); on a logarithmic axis values ≤ 0 are left out.
[[nodiscard]] Points toPoints(const lab::Trace& trace, bool logarithmic);

/// Splits sorted points at a key; both halves share the interpolated point there.
struct SplitPoints {
    Points before;
    Points after;
};

[[nodiscard]] SplitPoints splitAt(const Points& points, double key, bool logarithmic);

/// The exponential mean of a series that grows: value after value, thinned to a bounded number of
/// points, so that smoothing a million samples costs one pass and little memory.
///
/// m ← m + (1 − 2^(−1/h)) (v − m) with h the half-life in samples, started without bias towards 0
/// (as Adam's moments). Values that are not finite are skipped.
class ExponentialMean {
  public:
    /// @param halfLife samples after which a value weighs half as much, > 0
    /// @param isGeometric of the logarithms: one outlier of a thousandfold doesn't drown a hundred
    ///     others; values ≤ 0 don't count
    explicit ExponentialMean(double halfLife, bool isGeometric = false);

    [[nodiscard]] bool isGeometric() const { return isGeometric_; }

    [[nodiscard]] double halfLife() const { return halfLife_; }

    void feed(std::span<const lab::Sample> samples);

    /// How many samples have been fed.
    [[nodiscard]] std::size_t count() const { return count_; }

    /// The mean in a window of keys, with one neighbour on each side.
    [[nodiscard]] lab::Trace trace(lab::Key key, double low, double high) const;

    /// The mean at the last sample at or before the key; NaN before the first.
    [[nodiscard]] double at(lab::Key key, double where) const;

  private:
    void thin();

    double halfLife_;
    bool isGeometric_;
    double decay_;
    double weighted_ = 0; ///< Σ (1 − decay) decayᵏ v
    double weight_ = 0;   ///< the same sum of ones
    std::size_t count_ = 0;
    std::size_t stride_ = 1; ///< one point is kept of so many
    std::vector<lab::Sample> kept_;
    lab::Sample last_{}; ///< newest mean, whether kept or not
};

/// Key of a sample.
[[nodiscard]] double keyOf(const lab::Sample& sample, lab::Key key);

} // namespace psephos::ui
