// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/experiment.hpp"
#include "ui/panels/comparison_model.hpp"
#include "ui/panels/reading.hpp"
#include "ui/support/fake_runs.hpp"
#include "ui/support/qt_test.hpp"

#include <QSignalSpy>

#include <cmath>

using namespace psephos;
using namespace psephos::tests;
using psephos::ui::ComparisonModel;

class TestComparisonModel : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void init() { failOnWarnings(); }

    void show_ofNothing_endsAtZero();
    void show_ofRuns_followsTheNewest();
    void show_ofTheSameRunsAgain_keepsPlayHeadAndVisibility();
    void poll_withoutNews_isSilent();
    void poll_withFrames_movesAPlayHeadThatFollows();
    void poll_withFrames_leavesAScrubbedPlayHead();
    void setPlayHead_outsideTheRun_isClamped();
    void setKey_toSeconds_keepsTheInstant();
    void setHidden_twice_signalsOnce();
    void turnKnob_tellsWhoListens();
    void turnKnobs_tellsWhoListensOnce();
    void frameAtHead_whileScrubbing_isTheFrameBefore();
};

void TestComparisonModel::show_ofNothing_endsAtZero() {
    FakeComparison comparison({});
    QCOMPARE(comparison.model().end(), 0.0);
    QVERIFY(comparison.model().description() == nullptr);
    comparison.model().poll();
    comparison.model().setKey(lab::Key::Seconds);
    comparison.model().setPlayHead(3);
    QCOMPARE(comparison.model().playHead(), 0.0);
}

void TestComparisonModel::show_ofRuns_followsTheNewest() {
    const auto race = fakeRace(20);
    QVERIFY(race->model().followsNewest());
    QCOMPARE(race->model().end(), 20.0);
    QCOMPARE(race->model().playHead(), 20.0);
    QCOMPARE(race->model().description(), &fakeDescription());
}

void TestComparisonModel::show_ofTheSameRunsAgain_keepsPlayHeadAndVisibility() {
    const auto race = fakeRace(20);
    race->model().setPlayHead(7);
    race->model().setHidden(2, true);
    QSignalSpy other(&race->model(), &ComparisonModel::runsChanged);
    race->model().show(race->model().comparison());
    QCOMPARE(other.count(), 0);
    QCOMPARE(race->model().playHead(), 7.0);
    QVERIFY(race->model().isHidden(2));
    lab::Comparison fewer = race->model().comparison();
    fewer.runs.pop_back();
    race->model().show(fewer);
    QCOMPARE(other.count(), 1);
    QVERIFY(race->model().followsNewest());
    QVERIFY(!race->model().isHidden(2));
    race->model().clear();
    QVERIFY(race->model().runs().empty());
}

void TestComparisonModel::poll_withoutNews_isSilent() {
    const auto race = fakeRace(5);
    QSignalSpy frames(&race->model(), &ComparisonModel::framesChanged);
    QSignalSpy moved(&race->model(), &ComparisonModel::playHeadMoved);
    race->model().poll();
    QCOMPARE(frames.count(), 0);
    QCOMPARE(moved.count(), 0);
}

void TestComparisonModel::poll_withFrames_movesAPlayHeadThatFollows() {
    FakeComparison comparison({"SGD", "SOAP"});
    QSignalSpy frames(&comparison.model(), &ComparisonModel::framesChanged);
    QSignalSpy moved(&comparison.model(), &ComparisonModel::playHeadMoved);
    comparison.scalar(0, "loss", 0, 0, 1);
    comparison.scalar(0, "loss", 1, 0.5, 1);
    comparison.scalar(1, "loss", 3, 0.2, 1);
    comparison.model().poll();
    QCOMPARE(frames.count(), 1);
    QCOMPARE(moved.count(), 1);
    QCOMPARE(comparison.model().playHead(), 3.0);
    comparison.model().setKey(lab::Key::Seconds);
    QCOMPARE(comparison.model().playHead(), 0.5);
}

void TestComparisonModel::poll_withFrames_leavesAScrubbedPlayHead() {
    FakeComparison comparison({"SGD"});
    comparison.scalar(0, "loss", 10, 1, 1);
    comparison.model().poll();
    comparison.model().setPlayHead(4);
    QVERIFY(!comparison.model().followsNewest());
    comparison.scalar(0, "loss", 11, 1.1, 1);
    comparison.model().poll();
    QCOMPARE(comparison.model().playHead(), 4.0);
    QCOMPARE(comparison.model().end(), 11.0);
    comparison.model().followNewest();
    QCOMPARE(comparison.model().playHead(), 11.0);
}

