// SPDX-License-Identifier: GPL-3.0-or-later
// A sheet: an experiment's panels as one picture, with its title and question above and its runs at
// the left, as the window shows them but without what can be turned.
#pragma once

#include "lab/workbench.hpp"

#include <QImage>
#include <QWidget>

#include <memory>
#include <vector>

namespace psephos::ui {
class PanelView;
class Session;
} // namespace psephos::ui

namespace psephos::window {

class Sheet : public QWidget {
  public:
    /// Workbench and preset outlive the sheet. `preset` may be null.
    /// \param panel id of the one panel of the middle to show; empty: all of them
    Sheet(lab::Workbench& workbench, lab::Comparison comparison, const lab::Preset* preset,
          const QString& panel = {});
    ~Sheet() override;

    /// The picture, at the screen's scale. Needs a running event loop behind it.
    [[nodiscard]] QImage picture();

  private:
    std::unique_ptr<ui::Session> session_;
    QWidget* workspace_;
    QString panel_;
    bool isAlone_ = false; ///< the other panels are hidden
};

} // namespace psephos::window
