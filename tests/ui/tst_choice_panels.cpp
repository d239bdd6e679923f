// SPDX-License-Identifier: GPL-3.0-or-later
// The panels of rankings and lotteries: rows with intervals, sweeps, tournaments, triangles.
#include "lab/experiment.hpp"
#include "ui/panels/bars_view.hpp"
#include "ui/panels/curves_view.hpp"
#include "ui/panels/marks_view.hpp"
#include "ui/panels/panels.hpp"
#include "ui/panels/rows_view.hpp"
#include "ui/panels/scatter_view.hpp"
#include "ui/panels/ternary_view.hpp"
#include "ui/panels/tournament_view.hpp"
#include "ui/support/fake_runs.hpp"
#include "ui/support/fake_vote.hpp"
#include "ui/support/qt_test.hpp"
#include "ui/theme/theme.hpp"

#include <QElapsedTimer>
#include <QLabel>
#include <QWheelEvent>

#include <cmath>
#include <limits>

using namespace psephos;
using namespace psephos::tests;
using namespace psephos::ui;

namespace {

using Numbers = std::vector<double>;
using Words = std::vector<std::string>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

const std::vector<const char*> kKinds{"intervals", "dumbbells",  "scatter", "curves",
                                      "ternary",   "tournament", "marks",   "verdicts"};

template <typename View>
std::unique_ptr<View> shown(const std::string& kind, FakeComparison& comparison,
                            const QSize& size = QSize(600, 320)) {
    auto view = std::make_unique<View>(votePanel(kind), comparison.model(), nullptr);
    view->resize(size);
    view->show();
    view->refreshNow();
    return view;
}

std::unique_ptr<PanelView> anyShown(const std::string& kind, FakeComparison& comparison,
                                    const QSize& size) {
    std::unique_ptr<PanelView> view(
        PanelRegistry::instance().create(votePanel(kind), comparison.model(), nullptr));
    view->resize(size);
    view->show();
    view->refreshNow();
    return view;
}

int differingPixels(const QImage& a, const QImage& b) {
    int count = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            count += a.pixel(x, y) != b.pixel(x, y) ? 1 : 0;
        }
    }
    return count;
}

bool saysItIsEmpty(const PanelView& view) {
    const auto* words = view.findChild<QLabel*>(view.objectName() + QStringLiteral(".empty"));
    return words->isVisible() && words->text().endsWith(QLatin1Char('.'));
}

} // namespace

class TestChoicePanels : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void init() { failOnWarnings(); }

    void cleanup() { ThemeHub::instance().setKind(ThemeKind::Light); }

    void everyKind_data();
    void everyKind();

    void everyKind_withoutFrames_saysWhatWillAppear_data() { everyKind_data(); }

    void everyKind_withoutFrames_saysWhatWillAppear();

    void everyKind_withWhatIsNotFinite_draws_data() { everyKind_data(); }

    void everyKind_withWhatIsNotFinite_draws();

    void intervals_sorted_areInOrder();
    void intervals_thatHaveNoRoom_areScrolledTo();
    void intervals_ofSeveralRuns_areMarkedInOneRow();
    void dumbbells_csv_hasBothEnds();
    void scatter_findsTheDotUnderTheCursor();
    void curves_ofATable_areSplitBySeries();
    void colours_thatThePanelDeclares_areThoseOfOneRun();
    void curves_withGapsAndInfinities_areDrawnSoon();
    void curves_tooManyToName_keepTheirRoom();
    void curves_betweenPoints_areStraight();
    void curves_drag_turnsTheKnobAndSettles();
    void ternaryField_ofALattice_isLinearBetweenItsNodes();
    void ternaryField_ofWhatIsNoLattice_isNone();
    void ternary_pixelAndShares_areInverse();
    void tournament_arrows_pointAtTheLoser();
    void tournament_byWins_seatsTheBestOnTop();
    void marks_cells_areWhatTheyShow();
    void marks_layout_showsNamesInFull();
    void marks_csv_hasNamesAndValues();
    void marks_click_picksItsRowAndColumn();
    void marks_clickedCell_isNoMoreTold();
    void marks_pressDraggedOff_picksNothing();
    void marks_keys_moveAndPick();
    void marks_escape_putsTheKnobsBack();
    void marks_pickedCell_isThatOfTheKnobs();
    void marks_cross_playsUntilTheHandTakesTheKnob();
    void marks_manyRows_areScrolledTo();
};

