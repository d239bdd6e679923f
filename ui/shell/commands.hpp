// SPDX-License-Identifier: GPL-3.0-or-later
// The registry of commands: every action of the window with its text, keys, help and condition.
#pragma once

#include <QAction>
#include <QKeySequence>
#include <QObject>
#include <QString>

#include <functional>
#include <vector>

class QKeyEvent;
class QWidget;

namespace psephos::ui {

struct CommandSpec {
    QString id;   ///< objectName of the action
    QString text; ///< as the palette shows it
    QString help;
    QKeySequence keys;
    QString icon;
    /// A single key is taken only where the focused widget leaves it alone (a field types it).
    bool isSingleKey = false;
};

class Commands : public QObject {
    Q_OBJECT
  public:
    /// Shortcuts work within the window.
    explicit Commands(QWidget* window);

    QAction* add(const CommandSpec& spec, std::function<void()> action);
    [[nodiscard]] QAction* find(const QString& id) const;

    [[nodiscard]] const std::vector<QAction*>& all() const { return actions_; }

    /// The keys as the palette shows them.
    [[nodiscard]] static QString keysText(const QAction& action);

    /// Triggers the single-key command of this key press, if there is one.
    bool handleKey(const QKeyEvent& event);

  private:
    QWidget* window_;
    std::vector<QAction*> actions_;
};

} // namespace psephos::ui
