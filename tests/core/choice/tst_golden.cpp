// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/golden.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

using psephos::choice::checkGolden;
using psephos::choice::embeddedGolden;
using psephos::lab::CheckRow;
using psephos::lab::Json;

namespace {

std::vector<CheckRow> rowsOf(const Json& document) {
    std::vector<CheckRow> rows;
    const auto checked = checkGolden(document, "d.json", rows);
    INFO((checked ? std::string() : checked.error().line()));
    REQUIRE(checked.ok());
    return rows;
}

const CheckRow& find(const std::vector<CheckRow>& rows, const std::string& name,
                     const std::string& quantity) {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const CheckRow& row) {
        return row.caseName == name && row.quantity == quantity;
    });
    CAPTURE(name);
    CAPTURE(quantity);
    REQUIRE(found != rows.end());
    return *found;
}

std::string refusal(const std::string& json) {
    std::vector<CheckRow> rows;
    const auto checked = checkGolden(Json::parse(json), "d.json", rows);
    CHECK(rows.empty());
    return checked.ok() ? "" : checked.error().line();
}

} // namespace

TEST_CASE("golden_embedded_everyBuiltQuantityPasses") {
    const auto document = embeddedGolden();
    REQUIRE(document.ok());
    const std::vector<CheckRow> rows = rowsOf(*document);
    std::size_t passed = 0;
    for (const CheckRow& row : rows) {
        CAPTURE(row.caseName);
        CAPTURE(row.quantity);
        CAPTURE(row.computed.dump());
        CAPTURE(row.expected.dump());
        CHECK(row.area == "voting");
        CHECK(row.pass.value_or(true));
        passed += row.pass ? 1 : 0;
        CHECK((row.pass.has_value() || row.computed.is_null()));
    }
    MESSAGE(passed << " of " << rows.size() << " quantities are built");
    CHECK(passed > 200);
}

TEST_CASE("golden_embedded_holdsTheLotteries") {
    const std::vector<CheckRow> rows = rowsOf(*embeddedGolden());
    CHECK(*find(rows, "cycle5_unequal", "p").pass);
    CHECK(*find(rows, "P7_schulze_45", "c2_ml").pass);
    CHECK(*find(rows, "P9_tied_pair_even", "c2_ml").pass); // null: not unique
    CHECK(find(rows, "P9_tied_pair_even", "c2_ml").computed.is_null());
    CHECK(*find(rows, "P6_cycle_with_weights", "essential_set").pass);
    CHECK(*find(rows, "ml_monotonicity_failure", "p_after").pass);
    CHECK(*find(rows, "drop_non_support", "p_restricted").pass);
    CHECK(*find(rows, "gap_certificate", "best_response").pass);
    CHECK(*find(rows, "missing_pair_as_tie", "p_min_norm").pass);
    CHECK(*find(rows, "R1_niche_vs_broad", "rows.1.p").pass);
    CHECK(find(rows, "R5_opposite_groups", "rows.0.p").computed.is_null()); // not unique
    CHECK(*find(rows, "robust_two_candidates", "rows.5.p_a").pass);
    CHECK(*find(rows, "worst_tv_weights", "1.w").pass);
    CHECK(*find(rows, "edge_box", "n5").pass);
    CHECK(*find(rows, "finite_sample_eps", "3.eps").pass);
    CHECK(*find(rows, "P9_tied_pair_even", "c2_ml_range").pass);
    CHECK(*find(rows, "central_path", "rows.11.p").pass);
    CHECK(*find(rows, "central_path", "limit_two_tied_top").pass);
    CHECK(*find(rows, "io", "preflib_toc.N_only_ranked_pairs").pass);
    CHECK(*find(rows, "io", "preflib_toc.orders").pass);
    CHECK(find(rows, "io", "battles_jsonl.wins").pass == true);
    CHECK(find(rows, "io", "battles_jsonl.rejected_lines").pass == true);
    CHECK(find(rows, "io", "battles_jsonl.groups").pass == true);
}

TEST_CASE("golden_wrongExpectation_isMissed") {
    const Json game = Json::parse(R"({"matrix_games": [{"name": "g",
        "M": [[0, 3, -7], [-3, 0, 5], [7, -5, 0]], "p": [0.33333, 0.46667, 0.2], "unique": false,
        "p_pfaffian": null, "gap_uniform": 0.6666666666666666}]})");
    const std::vector<CheckRow> rows = rowsOf(game);
    CHECK(rows.size() == 4);
    CHECK_FALSE(*find(rows, "g", "p").pass);
    CHECK(*find(rows, "g", "p").residual == doctest::Approx(10.0 / 3 * 1e-6).epsilon(1e-3));
    CHECK_FALSE(*find(rows, "g", "unique").pass);
    CHECK_FALSE(*find(rows, "g", "p_pfaffian").pass);
    CHECK(*find(rows, "g", "gap_uniform").pass);
}

TEST_CASE("golden_gameOfAnotherSection_isFoundInTheBuiltInDocument") {
    const Json path = Json::parse(R"({"central_path": {"rows": [
        {"game": "rps_unequal_3_5_7", "mu": 0.1, "p": [0.3151145115, 0.4776853466, 0.2072001419]}]}})");
    const std::vector<CheckRow> rows = rowsOf(path);
    REQUIRE(rows.size() == 1);
    CHECK(*rows[0].pass);
}

TEST_CASE("golden_faultyDocuments_areRefusedByPath") {
    CHECK(refusal("[]") == "d.json: is not an object with a section a key");
    CHECK(refusal(R"({"cases": []})") == "d.json: holds no section of voting");
    CHECK(refusal(R"({"matrix_games": [3]})") == "d.json: matrix_games.0: is not an object");
    CHECK(refusal(R"({"matrix_games": [{"name": "g"}]})") ==
          "d.json: matrix_games.g: 'M' is missing");
    CHECK(refusal(R"({"matrix_games": [{"name": "g", "M": [[0, 1]]}]})") ==
          "d.json: matrix_games.g.M: is not a square matrix");
    CHECK(refusal(R"({"matrix_games": [{"name": "g", "M": [[0, 1], ["x", 0]]}]})") ==
          "d.json: matrix_games.g.M: has a cell that is not a number");
    CHECK(refusal(R"({"matrix_games": [{"M": [[0, 1], [1, 0]]}]})")
              .starts_with("d.json: matrix_games.0.M: the margins in row 1, column 2"));
    CHECK(refusal(R"({"profiles": [{"name": "P", "ballots": [{"count": 1, "ranking": "aa"}]}]})")
              .starts_with("d.json: profiles.P.ballots: is not a list of"));
    CHECK(refusal(R"({"drop_non_support": {"base": "none", "dropped": []}})") ==
          "d.json: drop_non_support.base: there is no matrix game 'none'");
    CHECK(refusal(R"({"io": {"preflib_toc": {"text": "nonsense"}}})")
              .starts_with("d.json: io.preflib_toc.text: the text, line 1: expected"));
}
