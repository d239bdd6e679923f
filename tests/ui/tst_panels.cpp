// SPDX-License-Identifier: GPL-3.0-or-later
// What panels do: what they read, how they answer to hand and keyboard, how fast they draw.
#include "lab/experiment.hpp"
#include "ui/panels/bars_view.hpp"
#include "ui/panels/heatmap_view.hpp"
#include "ui/panels/landscape_view.hpp"
#include "ui/panels/leaders_view.hpp"
#include "ui/panels/line_view.hpp"
#include "ui/panels/notes_view.hpp"
#include "ui/panels/panels.hpp"
#include "ui/panels/table_view.hpp"
#include "ui/panels/trail.hpp"
#include "ui/plot/key_link.hpp"
#include "ui/support/fake_runs.hpp"
#include "ui/support/fake_vote.hpp"
#include "ui/support/qt_test.hpp"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QLabel>
#include <QSignalSpy>
#include <QTableView>
#include <QWheelEvent>

#include <cmath>
#include <limits>

using namespace psephos;
using namespace psephos::tests;
using namespace psephos::ui;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// A view in its shown state, laid out and drawn.
template <typename View>
std::unique_ptr<View> shown(const lab::Panel& panel, FakeComparison& comparison,
                            const QSize& size = QSize(600, 320)) {
    auto view = std::make_unique<View>(panel, comparison.model(), nullptr);
    view->resize(size);
    view->show();
    view->refreshNow();
    return view;
}

/// What the model was asked to turn.
struct Turns {
    explicit Turns(ComparisonModel& model) {
        QObject::connect(&model, &ComparisonModel::knobTurned, &receiver,
                         [this](const QString& id, const lab::Value& value, bool settled) {
                             knob = id;
                             last = value;
                             count += 1;
                             settledCount += settled ? 1 : 0;
                         });
    }

    QObject receiver;
    QString knob;
    lab::Value last;
    int count = 0;
    int settledCount = 0;
};

QPoint pixelOf(const Plot& plot, double key, double value) {
    return QPointF(plot.xAxis->coordToPixel(key), plot.yAxis->coordToPixel(value)).toPoint();
}

} // namespace

class TestPanels : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void init() { failOnWarnings(); }

    void cleanup() { ThemeHub::instance().setKind(ThemeKind::Light); }

    void everyKind_withoutRuns_isEmptyAndSaysWhatWillAppear_data();
    void everyKind_withoutRuns_isEmptyAndSaysWhatWillAppear();
    void everyKind_afterAChangeOfTheme_drawsInTheNewColours();
    void everyKind_withOnePoint_draws_data();
    void everyKind_withOnePoint_draws();
    void everyKind_withWhatIsNotFinite_draws_data();
    void everyKind_withWhatIsNotFinite_draws();
    void unknownKind_isATableWithARemark();

    void line_ofARace_fitsItsDataAndWritesCsv();
    void line_onALogAxis_countsWhatItCannotShow();
    void line_withInfinities_keepsAFiniteRange();
    void line_whileHovered_emphasisesTheNearestRun();
    void line_afterWheelAndDoubleClick_zoomsAndFits();
    void line_besideAnother_sharesRangeAndMargins();
    void line_whileScrubbed_endsAtThePlayHead();
    void line_ofAMillionSamples_isDrawnInAFrame();
    void line_smoothing_isNamedWithItsHalfLife();
    void line_afterHidingARun_dropsItsCurve();

    void landscape_dragOfTheStart_turnsTheKnobAndSettles();
    void landscape_arrowKeys_moveTheStart();
    void landscape_whileDragging_isDrawnInAFrame();
    void trail_inManyForms_isTheSamePath();
    void drawablePath_thatLeavesTheView_isCut();

    void heatmap_dragOfACell_movesItsMirror();
    void heatmap_keys_selectAndChange();
    void heatmap_sentences_sayWhoBeatsWhom();
    void heatmap_ofManySizes_findsCellsUnderTheMouse();

    void bars_ofManyNames_gatherTheLeast();
    void bars_severalSources_areSeriesWithWhiskersAndBands();
    void bars_sorted_areInOrder();
    void leaders_withADivergedRun_putItLast();
    void notes_ofSeveralRuns_areGathered();
    void table_ofScalarsAndTables_hasUnitsAndPassesTheModelTester();
    void table_ofSentences_wrapsThemInItsWidth();
    void table_ofNegativeNumbers_hasTrueMinusSigns();
};

void TestPanels::everyKind_withoutRuns_isEmptyAndSaysWhatWillAppear_data() {
    QTest::addColumn<QString>("kind");
    for (const char* kind : {"line", "landscape", "heatmap", "bars", "leaders", "notes", "table"}) {
        QTest::newRow(kind) << QString::fromLatin1(kind);
    }
}

void TestPanels::everyKind_withoutRuns_isEmptyAndSaysWhatWillAppear() {
    QFETCH(QString, kind);
    FakeComparison none({});
    FakeComparison silent({"SGD"});
    const lab::Panel panel = fakePanel(kind.toStdString(), {{"loss", ""}});
    for (FakeComparison* comparison : {&none, &silent}) {
        std::unique_ptr<PanelView> view(
            PanelRegistry::instance().create(panel, comparison->model(), nullptr));
        QVERIFY(!view->objectName().isEmpty());
        QVERIFY(!view->accessibleName().isEmpty());
        view->resize(300, 200);
        view->show();
        view->refreshNow();
        const auto* words = view->findChild<QLabel*>(view->objectName() + QStringLiteral(".empty"));
        QVERIFY(words != nullptr && words->isVisible());
        QVERIFY(words->text().endsWith(QLatin1Char('.')));
        QVERIFY(!view->image(1).isNull());
        (void)view->csv();
    }
}

