// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/program.hpp"

#include "app/window/drag_clock.hpp"
#include "app/window/pictures.hpp"
#include "app/window/process_clock.hpp"
#include "ui/panels/panels.hpp"
#include "ui/shell/appearance.hpp"
#include "ui/shell/main_window.hpp"
#include "ui/shell/message.hpp"
#include "ui/theme/icons.hpp"
#include "ui/theme/theme.hpp"

#include <QApplication>
#include <QDir>
#include <QStandardPaths>
#include <QStyleFactory>
#include <QTimer>

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <thread>

namespace psephos::window {

namespace {

struct Arguments {
    PictureArguments picture;
    std::string name;  ///< of what the window opens
    std::string theme; ///< empty: the one that the window had last; light in pictures
    int scale = 1;
    bool measuresStart = false;
    std::string dragsBeside; ///< the training beside which a drag is measured
    std::string grab;        ///< write the window itself as a PNG and end
    std::string size;
    int afterMilliseconds = 1500;
    bool isShot = false;
    bool isGallery = false;
};

void addPictureOptions(CLI::App& command, Arguments& arguments) {
    command.add_option("--theme", arguments.theme, "light, dark or print")
        ->check(CLI::IsMember({"light", "dark", "print"}));
    command.add_option("--scale", arguments.scale, "pixels a unit: 1 or 2")
        ->check(CLI::Range(1, 4));
}

void declare(CLI::App& app, Arguments& arguments) {
    app.add_option("name", arguments.name,
                   "an experiment, ID:PRESET, the number of a run, a scenario or a data file");
    app.add_option("--store", arguments.picture.store, "the SQLite file that holds the runs");
    app.add_option("--theme", arguments.theme, "auto, light, dark or print")
        ->check(CLI::IsMember({"auto", "light", "dark", "print"}));
    app.add_flag("--measure-start", arguments.measuresStart,
                 "print how long the first frame took, as JSON, and end");
    app.add_option("--measure-drag", arguments.dragsBeside,
                   "drag a lottery of fifty beside this training, print how soon it answers, end")
        ->group("");
    app.add_option("--grab", arguments.grab, "write the window as a PNG and end")->group("");
    app.add_option("--size", arguments.size, "of the window: 1600x1000")->group("");
    app.add_option("--after", arguments.afterMilliseconds, "milliseconds before --grab")->group("");
    app.add_option("--scale", arguments.scale, "of --grab")->group("")->check(CLI::Range(1, 4));

    CLI::App* shotCommand =
        app.add_subcommand("shot", "draw the panels of a scenario or run, without a screen");
    TargetArguments& target = arguments.picture.target;
    shotCommand->add_option("target", target.name, "ID, FILE.json or the number of a run")
        ->required();
    shotCommand->add_option("knobs", target.assignments, "KNOB=VALUE; [a,b] compares");
    shotCommand->add_option("--out", arguments.picture.out, "the PNG to write")->required();
    shotCommand->add_option("--preset", target.preset, "start from a preset of the experiment");
    shotCommand->add_option("--seed", target.seed, "a whole number");
    shotCommand->add_option("--device", target.device, "cpu or cuda")
        ->check(CLI::IsMember({"cpu", "cuda"}));
    shotCommand->add_option("--panel", arguments.picture.panel,
                            "the one to draw; without it those in front");
    shotCommand->add_option("--store", arguments.picture.store, "the store that holds the run");
    addPictureOptions(*shotCommand, arguments);
    shotCommand->callback([&arguments] { arguments.isShot = true; });

    CLI::App* galleryCommand =
        app.add_subcommand("gallery", "draw every preset of the gallery, with an index");
    galleryCommand->add_option("--out", arguments.picture.out, "the folder to write")->required();
    galleryCommand
        ->add_option("--miniatures", arguments.picture.miniatures,
                     "also record the miniatures of presets that take long into this folder")
        ->group("");
    addPictureOptions(*galleryCommand, arguments);
    galleryCommand->callback([&arguments] { arguments.isGallery = true; });
}

/// The offscreen platform has no windows to move or raise and says so of every one; pictures need
/// none of that.
void ignoreOffscreen(QtMsgType type, const QMessageLogContext& context, const QString& text) {
    if (text.startsWith(QStringLiteral("This plugin does not support")) ||
        text.startsWith(QStringLiteral("QStandardPaths: XDG_RUNTIME_DIR"))) {
        return;
    }
    std::fprintf(stderr, "%s\n", qPrintable(qFormatLogMessage(type, context, text)));
    if (type == QtFatalMsg) {
        std::abort();
    }
}

/// Whether a window can be shown at all.
bool hasDisplay() {
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) {
        if (!qEnvironmentVariableIsEmpty(name)) {
            return true;
        }
    }
    return false;
}

void dress(QApplication& app) {
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    ui::loadFonts();
    QApplication::setFont(ui::textFont(13));
    QApplication::setApplicationName(QStringLiteral("psephos"));
    QApplication::setApplicationDisplayName(QStringLiteral("Psephos"));
    QApplication::setDesktopFileName(QStringLiteral("psephos"));
    ui::registerPanels(ui::PanelRegistry::instance());
    Q_UNUSED(app)
}

/// The workbench on the store; on none where it can't be opened, and then why.
std::unique_ptr<lab::Workbench> openWorkbench(const std::string& store,
                                              std::optional<lab::Error>& trouble) {
    lab::WorkbenchOptions options;
    options.store = store.empty() ? lab::defaultStore() : std::filesystem::path(store);
    options.openModulesOnDemand = false;
    auto workbench = lab::Workbench::open(options);
    if (workbench.ok()) {
        return std::move(*workbench);
    }
    trouble = workbench.error();
    options.store.clear();
    return *lab::Workbench::open(options);
}

void printStart() {
    const auto elapsed = millisecondsSinceStart();
    if (elapsed.ok()) {
        std::printf("{\"process_to_first_paint_ms\": %.1f}\n", *elapsed);
    } else {
        std::fprintf(stderr, "error: %s\n", elapsed.error().line().c_str());
    }
    std::fflush(stdout);
}

int runWindow(QApplication& app, const Arguments& arguments,
              const ui::RegisterExperiments& experiments) {
    std::optional<lab::Error> trouble;
    const std::unique_ptr<lab::Workbench> workbench =
        openWorkbench(arguments.picture.store, trouble);
    experiments(workbench->registry(), workbench->checks());
    ui::WindowOptions options;
    // Pictures and measurements neither keep nor are led by what a person last moved.
    const bool isOpened =
        arguments.grab.empty() && !arguments.measuresStart && arguments.dragsBeside.empty();
    if (isOpened) {
        options.settings = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
                           QStringLiteral("/psephos/window.ini");
    }
    auto appearance = ui::appearanceFromName(QString::fromStdString(arguments.theme));
    if (arguments.theme.empty()) {
        appearance = isOpened ? ui::keptAppearance(options.settings) : std::nullopt;
    }
    ui::AppearanceKeeper keeper(appearance.value_or(ui::Appearance::Auto));
    options.threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    options.experiments = experiments;
    ui::MainWindow window(*workbench, keeper, options);
    const QStringList size = QString::fromStdString(arguments.size).split(u'x');
    if (size.size() == 2) {
        window.resize(size[0].toInt(), size[1].toInt());
    }
    QObject::connect(&window, &ui::MainWindow::firstPainted, &app, [&] {
        if (arguments.measuresStart) {
            printStart();
            QApplication::exit();
            return;
        }
        window.afterFirstPaint();
        if (trouble) {
            ui::Message message = ui::messageOf(QStringLiteral("store-open"), *trouble);
            message.hint += QObject::tr(" Runs of this session are not stored.");
            window.tell(message);
        }
        if (!arguments.dragsBeside.empty()) {
            QTimer::singleShot(0, &window, [&] {
                const auto measured = measureDrag(window, arguments.dragsBeside);
                std::fprintf(measured ? stdout : stderr, "%s\n",
                             measured ? measured->c_str() : measured.error().line().c_str());
                QApplication::exit(measured ? 0 : 1);
            });
            return;
        }
        if (!arguments.name.empty()) {
            window.openNamed(QString::fromStdString(arguments.name));
        }
        if (!arguments.grab.empty()) {
            QTimer::singleShot(arguments.afterMilliseconds, &window, [&] {
                const bool isWritten =
                    window.grab().save(QString::fromStdString(arguments.grab), "PNG");
                QApplication::exit(isWritten ? 0 : 1);
            });
        }
    });
    window.show();
    return QApplication::exec();
}

} // namespace

