// SPDX-License-Identifier: GPL-3.0-or-later
// The window by mouse and keyboard: from the gallery to a finished race, pause, scrub, fork, and a
// lottery that moves under the hand.
#include "core/lab/fake_experiment.hpp"
#include "experiments/builtins.hpp"
#include "ui/panels/heatmap_view.hpp"
#include "ui/panels/landscape_view.hpp"
#include "ui/panels/marks_view.hpp"
#include "ui/panels/panels.hpp"
#include "ui/shell/card_dock.hpp"
#include "ui/shell/commands.hpp"
#include "ui/shell/gallery_card.hpp"
#include "ui/shell/gallery_page.hpp"
#include "ui/shell/main_window.hpp"
#include "ui/shell/message_bar.hpp"
#include "ui/shell/miniature.hpp"
#include "ui/shell/panel_card.hpp"
#include "ui/shell/run_row.hpp"
#include "ui/shell/run_table_model.hpp"
#include "ui/shell/session.hpp"
#include "ui/shell/timeline.hpp"
#include "ui/shell/workspace.hpp"
#include "ui/support/fake_runs.hpp"
#include "ui/support/fake_vote.hpp"
#include "ui/support/qt_test.hpp"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QPointer>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>
#include <QWindow>

#include <algorithm>
#include <cmath>
#include <optional>

using namespace psephos;
using namespace psephos::ui;

namespace {

void registerAll(lab::Registry& registry, lab::CheckRegistry& checks) {
    experiments::registerBuiltins(registry, checks);
    test::registerFakes(registry);
}

} // namespace

class TestWindow : public QObject {
    Q_OBJECT

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

  private Q_SLOTS:

    void initTestCase() { registerPanels(PanelRegistry::instance()); }

    void init() {
        psephos::tests::failOnWarnings();
        folder_ = std::make_unique<QTemporaryDir>();
        openWindow();
    }

    void closeWindow() {
        window_->close();
        window_.reset();
        appearance_.reset();
        workbench_.reset();
    }

    void cleanup() {
        settings_.clear();
        window_.reset();
        appearance_.reset();
        workbench_.reset();
        folder_.reset();
    }

    void start_firstPaint_isTold() {
        window_->hide();
        MainWindow window(*workbench_, *appearance_, WindowOptions{1, &registerAll});
        QSignalSpy painted(&window, &MainWindow::firstPainted);
        window.show();
        QVERIFY(painted.wait());
        QVERIFY(window.gallery().cards().size() >= 6);
        QCOMPARE(window.session().description(), nullptr);
    }

    void gallery_miniatures_comeFromRuns() {
        Miniatures miniatures(*workbench_, &registerAll);
        QSignalSpy done(&miniatures, &Miniatures::done);
        miniatures.fill(window_->gallery().cards());
        QVERIFY(done.wait(20000));
        for (GalleryCard* card : window_->gallery().cards()) {
            if (card->description().lane == lab::Lane::Reactive &&
                !card->objectName().startsWith(QStringLiteral("card-test."))) {
                QVERIFY2(card->hasMiniature(), qPrintable(card->objectName()));
            }
        }
        // What the gallery computes is not the user's: nothing of it is stored.
        QVERIFY(workbench_->listing()->empty());
    }

    void miniature_ofATraining_showsTheHeldOutCurves() {
        const auto training = psephos::tests::fakeTraining(200);
        const MiniatureData data =
            miniatureOf(psephos::tests::trainingPanel(), training->model().runs());
        QCOMPARE(data.curves.size(), training->runs().size());
        for (std::size_t run = 0; run < data.curves.size(); ++run) {
            const auto extent = training->runs()[run]->history()->extent("loss/validation");
            QCOMPARE(data.curves[run].y.size(), extent->count);
            QVERIFY(std::ranges::is_sorted(data.curves[run].x));
        }
    }

    void miniature_ofMarks_hasADotForEachShare() {
        const auto vote = psephos::tests::fakeVote();
        const Theme& theme = ThemeHub::instance().theme();
        for (const char* kind : {"marks", "verdicts"}) {
            const MiniatureData data =
                miniatureOf(psephos::tests::votePanel(kind), vote->model().runs());
            QCOMPARE(data.kind, QStringLiteral("marks"));
            QImage image(240, 120, QImage::Format_RGB32);
            image.fill(theme.panel);
            QPainter painter(&image);
            paintMiniature(painter, QRectF(image.rect()), data, theme, 1);
            painter.end();
            const auto count = [&image](const QColor& colour) {
                int pixels = 0;
                for (int y = 0; y < image.height(); ++y) {
                    for (int x = 0; x < image.width(); ++x) {
                        pixels += image.pixelColor(x, y) == colour ? 1 : 0;
                    }
                }
                return pixels;
            };
            const bool isShares = data.grid->x.size() == 4;
            QCOMPARE(count(runStyle(theme, 1).colour) > 100, isShares);
            QCOMPARE(count(theme.divergingLow) > 10, !isShares);
        }
    }