void TestPanels::everyKind_afterAChangeOfTheme_drawsInTheNewColours() {
    const auto race = fakeRace(40);
    const auto lottery = fakeLottery(5);
    const auto darkness = [](const QImage& image) {
        return qGray(image.pixel(3, image.height() / 2)) < 80;
    };
    for (const auto& [panel, comparison] :
         {std::pair{racePanel(), race.get()}, std::pair{landscapePanel(), race.get()},
          std::pair{leadersPanel(), race.get()}, std::pair{heatmapPanel(), lottery.get()},
          std::pair{barsPanel(), lottery.get()}}) {
        std::unique_ptr<PanelView> view(
            PanelRegistry::instance().create(panel, comparison->model(), nullptr));
        view->resize(300, 200);
        ThemeHub::instance().setKind(ThemeKind::Light);
        const QImage light = view->image(1);
        QVERIFY2(!darkness(light), panel.kind.c_str());
        ThemeHub::instance().setKind(ThemeKind::Dark);
        const QImage dark = view->image(1);
        QVERIFY2(darkness(dark), panel.kind.c_str());
        ThemeHub::instance().setKind(ThemeKind::Light);
        QCOMPARE(view->image(1), light);
        QCOMPARE(view->image(2).size(), QSize(600, 400));
    }
}

void TestPanels::everyKind_withOnePoint_draws_data() {
    QTest::addColumn<QString>("kind");
    for (const char* kind : {"line", "landscape", "heatmap", "bars", "leaders", "table"}) {
        QTest::newRow(kind) << QString::fromLatin1(kind);
    }
}

/// One value on each channel, and a view of the kind that is not empty.
void drawOne(const QString& kind, double value) {
    FakeComparison comparison({"only"});
    using Numbers = std::vector<double>;
    comparison.scalar(0, "loss", 0, 0, value);
    comparison.table(0, "path", 0, {{Numbers{value}, Numbers{value}, Numbers{0}}});
    comparison.table(0, "minima", 0, {{Numbers{value}, Numbers{value}}});
    comparison.table(
        0, "lottery", 0,
        {{std::vector<std::string>{"Aspen"}, Numbers{value}, Numbers{value}, Numbers{value}}});
    lab::Grid surface;
    surface.x.at = surface.y.at = {0, 1};
    surface.values = {value, value, value, value};
    comparison.grid(0, "landscape", 0, surface);
    lab::Grid margins;
    margins.x.names = margins.y.names = {"Aspen", "Birch"};
    margins.values = {0, value, -value, 0};
    comparison.grid(0, "margins", 0, margins);
    comparison.finish();
    lab::Panel panel = kind == QStringLiteral("line")        ? racePanel()
                       : kind == QStringLiteral("landscape") ? landscapePanel()
                       : kind == QStringLiteral("heatmap")   ? heatmapPanel()
                       : kind == QStringLiteral("bars")      ? barsPanel()
                       : kind == QStringLiteral("leaders")   ? leadersPanel()
                                                             : fakePanel("table", {{"loss", ""}});
    if (kind == QStringLiteral("bars")) {
        panel.sources[0].columns.push_back({"low", "low"});
        panel.sources[0].columns.push_back({"high", "high"});
    }
    std::unique_ptr<PanelView> view(
        PanelRegistry::instance().create(panel, comparison.model(), nullptr));
    for (const QSize& size : {QSize(300, 200), QSize(121, 81), QSize(900, 90)}) {
        view->resize(size);
        view->show();
        view->refreshNow();
        const auto* words = view->findChild<QLabel*>(view->objectName() + QStringLiteral(".empty"));
        QVERIFY(!words->isVisible());
        QVERIFY(!view->image(1).isNull());
        for (const PanelSwitch& choice : view->switches()) {
            for (const int option : {1, 0}) {
                view->setSwitch(choice.id, option);
                QVERIFY(!view->image(1).isNull());
            }
        }
    }
    QVERIFY(view->csv().count(QLatin1Char('\n')) >= 2);
}

void TestPanels::everyKind_withOnePoint_draws() {
    QFETCH(QString, kind);
    drawOne(kind, 0.5);
    drawOne(kind, 0);
}

void TestPanels::everyKind_withWhatIsNotFinite_draws_data() {
    everyKind_withOnePoint_draws_data();
}

void TestPanels::everyKind_withWhatIsNotFinite_draws() {
    QFETCH(QString, kind);
    drawOne(kind, kNan);
    drawOne(kind, HUGE_VAL);
    drawOne(kind, -HUGE_VAL);
    drawOne(kind, 1e300);
    drawOne(kind, -1e-300);
}

void TestPanels::unknownKind_isATableWithARemark() {
    const auto race = fakeRace(5);
    std::unique_ptr<PanelView> view(PanelRegistry::instance().create(
        fakePanel("hologram", {{"loss", ""}}), race->model(), nullptr));
    view->refreshNow();
    const auto* table = qobject_cast<TableView*>(view.get());
    QVERIFY(table != nullptr);
    QCOMPARE(table->cells().rowCount(), 5);
    const auto* remark = view->findChild<QLabel*>(view->objectName() + QStringLiteral(".remark"));
    QVERIFY(remark->text().contains(QStringLiteral("hologram")));
}

