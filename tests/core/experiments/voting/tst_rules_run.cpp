// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiments/voting/one_run.hpp"
#include "experiments/voting/rules/examples.hpp"
#include "experiments/voting/rules/rules.hpp"
#include "timing.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <random>

using namespace psephos;
using experiments::describeRules;
using experiments::rulesFactory;
using test::File;
using Names = std::vector<std::string>;

namespace {

struct Outcome : test::Outcome {
    explicit Outcome(test::Outcome outcome)
        : test::Outcome(std::move(outcome)) {}

    Names winners(const std::string& rule) const {
        Names winners;
        const lab::Table& all = table("winners");
        for (std::size_t row = 0; row < all.rows(); ++row) {
            if (all.texts(0)[row] == rule) {
                winners.push_back(all.texts(1)[row]);
            }
        }
        return winners;
    }
};

Outcome run(const test::Settings& settings,
            const lab::ComputationFactory& factory = rulesFactory()) {
    return Outcome(test::runToTheEnd(describeRules(), factory(), settings));
}

} // namespace

TEST_CASE("rulesRun_description_isSound") {
    const auto faults = lab::validate(describeRules());
    CAPTURE(faults);
    CHECK(faults.empty());
}

TEST_CASE("rulesRun_examples_areDecidedInOneStep") {
    for (const auto& example : experiments::exampleVotes()) {
        CAPTURE(example.id);
        CHECK((example.label.ends_with("(invented)") || example.label.ends_with("(textbook)")));
        const Outcome outcome = run({{"example", example.id}});
        REQUIRE(outcome.result.ok());
        CHECK(outcome.steps == 1);
        CHECK(outcome.kept.count.at("winners") == 1);
        CHECK(outcome.table("scores").rows() == 17 * example.candidates.size());
        CHECK(outcome.table("ballots").rows() == example.groups.size());
        CHECK(outcome.grid("elected").y.names.size() == 17);
    }
}

TEST_CASE("rulesRun_defaultExample_hasFiveWinners") {
    const Outcome outcome = run({});
    REQUIRE(outcome.result.ok());
    CHECK(outcome.winners("plurality") == Names{"Aspen"});
    CHECK(outcome.winners("irv") == Names{"Cedar"});
    CHECK(outcome.winners("borda") == Names{"Douglas"});
    CHECK(outcome.winners("kemeny") == Names{"Elm"});
    CHECK(outcome.note("majority") == "Elm beats every other candidate in a duel.");
    CHECK(outcome.note("kemeny").starts_with(
        "Kemeny's order Elm > Douglas > Cedar > Birch > Aspen agrees with 356 of 550"));
    CHECK(outcome.note("agreement") ==
          "17 rules elect 5 different sets of winners. Copeland, Minimax, Ranked pairs, Schulze, "
          "Kemeny, Smith set, Uncovered set, Bipartisan set, Essential set, Condorcet winner, "
          "Split Cycle, Stable Voting and Plackett-Luce elect Elm. Plurality elects Aspen. Instant "
          "runoff elects Cedar. Borda elects Douglas. Random dictatorship may elect Aspen, Birch, "
          "Cedar, Douglas and Elm.");
    CHECK(outcome.kept.notes.size() == 3);
    // A lottery's share is its chance, and scores stand beside the rules' labels.
    CHECK(outcome.grid("elected").at(0, 0) == 1.0);
    CHECK(outcome.grid("elected").at(12, 0) == doctest::Approx(18.0 / 55.0));
    CHECK(outcome.grid("scores_grid").y.names[2] == "Borda");
    CHECK(outcome.grid("scores_grid").at(2, 3) == 136.0);
    // The Smith set is highlighted, and majorities point from winner to loser.
    CHECK(outcome.table("nodes").numbers(1) == std::vector<double>{0, 0, 0, 0, 1});
    CHECK(outcome.table("edges").rows() == 10);
    CHECK(outcome.table("edges").texts(0)[0] == "Birch");
    CHECK(outcome.table("edges").texts(1)[0] == "Aspen");
    CHECK(outcome.table("edges").numbers(2)[0] == 19.0);
    const lab::Table& scores = outcome.table("scores");
    CHECK(scores.texts(0)[0] == "plurality");
    CHECK(scores.texts(1)[0] == "Aspen");
    CHECK(scores.numbers(2)[0] == 18.0);
    CHECK(scores.numbers(3)[0] == 1.0);
}