    void race_oneClick_movesAndFinishes() {
        clickCard("optim.surface");
        QCOMPARE(model().runs().size(), std::size_t{5});
        QTRY_VERIFY(session().playback().isPlaying());
        QTRY_VERIFY(model().playHead() > 0);
        QVERIFY(child<QWidget>("timeline")->isVisible());
        QVERIFY(child<QWidget>("run-5")->isVisible());
        QVERIFY(child<QWidget>("panel-landscape")->isVisible());
        for (int i = 0; i < 4; ++i) {
            QTest::keyClick(window_.get(), Qt::Key_BracketRight);
        }
        QCOMPARE(session().playback().speed(), 8.0);
        QTRY_VERIFY(!session().playback().isPlaying());
        QVERIFY(model().followsNewest());
        QCOMPARE(model().playHead(), model().end());
        for (std::size_t run = 0; run < 5; ++run) {
            QCOMPARE(stateOf(run), lab::RunState::Finished);
        }
    }

    void race_scrubbed_byMouseAndKeys() {
        clickCard("optim.surface");
        QTRY_VERIFY(session().playback().isPlaying());
        QTest::keyClick(window_.get(), Qt::Key_Space);
        QVERIFY(!session().playback().isPlaying());
        auto* slider = child<QWidget>("timeline-slider");
        press(slider);
        const double middle = model().playHead();
        QVERIFY(std::abs(middle - model().end() / 2) < model().end() * 0.02);
        QTest::keyClick(window_.get(), Qt::Key_Right);
        QCOMPARE(model().playHead(), middle + 1);
        QTest::keyClick(window_.get(), Qt::Key_Left);
        QTest::keyClick(window_.get(), Qt::Key_Left);
        QCOMPARE(model().playHead(), middle - 1);
        QCOMPARE(child<Timeline>("timeline")->readOut(),
                 QStringLiteral("step %1 / %2").arg(middle - 1).arg(model().end()));
        QTest::keyClick(window_.get(), Qt::Key_Home);
        QCOMPARE(model().playHead(), 0.0);
        QTest::keyClick(window_.get(), Qt::Key_End);
        QVERIFY(model().followsNewest());
        click("timeline-key-1");
        QCOMPARE(model().key(), lab::Key::Seconds);
        QVERIFY(child<Timeline>("timeline")->readOut().endsWith(QStringLiteral("ms")));
    }

    void race_startDragged_recomputesThePaths() {
        clickCard("optim.surface");
        QTRY_VERIFY(model().end() > 0);
        session().playback().pause();
        session().playback().toEnd();
        auto* landscape = window_->findChild<LandscapeView*>();
        QVERIFY(landscape != nullptr);
        QTRY_VERIFY(landscape->startPixel().has_value());
        const std::vector<lab::RunPtr> before = model().runs();
        const std::uint64_t version = before.front()->version();
        const lab::Value start = session().draft().value("start");
        const QPoint from = landscape->startPixel()->toPoint();
        pull(landscape, from, from + QPoint(60, 20), 6);
        QVERIFY(session().draft().value("start") != start);
        QTRY_VERIFY(before.front()->version() > version);
        QVERIFY(model().runs() == before);
        QTRY_COMPARE(stateOf(4), lab::RunState::Finished);
        // One drag, one step back.
        window_->commands().find(QStringLiteral("undo"))->trigger();
        QVERIFY(session().draft().value("start") == start);
    }

    void lottery_cellDragged_movesTheBars() {
        clickCard("voting.maximal_lottery");
        QCOMPARE(model().runs().size(), std::size_t{1});
        const lab::RunPtr run = model().runs().front();
        QTRY_COMPARE(run->status().state, lab::RunState::Finished);
        QTRY_VERIFY(!probabilitiesOf(*run).empty());
        const std::vector<double> before = probabilitiesOf(*run);
        QVERIFY(!child<QWidget>("timeline")->isVisible());
        auto* heatmap = child<QWidget>("panel-margins")->findChild<HeatmapView*>();
        QVERIFY(heatmap != nullptr);
        QTRY_VERIFY(heatmap->cellRect({0, 1}).isValid());
        const QPoint from = heatmap->cellRect({0, 1}).center().toPoint();
        pull(heatmap, from, from + QPoint(0, -80), 8);
        QTRY_VERIFY(probabilitiesOf(*run) != before);
        QVERIFY(session().draft().changedCount() > 0);
        QVERIFY(!workbench_->listing()->empty());
    }

