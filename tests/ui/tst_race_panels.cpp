// SPDX-License-Identifier: GPL-3.0-or-later
// Panels that read a comparison as a race: medians over seeds, clocks, a target, standings, and the
// response to a knob.
#include "lab/experiment.hpp"
#include "ui/panels/race_view.hpp"
#include "ui/panels/reading.hpp"
#include "ui/panels/response_view.hpp"
#include "ui/panels/standings_view.hpp"
#include "ui/support/fake_runs.hpp"
#include "ui/support/qt_test.hpp"
#include "ui/theme/theme.hpp"

#include <cmath>
#include <limits>
#include <set>

using namespace psephos;
using namespace psephos::tests;
using namespace psephos::ui;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <typename View>
std::unique_ptr<View> shown(const lab::Panel& panel, FakeComparison& comparison) {
    auto view = std::make_unique<View>(panel, comparison.model(), nullptr);
    view->resize(700, 320);
    view->show();
    view->refreshNow();
    return view;
}

/// On loss/validation; `unigram` stands for a cost, `loss` for a size that stays.
lab::Panel racePanelOf(const std::string& kind) {
    lab::Panel panel =
        fakePanel(kind, {{"loss/validation", ""}, {"unigram", "clock"}, {"loss", "clock"}});
    panel.y.label = "held-out loss";
    panel.y.scale = lab::Scale::Log;
    return panel;
}

/// Two optimizers with three seeds each: the first falls twice as fast a step, but a step costs it
/// four times as much.
std::unique_ptr<FakeComparison> fakeSeeds() {
    auto made = std::make_unique<FakeComparison>(
        std::vector<std::string>{"SOAP", "SOAP", "SOAP", "AdamW", "AdamW", "AdamW"});
    for (std::size_t run = 0; run < 6; ++run) {
        const bool isSoap = run < 3;
        for (int step = 0; step <= 100; step += 10) {
            const double seconds = step * (isSoap ? 0.04 : 0.01);
            const double luck = 1 + 0.01 * static_cast<double>(run % 3);
            made->scalar(run, "unigram", step, seconds, step * (isSoap ? 4.0 : 1.0));
            made->scalar(run, "loss", step, seconds, isSoap ? 6.0 : 2.0);
            made->scalar(run, "loss/validation", step, seconds,
                         luck * std::exp2(-step / (isSoap ? 20.0 : 40.0)));
        }
    }
    made->finish();
    return made;
}

QString cell(const StandingsView& view, int row, int column) {
    return view.cells().data(view.cells().index(row, column), Qt::DisplayRole).toString();
}

int columnOf(const StandingsView& view, const QString& beginning) {
    for (int column = 0; column < view.cells().columnCount(); ++column) {
        if (view.cells()
                .headerData(column, Qt::Horizontal, Qt::DisplayRole)
                .toString()
                .startsWith(beginning)) {
            return column;
        }
    }
    return -1;
}

} // namespace

class TestRacePanels : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void init() { failOnWarnings(); }

    void race_ofSeeds_isAMedianAndItsQuartiles();
    void race_ofSeeds_sharesOneColourInEveryPanel();
    void race_onAnotherClock_isDrawnOverIt();
    void race_onAClockThatStandsStill_isPoints();
    void race_target_isWhatAllHaveReached_untilTheHandMovesIt();
    void race_target_byKeys_movesAndComesBack();
    void race_whileScrubbed_endsAtThePlayHead();
    void standings_sayWhatTheTargetCost();
    void standings_places_claimNoOrderWhereQuartilesOverlap();
    void response_toASweep_showsValleysAndEdges();
    void response_toASweep_hasTheColoursOfItsRuns();
    void response_ofOneOptimizer_leavesEachRunItsColour();
    void response_ofManyOptimizers_looksAsEachOfThem();
    void race_overTheColourKnob_givesEachOptionItsOwnColour();
    void race_ofManyRuns_hasAColourForEachChoice();
    void response_toNobodysTurn_isEmpty();
    void valleyOf_isBoundedByItsLevel();
};

void TestRacePanels::race_ofSeeds_isAMedianAndItsQuartiles() {
    const auto seeds = fakeSeeds();
    const auto view = shown<RaceView>(racePanelOf("race"), *seeds);
    QCOMPARE(view->curves().size(), std::size_t{2});
    const Curve& soap = view->curves()[0];
    QCOMPARE(soap.x.size(), std::size_t{11});
    QCOMPARE(soap.y.front(), 1.01);
    QCOMPARE(soap.low.front(), 1.005);
    QCOMPARE(soap.high.front(), 1.015);
    QVERIFY(soap.tellsOf(seeds->run(2).id()) && !soap.tellsOf(seeds->run(3).id()));
    const auto one = fakeTraining(100);
    QVERIFY(shown<RaceView>(racePanelOf("race"), *one)->curves().front().low.empty());
}

