// SPDX-License-Identifier: GPL-3.0-or-later
// Experiments on optimizers in the window by mouse and keyboard: mistakes beside the right ports, a
// valley that is turned under the hand, knobs that go with the task, panels that go with their
// runs.
#include "app/window_test.hpp"
#include "lab/module.hpp"
#include "ui/panels/curves_view.hpp"
#include "ui/panels/rows_view.hpp"
#include "ui/panels/table_view.hpp"
#include "ui/shell/panel_area.hpp"
#include "ui/shell/panel_card.hpp"
#include "ui/support/fake_runs.hpp"

#include <QComboBox>
#include <QDockWidget>
#include <QTabBar>

#include <algorithm>
#include <cmath>
#include <optional>

using namespace psephos;
using namespace psephos::tests;
using namespace psephos::ui;

class TestWindowOptim : public psephos::tests::WindowTest {
    Q_OBJECT

    lab::RunPtr onlyRun() { return model().runs().front(); }

    QString mistakesShown() { return child<TableView>("panel.signature")->csv(); }

    /// A claim on tiny models, ready to be run; false where this build can't train.
    bool openTinyClaim(const char* claim) {
        if (!lab::openModule("torch", workbench_->registry(), workbench_->checks())) {
            return false;
        }
        lab::Scenario scenario;
        scenario.experiment = "optim.claims";
        scenario.set("claim", std::string(claim));
        scenario.set("width", std::int64_t{8});
        scenario.set("batch", std::int64_t{4});
        scenario.set("rates", std::int64_t{3});
        return session().openScenario(scenario, false);
    }

    /// AdamW and SOAP in a valley so small that a turn is answered at once.
    void openValley() {
        lab::Scenario scenario;
        scenario.experiment = "optim.rotation";
        scenario.sweep("optimizer", {std::string("adamw"), std::string("soap")});
        scenario.set("side", std::int64_t{4});
        scenario.set("steps", std::int64_t{20});
        scenario.set("draws", std::int64_t{1});
        QVERIFY(session().openScenario(scenario, true));
        QCOMPARE(model().runs().size(), std::size_t{2});
        QVERIFY(allAreDone());
    }

    bool allAreDone() {
        return QTest::qWaitFor([this] {
            return std::ranges::all_of(model().runs(), [](const lab::RunPtr& run) {
                return run->status().state == lab::RunState::Finished;
            });
        });
    }

    double turnOf(std::size_t run) {
        return model().runs().at(run)->scenario().knobs.real("rotation");
    }

    static std::optional<double> lossOf(const lab::Run& run) {
        const auto frame = run.history()->latest("loss");
        return frame ? std::optional(std::get<double>(frame->payload)) : std::nullopt;
    }

    /// A panel over the descent's loss for one of its optimizers.
    static lab::Panel lossOfOne(const char* optimizer, bool isTab) {
        lab::Panel panel;
        panel.id = optimizer;
        panel.title = optimizer;
        panel.kind = "line";
        panel.sources = {{"loss/train", "", {}}};
        panel.when = {{"optimizer", {optimizer}}};
        panel.isTab = isTab;
        return panel;
    }

  private Q_SLOTS:

    void bugs_cardClicked_showsASignatureEach() {
        clickCard("optim.bugs");
        QTRY_COMPARE(model().runs().size(), std::size_t{1});
        QTRY_COMPARE(onlyRun()->status().state, lab::RunState::Finished);
        QTRY_COMPARE(child<TableView>("panel.signature")->cells().rowCount(), 6);
        QTRY_COMPARE(child<CurvesView>("panel.losses")->curves().size(), std::size_t{7});
        QVERIFY(mistakesShown().contains(QStringLiteral("V not permuted")));
        QVERIFY(!onlyRun()->status().notes.empty());
    }

