// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of ui/plot that need no window: numbers, ticks, labels, series, contours, bands.
#include "ui/plot/bands.hpp"
#include "ui/plot/colours.hpp"
#include "ui/plot/contours.hpp"
#include "ui/plot/label_layout.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/plot/series.hpp"
#include "ui/plot/ticks.hpp"
#include "ui/theme/theme.hpp"

#include <QTest>

#include <cmath>
#include <limits>
#include <random>

using namespace psephos;
using namespace psephos::ui;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// f on a grid of n × n nodes over [-2, 2]².
template <typename F>
lab::Grid gridOf(F&& f, std::size_t n = 65) {
    lab::Grid grid;
    for (std::size_t i = 0; i < n; ++i) {
        const double at = -2 + 4.0 * static_cast<double>(i) / static_cast<double>(n - 1);
        grid.x.at.push_back(at);
        grid.y.at.push_back(at);
    }
    for (const double y : grid.y.at) {
        for (const double x : grid.x.at) {
            grid.values.push_back(f(x, y));
        }
    }
    return grid;
}

} // namespace

class TestPlotParts : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void shortNumber_ofManyMagnitudes_isShort_data();
    void shortNumber_ofManyMagnitudes_isShort();
    void percentText_nearZero_saysSo();
    void csvField_withSpecialCharacters_isQuoted();
    void typeset_wordsWithNumbers_haveTrueMinusSigns_data();
    void typeset_wordsWithNumbers_haveTrueMinusSigns();
    void linearTicks_overAnyRange_areRoundAndInside();
    void linearTicks_ofAnEmptyRange_areNone();
    void logTicks_overManyDecades_arePowersOfTen();
    void logTicks_withinOneDecade_areOneTwoFive();
    void ticks_ofAnyAxis_areAtLeastThree();
    void spread_ofCloseLabels_leavesNoOverlap();
    void spread_withRoom_movesNothing();
    void besidePoint_atTheRightEdge_goesLeft();
    void toPoints_withInfinities_hasGaps();
    void toPoints_onALogAxis_dropsWhatIsNotPositive();
    void splitAt_betweenPoints_sharesTheInterpolatedPoint();
    void exponentialMean_ofAConstant_isTheConstantFromTheStart();
    void exponentialMean_afterAStep_isHalfWayAfterItsHalfLife();
    void geometricMean_withAnOutlier_staysNearTheOthers();
    void exponentialMean_ofAMillionSamples_keepsFewPoints();
    void contourLines_ofACone_areCirclesThatClose();
    void contourLines_ofAPlane_areOneStraightLineAcross();
    void contourLines_ofASaddle_areTwoBranches();
    void contourLines_besideNan_stopThere();
    void bandScale_levels_haveTheirOwnPositions();
    void bandScale_ofInfinitiesAndNan_usesTheFiniteValues();
    void bandImage_ofASlope_risesThroughTheColours();
    void bandImage_outsideTheGrid_isTransparent();
    void readableOn_forEveryRunColour_reachesTheRatio();
};

void TestPlotParts::shortNumber_ofManyMagnitudes_isShort_data() {
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << 0.0 << QStringLiteral("0");
    QTest::newRow("negative zero") << -0.0 << QStringLiteral("0");
    QTest::newRow("one") << 1.0 << QStringLiteral("1");
    QTest::newRow("thirds") << 1.0 / 3 << QStringLiteral("0.333");
    QTest::newRow("trailing zeros") << 0.25 << QStringLiteral("0.25");
    QTest::newRow("rounds up") << 999.7 << QStringLiteral("1000");
    QTest::newRow("negative") << -12.0 << QStringLiteral("−12");
    QTest::newRow("small") << 0.00013 << QStringLiteral("1.3e−4");
    QTest::newRow("rounds up into plain form") << 0.00099999 << QStringLiteral("0.001");
    QTest::newRow("large") << 1234567.0 << QStringLiteral("1.23e6");
    QTest::newRow("nan") << kNan << QStringLiteral("–");
    QTest::newRow("infinite") << -kInfinity << QStringLiteral("−∞");
}

