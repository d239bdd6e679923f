// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace psephos::ui {

namespace {

// Okabe-Ito in an order in which neighbours differ most. Between light and dark a number keeps its
// hue family; black and white change places, and so do the two blues.
constexpr std::array<QRgb, 7> kLightRuns{0xff0072b2, 0xffd55e00, 0xff009e73, 0xffcc79a7,
                                         0xff000000, 0xffe69f00, 0xff56b4e9};
constexpr std::array<QRgb, 7> kDarkRuns{0xff56b4e9, 0xffd55e00, 0xff009e73, 0xffcc79a7,
                                        0xffffffff, 0xffe69f00, 0xff0072b2};

constexpr std::array<QRgb, 20> kViridis{0xff440154, 0xff481567, 0xff482677, 0xff453781, 0xff404788,
                                        0xff39568c, 0xff33638d, 0xff2d708e, 0xff287d8e, 0xff238a8d,
                                        0xff1f968b, 0xff20a387, 0xff29af7f, 0xff3cbb75, 0xff55c667,
                                        0xff73d055, 0xff95d840, 0xffb8de29, 0xffdce319, 0xfffde725};

std::array<QColor, 7> colours(const std::array<QRgb, 7>& values) {
    std::array<QColor, 7> result;
    std::ranges::transform(values, result.begin(), [](QRgb value) { return QColor(value); });
    return result;
}

Theme lightTheme() {
    Theme theme;
    theme.kind = ThemeKind::Light;
    theme.window = QColor(0xf4, 0xf5, 0xf7);
    theme.panel = QColor(0xff, 0xff, 0xff);
    theme.line = QColor(0xe2, 0xe5, 0xea);
    theme.strongLine = QColor(0xcd, 0xd2, 0xd9);
    theme.text = QColor(0x1b, 0x1f, 0x24);
    theme.muted = QColor(0x5c, 0x67, 0x73);
    theme.faint = QColor(0x8a, 0x94, 0xa0);
    theme.accent = QColor(0x0b, 0x5f, 0xa5);
    theme.accentBackground = QColor(0xe3, 0xef, 0xf9);
    theme.onAccent = QColor(0xff, 0xff, 0xff);
    theme.warning = QColor(0x9a, 0x5b, 0x00);
    theme.warningBackground = QColor(0xfd, 0xf3, 0xe1);
    theme.good = QColor(0x00, 0x70, 0x4f);
    theme.plotGrid = QColor(0xed, 0xef, 0xf2);
    theme.divergingLow = QColor(0xb2, 0x45, 0x2a);
    theme.divergingMiddle = QColor(0xf7, 0xf7, 0xf7);
    theme.divergingHigh = QColor(0x1f, 0x6a, 0xa8);
    theme.landscapeLow = QColor(0xa3, 0xc6, 0xe2);
    theme.landscapeHigh = QColor(0xf3, 0xf6, 0xfa);
    theme.onMap = QColor(0xff, 0xff, 0xff);
    theme.mapHalo = QColor(0x00, 0x00, 0x00);
    theme.notANumber = QColor(0xd5, 0xd9, 0xdf);
    theme.runs = colours(kLightRuns);
    return theme;
}

Theme darkTheme() {
    Theme theme;
    theme.kind = ThemeKind::Dark;
    theme.window = QColor(0x14, 0x16, 0x19);
    theme.panel = QColor(0x1c, 0x1f, 0x23);
    theme.line = QColor(0x2c, 0x30, 0x36);
    theme.strongLine = QColor(0x3d, 0x43, 0x4b);
    theme.text = QColor(0xe9, 0xec, 0xef);
    theme.muted = QColor(0xa3, 0xad, 0xb8);
    theme.faint = QColor(0x74, 0x80, 0x8c);
    theme.accent = QColor(0x56, 0xb4, 0xe9);
    theme.accentBackground = QColor(0x16, 0x32, 0x4a);
    theme.onAccent = QColor(0x0e, 0x11, 0x14);
    theme.warning = QColor(0xf0, 0xb8, 0x5a);
    theme.warningBackground = QColor(0x3a, 0x2c, 0x14);
    theme.good = QColor(0x3c, 0xc7, 0x9a);
    theme.plotGrid = QColor(0x27, 0x2b, 0x30);
    theme.divergingLow = QColor(0xe8, 0x75, 0x3a);
    theme.divergingMiddle = QColor(0x2a, 0x2d, 0x31);
    theme.divergingHigh = QColor(0x56, 0xb4, 0xe9);
    theme.landscapeLow = QColor(0x12, 0x1d, 0x27);
    theme.landscapeHigh = QColor(0x2a, 0x5f, 0x7c);
    theme.onMap = QColor(0xff, 0xff, 0xff);
    theme.mapHalo = QColor(0x00, 0x00, 0x00);
    theme.notANumber = QColor(0x3a, 0x3f, 0x46);
    theme.runs = colours(kDarkRuns);
    return theme;
}

// For paper and projectors: white ground, black text, lines that survive a copier.
Theme printTheme() {
    Theme theme = lightTheme();
    theme.kind = ThemeKind::Print;
    theme.window = QColor(0xff, 0xff, 0xff);
    theme.line = QColor(0xc4, 0xc8, 0xce);
    theme.strongLine = QColor(0x8a, 0x90, 0x98);
    theme.text = QColor(0x00, 0x00, 0x00);
    theme.muted = QColor(0x3c, 0x42, 0x4a);
    theme.faint = QColor(0x5f, 0x66, 0x6f);
    theme.plotGrid = QColor(0xdf, 0xe2, 0xe6);
    theme.onMap = QColor(0xff, 0xff, 0xff);
    theme.mapHalo = QColor(0x00, 0x00, 0x00);
    theme.notANumber = QColor(0xc4, 0xc8, 0xce);
    return theme;
}

QColor mix(const QColor& a, const QColor& b, double t) {
    const auto part = [t](int from, int to) {
        return static_cast<int>(std::lround(from + (to - from) * t));
    };
    return {part(a.red(), b.red()), part(a.green(), b.green()), part(a.blue(), b.blue())};
}

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& colour) {
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

} // namespace

