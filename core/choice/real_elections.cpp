// SPDX-License-Identifier: GPL-3.0-or-later
// Elections that really took place, checked where their files are at hand.
#include "ballots/electorate.hpp"
#include "choice/golden.hpp"
#include "choice/maximal_lottery.hpp"
#include "choice/rules.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <system_error>
#include <utility>

namespace psephos::choice {

namespace {

using lab::Json;
using lab::Result;

/// A rule's winner in a file of the folder of real data sets.
struct KnownWinner {
    const char* name;
    const char* file;
    Rule rule;
    const char* winner;
};

/// Source: the counts of the city of Burlington, Vermont, 2009, as in PrefLib's data set 00005.
constexpr const char* kBurlington = "preflib/00005_burlington/00005-00000002.toi";
constexpr KnownWinner kKnown[] = {
    {"Burlington 2009", kBurlington, Rule::Plurality, "Kurt Wright"},
    {"Burlington 2009", kBurlington, Rule::Irv, "Bob Kiss"},
    {"Burlington 2009", kBurlington, Rule::Condorcet, "Andy Montroll"},
};

/// Govan, Glasgow's ward 5, 2007: three candidates beat each other in a circle and everyone else.
/// Chances by linear programming, from the counts in PrefLib's data set 00008.
constexpr const char* kGovan = "preflib/00008_glasgow/00008-00000009.soi";
constexpr double kGovanChances[] = {0.849083, 0.121298, 0.029619};
/// Half of the last digit that is known.
constexpr double kGovanTolerance = 5e-7;

Result<void> checkGovan(const std::filesystem::path& path, std::vector<lab::CheckRow>& rows) {
    const auto electorate = ballots::openElectorate(path);
    if (!electorate) {
        return electorate.error();
    }
    const auto margins = ballots::countMargins((*electorate)->pairs);
    const std::size_t n = (*electorate)->pairs.size();
    const auto lottery = maximalLottery(margins, n);
    if (!lottery) {
        return lottery.error();
    }
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto& p = lottery->probabilities;
    std::ranges::sort(order, [&p](std::size_t a, std::size_t b) { return p[a] > p[b]; });
    Json chances = Json::array();
    Json wanted = Json::array();
    for (std::size_t rank = 0; rank < std::min<std::size_t>(n, 4); ++rank) {
        chances.push_back(p[order[rank]]);
        wanted.push_back(rank < 3 ? kGovanChances[rank] : 0.0);
    }
    lab::CheckRow row;
    row.area = "voting";
    row.caseName = "Govan 2007";
    row.quantity = "lottery";
    lab::compare(row, std::move(chances), std::move(wanted), kGovanTolerance);
    rows.push_back(row);
    row.quantity = "cycle";
    int beaten = 0; // of the three by one another, once each
    for (std::size_t a = 0; a < 3 && n >= 3; ++a) {
        for (std::size_t b = 0; b < 3; ++b) {
            beaten += margins[order[a] * n + order[b]] > 0.0 ? 1 : 0;
        }
    }
    const auto beats = [&](std::size_t a, std::size_t b) {
        return margins[order[a] * n + order[b]] > 0.0;
    };
    const bool isCycle =
        n >= 3 && beaten == 3 && beats(0, 1) == beats(1, 2) && beats(1, 2) == beats(2, 0);
    lab::compare(row, isCycle, true, 0.0);
    rows.push_back(std::move(row));
    return {};
}

Result<void> check(const KnownWinner& known, const std::filesystem::path& path,
                   std::vector<lab::CheckRow>& rows) {
    const auto electorate = ballots::openElectorate(path);
    if (!electorate) {
        return electorate.error();
    }
    if (!(*electorate)->profile) {
        return lab::Error{.message = "holds no ballots", .hint = {}, .place = path.string()};
    }
    const ballots::Profile& profile = *(*electorate)->profile;
    const auto outcome = applyRule(known.rule, votesOf(profile));
    if (!outcome) {
        return outcome.error();
    }
    Json winners = Json::array();
    for (const std::size_t winner : outcome->winners) {
        winners.push_back(profile.names[winner]);
    }
    lab::CheckRow row;
    row.area = "voting";
    row.caseName = known.name;
    row.quantity = infoOf(known.rule).id;
    lab::compare(row, std::move(winners), Json::array({known.winner}), 0.0);
    rows.push_back(std::move(row));
    return {};
}

} // namespace

void registerRealElections(lab::CheckRegistry& registry) {
    lab::Check real;
    real.area = "voting";
    real.name = "real elections";
    real.run = [](const lab::CheckOptions&, std::vector<lab::CheckRow>& rows) -> Result<void> {
        const char* const folder = std::getenv("PSEPHOS_DATA");
        for (const KnownWinner& known : kKnown) {
            std::error_code ignored;
            const auto path = std::filesystem::path(folder != nullptr ? folder : "") / known.file;
            if (folder == nullptr || !std::filesystem::exists(path, ignored)) {
                continue;
            }
            if (auto checked = check(known, path, rows); !checked) {
                return checked;
            }
        }
        std::error_code ignored;
        const auto govan = std::filesystem::path(folder != nullptr ? folder : "") / kGovan;
        if (folder != nullptr && std::filesystem::exists(govan, ignored)) {
            return checkGovan(govan, rows);
        }
        return {};
    };
    registry.add(std::move(real));
}

} // namespace psephos::choice