TEST_CASE("rulesRun_chosenRules_areAskedAlone") {
    const Outcome outcome = run({{"rules", lab::ChoicesValue{"borda", "irv"}},
                                 {"highlight", std::string("borda")},
                                 {"example", std::string("squeeze")}});
    REQUIRE(outcome.result.ok());
    CHECK(outcome.table("winners").texts(0) == Names{"irv", "borda"});
    CHECK(outcome.winners("irv") == Names{"Left"});
    CHECK(outcome.winners("borda") == Names{"Centre"});
    CHECK(outcome.table("nodes").numbers(1) == std::vector<double>{0, 0, 1});
    CHECK(outcome.grid("elected").y.names == Names{"Instant runoff", "Borda"});
}

TEST_CASE("rulesRun_highlight_takesEveryRuleThatHasARowSomewhere") {
    const lab::Description description = describeRules();
    const lab::Knob& highlight = *description.knob("highlight");
    for (const char* other : {"rules", "axiom_rule"}) {
        for (const lab::ChoiceOption& rule : description.knob(other)->choices) {
            CAPTURE(rule.id);
            CHECK(highlight.check(rule.id).ok());
        }
    }
}

TEST_CASE("rulesRun_bradleyTerryHighlighted_fillsTheStrongest") {
    const test::Settings settings{{"highlight", std::string("bradley_terry")}};
    // Where all pairs meet equally often, its order is Borda's.
    CHECK(run(settings).table("nodes").numbers(1) == std::vector<double>{0, 0, 0, 1, 0});
    const auto ofFile = [&settings](const std::string& content) {
        const File file("wins.csv", content);
        test::Settings all = settings;
        all.emplace_back("data", file.path());
        return run(all).table("nodes").numbers(1);
    };
    // Pairs are enough. Yew wins most often, but against Pine.
    CHECK(ofFile("wins,Oak,Pine,Yew\nOak,,8,9\nPine,2,,35\nYew,3,40,\n") ==
          std::vector<double>{1, 0, 0});
    // Whom no chain of wins compares with the strongest has no place below it.
    CHECK(ofFile("wins,Oak,Pine,Yew,Elm\nOak,,5,,\nPine,4,,,\nYew,,,,7\nElm,,,2,\n") ==
          std::vector<double>{0, 0, 0, 0});
}

TEST_CASE("rulesRun_winMatrix_leavesOutRulesThatNeedBallots") {
    const File file("wins.csv", "wins,Oak,Pine,Yew\nOak,,7,2\nPine,3,,60\nYew,8,40,\n");
    const Outcome outcome = run({{"data", file.path()}});
    REQUIRE(outcome.result.ok());
    for (const char* rule : {"plurality", "irv", "random_dictatorship", "plackett_luce"}) {
        CAPTURE(rule);
        CHECK(outcome.winners(rule).empty());
    }
    CHECK(outcome.note("refused") ==
          "Plurality, Instant runoff, Random dictatorship and Plackett-Luce have no answer: each "
          "needs ballots, and there are only compared pairs.");
    CHECK(outcome.winners("minimax") == Names{"Pine"}); // by 4 votes, others by 6 and 20
    CHECK(outcome.note("pairs").starts_with("Pairs were compared between 10 and 100 times"));
    const Outcome shares = run({{"data", file.path()}, {"margins", std::string("rates")}});
    REQUIRE(shares.result.ok());
    CHECK(shares.winners("minimax") == Names{"Yew"}); // by a fifth of the votes
    CHECK(shares.note("pairs").empty());
}

TEST_CASE("rulesRun_incompleteBallots_areReadAsAsked") {
    const File file("incomplete.soi",
                    "# FILE NAME: x.soi\n# TITLE: t\n# DATA TYPE: soi\n# NUMBER ALTERNATIVES: 3\n"
                    "# NUMBER VOTERS: 5\n# NUMBER UNIQUE ORDERS: 3\n# ALTERNATIVE NAME 1: A\n"
                    "# ALTERNATIVE NAME 2: B\n# ALTERNATIVE NAME 3: C\n2: 1\n2: 2,3\n1: 3,2\n");
    const Outcome below = run({{"data", file.path()}});
    const Outcome absent = run({{"data", file.path()}, {"unranked", std::string("absent")}});
    REQUIRE((below.result.ok() && absent.result.ok()));
    CHECK(below.winners("plurality") == Names{"A", "B"});
    CHECK(below.winners("condorcet") == Names{"B"});
    CHECK(absent.winners("condorcet").empty()); // nobody compared A with the others
    CHECK(absent.note("pairs").find("2 pairs were never compared") != std::string::npos);
    CHECK(std::isnan(absent.grid("margins").at(0, 1)));
}