    void robust_distanceSliderAndDraggedMargin_moveTheLottery() {
        QVERIFY(openPreset("voting.robust_lottery", "models"));
        const lab::RunPtr run = model().runs().front();
        const auto chances = [&run] {
            const auto frame = run->history()->latest("robust");
            return frame ? std::get<lab::TablePtr>(frame->payload)->numbers(1)
                         : std::vector<double>{};
        };
        QTRY_VERIFY(!chances().empty());
        const std::vector<double> before = chances();
        auto* slider = child<QWidget>("knob-rho-slider");
        QVERIFY(slider->isVisible());
        const QPoint middle = slider->rect().center();
        pull(slider, QPoint(slider->width() * 3 / 10, middle.y()),
             QPoint(slider->width() * 9 / 10, middle.y()), 8);
        QTRY_VERIFY(run->scenario().knobs.real("rho") > 0.6);
        QTRY_VERIFY(chances() != before && !chances().empty());
        const std::vector<double> turned = chances();
        auto* margins = child<QWidget>("panel-margins")->findChild<HeatmapView*>();
        QTRY_VERIFY(margins->cellRect({0, 1}).isValid());
        const QPoint from = margins->cellRect({3, 19}).center().toPoint();
        pull(margins, from, from + QPoint(0, 60), 8);
        QTRY_VERIFY(chances() != turned && !chances().empty());
        QVERIFY(!run->scenario().knobs.matrix("margins").values.empty());
    }

    void notesCard_belowTheKnobs_isAsHighAsItsNotes() {
        QVERIFY(openPreset("voting.rules", "raise")); // done before it is looked at
        auto* card = child<PanelCard>("panel-notes");
        QTRY_VERIFY(card->wholeHeight() > 200);
        QTRY_VERIFY2(card->height() > 250, qPrintable(QString::number(card->height())));
        QVERIFY(child<QWidget>("dock-knobs")->height() > card->height());
    }

    void tabs_clicked_comeToTheFrontAndGoWithoutData() {
        QVERIFY(openPreset("voting.robust_lottery", "walk"));
        const lab::RunPtr run = model().runs().front();
        QTRY_COMPARE(run->status().state, lab::RunState::Finished);
        auto* adversary = child<QDockWidget>("panel-adversary");
        QTabBar* bar = nullptr;
        QTRY_VERIFY((tabOf("panel-adversary", bar), bar != nullptr));
        const QPoint tab = tabOf("panel-adversary", bar);
        QVERIFY(adversary->visibleRegion().isEmpty());
        press(bar, tab);
        QTRY_VERIFY(!adversary->visibleRegion().isEmpty());
        QVERIFY(child<QWidget>("panel-groups")->visibleRegion().isEmpty());
        // Two options make no triangle: what stands behind it is seen in its place.
        QVERIFY(!child<QWidget>("panel-triangle")->isHidden());
        QVERIFY(openPreset("voting.robust_lottery", "two"));
        QTRY_VERIFY(child<QWidget>("panel-triangle")->isHidden());
        QTRY_VERIFY(!child<QWidget>("panel-sweep")->visibleRegion().isEmpty());
    }

    void axiomCell_clicked_showsItsElectionChanging() {
        QVERIFY(openPreset("voting.rules", "five"));
        const lab::RunPtr run = model().runs().front();
        QTRY_COMPARE(run->status().state, lab::RunState::Finished);
        auto* axioms = child<MarksView>("panel.axioms");
        const MarksView::Cell cell{1, 5};
        QTRY_VERIFY(!axioms->cellRect(cell).isEmpty());
        QVERIFY(axioms->sentence(cell).startsWith(
            QStringLiteral("Instant runoff violates Monotonicity")));
        const auto text = [&](const char* knob) {
            return std::get<std::string>(session().draft().value(knob));
        };
        const auto change = [&] {
            return std::get<double>(session().draft().value("ballot_change"));
        };
        const auto winnersOf = [&](const std::string& rule) {
            std::vector<std::string> winners;
            const auto frame = run->history()->latest("winners");
            const auto table = std::get<lab::TablePtr>(frame->payload);
            for (std::size_t row = 0; row < table->rows(); ++row) {
                if (table->texts(0)[row] == rule) {
                    winners.push_back(table->texts(1)[row]);
                }
            }
            return winners;
        };
        press(axioms, axioms->cellRect(cell).center().toPoint());
        QCOMPARE(text("axiom"), std::string("monotonicity"));
        QCOMPARE(text("axiom_rule"), std::string("irv"));
        QCOMPARE(text("highlight"), std::string("irv"));
        QTRY_COMPARE(winnersOf("irv"), std::vector<std::string>{"b"});
        QTRY_COMPARE(change(), 1.0); // it played
        QTRY_COMPARE(winnersOf("irv"), std::vector<std::string>{"a"});
        QTRY_COMPARE(axioms->pickedColumn(), std::optional(std::size_t{5}));
        // The play is one step of undo, the pick another.
        session().draft().undoStack().undo();
        QCOMPARE(change(), 0.0);
        session().draft().undoStack().undo();
        QCOMPARE(text("axiom"), std::string("none"));
        // A hand on the knob stops the play; Escape goes back to the votes.
        QTRY_VERIFY(!axioms->pickedRow());
        press(axioms, axioms->cellRect(cell).center().toPoint());
        QTRY_VERIFY(change() > 0);
        QVERIFY(session().draft().set("ballot_change", 0.25).ok());
        QVERIFY(!axioms->player().isPlaying());
        QTRY_VERIFY(axioms->pickedRow());
        QTest::keyClick(axioms, Qt::Key_Escape);
        QCOMPARE(text("axiom"), std::string("none"));
        QTRY_COMPARE(winnersOf("irv"), std::vector<std::string>{"Cedar"});
    }