void TestPlotParts::shortNumber_ofManyMagnitudes_isShort() {
    QFETCH(double, value);
    QFETCH(QString, text);
    QCOMPARE(shortNumber(value), text);
}

void TestPlotParts::percentText_nearZero_saysSo() {
    QCOMPARE(percentText(0.62), QStringLiteral("62\u2009%"));
    QCOMPARE(percentText(0.0345), QStringLiteral("3.5\u2009%"));
    QCOMPARE(percentText(0), QStringLiteral("0\u2009%"));
    QCOMPARE(percentText(1e-5), QStringLiteral("< 0.1\u2009%"));
    QCOMPARE(percentText(0.0999), QStringLiteral("10\u2009%"));
}

void TestPlotParts::csvField_withSpecialCharacters_isQuoted() {
    QCOMPARE(csvField(QStringLiteral("plain")), QStringLiteral("plain"));
    QCOMPARE(csvField(QStringLiteral("a,b")), QStringLiteral("\"a,b\""));
    QCOMPARE(csvField(QStringLiteral("say \"hi\"")), QStringLiteral("\"say \"\"hi\"\"\""));
}

void TestPlotParts::typeset_wordsWithNumbers_haveTrueMinusSigns_data() {
    QTest::addColumn<QString>("words");
    QTest::addColumn<QString>("set");
    const auto row = [](const char* words, const char* set) {
        QTest::newRow(words) << QString::fromUtf8(words) << QString::fromUtf8(set);
    };
    row("SOAP lr 1e-4", "SOAP lr 1e−4");
    row("start (-1.35, -2)", "start (−1.35, −2)");
    row("power -.5", "power −.5");
    row("-19 of 20", "−19 of 20");
    row("12 %, then 5 %.", "12\u00a0%, then 5\u00a0%.");
    row("a full 2 × 2 matrix", "a full 2\u00a0×\u00a02 matrix");
    // What is no number, and what is typed or opened, stays.
    row("one-sided SOAP-2, 3-5", "one-sided SOAP-2, 3-5");
    row("run lr=1e-3 x=-1", "run lr=1e-3 x=-1");
    row("--at 5", "--at 5");
    row("a/b-1e-3.csv, d-2/-1", "a/b-1e-3.csv, d-2/-1");
    row("a 100 %b", "a 100 %b");
}

void TestPlotParts::typeset_wordsWithNumbers_haveTrueMinusSigns() {
    QFETCH(QString, words);
    QFETCH(QString, set);
    QCOMPARE(typeset(words), set);
    QCOMPARE(csvField(set).remove(QLatin1Char('"')), words); // programs read the hyphen
}

void TestPlotParts::linearTicks_overAnyRange_areRoundAndInside() {
    std::mt19937 random(7);
    std::uniform_real_distribution<double> exponent(-6, 8);
    std::uniform_real_distribution<double> offset(-3, 3);
    for (int round = 0; round < 500; ++round) {
        const double span = std::pow(10.0, exponent(random));
        const double low = offset(random) * span;
        const Ticks ticks = linearTicks(low, low + span, 5);
        QVERIFY(ticks.at.size() >= 3);
        QVERIFY(ticks.at.size() <= 7);
        QCOMPARE(ticks.labels.size(), ticks.at.size());
        for (std::size_t i = 0; i < ticks.at.size(); ++i) {
            QVERIFY(ticks.at[i] >= low - 1e-6 * span && ticks.at[i] <= low + span * (1 + 1e-6));
            QVERIFY2(i == 0 || ticks.labels[i] != ticks.labels[i - 1], qPrintable(ticks.labels[i]));
        }
    }
    QCOMPARE(linearTicks(0, 20000, 4).labels.back(), QStringLiteral("20k"));
    QCOMPARE(linearTicks(0, 0.6, 3, TickKind::Percent).labels.back(), QStringLiteral("60\u2009%"));
    QCOMPARE(linearTicks(-1, 1, 4).labels.front(), QStringLiteral("−1.0"));
}