TEST_CASE("rulesRun_counterexample_isLoadedAndAnimated") {
    const std::vector<std::pair<std::string, lab::Value>> cell = {
        {"axiom", std::string("participation")}, {"axiom_rule", std::string("ranked_pairs")}};
    auto before = cell;
    before.emplace_back("ballot_change", 0.0);
    auto after = cell;
    after.emplace_back("ballot_change", 1.0);
    const Outcome first = run(before);
    const Outcome last = run(after);
    REQUIRE((first.result.ok() && last.result.ok()));
    REQUIRE(first.winners("ranked_pairs").size() == 1);
    CHECK(first.winners("ranked_pairs") != last.winners("ranked_pairs"));
    CHECK(first.note("axiom").find("this election breaks it. First ") != std::string::npos);
    CHECK(first.note("axiom").ends_with("Shown is the election before the change."));
    CHECK(last.note("axiom").ends_with("Shown is the election after the change."));
    // The same orders all the way, so that the eye can follow who moves.
    CHECK(last.table("ballots").texts(1) == first.table("ballots").texts(1));
    CHECK(first.table("ballots").numbers(0).back() == 0.0);
    CHECK(last.table("ballots").numbers(0).back() > 0.0);
}

TEST_CASE("rulesRun_axiomThatHolds_isProved") {
    const Outcome outcome =
        run({{"axiom", std::string("condorcet_winner")}, {"axiom_rule", std::string("schulze")}});
    REQUIRE(outcome.result.ok());
    CHECK(outcome.winners("plurality") == Names{"Aspen"}); // the example stays
    CHECK(outcome.note("axiom").find("it holds on complete ballots") != std::string::npos);
    const lab::Table& axioms = outcome.table("axioms");
    CHECK(axioms.rows() == 18 * 9);
    for (std::size_t row = 0; row < axioms.rows(); ++row) {
        CAPTURE(axioms.texts(0)[row]);
        CAPTURE(axioms.texts(1)[row]);
        CHECK((axioms.texts(2)[row] == "holds") == !axioms.texts(4)[row].empty());
        CHECK((axioms.texts(2)[row] == "counterexample") == std::isfinite(axioms.numbers(3)[row]));
    }
    CHECK(outcome.grid("axiom_grid").values.size() == 18 * 9);
}

TEST_CASE("rulesRun_hunt_saysWhatItDidAndRepeats") {
    const std::vector<std::pair<std::string, lab::Value>> settings = {
        {"axiom", std::string("condorcet_winner")},
        {"axiom_rule", std::string("plackett_luce")},
        {"hunt", true},
        {"hunt_budget", std::int64_t{2000}},
        {"rules", lab::ChoicesValue{"borda"}}};
    const Outcome outcome = run(settings);
    REQUIRE(outcome.result.ok());
    CHECK(outcome.steps > 1);
    CHECK(outcome.note("hunt").find("elections: all with 2 candidates") != std::string::npos);
    CHECK(outcome.note("hunt") == run(settings).note("hunt"));
}

TEST_CASE("rulesRun_ties_areTold") {
    const Outcome outcome = run({{"example", std::string("circle")}});
    REQUIRE(outcome.result.ok());
    CHECK(outcome.note("ties").starts_with("Tied: Plurality, Instant runoff, Borda, Copeland,"));
    CHECK(outcome.note("ties").find("Smith set") == std::string::npos); // it is meant to be large
    CHECK(outcome.note("agreement").ends_with("Condorcet winner elects nobody."));
    CHECK(outcome.kept.notes.size() <= 6);
}

