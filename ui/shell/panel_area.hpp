// SPDX-License-Identifier: GPL-3.0-or-later
// The wide middle: an experiment's panels as cards in the rows that it declares. Cards can be
// moved, enlarged and detached.
#pragma once

#include "lab/panel.hpp"

#include <QMainWindow>
#include <QTimer>

#include <span>
#include <vector>

namespace psephos::ui {

class ComparisonModel;
class PanelCard;

class PanelArea : public QMainWindow {
    Q_OBJECT
  public:
    explicit PanelArea(QWidget* parent = nullptr);

    /// Makes a card for each panel of the middle zone. The model outlives the area.
    void show(std::span<const lab::Panel> panels, ComparisonModel& model);

    /// Shows one card alone, or all again.
    void toggleMaximised(PanelCard* card);

    [[nodiscard]] const std::vector<PanelCard*>& cards() const { return cards_; }

    /// Sizes as declared, every card in its place.
    void resetLayout();

    /// From now on rows of known height get it, and the others share the rest: for pictures, which
    /// nobody scrolls.
    void setShowsWhole();

    /// How much taller the area must be than `room` for that, without the other rows losing [px].
    [[nodiscard]] int missingHeight(int room) const;

    /// Takes sizes and places that saveState() told.
    /// @returns false where they are of other cards
    bool restore(const QByteArray& state);

  Q_SIGNALS:
    void troubled(const QString& text);
    /// The user moved a card or a line between two.
    void touched();

  protected:
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

    QMenu* createPopupMenu() override { return nullptr; }

  private:
    /// Cards that share a place, as tabs.
    struct Place {
        std::vector<PanelCard*> cards;
        double stretch = 1;

        /// The first card that is there; null where none is.
        [[nodiscard]] PanelCard* head() const;
        /// What the tallest card that is there and of known height needs, with its tabs [px]; 0
        /// where there is none.
        [[nodiscard]] int wholeHeight() const;
    };

    struct Row {
        int number = 0;
        double height = 1;
        std::vector<Place> places;

        [[nodiscard]] bool isThere() const;
        [[nodiscard]] int wholeHeight() const; ///< of its tallest place
    };

    void addCard(const lab::Panel& panel, ComparisonModel& model);
    void place();
    /// Rows of which something is there, from above.
    [[nodiscard]] std::vector<const Row*> rowsThere() const;
    /// Shows or hides cards: tabs of panels without data and panels of other runs are not there.
    void refreshTabs();
    void dressTabs();
    void share();
    /// Heights of rows in so many pixels, the gaps between them excluded.
    [[nodiscard]] std::vector<int> heightsOf(const std::vector<const Row*>& rows, int room) const;

    ComparisonModel* model_ = nullptr;
    std::vector<PanelCard*> cards_;
    std::vector<Row> rows_;
    QTimer tabs_; ///< tabs are looked at a few times a second
    PanelCard* maximised_ = nullptr;
    bool isPlacing_ = false;
    bool showsWhole_ = false; ///< rows of known height get it
    bool isShared_ = false;   ///< sizes were shared out since the cards were placed
};

} // namespace psephos::ui
