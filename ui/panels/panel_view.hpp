// SPDX-License-Identifier: GPL-3.0-or-later
// A panel as a widget: the content of a card. The card (title, meaning, switches, menu) is made
// around it from what it declares here.
#pragma once

#include "lab/panel.hpp"

#include <QImage>
#include <QString>
#include <QWidget>

#include <functional>
#include <vector>

namespace psephos::ui {

class ComparisonModel;

/// A choice in the card's header, shown as segments: `linear | log`.
struct PanelSwitch {
    QString id;
    std::vector<QString> options; ///< labels; their index is the value
    int current = 0;
};

class PanelView : public QWidget {
    Q_OBJECT
  public:
    /// The model outlives the view.
    PanelView(const lab::Panel& panel, ComparisonModel& model, QWidget* parent = nullptr);

    [[nodiscard]] const lab::Panel& panel() const { return panel_; }

    [[nodiscard]] ComparisonModel& model() const { return model_; }

    [[nodiscard]] virtual std::vector<PanelSwitch> switches() const { return {}; }

    virtual void setSwitch(const QString& id, int option);

    /// The muted line beside the title; defaults to the declaration's.
    [[nodiscard]] virtual QString meaning() const;

    /// The data that the panel shows, as CSV with a header.
    [[nodiscard]] virtual QString csv() const = 0;

    /// Brings the picture up to date at once; used by `shot` and tests. Otherwise views redraw
    /// themselves when the model signals.
    virtual void refreshNow() = 0;

    /// The panel as a picture of its present size at a scale of its own, sharp at that scale.
    [[nodiscard]] virtual QImage image(double scale);

    /// What the panel will show, while it has nothing to show.
    [[nodiscard]] virtual QString emptyText() const;

    /// Height at which everything shows at the present width [px]; 0 where any height will do.
    [[nodiscard]] virtual int contentHeight() const { return 0; }

  Q_SIGNALS:
    void switchesChanged();
    void meaningChanged();
    /// contentHeight() may be another one now.
    void contentHeightChanged();

  private:
    lab::Panel panel_;
    ComparisonModel& model_;
};

using PanelFactory =
    std::function<PanelView*(const lab::Panel&, ComparisonModel&, QWidget* parent)>;

/// All kinds of panel, by an explicit list (registerPanels() in panels.cpp). A new way of looking
/// is one file here and one line in that list.
class PanelRegistry {
  public:
    static PanelRegistry& instance();
    void add(const QString& kind, PanelFactory factory);
    /// A view; of an unknown kind, a table with a note.
    [[nodiscard]] PanelView* create(const lab::Panel& panel, ComparisonModel& model,
                                    QWidget* parent) const;

  private:
    PanelRegistry();
    std::vector<std::pair<QString, PanelFactory>> factories_;
};

} // namespace psephos::ui