void TestPlotParts::linearTicks_ofAnEmptyRange_areNone() {
    QVERIFY(linearTicks(1, 1, 5).at.empty());
    QVERIFY(linearTicks(2, 1, 5).at.empty());
    QVERIFY(linearTicks(kNan, 1, 5).at.empty());
    QVERIFY(linearTicks(0, kInfinity, 5).at.empty());
    QVERIFY(linearTicks(1e300, 1e300 * (1 + 1e-16), 5).at.empty());
    QVERIFY(logTicks(0, 1, 5).at.empty());
    QVERIFY(logTicks(-1, 1, 5).at.empty());
}

void TestPlotParts::logTicks_overManyDecades_arePowersOfTen() {
    const Ticks ticks = logTicks(1e-7, 20, 5);
    QCOMPARE(ticks.labels.front(), QStringLiteral("10⁻⁶"));
    QCOMPARE(ticks.labels.back(), QStringLiteral("10⁰"));
    QVERIFY(ticks.at.size() <= 5);
    QCOMPARE(ticks.at.front(), 1e-6);
    QVERIFY(logTicks(1e-300, 1e300, 6).at.size() <= 13);
    // Counts are read as they are.
    QCOMPARE(
        logTicks(1, 200, 5).labels,
        (std::vector<QString>{QStringLiteral("1"), QStringLiteral("10"), QStringLiteral("100")}));
    QCOMPARE(logTicks(1, 2e5, 6).labels.front(), QStringLiteral("10⁰"));
}

void TestPlotParts::logTicks_withinOneDecade_areOneTwoFive() {
    const Ticks ticks = logTicks(1.5, 30, 5);
    const std::vector<QString> expected{QStringLiteral("2"), QStringLiteral("5"),
                                        QStringLiteral("10"), QStringLiteral("20")};
    QCOMPARE(ticks.labels, expected);
    QVERIFY(logTicks(2.31, 2.64, 5).at.size() >= 2); // less than a factor 3: linear ones
}

void TestPlotParts::ticks_ofAnyAxis_areAtLeastThree() {
    std::mt19937 random(11);
    std::uniform_real_distribution<double> exponent(-8, 8);
    std::uniform_real_distribution<double> decades(0.05, 14);
    for (int round = 0; round < 2000; ++round) {
        const double low = std::pow(10.0, exponent(random));
        const double high = low * std::pow(10.0, decades(random));
        const int wanted = 2 + round % 7;
        for (const Ticks& ticks : {logTicks(low, high, wanted), linearTicks(low, high, wanted)}) {
            QVERIFY2(ticks.at.size() >= 3,
                     qPrintable(QStringLiteral("%1 to %2, %3").arg(low).arg(high).arg(wanted)));
            const double slack = 1e-6 * (high - low);
            QVERIFY(ticks.at.front() >= low - slack);
            QVERIFY(ticks.at.back() <= high + slack);
        }
    }
}

void TestPlotParts::spread_ofCloseLabels_leavesNoOverlap() {
    std::mt19937 random(11);
    std::uniform_real_distribution<double> where(-20, 220);
    for (int round = 0; round < 300; ++round) {
        std::vector<double> wanted(1 + static_cast<std::size_t>(round % 10));
        for (double& y : wanted) {
            y = where(random);
        }
        const std::vector<double> centres = spread(wanted, 16, 0, 200);
        for (std::size_t i = 0; i < centres.size(); ++i) {
            QVERIFY(centres[i] >= 8 - 1e-9 && centres[i] <= 192 + 1e-9);
            for (std::size_t j = 0; j < i; ++j) {
                QVERIFY(std::abs(centres[i] - centres[j]) >= 16 - 1e-9);
                if (wanted[i] != wanted[j]) {
                    QCOMPARE(centres[i] < centres[j], wanted[i] < wanted[j]);
                }
            }
        }
    }
    QVERIFY(!fits(13, 16, 0, 200));
    QCOMPARE(spread(std::vector<double>(20, 100.0), 16, 0, 200).size(), std::size_t{20});
    QVERIFY(spread({}, 16, 0, 200).empty());
}