void TestPanels::line_ofARace_fitsItsDataAndWritesCsv() {
    const auto race = fakeRace(100);
    const auto view = shown<LineView>(racePanel(), *race);
    const Plot& plot = view->plot();
    QCOMPARE(plot.xAxis->range().lower, 0.0);
    QCOMPARE(plot.xAxis->range().upper, 100.0);
    for (const lab::RunPtr& run : race->runs()) {
        const lab::Extent extent = *run->history()->extent("loss");
        QVERIFY(plot.yAxis->range().contains(extent.low));
        QVERIFY(plot.yAxis->range().contains(extent.high));
    }
    QCOMPARE(plot.xAxis->label(), QStringLiteral("step"));
    const QStringList lines = view->csv().split(QLatin1Char('\n'));
    QCOMPARE(lines.size(), 1 + 5 * 101 + 1);
    QCOMPARE(lines[0], QStringLiteral("run,channel,step,seconds,value"));
    QVERIFY(lines[1].startsWith(QStringLiteral("SGD,loss,0,0,")));
    view->setSwitch(QStringLiteral("key"), 1);
    view->refreshNow();
    QCOMPARE(plot.xAxis->label(), QStringLiteral("compute time [s]"));
    QCOMPARE(race->model().key(), lab::Key::Seconds);
}

void TestPanels::line_onALogAxis_countsWhatItCannotShow() {
    FakeComparison comparison({"SGD"});
    for (int step = 0; step < 10; ++step) {
        comparison.scalar(0, "loss", step, step, step < 7 ? 10.0 - step : 3.0 - 0.5 * step);
    }
    comparison.finish();
    const auto view = shown<LineView>(racePanel(), comparison);
    QVERIFY(view->plot().yAxis->range().lower > 0);
    const QImage withNote = view->image(1);
    QCOMPARE(view->notShown(), std::size_t{3});
    view->setSwitch(QStringLiteral("scale"), 0);
    view->refreshNow();
    QCOMPARE(view->notShown(), std::size_t{0});
    QVERIFY(view->plot().yAxis->range().lower < -1);
    QVERIFY(view->image(1) != withNote);
}

void TestPanels::line_withInfinities_keepsAFiniteRange() {
    FakeComparison comparison({"wild", "calm"});
    for (int step = 0; step < 50; ++step) {
        comparison.scalar(0, "loss/train", step, step,
                          step < 30 ? std::pow(10.0, step * 0.5) : HUGE_VAL);
        comparison.scalar(1, "loss/train", step, step, step == 20 ? kNan : 2.0);
    }
    comparison.finish();
    const auto view = shown<LineView>(trainingPanel(), comparison);
    const QCPRange range = view->plot().yAxis->range();
    QVERIFY(std::isfinite(range.lower) && std::isfinite(range.upper));
    QVERIFY2(range.upper < 100, qPrintable(QString::number(range.upper)));
    view->setSwitch(QStringLiteral("scale"), 1);
    view->refreshNow();
    QVERIFY(view->plot().yAxis->range().upper < 1e6);
    QVERIFY(!view->image(1).isNull());
}

void TestPanels::line_whileHovered_emphasisesTheNearestRun() {
    FakeComparison comparison({"high", "low"});
    for (int step = 0; step <= 100; ++step) {
        comparison.scalar(0, "loss", step, step, 8);
        comparison.scalar(1, "loss", step, step, 2);
    }
    comparison.finish();
    lab::Panel panel = racePanel();
    panel.y.scale = lab::Scale::Linear;
    const auto view = shown<LineView>(panel, comparison);
    Plot& plot = view->plot();
    QTest::mouseMove(&plot, pixelOf(plot, 50, 8) + QPoint(0, 3));
    QCOMPARE(comparison.model().emphasised(), std::optional<lab::RunId>(1));
    QCOMPARE(*KeyLink::of(comparison.model()).hover(),
             std::round(plot.xAxis->pixelToCoord(pixelOf(plot, 50, 8).x())));
    QTest::mouseMove(&plot, pixelOf(plot, 60, 2));
    QCOMPARE(comparison.model().emphasised(), std::optional<lab::RunId>(2));
    QTest::mouseMove(&plot, pixelOf(plot, 60, 5));
    QVERIFY(!comparison.model().emphasised());
    QEvent leave(QEvent::Leave);
    QCoreApplication::sendEvent(&plot, &leave);
    QVERIFY(!KeyLink::of(comparison.model()).hover());
}

void TestPanels::line_afterWheelAndDoubleClick_zoomsAndFits() {
    const auto race = fakeRace(500);
    const auto view = shown<LineView>(racePanel(), *race);
    Plot& plot = view->plot();
    const QCPRange keys = plot.xAxis->range();
    const QCPRange values = plot.yAxis->range();
    const auto wheel = [&plot](Qt::KeyboardModifiers modifiers) {
        const QPointF at(plot.rect().center());
        QWheelEvent event(at, plot.mapToGlobal(at), QPoint(), QPoint(0, 240), Qt::NoButton,
                          modifiers, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&plot, &event);
    };
    wheel(Qt::NoModifier);
    view->refreshNow();
    QVERIFY(plot.xAxis->range().size() < keys.size());
    QCOMPARE(plot.yAxis->range(), values);
    const QCPRange narrowed = plot.xAxis->range();
    wheel(Qt::ControlModifier);
    view->refreshNow();
    QCOMPARE(plot.xAxis->range(), narrowed);
    QVERIFY(plot.yAxis->range().size() < values.size());
    QTest::mouseDClick(&plot, Qt::LeftButton, {}, plot.rect().center());
    view->refreshNow();
    QCOMPARE(plot.xAxis->range(), keys);
    QCOMPARE(plot.yAxis->range(), values);

    const QPoint from = plot.axisRect()->rect().center() - QPoint(60, 40);
    QTest::mousePress(&plot, Qt::LeftButton, Qt::ShiftModifier, from);
    QTest::mouseMove(&plot, from + QPoint(100, 60));
    QTest::mouseRelease(&plot, Qt::LeftButton, Qt::ShiftModifier, from + QPoint(120, 80));
    view->refreshNow();
    QVERIFY(std::abs(plot.xAxis->coordToPixel(plot.xAxis->range().lower) -
                     plot.axisRect()->left()) < 1);
    QVERIFY(plot.xAxis->range().size() < keys.size() / 2);
}

