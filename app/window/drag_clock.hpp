// SPDX-License-Identifier: GPL-3.0-or-later
// How soon the window answers a hand while a model trains.
#pragma once

#include "lab/result.hpp"

#include <string>

namespace psephos::ui {
class MainWindow;
}

namespace psephos::window {

/// Opens an invented election of fifty candidates in the window, starts the training scenario
/// beside it, and drags a cell of the margins 200 times by mouse events once the model trains.
/// An answer is the lottery of that very move, drawn.
/// \param training a scenario file, or ID:PRESET of an experiment of the long lane
/// \return JSON: `moves`, `median_ms`, `p99_ms`, `worst_ms` (from event to drawn answer) and
///     `trained_steps` meanwhile
[[nodiscard]] lab::Result<std::string> measureDrag(ui::MainWindow& window,
                                                   const std::string& training);

} // namespace psephos::window