void TestPlotParts::spread_withRoom_movesNothing() {
    const std::vector<double> wanted{150, 20, 90};
    QCOMPARE(spread(wanted, 16, 0, 200), wanted);
}

void TestPlotParts::besidePoint_atTheRightEdge_goesLeft() {
    const QRectF bounds(0, 0, 300, 200);
    const QRectF free = besidePoint(QPointF(150, 100), QSizeF(60, 14), 8, bounds, {});
    QVERIFY(free.left() > 150);
    const QRectF atEdge = besidePoint(QPointF(290, 100), QSizeF(60, 14), 8, bounds, {});
    QVERIFY(bounds.contains(atEdge));
    QVERIFY(atEdge.right() < 290);
    const std::vector<QRectF> taken{free};
    const QRectF other = besidePoint(QPointF(150, 100), QSizeF(60, 14), 8, bounds, taken);
    QVERIFY(!other.intersects(free));
}

void TestPlotParts::toPoints_withInfinities_hasGaps() {
    const Points points = toPoints({{0, 1, 2}, {1, kInfinity, 3}}, false);
    QCOMPARE(points.size(), 3);
    QVERIFY(std::isnan(points[1].value));
    QCOMPARE(points[2].value, 3.0);
}

void TestPlotParts::toPoints_onALogAxis_dropsWhatIsNotPositive() {
    const Points points = toPoints({{0, 1, 2, 3}, {1, 0, -2, 3}}, true);
    QCOMPARE(points.size(), 2);
    QCOMPARE(points[1].key, 3.0);
}

void TestPlotParts::splitAt_betweenPoints_sharesTheInterpolatedPoint() {
    const Points points = toPoints({{0, 10, 20}, {1, 3, 5}}, false);
    const SplitPoints split = splitAt(points, 15, false);
    QCOMPARE(split.before.size(), 3);
    QCOMPARE(split.before.constLast().value, 4.0);
    QCOMPARE(split.after.constFirst().key, 15.0);
    QCOMPARE(split.after.size(), 2);
    const SplitPoints logarithmic = splitAt(toPoints({{0, 2}, {1, 100}}, true), 1, true);
    QVERIFY(std::abs(logarithmic.before.constLast().value - 10) < 1e-9);
    const SplitPoints behind = splitAt(points, 99, false);
    QCOMPARE(behind.before.size(), 3);
    QVERIFY(behind.after.isEmpty());
    const SplitPoints onAPoint = splitAt(points, 10, false);
    QCOMPARE(onAPoint.before.size(), 2);
    QCOMPARE(onAPoint.after.constFirst().key, 10.0);
}

void TestPlotParts::exponentialMean_ofAConstant_isTheConstantFromTheStart() {
    ExponentialMean mean(10);
    std::vector<lab::Sample> samples;
    for (int i = 0; i < 50; ++i) {
        samples.push_back({i, i * 0.1, 4.0});
    }
    mean.feed(samples);
    const lab::Trace trace = mean.trace(lab::Key::Step, 0, 49);
    QCOMPARE(trace.values.size(), std::size_t{50});
    for (const double value : trace.values) {
        QVERIFY(std::abs(value - 4) < 1e-12);
    }
    QVERIFY(std::isnan(mean.at(lab::Key::Step, -1)));
    QVERIFY(std::abs(mean.at(lab::Key::Seconds, 1e9) - 4) < 1e-12);
}

