// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/robust_lottery/electorates.hpp"
#include "experiments/voting/robust_lottery/robust_lottery.hpp"
#include "lab/run_context.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>
#include <unistd.h>

using namespace psephos;
using experiments::describeRobustLottery;
using experiments::exampleGroups;
using experiments::makeRobustLottery;

namespace {

/// Keeps the last frame of each channel, how many there were, and the notes.
class Keeper final : public lab::FrameSink {
  public:
    void accept(std::string_view channel, lab::Frame frame) override {
        ++count[std::string(channel)];
        frames[std::string(channel)] = std::move(frame);
    }

    void accept(lab::Note note) override { notes[note.id] = note.text; }

    std::map<std::string, lab::Frame> frames;
    std::map<std::string, int> count;
    std::map<std::string, std::string> notes;
};

struct Outcome {
    lab::Result<lab::Advance> result = lab::Advance::Done;
    Keeper kept;
    int steps = 0;

    const lab::Table& table(const std::string& channel) const {
        REQUIRE(kept.frames.contains(channel));
        return *std::get<lab::TablePtr>(kept.frames.at(channel).payload);
    }

    double scalar(const std::string& channel) const {
        return std::get<double>(kept.frames.at(channel).payload);
    }

    std::vector<double> chances() const { return table("robust").numbers(1); }
};

using Settings = std::vector<std::pair<std::string, lab::Value>>;

Outcome run(const Settings& settings) {
    const lab::Description description = describeRobustLottery();
    lab::RunScenario scenario;
    scenario.experiment = description.id;
    scenario.knobs = lab::KnobValues(description.knobs);
    scenario.knobs.set("resamples", std::int64_t{0});
    for (const auto& [knob, value] : settings) {
        REQUIRE(description.knob(knob) != nullptr);
        REQUIRE(description.knob(knob)->check(value).ok());
        scenario.knobs.set(knob, value);
    }
    Outcome outcome;
    const std::atomic<bool> stop = false;
    lab::RunContext context(scenario, 1, outcome.kept, stop);
    const auto computation = makeRobustLottery();
    const auto started = computation->start(context);
    if (!started) {
        outcome.result = started.error();
        return outcome;
    }
    do {
        context.setStep(++outcome.steps);
        outcome.result = computation->advance(context);
    } while (outcome.result.ok() && *outcome.result == lab::Advance::More && outcome.steps < 1000);
    // Every frame is of a channel that is described, with its columns.
    for (const auto& [id, frame] : outcome.kept.frames) {
        const lab::Channel* channel = description.channel(id);
        REQUIRE(channel != nullptr);
        CHECK(channel->kind == lab::kindOf(frame.payload));
        if (channel->kind == lab::FrameKind::Table) {
            CHECK(outcome.table(id).columns.size() == channel->columns.size());
        }
    }
    return outcome;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
    REQUIRE(a.size() == b.size());
    double largest = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, std::abs(a[i] - b[i]));
    }
    return largest;
}

/// A file of this test process, gone at its end.
class File {
  public:
    File(const std::string& name, const std::string& content)
        : path_(std::filesystem::temp_directory_path() /
                ("psephos-robust-" + std::to_string(::getpid()) + "-" + name)) {
        std::ofstream(path_) << content;
    }

    ~File() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }

    std::string path() const { return path_.string(); }

  private:
    std::filesystem::path path_;
};

} // namespace

TEST_CASE("robustLotteryRun_everyExample_holdsTheWholePath") {
    for (const auto& example : exampleGroups()) {
        CAPTURE(example.id);
        const Outcome outcome = run({{"example", example.id}});
        REQUIRE(outcome.result.ok());
        const lab::Table& certificate = outcome.table("certificate");
        REQUIRE(certificate.rows() == 11);
        for (std::size_t row = 0; row < 11; ++row) {
            CHECK(certificate.numbers(0)[row] == doctest::Approx(0.1 * double(row)));
            CHECK(certificate.numbers(2)[row] - certificate.numbers(1)[row] < 1e-9);
            CHECK(certificate.numbers(1)[row] <= 1e-12);
        }
        const std::size_t n = outcome.table("robust").rows();
        const lab::Table& lottery = outcome.table("lottery");
        REQUIRE(lottery.rows() == 11 * n);
        const std::vector<double>& p = lottery.numbers(2);
        for (std::size_t row = 0; row < 11; ++row) {
            const auto from = p.begin() + std::ptrdiff_t(row * n);
            CHECK(std::accumulate(from, from + std::ptrdiff_t(n), 0.0) == doctest::Approx(1.0));
        }
        CHECK(outcome.kept.frames.contains("triangle/field") == (n >= 3));
        CHECK(outcome.kept.notes.contains("certificate"));
        CHECK(outcome.kept.notes.contains("gain"));
        CHECK(outcome.kept.count.at("lottery") == 1);
    }
}

