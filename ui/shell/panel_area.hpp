// SPDX-License-Identifier: GPL-3.0-or-later
// The wide middle: an experiment's panels as cards in the rows that it declares. Cards can be
// moved, enlarged and detached.
#pragma once

#include "lab/panel.hpp"

#include <QMainWindow>

#include <span>
#include <vector>

namespace psephos::ui {

class ComparisonModel;
class PanelCard;

class PanelArea : public QMainWindow {
    Q_OBJECT
  public:
    explicit PanelArea(QWidget* parent = nullptr);

    /// Makes a card for each panel of the middle zone.
    void show(std::span<const lab::Panel> panels, ComparisonModel& model);

    [[nodiscard]] const std::vector<PanelCard*>& cards() const { return cards_; }

    /// Sizes as declared, every card in its place.
    void resetLayout();

  Q_SIGNALS:
    void troubled(const QString& text);

  protected:
    void resizeEvent(QResizeEvent* event) override;

    QMenu* createPopupMenu() override { return nullptr; }

  private:
    struct Row {
        int number = 0;
        double height = 1;
        std::vector<PanelCard*> cards;
        std::vector<double> stretches;
    };

    void place();
    void share();
    void toggleMaximised(PanelCard* card);

    std::vector<PanelCard*> cards_;
    std::vector<Row> rows_;
    PanelCard* maximised_ = nullptr;
    bool isPlacing_ = false;
    bool isShared_ = false; ///< sizes were shared out since the cards were placed
};

} // namespace psephos::ui
