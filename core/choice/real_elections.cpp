// SPDX-License-Identifier: GPL-3.0-or-later
// Elections that really took place, checked where their files are at hand.
#include "ballots/electorate.hpp"
#include "choice/golden.hpp"
#include "choice/rules.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
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
        return {};
    };
    registry.add(std::move(real));
}

} // namespace psephos::choice
