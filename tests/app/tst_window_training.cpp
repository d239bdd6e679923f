// SPDX-License-Identifier: GPL-3.0-or-later
// A training in the window by mouse and keyboard: the tabs that show what goes on inside, and a
// fork with another optimizer.
#include "app/window_test.hpp"
#include "ui/knobs/draft.hpp"
#include "ui/panels/curves_view.hpp"
#include "ui/panels/leaders_view.hpp"
#include "ui/panels/line_view.hpp"
#include "ui/panels/maps_view.hpp"
#include "ui/panels/notes_view.hpp"
#include "ui/panels/race_view.hpp"
#include "ui/panels/stacks_view.hpp"
#include "ui/panels/standings_view.hpp"
#include "ui/shell/timeline.hpp"

#include <QComboBox>

#include <algorithm>

using namespace psephos;
using namespace psephos::ui;

class TestWindowTraining : public psephos::tests::WindowTest {
    Q_OBJECT

    static constexpr int kPatience = 30000;

    lab::Scenario training(const std::vector<std::string>& optimizers) {
        lab::Scenario scenario;
        scenario.experiment = "optim.train";
        scenario.set("task", std::string("char_lm"));
        std::vector<lab::Value> values(optimizers.begin(), optimizers.end());
        if (values.size() == 1) {
            scenario.set("optimizer", values.front());
        } else {
            scenario.sweep("optimizer", values);
        }
        scenario.set("char_lm.layers", std::int64_t{1});
        scenario.set("char_lm.width", std::int64_t{16});
        scenario.set("char_lm.context", std::int64_t{16});
        scenario.set("batch", std::int64_t{8});
        scenario.set("steps", std::int64_t{60});
        scenario.set("soap.f", std::int64_t{5});
        scenario.set("shampoo.f", std::int64_t{5});
        return scenario;
    }

    void train(const std::vector<std::string>& optimizers) {
        workbench_->openModules();
        QVERIFY(session().openScenario(training(optimizers), false));
        click("bar-run");
        QTRY_COMPARE(model().runs().size(), optimizers.size());
        for (std::size_t run = 0; run < optimizers.size(); ++run) {
            QTRY_COMPARE_WITH_TIMEOUT(stateOf(run), lab::RunState::Finished, kPatience);
        }
    }

    /// Clicks a tab; its view then shows.
    template <typename View>
    View* openTab(const char* panel) {
        QTabBar* bar = nullptr;
        const QString card = QStringLiteral("panel-") + QString::fromLatin1(panel);
        const bool isThere = QTest::qWaitFor([&] {
            tabOf(card.toLatin1().constData(), bar);
            return bar != nullptr;
        });
        if (!isThere) {
            return nullptr;
        }
        press(bar, tabOf(card.toLatin1().constData(), bar));
        auto* view = child<View>(QStringLiteral("panel.") + QString::fromLatin1(panel));
        return QTest::qWaitFor([view] { return view->isVisible(); }) ? view : nullptr;
    }

    double lossAt(std::size_t run, std::int64_t step) {
        const auto history = model().runs().at(run)->history();
        const auto sample =
            history->sampleAt("loss/train", lab::Key::Step, static_cast<double>(step));
        return sample && sample->step == step ? sample->value : -1;
    }

  private Q_SLOTS:

