// SPDX-License-Identifier: GPL-3.0-or-later
// What plots over the same key axis share: the visible range, the hovered key and their margins.
#pragma once

#include "lab/history.hpp"

#include <QObject>

#include <map>
#include <optional>
#include <utility>

namespace psephos::ui {

/// One for each comparison; the same step is at the same pixel in plots that stand over one
/// another.
class KeyLink : public QObject {
    Q_OBJECT
  public:
    /// The link that belongs to this object (made when first asked for; the object owns it).
    [[nodiscard]] static KeyLink& of(QObject& owner);

    /// The range that a gesture chose; none while plots fit their data.
    [[nodiscard]] std::optional<std::pair<double, double>> range() const { return range_; }

    [[nodiscard]] std::optional<double> hover() const { return hover_; }

    /// Says what the key axis counts; a range of another unit is forgotten.
    void useKey(lab::Key key);
    void setRange(std::optional<std::pair<double, double>> range);
    void setHover(std::optional<double> key);

    /// Says what margins a plot needs [px]; the largest of all hold for all.
    void needMargins(const QObject* plot, int left, int right);
    void forget(const QObject* plot);
    [[nodiscard]] int leftMargin() const;
    [[nodiscard]] int rightMargin() const;

  Q_SIGNALS:
    void rangeChanged();
    void hoverChanged();
    void marginsChanged();

  private:
    explicit KeyLink(QObject* owner);

    lab::Key key_ = lab::Key::Step;
    std::optional<std::pair<double, double>> range_;
    std::optional<double> hover_;
    std::map<const QObject*, std::pair<int, int>> margins_;
};

} // namespace psephos::ui