// Two groups and two options: spec of lotteries §6.2; 0.6 and −0.5 with α = 0, weight 0.6.
TEST_CASE("robustLotteryRun_twoGroups_isTheClosedForm") {
    const auto tram = [](double rho) {
        return run({{"example", "two"}, {"alpha", 0.0}, {"rho", rho}}).chances()[0];
    };
    CHECK(tram(0.1) == doctest::Approx(1.0));
    CHECK(tram(0.2) == doctest::Approx(0.8636363636));
    CHECK(tram(0.4) == doctest::Approx(0.6818181818));
    CHECK(tram(1.0) == doctest::Approx(0.5454545455));
}

TEST_CASE("robustLotteryRun_worstGroup_gainsAndTheMeanPays") {
    const Outcome outcome = run({{"example", "niche"}, {"rho", 1.0}});
    const lab::Table& groups = outcome.table("groups");
    REQUIRE(groups.rows() == 2);
    CHECK(groups.texts(0)[1] == "Newcomers");
    CHECK(groups.numbers(1)[1] == doctest::Approx(0.2));
    CHECK(groups.numbers(3)[1] > groups.numbers(2)[1] + 0.2);
    CHECK(groups.numbers(3)[0] < groups.numbers(2)[0]);
}

TEST_CASE("robustLotteryRun_editedMargins_moveEveryGroupAlike") {
    const double none = std::numeric_limits<double>::quiet_NaN();
    const Outcome before = run({{"example", "two"}, {"alpha", 0.0}, {"rho", 0.0}});
    CHECK(before.chances()[0] == doctest::Approx(1.0)); // the first is ahead by 0.16
    lab::MatrixValue edits{2, 2, {none, -0.1, none, none}};
    const Outcome after =
        run({{"example", "two"}, {"alpha", 0.0}, {"rho", 0.0}, {"margins", edits}});
    CHECK(after.chances()[0] == doctest::Approx(0.0).epsilon(1e-9));
    const auto& grid = *std::get<lab::GridPtr>(after.kept.frames.at("margins").payload);
    CHECK(grid.at(0, 1) == doctest::Approx(-0.1));
    CHECK(grid.at(1, 0) == doctest::Approx(0.1));
    CHECK(after.kept.notes.contains("edits"));
    // Both groups' margins are 0.26 less: 0.34 and −0.76, weights 0.6 and 0.4.
    const lab::Table& groups = after.table("groups");
    CHECK(groups.numbers(3)[0] == doctest::Approx(0.5 * (1.0 - 0.34)));
    CHECK(groups.numbers(3)[1] == doctest::Approx(0.5));
    edits.values = {none, 0.1, 0.1, none};
    const Outcome wrong = run({{"example", "two"}, {"margins", edits}});
    REQUIRE_FALSE(wrong.result.ok());
    CHECK(wrong.result.error().place == "knob 'margins'");
}

TEST_CASE("robustLotteryRun_eachKnob_changesTheAnswer") {
    const Settings base{{"example", "models"}, {"rho", 0.4}};
    const std::vector<double> answer = run(base).chances();
    const Settings turns{{"rho", 0.1},          {"set", "edge_box"},
                         {"ties", "half"},      {"alpha", 20.0},
                         {"pessimism", 1.0},    {"weights", "0.25,0.25,0.25,0.25"},
                         {"heterogeneity", 0.2}};
    for (const auto& turn : turns) {
        CAPTURE(turn.first);
        Settings settings = base;
        std::erase_if(settings, [&turn](const auto& each) { return each.first == turn.first; });
        settings.push_back(turn);
        CHECK(distance(run(settings).chances(), answer) > 1e-3);
    }
    Settings other = base;
    other.emplace_back("solver", "linear_program");
    CHECK(distance(run(other).chances(), answer) < 1e-8);
}

TEST_CASE("robustLotteryRun_equalGroups_gainNothingFromDistance") {
    const Outcome outcome = run({{"example", "walk"}, {"heterogeneity", 0.0}, {"rho", 0.9}});
    CHECK(distance(outcome.table("maximal").numbers(1), outcome.chances()) < 1e-8);
    CHECK(std::abs(outcome.scalar("value")) < 1e-9);
}

