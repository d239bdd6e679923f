// SPDX-License-Identifier: GPL-3.0-or-later
// Messages in the window, inline: they say what happened, why and what to do, and go when their
// condition does.
#pragma once

#include "ui/shell/message.hpp"

#include <QWidget>

#include <vector>

class QLabel;

namespace psephos::ui {

class MessageBar : public QWidget {
    Q_OBJECT
  public:
    explicit MessageBar(QWidget* parent = nullptr);

    void raiseMessage(const Message& message);
    void clearMessage(const QString& id);

    [[nodiscard]] QString text() const;

  private:
    void refresh();

    std::vector<Message> messages_;
    QLabel* icon_;
    QLabel* label_;
};

} // namespace psephos::ui
