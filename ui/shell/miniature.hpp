// SPDX-License-Identifier: GPL-3.0-or-later
// A miniature: what a run of a preset looks like, small. Always drawn from frames of a real run.
#pragma once

#include "lab/panel.hpp"
#include "lab/run.hpp"
#include "ui/panels/ternary_view.hpp"
#include "ui/panels/tournament.hpp"

#include <QByteArray>
#include <QRectF>
#include <QString>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

class QPainter;

namespace psephos::ui {

struct Theme;

/// What a miniature keeps of the runs: few numbers, so that the runs themselves can go.
struct MiniatureData {
    struct Curve {
        std::size_t number = 1; ///< of the run, for its colour; 0: of none
        std::vector<double> x;
        std::vector<double> y;
    };

    QString kind; ///< of the panel; empty: nothing to draw
    std::vector<Curve> curves;
    bool isLog = false;
    lab::GridPtr grid;
    std::vector<double> bars;
    /// Of an `intervals` panel: low, value, high of its first rows; NaN where there is no interval.
    std::vector<std::array<double, 3>> intervals;
    std::optional<TernaryField> field; ///< of a `ternary` panel; its path is a curve of (a, c)
    Tournament tournament;
};

/// Reads the frames of finished runs for a panel.
[[nodiscard]] MiniatureData miniatureOf(const lab::Panel& panel, std::span<const lab::RunPtr> runs);

/// The miniature as a file keeps it; `origin` says which command it was recorded with.
[[nodiscard]] QByteArray writeMiniature(const MiniatureData& data, const QString& origin);

/// What writeMiniature() wrote; without a kind where it can't be read.
[[nodiscard]] MiniatureData readMiniature(const QByteArray& bytes);

/// Name of the file of a preset's recorded miniature: `optim.train-char_lm.json`.
[[nodiscard]] QString miniatureFile(const std::string& experiment, const std::string& preset);

/// Draws up to the fraction `progress` of paths and curves; without data a quiet pattern that
/// claims nothing.
void paintMiniature(QPainter& painter, const QRectF& rect, const MiniatureData& data,
                    const Theme& theme, double progress);

} // namespace psephos::ui