void TestRacePanels::race_ofSeeds_sharesOneColourInEveryPanel() {
    const auto seeds = fakeSeeds();
    QCOMPARE(seeds->model().styleNumber(seeds->run(2)), std::size_t{1});
    QCOMPARE(seeds->model().styleNumber(seeds->run(3)), std::size_t{2});
    const auto view = shown<RaceView>(racePanelOf("race"), *seeds);
    QCOMPARE(view->curves()[1].colour, runStyle(ThemeHub::instance().theme(), 2).colour);
    const auto race = fakeRace(5); // every run by itself keeps its own number
    QCOMPARE(race->model().styleNumber(race->run(4)), std::size_t{5});
}

void TestRacePanels::race_onAnotherClock_isDrawnOverIt() {
    const auto seeds = fakeSeeds();
    const auto view = shown<RaceView>(racePanelOf("race"), *seeds);
    QCOMPARE(view->switches().front().options.size(), std::size_t{4});
    QCOMPARE(view->curves()[0].x.back(), 100.0);
    view->setSwitch(QStringLiteral("clock"), 1);
    view->refreshNow();
    QCOMPARE(view->curves()[0].x.back(), 4.0);
    QCOMPARE(view->curves()[1].x.back(), 1.0);
    view->setSwitch(QStringLiteral("clock"), 2);
    view->refreshNow();
    QCOMPARE(view->curves()[0].x.back(), 400.0);
    view->setSwitch(QStringLiteral("clock"), 9); // there is no such clock
    QCOMPARE(view->switches().front().current, 2);
}

void TestRacePanels::race_onAClockThatStandsStill_isPoints() {
    const auto seeds = fakeSeeds();
    const auto view = shown<RaceView>(racePanelOf("race"), *seeds);
    view->setSwitch(QStringLiteral("clock"), 3);
    view->refreshNow();
    QCOMPARE(view->curves()[0].x, std::vector<double>{6.0});
    QCOMPARE(view->curves()[1].x, std::vector<double>{2.0});
    QVERIFY(view->pixelOf(2.0, 0.5).x() > 60); // room beside the points
    QVERIFY(!view->image(1).isNull());
}

void TestRacePanels::race_target_isWhatAllHaveReached_untilTheHandMovesIt() {
    const auto seeds = fakeSeeds();
    const auto view = shown<RaceView>(racePanelOf("race"), *seeds);
    const double common = 1.01 * std::exp2(-100 / 40.0); // where the slower one's median ends
    QVERIFY(view->target());
    QCOMPARE(*view->target(), common);
    const double line = *view->targetLine();
    const QPoint from(300, static_cast<int>(line));
    QTest::mousePress(view.get(), Qt::LeftButton, {}, from);
    QTest::mouseMove(view.get(), from - QPoint(0, 40));
    QTest::mouseRelease(view.get(), Qt::LeftButton, {}, from - QPoint(0, 40));
    view->refreshNow();
    QVERIFY(*view->target() > common * 1.1);
    QVERIFY(seeds->model().target());
    const double moved = *view->target();
    QTest::mousePress(view.get(), Qt::LeftButton, {}, QPoint(300, 20)); // far from the line
    QTest::mouseMove(view.get(), QPoint(300, 90));
    QTest::mouseRelease(view.get(), Qt::LeftButton, {}, QPoint(300, 90));
    QCOMPARE(*view->target(), moved);
    QTest::mouseDClick(view.get(), Qt::LeftButton, {},
                       QPoint(300, static_cast<int>(*view->targetLine())));
    view->refreshNow();
    QCOMPARE(*view->target(), common);
}

void TestRacePanels::race_target_byKeys_movesAndComesBack() {
    const auto seeds = fakeSeeds();
    const auto view = shown<RaceView>(racePanelOf("race"), *seeds);
    const double common = *view->target();
    QTest::keyClick(view.get(), Qt::Key_Up);
    view->refreshNow();
    QVERIFY(*view->target() > common);
    QTest::keyClick(view.get(), Qt::Key_Down);
    QTest::keyClick(view.get(), Qt::Key_Down);
    view->refreshNow();
    QVERIFY(*view->target() < common * 1.1);
    QTest::keyClick(view.get(), Qt::Key_Escape);
    view->refreshNow();
    QCOMPARE(*view->target(), common);
}

