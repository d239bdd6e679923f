// SPDX-License-Identifier: GPL-3.0-or-later
// Who leads: the runs by their value at the play head, best first; where seeds vary, the cohorts by
// their medians.
#pragma once

#include "lab/cohorts.hpp"
#include "ui/panels/live_view.hpp"

#include <QColor>

#include <optional>
#include <vector>

namespace psephos::ui {

/// Switch `key`: steps, seconds (the comparison's). Bars are logarithmic where the panel's y axis
/// is; the least value then has a short bar, not none.
class LeadersView : public LiveView {
    Q_OBJECT
  public:
    LeadersView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    [[nodiscard]] std::vector<PanelSwitch> switches() const override;
    void setSwitch(const QString& id, int option) override;
    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QString emptyText() const override;

    /// None: the caption under the bars says it, for the key and the play head of the moment.
    [[nodiscard]] QString meaning() const override { return {}; }

    [[nodiscard]] int contentHeight() const override;

    struct Row {
        lab::RunId run = 0; ///< of a cohort its first
        QString name;
        QColor colour;
        double value = 0; ///< NaN where it diverged
        QString remark;   ///< "diverged at step 37"
    };

    /// Best first; what has diverged comes last.
    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

  protected:
    void refresh(bool atOnce) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    /// None while no run of the cohort has a sample.
    [[nodiscard]] std::optional<Row> rowOf(const lab::Cohort& cohort,
                                           const std::string& channel) const;
    [[nodiscard]] double rowHeight() const;
    [[nodiscard]] QString caption() const;
    [[nodiscard]] QString valueText(double value) const;
    /// Length of a bar, 0 … 1.
    [[nodiscard]] double share(double value) const;
    [[nodiscard]] bool isLogarithmic() const;

    std::vector<Row> rows_;
    QString unit_;
    QString channelLabel_;
    bool ofCohorts_ = false;
};

} // namespace psephos::ui