void TestPanels::line_besideAnother_sharesRangeAndMargins() {
    const auto race = fakeRace(200);
    const auto first = shown<LineView>(racePanel(), *race);
    lab::Panel other = fakePanel("line", {{"loss", ""}});
    other.y.scale = lab::Scale::Linear;
    const auto second = shown<LineView>(other, *race);
    first->refreshNow();
    QCOMPARE(first->plot().axisRect()->left(), second->plot().axisRect()->left());
    QCOMPARE(first->plot().axisRect()->right(), second->plot().axisRect()->right());
    Q_EMIT first->plot().rangeTouched();
    first->plot().xAxis->setRange(20, 60);
    second->refreshNow();
    QCOMPARE(second->plot().xAxis->range(), QCPRange(20, 60));
    second->fit();
    first->refreshNow();
    QCOMPARE(first->plot().xAxis->range(), QCPRange(0, 200));
}

void TestPanels::line_whileScrubbed_endsAtThePlayHead() {
    const auto race = fakeRace(500);
    const auto view = shown<LineView>(racePanel(), *race);
    race->model().setPlayHead(123.5);
    view->refreshNow();
    double last = 0;
    for (int i = 0; i < view->plot().graphCount(); ++i) {
        const QCPGraph* line = view->plot().graph(i);
        if (line->dataCount() > 0 && line->data()->constBegin()->key < 1) {
            last = std::max(last, std::prev(line->data()->constEnd())->key);
        }
    }
    QCOMPARE(last, 123.5);
    QCOMPARE(view->plot().xAxis->range().upper, 500.0);
}

void TestPanels::line_ofAMillionSamples_isDrawnInAFrame() {
    FakeComparison comparison({"long"});
    constexpr int kCount = 1'000'000;
    for (int step = 0; step < kCount; ++step) {
        comparison.scalar(0, "loss", step, step * 1e-3,
                          2 + std::sin(step * 1e-5) + 0.3 * std::sin(step * 12.9898));
    }
    comparison.scalar(0, "loss", kCount, kCount * 1e-3, 50.0); // one spike must be seen
    comparison.finish();
    const auto view =
        shown<LineView>(fakePanel("line", {{"loss", ""}}), comparison, QSize(1280, 480));
    QVERIFY(view->plot().yAxis->range().upper >= 50);
    QElapsedTimer timer;
    timer.start();
    constexpr int kFrames = 10;
    for (int frame = 0; frame < kFrames; ++frame) {
        comparison.scalar(0, "loss", kCount + 1 + frame, kCount * 1e-3 + frame, 2.0);
        comparison.model().poll();
        view->refreshNow();
    }
    const double each = static_cast<double>(timer.nsecsElapsed()) / 1e6 / kFrames;
    qInfo("1e6 samples: %.1f ms a frame", each);
    QVERIFY2(each < 60, qPrintable(QString::number(each)));
    qsizetype most = 0;
    for (int i = 0; i < view->plot().graphCount(); ++i) {
        most = std::max<qsizetype>(most, view->plot().graph(i)->dataCount());
    }
    QVERIFY2(most <= static_cast<qsizetype>(4 * view->plot().columns() + 2),
             qPrintable(QString::number(most)));
}

void TestPanels::line_smoothing_isNamedWithItsHalfLife() {
    const auto training = fakeTraining(200);
    const auto view = shown<LineView>(trainingPanel(), *training, QSize(900, 320));
    QCOMPARE(view->switches().front().id, QStringLiteral("smoothing"));
    const QImage smooth = view->image(1);
    view->setSwitch(QStringLiteral("smoothing"), 0);
    view->refreshNow();
    QCOMPARE(view->switches().front().current, 0);
    QVERIFY(view->image(1) != smooth);
    const auto plain = shown<LineView>(racePanel(), *training);
    QCOMPARE(plain->switches().size(), std::size_t{2});
}

void TestPanels::line_afterHidingARun_dropsItsCurve() {
    const auto race = fakeRace(50);
    const auto view = shown<LineView>(racePanel(), *race);
    const int graphs = view->plot().graphCount();
    race->model().setHidden(3, true);
    view->refreshNow();
    QCOMPARE(view->plot().graphCount(), graphs / 5 * 4);
    QVERIFY(!view->csv().contains(QStringLiteral("Shampoo")));
}

