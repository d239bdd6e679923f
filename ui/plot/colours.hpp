// SPDX-License-Identifier: GPL-3.0-or-later
// Arithmetic on the theme's colours.
#pragma once

#include <QColor>

#include <vector>

namespace psephos::ui {

/// a at t = 0, b at t = 1, linear in sRGB.
[[nodiscard]] QColor mix(const QColor& a, const QColor& b, double t);

/// The colour, moved towards black or white just so far that text in it stands out from the
/// background by the WCAG contrast ratio.
[[nodiscard]] QColor readableOn(const QColor& colour, const QColor& background, double ratio = 4.5);

/// Whichever of the two is easier to read on the background.
[[nodiscard]] QColor betterOn(const QColor& background, const QColor& a, const QColor& b);

/// The darker (on a light ground) or lighter edge of a line whose contrast is too small.
[[nodiscard]] QColor casing(const QColor& colour, const QColor& background);

} // namespace psephos::ui
