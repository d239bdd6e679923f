// SPDX-License-Identifier: GPL-3.0-or-later
// One run on one scalar channel, as a line panel reads it.
#pragma once

#include "lab/panel.hpp"
#include "lab/run.hpp"
#include "ui/plot/series.hpp"

#include <memory>
#include <optional>
#include <string>

namespace psephos::ui {

/// How a source of a line panel is drawn.
enum class LinePart {
    Plain,      ///< one curve a run
    Noisy,      ///< thin, may be smoothed
    Validation, ///< held out: bold, with dots
    Reference,  ///< a horizontal line
    Beside,     ///< belongs to the run's other curve: thin and dashed
    Ticks       ///< a mark on the axis at each sample, whatever its value
};

[[nodiscard]] LinePart linePart(const lab::PanelSource& source);

/// Reads what a plot needs of the channel, and keeps what costs a pass over the samples (the
/// exponential mean, the count of values a logarithmic axis can't show) up to date as they come.
class LineSeries {
  public:
    LineSeries(lab::RunPtr run, std::string channel, LinePart part);

    [[nodiscard]] const lab::Run& run() const { return *run_; }

    [[nodiscard]] LinePart part() const { return part_; }

    [[nodiscard]] const std::string& channel() const { return channel_; }

    /// Looks at the run's newest frames; the other functions answer for this moment.
    void look();

    [[nodiscard]] const lab::Extent& extent() const { return extent_; }

    [[nodiscard]] const lab::RunStatus& status() const { return status_; }

    [[nodiscard]] const lab::History& history() const { return *history_; }

    [[nodiscard]] bool isEmpty() const { return extent_.count == 0; }

    [[nodiscard]] double firstKey(lab::Key key) const;
    [[nodiscard]] double lastKey(lab::Key key) const;
    [[nodiscard]] double firstValue() const;

    /// The samples in a window, for so many pixel columns.
    [[nodiscard]] Points points(lab::Key key, double low, double high, std::size_t columns,
                                bool logarithmic) const;

    /// The exponential mean in a window; the geometric one for a logarithmic axis.
    [[nodiscard]] Points smoothed(lab::Key key, double low, double high, double halfLife,
                                  bool logarithmic);

    /// How many samples are ≤ 0.
    [[nodiscard]] std::size_t notPositive();

  private:
    /// Feeds the samples that came since the last scan.
    void scan();

    lab::RunPtr run_;
    std::string channel_;
    LinePart part_;
    std::shared_ptr<const lab::History> history_;
    lab::Extent extent_;
    lab::RunStatus status_;
    std::unique_ptr<ExponentialMean> mean_;
    std::size_t scanned_ = 0;
    std::size_t notPositive_ = 0;
};

} // namespace psephos::ui