void TestPlotParts::exponentialMean_afterAStep_isHalfWayAfterItsHalfLife() {
    ExponentialMean mean(20);
    std::vector<lab::Sample> samples;
    for (int i = 0; i < 10000; ++i) { // long enough that the start no longer counts
        samples.push_back({i, 0.0, 0.0});
    }
    for (int i = 0; i < 20; ++i) {
        samples.push_back({10000 + i, 0.0, i == 5 ? kNan : 1.0});
    }
    samples.push_back({10020, 0.0, 1.0}); // the NaN did not count
    mean.feed(samples);
    QVERIFY(std::abs(mean.at(lab::Key::Step, 10020) - 0.5) < 1e-9);
}

void TestPlotParts::geometricMean_withAnOutlier_staysNearTheOthers() {
    ExponentialMean mean(10, true);
    std::vector<lab::Sample> samples;
    for (int i = 0; i < 200; ++i) {
        samples.push_back({i, 0.0, i == 150 ? 1e4 : i == 151 ? -1.0 : 2.0});
    }
    mean.feed(samples);
    QVERIFY(std::abs(mean.at(lab::Key::Step, 149) - 2) < 1e-9);
    QVERIFY(mean.at(lab::Key::Step, 150) < 4);
    // An outlier of the factor r that weighs w moves the mean by the factor r^w.
    const double weight = 1 - std::exp2(-0.1);
    QVERIFY(std::abs(mean.at(lab::Key::Step, 150) - 2 * std::pow(5000, weight)) < 1e-3);
}

void TestPlotParts::exponentialMean_ofAMillionSamples_keepsFewPoints() {
    ExponentialMean mean(100);
    std::vector<lab::Sample> samples(1'000'000);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = {static_cast<std::int64_t>(i), static_cast<double>(i), 1.0};
    }
    QElapsedTimer timer;
    timer.start();
    mean.feed(samples);
    QVERIFY2(timer.elapsed() < 500, qPrintable(QString::number(timer.elapsed())));
    const lab::Trace trace = mean.trace(lab::Key::Step, 0, 1e6);
    QVERIFY(trace.keys.size() <= 16385);
    QVERIFY(trace.keys.size() >= 8000);
    QCOMPARE(trace.keys.back(), 999999.0);
}

void TestPlotParts::contourLines_ofACone_areCirclesThatClose() {
    const lab::Grid grid = gridOf([](double x, double y) { return std::hypot(x, y); });
    const std::vector<QPolygonF> lines = contourLines(grid, 1.0);
    QCOMPARE(lines.size(), std::size_t{1});
    QCOMPARE(lines[0].first(), lines[0].last());
    QVERIFY(lines[0].size() > 40);
    for (const QPointF& point : lines[0]) {
        QVERIFY(std::abs(std::hypot(point.x(), point.y()) - 1) < 0.01);
    }
}

void TestPlotParts::contourLines_ofAPlane_areOneStraightLineAcross() {
    const std::vector<QPolygonF> lines =
        contourLines(gridOf([](double x, double) { return x; }, 9), 0.3);
    QCOMPARE(lines.size(), std::size_t{1});
    QCOMPARE(lines[0].size(), 9);
    for (const QPointF& point : lines[0]) {
        QVERIFY(std::abs(point.x() - 0.3) < 1e-12);
    }
    QVERIFY(contourLines(gridOf([](double, double) { return 1.0; }, 5), 2).empty());
}

void TestPlotParts::contourLines_ofASaddle_areTwoBranches() {
    const lab::Grid grid = gridOf([](double x, double y) { return x * y; }, 40);
    QCOMPARE(contourLines(grid, 0.25).size(), std::size_t{2});
    QCOMPARE(contourLines(grid, -0.25).size(), std::size_t{2});
}

void TestPlotParts::contourLines_besideNan_stopThere() {
    const lab::Grid grid = gridOf([](double x, double y) { return x > 1.01 ? kNan : y; }, 33);
    const std::vector<QPolygonF> lines = contourLines(grid, 0.1);
    QCOMPARE(lines.size(), std::size_t{1});
    for (const QPointF& point : lines[0]) {
        QVERIFY(point.x() <= 1.01);
    }
}

