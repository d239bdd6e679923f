// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/axiom_table.hpp"
#include "choice/axioms.hpp"
#include "choice/counterexample_hunt.hpp"
#include "choice/golden.hpp"
#include "profiles.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace psephos;
using namespace psephos::choice;
using psephos::testing::profile;
using Winners = std::vector<std::size_t>;

namespace {

std::string refusal(const std::string& json) {
    const auto parsed = parseAxiomCase(lab::Json::parse(json));
    return parsed ? "" : parsed.error().line();
}

} // namespace

TEST_CASE("axioms_storedCounterexamples_breakTheirAxiom") {
    const auto golden = embeddedGolden();
    REQUIRE(golden.ok());
    const lab::Json& stored = (*golden)["axiom_counterexamples"];
    REQUIRE(stored.size() == 34);
    for (const lab::Json& json : stored) {
        CAPTURE(json.dump());
        const auto example = parseAxiomCase(json);
        REQUIRE(example.ok());
        const auto winners = winnersOf(*example);
        REQUIRE(winners.ok());
        CHECK(breaksAxiom(*example, *winners));
        CHECK(explain(*example, *winners).ends_with("."));
        // What is written reads back as the same case.
        const auto again = parseAxiomCase(toJson(*example, *winners));
        REQUIRE(again.ok());
        const auto winnersAgain = winnersOf(*again);
        REQUIRE(winnersAgain.ok());
        CHECK(winnersAgain->before == winners->before);
        CHECK(winnersAgain->after == winners->after);
        CHECK(again->change == example->change);
    }
}

TEST_CASE("axioms_goldenRows_compareRulesAndCounterexamples") {
    const auto check = [](const std::string& json) {
        std::vector<lab::CheckRow> rows;
        const auto checked = checkGolden(lab::Json::parse(json), "d.json", rows);
        INFO((checked ? std::string() : checked.error().line()));
        REQUIRE(checked.ok());
        return rows;
    };
    const auto rows = check(R"({"profiles": [{"name": "mine",
        "ballots": [{"count": 2, "ranking": "abcdef"}, {"count": 1, "ranking": "fbacde"}],
        "schulze": ["a"], "kemeny_lexfirst_ranking": "abcdef", "condorcet_winner": null,
        "condorcet_loser": "f", "borda_scores": [14, 12, 8, 5, 2, 4]}]})");
    REQUIRE(rows.size() == 5);
    for (const lab::CheckRow& row : rows) {
        CAPTURE(row.quantity);
        CHECK(row.caseName == "mine");
        CHECK(row.pass == (row.quantity != "condorcet_winner" && row.quantity != "borda_scores"));
    }
    const auto axioms = check(R"({"axiom_counterexamples": [
        {"rule": "irv", "axiom": "monotonicity", "num_candidates": 3, "num_voters": 17,
         "profile": [{"count": 6, "ranking": "bac"}, {"count": 6, "ranking": "cab"},
                     {"count": 5, "ranking": "abc"}], "winner_before": "b",
         "raise": {"voters": 2, "from": "cab", "to": "bca"}, "winners_after": ["b"]},
        {"rule": "coin", "axiom": "smith", "profile": [{"count": 1, "ranking": "ab"}],
         "smith": ["a"]}]})");
    REQUIRE(axioms.size() == 4);
    CHECK(axioms[0].quantity == "0.num_voters");
    CHECK(*axioms[0].pass);
    CHECK(axioms[2].quantity == "0.winners_after");
    CHECK_FALSE(*axioms[2].pass);
    CHECK(axioms[2].computed == lab::Json{"a"});
    CHECK_FALSE(axioms[3].pass.has_value()); // no such rule
}

TEST_CASE("axioms_harmlessChange_breaksNothing") {
    const auto before = profile({{3, "abc"}, {2, "bca"}});
    const auto joined = joinedCase("plurality", before, testing::order(1, "acb"));
    const auto winners = winnersOf(joined);
    REQUIRE(winners.ok());
    CHECK_FALSE(breaksAxiom(joined, *winners));
    const auto raised = raisedCase("borda", before, "bca", "bac", 1);
    REQUIRE(raised.has_value());
    CHECK_FALSE(breaksAxiom(*raised, *winnersOf(*raised)));
    CHECK(raised->after->voters() == 5);
    CHECK_FALSE(raisedCase("borda", before, "bca", "bac", 3).has_value());
    CHECK_FALSE(raisedCase("borda", before, "cab", "acb", 1).has_value());
    const auto majority = plainCase("plurality", Axiom::Majority, before);
    CHECK_FALSE(breaksAxiom(majority, *winnersOf(majority)));
}

TEST_CASE("axioms_ties_areNotHeldAgainstARule") {
    // All have one first place, and a would win each duel: a tie-break may still elect it.
    const auto tied = profile({{1, "abc"}, {1, "bac"}, {1, "cab"}});
    const auto plurality = plainCase("plurality", Axiom::CondorcetWinner, tied);
    CHECK_FALSE(breaksAxiom(plurality, *winnersOf(plurality)));
    // A lottery elects another one with some chance, which nothing can save.
    const auto drawn = plainCase("random_dictatorship", Axiom::CondorcetWinner, tied);
    CHECK(breaksAxiom(drawn, *winnersOf(drawn)));
}

TEST_CASE("axioms_explanation_namesTheChange") {
    const auto raised =
        raisedCase("irv", profile({{6, "bac"}, {6, "cab"}, {5, "abc"}}), "cab", "bca", 2);
    REQUIRE(raised.has_value());
    const auto winners = winnersOf(*raised);
    REQUIRE(winners.ok());
    CHECK(winners->before == Winners{1});
    CHECK(winners->after == Winners{0});
    CHECK(explain(*raised, *winners) ==
          "First b wins; then 2 voters change cab to bca, and a wins.");
}