TEST_CASE("rulesRun_hunt_loadsWhatItFinds") {
    const test::Settings settings = {{"axiom", std::string("smith")},
                                     {"axiom_rule", std::string("plurality")},
                                     {"hunt", true},
                                     {"hunt_budget", std::int64_t{20000}}};
    const Outcome stored = run({settings[0], settings[1]});
    const auto factory = rulesFactory();
    const Outcome outcome = run(settings, factory);
    REQUIRE((stored.result.ok() && outcome.result.ok()));
    const auto voters = [](const lab::Table& ballots, std::size_t column) {
        double sum = 0.0;
        for (const double count : ballots.numbers(column)) {
            sum += count;
        }
        return sum;
    };
    const double found = voters(outcome.table("found"), 1);
    CHECK(found < voters(stored.table("ballots"), 0));
    // It is what all panels show.
    CHECK(voters(outcome.table("ballots"), 0) == found);
    CHECK(outcome.table("found").texts(2) == outcome.table("ballots").texts(1));
    CHECK(outcome.note("axiom").find("which the hunt found, breaks it") != std::string::npos);
    CHECK(outcome.note("hunt").find("was found and is shown here") != std::string::npos);
    CHECK(outcome.kept.count.at("hunt") == outcome.steps); // its progress was seen
}

TEST_CASE("rulesRun_huntThatWasLeft_goesOnAndEndsTheSame") {
    const test::Settings settings = {{"axiom", std::string("participation")},
                                     {"axiom_rule", std::string("minimax")},
                                     {"hunt", true},
                                     {"hunt_budget", std::int64_t{20000}}};
    const Outcome whole = run(settings);
    const auto factory = rulesFactory();
    {
        // Left after a few pieces, as when a knob is turned.
        lab::RunScenario scenario;
        scenario.experiment = describeRules().id;
        scenario.knobs = lab::KnobValues(describeRules().knobs);
        for (const auto& [knob, value] : settings) {
            scenario.knobs.set(knob, value);
        }
        test::Keeper kept;
        const std::atomic<bool> stop = false;
        lab::RunContext context(scenario, 1, kept, stop);
        const auto computation = factory();
        REQUIRE(computation->start(context).ok());
        for (int step = 1; step <= 3; ++step) {
            context.setStep(step);
            REQUIRE(computation->advance(context).ok());
        }
    }
    auto later = settings;
    later.emplace_back("ballot_change", 1.0);
    const Outcome rest = run(later, factory);
    REQUIRE((whole.result.ok() && rest.result.ok()));
    CHECK(rest.steps < whole.steps);
    CHECK(rest.note("hunt") == whole.note("hunt"));
    CHECK(rest.scalar("hunt") == whole.scalar("hunt"));
}

TEST_CASE("rulesRun_nothingLikeVotes_isRefused") {
    const File file("empty.csv", "");
    const Outcome outcome = run({{"data", file.path()}});
    CHECK_FALSE(outcome.result.ok());
}

TEST_CASE("rulesRun_fiftyCandidates_answersWithinAFrame") {
    std::mt19937_64 engine(3);
    std::string text = "wins";
    for (int j = 0; j < 50; ++j) {
        text += ",c" + std::to_string(j);
    }
    for (int i = 0; i < 50; ++i) {
        text += "\nc" + std::to_string(i);
        for (int j = 0; j < 50; ++j) {
            text += "," + std::to_string(engine() % 1000);
        }
    }
    const File file("fifty.csv", text + "\n");
    const lab::Description description = describeRules();
    lab::ChoicesValue quick;
    for (const auto& option : description.knob("rules")->choices) {
        if (option.id != "kemeny" && option.id != "stable_voting") {
            quick.push_back(option.id);
        }
    }
    double least = 1.0;
    for (int round = 0; round < 5; ++round) {
        const auto from = std::chrono::steady_clock::now();
        const Outcome outcome = run({{"data", file.path()}, {"rules", quick}});
        least = std::min(
            least, std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count());
        REQUIRE(outcome.result.ok());
        CHECK(outcome.steps == 1);
    }
    MESSAGE("15 rules on 50 candidates, least of 5: " << 1e3 * least << " ms");
    if (test::kTimesCount) {
        CHECK(least < 16e-3);
    }
}

TEST_CASE("rulesRun_burlington2009_electsThree" *
          doctest::skip(std::getenv("PSEPHOS_DATA") == nullptr)) {
    const auto path = std::filesystem::path(std::getenv("PSEPHOS_DATA")) / "preflib" /
                      "00005_burlington" / "00005-00000002.toi";
    const Outcome outcome = run({{"data", path.string()}});
    REQUIRE(outcome.result.ok());
    CHECK(outcome.winners("plurality") == Names{"Kurt Wright"});
    CHECK(outcome.winners("irv") == Names{"Bob Kiss"});
    CHECK(outcome.winners("condorcet") == Names{"Andy Montroll"});
}
