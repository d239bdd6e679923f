// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/pictures.hpp"

#include "app/window/sheet.hpp"
#include "ui/shell/gallery_page.hpp"
#include "ui/shell/miniature.hpp"

#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <QSaveFile>
#include <QTimer>

#include <algorithm>
#include <cstdio>

namespace psephos::window {

namespace {

int say(int code, const lab::Error& error) {
    std::fprintf(stderr, "error: %s\n", error.line().c_str());
    return code;
}

lab::Result<std::unique_ptr<lab::Workbench>> open(const std::string& store,
                                                  const ui::RegisterExperiments& experiments) {
    lab::WorkbenchOptions options;
    options.store = store;
    auto workbench = lab::Workbench::open(std::move(options));
    if (workbench.ok()) {
        experiments((*workbench)->registry(), (*workbench)->checks());
    }
    return workbench;
}

/// Waits for the runs; the first failure is the answer.
lab::Result<void> finish(lab::Workbench& workbench, const lab::Comparison& comparison) {
    for (const lab::RunPtr& run : comparison.runs) {
        workbench.wait(run->id());
        const lab::RunStatus status = run->status();
        if (status.state == lab::RunState::Failed && status.error) {
            return *status.error;
        }
    }
    return {};
}

/// Whether a shot may show this panel alone.
lab::Result<void> checkPanel(const lab::Description& description, const std::string& panel) {
    std::string known;
    for (const lab::Panel& each : description.panels) {
        const bool isMiddle = each.zone == lab::PanelZone::Middle;
        if (panel.empty() || (isMiddle && each.id == panel)) {
            return {};
        }
        if (isMiddle) {
            known += (known.empty() ? "" : ", ") + each.id;
        }
    }
    return lab::Error{"there is no panel '" + panel + "'", "panels: " + known, "--panel"};
}

/// Lays the sheet out with the event loop running and takes its picture.
QImage pictureOf(lab::Workbench& workbench, lab::Comparison comparison, const lab::Preset* preset,
                 const std::string& panel = {}) {
    Sheet sheet(workbench, std::move(comparison), preset, QString::fromStdString(panel));
    QImage image;
    sheet.show();
    // Docks settle over a few turns of the event loop.
    int turns = 4;
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &sheet, [&] {
        if (--turns == 0) {
            image = sheet.picture();
            QApplication::exit();
        } else {
            (void)sheet.picture();
        }
    });
    timer.start(0);
    QApplication::exec();
    return image;
}

lab::Result<void> write(const QImage& image, const QString& file) {
    QSaveFile target(file);
    if (!target.open(QIODevice::WriteOnly) || !image.save(&target, "PNG") || !target.commit()) {
        return lab::Error{"the picture can't be written: " + target.errorString().toStdString(), "",
                          file.toStdString()};
    }
    return {};
}

/// Writes the miniature of a preset that has just been run.
void record(const lab::Description& description, const lab::Preset& preset,
            const std::vector<lab::RunPtr>& runs, const QString& command, const QString& folder) {
    const auto panel = std::ranges::find(description.panels, preset.miniature, &lab::Panel::id);
    if (panel == description.panels.end() || !QDir().mkpath(folder)) {
        return;
    }
    QSaveFile file(folder + u'/' + ui::miniatureFile(description.id, preset.id));
    if (file.open(QIODevice::WriteOnly)) {
        file.write(ui::writeMiniature(ui::miniatureOf(*panel, runs), command));
        file.commit();
    }
}

QString escaped(const std::string& text) {
    return QString::fromStdString(text).toHtmlEscaped();
}

const char* const kPage = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Psephos</title><style>
body { font: 15px/1.5 Inter, system-ui, sans-serif; margin: 2.5rem auto; max-width: 1240px;
  padding: 0 1.5rem; color-scheme: light dark; }
h1 { font-size: 26px; margin: 0; } h2 { font-size: 18px; margin: 2.2rem 0 .8rem; }
p { margin: .2rem 0; opacity: .75; } code { font: 12px "JetBrains Mono", monospace; opacity: .8; }
figure { margin: 0 0 2.4rem; } figcaption b { font-size: 16px; }
img { width: 100%; border: 1px solid #8884; border-radius: 8px; margin-top: .6rem; }
</style></head><body><h1>What would you like to see?</h1>
<p>Every picture was computed and drawn by this machine.</p>
)";

} // namespace

