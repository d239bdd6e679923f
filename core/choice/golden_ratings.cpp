// SPDX-License-Identifier: GPL-3.0-or-later
// Golden cases of ratings: Bradley-Terry, its solvers and intervals, ties, Elo.
#include "choice/bradley_terry.hpp"
#include "choice/bradley_terry_sweeps.hpp"
#include "choice/elo.hpp"
#include "choice/golden.hpp"
#include "choice/golden_sections.hpp"
#include "choice/paired_model.hpp"
#include "choice/strong_components.hpp"
#include "numerics/distributions.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace psephos::choice {

namespace {

using ballots::PairCounts;
using lab::Json;
using lab::Result;

constexpr double kStrengthTolerance = 1e-8;
constexpr double kEloTolerance = 1e-6;
constexpr double kTieTolerance = 1e-6;  ///< of fits without derivatives
constexpr double kEqualStrength = 1e-9; ///< strengths this near are equal
constexpr double kArenaRidge = 1e-5;    ///< times the battles

std::vector<double> scaled(std::span<const double> strengths, double factor, double offset) {
    std::vector<double> values(strengths.begin(), strengths.end());
    for (double& value : values) {
        value = offset + factor * value;
    }
    return values;
}

std::vector<double> eloOf(std::span<const double> strengths) {
    const double mean = std::accumulate(strengths.begin(), strengths.end(), 0.0) /
                        static_cast<double>(strengths.size());
    return scaled(strengths, eloPerUnit(), 1000.0 - eloPerUnit() * mean);
}

/// Square roots of the diagonal in Elo points.
Json errorsOf(const std::vector<double>& covariance, std::size_t n) {
    Json errors = Json::array();
    for (std::size_t i = 0; i < n; ++i) {
        errors.push_back(eloPerUnit() * std::sqrt(covariance[i * n + i]));
    }
    return errors;
}

PairCounts countsOf(const GoldenMatrix& wins, const GoldenMatrix* ties) {
    PairCounts counts;
    for (std::size_t i = 0; i < wins.size; ++i) {
        counts.names.emplace_back(1, static_cast<char>('a' + i % 26));
    }
    counts.wins = wins.values;
    counts.ties = ties == nullptr ? std::vector<double>(wins.values.size(), 0.0) : ties->values;
    return counts;
}

/// Wins and ties of an entry; their diagonals are not compared with anything.
Result<PairCounts> readCounts(GoldenEntry& entry, bool hasTies) {
    const Result<GoldenMatrix> wins = entry.matrix("wins");
    if (!wins) {
        return wins.error();
    }
    if (!hasTies) {
        return countsOf(*wins, nullptr);
    }
    const Result<GoldenMatrix> ties = entry.matrix("ties");
    if (!ties) {
        return ties.error();
    }
    if (ties->size != wins->size) {
        return entry.error("ties", "has another size than wins");
    }
    return countsOf(*wins, &*ties);
}

/// A fit that counts ties as halves, with its covariances.
struct HalfFit {
    PairedData data;
    PairedModel model;
    PairedFit fit;
};

Result<HalfFit> fitHalves(const GoldenEntry& entry, const PairCounts& counts, double ridge) {
    PairedData data = pairedData(counts);
    PairedModel model(TieModel::Half, ridge, pairedComponents(data, TieModel::Half));
    Result<PairedFit> fit = model.fit(data);
    if (!fit) {
        return entry.error("wins", fit.error().message);
    }
    return HalfFit{std::move(data), std::move(model), *std::move(fit)};
}

/// Strengths of a profile, or none where there is no maximum.
Result<Json> strengthsOf(const PairCounts& counts) {
    const auto wins = winsWithTies(counts, ballots::Ties::Half);
    if (!strongComponents(wins, counts.size()).isConnected()) {
        return Json(nullptr);
    }
    const Result<BradleyTerryFit> fit = fitBradleyTerry(wins, counts.size());
    if (!fit) {
        return fit.error();
    }
    return Json(fit->strengths);
}

/// Indices by falling value, equal ones in their order.
std::vector<std::size_t> descending(const std::vector<double>& values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&values](std::size_t one, std::size_t other) {
        return values[one] > values[other] + kEqualStrength;
    });
    return order;
}

} // namespace