void TestPanels::landscape_dragOfTheStart_turnsTheKnobAndSettles() {
    const auto race = fakeRace(100);
    const auto view = shown<LandscapeView>(landscapePanel(), *race);
    Turns turns(race->model());
    Plot& plot = view->plot();
    const QPoint start = view->startPixel()->toPoint();
    const QPoint end = start + QPoint(80, 50);
    QTest::mousePress(&plot, Qt::LeftButton, {}, start);
    QTest::mouseMove(&plot, start + QPoint(30, 20));
    QTest::mouseMove(&plot, end);
    QCOMPARE(turns.settledCount, 0);
    QVERIFY(turns.count >= 2);
    QTest::mouseRelease(&plot, Qt::LeftButton, {}, end);
    QCOMPARE(turns.settledCount, 1);
    QCOMPARE(turns.knob, QStringLiteral("start"));
    const auto point = std::get<lab::PointValue>(turns.last);
    QVERIFY(std::abs(point[0] - plot.xAxis->pixelToCoord(end.x())) < 0.02);
    QVERIFY(std::abs(point[1] - plot.yAxis->pixelToCoord(end.y())) < 0.02);

    QTest::mousePress(&plot, Qt::LeftButton, {}, view->startPixel()->toPoint());
    QTest::mouseMove(&plot, QPoint(-4000, 4000)); // as far as the knob allows
    QTest::mouseRelease(&plot, Qt::LeftButton, {}, QPoint(-4000, 4000));
    QVERIFY(turns.last == lab::Value(lab::PointValue{-3, -3}));

    const int before = turns.count;
    const QCPRange range = plot.xAxis->range();
    QTest::mousePress(&plot, Qt::LeftButton, {}, QPoint(300, 40)); // elsewhere: pan
    QTest::mouseMove(&plot, QPoint(340, 60));
    QTest::mouseRelease(&plot, Qt::LeftButton, {}, QPoint(340, 60));
    QCOMPARE(turns.count, before);
    QVERIFY(plot.xAxis->range() != range);
    view->fit();
    view->refreshNow();
    QCOMPARE(plot.xAxis->range(), range);
}

void TestPanels::landscape_arrowKeys_moveTheStart() {
    const auto race = fakeRace(20);
    const auto view = shown<LandscapeView>(landscapePanel(), *race);
    Turns turns(race->model());
    QTest::keyPress(&view->plot(), Qt::Key_Right, Qt::ShiftModifier);
    QCOMPARE(turns.count, 1);
    QVERIFY(std::get<lab::PointValue>(turns.last)[0] > -1.3);
    QCOMPARE(std::get<lab::PointValue>(turns.last)[1], 1.15);
    QTest::keyRelease(&view->plot(), Qt::Key_Right, Qt::ShiftModifier);
    QCOMPARE(turns.settledCount, 1);
}

void TestPanels::landscape_whileDragging_isDrawnInAFrame() {
    const auto race = fakeRace(500);
    const auto view = shown<LandscapeView>(landscapePanel(), *race, QSize(1000, 430));
    (void)view->grab();
    QElapsedTimer timer;
    timer.start();
    constexpr int kFrames = 20;
    for (int frame = 0; frame < kFrames; ++frame) {
        race->model().setPlayHead(100 + frame * 15);
        QCoreApplication::processEvents();
        (void)view->grab();
    }
    const double each = static_cast<double>(timer.nsecsElapsed()) / 1e6 / kFrames;
    qInfo("five trails of 500 steps: %.1f ms a frame", each);
    QVERIFY2(each < 50, qPrintable(QString::number(each)));
}

void TestPanels::trail_inManyForms_isTheSamePath() {
    using Numbers = std::vector<double>;
    const std::vector<QPointF> expected{{0, 0}, {1, 2}, {2, 1}, {3, 3}};
    const lab::PanelSource source{"path", "path", {}};
    FakeComparison whole({"a"});
    whole.table(0, "path", 3, {{Numbers{0, 1, 2, 3}, Numbers{0, 2, 1, 3}, Numbers{0, 1, 2, 3}}});
    FakeComparison growing({"a"});
    growing.table(0, "path", 1, {{Numbers{0, 1}, Numbers{0, 2}, Numbers{0, 1}}});
    growing.table(0, "path", 3, {{Numbers{0, 1, 2, 3}, Numbers{0, 2, 1, 3}, Numbers{0, 1, 2, 3}}});
    FakeComparison pieces({"a"});
    pieces.table(0, "path", 1, {{Numbers{0, 1}, Numbers{0, 2}, Numbers{0, 1}}});
    pieces.table(0, "path", 3, {{Numbers{2, 3}, Numbers{1, 3}, Numbers{2, 3}}});
    for (FakeComparison* form : {&whole, &growing, &pieces}) {
        const Trail trail(form->runs()[0], source);
        QCOMPARE(trail.points(), expected);
        QCOMPARE(trail.upTo(1.5).back(), QPointF(1.5, 1.5));
        QCOMPARE(trail.upTo(99).size(), std::size_t{4});
        QVERIFY(trail.upTo(-1).empty());
    }
    FakeComparison broken({"a"});
    broken.table(0, "path", 3,
                 {{Numbers{0, 1, kNan, 3}, Numbers{0, 2, 1, 3}, Numbers{0, 1, 2, 3}}});
    QCOMPARE(Trail(broken.runs()[0], source).upTo(3).size(), std::size_t{2});
}

void TestPanels::drawablePath_thatLeavesTheView_isCut() {
    const QRectF view(0, 0, 100, 100);
    const auto pieces = drawablePath({{50, 50}, {1e300, 50}, {1e300, 60}, {50, 60}}, view);
    QCOMPARE(pieces.size(), std::size_t{2});
    for (const QPolygonF& piece : pieces) {
        for (const QPointF& point : piece) {
            QVERIFY(std::abs(point.x()) <= 121 && std::abs(point.y()) <= 121);
        }
    }
    QCOMPARE(drawablePath({{10, 10}, {10.1, 10}, {10.2, 10}, {20, 10}}, view).at(0).size(), 2);
    QVERIFY(drawablePath({{10, 10}}, view).empty());
    QVERIFY(drawablePath({{300, 300}, {400, 300}}, view).empty());
}

