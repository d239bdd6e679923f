// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/session.hpp"

#include <QFileInfo>

#include <algorithm>
#include <cmath>

namespace psephos::ui {

namespace {
constexpr int kFrameMilliseconds = 16;
constexpr int kIdleMilliseconds = 100;
const QString kStartTrouble = QStringLiteral("start");
const QString kRunTrouble = QStringLiteral("run");
const QString kFileTrouble = QStringLiteral("file");
const QString kFailure = QStringLiteral("failure");
const QString kStoreTrouble = QStringLiteral("store");
} // namespace

Session::Session(lab::Workbench& workbench, QObject* parent)
    : QObject(parent)
    , workbench_(workbench)
    , model_(workbench)
    , playback_(model_) {
    connect(&draft_, &Draft::changed, this, &Session::knobChanged);
    connect(&model_, &ComparisonModel::knobTurned, this,
            [this](const QString& knob, const lab::Value& value, bool settled) {
                judge(kRunTrouble, draft_.set(knob.toStdString(), value, settled));
            });
    connect(&model_, &ComparisonModel::knobsTurned, this,
            [this](const std::vector<KnobTarget>& turns) {
                std::vector<std::pair<std::string, lab::Value>> values;
                for (const KnobTarget& turn : turns) {
                    values.emplace_back(turn.knob.toStdString(), turn.value);
                }
                judge(kRunTrouble, draft_.set(values));
            });
    connect(&draft_, &Draft::changed, &model_, &ComparisonModel::draftChanged);
    pollTimer_.setInterval(kFrameMilliseconds);
    connect(&pollTimer_, &QTimer::timeout, this, &Session::poll);
    pollTimer_.start();
}

bool Session::isReactive() const {
    return description() != nullptr && description()->lane == lab::Lane::Reactive;
}

bool Session::hasTime() const {
    return description() != nullptr &&
           (!description()->stepsKnob.empty() || description()->lane == lab::Lane::Long);
}

bool Session::anyInState(lab::RunState state) const {
    return std::ranges::any_of(
        model_.runs(), [state](const lab::RunPtr& run) { return run->status().state == state; });
}

RunAction Session::runAction() const {
    if (isReactive()) {
        return playback_.isPlaying() ? RunAction::Pause : RunAction::Run;
    }
    if (anyInState(lab::RunState::Running) || anyInState(lab::RunState::Queued)) {
        return RunAction::Pause;
    }
    const bool canContinue =
        anyInState(lab::RunState::Paused) || anyInState(lab::RunState::Interrupted);
    return canContinue && !isDraftChanged_ ? RunAction::Continue : RunAction::Run;
}

QString Session::commandLine() const {
    if (description() == nullptr) {
        return {};
    }
    return QString::fromStdString(lab::commandLine(draft_.scenario(), *description()));
}

QString Session::commandLine(const lab::Run& run) const {
    return QString::fromStdString(
        lab::commandLine(lab::toScenario(run.scenario()), run.description()));
}

// Opening

bool Session::openPreset(const lab::Description& description, const lab::Preset& preset) {
    lab::Scenario scenario = preset.scenario;
    scenario.experiment = description.id;
    return show(std::move(scenario), true, &preset);
}

bool Session::openScenario(lab::Scenario scenario, bool startNow) {
    return show(std::move(scenario), startNow, nullptr);
}

bool Session::show(lab::Scenario scenario, bool startNow, const lab::Preset* preset) {
    const lab::Description* description = workbench_.registry().find(scenario.experiment);
    if (description == nullptr) {
        Q_EMIT messageRaised(
            {kFileTrouble,
             Severity::Warning,
             tr("There is no experiment '%1'.").arg(QString::fromStdString(scenario.experiment)),
             {}});
        return false;
    }
    Q_EMIT messageCleared(kFileTrouble);
    playback_.pause();
    preset_ = preset;
    model_.clear();
    const std::vector<std::string> warnings = scenario.warnings;
    draft_.show(*description, std::move(scenario));
    isDraftChanged_ = false;
    const bool isStarted = startNow || isReactive() ? start() : true;
    if (!warnings.empty()) {
        QStringList lines;
        for (const std::string& warning : warnings) {
            lines << QString::fromStdString(warning);
        }
        Q_EMIT messageRaised(
            {kFileTrouble, Severity::Information, lines.join(QStringLiteral("; ")), {}});
    }
    Q_EMIT opened();
    return isStarted;
}

bool Session::openComparison(lab::ComparisonId comparison) {
    auto loaded = workbench_.loadComparison(comparison);
    if (!loaded) {
        Q_EMIT messageRaised(messageOf(kFileTrouble, loaded.error()));
        return false;
    }
    return showComparison(std::move(*loaded));
}

bool Session::showComparison(lab::Comparison comparison, const lab::Preset* preset) {
    const lab::Description* description =
        workbench_.registry().find(comparison.scenario.experiment);
    if (description == nullptr || comparison.runs.empty()) {
        Q_EMIT messageRaised(
            {kFileTrouble,
             Severity::Warning,
             tr("Comparison %1 holds no run that this version knows.").arg(comparison.id),
             {}});
        return false;
    }
    Q_EMIT messageCleared(kFileTrouble);
    playback_.pause();
    preset_ = preset;
    draft_.show(*description, comparison.scenario);
    isDraftChanged_ = false;
    model_.show(std::move(comparison));
    Q_EMIT opened();
    return true;
}

bool Session::openFile(const QString& path) {
    if (path.endsWith(QStringLiteral(".json"), Qt::CaseInsensitive)) {
        auto scenario = lab::readScenario(path.toStdString(), workbench_.registry());
        if (!scenario) {
            Q_EMIT messageRaised(messageOf(kFileTrouble, scenario.error()));
            return false;
        }
        return openScenario(std::move(*scenario), false);
    }
    return openData(path);
}

bool Session::openData(const QString& path) {
    const QFileInfo info(path);
    if (!info.isFile() || !info.isReadable()) {
        Q_EMIT messageRaised(
            {kFileTrouble, Severity::Warning, tr("'%1' can't be read.").arg(path), {}});
        return false;
    }
    QString name = info.fileName();
    if (name.endsWith(QStringLiteral(".gz"))) {
        name.chop(3);
    }
    const std::string suffix = QFileInfo(name).suffix().toLower().toStdString();
    // The experiment at hand comes first; then one that names this kind of file wins over one that
    // takes any.
    std::vector<const lab::Description*> all;
    for (const auto& each : workbench_.registry().all()) {
        all.push_back(each.get());
    }
    std::ranges::stable_partition(
        all, [this](const lab::Description* each) { return each == description(); });
    for (const bool takesAny : {false, true}) {
        for (const lab::Description* description : all) {
            for (const lab::Knob& knob : description->knobs) {
                const bool names = std::ranges::find(knob.suffixes, suffix) != knob.suffixes.end();
                const bool isFile =
                    knob.type == lab::KnobType::File || knob.type == lab::KnobType::DataSet;
                if (!isFile || (takesAny ? !knob.suffixes.empty() : !names)) {
                    continue;
                }
                lab::Scenario scenario;
                if (!description->presets.empty()) {
                    scenario = description->presets.front().scenario;
                }
                scenario.experiment = description->id;
                for (const lab::Condition& condition : knob.when) {
                    scenario.set(condition.knob, condition.anyOf.front());
                }
                scenario.set(knob.id, info.absoluteFilePath().toStdString());
                return openScenario(std::move(scenario), false);
            }
        }
    }
    Q_EMIT messageRaised(
        {kFileTrouble, Severity::Warning,
         tr("No experiment takes a file like '%1'.").arg(info.fileName()),
         tr("Scenarios end in .json, ballots in .csv, .soc, .soi, .toc or .toi.")});
    return false;
}

bool Session::saveScenario(const QString& path) {
    return judge(kFileTrouble, lab::writeScenario(draft_.scenario(), path.toStdString()));
}

void Session::close() {
    playback_.pause();
    preset_ = nullptr;
    model_.clear();
    draft_.clear();
    Q_EMIT closed();
}

// Running

bool Session::start() {
    auto comparison = workbench_.start(draft_.scenario());
    if (!comparison) {
        Q_EMIT messageRaised(messageOf(kStartTrouble, comparison.error()));
        return false;
    }
    Q_EMIT messageCleared(kStartTrouble);
    isDraftChanged_ = false;
    playsWhenReady_ = isReactive() && hasTime();
    model_.show(std::move(*comparison));
    if (playsWhenReady_) {
        model_.setPlayHead(0);
    } else {
        model_.followNewest();
    }
    pollTimer_.setInterval(kFrameMilliseconds);
    Q_EMIT storeChanged();
    Q_EMIT runActionChanged();
    return true;
}

void Session::run() {
    if (description() == nullptr) {
        return;
    }
    playback_.pause();
    start();
    Q_EMIT opened();
}

void Session::act() {
    if (description() == nullptr) {
        return;
    }
    switch (runAction()) {
    case RunAction::Run:
        isReactive() && !model_.runs().empty() && hasTime() ? playback_.play() : run();
        break;
    case RunAction::Pause:
    case RunAction::Continue:
        toggle();
        break;
    }
    Q_EMIT runActionChanged();
}

void Session::toggle() {
    const bool computes = anyInState(lab::RunState::Running) || anyInState(lab::RunState::Queued);
    if (isReactive() || (!computes && !anyInState(lab::RunState::Paused) &&
                         !anyInState(lab::RunState::Interrupted))) {
        playback_.toggle();
        Q_EMIT runActionChanged();
        return;
    }
    for (const lab::RunPtr& run : model_.runs()) {
        const lab::RunState state = run->status().state;
        if (computes && (state == lab::RunState::Running || state == lab::RunState::Queued)) {
            pause(run->id());
        } else if (!computes &&
                   (state == lab::RunState::Paused || state == lab::RunState::Interrupted)) {
            resume(run->id());
        }
    }
    Q_EMIT runActionChanged();
}

void Session::stepOnce() {
    if (isReactive() || (!anyInState(lab::RunState::Paused))) {
        playback_.nudge(1);
        return;
    }
    for (const lab::RunPtr& run : model_.runs()) {
        if (run->status().state == lab::RunState::Paused) {
            judge(kRunTrouble, workbench_.stepOnce(run->id()));
        }
    }
    model_.followNewest();
}

void Session::restart() {
    if (isReactive() && !model_.runs().empty()) {
        if (hasTime()) {
            playback_.rewind();
            playback_.play();
        }
        return;
    }
    run();
}

void Session::newSeed() {
    std::vector<std::uint64_t> seeds = draft_.scenario().seeds;
    const std::uint64_t shift = seeds.size();
    for (std::uint64_t& seed : seeds) {
        seed += shift;
    }
    draft_.setSeeds(std::move(seeds));
    if (!isReactive()) {
        run();
    }
}

bool Session::judge(const QString& id, const lab::Result<void>& result) {
    if (!result) {
        Q_EMIT messageRaised(messageOf(id, result.error()));
        return false;
    }
    Q_EMIT messageCleared(id);
    return true;
}

void Session::pause(lab::RunId run) {
    judge(kRunTrouble, workbench_.pause(run));
}

void Session::resume(lab::RunId run) {
    judge(kRunTrouble, workbench_.resume(run));
}

void Session::cancel(lab::RunId run) {
    judge(kRunTrouble, workbench_.cancel(run));
}

void Session::remove(lab::RunId run) {
    if (!judge(kRunTrouble, workbench_.remove(run))) {
        return;
    }
    std::vector<lab::RunPtr> kept = model_.runs();
    std::erase_if(kept, [run](const lab::RunPtr& other) { return other->id() == run; });
    if (kept.size() != model_.runs().size()) {
        showRuns(std::move(kept));
    }
    Q_EMIT storeChanged();
}

void Session::extend(lab::RunId run, qint64 steps) {
    const auto extended = workbench_.extend(run, steps);
    if (!extended) {
        Q_EMIT messageRaised(messageOf(kRunTrouble, extended.error()));
        return;
    }
    Q_EMIT messageCleared(kRunTrouble);
    model_.followNewest();
    Q_EMIT runActionChanged();
}

void Session::fork(lab::RunId id) {
    const lab::RunPtr run = workbench_.find(id);
    if (run == nullptr) {
        return;
    }
    const std::int64_t step = model_.key() == lab::Key::Step
                                  ? std::llround(model_.playHead())
                                  : run->history()->stepAt(model_.playHead());
    const auto forked = workbench_.fork(id, step, differencesFrom(*run));
    if (!forked) {
        Q_EMIT messageRaised(messageOf(kRunTrouble, forked.error()));
        return;
    }
    Q_EMIT messageCleared(kRunTrouble);
    std::vector<lab::RunPtr> runs = model_.runs();
    runs.push_back(*forked);
    playback_.pause();
    showRuns(std::move(runs));
    model_.followNewest();
    Q_EMIT storeChanged();
    Q_EMIT runActionChanged();
}

void Session::showRuns(std::vector<lab::RunPtr> runs) {
    lab::Comparison comparison = model_.comparison();
    comparison.runs = std::move(runs);
    model_.show(std::move(comparison));
}

std::vector<std::string> Session::differencesFrom(const lab::Run& run) const {
    std::vector<std::string> differences;
    const lab::RunScenario scenario = run.scenario();
    for (const lab::Knob& knob : run.description().knobs) {
        const bool varies = draft_.isSweep(knob.id) || draft_.values(knob.id).size() != 1;
        const lab::Value value = draft_.value(knob.id);
        if (varies || !draft_.applies(knob) || std::holds_alternative<lab::Special>(value) ||
            knob.id == run.description().stepsKnob || scenario.knobs.at(knob.id) == value) {
            continue;
        }
        differences.push_back(knob.id + "=" + lab::toText(value));
    }
    return differences;
}

void Session::knobChanged(const QString& knob, bool settled) {
    if (description() == nullptr) {
        return;
    }
    isDraftChanged_ = true;
    if (!isReactive()) {
        turnLive(knob);
        Q_EMIT runActionChanged();
        return;
    }
    if (model_.runs().empty()) {
        start();
        return;
    }
    auto comparison = workbench_.change(model_.comparison().id, draft_.scenario(), settled);
    if (!comparison) {
        Q_EMIT messageRaised(messageOf(kStartTrouble, comparison.error()));
        return;
    }
    Q_EMIT messageCleared(kStartTrouble);
    pollTimer_.setInterval(kFrameMilliseconds);
    const bool followed = model_.followsNewest();
    const double head = model_.playHead();
    const bool isSame = comparison->runs == model_.runs();
    model_.show(std::move(*comparison));
    if (!isSame && hasTime()) {
        followed ? model_.followNewest() : model_.setPlayHead(head);
    }
}

void Session::turnLive(const QString& knob) {
    const lab::Knob* declared = description()->knob(knob.toStdString());
    if (declared == nullptr || !declared->live || draft_.values(declared->id).size() != 1) {
        return;
    }
    for (const lab::RunPtr& run : model_.runs()) {
        if (run->status().state == lab::RunState::Running) {
            judge(kRunTrouble,
                  workbench_.turn(run->id(), declared->id, draft_.value(declared->id)));
        }
    }
}

void Session::poll() {
    // A display frame while something moves; an idle window hardly wakes.
    const bool isBusy = playback_.isPlaying() || playsWhenReady_ ||
                        anyInState(lab::RunState::Running) || anyInState(lab::RunState::Queued);
    const bool isSlow = sincePoll_.isValid() && sincePoll_.elapsed() > 2 * kFrameMilliseconds;
    sincePoll_.start();
    pollTimer_.setInterval(!isBusy  ? kIdleMilliseconds
                           : isSlow ? 2 * kFrameMilliseconds
                                    : kFrameMilliseconds);
    model_.poll();
    if (playsWhenReady_ && model_.end() > 0) {
        playsWhenReady_ = false;
        playback_.play();
    }
    if (const RunAction action = runAction(); action != lastAction_) {
        lastAction_ = action;
        Q_EMIT runActionChanged();
    }
    watchFailures();
    watchStore();
}

void Session::watchFailures() {
    for (const lab::RunPtr& run : model_.runs()) {
        const lab::RunStatus status = run->status();
        if (!status.error) {
            continue;
        }
        const QString line = QString::fromStdString(run->name() + status.error->line());
        if (line != failure_) {
            failure_ = line;
            Message message = messageOf(kFailure, *status.error);
            if (model_.runs().size() > 1) {
                message.text =
                    QString::fromStdString(run->name()) + QStringLiteral(": ") + message.text;
            }
            Q_EMIT messageRaised(message);
        }
        return;
    }
    if (!failure_.isEmpty()) {
        failure_.clear();
        Q_EMIT messageCleared(kFailure);
    }
}

void Session::watchStore() {
    const QString trouble = QString::fromStdString(workbench_.storeTrouble());
    if (trouble == storeTrouble_) {
        return;
    }
    storeTrouble_ = trouble;
    if (trouble.isEmpty()) {
        Q_EMIT messageCleared(kStoreTrouble);
    } else {
        Q_EMIT messageRaised({kStoreTrouble, Severity::Warning, trouble,
                              tr("Nothing computed is lost: frames stay in memory until the store "
                                 "takes them.")});
    }
}

} // namespace psephos::ui
