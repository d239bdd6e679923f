// SPDX-License-Identifier: GPL-3.0-or-later
// A panel as a card: its view, its switches as segments, and what can be saved of it.
#pragma once

#include "ui/shell/card_dock.hpp"

class QMenu;
class QToolButton;

namespace psephos::ui {

class PanelView;

class PanelCard : public CardDock {
    Q_OBJECT
  public:
    /// Takes the view.
    explicit PanelCard(PanelView* view, QWidget* parent = nullptr);

    [[nodiscard]] PanelView& view() { return *view_; }

    /// The card as a picture: header and content, without its buttons.
    [[nodiscard]] QImage picture(double scale);

    // Each answers an empty text, or why it could not be written.

    [[nodiscard]] QString savePicture(const QString& file, double scale);
    [[nodiscard]] QString saveData(const QString& file);

  Q_SIGNALS:
    void maximiseAsked();
    /// Something could not be written, and why.
    void troubled(const QString& text);

  private:
    void buildSwitches();
    void buildMenu();
    void askPicture();
    void askData();

    PanelView* view_;
    QWidget* switches_ = nullptr;
    QToolButton* more_;
};

} // namespace psephos::ui