void TestPanels::heatmap_dragOfACell_movesItsMirror() {
    const auto lottery = fakeLottery(4);
    const auto view = shown<HeatmapView>(heatmapPanel(), *lottery, QSize(420, 400));
    const lab::GridPtr grid =
        std::get<lab::GridPtr>(lottery->run(0).history()->latest("margins")->payload);
    Turns turns(lottery->model());
    const QPoint at = view->cellRect({0, 2}).center().toPoint();
    QTest::mousePress(view.get(), Qt::LeftButton, {}, at);
    QCOMPARE(view->selected(), std::optional(HeatmapView::Cell(0, 2)));
    QTest::mouseMove(view.get(), at - QPoint(0, 30));
    QTest::mouseMove(view.get(), at - QPoint(0, 35));
    QVERIFY(turns.count >= 1);
    QCOMPARE(turns.settledCount, 0);
    QTest::mouseRelease(view.get(), Qt::LeftButton, {}, at - QPoint(0, 35));
    QCOMPARE(turns.settledCount, 1);
    QCOMPARE(turns.knob, QStringLiteral("margins"));
    const auto matrix = std::get<lab::MatrixValue>(turns.last);
    QCOMPARE(matrix.rows, std::size_t{4});
    QVERIFY(matrix.at(0, 2) > grid->at(0, 2));
    QCOMPARE(matrix.at(0, 2), std::round(matrix.at(0, 2))); // counts stay whole
    QCOMPARE(matrix.at(2, 0), -matrix.at(0, 2));
    QVERIFY(std::isnan(matrix.at(1, 0))); // as computed

    QTest::mousePress(view.get(), Qt::LeftButton, {}, at);
    QTest::mouseMove(view.get(), at - QPoint(0, 5000));
    QTest::mouseRelease(view.get(), Qt::LeftButton, {}, at - QPoint(0, 5000));
    QCOMPARE(std::get<lab::MatrixValue>(turns.last).at(0, 2), 100.0); // the knob's range

    const int before = turns.count;
    QTest::mouseClick(view.get(), Qt::LeftButton, {}, at); // only selects
    QTest::mouseClick(view.get(), Qt::LeftButton, {}, view->cellRect({1, 1}).center().toPoint());
    QCOMPARE(turns.count, before);
}

void TestPanels::heatmap_keys_selectAndChange() {
    const auto lottery = fakeLottery(4);
    const auto view = shown<HeatmapView>(heatmapPanel(), *lottery, QSize(420, 400));
    const lab::GridPtr grid =
        std::get<lab::GridPtr>(lottery->run(0).history()->latest("margins")->payload);
    Turns turns(lottery->model());
    QTest::keyClick(view.get(), Qt::Key_Right);
    QTest::keyClick(view.get(), Qt::Key_Right);
    QCOMPARE(view->selected(), std::optional(HeatmapView::Cell(0, 1)));
    QTest::keyClick(view.get(), Qt::Key_Plus);
    QCOMPARE(turns.settledCount, 1);
    QCOMPARE(std::get<lab::MatrixValue>(turns.last).at(0, 1), grid->at(0, 1) + 1);
    QTest::keyClick(view.get(), Qt::Key_Down);
    QTest::keyClick(view.get(), Qt::Key_Left);
    QCOMPARE(view->selected(), std::optional(HeatmapView::Cell(1, 0)));
    for (int i = 0; i < 9; ++i) {
        QTest::keyClick(view.get(), Qt::Key_Left);
    }
    QCOMPARE(view->selected(), std::optional(HeatmapView::Cell(1, 0)));
}

void TestPanels::heatmap_sentences_sayWhoBeatsWhom() {
    FakeComparison comparison({"maximal"});
    lab::Grid grid;
    grid.x.names = grid.y.names = {"Aspen", "Birch", "Cedar"};
    grid.values = {0, 12, kNan, -12, 0, 0, kNan, 0, 0};
    comparison.grid(0, "margins", 0, grid);
    comparison.finish();
    const auto view = shown<HeatmapView>(heatmapPanel(), comparison);
    QCOMPARE(view->sentence({0, 1}), QStringLiteral("Aspen beats Birch by 12"));
    QCOMPARE(view->sentence({1, 0}), QStringLiteral("Birch loses to Aspen by 12"));
    QCOMPARE(view->sentence({1, 2}), QStringLiteral("Birch and Cedar are tied"));
    QCOMPARE(view->sentence({0, 2}), QStringLiteral("Aspen and Cedar were never compared"));
    QCOMPARE(view->csv().split(QLatin1Char('\n'))[1], QStringLiteral("Aspen,0,12,nan"));
}

