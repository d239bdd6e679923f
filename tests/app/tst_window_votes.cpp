// SPDX-License-Identifier: GPL-3.0-or-later
// Votes in the window by mouse and keyboard: margins that are dragged, a slider, tabs, and axioms
// whose cells show the election that breaks them.
#include "app/window_test.hpp"
#include "ui/panels/heatmap_view.hpp"
#include "ui/panels/marks_view.hpp"
#include "ui/shell/miniature.hpp"
#include "ui/shell/panel_card.hpp"
#include "ui/shell/workspace.hpp"
#include "ui/support/fake_vote.hpp"

#include <QDockWidget>
#include <QPainter>
#include <QTabBar>

#include <algorithm>
#include <cmath>
#include <optional>

using namespace psephos;
using namespace psephos::ui;

class TestWindowVotes : public psephos::tests::WindowTest {
    Q_OBJECT

  private Q_SLOTS:

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
};

PSEPHOS_QT_TEST(TestWindowVotes)
#include "tst_window_votes.moc"
