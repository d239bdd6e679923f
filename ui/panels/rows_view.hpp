// SPDX-License-Identifier: GPL-3.0-or-later
// Named rows over one axis of values: what intervals and dumbbells have in common.
#pragma once

#include "lab/run.hpp"
#include "ui/panels/live_view.hpp"
#include "ui/plot/end_labels.hpp"
#include "ui/plot/painted_axis.hpp"

#include <QColor>
#include <QString>

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace psephos::ui {

/// What one run says about a row: up to three numbers, as the kind of panel means them; NaN where
/// it says nothing.
struct RowMark {
    lab::RunId run = 0;
    QString runName;
    QColor colour;
    std::array<double, 3> numbers{};
};

struct NamedRow {
    QString name;
    QString note; ///< a muted line under the name; may be empty
    std::vector<RowMark> marks;
};

/// Switch `order`: as given, sorted. Rows that have no room are scrolled to with the wheel or the
/// keys ↑ ↓, page and home.
class RowsView : public LiveView {
    Q_OBJECT
  public:
    RowsView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    [[nodiscard]] std::vector<PanelSwitch> switches() const override;
    void setSwitch(const QString& id, int option) override;
    [[nodiscard]] QString csv() const override;

    /// In the order of the table.
    [[nodiscard]] const std::vector<NamedRow>& rows() const { return rows_; }

    /// Names in the order drawn, those scrolled away included.
    [[nodiscard]] QStringList drawnNames() const;

    /// Index of the first drawn row that is seen.
    [[nodiscard]] std::size_t firstSeen() const { return first_; }

  protected:
    /// The parts of the table that make numbers[0 … 2]; an empty word: none.
    [[nodiscard]] virtual std::array<std::string_view, 3> parts() const = 0;
    /// What rows are sorted by, greatest first.
    [[nodiscard]] virtual double weight(const NamedRow& row) const = 0;
    /// Paints a mark whose middle line is at `y`.
    virtual void paintMark(QPainter& painter, const QRectF& area, const PaintedAxis& axis, double y,
                           const RowMark& mark, const QColor& colour) const = 0;
    /// What the read-out says of a mark.
    [[nodiscard]] virtual QString sentence(const PaintedAxis& axis, const RowMark& mark) const = 0;

    void refresh(bool atOnce) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    /// Where everything stands, for one size.
    struct Place {
        QRectF area;      ///< right of the names, above the axis
        double pitch = 0; ///< height of a row
        std::size_t seen = 0;
        PaintedAxis axis;
    };

    void read(const lab::RunPtr& run, const lab::PanelSource& source);
    void arrange();
    [[nodiscard]] Place place() const;
    [[nodiscard]] std::size_t lastFirst() const;
    void scrollTo(std::ptrdiff_t first);
    [[nodiscard]] std::optional<std::size_t> rowUnder(const Place& place,
                                                      const QPointF& position) const;
    void paintNames(QPainter& painter, const Place& place) const;
    void paintMarks(QPainter& painter, const Place& place) const;
    void paintScroll(QPainter& painter, const Place& place) const;
    void paintHover(QPainter& painter, const Place& place) const;

    std::vector<NamedRow> rows_;
    std::vector<std::size_t> order_;
    std::size_t first_ = 0;
    bool sorted_ = false;
    std::optional<QPointF> hover_;
};

/// A value with its interval, as a dot on a whisker: parts value, low, high.
class IntervalsView final : public RowsView {
    Q_OBJECT
  public:
    using RowsView::RowsView;

    [[nodiscard]] QString emptyText() const override;

  protected:
    [[nodiscard]] std::array<std::string_view, 3> parts() const override;
    [[nodiscard]] double weight(const NamedRow& row) const override;
    void paintMark(QPainter& painter, const QRectF& area, const PaintedAxis& axis, double y,
                   const RowMark& mark, const QColor& colour) const override;
    [[nodiscard]] QString sentence(const PaintedAxis& axis, const RowMark& mark) const override;
};

/// Where a value was and where it is, as a ring and a dot with a line between: parts from, to.
class DumbbellsView final : public RowsView {
    Q_OBJECT
  public:
    using RowsView::RowsView;

    [[nodiscard]] QString emptyText() const override;

  protected:
    [[nodiscard]] std::array<std::string_view, 3> parts() const override;
    [[nodiscard]] double weight(const NamedRow& row) const override;
    void paintMark(QPainter& painter, const QRectF& area, const PaintedAxis& axis, double y,
                   const RowMark& mark, const QColor& colour) const override;
    [[nodiscard]] QString sentence(const PaintedAxis& axis, const RowMark& mark) const override;
};

} // namespace psephos::ui
