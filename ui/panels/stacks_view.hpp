// SPDX-License-Identifier: GPL-3.0-or-later
// What a whole is made of: a bar a run, its parts one after another.
#pragma once

#include "lab/run.hpp"
#include "ui/panels/live_view.hpp"
#include "ui/plot/painted_axis.hpp"

#include <QColor>
#include <QPointF>
#include <QRectF>
#include <QString>

#include <limits>
#include <optional>
#include <vector>

namespace psephos::ui {

/// One part of a whole.
struct StackPart {
    QString name;
    double value = 0;
    double floor = std::numeric_limits<double>::quiet_NaN(); ///< NaN: none is known
};

/// A run's whole.
struct Stack {
    lab::RunId run = 0;
    QString name;
    QColor colour; ///< the run's
    std::vector<StackPart> parts;
    std::optional<double> mark; ///< where the whole is expected to end

    [[nodiscard]] double total() const;
    /// Of the floors that are known.
    [[nodiscard]] double totalFloor() const;
};

/// Parts of a table: name, value[, floor]; values are not negative. Floors make a thin bar of their
/// own below the run's, which shows how much less the same parts could be. A scalar of role `mark`
/// is a line across the run's bar, named by its channel. Parts keep their colours in all runs;
/// those that are nothing everywhere are left out.
class StacksView : public LiveView {
    Q_OBJECT
  public:
    StacksView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    [[nodiscard]] QString csv() const override;
    [[nodiscard]] QString emptyText() const override;

    [[nodiscard]] const std::vector<Stack>& stacks() const { return stacks_; }

    /// Names of the parts that are drawn, in order.
    [[nodiscard]] const std::vector<QString>& parts() const { return parts_; }

    /// Where a part of a run's bar is drawn; none where it is nothing.
    [[nodiscard]] std::optional<QRectF> partRect(std::size_t stack, const QString& part) const;

  protected:
    void refresh(bool atOnce) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    /// An entry of the key and where it stands.
    struct KeyEntry {
        QString words;
        QColor colour; ///< invalid: the floor's or the mark's own sign
        QPointF at;    ///< left end of the baseline
        bool isMark = false;
    };

    struct Place {
        QRectF area; ///< between the axes
        PaintedAxis x;
        std::vector<KeyEntry> key;
        std::size_t shown = 0; ///< bars that have room
        double pitch = 0;      ///< from run to run
        double bar = 0;        ///< height of a bar
        double thin = 0;       ///< height of the floor's; 0 where there is none

        [[nodiscard]] double at(double value) const;
        [[nodiscard]] double topOf(std::size_t stack) const;
    };

    void read(const lab::RunPtr& run);
    void chooseParts();
    [[nodiscard]] bool hasFloors() const;
    [[nodiscard]] QString markName() const;
    [[nodiscard]] QColor colourOf(const QString& part) const;
    [[nodiscard]] std::vector<KeyEntry> keyEntries(double width, double* height) const;
    [[nodiscard]] Place place() const;
    [[nodiscard]] QString valueText(double value) const;
    void paintKey(QPainter& painter, const Place& place) const;
    void paintStack(QPainter& painter, const Place& place, std::size_t stack) const;
    void paintName(QPainter& painter, const Place& place, std::size_t stack) const;
    void paintHover(QPainter& painter, const Place& place) const;

    std::vector<Stack> stacks_;
    std::vector<QString> parts_;
    std::optional<QPointF> hover_;
};

} // namespace psephos::ui
