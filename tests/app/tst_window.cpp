// SPDX-License-Identifier: GPL-3.0-or-later
// The window by mouse and keyboard: from the gallery to a finished race, pause, scrub, fork, and a
// lottery that moves under the hand.
#include "app/window_test.hpp"
#include "ui/panels/heatmap_view.hpp"
#include "ui/panels/landscape_view.hpp"
#include "ui/shell/commands.hpp"
#include "ui/shell/miniature.hpp"
#include "ui/shell/panel_card.hpp"
#include "ui/shell/run_table_model.hpp"
#include "ui/shell/timeline.hpp"
#include "ui/support/fake_runs.hpp"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <optional>

using namespace psephos;
using namespace psephos::ui;

using psephos::tests::registerAll;
using psephos::tests::WindowTest;

class TestWindow : public WindowTest {
    Q_OBJECT

  private Q_SLOTS:

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

    void miniature_fromTheStore_isOfAWholeComparison() {
        const auto descent = [this]() -> GalleryCard* {
            for (GalleryCard* card : window_->gallery().cards()) {
                if (card->description().id == "test.descent") {
                    return card;
                }
            }
            return nullptr;
        };
        const auto fill = [this] {
            Miniatures miniatures(*workbench_, &registerAll);
            QSignalSpy done(&miniatures, &Miniatures::done);
            std::vector<GalleryCard*> longOnes;
            for (GalleryCard* card : window_->gallery().cards()) {
                if (card->description().lane == lab::Lane::Long) {
                    longOnes.push_back(card);
                }
            }
            miniatures.fill(longOnes);
            QVERIFY(done.wait(10000));
        };
        for (const bool isWhole : {false, true}) {
            lab::Scenario scenario;
            scenario.experiment = "test.descent";
            scenario.set("steps", std::int64_t{10});
            if (isWhole) {
                scenario.sweep("optimizer", {std::string("plain"), std::string("momentum")});
            }
            const auto comparison = workbench_->start(scenario);
            QVERIFY(comparison.ok());
            for (const lab::RunPtr& run : comparison->runs) {
                workbench_->wait(run->id());
            }
            fill();
            QCOMPARE(descent()->hasMiniature(), isWhole);
        }
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
        QTRY_VERIFY(leaders->height() >= 5 * 19 + 60); // the cards share the column in steps
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