Result<void> checkBradleyTerry(GoldenEntry& entry) {
    const Result<PairCounts> counts = readCounts(entry, false);
    const Result<double> ridge = entry.has("lambda") ? entry.number("lambda") : Result<double>(0.0);
    if (!counts || !ridge) {
        return counts ? ridge.error() : counts.error();
    }
    const std::size_t n = counts->size();
    if (entry.has("reason")) {
        (void)entry.input("reason");
    }
    if (*ridge == 0.0 && !strongComponents(counts->wins, n).isConnected()) {
        entry.compare("theta", nullptr);
        return {};
    }
    const Result<BradleyTerryFit> fit = fitBradleyTerry(counts->wins, n, *ridge);
    if (!fit) {
        return entry.error("wins", fit.error().message);
    }
    entry.compare("theta", fit->strengths, kStrengthTolerance);
    entry.compare("elo_mean1000", eloOf(fit->strengths), kEloTolerance);
    entry.compare("loglik", fit->logLikelihood, kStrengthTolerance);
    const Result<HalfFit> general = fitHalves(entry, *counts, *ridge);
    if (!general) {
        return general.error();
    }
    const auto covariance = general->model.covariance(general->data, general->fit);
    if (!covariance) {
        return entry.error("wins", covariance.error().message);
    }
    entry.compare("se_fisher_elo", errorsOf(covariance->fisher, n), kEloTolerance);
    entry.compare("se_sandwich_elo", errorsOf(covariance->sandwich, n), kEloTolerance);
    if (n >= 2) {
        const std::vector<double>& s = covariance->sandwich;
        entry.compare("se_sandwich_diff_0_1_elo",
                      eloPerUnit() * std::sqrt(s[0] + s[n + 1] - s[1] - s[n]), kEloTolerance);
    }
    return {};
}

Result<void> checkSandwich(GoldenEntry& entry) {
    const Result<PairCounts> counts = readCounts(entry, true);
    if (!counts) {
        return counts.error();
    }
    const std::size_t n = counts->size();
    const Result<HalfFit> half = fitHalves(entry, *counts, 0.0);
    if (!half) {
        return half.error();
    }
    const double battles = std::accumulate(counts->wins.begin(), counts->wins.end(), 0.0) +
                           0.5 * std::accumulate(counts->ties.begin(), counts->ties.end(), 0.0);
    const auto covariance = half->model.covariance(half->data, half->fit);
    const auto arena = half->model.covariance(half->data, half->fit, kArenaRidge * battles);
    if (!covariance || !arena) {
        return entry.error("wins", (covariance ? arena : covariance).error().message);
    }
    entry.compare("theta", half->fit.strengths, kStrengthTolerance);
    entry.compare("elo_mean1000", eloOf(half->fit.strengths), kEloTolerance);
    entry.compare("se_sandwich_elo_pinv", errorsOf(covariance->sandwich, n), kEloTolerance);
    entry.compare("se_fisher_elo", errorsOf(covariance->fisher, n), kEloTolerance);
    entry.compare("se_sandwich_elo_arena_ridge_1e-5_times_N", errorsOf(arena->sandwich, n),
                  kEloTolerance);
    entry.compare("num_battles", battles);
    return {};
}

namespace {

/// Compares both tie models with the objects of their names inside the entry.
Result<void> compareTieModels(GoldenEntry& entry, const PairCounts& counts) {
    for (const auto& [key, ties] : {std::pair{"davidson", TieModel::Davidson},
                                    std::pair{"rao_kupper", TieModel::RaoKupper}}) {
        if (!entry.has(key)) {
            continue;
        }
        Result<GoldenEntry> inner = entry.inside(key);
        if (!inner) {
            return inner.error();
        }
        const PairedData data = pairedData(counts);
        const Result<PairedFit> fit =
            PairedModel(ties, 0.0, pairedComponents(data, ties)).fit(data);
        if (!fit) {
            return entry.error(key, fit.error().message);
        }
        inner->compare("theta", fit->strengths, kTieTolerance);
        if (counts.size() >= 2) {
            inner->compare("pi_ratio", std::exp(fit->strengths[0] - fit->strengths[1]),
                           kTieTolerance);
        }
        inner->compare(ties == TieModel::Davidson ? "nu" : "theta_tie", fit->tie, kTieTolerance);
        inner->compare("nll", -fit->logLikelihood, kTieTolerance);
        inner->finish();
    }
    return {};
}

/// What the name `two_item_6_2_4ties` says: 6 wins, 2 losses, 4 ties.
PairCounts countsOfName() {
    const GoldenMatrix ties{2, {0, 4, 4, 0}};
    return countsOf({2, {0, 6, 2, 0}}, &ties);
}

} // namespace

Result<void> checkTieModels(GoldenEntry& entry) {
    for (const char* part : {"two_item_6_2_4ties", "three_item"}) {
        if (!entry.has(part)) {
            continue;
        }
        Result<GoldenEntry> inner = entry.inside(part);
        if (!inner) {
            return inner.error();
        }
        const Result<PairCounts> counts =
            inner->has("wins") ? readCounts(*inner, true) : Result<PairCounts>(countsOfName());
        if (!counts) {
            return counts.error();
        }
        if (auto compared = compareTieModels(*inner, *counts); !compared) {
            return compared;
        }
        inner->finish();
    }
    return {};
}