const Theme& Theme::of(ThemeKind kind) {
    static const Theme light = lightTheme();
    static const Theme dark = darkTheme();
    static const Theme print = printTheme();
    switch (kind) {
    case ThemeKind::Dark:
        return dark;
    case ThemeKind::Print:
        return print;
    case ThemeKind::Light:
        break;
    }
    return light;
}

RunStyle runStyle(const Theme& theme, std::size_t number) {
    const std::size_t index = number == 0 ? 0 : number - 1;
    RunStyle style;
    style.colour = theme.runs[index % theme.runs.size()];
    style.dash = static_cast<int>(index / theme.runs.size());
    style.needsCasing = contrast(style.colour, theme.panel) < 3.0;
    return style;
}

QColor viridis(double t) {
    if (!(t > 0)) {
        return QColor(kViridis.front());
    }
    if (t >= 1) {
        return QColor(kViridis.back());
    }
    const double position = t * static_cast<double>(kViridis.size() - 1);
    const auto index = static_cast<std::size_t>(position);
    return mix(QColor(kViridis[index]), QColor(kViridis[index + 1]),
               position - static_cast<double>(index));
}

QColor diverging(const Theme& theme, double t) {
    if (!(std::abs(t) > 0)) {
        return theme.divergingMiddle;
    }
    const QColor& end = t < 0 ? theme.divergingLow : theme.divergingHigh;
    return mix(theme.divergingMiddle, end, std::min(std::abs(t), 1.0));
}

double contrast(const QColor& a, const QColor& b) {
    const double first = luminance(a);
    const double second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

ThemeHub& ThemeHub::instance() {
    static ThemeHub hub;
    return hub;
}

const Theme& ThemeHub::theme() const {
    return Theme::of(kind_);
}

void ThemeHub::setKind(ThemeKind kind) {
    if (kind == kind_) {
        return;
    }
    kind_ = kind;
    Q_EMIT changed();
}

} // namespace psephos::ui
