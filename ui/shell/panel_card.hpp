// SPDX-License-Identifier: GPL-3.0-or-later
// A panel as a card: its view, its switches as segments, and what can be saved of it.
#pragma once

#include "ui/shell/card_dock.hpp"

#include <utility>
#include <vector>

class QLabel;
class QMenu;
class QToolButton;

namespace psephos::ui {

class PanelView;
class Segments;

class PanelCard : public CardDock {
    Q_OBJECT
  public:
    /// Takes the view.
    explicit PanelCard(PanelView* view, QWidget* parent = nullptr);

    [[nodiscard]] PanelView& view() { return *view_; }

    /// Without the buttons that only a hand needs: for pictures.
    void setPresenting();

    /// The card as a picture: header and content, without its buttons.
    [[nodiscard]] QImage picture(double scale);

    // Each answers an empty text, or why it could not be written.

    [[nodiscard]] QString savePicture(const QString& file, double scale);
    [[nodiscard]] QString saveData(const QString& file);

    /// With header and edges; 0 where any height will do [px].
    [[nodiscard]] int wholeHeight() const;

  Q_SIGNALS:
    void maximiseAsked();
    /// Something could not be written, and why.
    void troubled(const QString& text);

  private:
    void tellStale();
    void buildSwitches();
    void fitSwitches();
    void addHiddenSwitches(QMenu& menu);
    void buildMenu();
    void askPicture();
    void askData();

    PanelView* view_;
    QWidget* switches_ = nullptr;
    std::vector<std::pair<QString, Segments*>> segments_; ///< by the switch's id
    QList<QAction*> menuSwitches_;
    QToolButton* more_;
    QLabel* stale_; ///< shown while frames of an earlier answer are
};

} // namespace psephos::ui
