// SPDX-License-Identifier: GPL-3.0-or-later
// Golden cases of robust lotteries.
#include "choice/golden_sections.hpp"
#include "choice/held_out.hpp"
#include "choice/robust_lottery.hpp"

#include <algorithm>
#include <cmath>

namespace psephos::choice {

namespace {

using lab::Json;
using lab::Result;

/// `groups`: a list of square tables, all of one size; `w0`: a weight for each.
Result<GroupGame> readGroups(GoldenEntry& entry) {
    const Result<const Json*> json = entry.input("groups");
    const Result<std::vector<double>> weights = entry.numbers("w0");
    if (!json || !weights) {
        return json ? weights.error() : json.error();
    }
    const lab::Error wrong = entry.error("groups", "is not a list of square matrices");
    if (!(*json)->is_array() || (*json)->empty()) {
        return wrong;
    }
    GroupGame game;
    game.weights = *weights;
    game.size = (*json)->front().is_array() ? (*json)->front().size() : 0;
    for (const Json& group : **json) {
        if (!group.is_array() || group.size() != game.size) {
            return wrong;
        }
        for (const Json& row : group) {
            if (!row.is_array() || row.size() != game.size) {
                return wrong;
            }
            for (const Json& cell : row) {
                if (!cell.is_number()) {
                    return wrong;
                }
                game.payoffs.push_back(cell.get<double>());
            }
        }
    }
    return game;
}

Result<void> checkRobustRow(GoldenEntry& entry, const GroupGame& game) {
    const Result<double> rho = entry.number("rho");
    if (!rho) {
        return rho.error();
    }
    const Result<RobustLottery> robust = robustLottery(game, *rho);
    if (!robust) {
        return entry.error("rho", robust.error().message);
    }
    entry.compare("value", robust->lower);
    entry.compare("worst_win_rate", (1.0 + robust->lower) / 2.0);
    entry.compare("unique", robust->isUnique);
    entry.compare("p", robust->isUnique ? Json(robust->probabilities) : Json(nullptr));
    if (entry.has("range")) {
        const Result<RobustRanges> ranges = robustRanges(game, *robust);
        if (!ranges) {
            return entry.error("range", ranges.error().message);
        }
        Json pairs = Json::array();
        for (std::size_t i = 0; i < game.size; ++i) {
            pairs.push_back({ranges->least[i], ranges->greatest[i]});
        }
        entry.compare("range", std::move(pairs), kGoldenRangeTolerance);
    }
    entry.compare("nominal_value_of_p", robust->isUnique
                                            ? Json(robustValue(game, robust->probabilities, 0.0))
                                            : Json(nullptr));
    entry.compare("per_group_value", robust->isUnique
                                         ? Json(groupValues(game, robust->probabilities))
                                         : Json(nullptr));
    return {};
}

} // namespace

Result<void> checkRobust(GoldenEntry& entry) {
    const Result<GroupGame> game = readGroups(entry);
    if (!game) {
        return game.error();
    }
    return entry.each("rows", [&game](GoldenEntry& row) { return checkRobustRow(row, *game); });
}

Result<void> checkTwoGroups(GoldenEntry& entry) {
    const Result<double> m1 = entry.number("m1");
    const Result<double> m2 = entry.number("m2");
    const Result<double> w1 = entry.number("w1");
    for (const Result<double>* each : {&m1, &m2, &w1}) {
        if (!*each) {
            return each->error();
        }
    }
    entry.compare("rho_star", (*w1 * *m1 - (1.0 - *w1) * *m2) / (*m1 + *m2));
    const GroupGame game{2, {0.0, *m1, -*m1, 0.0, 0.0, -*m2, *m2, 0.0}, {*w1, 1.0 - *w1}};
    return entry.each("rows", [&](GoldenEntry& row) -> Result<void> {
        const Result<double> rho = row.number("rho");
        if (!rho) {
            return rho.error();
        }
        // By the solver that knows nothing of the closed form, whose margins are compared, too.
        const Result<RobustLottery> robust = robustLottery(game, *rho);
        if (!robust) {
            return row.error("rho", robust.error().message);
        }
        const TwoGroupLottery closed = twoGroupLottery(*m1, *m2, *w1, *rho);
        row.compare("p_a", robust->probabilities[0]);
        row.compare("value", robust->lower);
        row.compare("worst_margin_ab_low", closed.leastMargin);
        row.compare("worst_margin_ab_high", closed.greatestMargin);
        return {};
    });
}

Result<void> checkWorstMix(GoldenEntry& entry) {
    const Result<std::vector<double>> payoffs = entry.numbers("z");
    const Result<std::vector<double>> reference = entry.numbers("w0");
    const Result<double> rho = entry.number("rho");
    if (!payoffs || !reference || !rho) {
        return !payoffs ? payoffs.error() : !reference ? reference.error() : rho.error();
    }
    if (payoffs->size() != reference->size() || payoffs->empty()) {
        return entry.error("z", "has not as many numbers as w0");
    }
    const WorstMix mix = worstMix(*payoffs, *reference, *rho);
    entry.compare("w", mix.weights);
    entry.compare("value", mix.value);
    return {};
}

Result<void> checkEdgeBox(GoldenEntry& entry) {
    const Result<double> delta = entry.number("delta");
    if (!delta) {
        return delta.error();
    }
    for (const auto& [key, n] : {std::pair<const char*, std::size_t>{"n3", 3}, {"n5", 5}}) {
        if (!entry.has(key)) {
            continue;
        }
        GroupGame game{n, std::vector<double>(n * n, 0.0), {1.0}};
        lowerByBox(game.payoffs, std::vector<double>(n * n, *delta), n);
        const Result<RobustLottery> robust = robustLottery(game, 0.0);
        if (!robust) {
            return entry.error(key, robust.error().message);
        }
        entry.compare(key, robust->lower);
    }
    return {};
}

Result<void> checkErrorBound(GoldenEntry& entry) {
    const Result<double> n = entry.number("n");
    const Result<double> comparisons = entry.number("T_min");
    const Result<double> delta = entry.number("delta");
    for (const Result<double>* each : {&n, &comparisons, &delta}) {
        if (!*each) {
            return each->error();
        }
    }
    if (!(*n >= 2.0) || !(*comparisons > 0.0) || !(*delta > 0.0)) {
        return entry.error("n", "n must be at least 2, T_min and delta positive");
    }
    entry.compare("eps", marginErrorBound(static_cast<std::size_t>(*n), *comparisons, *delta));
    return {};
}

namespace {

/// Adds a row that asks for at least this much; the residual is what lacks.
void requireAtLeast(std::vector<lab::CheckRow>& rows, const std::string& quantity, double computed,
                    double least) {
    lab::CheckRow row;
    row.area = "voting";
    row.caseName = "robust_miniature_statistical";
    row.quantity = quantity;
    row.computed = computed;
    row.expected = least;
    row.residual = computed < least ? least - computed : 0.0;
    row.tolerance = 0.0;
    row.pass = computed >= least;
    rows.push_back(std::move(row));
}

} // namespace

// The document's numbers are of electorates drawn by other means: what is compared is the shape
// that the specification (§6.6) demands of any of them.
Result<void> checkMiniature(GoldenEntry& entry, std::vector<lab::CheckRow>& rows) {
    (void)entry.input("rows");
    HeldOutStudy::Options options;
    options.rhos = {0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0};
    const auto study =
        HeldOutStudy::make(miniatureBattles(kMiniatureSeed), "language", std::move(options));
    if (!study) {
        return entry.error("", study.error().message);
    }
    std::vector<std::vector<HeldOutPoint>> resamples;
    for (std::uint64_t number = 0; number < 40; ++number) {
        auto resample = study->resample(number);
        if (!resample) {
            return entry.error("", resample.error().message);
        }
        resamples.push_back(std::move(resample).value());
    }
    const std::vector<HeldOutPoint> mean = meanOf(resamples);
    const auto gap = [](const HeldOutPoint& point) { return point.trainRate - point.testRate; };
    double leastFall = 1.0;
    double bestTest = 0.0;
    for (std::size_t i = 0; i < mean.size(); ++i) {
        bestTest = std::max(bestTest, mean[i].testRate);
        leastFall = i == 0 ? leastFall : std::min(leastFall, gap(mean[i - 1]) - gap(mean[i]));
    }
    const HeldOutPoint& nominal = mean.front();
    const HeldOutPoint& robust = mean.back();
    requireAtLeast(rows, "shape.least_fall_of_the_gap", 100.0 * leastFall, 0.0);
    requireAtLeast(rows, "shape.gap_ratio", gap(nominal) / gap(robust), 3.0);
    requireAtLeast(rows, "shape.test_rise_points", 100.0 * (bestTest - nominal.testRate), 1.0);
    requireAtLeast(rows, "shape.worst_group_rise_points",
                   100.0 * (robust.testWorstRate - nominal.testWorstRate), 5.0);
    requireAtLeast(rows, "shape.support_ratio", robust.support / nominal.support, 1.8);
    return {};
}

} // namespace psephos::choice
