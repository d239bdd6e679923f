// SPDX-License-Identifier: GPL-3.0-or-later
// Named values as bars, a group of bars a name where there are several runs.
#pragma once

#include "lab/run.hpp"
#include "ui/panels/live_view.hpp"
#include "ui/plot/end_labels.hpp"

#include <QColor>

#include <limits>
#include <optional>
#include <vector>

namespace psephos::ui {

inline constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

/// One value of one series, with its intervals where the tables have them, else NaN.
struct Bar {
    double value = kNoValue;
    double low = kNoValue; ///< a whisker
    double high = kNoValue;
    double least = kNoValue; ///< a band: what the value might be as well
    double greatest = kNoValue;
    bool isThere = true; ///< this series has the name; else all are NaN
};

/// A name with the bars of all runs.
struct BarGroup {
    QString name;
    std::vector<Bar> bars; ///< one a run
    QColor colour = {};    ///< declared for the name; invalid: the run's
};

/// The groups as they are drawn: sorted or not, and no more than have room. Beyond `most` the least
/// are gathered into one group "others (n)" (their sum; kept apart by `othersName`).
[[nodiscard]] std::vector<BarGroup> arranged(std::vector<BarGroup> groups, bool sorted,
                                             std::size_t most, const QString& othersName);

/// Each source is a series of the run's colour; of several, the last is, and its role is the name.
/// Parts: name, value[, low, high (a whisker)][, least, greatest (a band)]. A source of role
/// `whiskers` (name, low, high) is no series: the run's last one gets its whiskers from it.
/// Switch `order`: as given, sorted.
class BarsView : public LiveView {
    Q_OBJECT
  public:
    BarsView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    [[nodiscard]] std::vector<PanelSwitch> switches() const override;
    void setSwitch(const QString& id, int option) override;
    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QString emptyText() const override;

    /// All groups, in the order of the table.
    [[nodiscard]] const std::vector<BarGroup>& groups() const { return groups_; }

  protected:
    void refresh(bool atOnce) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    struct Series {
        lab::RunId run = 0;
        QString name;
        QColor colour;
    };

    /// Where everything stands, for one size.
    struct Place {
        QRectF area; ///< between the axes
        std::vector<BarGroup> groups;
        double pitch = 0; ///< from group to group
        double bar = 0;   ///< width of one bar
        double low = 0;   ///< of the value axis
        double high = 1;
        bool slanted = false;

        [[nodiscard]] double y(double value) const;
    };

    /// Of a bar, where nothing else is emphasised.
    [[nodiscard]] const QColor& colourOf(const BarGroup& group, std::size_t series) const;
    void addSeries(const lab::RunPtr& run, const lab::PanelSource& source);
    void addWhiskers(const lab::Run& run, const lab::PanelSource& source);
    [[nodiscard]] QPointF labelPlace(const Place& place, const Bar& bar, const QRectF& rect,
                                     double wide) const;
    void paintIntervals(QPainter& painter, const Place& place, const Bar& bar,
                        const QRectF& rect) const;
    [[nodiscard]] Place place() const;
    /// How many groups are drawn; the others are gathered.
    [[nodiscard]] std::size_t groupsWithRoom(double plotWidth, double narrowest) const;
    [[nodiscard]] QRectF barRect(const Place& place, std::size_t group, std::size_t series) const;
    [[nodiscard]] QString valueText(double value) const;
    void paintAxis(QPainter& painter, const Place& place) const;
    void paintBars(QPainter& painter, const Place& place) const;
    void paintNames(QPainter& painter, const Place& place) const;
    void paintKey(QPainter& painter, const Place& place) const;
    void paintHover(QPainter& painter, const Place& place) const;

    std::vector<BarGroup> groups_;
    std::vector<Series> series_;
    bool isPercent_ = false;
    bool sorted_ = false;
    std::optional<QPointF> hover_;
};

} // namespace psephos::ui
