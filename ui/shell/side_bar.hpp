// SPDX-License-Identifier: GPL-3.0-or-later
// The gallery's side bar: places, and the groups of experiments under their headings.
#pragma once

#include "lab/experiment.hpp"

#include <QWidget>

#include <vector>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace psephos::ui {

class SideBar : public QWidget {
    Q_OBJECT
  public:
    explicit SideBar(const lab::Registry& registry, QWidget* parent = nullptr);

    void setRunCount(std::size_t runs);
    void setDevice(const QString& text);
    void setLibraries(const QString& text, bool isReady);
    /// Marks a place without signalling: "gallery", "runs" or a group.
    void setPlace(const QString& place);

  Q_SIGNALS:
    void galleryChosen(const QString& group); ///< empty: all
    void runsChosen();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    QPushButton* addPlace(const QString& place, const QString& text);

    QVBoxLayout* layout_;
    std::vector<QPushButton*> places_;
    QPushButton* runs_;
    QLabel* runCount_;
    QLabel* libraries_;
    QLabel* device_;
};

} // namespace psephos::ui