int runProgram(int argc, char** argv, const ui::RegisterExperiments& experiments) {
    Arguments arguments;
    CLI::App cli("Psephos: how optimizers descend, and how groups choose.", "psephos");
    declare(cli, arguments);
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {
            return cli.exit(error);
        }
        std::fprintf(stderr, "error: %s\n", error.what());
        return 2;
    }
    const bool isPicture = arguments.isShot || arguments.isGallery;
    if (isPicture) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    } else if (!hasDisplay()) {
        std::fprintf(stderr, "error: there is no display: set DISPLAY, or draw pictures with "
                             "psephos shot or psephos gallery\n");
        return 2;
    }
    if (qgetenv("QT_QPA_PLATFORM") == "offscreen") {
        qInstallMessageHandler(&ignoreOffscreen);
    }
    if (arguments.scale != 1) {
        qputenv("QT_SCALE_FACTOR", QByteArray::number(arguments.scale));
    }
    QApplication app(argc, argv);
    dress(app);
    if (!isPicture) {
        return runWindow(app, arguments, experiments);
    }
    QApplication::setQuitOnLastWindowClosed(false);
    const auto appearance = ui::appearanceFromName(QString::fromStdString(arguments.theme));
    ui::AppearanceKeeper keeper(arguments.theme.empty() || arguments.theme == "auto"
                                    ? ui::Appearance::Light
                                    : appearance.value());
    return arguments.isShot ? shot(arguments.picture, experiments)
                            : gallery(arguments.picture, experiments);
}

} // namespace psephos::window