TEST_CASE("axioms_faultyCases_areRefused") {
    CHECK(refusal("[]") == "is not an object");
    CHECK(refusal(R"({"rule": "irv"})").starts_with("axiom: "));
    CHECK(refusal(R"({"rule": "irv", "axiom": "smith", "profile": []})").starts_with("profile: "));
    CHECK(refusal(R"({"rule": "irv", "axiom": "fairness",
                      "profile": [{"count": 1, "ranking": "ab"}]})") ==
          "axiom: there is no axiom 'fairness'");
    CHECK(refusal(R"({"rule": "irv", "axiom": "participation",
                      "profile": [{"count": 1, "ranking": "ab"}], "added": {"voters": 1,
                      "ranking": "abc"}})") == "added: does not order the profile's candidates");
    CHECK(refusal(R"({"rule": "irv", "axiom": "monotonicity",
                      "profile": [{"count": 1, "ranking": "ab"}], "raise": {"voters": 2,
                      "from": "ab", "to": "ba"}})") ==
          "raise: changes more ballots than there are");
    CHECK_FALSE(winnersBy("approval", profile({{1, "ab"}})).ok());
}

TEST_CASE("axiomTable_everyCell_hasAProofOrACounterexampleOrNeither") {
    REQUIRE(storedCases().ok());
    CHECK(axiomTable().size() == 18 * 9);
    std::size_t open = 0;
    for (const AxiomCell& cell : axiomTable()) {
        CAPTURE(cell.rule);
        CAPTURE(infoOf(cell.axiom).id);
        // Never both: one of them would be wrong.
        CHECK((cell.basis.empty() || cell.example == nullptr));
        CHECK((cell.status == AxiomStatus::Holds) == !cell.basis.empty());
        CHECK((cell.status == AxiomStatus::Counterexample) == (cell.example != nullptr));
        CHECK(&axiomCell(cell.rule, cell.axiom) == &cell);
        open += cell.status == AxiomStatus::Open ? 1 : 0;
    }
    CHECK(open <= 12);
    for (const AxiomCase& each : *storedCases()) {
        const auto winners = winnersOf(each);
        REQUIRE(winners.ok());
        CHECK(breaksAxiom(each, *winners));
    }
}

TEST_CASE("axiomTable_whatHolds_survivesAHunt") {
    for (const AxiomCell& cell : axiomTable()) {
        if (cell.status != AxiomStatus::Holds) {
            continue;
        }
        CAPTURE(cell.rule);
        CAPTURE(infoOf(cell.axiom).id);
        HuntOptions options;
        options.rule = cell.rule;
        options.axiom = cell.axiom;
        options.budget = 3000;
        CounterexampleHunt hunt(options);
        const auto over = hunt.advance(options.budget);
        REQUIRE(over.ok());
        CHECK_FALSE(hunt.found().has_value());
    }
}

TEST_CASE("hunt_plurality_findsTheSmallestFirst") {
    HuntOptions options;
    options.rule = "plurality";
    options.axiom = Axiom::CondorcetWinner;
    options.budget = 50'000;
    CounterexampleHunt hunt(options);
    while (true) {
        const auto more = hunt.advance(100);
        REQUIRE(more.ok());
        if (!*more) {
            break;
        }
    }
    REQUIRE(hunt.found().has_value());
    CHECK(breaksAxiom(*hunt.found(), hunt.foundWinners()));
    // The Condorcet winner is nobody's first choice.
    CHECK(hunt.found()->before.voters() == 3);
    CHECK(hunt.looked() < options.budget); // nothing smaller is left
    CHECK(hunt.coverage().find("4 candidates and up to 2 voters") != std::string::npos);
}

TEST_CASE("hunt_randomPart_findsWhatLiesBeyondTheSmall") {
    HuntOptions options;
    options.rule = "irv";
    options.axiom = Axiom::Monotonicity;
    options.mostVoters = 40;
    options.budget = 60'000;
    options.seed = 1;
    CounterexampleHunt hunt(options);
    REQUIRE(hunt.advance(options.budget).ok());
    REQUIRE(hunt.found().has_value());
    CHECK(breaksAxiom(*hunt.found(), hunt.foundWinners()));
    CHECK(hunt.coverage().ends_with("then random ones."));
    CounterexampleHunt again(options);
    REQUIRE(again.advance(options.budget).ok());
    CHECK(again.coverage() == hunt.coverage());
    CHECK(again.found()->change == hunt.found()->change);
    CHECK_FALSE(CounterexampleHunt(options).advance(10, [] { return true; }).ok());
}

TEST_CASE("axiomChange_parts_leadFromBeforeToAfter") {
    for (const AxiomCase& each : *storedCases()) {
        CAPTURE(each.rule);
        CAPTURE(infoOf(each.axiom).id);
        const auto winners = winnersOf(each);
        REQUIRE(winners.ok());
        CHECK(*winnersBy(each.rule, changedBy(each, 0.0)) == winners->before);
        const auto after = winnersBy(each.rule, changedBy(each, 1.0));
        REQUIRE(after.ok());
        CHECK(*after == (each.after ? winners->after : winners->before));
        const auto half = changedBy(each, 0.5).voters();
        CHECK(half >= each.before.voters());
        CHECK(half <= (each.after ? *each.after : each.before).voters());
    }
}