    void race_overSeeds_hasAClockATargetAndStandings() {
        workbench_->openModules();
        lab::Scenario scenario = training({"adamw", "soap"});
        scenario.seeds = {0, 1, 2};
        scenario.set("validate_every", std::int64_t{5});
        QVERIFY(session().openScenario(scenario, false));
        click("bar-run");
        QTRY_COMPARE(model().runs().size(), std::size_t{6});
        for (std::size_t run = 0; run < 6; ++run) {
            QTRY_COMPARE_WITH_TIMEOUT(stateOf(run), lab::RunState::Finished, kPatience);
        }
        auto* race = openTab<RaceView>("race");
        QVERIFY(race != nullptr);
        QTRY_COMPARE(race->curves().size(), std::size_t{2});
        QCOMPARE(race->curves()[1].name, QStringLiteral("SOAP"));
        QCOMPARE(race->curves()[1].x.back(), 60.0);
        QCOMPARE(race->curves()[1].low.size(), race->curves()[1].x.size());
        click("panel-race-clock-3"); // the optimizer's work
        QTRY_VERIFY(race->curves()[1].x.back() > 2 * race->curves()[0].x.back());
        click("panel-race-clock-4"); // its state: a point each
        QTRY_COMPARE(race->curves()[0].x.size(), std::size_t{1});
        QVERIFY(race->curves()[1].x[0] > race->curves()[0].x[0]);
        click("panel-race-clock-0");
        QTRY_COMPARE(race->curves()[0].x.size(), std::size_t{13});

        auto* standings = openTab<StandingsView>("standings");
        QVERIFY(standings != nullptr);
        QTRY_COMPARE(standings->cells().rowCount(), 2);
        const QString before = standings->csv();
        const QPoint line(race->width() / 2, static_cast<int>(*race->targetLine()));
        pull(race, line, line - QPoint(0, race->height() / 4), 5);
        QTRY_VERIFY(standings->csv() != before);
        QTRY_COMPARE(child<LeadersView>("panel.leaders")->rows().size(), std::size_t{2});
    }

    void race_tabsClicked_showTheInsideOfEachRun() {
        train({"sgd", "adamw", "shampoo", "soap", "muon"});
        auto* turn = openTab<MapsView>("turn");
        QVERIFY(turn != nullptr);
        QTRY_COMPARE(turn->maps().size(), std::size_t{4});
        QCOMPARE(turn->maps()[0].name, QStringLiteral("Shampoo, rows"));
        QCOMPARE(turn->maps()[3].name, QStringLiteral("SOAP, columns"));
        QVERIFY(turn->meaning().endsWith(QStringLiteral(" × 16")));
        QVERIFY(!turn->sentenceAt(turn->cellsOf(3).center()).isEmpty());

        auto* residual = openTab<LineView>("residual");
        QVERIFY(residual != nullptr);
        QVERIFY(residual->csv().contains(QStringLiteral("SOAP,refresh,6,")));
        QVERIFY(residual->csv().contains(QStringLiteral("Shampoo,residual/right,")));
        QVERIFY(residual->plot().yAxis->range().upper <= 1.1);

        auto* spectrum = openTab<CurvesView>("spectrum");
        QVERIFY(spectrum != nullptr);
        QTRY_COMPARE(spectrum->curves().size(), std::size_t{5});
        const auto first = [&](const char* name) {
            const auto curve =
                std::ranges::find(spectrum->curves(), QString::fromLatin1(name), &Curve::name);
            return curve == spectrum->curves().end() ? -1 : curve->y.front();
        };
        QVERIFY(first("Muon") > 0 && first("Muon") < first("SGD"));

        auto* rank = openTab<LineView>("rank");
        QVERIFY(rank != nullptr);
        QVERIFY(rank->csv().contains(QStringLiteral("SOAP,rank1/axes,")));
        QVERIFY(!rank->csv().contains(QStringLiteral("AdamW,rank1/axes,")));

        auto* phases = openTab<StacksView>("phases");
        QVERIFY(phases != nullptr);
        QTRY_COMPARE(phases->stacks().size(), std::size_t{5});
        QVERIFY(phases->partRect(3, QStringLiteral("project back")).has_value());
        QVERIFY(!phases->partRect(0, QStringLiteral("project back")).has_value());
        QVERIFY(phases->stacks()[3].totalFloor() > 0);
        QVERIFY(phases->stacks()[3].totalFloor() < phases->stacks()[3].total());

        auto* memory = openTab<StacksView>("memory");
        QVERIFY(memory != nullptr);
        QTRY_VERIFY(memory->stacks().size() == 5 && memory->stacks()[3].mark.has_value());
        QVERIFY(memory->stacks()[3].total() > memory->stacks()[1].total());
        QVERIFY(!memory->stacks()[4].mark.has_value());
    }

