// SPDX-License-Identifier: GPL-3.0-or-later
// The measurements on which a special value rests, as a small curve in a popup.
#pragma once

#include "lab/knob.hpp"

#include <QFrame>

namespace psephos::ui {

class EvidencePopup : public QFrame {
    Q_OBJECT
  public:
    explicit EvidencePopup(lab::Evidence evidence, QWidget* parent = nullptr);

    /// Opens a popup beside the widget; it closes itself at a click elsewhere or Esc.
    static EvidencePopup* open(const lab::Evidence& evidence, QWidget* beside);

    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    lab::Evidence evidence_;
};

} // namespace psephos::ui
