// SPDX-License-Identifier: GPL-3.0-or-later
// A window on a store of its own, and a hand: the screen's mouse and keyboard.
#pragma once

#include "core/lab/fake_experiment.hpp"
#include "experiments/builtins.hpp"
#include "ui/panels/panels.hpp"
#include "ui/shell/gallery_card.hpp"
#include "ui/shell/gallery_page.hpp"
#include "ui/shell/main_window.hpp"
#include "ui/shell/run_row.hpp"
#include "ui/shell/session.hpp"
#include "ui/support/qt_test.hpp"

#include <QApplication>
#include <QDockWidget>
#include <QLineEdit>
#include <QMenu>
#include <QScrollArea>
#include <QTabBar>
#include <QTemporaryDir>
#include <QToolButton>
#include <QWindow>

#include <memory>
#include <optional>

namespace psephos::tests {

using namespace psephos::ui;

inline void registerAll(lab::Registry& registry, lab::CheckRegistry& checks) {
    experiments::registerBuiltins(registry, checks);
    test::registerFakes(registry);
}

/// Opens and closes the window around every test.
class WindowTest : public QObject {
    Q_OBJECT

  protected:
    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<lab::Workbench> workbench_;
    std::unique_ptr<AppearanceKeeper> appearance_;
    std::unique_ptr<MainWindow> window_;
    QString settings_; ///< of the window; empty: it keeps nothing

    void openWindow() {
        lab::WorkbenchOptions options;
        options.store = folder_->filePath(QStringLiteral("runs.db")).toStdString();
        options.openModulesOnDemand = false;
        options.threads = 1;
        auto opened = lab::Workbench::open(options);
        QVERIFY(opened.ok());
        workbench_ = std::move(*opened);
        registerAll(workbench_->registry(), workbench_->checks());
        appearance_ = std::make_unique<AppearanceKeeper>(Appearance::Light);
        window_ = std::make_unique<MainWindow>(*workbench_, *appearance_,
                                               WindowOptions{1, &registerAll, settings_});
        window_->show();
        QVERIFY(QTest::qWaitForWindowExposed(window_.get()));
    }

    Session& session() { return window_->session(); }

    ComparisonModel& model() { return window_->session().model(); }

    template <typename T>
    T* child(const QString& name) {
        T* found = window_->findChild<T*>(name);
        if (found == nullptr) {
            qFatal("no child %s", qPrintable(name));
        }
        return found;
    }

    template <typename T>
    T* child(const char* name) {
        return child<T>(QString::fromLatin1(name));
    }

    /// By the screen's mouse: whatever lies at the widget's place gets the click, as for a hand.
    static void press(QWidget* widget, std::optional<QPoint> at = {}) {
        QWidget* window = widget->window();
        const QPoint place = widget->mapTo(window, at.value_or(widget->rect().center()));
        QTest::mouseMove(window->windowHandle(), place);
        QTest::mouseClick(window->windowHandle(), Qt::LeftButton, {}, place);
    }

    void click(const char* name) {
        auto* widget = child<QWidget>(name);
        QVERIFY2(widget->isVisible(), name);
        press(widget);
    }

    void clickCard(const char* experiment) {
        for (GalleryCard* card : window_->gallery().cards()) {
            if (card->description().id == experiment) {
                window_->gallery().findChild<QScrollArea*>()->ensureWidgetVisible(card);
                press(card);
                return;
            }
        }
        QFAIL(experiment);
    }

    /// Clicks the field and types over what it holds.
    void enter(const char* field, const char* text) {
        auto* edit = child<QLineEdit>(field);
        for (QWidget* at = edit; at != nullptr; at = at->parentWidget()) {
            if (auto* area = qobject_cast<QScrollArea*>(at)) {
                area->ensureWidgetVisible(edit);
            }
        }
        press(edit);
        type(Qt::Key_A, Qt::ControlModifier);
        for (const char* letter = text; *letter != 0; ++letter) {
            QTest::keyClick(QApplication::focusWindow(), *letter);
        }
        type(Qt::Key_Return);
    }

    /// By the screen's mouse, too.
    static void pull(QWidget* widget, QPoint from, QPoint to, int moves) {
        QWindow* window = widget->window()->windowHandle();
        const auto at = [&](QPoint place) { return widget->mapTo(widget->window(), place); };
        QTest::mouseMove(window, at(from));
        QTest::mousePress(window, Qt::LeftButton, {}, at(from));
        for (int i = 1; i <= moves; ++i) {
            QTest::mouseMove(window, at(from + (to - from) * i / moves));
        }
        QTest::mouseRelease(window, Qt::LeftButton, {}, at(to));
    }

