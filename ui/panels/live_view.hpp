// SPDX-License-Identifier: GPL-3.0-or-later
// What all views have in common: they follow the model, once an event loop turn and only while they
// are seen, and say in one sentence what they will show while there is nothing to show.
#pragma once

#include "ui/panels/panel_view.hpp"

#include <QTimer>

class QLabel;

namespace psephos::ui {

class LiveView : public PanelView {
    Q_OBJECT
  public:
    LiveView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent);

    void refreshNow() final;

    /// The declaration's, and after it the newest text of a source of role `caption`, if there is
    /// one: what these data are of.
    [[nodiscard]] QString meaning() const override;

  protected:
    /// Reads the model and redraws. @param atOnce a picture is about to be taken: no queueing
    virtual void refresh(bool atOnce) = 0;

    /// Gives the content its place; called with every change of size.
    virtual void layOut() {}

    /// Asks for a refresh with the next turn of the event loop (when seen again, if hidden).
    void scheduleRefresh();

    /// Shows the empty sentence in place of `content` (may be null: the view paints itself).
    void setEmpty(bool isEmpty, QWidget* content = nullptr);

    [[nodiscard]] bool isEmpty() const;

    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

  private:
    void styleEmpty();
    /// Tells the card where the caption is another one.
    void readCaption();

    QLabel* empty_;
    QString caption_;
    QTimer pending_;
    bool stale_ = true;
};

} // namespace psephos::ui
