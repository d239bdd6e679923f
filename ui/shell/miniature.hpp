// SPDX-License-Identifier: GPL-3.0-or-later
// A miniature: what a run of a preset looks like, small. Always drawn from frames of a real run.
#pragma once

#include "lab/panel.hpp"
#include "lab/run.hpp"

#include <QRectF>

#include <span>
#include <vector>

class QPainter;

namespace psephos::ui {

struct Theme;

/// What a miniature keeps of the runs: few numbers, so that the runs themselves can go.
struct MiniatureData {
    struct Curve {
        std::size_t number = 1; ///< of the run, for its colour
        std::vector<double> x;
        std::vector<double> y;
    };

    QString kind; ///< of the panel; empty: nothing to draw
    std::vector<Curve> curves;
    bool isLog = false;
    lab::GridPtr grid;
    std::vector<double> bars;
};

/// Reads the frames of finished runs for a panel.
[[nodiscard]] MiniatureData miniatureOf(const lab::Panel& panel, std::span<const lab::RunPtr> runs);

/// Draws up to the fraction `progress` of paths and curves; without data a quiet pattern that
/// claims nothing.
void paintMiniature(QPainter& painter, const QRectF& rect, const MiniatureData& data,
                    const Theme& theme, double progress);

} // namespace psephos::ui