/// What the model was asked to turn, as a draft would hear it.
struct Turns {
    explicit Turns(ComparisonModel& model) {
        QObject::connect(&model, &ComparisonModel::knobsTurned, &receiver,
                         [this, &model](const std::vector<KnobTarget>& turns) {
                             picks.push_back(turns);
                             Q_EMIT model.draftChanged(QString());
                         });
        QObject::connect(&model, &ComparisonModel::knobTurned, &receiver,
                         [this, &model](const QString& knob, const lab::Value& value, bool last) {
                             plays.push_back({knob, value});
                             isSettled = last;
                             Q_EMIT model.draftChanged(knob);
                         });
    }

    QObject receiver;
    std::vector<std::vector<KnobTarget>> picks;
    std::vector<KnobTarget> plays;
    bool isSettled = false;
};

void clickCell(MarksView& view, const MarksView::Cell& cell) {
    const QPoint at = view.cellRect(cell).center().toPoint();
    QTest::mouseMove(&view, at);
    QTest::mouseClick(&view, Qt::LeftButton, {}, at);
}

void TestChoicePanels::everyKind_data() {
    QTest::addColumn<QString>("kind");
    for (const char* kind : kKinds) {
        QTest::newRow(kind) << QString::fromLatin1(kind);
    }
}

void TestChoicePanels::everyKind() {
    QFETCH(QString, kind);
    for (const std::size_t runs : {std::size_t{1}, std::size_t{3}}) {
        const auto vote = fakeVote(runs);
        for (const QSize& size : {QSize(600, 320), QSize(121, 81), QSize(900, 90)}) {
            const auto view = anyShown(kind.toStdString(), *vote, size);
            QVERIFY(!saysItIsEmpty(*view));
            const QImage light = view->image(1);
            ThemeHub::instance().setKind(ThemeKind::Dark);
            QVERIFY(view->image(1) != light);
            ThemeHub::instance().setKind(ThemeKind::Light);
            QVERIFY(differingPixels(view->image(1), light) < 60); // cached glyphs differ a little
            for (const PanelSwitch& choice : view->switches()) {
                view->setSwitch(choice.id, 1);
                QVERIFY(!view->image(2).isNull());
            }
            QVERIFY(view->csv().count(QLatin1Char('\n')) >= 2);
        }
    }
}

void TestChoicePanels::everyKind_withoutFrames_saysWhatWillAppear() {
    QFETCH(QString, kind);
    FakeComparison silent({"only"});
    const auto view = anyShown(kind.toStdString(), silent, QSize(300, 200));
    QVERIFY(saysItIsEmpty(*view));
    QVERIFY(!view->image(1).isNull());
}

void TestChoicePanels::everyKind_withWhatIsNotFinite_draws() {
    QFETCH(QString, kind);
    for (const double value : {kNan, HUGE_VAL, -HUGE_VAL, 0.0, 1e300, -1e-300}) {
        FakeComparison odd({"only"});
        const Numbers one{value};
        const Words name{"Aspen"};
        odd.table(0, "ratings", 0, {{name, one, one, one}});
        odd.table(0, "points", 0, {{name, one, one}});
        odd.table(0, "groups", 0, {{name, one, one, one}});
        odd.table(0, "sweep", 0, {{name, one, one, one, one}});
        odd.table(0, "edges", 0, {{name, Words{"Birch"}, one}});
        odd.table(0, "nodes", 0, {{name, one}});
        odd.table(0, "simplex", 0, {{one, one, one, one}});
        odd.table(0, "walk", 0, {{one, one, one, name}});
        odd.grid(0, "elected", 0, {{{}, name}, {{}, name}, one});
        odd.grid(0, "verdicts", 0, {{{}, name}, {{}, name}, one});
        odd.finish();
        const auto view = anyShown(kind.toStdString(), odd, QSize(300, 200));
        QVERIFY(!view->image(1).isNull());
        (void)view->csv();
    }
}

