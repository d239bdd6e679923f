// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/golden_sections.hpp"

#include "ballots/electorate.hpp"
#include "ballots/preflib.hpp"
#include "ballots/profile.hpp"
#include "choice/central_path.hpp"
#include "choice/golden.hpp"
#include "choice/golden_rules.hpp"
#include "choice/letter_ballots.hpp"
#include "choice/maximal_lottery.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace psephos::choice {

namespace {

using lab::Json;
using lab::Result;

/// A candidate with a smaller chance is outside the support.
constexpr double kSupport = 1e-7;

/// A square table as the document writes it.
Json rowsOf(const std::vector<double>& values, std::size_t n) {
    Json rows = Json::array();
    for (std::size_t i = 0; i < n; ++i) {
        const auto from = values.begin() + static_cast<std::ptrdiff_t>(i * n);
        rows.push_back(std::vector<double>(from, from + static_cast<std::ptrdiff_t>(n)));
    }
    return rows;
}

Result<Lottery> solved(const GoldenEntry& entry, std::string_view key, const GoldenMatrix& game) {
    Result<Lottery> lottery = maximalLottery(game.values, game.size);
    if (!lottery) {
        return entry.error(key, lottery.error().message);
    }
    return lottery;
}

bool isUnique(const Lottery& lottery) {
    return lottery.freedom == std::size_t{0};
}

/// The lottery where it is the only one, else none.
Json onlyLottery(const Lottery& lottery) {
    return isUnique(lottery) ? Json(lottery.probabilities) : Json(nullptr);
}

/// Fields about all optimal lotteries: range of each probability, lottery of least norm.
Result<void> compareSet(GoldenEntry& entry, const GoldenMatrix& game, std::string_view range,
                        std::string_view minNorm) {
    if (entry.has(range)) {
        const Result<LotteryRanges> ranges = lotteryRanges(game.values, game.size);
        if (!ranges) {
            return entry.error(range, ranges.error().message);
        }
        Json pairs = Json::array();
        for (std::size_t i = 0; i < game.size; ++i) {
            pairs.push_back({ranges->least[i], ranges->greatest[i]});
        }
        entry.compare(range, std::move(pairs), kGoldenRangeTolerance);
    }
    if (entry.has(minNorm)) {
        const Result<Lottery> lottery =
            maximalLottery(game.values, game.size, LotterySolver::LeastNorm);
        if (!lottery) {
            return entry.error(minNorm, lottery.error().message);
        }
        entry.compare(minNorm, lottery->probabilities, kGoldenMinNormTolerance);
    }
    return {};
}

/// Who may win in some maximal lottery: the support of their centre.
Json supportLetters(const Lottery& lottery) {
    Json letters = Json::array();
    for (std::size_t i = 0; i < lottery.probabilities.size(); ++i) {
        if (lottery.probabilities[i] > kSupport) {
            letters.push_back(letterOf(i));
        }
    }
    return letters;
}

Eigen::MatrixXd asMatrix(const GoldenMatrix& game) {
    const auto n = static_cast<Eigen::Index>(game.size);
    return Eigen::MatrixXd::Map(game.values.data(), n, n).transpose();
}

Json asJson(const Eigen::VectorXd& vector) {
    return std::vector<double>(vector.begin(), vector.end());
}

} // namespace

Result<ballots::Profile> readBallots(GoldenEntry& entry) {
    const Result<const Json*> json = entry.input("ballots");
    if (!json) {
        return json.error();
    }
    auto profile = parseLetterBallots(**json);
    if (!profile) {
        return entry.error("ballots", "is not a list of {\"count\": …, \"ranking\": \"cab\"}");
    }
    return *std::move(profile);
}

Result<void> checkMatrixGame(GoldenEntry& entry) {
    const Result<GoldenMatrix> game = entry.matrix("M");
    if (!game) {
        return game.error();
    }
    const Result<Lottery> lottery = solved(entry, "M", *game);
    if (!lottery) {
        return lottery.error();
    }
    entry.compare("value", 0.0 - lotteryGap(lottery->probabilities, game->values).gap);
    entry.compare("unique", isUnique(*lottery));
    entry.compare("p", onlyLottery(*lottery));
    const auto closedForm = pfaffianLottery(game->values, game->size);
    entry.compare("p_pfaffian", closedForm ? Json(*closedForm) : Json(nullptr));
    const std::vector<double> uniform(game->size, 1.0 / static_cast<double>(game->size));
    entry.compare("gap_uniform", lotteryGap(uniform, game->values).gap);
    return compareSet(entry, *game, "optimal_range_per_candidate", "p_min_norm");
}