void TestComparisonModel::setPlayHead_outsideTheRun_isClamped() {
    const auto race = fakeRace(20);
    race->model().setPlayHead(-3);
    QCOMPARE(race->model().playHead(), 0.0);
    race->model().setPlayHead(1e9);
    QCOMPARE(race->model().playHead(), 20.0);
    race->model().setPlayHead(std::nan(""));
    QCOMPARE(race->model().playHead(), 20.0);
}

void TestComparisonModel::setKey_toSeconds_keepsTheInstant() {
    FakeComparison comparison({"fast", "slow"});
    for (int step = 0; step <= 10; ++step) {
        comparison.scalar(0, "loss", step, step * 0.1, 1);
        comparison.scalar(1, "loss", step, step * 0.4, 1);
    }
    comparison.finish();
    QSignalSpy keys(&comparison.model(), &ComparisonModel::keyChanged);
    comparison.model().setPlayHead(5);
    comparison.model().setKey(lab::Key::Seconds);
    QCOMPARE(keys.count(), 1);
    QCOMPARE(comparison.model().playHead(), 2.0); // when the slower one did step 5
    QCOMPARE(comparison.model().end(), 4.0);
    comparison.model().setPlayHead(0.8);
    comparison.model().setKey(lab::Key::Step);
    QCOMPARE(comparison.model().playHead(), 8.0); // as far as the faster one had come
}

void TestComparisonModel::setHidden_twice_signalsOnce() {
    const auto race = fakeRace(5);
    QSignalSpy visibility(&race->model(), &ComparisonModel::visibilityChanged);
    race->model().setHidden(1, true);
    race->model().setHidden(1, true);
    QCOMPARE(visibility.count(), 1);
    QCOMPARE(ui::visibleRuns(race->model()).size(), std::size_t{4});
    race->model().setHidden(1, false);
    QCOMPARE(ui::visibleRuns(race->model()).size(), std::size_t{5});
}

void TestComparisonModel::turnKnob_tellsWhoListens() {
    const auto race = fakeRace(5);
    QString knob;
    lab::Value value;
    bool isSettled = false;
    connect(&race->model(), &ComparisonModel::knobTurned, this,
            [&](const QString& id, const lab::Value& to, bool settled) {
                knob = id;
                value = to;
                isSettled = settled;
            });
    race->model().turnKnob(QStringLiteral("start"), lab::PointValue{1, 2}, true);
    QCOMPARE(knob, QStringLiteral("start"));
    QVERIFY(value == lab::Value(lab::PointValue{1, 2}));
    QVERIFY(isSettled);
}

void TestComparisonModel::turnKnobs_tellsWhoListensOnce() {
    const auto race = fakeRace(5);
    std::vector<std::vector<ui::KnobTarget>> heard;
    connect(&race->model(), &ui::ComparisonModel::knobsTurned, this,
            [&](const std::vector<ui::KnobTarget>& targets) { heard.push_back(targets); });
    const std::vector<ui::KnobTarget> targets{{QStringLiteral("rule"), std::string("borda")},
                                              {QStringLiteral("rho"), 0.5}};
    race->model().turnKnobs(targets);
    QCOMPARE(heard.size(), std::size_t{1});
    QVERIFY(heard.front() == targets);
}

void TestComparisonModel::frameAtHead_whileScrubbing_isTheFrameBefore() {
    FakeComparison comparison({"SGD"});
    for (const int step : {0, 10, 20}) {
        comparison.scalar(0, "loss", step, step, step * 2.0);
    }
    comparison.finish();
    QCOMPARE(ui::sampleAtHead(comparison.model(), comparison.run(0), "loss")->value, 40.0);
    comparison.model().setPlayHead(13);
    QCOMPARE(ui::sampleAtHead(comparison.model(), comparison.run(0), "loss")->value, 20.0);
    QVERIFY(!ui::sampleAtHead(comparison.model(), comparison.run(0), "unigram"));
}

PSEPHOS_QT_TEST(TestComparisonModel)
#include "tst_comparison_model.moc"
