// SPDX-License-Identifier: GPL-3.0-or-later
// The list of the window's commands.
#pragma once

#include <functional>

namespace psephos::ui {

class Commands;
class Session;

/// What commands do to the window itself.
struct WindowVerbs {
    std::function<void()> showGallery;
    std::function<void()> showRuns;
    std::function<void()> openFile;
    std::function<void()> saveScenario;
    std::function<void()> openPalette;
    std::function<void()> resetLayout;
    std::function<void()> savePictures;
    std::function<void()> quit;
};

/// Adds every command of the window but the themes; session and commands outlive the window's
/// widgets.
void addWindowCommands(Commands& commands, Session& session, const WindowVerbs& window);

} // namespace psephos::ui
