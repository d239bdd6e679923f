// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/window_commands.hpp"

#include "ui/shell/commands.hpp"
#include "ui/shell/session.hpp"

#include <QApplication>
#include <QClipboard>

#include <array>

namespace psephos::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("psephos::ui::Commands", text);
}

void changeSpeed(Playback& playback, int direction) {
    constexpr std::array kSpeeds{0.25, 0.5, 1.0, 2.0, 4.0, 8.0};
    std::size_t at = 0;
    while (at + 1 < kSpeeds.size() && kSpeeds[at] < playback.speed()) {
        ++at;
    }
    if (direction < 0 && at > 0) {
        --at;
    } else if (direction > 0 && at + 1 < kSpeeds.size()) {
        ++at;
    }
    playback.setSpeed(kSpeeds[at]);
}

void addPlayback(Commands& commands, Session& session) {
    Playback& playback = session.playback();
    const auto add = [&](const char* id, const char* text, const char* help, int key,
                         std::function<void()> action) {
        commands.add({QString::fromLatin1(id), tr(text), tr(help), QKeySequence(key), {}, true},
                     std::move(action));
    };
    add("toggle", "Run or pause", "Pauses what computes, or plays the replay", Qt::Key_Space,
        [&session] { session.toggle(); });
    add("step", "One step", "One step forward", Qt::Key_S, [&session] { session.stepOnce(); });
    add("restart", "Restart with the same seed", "Starts the same runs anew", Qt::Key_R,
        [&session] { session.restart(); });
    add("new-seed", "Restart with another seed", "Starts the runs with the next seed", Qt::Key_N,
        [&session] { session.newSeed(); });
    add("slower", "Play slower", "Halves the speed of playback", Qt::Key_BracketLeft,
        [&playback] { changeSpeed(playback, -1); });
    add("faster", "Play faster", "Doubles the speed of playback", Qt::Key_BracketRight,
        [&playback] { changeSpeed(playback, 1); });
    add("back", "Back one step", "Scrubs one step back", Qt::Key_Left,
        [&playback] { playback.nudge(-1); });
    add("forward", "Forward one step", "Scrubs one step forward", Qt::Key_Right,
        [&playback] { playback.nudge(1); });
    add("to-start", "To the start", "Rewinds the play head", Qt::Key_Home,
        [&playback] { playback.rewind(); });
    add("to-end", "To the end", "To the newest frame, and stays there", Qt::Key_End,
        [&playback] { playback.toEnd(); });
}

} // namespace

void addWindowCommands(Commands& commands, Session& session, const WindowVerbs& window) {
    const auto add = [&](const char* id, const char* text, const char* help,
                         const QKeySequence& keys, const char* icon, std::function<void()> action) {
        commands.add(
            {QString::fromLatin1(id), tr(text), tr(help), keys, QString::fromLatin1(icon), false},
            std::move(action));
    };
    add("gallery", "Gallery", "To the gallery", QKeySequence(Qt::CTRL | Qt::Key_G), "gallery",
        window.showGallery);
    add("my-runs", "My runs", "Everything in the store", QKeySequence(Qt::CTRL | Qt::Key_L),
        "table", window.showRuns);
    add("open", "Open a scenario or a data file…", "Opens a file", QKeySequence::Open, "open",
        window.openFile);
    add("save", "Save the scenario…", "Writes experiment, knobs and seed as JSON",
        QKeySequence::Save, "save", window.saveScenario);
    add("save-pictures", "Save all pictures…", "One PNG a panel, twice the screen's resolution", {},
        "image", window.savePictures);
    add("copy-command", "Copy as command line", "The command that does the same",
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), "terminal",
        [&session] { QApplication::clipboard()->setText(session.commandLine()); });
    add("palette", "Find…", "Experiments, commands and runs", QKeySequence(Qt::CTRL | Qt::Key_K),
        "search", window.openPalette);
    add("run", "Run", "Starts with these knobs, pauses or continues",
        QKeySequence(Qt::CTRL | Qt::Key_Return), "play", [&session] { session.act(); });
    add("undo", "Undo", "Takes back the last turn of a knob", QKeySequence::Undo, "reset",
        [&session] { session.draft().undoStack().undo(); });
    add("redo", "Redo", "Turns the knob again", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), "",
        [&session] { session.draft().undoStack().redo(); });
    add("reset-knobs", "Reset all knobs", "Back to the defaults", {}, "reset",
        [&session] { session.draft().resetAll(); });
    add("reset-layout", "Reset the layout", "Every card back to its place", {}, "",
        window.resetLayout);
    add("quit", "Quit", "Stores what runs and ends", QKeySequence::Quit, "close", window.quit);
    addPlayback(commands, session);
}

} // namespace psephos::ui
