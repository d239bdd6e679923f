// SPDX-License-Identifier: GPL-3.0-or-later
// Experiments on optimizers in the window by mouse and keyboard.
#include "app/window_test.hpp"
#include "ui/panels/curves_view.hpp"
#include "ui/panels/table_view.hpp"

using namespace psephos;
using namespace psephos::ui;

class TestWindowOptim : public psephos::tests::WindowTest {
    Q_OBJECT

    lab::RunPtr onlyRun() { return model().runs().front(); }

    QString mistakesShown() { return child<TableView>("panel.signature")->csv(); }

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
};

PSEPHOS_QT_TEST(TestWindowOptim)
#include "tst_window_optim.moc"
