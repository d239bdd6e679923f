// SPDX-License-Identifier: GPL-3.0-or-later
// Who beats whom, as arrows between candidates on a circle.
#pragma once

#include "lab/run.hpp"
#include "ui/panels/live_view.hpp"
#include "ui/panels/tournament.hpp"

#include <QPointF>
#include <QString>

#include <optional>
#include <vector>

namespace psephos::ui {

/// Role `edges`: table from,to,margin (an arrow from the one to the other, as wide as its margin);
/// role `nodes`: table name[,highlight] (not 0: filled). Switch `order`: as given, by wins. The
/// cursor on a candidate leaves only its own arrows.
class TournamentView : public LiveView {
    Q_OBJECT
  public:
    TournamentView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    [[nodiscard]] std::vector<PanelSwitch> switches() const override;
    void setSwitch(const QString& id, int option) override;
    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QString emptyText() const override;

    [[nodiscard]] const std::vector<Tournament::Node>& nodes() const { return tournament_.nodes; }

    [[nodiscard]] const std::vector<Tournament::Edge>& edges() const { return tournament_.edges; }

    /// Where a node stands [px].
    [[nodiscard]] QPointF pixelOf(std::size_t node) const;
    [[nodiscard]] std::optional<std::size_t> nodeUnder(const QPointF& position) const;
    /// "Aspen beats 3 and loses to 1".
    [[nodiscard]] QString sentence(std::size_t node) const;

  protected:
    void refresh(bool atOnce) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    struct Place {
        QPointF centre;
        double radius = 0; ///< of the circle of candidates
        double node = 0;   ///< of a candidate's own circle
    };

    void arrange();
    [[nodiscard]] Place place() const;
    [[nodiscard]] QPointF at(const Place& place, std::size_t node) const;
    void paintEdge(QPainter& painter, const Place& place, const Tournament::Edge& edge,
                   double strength) const;
    void paintNodes(QPainter& painter, const Place& place) const;

    Tournament tournament_;
    std::vector<std::size_t> seat_; ///< of each node, clockwise from the top
    bool byWins_ = false;
    std::optional<std::size_t> hovered_;
};

} // namespace psephos::ui