int shot(const PictureArguments& arguments, const ui::RegisterExperiments& experiments) {
    const auto number = runNumber(arguments.target.name);
    const std::string store = !number                   ? std::string()
                              : arguments.store.empty() ? lab::defaultStore().string()
                                                        : arguments.store;
    auto workbench = open(store, experiments);
    if (!workbench) {
        return say(2, workbench.error());
    }
    lab::Workbench& bench = **workbench;
    lab::Comparison comparison;
    const lab::Preset* preset = nullptr;
    if (number) {
        const auto run = bench.load(*number);
        if (!run) {
            return say(2, run.error());
        }
        auto loaded = bench.loadComparison((*run)->comparison());
        if (!loaded) {
            return say(2, loaded.error());
        }
        if (const auto known = checkPanel((*run)->description(), arguments.panel); !known) {
            return say(2, known.error());
        }
        comparison = std::move(*loaded);
    } else {
        auto scenario = scenarioOf(arguments.target, bench.registry());
        if (!scenario) {
            return say(2, scenario.error());
        }
        const lab::Description* description = bench.registry().find(scenario->experiment);
        if (const auto known = checkPanel(*description, arguments.panel); !known) {
            return say(2, known.error());
        }
        preset = description->preset(arguments.target.preset);
        auto started = bench.start(*scenario);
        if (!started) {
            return say(2, started.error());
        }
        comparison = std::move(*started);
        if (const auto finished = finish(bench, comparison); !finished) {
            return say(1, finished.error());
        }
    }
    const QImage image = pictureOf(bench, std::move(comparison), preset, arguments.panel);
    if (const auto written = write(image, QString::fromStdString(arguments.out)); !written) {
        return say(1, written.error());
    }
    return 0;
}

int gallery(const PictureArguments& arguments, const ui::RegisterExperiments& experiments) {
    const QString folder = QString::fromStdString(arguments.out);
    if (!QDir().mkpath(folder)) {
        return say(2, {"the folder can't be made", "", arguments.out});
    }
    auto workbench = open({}, experiments);
    if (!workbench) {
        return say(2, workbench.error());
    }
    lab::Workbench& bench = **workbench;
    QString page = QString::fromUtf8(kPage);
    int code = 0;
    for (const lab::Theme theme : {lab::Theme::Descend, lab::Theme::Choose}) {
        page += QStringLiteral("<h2>%1</h2>\n").arg(ui::headingOf(theme));
        for (const auto& description : bench.registry().all()) {
            for (const lab::Preset& preset : description->presets) {
                if (description->theme != theme || !preset.inGallery) {
                    continue;
                }
                std::fprintf(stderr, "%s\n", (description->id + " " + preset.id).c_str());
                lab::Scenario scenario = preset.scenario;
                scenario.experiment = description->id;
                auto started = bench.start(scenario);
                const auto finished =
                    started ? finish(bench, *started) : lab::Result<void>(started.error());
                if (!finished) {
                    code = say(1, finished.error());
                    continue;
                }
                const QString command =
                    QString::fromStdString(lab::commandLine(scenario, *description));
                const QString name = QStringLiteral("%1-%2.png")
                                         .arg(QString::fromStdString(description->id),
                                              QString::fromStdString(preset.id));
                if (description->lane == lab::Lane::Long && !arguments.miniatures.empty()) {
                    record(*description, preset, started->runs, command,
                           QString::fromStdString(arguments.miniatures));
                }
                const QImage image = pictureOf(bench, std::move(*started), &preset);
                if (const auto written = write(image, folder + u'/' + name); !written) {
                    code = say(1, written.error());
                    continue;
                }
                page += QStringLiteral("<figure><figcaption><b>%1</b><p>%2</p><code>%3</code>"
                                       "</figcaption><img src=\"%4\" alt=\"%1\"></figure>\n")
                            .arg(escaped(preset.title), escaped(preset.question),
                                 command.toHtmlEscaped(), name);
            }
        }
    }
    page += QStringLiteral("</body></html>\n");
    QSaveFile index(folder + QStringLiteral("/index.html"));
    if (!index.open(QIODevice::WriteOnly) || index.write(page.toUtf8()) < 0 || !index.commit()) {
        return say(1, {"the index can't be written", "", arguments.out});
    }
    return code;
}

} // namespace psephos::window
