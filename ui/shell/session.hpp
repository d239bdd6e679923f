// SPDX-License-Identifier: GPL-3.0-or-later
// The session: what is open in the window, and the verbs that act on it. Widgets call verbs and
// listen to signals; none of them talks to the workbench by itself.
#pragma once

#include "lab/workbench.hpp"
#include "ui/knobs/draft.hpp"
#include "ui/panels/comparison_model.hpp"
#include "ui/shell/message.hpp"
#include "ui/shell/playback.hpp"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <optional>

namespace psephos::ui {

/// What the main button does now.
enum class RunAction { Run, Pause, Continue };

class Session : public QObject {
    Q_OBJECT
  public:
    /// The workbench outlives the session.
    explicit Session(lab::Workbench& workbench, QObject* parent = nullptr);

    [[nodiscard]] lab::Workbench& workbench() { return workbench_; }

    [[nodiscard]] ComparisonModel& model() { return model_; }

    [[nodiscard]] Draft& draft() { return draft_; }

    [[nodiscard]] Playback& playback() { return playback_; }

    /// The experiment that is open; null in the gallery.
    [[nodiscard]] const lab::Description* description() const { return draft_.description(); }

    /// The preset that was opened, if one was.
    [[nodiscard]] const lab::Preset* preset() const { return preset_; }

    [[nodiscard]] bool isReactive() const;
    /// Whether its frames lie on a time that can be scrubbed.
    [[nodiscard]] bool hasTime() const;
    [[nodiscard]] RunAction runAction() const;
    /// `psephos-cli run …` that does the same; empty while nothing is open.
    [[nodiscard]] QString commandLine() const;
    [[nodiscard]] QString commandLine(const lab::Run& run) const;

    // Opening. Each answers whether something is open now; what went wrong is a message.

    bool openPreset(const lab::Description& description, const lab::Preset& preset);
    /// Shows the scenario; `startNow` begins it (reactive experiments always begin).
    bool openScenario(lab::Scenario scenario, bool startNow);
    bool openComparison(lab::ComparisonId comparison);
    /// The same with a comparison at hand. `preset`: where it came from; may be null.
    bool showComparison(lab::Comparison comparison, const lab::Preset* preset = nullptr);
    /// A scenario file, or a data file, for which the first experiment that takes it opens.
    bool openFile(const QString& path);
    bool saveScenario(const QString& path);
    void close();

  public Q_SLOTS:
    /// Starts the draft as a new comparison.
    void run();
    /// Run, pause or continue, as runAction() says.
    void act();
    /// Space: pauses or continues what computes, else plays or pauses the replay.
    void toggle();
    void stepOnce();
    /// The same runs anew; a reactive path is played from its start.
    void restart();
    /// With the next seed.
    void newSeed();

    void pause(psephos::lab::RunId run);
    void resume(psephos::lab::RunId run);
    void cancel(psephos::lab::RunId run);
    void remove(psephos::lab::RunId run);
    void extend(psephos::lab::RunId run, qint64 steps);
    /// A new run from where the play head stands, with the knobs as they stand.
    void fork(psephos::lab::RunId run);

    /// Once a display frame.
    void poll();

  Q_SIGNALS:
    void opened(); ///< another experiment or comparison is shown
    void closed();
    void runActionChanged();
    void messageRaised(const psephos::ui::Message& message);
    void messageCleared(const QString& id);
    void storeChanged(); ///< runs were added to or removed from the store

  private:
    bool show(lab::Scenario scenario, bool startNow, const lab::Preset* preset);
    void knobChanged(const QString& knob, bool settled);
    void turnLive(const QString& knob);
    bool start();
    bool judge(const QString& id, const lab::Result<void>& result);
    void showRuns(std::vector<lab::RunPtr> runs);
    [[nodiscard]] bool anyInState(lab::RunState state) const;
    [[nodiscard]] std::vector<std::string> differencesFrom(const lab::Run& run) const;
    bool openData(const QString& path);
    void watchFailures();
    void watchStore();

    lab::Workbench& workbench_;
    ComparisonModel model_;
    Draft draft_;
    Playback playback_;
    const lab::Preset* preset_ = nullptr;
    QTimer pollTimer_;
    QElapsedTimer sincePoll_;
    RunAction lastAction_ = RunAction::Run;
    bool isDraftChanged_ = false; ///< knobs were turned since the runs were started
    bool playsWhenReady_ = false; ///< a path was just computed: play it once it has frames
    QString failure_;             ///< the one that was told
    QString storeTrouble_;
};

} // namespace psephos::ui
