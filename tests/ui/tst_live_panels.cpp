// SPDX-License-Identifier: GPL-3.0-or-later
// Panels of what goes on inside a run: stacked bars, maps side by side, ticks and forks.
#include "lab/experiment.hpp"
#include "ui/panels/curves_view.hpp"
#include "ui/panels/line_view.hpp"
#include "ui/panels/maps_view.hpp"
#include "ui/panels/panels.hpp"
#include "ui/panels/reading.hpp"
#include "ui/panels/stacks_view.hpp"
#include "ui/support/fake_runs.hpp"
#include "ui/support/qt_test.hpp"
#include "ui/theme/theme.hpp"

#include <QLabel>
#include <QSignalSpy>

#include <cmath>
#include <limits>

using namespace psephos;
using namespace psephos::tests;
using namespace psephos::ui;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
using Numbers = std::vector<double>;

template <typename View>
std::unique_ptr<View> shown(const lab::Panel& panel, FakeComparison& comparison,
                            const QSize& size = QSize(600, 320)) {
    auto view = std::make_unique<View>(panel, comparison.model(), nullptr);
    view->resize(size);
    view->show();
    view->refreshNow();
    return view;
}

lab::Panel stacksPanel() {
    lab::Panel panel = fakePanel("stacks", {{"phases", ""}, {"formula", "mark"}});
    panel.sources[0].columns = {{"name", "phase"}, {"value", "ms"}, {"floor", "floor"}};
    panel.x.label = "time";
    panel.x.unit = "ms";
    return panel;
}

lab::Table phases(Numbers milliseconds, Numbers floors) {
    return {{std::vector<std::string>{"gram", "refresh", "gradient"}, std::move(milliseconds),
             std::move(floors)}};
}

lab::Grid square(const Numbers& values) {
    lab::Grid grid;
    const auto size = static_cast<std::size_t>(std::lround(std::sqrt(values.size())));
    for (std::size_t i = 0; i < size; ++i) {
        grid.x.at.push_back(static_cast<double>(i + 1));
    }
    grid.y = grid.x;
    grid.values = values;
    return grid;
}

/// Pixels of about this colour.
int count(const QImage& image, const QRectF& where, const QColor& colour) {
    int found = 0;
    for (int y = qRound(where.top()); y < qRound(where.bottom()); ++y) {
        for (int x = qRound(where.left()); x < qRound(where.right()); ++x) {
            const QColor pixel = image.pixelColor(x, y);
            const int away = std::abs(pixel.red() - colour.red()) +
                             std::abs(pixel.green() - colour.green()) +
                             std::abs(pixel.blue() - colour.blue());
            found += away < 40 ? 1 : 0;
        }
    }
    return found;
}

/// Two runs of a falling loss; the second goes on from the first one at step 20.
std::unique_ptr<FakeComparison> fakeFork(bool isFresh) {
    auto comparison = std::make_unique<FakeComparison>(std::vector<std::string>{"SOAP", "Muon"});
    for (int step = 1; step <= 40; ++step) {
        comparison->scalar(0, "loss", step, step * 0.1, 10 - 0.1 * step);
        comparison->scalar(1, "loss", step, step * 0.1,
                           step <= 20 ? 10 - 0.1 * step : 8 - 0.3 * (step - 20));
    }
    lab::RunRecord record = comparison->run(1).record();
    record.forkedFrom = {comparison->run(0).id(), 20};
    if (isFresh) {
        record.notes.push_back({"fresh-state", lab::NoteKind::Information, "Fresh state."});
    }
    comparison->run(1).setRecord(std::move(record));
    comparison->finish();
    return comparison;
}

} // namespace

