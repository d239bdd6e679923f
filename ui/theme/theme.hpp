// SPDX-License-Identifier: GPL-3.0-or-later
// Semantic colours, type and spacing. The only place with colour literals.
#pragma once

#include <QColor>
#include <QFont>
#include <QObject>
#include <QString>

#include <array>
#include <vector>

namespace psephos::ui {

enum class ThemeKind { Light, Dark, Print };

/// Roles of the layout studies; every widget takes its colours from here.
struct Theme {
    ThemeKind kind = ThemeKind::Light;
    QColor window, panel, line, strongLine;
    QColor text, muted, faint;
    QColor accent, accentBackground, onAccent;
    QColor warning, warningBackground;
    QColor good;
    QColor plotGrid;
    QColor divergingLow, divergingMiddle, divergingHigh;
    QColor landscapeLow, landscapeHigh; ///< sequential ramp of a landscape's valley and heights
    QColor onMap, mapHalo;              ///< what is drawn over a colour map, and its edge
    QColor notANumber;                  ///< hatch of a cell that is not known
    /// Runs 1 … 7 (Okabe-Ito, tested for contrast and colour blindness); see runColour().
    std::array<QColor, 7> runs;

    [[nodiscard]] static const Theme& of(ThemeKind kind);
};

/// How a run is drawn: hue by its number, from the eighth on also another dash.
struct RunStyle {
    QColor colour;
    bool needsCasing = false; ///< contrast under 3:1: a darker edge of 1 px
    int dash = 0;             ///< 0 solid, then dash patterns
};

/// The style of a comparison's run number (from 1); the same in every panel for its lifetime.
[[nodiscard]] RunStyle runStyle(const Theme& theme, std::size_t number);

/// Sequential ramp (viridis) at t in [0, 1].
[[nodiscard]] QColor viridis(double t);
/// Diverging ramp of the theme at t in [-1, 1]; 0 is neutral.
[[nodiscard]] QColor diverging(const Theme& theme, double t);

/// WCAG contrast ratio of two opaque colours, 1 … 21.
[[nodiscard]] double contrast(const QColor& a, const QColor& b);

/// Type and spacing [device-independent px].
namespace metrics {
inline constexpr int kGap = 8;
inline constexpr int kRadius = 8;
inline constexpr int kBar = 44;
inline constexpr int kPanelHeader = 34;
inline constexpr int kButton = 28;
inline constexpr int kField = 24;
inline constexpr int kStatus = 26;
inline constexpr int kTimeline = 56;
} // namespace metrics

/// Bundled faces: Inter with tabular figures, JetBrains Mono for values and commands.
[[nodiscard]] QFont textFont(int pixelSize, QFont::Weight weight = QFont::Normal);
[[nodiscard]] QFont monoFont(int pixelSize, QFont::Weight weight = QFont::Normal);
/// Loads the embedded fonts; call once, before the first widget.
void loadFonts();

/// The style sheet of all widgets under this theme.
[[nodiscard]] QString styleSheet(const Theme& theme);

/// The theme in force, and its change.
class ThemeHub : public QObject {
    Q_OBJECT
  public:
    static ThemeHub& instance();

    [[nodiscard]] const Theme& theme() const;
    void setKind(ThemeKind kind);

  Q_SIGNALS:
    void changed();

  private:
    ThemeHub() = default;
    ThemeKind kind_ = ThemeKind::Light;
};

} // namespace psephos::ui