    void rules_onASheet_allShow() {
        for (const char* preset : {"five", "squeeze", "stay", "tennessee"}) {
            QVERIFY(openPreset("voting.rules", preset));
            QTRY_COMPARE(model().runs().front()->status().state, lab::RunState::Finished);
            Workspace sheet(session());
            sheet.setPresenting(true);
            sheet.resize(1424, 850); // with the notes beside the panels
            sheet.show();
            QVERIFY(QTest::qWaitForWindowExposed(&sheet));
            for (PanelCard* card : sheet.cards()) {
                card->view().refreshNow();
            }
            sheet.resetLayout();
            for (const char* name : {"panel.elected", "panel.axioms"}) {
                auto* marks = sheet.findChild<MarksView*>(QString::fromLatin1(name));
                QTRY_VERIFY2(!marks->cellRect({0, 0}).isEmpty(), preset);
                const std::size_t rows = marks->csv().count(QLatin1Char('\n')) - 1;
                QTRY_COMPARE(marks->place().seen, rows);
            }
            auto* duels = sheet.findChild<QWidget*>(QStringLiteral("panel.tournament"));
            QVERIFY(duels->width() >= 300 && duels->height() >= 300);
        }
    }

    void descent_run_pausesContinuesAndCancels() {
        openDescent(4000, 400);
        QVERIFY(child<QLabel>("runList-empty")->isVisible());
        QVERIFY(model().runs().empty());
        click("bar-run");
        QCOMPARE(model().runs().size(), std::size_t{2});
        QVERIFY(!child<QLabel>("runList-empty")->isVisible());
        QTRY_VERIFY(model().runs().front()->status().step > 5);
        QCOMPARE(child<QPushButton>("bar-run")->text(), QStringLiteral("Pause"));
        QTest::keyClick(window_.get(), Qt::Key_Space);
        QTRY_COMPARE(stateOf(0), lab::RunState::Paused);
        QTRY_COMPARE(stateOf(1), lab::RunState::Paused);
        QTRY_COMPARE(child<RunRow>("run-1")->stateText(), QStringLiteral("paused"));
        const std::int64_t step = model().runs().front()->status().step;
        QTest::keyClick(window_.get(), Qt::Key_S);
        QTRY_COMPARE(model().runs().front()->status().step, step + 1);
        QTRY_COMPARE(child<QPushButton>("bar-run")->text(), QStringLiteral("Continue"));
        click("bar-run");
        QTRY_VERIFY(model().runs().front()->status().step > step + 1);
        chooseByKeys(2, "menu-cancel");
        QTRY_COMPARE(stateOf(1), lab::RunState::Cancelled);
        QTest::keyClick(window_.get(), Qt::Key_Space);
        QTRY_COMPARE(stateOf(0), lab::RunState::Paused);
    }