class TestLivePanels : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void init() { failOnWarnings(); }

    void cleanup() { ThemeHub::instance().setKind(ThemeKind::Light); }

    void stacks_ofRuns_standPartAfterPart() {
        FakeComparison comparison({"AdamW", "SOAP"});
        comparison.table(0, "phases", 1, phases({0, 0, 3}, {kNan, kNan, kNan}));
        comparison.table(1, "phases", 1, phases({1, 2, 3}, {0.5, 1, kNan}));
        comparison.scalar(1, "formula", 1, 1, 4.5);
        comparison.finish();
        const auto view = shown<StacksView>(stacksPanel(), comparison);
        QCOMPARE(view->stacks().size(), std::size_t{2});
        QCOMPARE(view->stacks()[1].total(), 6.0);
        QCOMPARE(view->stacks()[1].totalFloor(), 1.5);
        QVERIFY(!view->stacks()[0].mark.has_value());
        QCOMPARE(view->stacks()[1].mark.value(), 4.5);
        const auto gram = view->partRect(1, QStringLiteral("gram"));
        const auto refresh = view->partRect(1, QStringLiteral("refresh"));
        const auto gradient = view->partRect(1, QStringLiteral("gradient"));
        QVERIFY(gram && refresh && gradient);
        QVERIFY(!view->partRect(0, QStringLiteral("gram")));
        QCOMPARE(refresh->left(), gram->right());
        QCOMPARE(gradient->left(), refresh->right());
        QVERIFY(std::abs(refresh->width() - 2 * gram->width()) < 1e-6);
        // The same part has the same length and the same colour in all runs.
        const auto other = view->partRect(0, QStringLiteral("gradient"));
        QCOMPARE(other->width(), gradient->width());
        QVERIFY(other->bottom() < gradient->top());
        const QImage image = view->image(1);
        const QColor colour = image.pixelColor((gradient->topLeft() + QPointF(4, 4)).toPoint());
        QCOMPARE(image.pixelColor((other->topLeft() + QPointF(4, 4)).toPoint()), colour);
        QVERIFY(image.pixelColor((gram->topLeft() + QPointF(4, 4)).toPoint()) != colour);
        // The least stands below the run's bar, and is shorter.
        const QRectF below(gram->left(), gram->bottom() + 4, refresh->right() - gram->left(), 4);
        const QColor gramColour = image.pixelColor((gram->topLeft() + QPointF(4, 4)).toPoint());
        const int dark = count(image, below, gramColour);
        QVERIFY2(dark > 0 && dark < 4 * gram->width(), qPrintable(QString::number(dark)));
        const QStringList lines = view->csv().split(QLatin1Char('\n'));
        QVERIFY(lines.contains(QStringLiteral("SOAP,refresh,2,1")));
        QVERIFY(lines.contains(QStringLiteral("SOAP,by the formula,4.5,")));
        QVERIFY(lines.contains(QStringLiteral("AdamW,gradient,3,")));
    }

    void stacks_partsThatAreNothingEverywhere_areLeftOut() {
        FakeComparison comparison({"AdamW"});
        comparison.table(0, "phases", 1, phases({1, 0, 3}, {kNan, kNan, kNan}));
        comparison.finish();
        const auto view = shown<StacksView>(stacksPanel(), comparison);
        QCOMPARE(view->parts(),
                 (std::vector<QString>{QStringLiteral("gram"), QStringLiteral("gradient")}));
    }

    void stacks_whileScrubbed_areThoseOfThePlayHead() {
        FakeComparison comparison({"SOAP"});
        comparison.table(0, "phases", 10, phases({1, 2, 3}, {kNan, kNan, kNan}));
        comparison.table(0, "phases", 20, phases({1, 1, 1}, {kNan, kNan, kNan}));
        comparison.finish();
        const auto view = shown<StacksView>(stacksPanel(), comparison);
        QCOMPARE(view->stacks()[0].total(), 3.0);
        comparison.model().setPlayHead(12);
        view->refreshNow();
        QCOMPARE(view->stacks()[0].total(), 6.0);
    }

    void maps_ofRunsAndSources_shareTheirColours() {
        FakeComparison comparison({"Shampoo", "SOAP", "SGD"});
        comparison.grid(0, "margins", 1, square({1, 0, 0, 1}));
        comparison.grid(1, "margins", 1, square({0.5, 0, 0, 0.5}));
        comparison.grid(1, "shares", 1, square({0, 0, 0, 0, 1, 0, 0, 0, 0.5}));
        comparison.grid(2, "margins", 1, lab::Grid()); // it keeps nothing
        comparison.finish();
        lab::Panel panel = fakePanel("maps", {{"margins", ""}, {"shares", ""}});
        panel.x.label = "new";
        panel.y.label = "old";
        const auto view = shown<MapsView>(panel, comparison, QSize(900, 300));
        QCOMPARE(view->maps().size(), std::size_t{3});
        QCOMPARE(view->maps()[1].name, QStringLiteral("SOAP, margin"));
        QCOMPARE(view->maps()[2].name, QStringLiteral("SOAP, share"));
        for (std::size_t i = 0; i < 3; ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                QVERIFY(!view->cellsOf(i).intersects(view->cellsOf(j)));
            }
            QVERIFY(QRectF(view->rect()).contains(view->cellsOf(i)));
        }
        const QImage image = view->image(1);
        const auto cell = [&](std::size_t map, double x, double y) {
            const QRectF cells = view->cellsOf(map);
            return image.pixelColor(
                (cells.topLeft() + QPointF(cells.width() * x, cells.height() * y)).toPoint());
        };
        QCOMPARE(cell(0, 0.25, 0.75), cell(1, 0.25, 0.75)); // nothing
        QCOMPARE(cell(0, 0.25, 0.25), cell(2, 0.5, 0.5));   // the largest
        QCOMPARE(cell(1, 0.25, 0.25), cell(2, 0.84, 0.84)); // half of it
        QVERIFY(cell(0, 0.25, 0.25) != cell(1, 0.25, 0.25));
        const QRectF third = view->cellsOf(2);
        QCOMPARE(view->sentenceAt(third.center()), QStringLiteral("SOAP, share: old 2, new 2: 1"));
        QVERIFY(view->sentenceAt(QPointF(1, 1)).isEmpty());
        QVERIFY(view->csv().contains(QStringLiteral("\"SOAP, share\",3,3,0.5")));
    }

    void maps_ofManyRuns_leaveOutWhatHasNoRoom() {
        std::vector<std::string> names;
        for (int i = 0; i < 12; ++i) {
            names.push_back("run " + std::to_string(i));
        }
        FakeComparison comparison(names);
        for (std::size_t i = 0; i < names.size(); ++i) {
            comparison.grid(i, "margins", 1, square({1, 0, 0, 1}));
        }
        comparison.finish();
        const auto view = shown<MapsView>(fakePanel("maps", {{"margins", ""}}), comparison);
        QCOMPARE(view->maps().size(), std::size_t{8});
        for (std::size_t i = 0; i < 8; ++i) {
            QVERIFY(QRectF(view->rect()).contains(view->cellsOf(i)));
        }
        comparison.model().setHidden(comparison.run(0).id(), true);
        view->refreshNow();
        QCOMPARE(view->maps().back().name, QStringLiteral("run 8, margin"));
    }

    void newKinds_inAnySizeAndWithAnyNumbers_draw_data() {
        QTest::addColumn<QString>("kind");
        QTest::newRow("stacks") << QStringLiteral("stacks");
        QTest::newRow("maps") << QStringLiteral("maps");
    }

    void newKinds_inAnySizeAndWithAnyNumbers_draw() {
        QFETCH(QString, kind);
        lab::Panel panel = kind == QStringLiteral("stacks")
                               ? stacksPanel()
                               : fakePanel("maps", {{"margins", ""}, {"shares", "signed"}});
        FakeComparison none({});
        FakeComparison silent({"SGD"});
        for (FakeComparison* comparison : {&none, &silent}) {
            std::unique_ptr<PanelView> view(
                PanelRegistry::instance().create(panel, comparison->model(), nullptr));
            view->resize(300, 200);
            view->show();
            view->refreshNow();
            const auto* words =
                view->findChild<QLabel*>(view->objectName() + QStringLiteral(".empty"));
            QVERIFY(words->isVisible() && words->text().endsWith(QLatin1Char('.')));
            QVERIFY(!view->image(1).isNull());
        }
        for (const double value : {0.5, 0.0, kNan, HUGE_VAL, -HUGE_VAL, 1e300, -1e-300}) {
            FakeComparison comparison({"only"});
            comparison.table(0, "phases", 0, phases({value, value, value}, {value, 0, kNan}));
            comparison.scalar(0, "formula", 0, 0, value);
            comparison.grid(0, "margins", 0, square({value, 0, 0, value}));
            comparison.grid(0, "shares", 0, square({value}));
            comparison.finish();
            std::unique_ptr<PanelView> view(
                PanelRegistry::instance().create(panel, comparison.model(), nullptr));
            for (const ThemeKind theme : {ThemeKind::Light, ThemeKind::Dark}) {
                ThemeHub::instance().setKind(theme);
                for (const QSize& size : {QSize(300, 200), QSize(121, 81), QSize(900, 90)}) {
                    view->resize(size);
                    view->show();
                    view->refreshNow();
                    QVERIFY(!view->image(2).isNull());
                    QTest::mouseMove(view.get(), view->rect().center());
                    QVERIFY(!view->image(1).isNull());
                }
            }
            QVERIFY(view->csv().count(QLatin1Char('\n')) >= 2);
        }
    }

    void line_besideAndTicks_areNoCurvesOfTheirOwn() {
        FakeComparison comparison({"Shampoo", "SOAP"});
        for (int step = 1; step <= 100; ++step) {
            for (const std::size_t run : {0, 1}) {
                comparison.scalar(run, "loss", step, step, 0.5);
                comparison.scalar(run, "right", step, step, 0.25);
                if (step % 20 == 0) {
                    comparison.scalar(run, "refresh", step, step, 1);
                }
            }
        }
        comparison.finish();
        lab::Panel panel =
            fakePanel("line", {{"loss", ""}, {"right", "beside"}, {"refresh", "ticks"}});
        panel.y.min = 0;
        const auto view = shown<LineView>(panel, comparison);
        // Ticks say when, not how much: their 1 does not stretch the axis.
        QVERIFY(view->plot().yAxis->range().upper < 0.6);
        const QImage image = view->image(1);
        const QRectF area = view->plot().axisRect()->rect();
        const QColor last = runStyle(ThemeHub::instance().theme(), 2).colour;
        const auto ticksNear = [&](double step) {
            const double x = view->plot().xAxis->coordToPixel(step);
            return count(image, QRectF(x - 2, area.bottom() - 8, 4, 7), last);
        };
        QVERIFY(ticksNear(40) > 0);
        QVERIFY(ticksNear(80) > 0);
        QCOMPARE(ticksNear(50), 0);
        comparison.model().setPlayHead(60);
        view->refreshNow();
        const QImage early = view->image(1);
        const double x = view->plot().xAxis->coordToPixel(80);
        QCOMPARE(count(early, QRectF(x - 2, area.bottom() - 8, 4, 7), last), 0);
    }

    void line_ofAFork_beginsAtItsStepWithARing() {
        const auto comparison = fakeFork(true);
        lab::Panel panel = fakePanel("line", {{"loss", ""}});
        const auto view = shown<LineView>(panel, *comparison, QSize(900, 400));
        const QColor own = runStyle(ThemeHub::instance().theme(), 2).colour;
        const auto pixel = [&](double step, double value) {
            return QPointF(view->plot().xAxis->coordToPixel(step),
                           view->plot().yAxis->coordToPixel(value));
        };
        const auto near = [&](const QImage& image, const QPointF& at) {
            return count(image, QRectF(at - QPointF(5, 5), QSizeF(10, 10)), own);
        };
        QImage image = view->image(1);
        QVERIFY(near(image, pixel(10, 9)) == 0); // before, it is its parent
        QVERIFY(near(image, pixel(30, 5)) > 0);
        const int ring = near(image, pixel(20, 8));
        QVERIFY2(ring > 20, qPrintable(QString::number(ring)));
        // By seconds, too.
        comparison->model().setKey(lab::Key::Seconds);
        view->refreshNow();
        image = view->image(1);
        QVERIFY(near(image, pixel(1, 9)) == 0);
        QVERIFY(near(image, pixel(2, 8)) > 20);
        comparison->model().setKey(lab::Key::Step);
        // Without its parent the whole curve is its own.
        comparison->model().setHidden(comparison->run(0).id(), true);
        view->refreshNow();
        QVERIFY(near(view->image(1), pixel(10, 9)) > 0);
    }

    void line_ofAFork_saysWhereFromAndWhetherStateIsFresh() {
        const auto fresh = fakeFork(true);
        const auto taken = fakeFork(false);
        const lab::Panel panel = fakePanel("line", {{"loss", ""}});
        const auto a = shown<LineView>(panel, *fresh);
        const auto b = shown<LineView>(panel, *taken);
        QCOMPARE(a->forkTexts(), QStringList{QStringLiteral("Muon, fresh state from SOAP at 20")});
        QCOMPARE(b->forkTexts(), QStringList{QStringLiteral("Muon, same state from SOAP at 20")});
        QVERIFY(a->image(1) != b->image(1));
    }

    void caption_standsBesideTheMeaning_andIsNoData() {
        FakeComparison comparison({"SOAP"});
        lab::Panel panel = fakePanel("curves", {{"sweep", ""}, {"story", "caption"}});
        panel.meaning = "what it is";
        CurvesView view(panel, comparison.model(), nullptr);
        view.refreshNow();
        QCOMPARE(view.meaning(), QStringLiteral("what it is"));
        QVERIFY(!hasData(panel, comparison.model()));
        QSignalSpy changed(&view, &PanelView::meaningChanged);
        comparison.run(0).accept(
            "story", lab::Frame{1, 1, std::make_shared<const std::string>("block0, 64 × 16")});
        comparison.finish();
        view.refreshNow();
        QCOMPARE(view.meaning(), QStringLiteral("what it is · block0, 64 × 16"));
        QCOMPARE(changed.size(), 1);
        QVERIFY(!hasData(panel, comparison.model()));
    }
};

PSEPHOS_QT_TEST(TestLivePanels)
#include "tst_live_panels.moc"
