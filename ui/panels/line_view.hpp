// SPDX-License-Identifier: GPL-3.0-or-later
// Curves of scalar channels: a series for each run and source.
#pragma once

#include "ui/panels/line_series.hpp"
#include "ui/panels/live_view.hpp"
#include "ui/plot/end_labels.hpp"
#include "ui/plot/plot.hpp"
#include "ui/theme/theme.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace psephos::ui {

class KeyLink;

/// Switches: `scale` (linear, log), `key` (step, seconds: the comparison's, so all panels follow),
/// `smoothing` (raw, smooth) where a source is `train` or `noisy`.
class LineView : public LiveView {
    Q_OBJECT
  public:
    LineView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);
    ~LineView() override;

    [[nodiscard]] std::vector<PanelSwitch> switches() const override;
    void setSwitch(const QString& id, int option) override;
    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QImage image(double scale) override;
    [[nodiscard]] QString emptyText() const override;

    /// Shows all data again.
    void fit();

    [[nodiscard]] Plot& plot() const { return *plot_; }

    /// What is said of the forked runs that are shown beside their parents.
    [[nodiscard]] QStringList forkTexts() const;

    /// How many values a logarithmic axis can't show.
    [[nodiscard]] std::size_t notShown() const { return notShown_; }

  protected:
    void refresh(bool atOnce) override;
    void layOut() override;

  private:
    /// More runs than this get a legend instead of names at their ends.
    static constexpr std::size_t kMostEndLabels = 8;

    /// The lines of one series. Those that a part does not need stay without points.
    struct Lines {
        std::unique_ptr<LineSeries> series;
        QCPGraph* raw = nullptr;    ///< behind a smoothed line
        QCPGraph* future = nullptr; ///< behind the play head
        QCPGraph* edge = nullptr;   ///< casing of a pale colour
        QCPGraph* line = nullptr;
    };

    /// Height of the band above the lines in which their key stands [px].
    static constexpr int kKeyRoom = 20;

    struct Range {
        double low = 0;
        double high = 1;
    };

    /// What one look of line means.
    struct KeyEntry {
        QString words;
        double width = 1; ///< [px]
        QColor colour;
        bool hasDots = false;
        int dash = 0;
        bool isTick = false;
    };

    /// What is said of a fork.
    struct ForkWords {
        QString whence; ///< "from SOAP at 60"
        QString what;   ///< "Muon, fresh state"
    };

    /// Where a forked run's own curve begins.
    struct Fork {
        QPointF at;
        const LineSeries* series = nullptr;
        std::size_t before = 0; ///< how many others begin at the same place
    };

    void rebuild();
    [[nodiscard]] bool needsRebuild() const;
    void addSeries(const lab::RunPtr& run, const lab::PanelSource& source);
    void style(const Lines& lines) const;
    void feed(Lines& lines);
    void setAxes();
    [[nodiscard]] Range fittedKeys() const;
    [[nodiscard]] std::optional<Range> fittedValues();
    [[nodiscard]] double halfLife() const;
    [[nodiscard]] bool hasNoisySource() const;
    [[nodiscard]] bool isSmoothed(const LineSeries& series) const;
    [[nodiscard]] double headKey() const;
    void updateMargins();
    [[nodiscard]] std::vector<EndLabel> endLabels() const;
    /// The key from which on a run's curve is its own; none where it is from the start, or where
    /// the run that it was forked from is not shown.
    [[nodiscard]] std::optional<double> ownFrom(const LineSeries& series) const;
    [[nodiscard]] ForkWords forkWords(const LineSeries& series) const;
    [[nodiscard]] std::vector<Fork> forks() const;
    [[nodiscard]] bool hasPart(LinePart part) const;
    /// The run's name and, where it has several curves, which one this is.
    [[nodiscard]] QString nameOf(const LineSeries& series) const;
    [[nodiscard]] QColor colourOf(const lab::Run& run) const;
    [[nodiscard]] bool isFaded(const lab::Run& run) const;

    void paintLabels(QCPPainter& painter) const;
    void paintRunLegend(QCPPainter& painter) const;
    /// @param brief without what is only good to know
    [[nodiscard]] std::vector<KeyEntry> keyEntries(bool brief) const;
    void paintKey(QCPPainter& painter) const;
    void paintDiverged(QCPPainter& painter) const;
    void paintReferences(QCPPainter& painter) const;
    void paintTicks(QCPPainter& painter) const;
    void paintForks(QCPPainter& painter) const;
    void paintCursor(QCPPainter& painter) const;
    void paintHover(QCPPainter& painter, double key) const;

    void hoverAt(const QPointF& position);
    void leaveHover();

    Plot* plot_;
    KeyLink& link_;
    std::vector<Lines> lines_;
    bool logarithmic_;
    bool smooth_ = true;
    std::size_t notShown_ = 0; ///< values ≤ 0 on a logarithmic axis
    std::optional<double> hoverY_;
};

} // namespace psephos::ui