    void descent_finished_scrubsForksAndTrainsLonger() {
        openDescent(60, 0);
        QTest::keyClick(window_.get(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(model().runs().size(), std::size_t{2});
        QTRY_COMPARE(stateOf(0), lab::RunState::Finished);
        QTRY_COMPARE(stateOf(1), lab::RunState::Finished);
        QTRY_COMPARE(model().end(), 60.0);
        model().setPlayHead(20);
        const QString early = child<RunRow>("run-1")->valueText();
        model().followNewest();
        QVERIFY(child<RunRow>("run-1")->valueText() != early);
        model().setPlayHead(20);
        QVERIFY(session().draft().set("lr", 0.05).ok());
        chooseByMouse(1, "fork");
        QTRY_COMPARE(model().runs().size(), std::size_t{3});
        QTRY_COMPARE(stateOf(2), lab::RunState::Finished);
        const lab::RunPtr forked = model().runs().back();
        QVERIFY(forked->forkedFrom().has_value());
        QCOMPARE(forked->forkedFrom()->second, std::int64_t{20});
        QCOMPARE(forked->scenario().knobs.real("lr"), 0.05);
        QTRY_VERIFY(child<QWidget>("run-3")->isVisible());
        chooseByKeys(1, "extend");
        QTRY_COMPARE(model().runs().front()->status().step, std::int64_t{120});
        chooseByMouse(3, "delete");
        QTRY_COMPARE(model().runs().size(), std::size_t{2});
    }

    /// From the gallery to a finished race, pause, scrub, fork and a dragged lottery, with nothing
    /// but the mouse and the keyboard.
    void handTrial_fromGalleryToLottery() {
        clickCard("test.descent");
        QTRY_COMPARE(model().runs().size(), std::size_t{2});
        QTRY_COMPARE(stateOf(0), lab::RunState::Finished);
        QTRY_COMPARE(stateOf(1), lab::RunState::Finished);
        enter("knob-steps-field", "3000");
        enter("knob-wait_us-field", "300");
        click("bar-run");
        QTRY_COMPARE(model().runs().size(), std::size_t{2});
        QTRY_VERIFY(model().runs().front()->status().step > 5);
        click("timeline-speed-2");
        QCOMPARE(session().playback().speed(), 4.0);
        type(Qt::Key_Space);
        QTRY_COMPARE(stateOf(0), lab::RunState::Paused);
        QTRY_COMPARE(stateOf(1), lab::RunState::Paused);
        click("bar-run");
        QTRY_COMPARE(stateOf(0), lab::RunState::Finished);
        QTRY_COMPARE(stateOf(1), lab::RunState::Finished);
        auto* slider = child<QWidget>("timeline-slider");
        const int middle = slider->height() / 2;
        pull(slider, QPoint(slider->width() - 10, middle), QPoint(slider->width() / 4, middle), 5);
        const double head = model().playHead();
        QVERIFY2(head > 0 && head < model().end() / 2, qPrintable(QString::number(head)));
        type(Qt::Key_Right);
        QCOMPARE(model().playHead(), head + 1);
        enter("knob-lr-field", "0.05");
        chooseByMouse(1, "fork");
        QTRY_COMPARE(model().runs().size(), std::size_t{3});
        QTRY_COMPARE(stateOf(2), lab::RunState::Finished);
        const lab::RunPtr forked = model().runs().back();
        QCOMPARE(forked->forkedFrom().value().second, std::llround(head + 1));
        QCOMPARE(forked->scenario().knobs.real("lr"), 0.05);

        click("bar-home");
        clickCard("voting.maximal_lottery");
        QTRY_COMPARE(model().runs().size(), std::size_t{1});
        const lab::RunPtr lottery = model().runs().front();
        QTRY_COMPARE(lottery->status().state, lab::RunState::Finished);
        const std::vector<double> before = probabilitiesOf(*lottery);
        QVERIFY(!before.empty());
        auto* heatmap = child<QWidget>("panel-margins")->findChild<HeatmapView*>();
        QTRY_VERIFY(heatmap->cellRect({0, 1}).isValid());
        const QPoint cell = heatmap->cellRect({0, 1}).center().toPoint();
        pull(heatmap, cell, cell + QPoint(0, -80), 8);
        QTRY_VERIFY(probabilitiesOf(*lottery) != before);
    }

    void runList_hidden_isTakenFromThePanels() {
        openDescent(10, 0);
        click("bar-run");
        QTRY_COMPARE(stateOf(1), lab::RunState::Finished);
        const lab::RunId id = model().runs().front()->id();
        auto* row = child<RunRow>("run-1");
        row->setFocus();
        QTest::keyClick(row, Qt::Key_H);
        QVERIFY(model().isHidden(id));
        QTest::keyClick(row, Qt::Key_H);
        QVERIFY(!model().isHidden(id));
        chooseByKeys(1, "copy");
        QVERIFY(QApplication::clipboard()->text().startsWith(
            QStringLiteral("psephos-cli run test.descent")));
    }

    void liveKnob_turned_actsAtOnce() {
        openDescent(100000, 200);
        click("bar-run");
        QTRY_COMPARE(stateOf(0), lab::RunState::Running);
        QVERIFY(session().draft().set("noise", 0.25).ok());
        QTRY_VERIFY(!model().runs().front()->turns().empty());
        QCOMPARE(model().runs().front()->turns().front().knob, std::string("noise"));
        for (const lab::RunPtr& run : model().runs()) {
            session().cancel(run->id());
        }
        QTRY_COMPARE(stateOf(0), lab::RunState::Cancelled);
    }

    void scenario_savedAndOpened_isTheSame() {
        clickCard("optim.surface");
        QVERIFY(session().draft().set("steps", std::int64_t{123}).ok());
        const QString file = folder_->filePath(QStringLiteral("race.json"));
        QVERIFY(session().saveScenario(file));
        const QString command = session().commandLine();
        session().close();
        QVERIFY(session().openFile(file));
        QCOMPARE(session().commandLine(), command);
        click("status-command");
        QCOMPARE(QApplication::clipboard()->text(), command);
    }

    void badInput_isToldInline_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("unknown experiment")
            << QStringLiteral("a.json") << QByteArray("{\"experiment\": \"no.such\"}");
        QTest::newRow("not JSON") << QStringLiteral("b.json") << QByteArray("{");
        QTest::newRow("wrong type")
            << QStringLiteral("c.json")
            << QByteArray("{\"experiment\": \"optim.surface\", \"knobs\": {\"steps\": \"x\"}}");
    }

    void badInput_isToldInline() {
        QFETCH(QString, name);
        QFETCH(QByteArray, content);
        const QString file = folder_->filePath(name);
        QFile written(file);
        QVERIFY(written.open(QIODevice::WriteOnly));
        written.write(content);
        written.close();
        QSignalSpy raised(&session(), &Session::messageRaised);
        window_->openNamed(file);
        QCOMPARE(raised.count(), 1);
        QVERIFY(child<QWidget>("messageBar")->isVisible());
        QVERIFY(!child<QLabel>("message")->text().isEmpty());
        click("message-close");
        QVERIFY(!child<QWidget>("messageBar")->isVisible());
    }

    void failedRun_saysWhyInline() {
        openDescent(50, 0);
        QVERIFY(session().draft().set("fail_at", std::int64_t{3}).ok());
        click("bar-run");
        QTRY_COMPARE(stateOf(0), lab::RunState::Failed);
        QTRY_VERIFY(child<QWidget>("messageBar")->isVisible());
        QTRY_COMPARE(child<RunRow>("run-1")->stateText(), QStringLiteral("failed"));
        QVERIFY(session().draft().set("fail_at", std::int64_t{0}).ok());
        click("bar-run");
        QTRY_COMPARE(stateOf(0), lab::RunState::Finished);
        QTRY_VERIFY(!child<QWidget>("messageBar")->isVisible());
    }

    void emptyData_failsInlineAndKeepsTheWindow() {
        const QString file = folder_->filePath(QStringLiteral("empty.csv"));
        QFile written(file);
        QVERIFY(written.open(QIODevice::WriteOnly));
        written.close();
        session().openFile(file);
        QTRY_VERIFY(child<QWidget>("messageBar")->isVisible());
        const QString text = child<QLabel>("message")->text();
        QVERIFY2(text.contains(QStringLiteral("empty")), qPrintable(text));
        // Another file, and the message goes.
        QVERIFY(session().draft().set("data", std::string()).ok());
        QTRY_VERIFY(!child<QWidget>("messageBar")->isVisible());
        QTRY_COMPARE(stateOf(0), lab::RunState::Finished);
    }

    void palette_letters_findAndOpen() {
        QTest::keyClick(window_.get(), Qt::Key_K, Qt::ControlModifier);
        auto* query = child<QLineEdit>("palette-query");
        QVERIFY(query->isVisible());
        QTest::keyClicks(query, QStringLiteral("dark"));
        QVERIFY(child<QListWidget>("palette-list")->count() > 0);
        QTest::keyClick(query, Qt::Key_Return);
        QCOMPARE(appearance_->appearance(), Appearance::Dark);
        QCOMPARE(ThemeHub::instance().theme().kind, ThemeKind::Dark);
        appearance_->set(Appearance::Light);
        click("bar-search");
        QTest::keyClicks(query, QStringLiteral("surf rac"));
        QTest::keyClick(query, Qt::Key_Return);
        QVERIFY(session().description() != nullptr);
        QCOMPARE(session().description()->id, std::string("optim.surface"));
    }

    void typing_inAField_isNotACommand() {
        openDescent(50, 0);
        auto* seed = child<QLineEdit>("knob-seed-field");
        seed->setFocus();
        seed->selectAll();
        QTest::keyClicks(seed, QStringLiteral("7"));
        QTest::keyClick(seed, Qt::Key_Left);
        QTest::keyClick(seed, Qt::Key_Return);
        QVERIFY((session().draft().scenario().seeds == std::vector<std::uint64_t>{7}));
        QVERIFY(model().runs().empty());
    }

    void myRuns_listed_openAgain() {
        openDescent(20, 0);
        click("bar-run");
        QTRY_COMPARE(stateOf(0), lab::RunState::Finished);
        QTRY_COMPARE(stateOf(1), lab::RunState::Finished);
        click("bar-home");
        click("side-runs");
        auto* table = child<QTableView>("runs-table");
        QTRY_COMPARE(table->model()->rowCount(), 2);
        const QModelIndex first = table->model()->index(0, 0);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(first).center());
        QVERIFY(child<QWidget>("runs-open")->isEnabled());
        session().close();
        click("runs-open");
        QCOMPARE(model().runs().size(), std::size_t{2});
        QCOMPARE(session().description()->id, std::string("test.descent"));
        QVERIFY(child<QWidget>("workspace")->isVisible());
    }

