// SPDX-License-Identifier: GPL-3.0-or-later
// Cases of axioms as JSON.
#include "choice/axioms.hpp"
#include "choice/letter_ballots.hpp"
#include "choice/majority_sets.hpp"
#include "choice/pairwise.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace psephos::choice {

namespace {

using ballots::Ballot;
using ballots::Profile;
using lab::Error;
using lab::Json;
using lab::Result;

Error wrong(std::string message, const char* field) {
    return Error{.message = std::move(message), .hint = {}, .place = field};
}

Result<std::string> textOf(const Json& json, const char* key) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_string()) {
        return wrong("is missing or not a text", key);
    }
    return found->get<std::string>();
}

Result<Profile> profileOf(const Json& json, const char* key) {
    const auto found = json.find(key);
    auto profile = found == json.end() ? std::nullopt : parseLetterBallots(*found);
    if (!profile) {
        return wrong("is not a list of {\"count\": …, \"ranking\": \"cab\"}", key);
    }
    return *std::move(profile);
}

/// A second profile on as many candidates.
Result<Profile> profileLike(const Profile& first, const Json& json, const char* key) {
    Result<Profile> second = profileOf(json, key);
    if (second && second->names.size() != first.names.size()) {
        return wrong("has another number of candidates than the profile", key);
    }
    return second;
}

/// `{"voters": 3, KEY: "acdb"}`.
Result<Ballot> votersOf(const Json& json, const char* key, const char* ranking, std::size_t n) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_object() || !found->contains("voters") ||
        !(*found)["voters"].is_number_integer() || !found->contains(ranking) ||
        !(*found)[ranking].is_string()) {
        return wrong(std::string("needs a whole number 'voters' and an order '") + ranking + "'",
                     key);
    }
    auto ballot = parseRanking((*found)[ranking].get<std::string>(),
                               (*found)["voters"].get<std::int64_t>(), n);
    if (!ballot) {
        return wrong("does not order the profile's candidates", key);
    }
    return *std::move(ballot);
}

Result<AxiomCase> parseClones(std::string rule, Profile before, const Json& json) {
    const Result<std::string> cloned = textOf(json, "cloned");
    Result<Profile> after = profileOf(json, "profile_after");
    if (!cloned || !after) {
        return cloned ? after.error() : cloned.error();
    }
    const std::size_t n = before.names.size();
    const auto original = static_cast<std::size_t>(cloned->empty() ? -1 : (*cloned)[0] - 'a');
    if (cloned->size() != 1 || original >= n) {
        return wrong("is not a candidate of the profile", "cloned");
    }
    if (after->names.size() <= n) {
        return wrong("has no more candidates than the profile", "profile_after");
    }
    return clonedCase(std::move(rule), std::move(before), std::move(after).value(), original);
}

Result<AxiomCase> parseRaise(std::string rule, Profile before, const Json& json) {
    const auto from = votersOf(json, "raise", "from", before.names.size());
    const auto to = votersOf(json, "raise", "to", before.names.size());
    if (!from || !to) {
        return from ? to.error() : from.error();
    }
    auto example =
        raisedCase(std::move(rule), std::move(before), rankingOf(*from), rankingOf(*to), to->count);
    if (!example) {
        return wrong("changes more ballots than there are", "raise");
    }
    return *std::move(example);
}

std::string orNobody(const std::vector<std::size_t>& winners) {
    return winners.size() == 1 ? letterOf(winners[0]) : "";
}

Json oneOrNull(const std::vector<std::size_t>& winners) {
    return winners.size() == 1 ? Json(orNobody(winners)) : Json(nullptr);
}

void writeStatic(Json& json, const AxiomCase& example, const CaseWinners& winners) {
    const Votes votes = votesOf(example.before);
    const auto letter = [](const std::optional<std::size_t>& candidate) {
        return candidate ? Json(letterOf(*candidate)) : Json(nullptr);
    };
    switch (example.axiom) {
    case Axiom::CondorcetWinner:
        json["condorcet"] = letter(condorcetWinner(votes));
        break;
    case Axiom::CondorcetLoser:
        json["loser"] = letter(condorcetLoser(votes));
        break;
    case Axiom::Smith:
        json["smith"] = lettersOf(majorityTiers(votes).front());
        break;
    default:
        break;
    }
    json["winners"] = lettersOf(winners.before);
}

