// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/shell/bar.hpp"
#include "ui/shell/commands.hpp"
#include "ui/shell/gallery_card.hpp"
#include "ui/shell/gallery_page.hpp"
#include "ui/shell/message_bar.hpp"
#include "ui/shell/palette.hpp"
#include "ui/shell/panel_card.hpp"
#include "ui/shell/runs_page.hpp"
#include "ui/shell/session.hpp"
#include "ui/shell/side_bar.hpp"
#include "ui/shell/status_line.hpp"
#include "ui/shell/window_commands.hpp"
#include "ui/shell/workspace.hpp"
#include "ui/theme/theme.hpp"

#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QImageReader>
#include <QMenu>
#include <QMimeData>
#include <QSettings>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>

#include <array>

namespace psephos::ui {

namespace {
const QString kGeometry = QStringLiteral("window/geometry");
const QString kTheme = QStringLiteral("window/theme");
} // namespace

std::optional<Appearance> keptAppearance(const QString& settings) {
    return appearanceFromName(QSettings(settings, QSettings::IniFormat).value(kTheme).toString());
}

MainWindow::MainWindow(lab::Workbench& workbench, AppearanceKeeper& appearance,
                       WindowOptions options)
    : workbench_(workbench)
    , appearance_(appearance)
    , options_(std::move(options))
    , settings_(options_.settings.isEmpty()
                    ? nullptr
                    : std::make_unique<QSettings>(options_.settings, QSettings::IniFormat))
    , session_(new Session(workbench, this))
    , commands_(new Commands(this))
    , bar_(new Bar(*session_, this))
    , messages_(new MessageBar(this))
    , pages_(new QStackedWidget(this))
    , status_(new StatusLine(*session_, options_.threads, this)) {
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(QStringLiteral("Psephos"));
    setFocusPolicy(Qt::ClickFocus);
    setAcceptDrops(true);
    resize(1600, 1000);
    setMinimumSize(1000, 640);
    if (settings_ != nullptr) {
        restoreGeometry(settings_->value(kGeometry).toByteArray());
    }
    auto* central = new QWidget(this);
    central->setObjectName(QStringLiteral("pages"));
    auto* layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(bar_);
    layout->addWidget(messages_);
    layout->addWidget(pages_, 1);
    layout->addWidget(status_);
    setCentralWidget(central);
    central->installEventFilter(this);
    buildHome();
    addWindowCommands(
        *commands_, *session_,
        {[this] { showHome(QStringLiteral("gallery")); },
         [this] { showHome(QStringLiteral("runs")); },
         [this] {
             const QString file = QFileDialog::getOpenFileName(
                 this, tr("Open a scenario or a data file"), {},
                 tr("Scenarios and data (*.json *.csv *.txt *.soc *.soi *.toc *.toi *.gz);;"
                    "All files (*)"));
             if (!file.isEmpty()) {
                 session_->openFile(file);
             }
         },
         [this] {
             if (session_->description() == nullptr) {
                 return;
             }
             const QString file = QFileDialog::getSaveFileName(
                 this, tr("Save the scenario"),
                 QString::fromStdString(session_->description()->id) + QStringLiteral(".json"),
                 tr("Scenarios (*.json)"));
             if (!file.isEmpty()) {
                 session_->saveScenario(file);
             }
         },
         [this] { openPalette(); },
         [this] {
             if (workspace_ != nullptr) {
                 workspace_->resetLayout();
             }
         },
         [this] {
             const QString folder =
                 workspace_ == nullptr
                     ? QString()
                     : QFileDialog::getExistingDirectory(this, tr("Folder for the pictures"));
             for (PanelCard* card :
                  folder.isEmpty() ? std::vector<PanelCard*>{} : workspace_->cards()) {
                 const QString trouble = card->savePicture(
                     folder + u'/' + card->objectName() + QStringLiteral(".png"), 2);
                 if (!trouble.isEmpty()) {
                     messages_->raiseMessage(
                         {QStringLiteral("export"), Severity::Warning, trouble, {}});
                 }
             }
         },
         [this] { close(); }});
    buildMenus();
    wire();
    refreshTheme();
    refreshPlace();
}

MainWindow::~MainWindow() {
    // LibTorch must not be loading when the process ends.
    if (loader_.joinable()) {
        loader_.join();
    }
    // Views read the session's model until they go: they go first.
    delete takeCentralWidget();
}

void MainWindow::buildHome() {
    auto* home = new QWidget(pages_);
    auto* layout = new QHBoxLayout(home);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    sideBar_ = new SideBar(workbench_.registry(), home);
    homePages_ = new QStackedWidget(home);
    gallery_ = new GalleryPage(workbench_.registry(), homePages_);
    homePages_->addWidget(gallery_);
    layout->addWidget(sideBar_);
    layout->addWidget(homePages_, 1);
    pages_->addWidget(home);
    sideBar_->setDevice(tr("Device: CPU, %1 %2")
                            .arg(options_.threads)
                            .arg(options_.threads == 1 ? tr("thread") : tr("threads")));
    sideBar_->setLibraries(tr("LibTorch"), false);
}

void MainWindow::buildMenus() {
    auto* open = new QMenu(this);
    open->addAction(commands_->find(QStringLiteral("open")));
    bar_->setOpenMenu(open);
    auto* share = new QMenu(this);
    for (const char* id : {"copy-command", "save", "save-pictures"}) {
        share->addAction(commands_->find(QString::fromLatin1(id)));
    }
    share->addSeparator();
    share->addAction(commands_->find(QStringLiteral("open")));
    bar_->setShareMenu(share);
    auto* theme = new QMenu(this);
    const std::array<std::pair<Appearance, QString>, 4> choices{
        {{Appearance::Auto, tr("As the desktop")},
         {Appearance::Light, tr("Light")},
         {Appearance::Dark, tr("Dark")},
         {Appearance::Print, tr("Print")}}};
    for (const auto& [appearance, text] : choices) {
        const QString id = QStringLiteral("theme-") + name(appearance);
        QAction* action = commands_->add(
            {id, tr("Theme: %1").arg(text), tr("Colours of the window"), {}, {}, false},
            [this, appearance = appearance] { appearance_.set(appearance); });
        action->setIconText(text);
        theme->addAction(action);
    }
    bar_->setThemeMenu(theme);
}

void MainWindow::wire() {
    connect(bar_, &Bar::homeAsked, this, [this] { showHome(QStringLiteral("gallery")); });
    connect(bar_, &Bar::searchAsked, this, &MainWindow::openPalette);
    connect(bar_, &Bar::runAsked, session_, &Session::act);
    connect(sideBar_, &SideBar::galleryChosen, this, [this](const QString& group) {
        gallery_->setGroup(group);
        showHome(group.isEmpty() ? QStringLiteral("gallery") : group);
    });
    connect(sideBar_, &SideBar::runsChosen, this, [this] { showHome(QStringLiteral("runs")); });
    connect(gallery_, &GalleryPage::chosen, this,
            [this](const lab::Description& description, const lab::Preset& preset) {
                session_->openPreset(description, preset);
            });
    connect(gallery_, &GalleryPage::openFileAsked, this,
            [this] { commands_->find(QStringLiteral("open"))->trigger(); });
    connect(session_, &Session::opened, this, &MainWindow::showWorkspace);
    connect(session_, &Session::messageRaised, messages_, &MessageBar::raiseMessage);
    connect(session_, &Session::messageCleared, messages_, &MessageBar::clearMessage);
    connect(&appearance_, &AppearanceKeeper::changed, this, &MainWindow::refreshTheme);
}

Workspace& MainWindow::workspace() {
    if (workspace_ == nullptr) {
        workspace_ = new Workspace(*session_, pages_);
        connect(workspace_, &Workspace::troubled, this, [this](const QString& text) {
            messages_->raiseMessage({QStringLiteral("export"), Severity::Warning, text, {}});
        });
        workspace_->setSettings(settings_.get());
        pages_->addWidget(workspace_);
    }
    return *workspace_;
}

void MainWindow::showWorkspace() {
    if (session_->description() == nullptr) {
        return;
    }
    pages_->setCurrentWidget(&workspace());
    refreshPlace();
    workspace_->setFocus();
}

void MainWindow::showHome(const QString& place) {
    homePlace_ = place;
    sideBar_->setPlace(place);
    if (place == QStringLiteral("runs")) {
        if (runsPage_ == nullptr) {
            runsPage_ = new RunsPage(*session_, homePages_);
            homePages_->addWidget(runsPage_);
            connect(runsPage_, &RunsPage::openAsked, session_, &Session::openComparison);
            connect(runsPage_, &RunsPage::troubled, this, [this](const QString& text) {
                messages_->raiseMessage({QStringLiteral("store"), Severity::Warning, text, {}});
            });
        }
        sideBar_->setRunCount(runsPage_->refresh());
        homePages_->setCurrentWidget(runsPage_);
    } else {
        if (place == QStringLiteral("gallery")) {
            gallery_->setGroup({});
        }
        homePages_->setCurrentWidget(gallery_);
        if (miniatures_ != nullptr && !miniatures_->isBusy()) {
            miniatures_->fill(gallery_->cards());
        }
    }
    session_->playback().pause();
    pages_->setCurrentIndex(0);
    refreshPlace();
}

void MainWindow::refreshPlace() {
    const bool isHome = pages_->currentIndex() == 0;
    bar_->refresh(isHome, {});
    const lab::Preset* preset = session_->preset();
    setWindowTitle(isHome || session_->description() == nullptr
                       ? QStringLiteral("Psephos")
                       : QString::fromStdString(
                             preset != nullptr ? preset->title : session_->description()->title));
    for (const char* id :
         {"save", "save-pictures", "copy-command", "run", "reset-layout", "reset-knobs", "toggle",
          "step", "restart", "new-seed", "back", "forward", "to-start", "to-end", "undo", "redo"}) {
        commands_->find(QString::fromLatin1(id))->setEnabled(!isHome);
    }
}

void MainWindow::refreshTheme() {
    switch (appearance_.appearance()) {
    case Appearance::Auto:
        bar_->setThemeText(tr("Auto"));
        break;
    case Appearance::Light:
        bar_->setThemeText(tr("Light"));
        break;
    case Appearance::Dark:
        bar_->setThemeText(tr("Dark"));
        break;
    case Appearance::Print:
        bar_->setThemeText(tr("Print"));
        break;
    }
}

void MainWindow::openPalette() {
    if (palette_ == nullptr) {
        palette_ = new Palette(this);
    }
    std::vector<PaletteItem> items;
    for (GalleryCard* card : gallery_->cards()) {
        items.push_back(
            {QString::fromStdString(card->preset().title),
             QString::fromStdString(card->preset().question),
             {},
             [this, card] { session_->openPreset(card->description(), card->preset()); }});
    }
    for (QAction* action : commands_->all()) {
        if (action->isEnabled() && action->objectName() != QStringLiteral("palette")) {
            items.push_back({action->text(), action->toolTip(), Commands::keysText(*action),
                             [action] { action->trigger(); }});
        }
    }
    constexpr std::size_t kMostRuns = 60;
    if (const auto listing = workbench_.listing(); listing.ok()) {
        for (const lab::RunListing& run : *listing) {
            if (items.size() > commands_->all().size() + gallery_->cards().size() + kMostRuns) {
                break;
            }
            items.push_back(
                {tr("Run %1: %2").arg(run.id).arg(QString::fromStdString(run.name)),
                 QString::fromStdString(run.scenario.experiment),
                 {},
                 [this, comparison = run.comparison] { session_->openComparison(comparison); }});
        }
    }
    palette_->open(std::move(items));
}

void MainWindow::tell(const Message& message) {
    messages_->raiseMessage(message);
}

void MainWindow::openNamed(const QString& name) {
    bool isNumber = false;
    const qlonglong id = name.toLongLong(&isNumber);
    if (isNumber) {
        if (const auto run = workbench_.load(id); run.ok()) {
            session_->openComparison((*run)->comparison());
        } else {
            messages_->raiseMessage(messageOf(QStringLiteral("file"), run.error()));
        }
        return;
    }
    const QStringList parts = name.split(u':');
    const lab::Description* description = workbench_.registry().find(parts.front().toStdString());
    if (description == nullptr) {
        session_->openFile(name);
        return;
    }
    const lab::Preset* preset = parts.size() > 1 ? description->preset(parts[1].toStdString())
                                : description->presets.empty() ? nullptr
                                                               : &description->presets.front();
    if (preset != nullptr) {
        session_->openPreset(*description, *preset);
    } else {
        lab::Scenario scenario;
        scenario.experiment = description->id;
        session_->openScenario(std::move(scenario), false);
    }
}

void MainWindow::afterFirstPaint() {
    setFocus();
    // Plug-ins that the window needs come before the loader: its dlopen holds the loader lock.
    (void)QImageReader::supportedImageFormats();
    miniatures_ = new Miniatures(workbench_, options_.experiments, this);
    miniatures_->fill(gallery_->cards());
    if (const auto listing = workbench_.listing(); listing.ok()) {
        sideBar_->setRunCount(listing->size());
    }
    status_->setLoading(true);
    loader_ = std::thread([this] {
        workbench_.openModules();
        QMetaObject::invokeMethod(this, [this] {
            const bool isReady = workbench_.modulesReady();
            status_->setLoading(false);
            sideBar_->setLibraries(isReady ? tr("LibTorch ready") : tr("LibTorch not available"),
                                   isReady);
        });
    });
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && pages_->currentIndex() != 0) {
        workspace().setFocus();
    }
    if (!commands_->handleKey(*event)) {
        QMainWindow::keyPressEvent(event);
    }
}

void MainWindow::closeEvent(QCloseEvent* event) {
    session_->playback().pause();
    if (workspace_ != nullptr) {
        workspace_->keepLayout();
    }
    if (settings_ != nullptr) {
        settings_->setValue(kGeometry, saveGeometry());
        settings_->setValue(kTheme, name(appearance_.appearance()));
    }
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event) {
    const QList<QUrl> urls = event->mimeData()->urls();
    if (!urls.isEmpty() && urls.front().isLocalFile()) {
        session_->openFile(urls.front().toLocalFile());
    }
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
    if (!hasPainted_ && event->type() == QEvent::Paint && watched == centralWidget()) {
        hasPainted_ = true;
        // The paint event is the first of the frame; the next turn of the loop finds it shown.
        QTimer::singleShot(0, this, &MainWindow::firstPainted);
    }
    return QMainWindow::eventFilter(watched, event);
}

} // namespace psephos::ui
