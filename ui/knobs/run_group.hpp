// SPDX-License-Identifier: GPL-3.0-or-later
// What every experiment's runs have beside its knobs: seeds and device.
#pragma once

#include "ui/knobs/draft.hpp"

#include <QWidget>

class QLabel;
class QLineEdit;

namespace psephos::ui {

class Segments;

class RunGroup : public QWidget {
    Q_OBJECT
  public:
    explicit RunGroup(Draft& draft, QWidget* parent);

    void refresh();

  private:
    void enterSeeds();

    Draft& draft_;
    QLineEdit* seeds_;
    Segments* device_;
    QWidget* deviceRow_;
    QLabel* error_;
};

} // namespace psephos::ui