    void bugs_rateDraggedAndTurnedByKeys_runsAnew() {
        QVERIFY(openPreset("optim.bugs", "wrong-line"));
        QTRY_COMPARE(onlyRun()->status().state, lab::RunState::Finished);
        auto* rates = child<CurvesView>("panel.rates");
        QTRY_COMPARE(rates->marker(), std::optional(1.0));
        QTRY_COMPARE(rates->curves().size(), std::size_t{7});
        const QString before = mistakesShown();
        const auto at = [&](double rate) {
            return QPoint(static_cast<int>(rates->pixelOf(rate, 1e-3).x()), rates->height() / 2);
        };
        pull(rates, at(1.0), at(0.2), 6);
        const auto rate = [&] { return std::get<double>(session().draft().value("rate")); };
        QTRY_VERIFY(std::abs(rate() - 0.2) < 0.02);
        QTRY_COMPARE(onlyRun()->status().state, lab::RunState::Finished);
        QTRY_VERIFY(mistakesShown() != before);
        const double dragged = rate();
        rates->setFocus();
        type(Qt::Key_Right);
        QTRY_VERIFY(rate() > dragged * 1.01);
    }

    void efficiency_lossTyped_isAnsweredAnew() {
        clickCard("optim.efficiency");
        QTRY_COMPARE(model().runs().size(), std::size_t{1});
        QTRY_COMPARE(onlyRun()->status().state, lab::RunState::Finished);
        QTRY_COMPARE(child<CurvesView>("panel.benefit")->curves().size(), std::size_t{4});
        const auto answer = [&] { return child<TableView>("panel.answer")->csv(); };
        QTRY_VERIFY(answer().contains(QStringLiteral("36.0 %")));
        enter("knob-baseline_loss-field", "2.5");
        QTRY_VERIFY(answer().contains(QStringLiteral("never comes down")));
        QTRY_COMPARE(child<CurvesView>("panel.benefit")->curves().size(), std::size_t{3});
    }

    void bugs_problemByKeys_leavesNoLoss() {
        QVERIFY(openPreset("optim.bugs", "wrong-line"));
        QTRY_COMPARE(onlyRun()->status().state, lab::RunState::Finished);
        auto* problem = child<QWidget>("knob-problem-combo");
        problem->setFocus();
        type(Qt::Key_Down);
        QTRY_COMPARE(std::get<std::string>(session().draft().value("problem")),
                     std::string("recorded"));
        QTRY_VERIFY(mistakesShown().contains(QStringLiteral("no loss here")));
        QTRY_VERIFY(child<CurvesView>("panel.losses")->curves().empty());
    }

    void claims_typedAndRun_endInAVerdict() {
        if (!openTinyClaim("thrifty")) {
            QSKIP("claims are trained by the module psephos-torch, which this build lacks");
        }
        enter("knob-steps-field", "10");
        enter("knob-seeds-field", "3");
        click("bar-run");
        QTRY_COMPARE(model().runs().size(), std::size_t{1});
        QTRY_COMPARE(onlyRun()->status().state, lab::RunState::Finished);
        QTRY_COMPARE(child<RowsView>("panel.by_arm")->rows().size(), std::size_t{6});
        QTRY_VERIFY(child<QWidget>("panel-by_f")->isHidden()); // another claim's picture
        QTRY_COMPARE(child<TableView>("panel.parts")->cells().rowCount(), 5);
        const auto notes = onlyRun()->status().notes;
        QVERIFY(std::ranges::any_of(notes, [](const lab::Note& each) {
            return each.id == "verdict" && each.text.find("“Savings”") != std::string::npos;
        }));
        QTabBar* bar = nullptr;
        QTRY_VERIFY((tabOf("panel-trials", bar), bar != nullptr));
        const QPoint tab = tabOf("panel-trials", bar);
        QVERIFY(child<QDockWidget>("panel-trials")->visibleRegion().isEmpty());
        press(bar, tab);
        QTRY_VERIFY(!child<QDockWidget>("panel-trials")->visibleRegion().isEmpty());
        QTRY_VERIFY(child<TableView>("panel.trials")->cells().rowCount() >= 6 * 3 * 3);
    }

