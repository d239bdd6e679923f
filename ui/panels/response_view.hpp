// SPDX-License-Identifier: GPL-3.0-or-later
// How a result answers to one knob: the runs of a sweep over it, a curve for each other setting.
#pragma once

#include "ui/panels/curves_view.hpp"

#include <optional>
#include <vector>

namespace psephos::ui {

/// The valley of a curve: where it is lowest and how far around it stays nearly as low.
struct Valley {
    double at = 0;         ///< key of the least value
    double value = 0;      ///< > 0
    double low = 0;        ///< keys between which the curve stays within the tolerance
    double high = 0;       ///< of the least value
    bool isAtEdge = false; ///< the least value is the first or last: a lower one may lie beyond
};

/// Neighbours are joined on straight lines over log key; points that are not finite bound the
/// valley. None for a curve without a finite value above 0.
/// @param tolerance a share of the least value, ≥ 0
[[nodiscard]] std::optional<Valley> valleyOf(const Curve& curve, double tolerance);

/// The first source's channel at the play head over the values of the knob of role `over`, which is
/// drawn logarithmically where the knob is; median and quartiles where seeds vary. Under each curve
/// lies its valley, where it is at most 1 % above its least value: its width is the robustness.
class ResponseView : public CurvesView {
    Q_OBJECT
  public:
    ResponseView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    [[nodiscard]] QString emptyText() const override;

  protected:
    [[nodiscard]] std::vector<Curve> readCurves() override;
    [[nodiscard]] lab::PanelAxis keyAxis() const override;

    [[nodiscard]] lab::PanelAxis valueAxis() const override;

    [[nodiscard]] bool endsWithCurves() const override { return false; }

    void paintOver(QPainter& painter, const Place& place) const override;

  private:
    [[nodiscard]] std::optional<Valley> valleyOn(const Curve& curve) const;
};

} // namespace psephos::ui
