// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/commands.hpp"

#include "ui/theme/icons.hpp"

#include <QKeyEvent>
#include <QVariant>
#include <QWidget>

#include <algorithm>

namespace psephos::ui {

Commands::Commands(QWidget* window)
    : QObject(window)
    , window_(window) {}

QAction* Commands::add(const CommandSpec& spec, std::function<void()> action) {
    auto* added = new QAction(spec.text, this);
    added->setObjectName(spec.id);
    added->setToolTip(spec.help);
    added->setStatusTip(spec.help);
    if (!spec.icon.isEmpty()) {
        added->setIcon(themedIcon(spec.icon, IconRole::Muted));
    }
    added->setProperty("keys", QVariant::fromValue(spec.keys));
    added->setProperty("singleKey", spec.isSingleKey);
    if (!spec.isSingleKey && !spec.keys.isEmpty()) {
        added->setShortcut(spec.keys);
    }
    connect(added, &QAction::triggered, this, [action = std::move(action)] { action(); });
    window_->addAction(added);
    actions_.push_back(added);
    return added;
}

QAction* Commands::find(const QString& id) const {
    const auto found = std::ranges::find(actions_, id, &QAction::objectName);
    return found == actions_.end() ? nullptr : *found;
}

QString Commands::keysText(const QAction& action) {
    return action.property("keys").value<QKeySequence>().toString(QKeySequence::NativeText);
}

bool Commands::handleKey(const QKeyEvent& event) {
    const Qt::KeyboardModifiers modifiers =
        event.modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier);
    if (modifiers != Qt::NoModifier) {
        return false;
    }
    for (QAction* action : actions_) {
        const auto keys = action->property("keys").value<QKeySequence>();
        if (action->property("singleKey").toBool() && keys.count() == 1 &&
            keys[0].key() == event.key() && action->isEnabled()) {
            action->trigger();
            return true;
        }
    }
    return false;
}

} // namespace psephos::ui
