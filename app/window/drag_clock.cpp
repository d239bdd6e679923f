// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/drag_clock.hpp"

#include "app/window/target.hpp"
#include "ui/panels/heatmap_view.hpp"
#include "ui/shell/main_window.hpp"
#include "ui/shell/session.hpp"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QMouseEvent>
#include <QTemporaryDir>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

namespace psephos::window {

namespace {

constexpr int kCandidates = 50;
constexpr int kMoves = 200;
constexpr int kPatienceMs = 60000;

/// A win matrix of ballots that lean towards the first candidates.
QByteArray inventedWins() {
    std::mt19937 random(1);
    std::vector<std::vector<int>> wins(kCandidates, std::vector<int>(kCandidates, 0));
    for (int row = 0; row < kCandidates; ++row) {
        for (int column = row + 1; column < kCandidates; ++column) {
            wins[row][column] = 40 + static_cast<int>(random() % 61) + (column - row) / 4;
            wins[column][row] = 40 + static_cast<int>(random() % 61);
        }
    }
    QByteArray csv = "wins";
    for (int column = 0; column < kCandidates; ++column) {
        csv += ",c" + QByteArray::number(column);
    }
    for (int row = 0; row < kCandidates; ++row) {
        csv += "\nc" + QByteArray::number(row);
        for (int column = 0; column < kCandidates; ++column) {
            csv += ',' + (row == column ? QByteArray() : QByteArray::number(wins[row][column]));
        }
    }
    return csv + '\n';
}

bool waitFor(const std::function<bool()>& isTrue) {
    QElapsedTimer patience;
    patience.start();
    while (!isTrue()) {
        if (patience.elapsed() > kPatienceMs) {
            return false;
        }
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 1);
    }
    return true;
}

void send(QWidget& widget, QEvent::Type type, const QPointF& at, Qt::MouseButton button) {
    QMouseEvent event(type, at, widget.mapToGlobal(at), button,
                      type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::LeftButton,
                      Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &event);
}

/// Milliseconds from each move of the hand until its own lottery has been drawn.
std::vector<double> drag(ui::MainWindow& window, ui::HeatmapView& map, lab::RunPtr run) {
    const QPointF from = map.cellRect({0, 1}).center();
    send(map, QEvent::MouseButtonPress, from, Qt::LeftButton);
    std::vector<double> answers;
    for (int move = 0; move < kMoves; ++move) {
        const double lift = move % 2 == 0 ? 20 + move * 0.1 : 60 + move * 0.1;
        const auto before = run->history();
        QElapsedTimer clock;
        clock.start();
        send(map, QEvent::MouseMove, from - QPointF(0, lift), Qt::NoButton);
        // What streams in after the lottery is not waited for.
        const bool isAnswered = waitFor([&] { return run->history() != before; });
        window.session().poll();
        QCoreApplication::processEvents(); // draws what the answer changed
        if (isAnswered) {
            answers.push_back(static_cast<double>(clock.nsecsElapsed()) * 1e-6);
        }
    }
    send(map, QEvent::MouseButtonRelease, from, Qt::LeftButton);
    return answers;
}

} // namespace

lab::Result<std::string> measureDrag(ui::MainWindow& window, const std::string& training) {
    lab::Workbench& bench = window.session().workbench();
    TargetArguments target;
    target.name = training;
    if (const std::size_t colon = training.find(':'); colon != std::string::npos) {
        target.name = training.substr(0, colon);
        target.preset = training.substr(colon + 1);
    }
    auto scenario = scenarioOf(target, bench.registry());
    if (!scenario) {
        return scenario.error();
    }
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("fifty.csv")));
    if (!file.open(QIODevice::WriteOnly) || file.write(inventedWins()) < 0) {
        return lab::Error{"the election can't be written", "", file.fileName().toStdString()};
    }
    file.close();
    auto trained = bench.start(*scenario);
    if (!trained) {
        return trained.error();
    }
    const auto steps = [&] {
        std::int64_t sum = 0;
        for (const lab::RunPtr& run : trained->runs) {
            sum += run->status().step;
        }
        return sum;
    };
    window.session().openFile(file.fileName());
    const auto map = [&]() -> ui::HeatmapView* {
        for (auto* each : window.findChildren<ui::HeatmapView*>()) {
            if (!each->panel().edits.empty()) {
                return each;
            }
        }
        return nullptr;
    };
    const bool isReady = waitFor([&] {
        return steps() > 20 && map() != nullptr && map()->cellRect({0, 1}).isValid();
    });
    if (!isReady || window.session().model().runs().empty()) {
        return lab::Error{"the training or the lottery did not start", "", ""};
    }
    const std::int64_t before = steps();
    std::vector<double> answers = drag(window, *map(), window.session().model().runs().front());
    const std::int64_t meanwhile = steps() - before;
    for (const lab::RunPtr& run : trained->runs) {
        (void)bench.cancel(run->id());
    }
    if (answers.empty()) {
        return lab::Error{"no move was answered", "", ""};
    }
    std::ranges::sort(answers);
    const auto at = [&](double share) {
        return answers[static_cast<std::size_t>(share * static_cast<double>(answers.size() - 1))];
    };
    return nlohmann::json{{"moves", answers.size()},
                          {"median_ms", at(0.5)},
                          {"p99_ms", at(0.99)},
                          {"worst_ms", answers.back()},
                          {"trained_steps", meanwhile}}
        .dump();
}

} // namespace psephos::window