void TestPanels::heatmap_ofManySizes_findsCellsUnderTheMouse() {
    for (const std::size_t size : {2u, 12u, 50u}) {
        const auto lottery = fakeLottery(size);
        const auto view = shown<HeatmapView>(heatmapPanel(), *lottery, QSize(500, 460));
        for (const HeatmapView::Cell& cell :
             {HeatmapView::Cell(0, 1), HeatmapView::Cell(size - 1, 0)}) {
            const QRectF rect = view->cellRect(cell);
            QVERIFY(QRectF(view->rect()).contains(rect));
            QCOMPARE(view->cellUnder(rect.center()), std::optional(cell));
        }
        QVERIFY(!view->cellUnder(QPointF(1, 1)));
    }
    // A large matrix without names, with a NaN.
    FakeComparison comparison({"one"});
    lab::Grid grid;
    for (int i = 0; i < 700; ++i) {
        grid.x.at.push_back(i);
        grid.y.at.push_back(i);
    }
    grid.values.assign(700 * 700, 0.5);
    grid.values[5] = kNan;
    comparison.grid(0, "shares", 0, grid);
    comparison.finish();
    const auto view = shown<HeatmapView>(fakePanel("heatmap", {{"shares", "unsigned"}}), comparison,
                                         QSize(500, 460));
    QElapsedTimer timer;
    timer.start();
    QVERIFY(!view->image(1).isNull());
    QVERIFY2(timer.elapsed() < 200, qPrintable(QString::number(timer.elapsed())));
}

void TestPanels::bars_ofManyNames_gatherTheLeast() {
    std::vector<BarGroup> groups;
    for (int i = 0; i < 50; ++i) {
        groups.push_back({QString::number(i),
                          {{i == 30  ? 0.6
                            : i == 2 ? 0.3
                                     : 0.1 / 48,
                            kNan, kNan}}});
    }
    const auto few = arranged(groups, false, 5, QStringLiteral("others (%1)"));
    QCOMPARE(few.size(), std::size_t{5});
    QCOMPARE(few[0].name, QStringLiteral("0"));
    QCOMPARE(few.back().name, QStringLiteral("others (46)"));
    QVERIFY(std::abs(few.back().bars[0].value - 46 * 0.1 / 48) < 1e-12);
    const auto sorted = arranged(groups, true, 5, QStringLiteral("others (%1)"));
    QCOMPARE(sorted[0].name, QStringLiteral("30"));
    QCOMPARE(sorted[1].name, QStringLiteral("2"));
    const auto crowd = fakeLottery(50);
    const auto view = shown<BarsView>(barsPanel(), *crowd);
    QCOMPARE(view->groups().size(), std::size_t{50});
    QCOMPARE(view->csv().count(QLatin1Char('\n')), 51);
}

void TestPanels::bars_severalSources_areSeriesWithWhiskersAndBands() {
    const auto vote = fakeVote(1);
    lab::Panel panel = barsPanel();
    const std::vector<std::pair<std::string, std::string>> columns{
        {"name", "name"}, {"value", "value"}, {"least", "low"}, {"greatest", "high"}};
    panel.sources = {{"ratings", "before", columns},
                     {"ratings", "after", columns},
                     {"ratings", "whiskers", {{"name", "name"}, {"low", "value"}}}};
    const auto view = shown<BarsView>(panel, *vote);
    const auto& groups = view->groups();
    QCOMPARE(groups.size(), std::size_t{40});
    QCOMPARE(groups[3].bars.size(), std::size_t{2});
    QVERIFY(groups[3].bars[0].low < groups[3].bars[0].value);
    QCOMPARE(groups[3].bars[1].low, groups[3].bars[1].value); // the last has the whiskers
    QVERIFY(groups[3].bars[1].least < groups[3].bars[1].value);
    QVERIFY(groups[3].bars[1].greatest > groups[3].bars[1].value);
    QVERIFY(view->csv().contains(QStringLiteral("\nbefore,model 1,")));
    QVERIFY(view->csv().contains(QStringLiteral("\nafter,model 1,")));
}

void TestPanels::bars_sorted_areInOrder() {
    const auto lottery = fakeLottery(6);
    const auto view = shown<BarsView>(barsPanel(), *lottery);
    const QImage given = view->image(1);
    view->setSwitch(QStringLiteral("order"), 1);
    QCOMPARE(view->switches().front().current, 1);
    QVERIFY(view->image(1) != given); // Cedar comes before Birch
    QTest::mouseMove(view.get(), view->rect().center());
    QVERIFY(!view->image(2).isNull());
}

void TestPanels::leaders_withADivergedRun_putItLast() {
    FakeComparison comparison({"bad", "good", "best"});
    comparison.scalar(0, "loss/train", 0, 0, 3.0);
    comparison.scalar(0, "loss/train", 1, 1, HUGE_VAL);
    comparison.scalar(1, "loss/train", 1, 2, 2.0);
    comparison.scalar(2, "loss/train", 1, 3, 1.0);
    comparison.finish();
    lab::Panel panel = leadersPanel();
    panel.sources[0].channel = "loss/train";
    const auto view = shown<LeadersView>(panel, comparison, QSize(260, 200));
    QCOMPARE(view->rows()[0].name, QStringLiteral("best"));
    QCOMPARE(view->rows()[2].name, QStringLiteral("bad"));
    QVERIFY(!view->rows()[2].remark.isEmpty());
    panel.sources[0].role = "higher";
    QCOMPARE(shown<LeadersView>(panel, comparison)->rows()[0].name, QStringLiteral("good"));
    comparison.model().setPlayHead(0); // before the bad one broke
    view->refreshNow();
    QCOMPARE(view->rows().size(), std::size_t{1});
    QCOMPARE(view->rows()[0].value, 3.0);
    QSignalSpy emphasis(&comparison.model(), &ComparisonModel::emphasisChanged);
    QTest::mouseMove(view.get(), QPoint(100, 20));
    QCOMPARE(emphasis.count(), 1);
}

