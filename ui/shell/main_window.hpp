// SPDX-License-Identifier: GPL-3.0-or-later
// The window: a bar, a page (gallery, my runs, or an open experiment), a status line.
#pragma once

#include "lab/workbench.hpp"
#include "ui/shell/appearance.hpp"
#include "ui/shell/miniatures.hpp"

#include <QMainWindow>

#include <memory>
#include <optional>
#include <thread>

class QSettings;
class QStackedWidget;
class QVBoxLayout;

namespace psephos::ui {

class Bar;
class Commands;
class GalleryPage;
class MessageBar;
struct Message;
class Palette;
class RunsPage;
class Session;
class SideBar;
class StatusLine;
class Workspace;

struct WindowOptions {
    int threads = 1; ///< what runs compute with
    RegisterExperiments experiments;
    /// An INI file that keeps the window's size, theme and layouts; empty: nothing is kept.
    QString settings{};
};

/// The theme that a window with these settings had last; none where it kept none.
[[nodiscard]] std::optional<Appearance> keptAppearance(const QString& settings);

class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    /// Workbench and appearance outlive the window.
    MainWindow(lab::Workbench& workbench, AppearanceKeeper& appearance, WindowOptions options);
    ~MainWindow() override;

    [[nodiscard]] Session& session() { return *session_; }

    [[nodiscard]] Commands& commands() { return *commands_; }

    [[nodiscard]] GalleryPage& gallery() { return *gallery_; }

    /// The open experiment's page; made at the first opening.
    [[nodiscard]] Workspace& workspace();

    /// What is left to do once the first frame is on the screen: picture plug-ins, miniatures, and
    /// on a thread of its own the heavy modules.
    void afterFirstPaint();

    /// Shows a message inline.
    void tell(const Message& message);

    /// Opens what the command line names: an experiment, a run's id, or a file.
    void openNamed(const QString& name);

  Q_SIGNALS:
    void firstPainted();

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void buildHome();
    void buildMenus();
    void wire();
    void showHome(const QString& place);
    void showWorkspace();
    void refreshPlace();
    void refreshTheme();
    void openPalette();

    lab::Workbench& workbench_;
    AppearanceKeeper& appearance_;
    WindowOptions options_;
    std::unique_ptr<QSettings> settings_; ///< none where nothing is kept
    Session* session_;
    Commands* commands_;
    Bar* bar_;
    MessageBar* messages_;
    QStackedWidget* pages_;
    QStackedWidget* homePages_ = nullptr;
    SideBar* sideBar_ = nullptr;
    GalleryPage* gallery_ = nullptr;
    RunsPage* runsPage_ = nullptr;
    Workspace* workspace_ = nullptr;
    StatusLine* status_;
    Palette* palette_ = nullptr;
    Miniatures* miniatures_ = nullptr;
    QString homePlace_ = QStringLiteral("gallery");
    std::thread loader_; ///< opens the heavy modules; joined before the window goes
    bool hasPainted_ = false;
};

} // namespace psephos::ui