void TestRacePanels::race_whileScrubbed_endsAtThePlayHead() {
    const auto seeds = fakeSeeds();
    const auto view = shown<RaceView>(racePanelOf("race"), *seeds);
    seeds->model().setPlayHead(45);
    view->refreshNow();
    QCOMPARE(view->curves()[0].x.back(), 40.0);
}

void TestRacePanels::standings_sayWhatTheTargetCost() {
    const auto seeds = fakeSeeds();
    const auto view = shown<StandingsView>(racePanelOf("standings"), *seeds);
    seeds->model().setTarget(0.5);
    view->refreshNow();
    QCOMPARE(view->cells().rowCount(), 2);
    QCOMPARE(cell(*view, 0, 0), QStringLiteral("1"));
    QCOMPARE(cell(*view, 1, 0), QStringLiteral("2"));
    QCOMPARE(cell(*view, 0, 2), QStringLiteral("3"));
    const int steps = columnOf(*view, QStringLiteral("steps to 0.5"));
    QVERIFY(steps > 0);
    // Seeds of 1 and 1.01 times: the first is there at step 20, the median one at the next look.
    QCOMPARE(cell(*view, 0, steps), QStringLiteral("30"));
    QCOMPARE(cell(*view, 1, steps), QStringLiteral("50"));
    const int seconds = columnOf(*view, QStringLiteral("compute time"));
    QCOMPARE(cell(*view, 0, seconds), QStringLiteral("1.2"));
    QCOMPARE(cell(*view, 1, seconds), QStringLiteral("0.5"));
    QCOMPARE(cell(*view, 0, view->cells().columnCount() - 1), QStringLiteral("6"));
    seeds->model().setTarget(0.1);
    view->refreshNow();
    const int unreached = columnOf(*view, QStringLiteral("steps to 0.1"));
    QCOMPARE(cell(*view, 1, unreached), QStringLiteral("not reached"));
}

void TestRacePanels::standings_places_claimNoOrderWhereQuartilesOverlap() {
    const std::vector<Places> apart = placesOf({{1, 2, 3, 3}, {4, 5, 6, 3}});
    QCOMPARE(*apart[0], (std::pair<std::size_t, std::size_t>{1, 1}));
    QCOMPARE(*apart[1], (std::pair<std::size_t, std::size_t>{2, 2}));
    const std::vector<Places> tied = placesOf({{1, 2, 3, 3}, {2.5, 3, 4, 3}, {5, 6, kNever, 3}});
    QCOMPARE(*tied[0], (std::pair<std::size_t, std::size_t>{1, 2}));
    QCOMPARE(*tied[1], (std::pair<std::size_t, std::size_t>{1, 2}));
    QCOMPARE(*tied[2], (std::pair<std::size_t, std::size_t>{3, 3}));
    QVERIFY(!placesOf({{1, 1, 1, 1}, {2, 2, 2, 1}})[0]); // one seed shows no spread
}

void TestRacePanels::response_toASweep_showsValleysAndEdges() {
    FakeComparison sweep({"SOAP", "SOAP", "SOAP", "AdamW", "AdamW", "AdamW"});
    const std::vector<double> rates{0.01, 0.1, 1.0};
    const std::vector<double> losses{2, 1, 3, 5, 4, 1.5};
    for (std::size_t run = 0; run < 6; ++run) {
        lab::RunScenario scenario = sweep.run(run).scenario();
        scenario.knobs.set("rho", rates[run % 3]);
        scenario.varied = {"optimizer", "rho"};
        sweep.run(run).setScenario(scenario);
        sweep.scalar(run, "loss/validation", 10, 1, losses[run]);
    }
    sweep.finish();
    lab::Panel panel = fakePanel("response", {{"loss/validation", ""}});
    panel.edits = {{"over", "rho"}};
    const auto view = shown<ResponseView>(panel, sweep);
    QCOMPARE(view->curves().size(), std::size_t{2});
    QCOMPARE(view->curves()[0].x, rates);
    QCOMPARE(view->curves()[0].y, (std::vector<double>{2, 1, 3}));
    QVERIFY(view->curves()[0].low.empty());
    QVERIFY(!view->image(1).isNull());
}