void writeClones(Json& json, const AxiomCase& example) {
    const std::size_t n = example.before.names.size();
    json["cloned"] = letterOf(example.originals.back());
    Json names = Json::array();
    for (std::size_t i = n; i < example.originals.size(); ++i) {
        names.push_back(letterOf(i));
    }
    json["clone_names"] = std::move(names);
    json["profile_after"] = toLetterBallots(*example.after);
}

/// The ballots that changed: the one that lost voters and the last one, which has them.
void writeRaise(Json& json, const AxiomCase& example) {
    const Ballot& to = example.after->ballots.back();
    for (std::size_t b = 0; b < example.before.ballots.size(); ++b) {
        if (example.before.ballots[b].count != example.after->ballots[b].count) {
            json["raise"] = Json{{"voters", to.count},
                                 {"from", rankingOf(example.before.ballots[b])},
                                 {"to", rankingOf(to)}};
        }
    }
}

} // namespace

Result<AxiomCase> parseAxiomCase(const Json& json) {
    if (!json.is_object()) {
        return Error{.message = "is not an object", .hint = {}, .place = {}};
    }
    Result<std::string> rule = textOf(json, "rule");
    const Result<std::string> id = textOf(json, "axiom");
    Result<Profile> before = profileOf(json, "profile");
    if (!rule || !id || !before) {
        return !rule ? rule.error() : (!id ? id.error() : before.error());
    }
    const auto axiom = axiomOf(*id);
    if (!axiom) {
        return wrong("there is no axiom '" + *id + "'", "axiom");
    }
    switch (*axiom) {
    case Axiom::CloneIndependence:
        return parseClones(std::move(rule).value(), std::move(before).value(), json);
    case Axiom::Monotonicity:
        return parseRaise(std::move(rule).value(), std::move(before).value(), json);
    case Axiom::Participation: {
        auto joined = votersOf(json, "added", "ranking", before->names.size());
        if (!joined) {
            return joined.error();
        }
        return joinedCase(std::move(rule).value(), std::move(before).value(),
                          std::move(joined).value());
    }
    case Axiom::Reinforcement: {
        auto second = profileLike(*before, json, "second_profile");
        if (!second) {
            return second.error();
        }
        return unitedCase(std::move(rule).value(), std::move(before).value(),
                          std::move(second).value());
    }
    default:
        return plainCase(std::move(rule).value(), *axiom, std::move(before).value());
    }
}

Json toJson(const AxiomCase& example, const CaseWinners& winners) {
    Json json = Json::object();
    json["rule"] = example.rule;
    json["axiom"] = infoOf(example.axiom).id;
    json["num_candidates"] = example.before.names.size();
    json["num_voters"] = example.before.voters();
    json["profile"] = toLetterBallots(example.before);
    switch (example.axiom) {
    case Axiom::CloneIndependence:
        json["winner_before"] = oneOrNull(winners.before);
        writeClones(json, example);
        json["winners_after"] = lettersOf(winners.after);
        break;
    case Axiom::Monotonicity:
        json["winner_before"] = oneOrNull(winners.before);
        writeRaise(json, example);
        json["winners_after"] = lettersOf(winners.after);
        break;
    case Axiom::Participation:
        json["winner_before"] = oneOrNull(winners.before);
        json["added"] =
            Json{{"voters", example.joined->count}, {"ranking", rankingOf(*example.joined)}};
        json["winner_after"] = oneOrNull(winners.after);
        break;
    case Axiom::Reinforcement:
        json["winner_each"] = oneOrNull(winners.before);
        json["second_profile"] = toLetterBallots(*example.second);
        json["winners_union"] = lettersOf(winners.after);
        break;
    default:
        writeStatic(json, example, winners);
        break;
    }
    return json;
}

} // namespace psephos::choice