Result<void> checkIterations(GoldenEntry& entry, const Json& document) {
    const Result<std::string> name = entry.text("matrix");
    if (!name) {
        return name.error();
    }
    const Result<Json> json = namedEntry(document, "bradley_terry", *name);
    if (!json) {
        return entry.error("matrix", json.error().message);
    }
    std::vector<lab::CheckRow> none;
    GoldenEntry matrix(*json, "document", "bradley_terry." + *name, *name, "", none);
    const Result<GoldenMatrix> wins = matrix.matrix("wins");
    if (!wins) {
        return wins.error();
    }
    const Result<BradleyTerryFit> fit = fitBradleyTerry(wins->values, wins->size);
    if (!fit) {
        return entry.error("matrix", fit.error().message);
    }
    std::vector<double> worths(wins->size, 1.0);
    minoriseMaximise(wins->values, worths);
    entry.compare("mm_after_1", worths);
    minoriseMaximise(wins->values, worths);
    entry.compare("mm_after_2", worths);
    std::fill(worths.begin(), worths.end(), 1.0);
    newmanSweep(wins->values, worths);
    entry.compare("newman_gs_after_1", worths);
    if (entry.has("norm")) {
        (void)entry.input("norm"); // words: the scaling that sweeps do
    }
    if (!entry.has("iters_to_1e-10_in_log")) {
        return {};
    }
    Result<GoldenEntry> iterations = entry.inside("iters_to_1e-10_in_log");
    if (!iterations) {
        return iterations.error();
    }
    for (const RaceLine& line : raceSolvers(wins->values, fit->strengths, 1e-10, 5000)) {
        if (line.solver != "Newton") {
            iterations->compare(line.solver == "Newman" ? "newman_gauss_seidel" : "mm",
                                line.errors.size() - 1, 0.0);
        }
    }
    iterations->finish();
    return {};
}

Result<void> checkElo(GoldenEntry& entry) {
    const Result<const Json*> json = entry.input("seq_a_b_score");
    if (!json) {
        return json.error();
    }
    std::vector<EloBattle> battles;
    std::size_t candidates = 0;
    for (const Json& row : **json) {
        if (!row.is_array() || row.size() != 3 || !row[0].is_number_unsigned() ||
            !row[1].is_number_unsigned() || !row[2].is_number() ||
            row[0].get<std::size_t>() > 999 || row[1].get<std::size_t>() > 999) {
            return entry.error("seq_a_b_score", "is not a list of [a, b, score]");
        }
        battles.push_back(
            {row[0].get<std::uint32_t>(), row[1].get<std::uint32_t>(), row[2].get<float>()});
        candidates = std::max<std::size_t>(
            candidates, 1 + std::max(battles.back().first, battles.back().second));
    }
    entry.compare("K30", eloOnline(battles, candidates, {.k = 30.0}), kEloTolerance);
    entry.compare("K4", eloOnline(battles, candidates, {.k = 4.0}), kEloTolerance);
    std::vector<std::uint64_t> reversed(battles.size());
    std::iota(reversed.rbegin(), reversed.rend(), std::uint64_t{0});
    entry.compare("K32_reversed_order", eloOnline(battles, candidates, {.k = 32.0}, reversed),
                  kEloTolerance);
    return {};
}

Result<void> compareStrengths(GoldenEntry& entry, const PairCounts& counts) {
    const Result<Json> strengths = strengthsOf(counts);
    if (!strengths) {
        return entry.error("ballots", strengths.error().message);
    }
    entry.compare("bt_theta_mean0", *strengths, kStrengthTolerance);
    Json top = nullptr;
    if (strengths->is_array()) {
        top = Json::array();
        const auto values = strengths->get<std::vector<double>>();
        const double best = *std::max_element(values.begin(), values.end());
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (values[i] >= best - kEqualStrength) {
                top.push_back(counts.names[i]);
            }
        }
    }
    entry.compare("bt_top", std::move(top));
    return {};
}

Result<void> checkBalanced(GoldenEntry& entry, const Json& document) {
    const Result<std::string> name = entry.text("profile");
    if (!name) {
        return name.error();
    }
    const Result<Json> json = namedEntry(document, "profiles", *name);
    if (!json) {
        return entry.error("profile", json.error().message);
    }
    std::vector<lab::CheckRow> none;
    GoldenEntry named(*json, "document", "profiles." + *name, *name, "", none);
    const Result<ballots::Profile> profile = readBallots(named);
    if (!profile) {
        return profile.error();
    }
    const PairCounts counts = pairCounts(*profile);
    const std::size_t n = counts.size();
    std::vector<double> borda(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            borda[i] += counts.win(i, j) + 0.5 * counts.tie(i, j);
        }
    }
    entry.compare("borda_order", descending(borda));
    const Result<Json> strengths = strengthsOf(counts);
    if (!strengths) {
        return entry.error("profile", strengths.error().message);
    }
    entry.compare("bt_order", strengths->is_null()
                                  ? Json(nullptr)
                                  : Json(descending(strengths->get<std::vector<double>>())));
    return {};
}

void checkNormalQuantile(const Json& expected, std::vector<lab::CheckRow>& rows) {
    lab::CheckRow& row = rows.emplace_back();
    row.area = "voting";
    row.caseName = "z_975";
    row.quantity = "z_975";
    lab::compare(row, numerics::normalQuantile(0.975), expected, 1e-12);
}

} // namespace psephos::choice
