// SPDX-License-Identifier: GPL-3.0-or-later
// What the window has to tell: one bar, one message, never a modal box.
#pragma once

#include "lab/result.hpp"

#include <QString>

namespace psephos::ui {

enum class Severity { Information, Warning };

struct Message {
    QString id; ///< the condition that it belongs to: raising it again replaces it
    Severity severity = Severity::Warning;
    QString text; ///< what happened and why, with the offending value
    QString hint; ///< what to do
};

/// An error of the lab as a message.
[[nodiscard]] inline Message messageOf(const QString& id, const lab::Error& error) {
    QString text = QString::fromStdString(error.message);
    if (!error.place.empty() && !text.contains(QString::fromStdString(error.place))) {
        text = QString::fromStdString(error.place) + QStringLiteral(": ") + text;
    }
    return {id, Severity::Warning, text, QString::fromStdString(error.hint)};
}

} // namespace psephos::ui
