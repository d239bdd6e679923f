// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/maximal_lottery/examples.hpp"
#include "experiments/voting/maximal_lottery/maximal_lottery.hpp"
#include "lab/run_context.hpp"
#include "timing.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>
#include <random>
#include <unistd.h>

using namespace psephos;
using experiments::describeMaximalLottery;
using experiments::exampleElections;
using experiments::makeMaximalLottery;

namespace {

/// Keeps the last frame of each channel and the notes.
class Keeper final : public lab::FrameSink {
  public:
    void accept(std::string_view channel, lab::Frame frame) override {
        frames[std::string(channel)] = std::move(frame);
    }

    void accept(lab::Note note) override { notes[note.id] = std::move(note); }

    std::map<std::string, lab::Frame> frames;
    std::map<std::string, lab::Note> notes;
};

struct Outcome {
    lab::Result<lab::Advance> result = lab::Advance::Done;
    Keeper kept;

    const lab::Table& lottery() const {
        return *std::get<lab::TablePtr>(kept.frames.at("lottery").payload);
    }

    const lab::Grid& margins() const {
        return *std::get<lab::GridPtr>(kept.frames.at("margins").payload);
    }

    double gap() const { return std::get<double>(kept.frames.at("gap").payload); }

    double probability(const std::string& candidate) const {
        const auto& names = lottery().texts(0);
        const auto found = std::find(names.begin(), names.end(), candidate);
        REQUIRE(found != names.end());
        return lottery().numbers(1)[std::size_t(found - names.begin())];
    }