    void claims_pausedByKey_goesOnToItsVerdict() {
        if (!openTinyClaim("same_at_one")) {
            QSKIP("claims are trained by the module psephos-torch, which this build lacks");
        }
        enter("knob-steps-field", "400");
        click("bar-run");
        QTRY_COMPARE(model().runs().size(), std::size_t{1});
        QTRY_VERIFY(onlyRun()->history()->latest("trials").has_value());
        child<QWidget>("panelArea")->setFocus();
        type(Qt::Key_Space);
        QTRY_COMPARE(onlyRun()->status().state, lab::RunState::Paused);
        type(Qt::Key_Space);
        QTRY_COMPARE_WITH_TIMEOUT(onlyRun()->status().state, lab::RunState::Finished, 60'000);
        QVERIFY(onlyRun()->history()->latest("verdict").has_value());
    }

    void valley_turnedByMouseAndKeys_movesWhoSeesTheAxes() {
        openValley();
        const double adamw = lossOf(*model().runs()[0]).value();
        const double soap = lossOf(*model().runs()[1]).value();
        auto* dial = child<QWidget>("panel-rotation")->findChild<CurvesView*>();
        QTRY_VERIFY(dial->marker().has_value());
        QCOMPARE(*dial->marker(), 1.0);
        const auto at = [dial](double turn) {
            const auto [low, high] = dial->valueRange();
            return dial->pixelOf(turn, std::sqrt(low * high)).toPoint();
        };
        pull(dial, at(0.98), at(0.0), 8);
        QTRY_COMPARE(turnOf(0), 0.0);
        QTRY_COMPARE(turnOf(1), 0.0);
        QVERIFY(allAreDone());
        // SOAP finds the axes wherever they are; AdamW needs them.
        QTRY_VERIFY(lossOf(*model().runs()[0]).value_or(adamw) != adamw);
        QTRY_VERIFY(std::abs(lossOf(*model().runs()[1]).value_or(2 * soap) - soap) < 1e-6 * soap);
        dial->setFocus();
        type(Qt::Key_Right);
        QTRY_VERIFY(turnOf(0) > 0.0);
        QVERIFY(turnOf(0) < 0.05);
    }

    void valley_ratesTab_comesToTheFrontWithWhereTheyLie() {
        openValley();
        QTabBar* bar = nullptr;
        QTRY_VERIFY((tabOf("panel-best", bar), bar != nullptr));
        auto* best = child<QDockWidget>("panel-best");
        QVERIFY(best->visibleRegion().isEmpty());
        press(bar, tabOf("panel-best", bar));
        QTRY_VERIFY(!best->visibleRegion().isEmpty());
        QVERIFY(child<QWidget>("panel-rates")->visibleRegion().isEmpty());
        auto* table = best->findChild<TableView*>();
        table->refreshNow();
        QVERIFY(table->csv().contains(QStringLiteral("on the axes")));
        // And by the keys.
        bar->setFocus();
        type(Qt::Key_Left);
        QTRY_VERIFY(best->visibleRegion().isEmpty());
    }

    void valley_knobTyped_countsForThoseWhoHaveIt() {
        openValley();
        enter("knob-refresh_period-field", "100");
        QTRY_COMPARE(model().runs()[1]->scenario().knobs.integer("refresh_period"),
                     std::int64_t{100});
        QVERIFY(allAreDone());
        const auto periods = model().runs()[0]->history()->latest("periods");
        QVERIFY(!periods || std::get<lab::TablePtr>(periods->payload)->rows() == 0); // AdamW's
    }

    void training_taskChosen_showsItsKnobsAndNoOthers() {
        QVERIFY(openPreset("optim.train", "digits"));
        auto* task = child<QComboBox>("knob-task-combo");
        const auto isShown = [this](const char* knob) { return child<QWidget>(knob)->isVisible(); };
        QTRY_VERIFY(isShown("knob-hidden_width"));
        QVERIFY(isShown("knob-data"));
        QVERIFY(!isShown("knob-matrix_factorisation.rank"));
        task->setFocus();
        type(Qt::Key_Down);
        type(Qt::Key_Down); // behind series
        QTRY_COMPARE(task->currentText(), QStringLiteral("Convolution"));
        QTRY_VERIFY(isShown("knob-conv.layers"));
        QVERIFY(isShown("knob-data"));
        QVERIFY(!isShown("knob-hidden_width"));
        task->setFocus();
        type(Qt::Key_Down);
        QTRY_COMPARE(task->currentText(), QStringLiteral("Factorisation"));
        QTRY_VERIFY(isShown("knob-matrix_factorisation.rank"));
        QVERIFY(isShown("knob-matrix_factorisation.exponent"));
        QVERIFY(!isShown("knob-data"));
        QVERIFY(!isShown("knob-conv.layers"));
        enter("knob-matrix_factorisation.rank-field", "8");
        QVERIFY(session().draft().value("matrix_factorisation.rank") ==
                lab::Value(std::int64_t{8}));
    }

    void panels_ofOtherRuns_areNotThereAndShowNoOthers() {
        openDescent(10, 0);
        click("bar-run");
        QTRY_COMPARE(stateOf(0), lab::RunState::Finished);
        QTRY_COMPARE(stateOf(1), lab::RunState::Finished);
        PanelArea area;
        area.resize(600, 400);
        const std::vector<lab::Panel> panels{lossOfOne("plain", false),
                                             lossOfOne("momentum", true)};
        area.show(panels, model());
        area.QWidget::show();
        QVERIFY(QTest::qWaitForWindowExposed(&area));
        PanelCard* plain = area.cards()[0];
        PanelCard* momentum = area.cards()[1];
        QVERIFY(!plain->isHidden());
        QVERIFY(!momentum->isHidden());
        for (PanelCard* card : area.cards()) {
            card->view().refreshNow();
        }
        QVERIFY(plain->view().csv().contains(QStringLiteral("plain")));
        QVERIFY(!plain->view().csv().contains(QStringLiteral("momentum")));
        QVERIFY(momentum->view().csv().contains(QStringLiteral("momentum")));
        model().setHidden(model().runs()[0]->id(), true);
        QTRY_VERIFY(plain->isHidden());
        QVERIFY(!momentum->visibleRegion().isEmpty());
        model().setHidden(model().runs()[0]->id(), false);
        QTRY_VERIFY(!plain->isHidden());
    }

    void placesOfOtherRuns_leaveTheirRoomToTheOthers() {
        openDescent(10, 0);
        click("bar-run");
        QTRY_COMPARE(stateOf(0), lab::RunState::Finished);
        QTRY_COMPARE(stateOf(1), lab::RunState::Finished);
        PanelArea area;
        area.resize(600, 600);
        lab::Panel below = lossOfOne("momentum", false);
        below.row = 1;
        area.show(std::vector<lab::Panel>{lossOfOne("plain", false), below}, model());
        area.QWidget::show();
        QVERIFY(QTest::qWaitForWindowExposed(&area));
        PanelCard* plain = area.cards()[0];
        PanelCard* momentum = area.cards()[1];
        QVERIFY(!momentum->isHidden());
        QVERIFY(plain->height() < 320);
        model().setHidden(model().runs()[1]->id(), true);
        QTRY_VERIFY(momentum->isHidden());
        QTRY_VERIFY(plain->height() > 580);
        model().setHidden(model().runs()[1]->id(), false);
        QTRY_VERIFY(!momentum->isHidden());
        QTRY_VERIFY(plain->height() < 320);
    }

    void tablesOfAPicture_areWholeUnderTheirTabs() {
        const auto runs = fakeTraining(40);
        lab::Panel curves = racePanel();
        curves.sources.front().channel = "loss/train";
        lab::Panel first = fakePanel("table", {{"loss/train", ""}});
        lab::Panel second = fakePanel("table", {{"loss/validation", ""}});
        second.id = "second";
        lab::Panel third = second;
        third.id = "third";
        first.row = second.row = 1;
        third.row = 2;
        second.isTab = true;
        first.height = third.height = 0.2;
        PanelArea area;
        area.show(std::vector<lab::Panel>{curves, first, second, third}, runs->model());
        area.setShowsWhole();
        area.resize(600, 500);
        area.QWidget::show();
        QVERIFY(QTest::qWaitForWindowExposed(&area));
        area.resize(600, 500 + area.missingHeight(500));
        for (const std::size_t table : {std::size_t{1}, std::size_t{3}}) {
            PanelView& view = area.cards()[table]->view();
            view.refreshNow();
            QTRY_VERIFY(view.contentHeight() > 5 * 24);
            area.resetLayout();
            QTRY_VERIFY(view.height() >= view.contentHeight());
        }
    }
};

PSEPHOS_QT_TEST(TestWindowOptim)
#include "tst_window_optim.moc"