void TestPlotParts::bandScale_levels_haveTheirOwnPositions() {
    const lab::Grid grid = gridOf(
        [](double x, double y) { return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x); });
    const BandScale scale = bandScale(grid, 16);
    const std::vector<double> levels = scale.levels();
    QCOMPARE(levels.size(), std::size_t{15});
    for (std::size_t i = 0; i < levels.size(); ++i) {
        QVERIFY(std::abs(scale.position(levels[i]) - static_cast<double>(i + 1)) < 1e-9);
    }
    QCOMPARE(scale.position(scale.low), 0.0);
    QCOMPARE(scale.position(scale.high), 16.0);
    QVERIFY(std::isnan(scale.position(kNan)));
}

void TestPlotParts::bandScale_ofInfinitiesAndNan_usesTheFiniteValues() {
    lab::Grid grid = gridOf([](double x, double) { return x; }, 5);
    grid.values[3] = kInfinity;
    grid.values[4] = kNan;
    const BandScale scale = bandScale(grid, 8);
    QCOMPARE(scale.low, -2.0);
    QCOMPARE(scale.high, 2.0);
    QCOMPARE(scale.position(kInfinity), 8.0);
    lab::Grid nothing = gridOf([](double, double) { return kNan; }, 5);
    QVERIFY(std::isfinite(bandScale(nothing, 8).position(3)));
    lab::Grid flat = gridOf([](double, double) { return 7.0; }, 5);
    QCOMPARE(bandScale(flat, 8).position(7), 0.0);
}

void TestPlotParts::bandImage_ofASlope_risesThroughTheColours() {
    const lab::Grid grid = gridOf([](double x, double) { return x; }, 5);
    const BandScale scale = bandScale(grid, 4);
    const std::vector<QRgb> colours{qRgb(0, 0, 0), qRgb(50, 0, 0), qRgb(100, 0, 0),
                                    qRgb(150, 0, 0)};
    const QImage image =
        bandImage(grid, scale, colours, QRectF(QPointF(-2, -2), QPointF(2, 2)), QSize(80, 20));
    QCOMPARE(image.size(), QSize(80, 20));
    QCOMPARE(qRed(image.pixel(0, 10)), 0);
    QCOMPARE(qRed(image.pixel(79, 10)), 150);
    for (int x = 1; x < 80; ++x) {
        QVERIFY(qRed(image.pixel(x, 3)) >= qRed(image.pixel(x - 1, 3)));
    }
}

void TestPlotParts::bandImage_outsideTheGrid_isTransparent() {
    const lab::Grid grid = gridOf([](double x, double y) { return x + y; }, 5);
    const QImage image = bandImage(grid, bandScale(grid, 4), ramp(Qt::black, Qt::white, 4),
                                   QRectF(QPointF(-4, -4), QPointF(4, 4)), QSize(40, 40));
    QCOMPARE(qAlpha(image.pixel(2, 2)), 0);
    QCOMPARE(qAlpha(image.pixel(20, 20)), 255);
    lab::Grid named;
    named.x.names = {"a", "b"};
    named.y.names = {"a", "b"};
    named.values = {0, 1, 2, 3};
    QVERIFY(bandImage(named, {}, ramp(Qt::black, Qt::white, 4), {}, QSize(4, 4)).isNull());
}

void TestPlotParts::readableOn_forEveryRunColour_reachesTheRatio() {
    for (const ThemeKind kind : {ThemeKind::Light, ThemeKind::Dark, ThemeKind::Print}) {
        const Theme& theme = Theme::of(kind);
        for (const QColor& colour : theme.runs) {
            QVERIFY(contrast(readableOn(colour, theme.panel), theme.panel) >= 4.5);
        }
    }
}

QTEST_APPLESS_MAIN(TestPlotParts)
#include "tst_plot_parts.moc"