    std::string note(const std::string& id) const {
        const auto found = kept.notes.find(id);
        return found == kept.notes.end() ? "" : found->second.text;
    }
};

Outcome run(const std::vector<std::pair<std::string, lab::Value>>& settings,
            bool toTheEnd = false) {
    const lab::Description description = describeMaximalLottery();
    lab::RunScenario scenario;
    scenario.experiment = description.id;
    scenario.knobs = lab::KnobValues(description.knobs);
    for (const auto& [knob, value] : settings) {
        REQUIRE(description.knob(knob) != nullptr);
        REQUIRE(description.knob(knob)->check(value).ok());
        scenario.knobs.set(knob, value);
    }
    Outcome outcome;
    const std::atomic<bool> stop = false;
    lab::RunContext context(scenario, 1, outcome.kept, stop);
    const auto computation = makeMaximalLottery();
    const auto started = computation->start(context);
    if (!started) {
        outcome.result = started.error();
        return outcome;
    }
    // The first step answers; what takes longer streams in afterwards.
    int step = 0;
    do {
        context.setStep(++step);
        outcome.result = computation->advance(context);
    } while (toTheEnd && outcome.result.ok() && *outcome.result == lab::Advance::More);
    return outcome;
}

/// A file of this test process, gone at its end.
class File {
  public:
    File(const std::string& name, const std::string& content)
        : path_(std::filesystem::temp_directory_path() /
                ("psephos-lottery-" + std::to_string(::getpid()) + "-" + name)) {
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

constexpr double kNotSet = std::numeric_limits<double>::quiet_NaN();

} // namespace

TEST_CASE("maximalLotteryRun_description_isSound") {
    const auto faults = lab::validate(describeMaximalLottery());
    CAPTURE(faults);
    CHECK(faults.empty());
    // Edits are about the candidates of one electorate.
    CHECK(describeMaximalLottery().knob("margins")->resetBy ==
          std::vector<std::string>{"data", "example"});
}

TEST_CASE("maximalLotteryRun_examples_areInventedAndSolved") {
    for (const auto& election : exampleElections()) {
        CAPTURE(election.id);
        CHECK(election.label.ends_with("(invented)"));
        const Outcome outcome = run({{"example", election.id}});
        REQUIRE(outcome.result.ok());
        CHECK(outcome.lottery().texts(0) == election.candidates);
        const auto& p = outcome.lottery().numbers(1);
        CHECK(std::accumulate(p.begin(), p.end(), 0.0) == doctest::Approx(1.0));
        CHECK(outcome.gap() < 1e-15);
        CHECK(outcome.margins().x.names == election.candidates);
        CHECK(outcome.margins().y.names == election.candidates);
        CHECK_FALSE(outcome.note("certificate").empty());
    }
}

TEST_CASE("maximalLotteryRun_examples_showWhatTheirStoriesSay") {
    const Outcome harbour = run({});
    const auto& p = harbour.lottery().numbers(1);
    CHECK(std::count_if(p.begin(), p.end(), [](double each) { return each > 0.1; }) == 5);
    CHECK(harbour.probability("Car park") == 0.0);
    CHECK(harbour.note("uniqueness") ==
          "5 of 7 candidates have a chance. No other lottery is maximal.");

    const Outcome meal = run({{"example", std::string("meal")}});
    CHECK(meal.margins().values == std::vector<double>{0, 3, -7, -3, 0, 5, 7, -5, 0});
    CHECK(meal.probability("Pizza") == doctest::Approx(5.0 / 15).epsilon(1e-14));
    CHECK(meal.probability("Curry") == doctest::Approx(7.0 / 15).epsilon(1e-14));

    const Outcome square = run({{"example", std::string("square")}});
    CHECK(square.probability("Garden") == 1.0);
    CHECK(square.note("uniqueness") == "Garden is certain to win. No other lottery is maximal.");

    const Outcome holiday = run({{"example", std::string("holiday")}});
    CHECK(holiday.probability("City") == 0.0);
    CHECK(holiday.probability("Mountains") > 0.3);
    CHECK(holiday.probability("Sea") > 0.3);
    CHECK(holiday.note("uniqueness").find("a set of 1 dimension,") != std::string::npos);
    const Outcome corner =
        run({{"example", std::string("holiday")}, {"solver", std::string("linear_program")}});
    CHECK(corner.gap() < 1e-9);
    CHECK(corner.note("uniqueness").find("linear program") != std::string::npos);
}

TEST_CASE("maximalLotteryRun_winMatrix_isRead") {
    const File file("wins.csv",
                    ",a,\"b, the second\",c\na,,9,4\n\"b, the second\",6,,10\nc,11,5,\n");
    const Outcome outcome = run({{"data", file.path()}});
    REQUIRE(outcome.result.ok());
    CHECK(outcome.margins().values == std::vector<double>{0, 3, -7, -3, 0, 5, 7, -5, 0});
    CHECK(outcome.probability("b, the second") == doctest::Approx(7.0 / 15));
    CHECK(outcome.kept.notes.size() == 2);
}

TEST_CASE("maximalLotteryRun_editedMargins_replaceThePairAndItsMirror") {
    // m_ab from 3 to 5 in the cycle: p_a falls from 5/15 to 5/17.
    lab::MatrixValue edits{3, 3, std::vector<double>(9, kNotSet)};
    edits.values[1] = 5.0;
    for (const bool mirrorToo : {false, true}) {
        edits.values[3] = mirrorToo ? -5.0 : kNotSet;
        const Outcome outcome = run({{"example", std::string("meal")}, {"margins", edits}});
        REQUIRE(outcome.result.ok());
        CHECK(outcome.margins().values == std::vector<double>{0, 5, -7, -5, 0, 5, 7, -5, 0});
        CHECK(outcome.probability("Pizza") == doctest::Approx(5.0 / 17).epsilon(1e-14));
        CHECK(outcome.note("edited") == "1 margin was set by hand; the votes say something else.");
    }
    edits.values[1] = kNotSet; // the mirror alone
    const Outcome mirror = run({{"example", std::string("meal")}, {"margins", edits}});
    REQUIRE(mirror.result.ok());
    CHECK(mirror.margins().at(0, 1) == 5.0);
    CHECK_FALSE(std::signbit(mirror.margins().at(0, 0)));
}

TEST_CASE("maximalLotteryRun_editsThatDoNotFit_areRefused") {
    const auto refusal = [](lab::MatrixValue edits) {
        const Outcome outcome = run({{"example", std::string("meal")}, {"margins", edits}});
        return outcome.result.ok() ? std::string() : outcome.result.error().line();
    };
    CHECK(
        refusal({2, 2, {0, 1, -1, 0}}) ==
        "knob 'margins': it has 2 x 2 cells, but the votes are on 3 candidates (reset it, or give "
        "a cell for every pair)");
    lab::MatrixValue edits{3, 3, std::vector<double>(9, kNotSet)};
    edits.values[1] = 5.0;
    edits.values[3] = 5.0;
    CHECK(refusal(edits).starts_with(
        "knob 'margins': the margin of Pizza over Curry is 5, and that of Curry over Pizza 5"));
    edits.values[3] = kNotSet;
    edits.values[4] = 1.0;
    CHECK(refusal(edits) ==
          "knob 'margins': the margin of Curry over itself is 1 (it can only be 0)");
}

TEST_CASE("maximalLotteryRun_unseenPairs_areWarnedAbout") {
    const File chain("chain.csv", ",a,b,c\na,,7,\nb,3,,7\nc,,3,\n");
    const Outcome touching = run({{"data", chain.path()}});
    REQUIRE(touching.result.ok());
    CHECK(touching.probability("b") == 0.0);
    CHECK(touching.probability("a") >= 0.5);
    CHECK(touching.kept.notes.at("unseen").kind == lab::NoteKind::Warning);
    CHECK(touching.note("unseen") ==
          "1 pair was never compared and counts as a tie; 1 touches a candidate with a chance (a "
          "and c), so the lottery may rest on votes that are missing.");

    const File losers("losers.csv", ",a,b,c\na,,7,7\nb,3,,\nc,3,,\n");
    const Outcome apart = run({{"data", losers.path()}});
    REQUIRE(apart.result.ok());
    CHECK(apart.probability("a") == 1.0);
    CHECK(apart.kept.notes.at("unseen").kind == lab::NoteKind::Information);

    lab::MatrixValue edits{3, 3, std::vector<double>(9, kNotSet)};
    edits.values[2] = 4.0;
    const Outcome edited = run({{"data", chain.path()}, {"margins", edits}});
    CHECK(edited.note("unseen").empty());
    CHECK(edited.probability("a") == 1.0);
}

TEST_CASE("maximalLotteryRun_marginsBesideAHugeOne_areSaidToBeNeglected") {
    const auto note = [](const std::string& huge) {
        const File file("huge.csv", ",a,b,c\na,," + huge + ",0\nb,0,,1\nc,1,0,\n");
        const Outcome outcome = run({{"data", file.path()}});
        REQUIRE(outcome.result.ok());
        return outcome.note("neglected");
    };
    CHECK(note("1e15") == "2 margins are below 1e-12 of the largest one and count as ties.");
    CHECK(note("1e11").empty());
}

TEST_CASE("maximalLotteryRun_degenerateElections_haveTheirAnswer") {
    const File one("one.csv", ",only\nonly,\n");
    const Outcome single = run({{"data", one.path()}});
    REQUIRE(single.result.ok());
    CHECK(single.probability("only") == 1.0);
    CHECK(single.note("uniqueness") == "There is only one candidate: nothing is left to choose.");
    const File ties("ties.csv", ",a,b\na,,3\nb,3,\n");
    const Outcome tied = run({{"data", ties.path()}});
    REQUIRE(tied.result.ok());
    CHECK(tied.probability("a") == 0.5);
    CHECK(tied.gap() == 0.0);
    CHECK(tied.kept.notes.at("tied").kind == lab::NoteKind::Warning);
}

TEST_CASE("maximalLotteryRun_faultyFiles_nameTheFileAndTheLine") {
    const File broken("broken.csv", ",a,b\na,,x\nb,1,\n");
    const Outcome outcome = run({{"data", broken.path()}});
    REQUIRE_FALSE(outcome.result.ok());
    CHECK(outcome.result.error().place == broken.path() + ", line 2, column 3");
    CHECK(outcome.kept.frames.empty());
    const Outcome absent = run({{"data", std::string("/no/such/file.soi")}});
    REQUIRE_FALSE(absent.result.ok());
    CHECK(absent.result.error().line() == "/no/such/file.soi: no such file");
}

TEST_CASE("maximalLotteryRun_oddFile_isReadWithAWarning") {
    const File odd("odd.soi", "# DATA TYPE: soi\n# NUMBER ALTERNATIVES: 2\n# NUMBER VOTERS: 5\n"
                              "# NUMBER UNIQUE ORDERS: 1\n# ALTERNATIVE NAME 1: a\n"
                              "# ALTERNATIVE NAME 2: b\n4: 1\n");
    const Outcome outcome = run({{"data", odd.path()}});
    REQUIRE(outcome.result.ok());
    CHECK(outcome.note("file-1") ==
          "The file is odd: the header announces 5 voters, the orders count 4.");
}

TEST_CASE("maximalLotteryRun_bounds_areThoseOfAllMaximalLotteries") {
    const Outcome meal = run({{"example", std::string("meal")}});
    CHECK(meal.lottery().numbers(2) == meal.lottery().numbers(1));
    CHECK(meal.lottery().numbers(3) == meal.lottery().numbers(1));
    // Two that tie and beat the third: any mix of them.
    const Outcome holiday = run({{"example", std::string("holiday")}});
    const std::vector<double>& least = holiday.lottery().numbers(2);
    const std::vector<double>& greatest = holiday.lottery().numbers(3);
    for (const std::size_t i : {0, 1}) {
        CHECK(least[i] < holiday.lottery().numbers(1)[i]);
        CHECK(greatest[i] > holiday.lottery().numbers(1)[i]);
        CHECK(least[i] + greatest[1 - i] == doctest::Approx(1.0));
    }
    const Outcome shortest =
        run({{"example", std::string("holiday")}, {"solver", std::string("least_norm")}});
    CHECK(shortest.probability("Mountains") == doctest::Approx(0.5));
    CHECK(shortest.note("uniqueness").find("the shortest of a set") != std::string::npos);
}

TEST_CASE("maximalLotteryRun_scores_areMeanMargins") {
    const Outcome outcome = run({{"example", std::string("meal")}});
    const auto& scores = *std::get<lab::TablePtr>(outcome.kept.frames.at("scores").payload);
    const lab::Grid& margins = outcome.margins();
    for (std::size_t i = 0; i < 3; ++i) {
        const double sum = margins.at(i, 0) + margins.at(i, 1) + margins.at(i, 2);
        CHECK(scores.numbers(1)[i] == doctest::Approx(sum / 2));
        CHECK(scores.numbers(2)[i] == outcome.lottery().numbers(1)[i]);
    }
}

TEST_CASE("maximalLotteryRun_power_goesFromSignsToMargins") {
    const auto pizza = [](double power) {
        return run({{"example", std::string("meal")}, {"power", power}}).probability("Pizza");
    };
    CHECK(pizza(0.0) == doctest::Approx(1.0 / 3));
    CHECK(pizza(1.0) == doctest::Approx(5.0 / 15));
    CHECK(pizza(2.0) == doctest::Approx(25.0 / (9 + 25 + 49)));
}

// a beats b 3 : 1, b beats c 30 : 20, c beats a 60 : 40: rates 1/2, 1/5, 1/5; counts 2, 10, 20.
TEST_CASE("maximalLotteryRun_rule_saysWhatAMarginIs") {
    const File file("uneven.csv", ",a,b,c\na,,3,40\nb,1,,30\nc,60,20,\n");
    const Outcome counts = run({{"data", file.path()}});
    CHECK(counts.probability("a") == doctest::Approx(10.0 / 32));
    const Outcome rates = run({{"data", file.path()}, {"rule", std::string("rates")}});
    CHECK(rates.probability("a") == doctest::Approx(0.2 / 0.9));
    CHECK(rates.margins().at(0, 1) == doctest::Approx(0.5));
    const Outcome smoothed =
        run({{"data", file.path()}, {"rule", std::string("rates")}, {"alpha", 2.0}});
    CHECK(smoothed.margins().at(0, 1) == doctest::Approx(0.25));
    std::string battles = "model_a,model_b,winner\n";
    for (const auto& [line, times] : {std::pair{"a,b,model_a\n", 3},
                                      {"a,b,model_b\n", 1},
                                      {"b,c,model_a\n", 30},
                                      {"b,c,model_b\n", 20},
                                      {"c,a,model_a\n", 60},
                                      {"c,a,model_b\n", 40}}) {
        for (int i = 0; i < times; ++i) {
            battles += line;
        }
    }
    const File log("log.csv", battles);
    CHECK(run({{"data", log.path()}}).probability("a") == doctest::Approx(0.2 / 0.9));
}

TEST_CASE("maximalLotteryRun_unseenPolicies_areFollowed") {
    const File chain("chain2.csv", ",a,b,c\na,,7,\nb,3,,7\nc,,3,\n");
    const auto with = [&chain](const char* policy) {
        return run({{"data", chain.path()},
                    {"rule", std::string("rates")},
                    {"unseen", std::string(policy)}});
    };
    CHECK(std::isnan(with("tie").margins().at(0, 2)));
    const Outcome imputed = with("impute");
    CHECK(imputed.probability("a") == 1.0);
    CHECK(imputed.margins().at(0, 2) > 0.4);
    CHECK(imputed.note("unseen").find("is imputed") != std::string::npos);
    const Outcome refused = with("refuse");
    REQUIRE_FALSE(refused.result.ok());
    CHECK(refused.result.error().place == "knob 'unseen'");
    const Outcome open = with("interval");
    REQUIRE(open.result.ok());
    CHECK(open.gap() < 1e-9);
    CHECK(open.note("certificate").find("whatever the unseen pairs are") != std::string::npos);
    const Outcome counts = run({{"data", chain.path()}, {"unseen", std::string("interval")}});
    REQUIRE_FALSE(counts.result.ok());
    CHECK(counts.result.error().place == "knob 'rule'");
}

TEST_CASE("maximalLotteryRun_drawnVotes_streamInAfterTheLottery") {
    const Outcome first = run({{"example", std::string("meal")}});
    CHECK(*first.result == lab::Advance::More);
    CHECK(first.kept.frames.count("bootstrap") == 0);
    const auto all = [](std::int64_t draws) {
        return run({{"example", std::string("meal")}, {"bootstraps", draws}}, true);
    };
    CHECK(all(0).kept.frames.count("bootstrap") == 0);
    const Outcome outcome = all(50);
    REQUIRE(outcome.result.ok());
    CHECK(outcome.note("bootstrap").find("50 times") != std::string::npos);
    const auto& table = *std::get<lab::TablePtr>(outcome.kept.frames.at("bootstrap").payload);
    const auto& mean = table.numbers(1);
    CHECK(std::accumulate(mean.begin(), mean.end(), 0.0) == doctest::Approx(1.0));
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(table.numbers(2)[i] <= mean[i]);
        CHECK(mean[i] <= table.numbers(3)[i]);
        CHECK(table.numbers(4)[i] > 0.0);
    }
    const auto& grid = *std::get<lab::GridPtr>(outcome.kept.frames.at("distribution").payload);
    for (std::size_t row = 0; row < 3; ++row) {
        const auto from = grid.values.begin() + std::ptrdiff_t(row * grid.x.size());
        CHECK(std::accumulate(from, from + std::ptrdiff_t(grid.x.size()), 0.0) ==
              doctest::Approx(1.0));
    }
    const Outcome repeated = all(50);
    const auto& again = *std::get<lab::TablePtr>(repeated.kept.frames.at("bootstrap").payload);
    CHECK(again.numbers(1) == mean);
}

TEST_CASE("maximalLotteryRun_fiftyCandidates_answerWithinAFrame") {
    std::mt19937_64 engine(3);
    std::string text = "x";
    for (int j = 0; j < 50; ++j) {
        text += ",candidate " + std::to_string(j);
    }
    for (int i = 0; i < 50; ++i) {
        text += "\ncandidate " + std::to_string(i);
        for (int j = 0; j < 50; ++j) {
            text += "," + std::to_string(engine() % 1000);
        }
    }
    const File file("fifty.csv", text + "\n");
    std::vector<double> seconds;
    for (int drag = 0; drag < 31; ++drag) {
        lab::MatrixValue edits{50, 50, std::vector<double>(2500, kNotSet)};
        edits.values[static_cast<std::size_t>(drag) + 1] = 10.0 * drag;
        const auto from = std::chrono::steady_clock::now();
        const Outcome outcome = run({{"data", file.path()}, {"margins", edits}});
        seconds.push_back(
            std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count());
        REQUIRE(outcome.result.ok());
    }
    std::nth_element(seconds.begin(), seconds.begin() + 15, seconds.end());
    MESSAGE("a drag among 50 candidates, median of 31: " << 1e3 * seconds[15] << " ms");
    if (test::kTimesCount) {
        CHECK(seconds[15] < 8e-3);
    }
}

TEST_CASE("maximalLotteryRun_govan2007_isItsTrueCycle" *
          doctest::skip(std::getenv("PSEPHOS_DATA") == nullptr)) {
    const std::string file =
        std::string(std::getenv("PSEPHOS_DATA")) + "/preflib/00008_glasgow/00008-00000009.soi";
    const Outcome outcome = run({{"data", file}});
    REQUIRE(outcome.result.ok());
    std::vector<double> p = outcome.lottery().numbers(1);
    std::sort(p.rbegin(), p.rend());
    CHECK(p[0] == doctest::Approx(0.849083).epsilon(1e-6));
    CHECK(p[1] == doctest::Approx(0.121298).epsilon(1e-5));
    CHECK(p[2] == doctest::Approx(0.029619).epsilon(1e-4));
    CHECK(p[3] == 0.0);
    CHECK(outcome.gap() < 1e-15);
    CHECK(outcome.kept.notes.count("unseen") == 0);
}