Result<void> checkProfile(GoldenEntry& entry) {
    const Result<ballots::Profile> profile = readBallots(entry);
    if (!profile) {
        return profile.error();
    }
    const ballots::PairCounts counts = pairCounts(*profile);
    const std::size_t n = counts.size();
    const GoldenMatrix margins{n, countMargins(counts)};
    entry.compare("num_voters", profile->voters());
    entry.compare("N", rowsOf(counts.wins, n));
    entry.compare("margins", rowsOf(margins.values, n));
    const Result<Lottery> byMargins = solved(entry, "ballots", margins);
    const GoldenMatrix signs{n, marginSigns(margins.values)};
    const Result<Lottery> byWins = solved(entry, "ballots", signs);
    if (!byMargins || !byWins) {
        return byMargins ? byWins.error() : byMargins.error();
    }
    entry.compare("c2_ml", onlyLottery(*byMargins));
    entry.compare("c2_ml_unique", isUnique(*byMargins));
    entry.compare("essential_set", supportLetters(*byMargins));
    entry.compare("c1_ml", onlyLottery(*byWins));
    entry.compare("c1_ml_unique", isUnique(*byWins));
    entry.compare("bipartisan_set", supportLetters(*byWins));
    if (auto checked = compareSet(entry, margins, "c2_ml_range", "c2_ml_min_norm"); !checked) {
        return checked;
    }
    if (auto checked = compareSet(entry, signs, "c1_ml_range", "c1_ml_min_norm"); !checked) {
        return checked;
    }
    if (auto checked = compareStrengths(entry, counts); !checked) {
        return checked;
    }
    return checkProfileRules(entry, *profile);
}

Result<void> checkMonotonicityFailure(GoldenEntry& entry) {
    for (const auto& [game, expected] :
         {std::pair{"before", "p_before"}, std::pair{"after_raise_a_over_b", "p_after"}}) {
        const Result<GoldenMatrix> margins = entry.matrix(game);
        if (!margins) {
            return margins.error();
        }
        const Result<Lottery> lottery = solved(entry, game, *margins);
        if (!lottery) {
            return lottery.error();
        }
        entry.compare(expected, onlyLottery(*lottery));
    }
    return {};
}

Result<void> checkMissingPair(GoldenEntry& entry) {
    const Result<GoldenMatrix> game = entry.matrix("M");
    if (!game) {
        return game.error();
    }
    return compareSet(entry, *game, "range", "p_min_norm");
}

Result<Json> namedEntry(const Json& document, const std::string& section, const std::string& name) {
    const auto search = [&](const Json& where) -> const Json* {
        const auto entries = where.find(section);
        if (entries == where.end() || !entries->is_array()) {
            return nullptr;
        }
        const auto found =
            std::find_if(entries->begin(), entries->end(), [&name](const Json& each) {
                return each.is_object() && each.contains("name") && each["name"] == name;
            });
        return found == entries->end() ? nullptr : &*found;
    };
    if (const Json* found = search(document)) {
        return *found;
    }
    const Result<Json> embedded = embeddedGolden();
    if (!embedded) {
        return embedded.error();
    }
    if (const Json* found = search(*embedded)) {
        return *found;
    }
    return lab::Error{
        .message = "there is no entry '" + name + "' in " + section, .hint = {}, .place = {}};
}

Result<GoldenMatrix> namedGame(const Json& document, const std::string& name) {
    const Result<Json> game = namedEntry(document, "matrix_games", name);
    if (!game) {
        return lab::Error{
            .message = "there is no matrix game '" + name + "'", .hint = {}, .place = {}};
    }
    std::vector<lab::CheckRow> none;
    GoldenEntry entry(*game, "document", "matrix_games." + name, name, "", none);
    return entry.matrix("M");
}

Result<void> checkDropNonSupport(GoldenEntry& entry, const Json& document) {
    const Result<std::string> base = entry.text("base");
    if (!base) {
        return base.error();
    }
    const Result<std::vector<double>> dropped = entry.numbers("dropped");
    if (!dropped) {
        return dropped.error();
    }
    const Result<GoldenMatrix> game = namedGame(document, *base);
    if (!game) {
        return entry.error("base", game.error().message);
    }
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < game->size; ++i) {
        if (std::find(dropped->begin(), dropped->end(), static_cast<double>(i)) == dropped->end()) {
            kept.push_back(i);
        }
    }
    GoldenMatrix restricted{kept.size(), {}};
    for (const std::size_t i : kept) {
        for (const std::size_t j : kept) {
            restricted.values.push_back(game->values[i * game->size + j]);
        }
    }
    const Result<Lottery> lottery = solved(entry, "dropped", restricted);
    if (!lottery) {
        return lottery.error();
    }
    entry.compare("p_restricted", onlyLottery(*lottery));
    return {};
}