void TestPanels::notes_ofSeveralRuns_areGathered() {
    FakeComparison comparison({"SGD", "SOAP", "Muon"});
    const lab::Note same{"edge", lab::NoteKind::Information, "The learning rate is at the edge."};
    comparison.run(0).accept(same);
    comparison.run(2).accept(same);
    comparison.run(1).accept(lab::Note{"w", lab::NoteKind::Warning, "One seed only."});
    comparison.finish();
    const auto view = shown<NotesView>(notesPanel(), comparison, QSize(260, 300));
    QCOMPARE(view->entries().size(), std::size_t{2});
    QCOMPARE(view->entries()[0].kind, lab::NoteKind::Warning);
    QCOMPARE(view->entries()[1].runs,
             (std::vector<QString>{QStringLiteral("SGD"), QStringLiteral("Muon")}));
    QVERIFY(view->csv().contains(QStringLiteral("information,SGD; Muon,The learning rate")));
    const QList<Callout*> callouts = view->findChildren<Callout*>();
    QCOMPARE(callouts.size(), 2);
    QVERIFY(callouts[0]->heightForWidth(100) > callouts[0]->heightForWidth(400));
}

void TestPanels::table_ofScalarsAndTables_hasUnitsAndPassesTheModelTester() {
    const auto training = fakeTraining(40);
    TableView view(fakePanel("table", {{"loss/train", ""}, {"loss/validation", ""}}),
                   training->model(), nullptr);
    QAbstractItemModelTester tester(const_cast<CellModel*>(&view.cells()),
                                    QAbstractItemModelTester::FailureReportingMode::QtTest);
    view.refreshNow();
    QCOMPARE(view.cells().rowCount(), 5);
    QCOMPARE(view.cells().headerData(1, Qt::Horizontal, Qt::DisplayRole).toString(),
             QStringLiteral("training loss [nats]"));
    QSignalSpy resets(&view.cells(), &QAbstractItemModel::modelReset);
    QSignalSpy changes(&view.cells(), &QAbstractItemModel::dataChanged);
    training->scalar(2, "loss/train", 41, 50, 0.5);
    training->model().poll();
    view.refreshNow();
    QCOMPARE(resets.count(), 0);
    QCOMPARE(changes.count(), 1);
    QCOMPARE(view.cells().data(view.cells().index(2, 1), Qt::DisplayRole).toString(),
             QStringLiteral("0.5"));
    training->model().setHidden(1, true);
    view.refreshNow();
    QCOMPARE(view.cells().rowCount(), 4);

    const auto lottery = fakeLottery(6);
    TableView table(fakePanel("table", {{"lottery", ""}}), lottery->model(), nullptr);
    table.refreshNow();
    QCOMPARE(table.cells().rowCount(), 6);
    QVERIFY(table.csv().startsWith(QStringLiteral("candidate,probability,low,high\nAspen,0.45,")));
    TableView grid(fakePanel("table", {{"margins", ""}}), lottery->model(), nullptr);
    grid.refreshNow();
    QCOMPARE(grid.cells().columnCount(), 7);
}

void TestPanels::table_ofSentences_wrapsThemInItsWidth() {
    FakeComparison comparison({"one"});
    const std::string sentence =
        "A refresh sorts the basis vectors, but not the second moment that is kept in them, so "
        "that each direction is divided by what was measured along another one.";
    comparison.table(
        0, "sweep", 1,
        {{std::vector<std::string>{sentence, "short"}, std::vector<double>{1, 2},
          std::vector<double>{1, 2}, std::vector<double>{1, 2}, std::vector<double>{1, 2}}});
    comparison.finish();
    TableView view(fakePanel("table", {{"sweep", ""}}), comparison.model(), nullptr);
    view.resize(700, 300);
    view.show();
    view.refreshNow();
    const auto* table = view.findChild<QTableView*>();
    QVERIFY(table != nullptr);
    QVERIFY(table->horizontalHeader()->length() <= table->viewport()->width());
    QVERIFY(table->rowHeight(0) > 1.5 * table->rowHeight(1));
    QVERIFY(view.contentHeight() > table->rowHeight(0) + table->rowHeight(1));
    view.resize(2000, 300); // with room enough, every row is a line
    QTRY_COMPARE(table->rowHeight(0), table->rowHeight(1));
}

void TestPanels::table_ofNegativeNumbers_hasTrueMinusSigns() {
    CellModel cells;
    const auto shown = [&cells](const CellModel::Cell& cell, int role = Qt::DisplayRole) {
        cells.set({QStringLiteral("x")}, {{cell}});
        return cells.data(cells.index(0, 0), role).toString();
    };
    QCOMPARE(shown(CellModel::number(-19, "")), QStringLiteral("−19"));
    QCOMPARE(shown(CellModel::number(-0.25, "")), QStringLiteral("−0.25"));
    QCOMPARE(shown(CellModel::number(2.5e-7, "s")), QStringLiteral("2.5e−7"));
    QCOMPARE(shown(CellModel::number(-0.04, "%")), QStringLiteral("−4\u2009%"));
    QCOMPARE(shown(CellModel::number(-2.5e-7, ""), Qt::ToolTipRole), QStringLiteral("−2.5e−7"));
    QCOMPARE(cells.csv(), QStringLiteral("x\n-2.5e-7\n"));
    QCOMPARE(shown(CellModel::words(QStringLiteral("lr 1e-4"))), QStringLiteral("lr 1e−4"));
    QCOMPARE(cells.csv(), QStringLiteral("x\nlr 1e-4\n"));
}

PSEPHOS_QT_TEST(TestPanels)
#include "tst_panels.moc"