TEST_CASE("robustLotteryRun_resamples_streamInAndEndTheSame") {
    const Settings settings{{"example", "walk"}, {"resamples", std::int64_t{40}}};
    const Outcome one = run(settings);
    REQUIRE(one.result.ok());
    CHECK(one.steps >= 3);
    CHECK(one.kept.notes.at("held-out").find("Held out: 40 resamples") == 0);
    const lab::Table& heldOut = one.table("held_out");
    REQUIRE(heldOut.rows() == 22);
    for (std::size_t row = 0; row < heldOut.rows(); ++row) {
        CHECK(heldOut.numbers(3)[row] <= heldOut.numbers(2)[row]);
        CHECK(heldOut.numbers(2)[row] <= heldOut.numbers(4)[row]);
    }
    CHECK(std::isfinite(one.table("robust").numbers(2)[0]));
    const Outcome other = run(settings);
    CHECK(other.table("held_out").numbers(2) == heldOut.numbers(2));
}

TEST_CASE("robustLotteryRun_manySmallGroups_areNamedByTheFirst") {
    std::string battles = "model_a,model_b,winner,place\n";
    for (const char* place : {"a", "b", "c", "d", "e", "f", "g", "h", "i"}) {
        battles += std::string("x,y,model_a,") + place + "\n";
    }
    const File file("small.csv", battles);
    const Outcome outcome = run({{"data", file.path()}});
    REQUIRE(outcome.result.ok());
    const std::string note = outcome.kept.notes.at("few");
    CHECK(note.find("f (") != std::string::npos);
    CHECK(note.find("g (") == std::string::npos);
    CHECK(note.find(" and 3 more") != std::string::npos);
}

TEST_CASE("robustLotteryRun_withoutGroup_takesAColumnOfFewWords") {
    std::string battles = "id,model_a,model_b,winner,place,language\n";
    for (int i = 0; i < 30; ++i) {
        battles += "q" + std::to_string(i) + ",x,y,model_" + (i % 3 == 0 ? "b" : "a") + ",here," +
                   (i % 2 == 0 ? "en" : "pl") + "\n";
    }
    const File file("many.csv", battles);
    const Outcome outcome = run({{"data", file.path()}});
    REQUIRE(outcome.result.ok());
    CHECK(outcome.table("groups").texts(0) == std::vector<std::string>{"en", "pl"});
}

TEST_CASE("robustLotteryRun_fileOfBattles_isGroupedByItsColumn") {
    const File file("battles.csv", "model_a,model_b,winner,language,shift\n"
                                   "x,y,model_a,en,day\nx,y,model_a,en,night\n"
                                   "x,y,model_b,pl,day\ny,z,model_a,en,day\n"
                                   "z,x,tie,pl,night\n");
    const Outcome byLanguage = run({{"data", file.path()}});
    REQUIRE(byLanguage.result.ok());
    CHECK(byLanguage.table("groups").texts(0) == std::vector<std::string>{"en", "pl"});
    const Outcome byShift = run({{"data", file.path()}, {"group", "shift"}});
    REQUIRE(byShift.result.ok());
    CHECK(byShift.table("groups").texts(0) == std::vector<std::string>{"day", "night"});
    CHECK(byLanguage.kept.notes.contains("unseen"));
    const Outcome unknown = run({{"data", file.path()}, {"group", "colour"}});
    REQUIRE(!unknown.result.ok());
    CHECK(unknown.result.error().place == "knob 'group'");
    CHECK(!run({{"data", file.path()}, {"unseen", "refuse"}}).result.ok());
    CHECK(run({{"data", file.path()}, {"unseen", "impute"}}).result.ok());
    CHECK(run({{"data", file.path()}, {"unseen", "interval"}}).scalar("value") < 0.0);
}

TEST_CASE("robustLotteryRun_winMatrix_isOneGroup") {
    const File file("wins.csv", "w,a,b,c\na,,6,2\nb,4,,7\nc,8,3,\n");
    const Outcome outcome = run({{"data", file.path()}});
    REQUIRE(outcome.result.ok());
    CHECK(outcome.kept.notes.contains("groups"));
    CHECK(distance(outcome.table("maximal").numbers(1), outcome.chances()) < 1e-9);
    const Outcome box = run({{"data", file.path()}, {"set", "edge_box"}, {"rho", 1.0}});
    CHECK(!box.kept.notes.contains("groups"));
    CHECK(box.scalar("value") == doctest::Approx(-2.0 / 3.0).epsilon(0.2));
}

TEST_CASE("robustLotteryRun_wrongWeights_areErrorsThatNameTheKnob") {
    for (const char* weights : {"0.5", "a,b", "1,-1", "0,0", "0.5,,0.5"}) {
        CAPTURE(weights);
        const Outcome outcome = run({{"example", "niche"}, {"weights", weights}});
        REQUIRE(!outcome.result.ok());
        CHECK(outcome.result.error().place == "knob 'weights'");
    }
    const Outcome equal = run({{"example", "niche"}, {"weights", "1, 1"}});
    REQUIRE(equal.result.ok());
    CHECK(equal.table("groups").numbers(1) == std::vector<double>{0.5, 0.5});
}