Result<void> checkGapCertificate(GoldenEntry& entry) {
    const Result<GoldenMatrix> game = entry.matrix("M");
    if (!game) {
        return game.error();
    }
    const Result<std::vector<double>> lottery = entry.numbers("p");
    if (!lottery) {
        return lottery.error();
    }
    if (lottery->size() != game->size) {
        return entry.error("p", "has another size than M");
    }
    const LotteryGap gap = lotteryGap(*lottery, game->values);
    entry.compare("pT_M", gap.payoffs);
    entry.compare("gap", gap.gap);
    entry.compare("best_response", gap.bestReply);
    return {};
}

Result<void> checkCentralPathRow(GoldenEntry& entry, const Json& document) {
    const Result<std::string> name = entry.text("game");
    if (!name) {
        return name.error();
    }
    const Result<double> mu = entry.number("mu");
    if (!mu) {
        return mu.error();
    }
    if (!(*mu > 0.0)) {
        return entry.error("mu", "is not positive");
    }
    const Result<GoldenMatrix> game = namedGame(document, *name);
    if (!game) {
        return entry.error("game", game.error().message);
    }
    const Result<PathEnd> end = centralPathPoint(asMatrix(*game), *mu);
    if (!end) {
        return entry.error("mu", end.error().message);
    }
    entry.compare("p", asJson(end->strategy));
    entry.compare("sum", end->strategy.sum());
    entry.compare("gap", end->gap);
    entry.compare("n_mu", static_cast<double>(game->size) * *mu);
    return {};
}

Result<void> checkCentralPathLimit(GoldenEntry& entry, const Json& document) {
    if (!entry.has("limit_two_tied_top")) {
        return {};
    }
    const Result<GoldenMatrix> game = namedGame(document, "two_tied_top");
    if (!game) {
        return entry.error("limit_two_tied_top", game.error().message);
    }
    const Result<Lottery> lottery = solved(entry, "limit_two_tied_top", *game);
    if (!lottery) {
        return lottery.error();
    }
    entry.compare("limit_two_tied_top", lottery->probabilities);
    return {};
}

Result<void> checkPrefLib(GoldenEntry& entry) {
    const Result<std::string> text = entry.text("text");
    if (!text) {
        return text.error();
    }
    const Result<ballots::PrefLibFile> file = ballots::parsePrefLib(*text, "the text");
    if (!file) {
        return entry.error("text", file.error().line());
    }
    const ballots::Profile& profile = file->profile;
    Json orders = Json::array();
    for (const ballots::Ballot& ballot : profile.ballots) {
        Json tiers = Json::array();
        for (std::size_t t = 0; t < ballot.tiers(); ++t) {
            Json tier = Json::array();
            for (const std::uint32_t candidate : ballot.tier(t)) {
                tier.push_back(candidate + 1);
            }
            tiers.push_back(std::move(tier));
        }
        orders.push_back(Json::array({ballot.count, std::move(tiers)}));
    }
    const std::size_t n = profile.names.size();
    entry.compare("orders", std::move(orders));
    entry.compare("N_unranked_below_ranked",
                  rowsOf(pairCounts(profile, ballots::Unranked::TiedBelow).wins, n));
    entry.compare("N_only_ranked_pairs",
                  rowsOf(pairCounts(profile, ballots::Unranked::NotCompared).wins, n));
    return {};
}

Result<void> checkBattles(GoldenEntry& entry) {
    const Result<std::string> text = entry.text("text");
    if (!text) {
        return text.error();
    }
    const Result<ballots::Electorate> read = ballots::parseElectorate(*text, "the text");
    if (!read) {
        return entry.error("text", read.error().line());
    }
    if (!read->battles) {
        return entry.error("text", "holds no battles");
    }
    const ballots::PairCounts& pairs = read->pairs;
    const std::size_t n = pairs.size();
    std::vector<std::size_t> order(n); // of the names
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&pairs](std::size_t one, std::size_t other) {
        return pairs.names[one] < pairs.names[other];
    });
    Json names = Json::array();
    std::vector<double> wins;
    std::vector<double> ties;
    for (const std::size_t i : order) {
        names.push_back(pairs.names[i]);
        for (const std::size_t j : order) {
            wins.push_back(pairs.win(i, j));
            ties.push_back(pairs.tie(i, j));
        }
    }
    Json lines = Json::array();
    for (const ballots::RejectedRow& row : read->rejected) {
        lines.push_back(row.line);
    }
    Json groups = Json::object();
    if (const ballots::Category* language = read->battles->category("language")) {
        for (std::size_t label = 0; label < language->labels.size(); ++label) {
            groups[language->labels[label]] =
                std::count(language->codes.begin(), language->codes.end(), label);
        }
    }
    entry.compare("models_sorted", std::move(names));
    entry.compare("wins", rowsOf(wins, n));
    entry.compare("ties", rowsOf(ties, n));
    entry.compare("rejected_lines", std::move(lines));
    entry.compare("groups", std::move(groups));
    return {};
}

} // namespace psephos::choice
