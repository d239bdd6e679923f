// SPDX-License-Identifier: GPL-3.0-or-later
// Experiments on optimizers in the window by mouse and keyboard.
#include "app/window_test.hpp"
#include "lab/module.hpp"
#include "ui/panels/curves_view.hpp"
#include "ui/panels/rows_view.hpp"
#include "ui/panels/table_view.hpp"

#include <QDockWidget>
#include <QTabBar>

using namespace psephos;
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
};

PSEPHOS_QT_TEST(TestWindowOptim)
#include "tst_window_optim.moc"
