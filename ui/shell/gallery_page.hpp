// SPDX-License-Identifier: GPL-3.0-or-later
// The gallery: every preset worth opening as a card, under two headings.
#pragma once

#include "lab/workbench.hpp"

#include <QTimer>
#include <QWidget>

#include <memory>
#include <vector>

class QGridLayout;
class QLabel;
class QVBoxLayout;

namespace psephos::ui {

class GalleryCard;

/// The title of a heading.
[[nodiscard]] QString headingOf(lab::Theme theme);

class GalleryPage : public QWidget {
    Q_OBJECT
  public:
    /// The registry outlives the page.
    explicit GalleryPage(lab::Registry& registry, QWidget* parent = nullptr);

    /// Shows only the experiments of one group; all where empty.
    void setGroup(const QString& group);

    [[nodiscard]] const std::vector<GalleryCard*>& cards() const { return cards_; }

  Q_SIGNALS:
    void chosen(const psephos::lab::Description& description, const psephos::lab::Preset& preset);
    void openFileAsked();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    struct Section {
        lab::Theme theme = lab::Theme::Descend;
        QWidget* header = nullptr;
        QLabel* count = nullptr;
        QGridLayout* grid = nullptr;
        std::vector<GalleryCard*> cards;
    };

    void addSection(lab::Theme theme, const lab::Registry& registry, QVBoxLayout& layout);
    void arrange();

    std::vector<Section> sections_;
    std::vector<GalleryCard*> cards_;
    QString group_;
    int columns_ = 0;
};

} // namespace psephos::ui
