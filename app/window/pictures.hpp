// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures without a screen: `psephos shot` and `psephos gallery`.
#pragma once

#include "app/window/target.hpp"
#include "ui/shell/miniatures.hpp"

#include <string>

namespace psephos::window {

struct PictureArguments {
    TargetArguments target;
    std::string panel; ///< the one that a shot shows; empty: all
    std::string out;   ///< a file (shot) or a folder (gallery)
    std::string store;
    std::string miniatures; ///< folder to record the miniatures of long presets in; may be empty
};

/// Computes (or loads) what the arguments name and writes its panels as one PNG.
/// \return the exit code: 0 done, 1 failed, 2 refused
int shot(const PictureArguments& arguments, const ui::RegisterExperiments& experiments);

/// Writes a PNG for each preset of the gallery and an `index.html` that shows them.
int gallery(const PictureArguments& arguments, const ui::RegisterExperiments& experiments);

} // namespace psephos::window