    static void type(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
        QTest::keyClick(QApplication::focusWindow(), key, modifiers);
    }

    /// The menu behind the "…" of a run's row, opened as a hand does.
    QMenu* openRunMenu(int run) {
        const QString id = QStringLiteral("run-%1").arg(run);
        auto* row = child<RunRow>(id);
        QTest::mouseMove(window_->windowHandle(), row->mapTo(window_.get(), row->rect().center()));
        auto* more = child<QToolButton>(id + QStringLiteral("-more"));
        if (!QTest::qWaitFor([more] { return more->isVisible(); })) {
            return nullptr;
        }
        press(more);
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        return menu != nullptr && QTest::qWaitForWindowExposed(menu) ? menu : nullptr;
    }

    static QAction* actionOf(const QMenu& menu, int run, const char* name) {
        const QString id = QStringLiteral("run-%1-%2").arg(run).arg(QString::fromLatin1(name));
        for (QAction* action : menu.actions()) {
            if (action->objectName() == id) {
                return action;
            }
        }
        return nullptr;
    }

    void chooseByMouse(int run, const char* name) {
        QPointer<QMenu> menu = openRunMenu(run);
        QVERIFY2(menu != nullptr, "no menu");
        QAction* action = actionOf(*menu, run, name);
        QVERIFY2(action != nullptr && action->isEnabled(), name);
        press(menu, menu->actionGeometry(action).center());
        QTRY_VERIFY(menu == nullptr);
    }

    void chooseByKeys(int run, const char* name) {
        QPointer<QMenu> menu = openRunMenu(run);
        QVERIFY2(menu != nullptr, "no menu");
        QAction* action = actionOf(*menu, run, name);
        QVERIFY2(action != nullptr && action->isEnabled(), name);
        for (qsizetype i = 0; i < menu->actions().size() && menu->activeAction() != action; ++i) {
            QTest::keyClick(menu, Qt::Key_Down);
        }
        QCOMPARE(menu->activeAction(), action);
        QTest::keyClick(menu, Qt::Key_Return);
        QTRY_VERIFY(menu == nullptr);
    }

    static std::vector<double> probabilitiesOf(const lab::Run& run) {
        const auto frame = run.history()->latest("lottery");
        return frame ? std::get<lab::TablePtr>(frame->payload)->numbers(1) : std::vector<double>{};
    }

    lab::RunState stateOf(std::size_t run) { return model().runs().at(run)->status().state; }

    /// Two optimizers on the fake descent, slow enough to be paused.
    void openDescent(int steps, int waitMicroseconds) {
        lab::Scenario scenario;
        scenario.experiment = "test.descent";
        scenario.sweep("optimizer", {std::string("plain"), std::string("momentum")});
        scenario.set("steps", std::int64_t{steps});
        scenario.set("wait_us", std::int64_t{waitMicroseconds});
        QVERIFY(session().openScenario(scenario, false));
    }

    bool openPreset(const char* experiment, const char* preset) {
        const lab::Description* description = workbench_->registry().find(experiment);
        return session().openPreset(*description, *description->preset(preset));
    }

    /// The card of a panel as a tab: its place on the bar that shows the tabs of its place.
    QPoint tabOf(const char* panel, QTabBar*& bar) {
        const QString title = child<QDockWidget>(panel)->windowTitle();
        for (QTabBar* each : child<QWidget>("panelArea")->findChildren<QTabBar*>()) {
            for (int i = 0; i < each->count(); ++i) {
                if (each->tabText(i) == title && each->isVisible()) {
                    bar = each;
                    return each->tabRect(i).center();
                }
            }
        }
        bar = nullptr;
        return {};
    }

    void closeWindow() {
        window_->close();
        window_.reset();
        appearance_.reset();
        workbench_.reset();
    }

  private Q_SLOTS:

    void initTestCase() { registerPanels(PanelRegistry::instance()); }

    void init() {
        psephos::tests::failOnWarnings();
        folder_ = std::make_unique<QTemporaryDir>();
        openWindow();
    }

    void cleanup() {
        settings_.clear();
        window_.reset();
        appearance_.reset();
        workbench_.reset();
        folder_.reset();
    }
};

} // namespace psephos::tests
