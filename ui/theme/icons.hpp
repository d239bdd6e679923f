// SPDX-License-Identifier: GPL-3.0-or-later
// Icons: single-colour drawings, tinted by a role of the theme in force at the time of painting.
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

namespace psephos::ui {

/// The theme's colour that an icon takes.
enum class IconRole { Text, Muted, Accent, OnAccent, Warning, Good };

/// The icon `resources/icons/NAME.svg`. It follows a change of theme with the next repaint;
/// disabled it is faint, checked it takes the accent.
[[nodiscard]] QIcon themedIcon(const QString& name, IconRole role = IconRole::Text);

/// One picture of an icon.
///
/// \param size  edge [device-independent px]
/// \param scale device pixels a device-independent pixel
[[nodiscard]] QPixmap iconPixmap(const QString& name, int size, const QColor& colour,
                                 double scale = 1.0);

} // namespace psephos::ui