namespace {

/// So many runs, each with a loss, whose scenarios `set` has changed before they are shown.
template <typename Set>
std::unique_ptr<FakeComparison> fakeSweep(std::size_t runs, const Set& set) {
    auto sweep = std::make_unique<FakeComparison>(std::vector<std::string>(runs, "SOAP"));
    for (std::size_t run = 0; run < runs; ++run) {
        lab::RunScenario scenario = sweep->run(run).scenario();
        set(run, scenario);
        sweep->run(run).setScenario(scenario);
        sweep->scalar(run, "loss/validation", 10, 1, 1.0 + static_cast<double>(run));
    }
    lab::Comparison comparison = sweep->model().comparison();
    sweep->model().clear();
    sweep->model().show(std::move(comparison));
    sweep->finish();
    return sweep;
}

RunStyle styleOf(FakeComparison& runs, std::size_t run) {
    return runStyle(ThemeHub::instance().theme(), runs.model().styleNumber(runs.run(run)));
}

} // namespace

void TestRacePanels::response_toASweep_hasTheColoursOfItsRuns() {
    // The description has a panel over rho.
    const auto sweep = fakeSweep(6, [](std::size_t run, lab::RunScenario& scenario) {
        scenario.knobs.set("optimizer", std::string(run < 3 ? "SOAP" : "AdamW"));
        scenario.knobs.set("rho", 0.1 * static_cast<double>(1 + run % 3));
        scenario.varied = {"optimizer", "rho"};
    });
    const Theme& theme = ThemeHub::instance().theme();
    lab::Panel panel = fakePanel("response", {{"loss/validation", ""}});
    panel.edits = {{"over", "rho"}};
    const auto response = shown<ResponseView>(panel, *sweep);
    const auto race = shown<RaceView>(racePanelOf("race"), *sweep);
    QCOMPARE(response->curves().size(), std::size_t{2});
    QCOMPARE(race->curves().size(), std::size_t{6});
    std::set<std::pair<QRgb, int>> looks;
    for (std::size_t run = 0; run < 6; ++run) {
        QCOMPARE(styleOf(*sweep, run).colour, theme.runs[run / 3]);
        QCOMPARE(race->curves()[run].colour, theme.runs[run / 3]);
        QCOMPARE(response->curves()[run / 3].colour, theme.runs[run / 3]);
        looks.emplace(race->curves()[run].colour.rgb(), race->curves()[run].dash);
    }
    QCOMPARE(looks.size(), std::size_t{6}); // in a race they are told apart by their dashes
    QCOMPARE(response->curves()[1].dash, 0);
    sweep->model().setHidden(sweep->run(3).id(), true); // and it stays
    response->refreshNow();
    QCOMPARE(response->curves()[1].colour, theme.runs[1]);
    QCOMPARE(response->curves()[1].dash, 0);
}

void TestRacePanels::response_ofOneOptimizer_leavesEachRunItsColour() {
    const auto sweep = fakeSweep(3, [](std::size_t run, lab::RunScenario& scenario) {
        scenario.knobs.set("rho", 0.1 * static_cast<double>(1 + run));
        scenario.varied = {"rho"};
    });
    QCOMPARE(styleOf(*sweep, 2).colour, ThemeHub::instance().theme().runs[2]);
}

void TestRacePanels::response_ofManyOptimizers_looksAsEachOfThem() {
    const auto sweep = fakeSweep(18, [](std::size_t run, lab::RunScenario& scenario) {
        scenario.knobs.set("optimizer", std::to_string(run / 2));
        scenario.knobs.set("rho", 0.1 * static_cast<double>(1 + run % 2));
        scenario.varied = {"optimizer", "rho"};
    });
    lab::Panel panel = fakePanel("response", {{"loss/validation", ""}});
    panel.edits = {{"over", "rho"}};
    const auto response = shown<ResponseView>(panel, *sweep);
    QCOMPARE(response->curves().size(), std::size_t{9});
    std::set<std::pair<QRgb, int>> looks;
    std::set<std::size_t> numbers;
    for (std::size_t run = 0; run < 18; ++run) {
        const Curve& curve = response->curves()[run / 2];
        looks.emplace(curve.colour.rgb(), curve.dash);
        QCOMPARE(curve.colour, styleOf(*sweep, run).colour);
        numbers.insert(sweep->model().styleNumber(sweep->run(run)));
    }
    QCOMPARE(looks.size(), std::size_t{9});
    QCOMPARE(numbers.size(), std::size_t{18});
}