    void tabs_ofWhatNobodyKeeps_areNotThere() {
        train({"sgd"});
        QTabBar* bar = nullptr;
        QTRY_VERIFY((tabOf("panel-spectrum", bar), bar != nullptr));
        QTRY_VERIFY((tabOf("panel-turn", bar), bar == nullptr));
        QTRY_VERIFY((tabOf("panel-residual", bar), bar == nullptr));
        QTRY_VERIFY((tabOf("panel-rank", bar), bar == nullptr));
    }

    /// From SOAP's thirtieth step on with Muon: place by mouse, optimizer by keyboard.
    void soap_forkedToMuon_goesOnFromTheSameWeightsAndSaysSo() {
        train({"soap"});
        auto* slider = child<QWidget>("timeline-slider");
        press(slider);
        while (model().playHead() > 30) {
            type(Qt::Key_Left);
        }
        while (model().playHead() < 30) {
            type(Qt::Key_Right);
        }
        auto* optimizer = child<QComboBox>("knob-optimizer-combo");
        optimizer->setFocus();
        while (optimizer->currentText() != QStringLiteral("Muon")) {
            const int before = optimizer->currentIndex();
            type(Qt::Key_Down);
            QVERIFY(optimizer->currentIndex() != before);
        }
        QCOMPARE(std::get<std::string>(session().draft().value("optimizer")), std::string("muon"));
        chooseByMouse(1, "fork");
        QTRY_COMPARE(model().runs().size(), std::size_t{2});
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(1), lab::RunState::Finished, kPatience);
        const lab::RunPtr forked = model().runs().back();
        QCOMPARE(forked->forkedFrom().value().second, std::int64_t{30});
        QCOMPARE(QString::fromStdString(forked->name()), QStringLiteral("Muon"));
        // The gradient at step 31 is taken at the parent's weights and on its batch.
        QVERIFY(lossAt(0, 31) > 0);
        QCOMPARE(lossAt(1, 31), lossAt(0, 31));
        QVERIFY(lossAt(1, 33) != lossAt(0, 33));
        QTRY_COMPARE(child<LineView>("panel.loss")->forkTexts(),
                     QStringList{QStringLiteral("Muon, fresh state from SOAP at 30")});
        const auto notes = forked->status().notes;
        QVERIFY(std::ranges::any_of(
            notes, [](const lab::Note& note) { return note.id == "fresh-state"; }));
        // What SOAP alone has ends where Muon took over.
        auto* turn = openTab<MapsView>("turn");
        QVERIFY(turn != nullptr);
        QTRY_COMPARE(turn->maps().size(), std::size_t{2});
        QCOMPARE(turn->maps()[1].run, model().runs().front()->id());
    }

    void soap_forkedToAnotherPeriod_keepsItsState() {
        train({"soap"});
        type(Qt::Key_Home);
        for (int step = 0; step < 20; ++step) {
            type(Qt::Key_Right);
        }
        QCOMPARE(model().playHead(), 20.0);
        enter("knob-soap.f-field", "1");
        chooseByMouse(1, "fork");
        QTRY_COMPARE(model().runs().size(), std::size_t{2});
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(1), lab::RunState::Finished, kPatience);
        QCOMPARE(lossAt(1, 21), lossAt(0, 21));
        QTRY_COMPARE(child<LineView>("panel.loss")->forkTexts(),
                     QStringList{QStringLiteral("f 1, same state from SOAP at 20")});
    }
};

PSEPHOS_QT_TEST(TestWindowTraining)
#include "tst_window_training.moc"