    void runTable_model_isSound() {
        RunTableModel table(workbench_->registry());
        QAbstractItemModelTester tester(&table,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::vector<lab::RunListing> runs(3);
        for (std::size_t i = 0; i < runs.size(); ++i) {
            runs[i].id = static_cast<lab::RunId>(i + 1);
            runs[i].scenario.experiment = "test.descent";
            runs[i].state = i == 0 ? lab::RunState::Interrupted : lab::RunState::Finished;
            runs[i].name = "plain";
        }
        QSignalSpy reset(&table, &QAbstractItemModel::modelReset);
        QSignalSpy changed(&table, &QAbstractItemModel::dataChanged);
        table.show(runs);
        QCOMPARE(reset.count(), 1);
        table.show(runs);
        QCOMPARE(reset.count(), 1);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(table.data(table.index(0, 2), Qt::DisplayRole).toString(),
                 QStringLiteral("interrupted: can be continued"));
    }

    void layout_panels_moveMaximiseAndReset() {
        clickCard("optim.surface");
        auto* landscape = child<PanelCard>("panel-landscape");
        auto* loss = child<PanelCard>("panel-loss");
        QTRY_VERIFY(landscape->height() > loss->height() / 2);
        QTest::mouseDClick(child<QWidget>("panel-landscape-header"), Qt::LeftButton);
        QVERIFY(!loss->isVisible());
        QTest::mouseDClick(child<QWidget>("panel-landscape-header"), Qt::LeftButton);
        QVERIFY(loss->isVisible());
        landscape->setFloating(true);
        window_->commands().find(QStringLiteral("reset-layout"))->trigger();
        QVERIFY(!landscape->isFloating());
        QVERIFY(landscape->y() < loss->y());
    }

    void layout_moved_isTheSameAfterARestart() {
        closeWindow();
        settings_ = folder_->filePath(QStringLiteral("config/window.ini"));
        openWindow();
        clickCard("optim.surface");
        auto* loss = child<PanelCard>("panel-loss");
        QTRY_VERIFY(loss->isVisible() && loss->height() > 100);
        const int usual = loss->height();
        auto* area = child<QWidget>("panelArea");
        const QPoint line(area->width() / 2, loss->y() - 4);
        pull(area, line, line - QPoint(0, 90), 6);
        QTRY_VERIFY(loss->height() > usual + 60);
        const int moved = loss->height();
        appearance_->set(Appearance::Dark);
        closeWindow();
        QCOMPARE(keptAppearance(settings_), std::optional(Appearance::Dark));

        openWindow();
        clickCard("optim.surface");
        loss = child<PanelCard>("panel-loss");
        QTRY_VERIFY(std::abs(loss->height() - moved) <= 2);
        window_->commands().find(QStringLiteral("reset-layout"))->trigger();
        QTRY_VERIFY(std::abs(loss->height() - usual) <= 2);
        closeWindow();
        openWindow();
        clickCard("optim.surface");
        loss = child<PanelCard>("panel-loss");
        QTRY_VERIFY(std::abs(loss->height() - usual) <= 2);
    }

    void layout_everySize_fits_data() {
        QTest::addColumn<QSize>("size");
        QTest::newRow("least") << QSize(1280, 720);
        QTest::newRow("small") << QSize(1280, 800);
        QTest::newRow("study") << QSize(1600, 1000);
        QTest::newRow("large") << QSize(1920, 1080);
    }

    void layout_everySize_fits() {
        QFETCH(QSize, size);
        clickCard("optim.surface");
        window_->resize(size);
        QTRY_COMPARE(window_->size(), size);
        for (const char* name : {"dock-runs", "dock-knobs", "panel-landscape", "timeline"}) {
            auto* widget = child<QWidget>(name);
            const QRect place(widget->mapTo(window_.get(), QPoint(0, 0)), widget->size());
            QVERIFY2(window_->rect().contains(place), name);
        }
        QVERIFY(child<QWidget>("dock-knobs")->width() >= 240);
        QVERIFY(child<QWidget>("dock-runs")->width() >= 200);
        QVERIFY(child<QWidget>("panelArea")->width() > size.width() / 2 - 60);
        // All five runs and leaders show; the cards cut nothing.
        for (int run = 1; run <= 5; ++run) {
            auto* row = child<RunRow>(QStringLiteral("run-%1").arg(run));
            QTRY_COMPARE(row->visibleRegion().boundingRect().height(), row->height());
        }
        auto* leaders = child<PanelCard>("panel-leaders");
        QVERIFY(leaders->height() >= 5 * 19 + 60);
        for (const QScrollBar* bar : window_->findChildren<QScrollBar*>()) {
            const auto fits = [bar] { return bar->maximum() <= bar->minimum(); };
            QTRY_VERIFY2(!bar->isVisible() || !fits(),
                         qPrintable(bar->parent()->parent()->objectName()));
        }
    }

    void runList_header_namesTheNumberBesideEachRun() {
        clickCard("optim.surface");
        const lab::Channel* headline =
            session().description()->channel(session().description()->headline);
        const QString meaning = child<CardHeader>("dock-runs-header")->meaning();
        QVERIFY2(meaning.startsWith(QString::fromStdString(headline->label)), qPrintable(meaning));
    }

    void cards_switches_showWholeOrNotAtAll() {
        clickCard("optim.surface");
        auto* leaders = child<PanelCard>("panel-leaders");
        QTRY_VERIFY(leaders->isVisible());
        for (const QPushButton* button : leaders->findChildren<QPushButton*>()) {
            QTRY_VERIFY2(!button->isVisible() || button->width() >= button->sizeHint().width(),
                         qPrintable(button->text()));
        }
    }

    void leftColumn_afterAClickInside_stillFitsItsRuns() {
        clickCard("optim.surface");
        QVERIFY(session().draft().set("optimizer", std::string("sgd")).ok());
        QTRY_COMPARE(model().runs().size(), std::size_t{1});
        auto* notes = child<QWidget>("panel-notes-content");
        press(notes, notes->rect().bottomLeft() + QPoint(20, -20));
        window_->commands().find(QStringLiteral("undo"))->trigger();
        QTRY_COMPARE(model().runs().size(), std::size_t{5});
        const auto wholeRows = [this] { // rows are made anew: asked each time
            const auto rows = child<QWidget>("runList")->findChildren<RunRow*>();
            return std::ranges::count_if(rows, [](const RunRow* row) {
                return row->isVisible() &&
                       row->visibleRegion().boundingRect().height() == row->height();
            });
        };
        QTRY_COMPARE(wholeRows(), std::ptrdiff_t{5});
    }

    void cards_narrow_dropTheirSwitchesIntoTheMenu() {
        clickCard("optim.surface");
        auto* loss = child<PanelCard>("panel-loss");
        QTRY_VERIFY(loss->isVisible());
        const auto isShown = [&](const char* id) {
            return child<QWidget>(QStringLiteral("panel-loss-%1-0").arg(QLatin1String(id)))
                ->isVisible();
        };
        QTRY_VERIFY(isShown("key") && isShown("scale"));
        loss->setFloating(true);
        loss->resize(250, 300);
        QTRY_VERIFY(!isShown("key"));
        QVERIFY(isShown("scale")); // the one that is wanted most goes last
        auto* menu = child<QToolButton>("panel-loss-more")->menu();
        Q_EMIT menu->aboutToShow();
        auto* seconds = loss->findChild<QAction*>(QStringLiteral("panel-loss-menu-key-1"));
        QVERIFY(seconds != nullptr);
        seconds->trigger();
        QCOMPARE(model().key(), lab::Key::Seconds);
    }

    void panel_saved_asPictureAndData() {
        clickCard("optim.surface");
        QTRY_VERIFY(model().end() > 0);
        auto* loss = child<PanelCard>("panel-loss");
        const QString picture = folder_->filePath(QStringLiteral("loss.png"));
        QCOMPARE(loss->savePicture(picture, 2), QString());
        const QImage image(picture);
        QCOMPARE(image.width(), loss->view().width() * 2);
        const QString data = folder_->filePath(QStringLiteral("loss.csv"));
        QCOMPARE(loss->saveData(data), QString());
        QFile file(data);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().count('\n') > 10);
        QVERIFY(!loss->saveData(QStringLiteral("/no/such/folder/x.csv")).isEmpty());
    }

    void everyControl_isNamed() {
        clickCard("optim.surface");
        for (const QWidget* widget : window_->findChildren<QWidget*>()) {
            const QString own = widget->objectName();
            if (widget->focusPolicy() == Qt::NoFocus || own.startsWith(u"qt_") ||
                widget->inherits("QComboBoxListView") || widget->inherits("QHeaderView") ||
                widget->inherits("QAbstractItemView") || widget->inherits("QMenu") ||
                !qobject_cast<const QAbstractButton*>(widget)) {
                continue;
            }
            QVERIFY2(!own.isEmpty(), widget->metaObject()->className());
            QVERIFY2(!widget->toolTip().isEmpty(), qPrintable(own));
            QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(own));
        }
    }
};

PSEPHOS_QT_TEST(TestWindow)
#include "tst_window.moc"