void TestChoicePanels::intervals_sorted_areInOrder() {
    const auto vote = fakeVote();
    const auto view = shown<IntervalsView>("intervals", *vote);
    QCOMPARE(view->drawnNames().front(), QStringLiteral("model 1"));
    view->setSwitch(QStringLiteral("order"), 1);
    double last = std::numeric_limits<double>::infinity();
    for (const QString& name : view->drawnNames()) {
        const auto row = std::ranges::find(view->rows(), name, &NamedRow::name);
        QVERIFY(row->marks.front().numbers[0] <= last);
        last = row->marks.front().numbers[0];
    }
    QCOMPARE(view->drawnNames().size(), 40);
    QVERIFY(view->csv().startsWith(QStringLiteral("run,name,value,low,high\none,model 1,1000,")));
}

void TestChoicePanels::intervals_thatHaveNoRoom_areScrolledTo() {
    const auto vote = fakeVote();
    const auto view = shown<IntervalsView>("intervals", *vote, QSize(500, 300));
    QCOMPARE(view->firstSeen(), std::size_t{0});
    const QImage before = view->image(1);
    const QPointF middle(250, 150);
    QWheelEvent wheel(middle, view->mapToGlobal(middle), {}, QPoint(0, -120), Qt::NoButton, {},
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(view.get(), &wheel);
    QCOMPARE(view->firstSeen(), std::size_t{3});
    QVERIFY(view->image(1) != before);
    QTest::keyClick(view.get(), Qt::Key_End);
    const std::size_t last = view->firstSeen();
    QVERIFY(last > 20 && last < 40);
    QTest::keyClick(view.get(), Qt::Key_Down);
    QCOMPARE(view->firstSeen(), last);
    QTest::keyClick(view.get(), Qt::Key_Home);
    QCOMPARE(view->firstSeen(), std::size_t{0});
}

void TestChoicePanels::intervals_ofSeveralRuns_areMarkedInOneRow() {
    const auto vote = fakeVote(3);
    const auto view = shown<IntervalsView>("intervals", *vote);
    QCOMPARE(view->rows().size(), std::size_t{40});
    QCOMPARE(view->rows().front().marks.size(), std::size_t{3});
    QCOMPARE(view->rows().front().marks[2].numbers[0], 1060.0);
}

void TestChoicePanels::dumbbells_csv_hasBothEnds() {
    const auto vote = fakeVote();
    const auto view = shown<DumbbellsView>("dumbbells", *vote);
    QVERIFY(view->csv().contains(QStringLiteral("one,Code,0.31,0.4\n")));
    view->setSwitch(QStringLiteral("order"), 1);
    QCOMPARE(view->drawnNames().front(), QStringLiteral("Code")); // gains most
    QCOMPARE(view->drawnNames().back(), QStringLiteral("English"));
}

void TestChoicePanels::scatter_findsTheDotUnderTheCursor() {
    FakeComparison two({"only"});
    two.table(0, "points", 1, {{Words{"low", "high"}, Numbers{0, 1}, Numbers{0, 1}}});
    two.finish();
    const auto view = shown<ScatterView>("scatter", two);
    QCOMPARE(view->dots().size(), std::size_t{2});
    std::vector<std::size_t> found;
    for (int y = 0; y < view->height(); y += 6) {
        for (int x = 0; x < view->width(); x += 6) {
            if (const auto dot = view->dotUnder(QPointF(x, y))) {
                found.push_back(*dot);
            }
        }
    }
    QVERIFY(found.size() >= 8 && found.size() < 80); // two discs of 14 px
    QCOMPARE(found.front(), std::size_t{1});         // higher up
    QCOMPARE(found.back(), std::size_t{0});
}

void TestChoicePanels::curves_ofATable_areSplitBySeries() {
    const auto vote = fakeVote();
    const auto view = shown<CurvesView>("curves", *vote);
    QCOMPARE(view->curves().size(), std::size_t{2});
    QCOMPARE(view->curves()[0].name, QStringLiteral("nominal"));
    QCOMPARE(view->curves()[1].name, QStringLiteral("worst case"));
    QVERIFY(view->curves()[0].colour != view->curves()[1].colour);
    QCOMPARE(view->curves()[1].low.size(), std::size_t{11});
    const auto three = fakeVote(3);
    const auto many = shown<CurvesView>("curves", *three);
    QCOMPARE(many->curves().size(), std::size_t{6});
    QCOMPARE(many->curves()[0].colour, many->curves()[1].colour); // a run keeps its colour
    QVERIFY(many->curves()[0].dash != many->curves()[1].dash);
}

void TestChoicePanels::colours_thatThePanelDeclares_areThoseOfOneRun() {
    const auto vote = fakeVote();
    const Theme& theme = ThemeHub::instance().theme();
    lab::Panel panel = votePanel("curves");
    panel.colours = {{"worst case", 1, 2, true}};
    CurvesView curves(panel, vote->model(), nullptr);
    curves.refreshNow();
    QCOMPARE(curves.curves()[0].colour, theme.runs[1]); // the first colour is taken
    QCOMPARE(curves.curves()[1].colour, theme.runs[0]);
    QCOMPARE(curves.curves()[1].dash, 2);
    QVERIFY(curves.curves()[1].isReference && !curves.curves()[0].isReference);

    lab::Panel rows = votePanel("intervals");
    rows.colours = {{"model 2", 5, 0, false}, {"model 3", 0, 0, false}};
    IntervalsView intervals(rows, vote->model(), nullptr);
    intervals.refreshNow();
    QCOMPARE(intervals.rows()[0].marks[0].colour, theme.runs[0]);
    QCOMPARE(intervals.rows()[1].marks[0].colour, theme.runs[4]);
    QCOMPARE(intervals.rows()[2].marks[0].colour, theme.muted); // belongs to no run

    const auto lottery = fakeLottery(4);
    lab::Panel named = barsPanel();
    named.colours = {{"Birch", 3, 0, false}};
    BarsView bars(named, lottery->model(), nullptr);
    bars.refreshNow();
    QVERIFY(!bars.groups()[0].colour.isValid());
    QCOMPARE(bars.groups()[1].colour, theme.runs[2]);

    const auto three = fakeVote(3); // of several runs each has its own
    CurvesView many(panel, three->model(), nullptr);
    many.refreshNow();
    QCOMPARE(many.curves()[1].colour, theme.runs[0]);
    QCOMPARE(many.curves()[3].colour, theme.runs[1]);
    QVERIFY(!many.curves()[1].isReference);
}

void TestChoicePanels::curves_withGapsAndInfinities_areDrawnSoon() {
    FakeComparison comparison({"one"});
    const double none = std::numeric_limits<double>::quiet_NaN();
    // Learning rates, at the last of which the loss has no value.
    const std::vector<double> rate{0.1, 0.18, 0.32, 0.56, 1, 1.8, 3.2, 5.6, 10};
    const std::vector<double> loss{1e-2, 5e-3, 2e-3, 1e-3, 4e-4, 1e-4, 4e-5, none, none};
    const std::vector<double> low{8e-3, 4e-3, 0, 8e-4, 3e-4, 1e-300, 3e-5, none, none};
    const std::vector<double> high{1e-2, 6e-3, 3e-3, 1e-3, 5e-4, 2e-4, 4e-5, none, none};
    comparison.table(0, "sweep", 1, {{std::vector<std::string>(9, "loss"), rate, loss, low, high}});
    comparison.finish();
    lab::Panel panel = votePanel("curves");
    panel.y.unit.clear();
    panel.y.scale = lab::Scale::Log;
    CurvesView view(panel, comparison.model(), nullptr);
    view.resize(400, 300);
    view.refreshNow();
    QElapsedTimer clock;
    clock.start();
    QVERIFY(!view.image(2).isNull());
    QVERIFY2(clock.elapsed() < 1000, qPrintable(QString::number(clock.elapsed())));
    // The name stands at the last point that is drawn, and the axis ends there.
    const std::vector<EndLabel> ends = view.endLabels();
    QCOMPARE(ends.size(), std::size_t{1});
    QCOMPARE(ends.front().end, view.pixelOf(3.2, 4e-5));
    QVERIFY(view.pixelOf(10, 4e-5).x() > ends.front().end.x() + 50);
    // An exact zero has no place on a logarithmic axis, and leaves the others theirs.
    QVERIFY(view.valueRange().first < 1e-299 && view.valueRange().first > 0);
    QVERIFY(view.valueRange().second > 1e-2);
}

void TestChoicePanels::curves_tooManyToName_keepTheirRoom() {
    const auto lastKeyOf = [](int count) {
        FakeComparison comparison({"one"});
        std::vector<std::string> name;
        std::vector<double> x;
        std::vector<double> y;
        for (int curve = 0; curve < count; ++curve) {
            for (const double key : {0.0, 1.0}) {
                name.push_back("a rather long name " + std::to_string(curve));
                x.push_back(key);
                y.push_back(curve + key);
            }
        }
        comparison.table(0, "sweep", 1, {{name, x, y, y, y}});
        comparison.finish();
        CurvesView view(votePanel("curves"), comparison.model(), nullptr);
        view.resize(400, 300);
        view.show();
        view.refreshNow();
        const QImage alone = view.image(1);
        QTest::mouseMove(&view, view.pixelOf(0.5, count / 2.0).toPoint());
        return std::pair(view.pixelOf(1.0, 0.5).x(), alone != view.image(1));
    };
    QVERIFY(lastKeyOf(3).first < 300);
    const auto [last, isTold] = lastKeyOf(40); // no names stand beside them …
    QVERIFY(last > 360);
    QVERIFY(isTold); // … but under the pointer
}

void TestChoicePanels::curves_betweenPoints_areStraight() {
    Curve curve;
    curve.x = {0, 1, 3};
    curve.y = {0, 2, 4};
    QCOMPARE(curve.at(0.5), 1.0);
    QCOMPARE(curve.at(1), 2.0);
    QCOMPARE(curve.at(2), 3.0);
    QVERIFY(std::isnan(curve.at(-0.1)));
    QVERIFY(std::isnan(curve.at(3.1)));
}

void TestChoicePanels::curves_drag_turnsTheKnobAndSettles() {
    const auto vote = fakeVote();
    const auto view = shown<CurvesView>("curves", *vote);
    QCOMPARE(view->marker(), std::optional(0.3));
    std::vector<std::pair<double, bool>> turns;
    connect(&vote->model(), &ComparisonModel::knobTurned, view.get(),
            [&](const QString& knob, const lab::Value& value, bool settled) {
                QCOMPARE(knob, QStringLiteral("rho"));
                turns.emplace_back(std::get<double>(value), settled);
            });
    const auto at = [&](double rho) { return view->pixelOf(rho, 0.45).toPoint(); };
    QTest::mousePress(view.get(), Qt::LeftButton, {}, at(0.5));
    QTest::mouseMove(view.get(), at(0.7));
    QTest::mouseRelease(view.get(), Qt::LeftButton, {}, at(0.8));
    QCOMPARE(turns.size(), std::size_t{3});
    QVERIFY(std::abs(turns.back().first - 0.8) < 0.01 && turns.back().second);
    QVERIFY(!turns.front().second);
    QTest::mouseClick(view.get(), Qt::LeftButton, {}, QPoint(view->width() - 2, 100));
    QCOMPARE(turns.back().first, 1.0); // never beyond the knob's range
    QTest::keyClick(view.get(), Qt::Key_Left);
    QVERIFY(std::abs(turns.back().first - 0.98) < 1e-9);
}

void TestChoicePanels::ternaryField_ofALattice_isLinearBetweenItsNodes() {
    const lab::Table table = lattice(7);
    std::vector<Shares> points;
    for (std::size_t i = 0; i < table.rows(); ++i) {
        points.push_back({table.numbers(0)[i], table.numbers(1)[i], table.numbers(2)[i]});
    }
    const auto field = TernaryField::from(points, table.numbers(3));
    QVERIFY(field.has_value());
    QCOMPARE(field->low(), -1.0);
    QCOMPARE(field->high(), 1.0);
    for (int i = 0; i <= 40; ++i) {
        for (int j = 0; i + j <= 40; ++j) {
            const Shares shares{i / 40.0, j / 40.0, (40 - i - j) / 40.0};
            QVERIFY(std::abs(field->at(shares) - (shares[0] - shares[1])) < 1e-12);
        }
    }
    QVERIFY(std::isnan(field->at({-0.1, 0.6, 0.5})));
}

void TestChoicePanels::ternaryField_ofWhatIsNoLattice_isNone() {
    QVERIFY(!TernaryField::from({}, {}));
    QVERIFY(!TernaryField::from({{1, 0, 0}, {0, 1, 0}}, {1, 2}));
    QVERIFY(!TernaryField::from({{1, 0, 0}, {0, 1, 0}, {0.3, 0.3, 0.4}}, {1, 2, 3}));
    QVERIFY(!TernaryField::from({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, {kNan, kNan, kNan}));
    QVERIFY(TernaryField::from({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, {1, 2, kNan}).has_value());
}

void TestChoicePanels::ternary_pixelAndShares_areInverse() {
    const auto vote = fakeVote();
    const auto view = shown<TernaryView>("ternary", *vote);
    for (const Shares& shares : {Shares{1, 0, 0}, Shares{0.2, 0.3, 0.5}, Shares{0, 0, 1}}) {
        const Shares back = view->sharesAt(view->pixelOf(shares));
        for (std::size_t i = 0; i < 3; ++i) {
            QVERIFY(std::abs(back[i] - shares[i]) < 1e-9);
        }
    }
    QCOMPARE(view->path().size(), std::size_t{3});
    QCOMPARE(view->path()[0].label, QStringLiteral("ρ = 0"));
}

void TestChoicePanels::tournament_arrows_pointAtTheLoser() {
    const auto vote = fakeVote();
    const auto view = shown<TournamentView>("tournament", *vote);
    QCOMPARE(view->nodes().size(), std::size_t{5});
    QCOMPARE(view->edges().size(), std::size_t{5});
    for (const auto& edge : view->edges()) {
        QVERIFY(edge.margin > 0);
    }
    // Aspen beats Birch; −9 over Cedar and −22 of Maple over Aspen are turned round.
    QCOMPARE(view->sentence(0), QStringLiteral("Aspen beats 2 and loses to 1"));
    QVERIFY(view->csv().contains(QStringLiteral("Cedar,Aspen,9\n")));
    QCOMPARE(view->nodeUnder(view->pixelOf(3)), std::optional(std::size_t{3}));
}

void TestChoicePanels::tournament_byWins_seatsTheBestOnTop() {
    const auto vote = fakeVote();
    const auto view = shown<TournamentView>("tournament", *vote);
    view->setSwitch(QStringLiteral("order"), 1);
    // Aspen and Cedar have two wins, Birch one: the first of the best stands on top.
    QVERIFY(view->pixelOf(0).y() < view->pixelOf(2).y());
    QVERIFY(view->pixelOf(2).y() < view->pixelOf(1).y());
}

void TestChoicePanels::marks_cells_areWhatTheyShow() {
    const auto vote = fakeVote();
    const auto shares = shown<MarksView>("marks", *vote);
    QCOMPARE(shares->mark({0, 0}), Mark::Full);
    QCOMPARE(shares->mark({0, 1}), Mark::None);
    QCOMPARE(shares->mark({4, 1}), Mark::Part);
    QCOMPARE(shares->sentence({0, 0}), QStringLiteral("Plurality elects Aspen"));
    QCOMPARE(shares->sentence({0, 1}), QStringLiteral("Plurality does not elect Birch"));
    QCOMPARE(shares->sentence({5, 0}),
             QStringLiteral("Random dictatorship elects Aspen: 40\u2009%"));
    QCOMPARE(shares->legend(),
             (QStringList{QStringLiteral("elected"), QStringLiteral("tied, or by chance")}));
    const auto verdicts = shown<MarksView>("verdicts", *vote);
    QCOMPARE(verdicts->mark({0, 0}), Mark::Violated);
    QCOMPARE(verdicts->mark({1, 1}), Mark::Unknown);
    QCOMPARE(verdicts->mark({1, 2}), Mark::Kept);
    QCOMPARE(verdicts->mark({2, 2}), Mark::Open);
    QCOMPARE(verdicts->sentence({0, 2}),
             QStringLiteral("Instant runoff violates Monotonicity: click for it"));
}

void TestChoicePanels::marks_layout_showsNamesInFull() {
    const auto vote = fakeVote();
    const auto view = shown<MarksView>("verdicts", *vote, QSize(700, 320));
    const QFontMetricsF metrics(textFont(12));
    const double longest = metrics.horizontalAdvance(QStringLiteral("Condorcet winner"));
    QCOMPARE(view->place().header, MarksLayout::Header::Line);
    QVERIFY(view->place().column > longest);
    QVERIFY(view->place().cells.right() > 600); // the width is used
    view->resize(400, 320);
    view->refreshNow();
    QCOMPARE(view->place().header, MarksLayout::Header::Wrapped);
    view->resize(290, 320);
    view->refreshNow();
    const MarksLayout narrow = view->place();
    QCOMPARE(narrow.header, MarksLayout::Header::Slanted);
    QVERIFY(narrow.slant >= longest);
    QVERIFY(narrow.nameWidth >= metrics.horizontalAdvance(QStringLiteral("Instant runoff")));
    QVERIFY(narrow.cells.right() <= 290);
    QVERIFY(narrow.column > narrow.row); // cells are wider than high
}

void TestChoicePanels::marks_csv_hasNamesAndValues() {
    const auto vote = fakeVote();
    QCOMPARE(shown<MarksView>("marks", *vote)->csv().split(QLatin1Char('\n')).mid(0, 2),
             (QStringList{QStringLiteral(",Aspen,Birch,Cedar,Douglas fir"),
                          QStringLiteral("Plurality,1,0,0,0")}));
    QVERIFY(shown<MarksView>("verdicts", *vote)
                ->csv()
                .contains(QStringLiteral("Instant runoff,-1,-1,-1\n")));
}

void TestChoicePanels::marks_click_picksItsRowAndColumn() {
    const auto vote = fakeVote();
    const Turns turns(vote->model());
    const auto verdicts = shown<MarksView>("verdicts", *vote);
    clickCell(*verdicts, {1, 2}); // kept: nothing to play
    QCOMPARE(turns.picks.size(), std::size_t{1});
    const std::vector<KnobTarget> expected{{QStringLiteral("rule"), std::string("borda")},
                                           {QStringLiteral("axiom"), std::string("monotone")},
                                           {QStringLiteral("change"), 0.0}};
    QVERIFY(turns.picks.back() == expected);
    QVERIFY(!verdicts->player().isPlaying());
    // Where a click picks a whole row, its name can be clicked; one that is no option does nothing.
    const auto shares = shown<MarksView>("marks", *vote);
    const QPoint name(20, shares->cellRect({3, 0}).center().toPoint().y());
    QTest::mouseClick(shares.get(), Qt::LeftButton, {}, name);
    QCOMPARE(turns.picks.size(), std::size_t{2});
    QVERIFY(turns.picks.back() ==
            (std::vector<KnobTarget>{{QStringLiteral("rule"), std::string("schulze")}}));
    clickCell(*shares, {0, 0});
    QCOMPARE(turns.picks.size(), std::size_t{2});
}

void TestChoicePanels::marks_clickedCell_isNoMoreTold() {
    const auto vote = fakeVote();
    const auto view = shown<MarksView>("verdicts", *vote, QSize(600, 320));
    const QPoint at = view->cellRect({1, 2}).center().toPoint();
    // Where the sentence stands, below the cell.
    const QRect below(at + QPoint(-100, 40), QSize(200, 60));
    const QImage plain = view->grab(below).toImage();
    QTest::mouseMove(view.get(), at);
    QVERIFY(differingPixels(view->grab(below).toImage(), plain) > 100);
    QTest::mouseClick(view.get(), Qt::LeftButton, {}, at);
    QVERIFY(differingPixels(view->grab(below).toImage(), plain) < 20);
}

void TestChoicePanels::marks_pressDraggedOff_picksNothing() {
    const auto vote = fakeVote();
    const Turns turns(vote->model());
    const auto view = shown<MarksView>("verdicts", *vote);
    QTest::mousePress(view.get(), Qt::LeftButton, {}, view->cellRect({0, 0}).center().toPoint());
    QTest::mouseRelease(view.get(), Qt::LeftButton, {}, view->cellRect({2, 2}).center().toPoint());
    QVERIFY(turns.picks.empty());
}

void TestChoicePanels::marks_keys_moveAndPick() {
    const auto vote = fakeVote();
    const Turns turns(vote->model());
    const auto view = shown<MarksView>("verdicts", *vote);
    QTest::keyClick(view.get(), Qt::Key_Return); // nothing selected yet
    QVERIFY(turns.picks.empty());
    for (const auto key : {Qt::Key_Down, Qt::Key_Down, Qt::Key_Right, Qt::Key_End, Qt::Key_Left}) {
        QTest::keyClick(view.get(), key);
    }
    QVERIFY(view->selected() == MarksView::Cell(1, 1));
    QCOMPARE(view->accessibleDescription(), view->sentence({1, 1}));
    QTest::keyClick(view.get(), Qt::Key_PageDown);
    QTest::keyClick(view.get(), Qt::Key_Return);
    QCOMPARE(turns.picks.size(), std::size_t{1});
    QVERIFY(turns.picks[0][0].value == lab::Value(std::string("schulze")));
    QVERIFY(turns.picks[0][1].value == lab::Value(std::string("smith")));
}

void TestChoicePanels::marks_escape_putsTheKnobsBack() {
    const auto vote = fakeVote();
    const Turns turns(vote->model());
    const auto view = shown<MarksView>("verdicts", *vote);
    QTest::keyClick(view.get(), Qt::Key_Escape);
    QVERIFY(turns.picks.empty()); // nothing is picked: the key is the window's
    vote->run(0).addTurn(0, "axiom", std::string("smith"));
    view->refreshNow();
    QTest::keyClick(view.get(), Qt::Key_Escape);
    QCOMPARE(turns.picks.size(), std::size_t{1});
    QVERIFY(turns.picks[0][1] == (KnobTarget{QStringLiteral("axiom"), std::string("none")}));
}

void TestChoicePanels::marks_pickedCell_isThatOfTheKnobs() {
    const auto vote = fakeVote();
    const auto view = shown<MarksView>("verdicts", *vote);
    QVERIFY(!view->pickedRow() && !view->pickedColumn()); // the axiom is none
    const QImage before = view->image(1);
    vote->run(0).addTurn(0, "axiom", std::string("smith"));
    view->refreshNow();
    QCOMPARE(view->pickedRow(), std::optional(std::size_t{0}));
    QCOMPARE(view->pickedColumn(), std::optional(std::size_t{1}));
    QVERIFY(view->image(1) != before);
}

void TestChoicePanels::marks_cross_playsUntilTheHandTakesTheKnob() {
    const auto vote = fakeVote();
    const Turns turns(vote->model());
    const auto view = shown<MarksView>("verdicts", *vote);
    clickCell(*view, {0, 1}); // Smith has no change to play
    QVERIFY(!view->player().isPlaying());
    clickCell(*view, {0, 2});
    QVERIFY(view->player().isPlaying());
    QTRY_VERIFY(turns.plays.size() > 3); // by its clock
    const auto value = [&] { return std::get<double>(turns.plays.back().value); };
    QVERIFY(value() < 0.5 && !turns.isSettled);
    QCOMPARE(value(), std::round(value() * 1000) / 1000); // reads well in a field
    view->player().advance(KnobPlayer::kSeconds);
    QCOMPARE(value(), 1.0);
    QVERIFY(turns.isSettled && !view->player().isPlaying());
    for (std::size_t i = 1; i < turns.plays.size(); ++i) {
        QVERIFY(std::get<double>(turns.plays[i].value) >=
                std::get<double>(turns.plays[i - 1].value));
    }
    // Another click starts it anew; another knob leaves it alone, a hand on this one ends it.
    clickCell(*view, {0, 2});
    view->player().advance(KnobPlayer::kSeconds / 2);
    QVERIFY(std::abs(value() - 0.5) < 0.1);
    Q_EMIT vote->model().draftChanged(QStringLiteral("rho"));
    QVERIFY(view->player().isPlaying());
    const std::size_t count = turns.plays.size();
    Q_EMIT vote->model().draftChanged(QStringLiteral("change"));
    QVERIFY(!view->player().isPlaying());
    view->player().advance(0.1);
    QCOMPARE(turns.plays.size(), count);
}

void TestChoicePanels::marks_manyRows_areScrolledTo() {
    FakeComparison tall({"only"});
    lab::Grid grid;
    grid.x.names = {"a", "b"};
    for (int i = 0; i < 60; ++i) {
        grid.y.names.push_back("rule " + std::to_string(i));
        grid.values.insert(grid.values.end(), {1.0, 0.0});
    }
    tall.grid(0, "elected", 1, std::move(grid));
    tall.finish();
    const auto view = shown<MarksView>("marks", tall, QSize(300, 240));
    QVERIFY(view->place().seen < 20);
    QVERIFY(view->contentHeight() > 900);
    QVERIFY(view->cellRect({59, 0}).isEmpty());
    QTest::keyClick(view.get(), Qt::Key_Down);
    QTest::keyClick(view.get(), Qt::Key_PageDown);
    QCOMPARE(view->firstSeen(), 60 - view->place().seen);
    QVERIFY(!view->cellRect({59, 0}).isEmpty());
    const QPointF middle(150, 120);
    QWheelEvent wheel(middle, view->mapToGlobal(middle), {}, QPoint(0, 120), Qt::NoButton, {},
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(view.get(), &wheel);
    QCOMPARE(view->firstSeen(), 57 - view->place().seen);
}

PSEPHOS_QT_TEST(TestChoicePanels)
#include "tst_choice_panels.moc"