void TestRacePanels::race_overTheColourKnob_givesEachOptionItsOwnColour() {
    // Options: none, monotone, smith, condorcet.
    const auto of = [](const std::vector<std::string>& axioms, int seeds) {
        const auto count = axioms.size() * static_cast<std::size_t>(seeds);
        return fakeSweep(count, [&](std::size_t run, lab::RunScenario& scenario) {
            scenario.knobs.set("axiom", axioms[run % axioms.size()]);
            scenario.varied = {"axiom"};
            if (seeds > 1) {
                scenario.seed = run / axioms.size();
                scenario.varied.emplace_back("seed");
            }
        });
    };
    const auto two = of({"condorcet", "monotone"}, 1);
    QCOMPARE(two->model().styleNumber(two->run(0)), std::size_t{4});
    QCOMPARE(two->model().styleNumber(two->run(1)), std::size_t{2});
    const auto seeds = of({"smith", "none"}, 2);
    for (const std::size_t run : {0U, 2U}) {
        QCOMPARE(seeds->model().styleNumber(seeds->run(run)), std::size_t{3});
        QCOMPARE(seeds->model().styleNumber(seeds->run(run + 1)), std::size_t{1});
    }
    // Shared by the runs of a sweep within each: one colour, told apart by dashes.
    const auto sweep = fakeSweep(4, [](std::size_t run, lab::RunScenario& scenario) {
        scenario.knobs.set("axiom", std::string(run < 2 ? "smith" : "monotone"));
        scenario.knobs.set("rho", 0.1 * static_cast<double>(1 + run % 2));
        scenario.varied = {"axiom", "rho"};
    });
    const Theme& theme = ThemeHub::instance().theme();
    for (std::size_t run = 0; run < 4; ++run) {
        QCOMPARE(styleOf(*sweep, run).colour, theme.runs[run < 2 ? 2 : 1]);
        QCOMPARE(styleOf(*sweep, run).dash, static_cast<int>(run % 2));
    }
    // Where one option has several colours, there is none for each.
    const auto lengths = fakeSweep(4, [](std::size_t run, lab::RunScenario& scenario) {
        scenario.knobs.set("axiom", std::string(run < 2 ? "smith" : "monotone"));
        scenario.knobs.set("steps", std::int64_t(100 + run % 2));
        scenario.varied = {"axiom", "steps"};
    });
    for (std::size_t run = 0; run < 4; ++run) {
        QCOMPARE(lengths->model().styleNumber(lengths->run(run)), run + 1);
    }
}

void TestRacePanels::race_ofManyRuns_hasAColourForEachChoice() {
    const auto of = [](std::size_t lengths) {
        return fakeSweep(2 * lengths, [lengths](std::size_t run, lab::RunScenario& scenario) {
            scenario.knobs.set("steps", std::int64_t(100 + run % lengths));
            scenario.knobs.set("rule", std::string(run < lengths ? "irv" : "borda"));
            scenario.varied = {"steps", "rule"};
        });
    };
    const auto many = of(5);
    const Theme& theme = ThemeHub::instance().theme();
    QCOMPARE(styleOf(*many, 4).colour, theme.runs[0]);
    QCOMPARE(styleOf(*many, 4).dash, 4);
    QCOMPARE(styleOf(*many, 5).colour, theme.runs[1]);
    QCOMPARE(styleOf(*many, 5).dash, 0);
    const auto few = of(3); // there are colours enough
    QCOMPARE(styleOf(*few, 2).colour, theme.runs[2]);
    QCOMPARE(styleOf(*few, 5).colour, theme.runs[5]);
}

void TestRacePanels::response_toNobodysTurn_isEmpty() {
    const auto race = fakeTraining(40);
    lab::Panel panel = fakePanel("response", {{"loss/validation", ""}});
    panel.edits = {{"over", "rho"}};
    QVERIFY(shown<ResponseView>(panel, *race)->curves().empty());
    QVERIFY(!hasData(panel, race->model()));
}

void TestRacePanels::valleyOf_isBoundedByItsLevel() {
    Curve curve;
    curve.x = {1e-3, 1e-2, 1e-1, 1};
    curve.y = {3, 2, 1, 3};
    const auto valley = valleyOf(curve, 0.5); // to 1.5: half of the way left, a quarter right
    QVERIFY(valley && !valley->isAtEdge);
    QCOMPARE(valley->at, 0.1);
    QVERIFY(std::abs(valley->low - std::pow(10, -1.5)) < 1e-12);
    QVERIFY(std::abs(valley->high - std::pow(10, -0.75)) < 1e-12);
    curve.y = {3, 2, 1, kNan}; // diverged beyond: the valley ends with the last good one
    QCOMPARE(valleyOf(curve, 0.5)->high, 0.1);
    curve.y = {1, 2, 3, 4};
    QVERIFY(valleyOf(curve, 0.5)->isAtEdge);
    QCOMPARE(valleyOf(curve, 0.5)->low, 1e-3);
    curve.y = {kNan, kNan, kNan, kNan};
    QVERIFY(!valleyOf(curve, 0.5));
}

PSEPHOS_QT_TEST(TestRacePanels)
#include "tst_race_panels.moc"
