// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/colours.hpp"

#include "ui/theme/theme.hpp"

#include <QtGlobal>

#include <algorithm>

namespace psephos::ui {

QColor mix(const QColor& a, const QColor& b, double t) {
    const double share = std::clamp(t, 0.0, 1.0);
    const auto part = [share](int from, int to) { return qRound(from + (to - from) * share); };
    return {part(a.red(), b.red()), part(a.green(), b.green()), part(a.blue(), b.blue()),
            part(a.alpha(), b.alpha())};
}

QColor readableOn(const QColor& colour, const QColor& background, double ratio) {
    // Hue and saturation stay; only the lightness moves away from the background's.
    const bool darker = background.lightnessF() > 0.5F;
    const float hue = colour.hslHueF();
    const float saturation = colour.hslSaturationF();
    const float from = colour.lightnessF();
    constexpr int kSteps = 64;
    QColor candidate = colour;
    for (int step = 0; step <= kSteps && contrast(candidate, background) < ratio; ++step) {
        const float t = static_cast<float>(step) / kSteps;
        const float lightness = darker ? from * (1 - t) : from + (1 - from) * t;
        candidate = QColor::fromHslF(std::max(hue, 0.0F), saturation, lightness);
    }
    return candidate;
}

QColor betterOn(const QColor& background, const QColor& a, const QColor& b) {
    return contrast(background, a) >= contrast(background, b) ? a : b;
}

QColor casing(const QColor& colour, const QColor& background) {
    return readableOn(colour, background, 4.5);
}

} // namespace psephos::ui
