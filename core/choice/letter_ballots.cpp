// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/letter_ballots.hpp"

#include <utility>

namespace psephos::choice {

using lab::Json;

std::string letterOf(std::size_t candidate) {
    return std::string(1, static_cast<char>('a' + candidate));
}

Json lettersOf(const std::vector<std::size_t>& candidates) {
    Json letters = Json::array();
    for (const std::size_t candidate : candidates) {
        letters.push_back(letterOf(candidate));
    }
    return letters;
}

std::optional<ballots::Ballot> parseRanking(std::string_view letters, std::int64_t count,
                                            std::size_t n) {
    constexpr std::size_t kLetters = 26;
    if (letters.size() != n || n == 0 || n > kLetters || count < 0) {
        return std::nullopt;
    }
    ballots::Ballot ballot;
    ballot.count = count;
    std::vector<bool> isRanked(n, false);
    for (const char letter : letters) {
        const auto candidate = static_cast<std::size_t>(letter - 'a');
        if (letter < 'a' || candidate >= n || isRanked[candidate]) {
            return std::nullopt;
        }
        isRanked[candidate] = true;
        ballot.candidates.push_back(static_cast<std::uint32_t>(candidate));
        ballot.tierEnds.push_back(static_cast<std::uint32_t>(ballot.candidates.size()));
    }
    return ballot;
}

std::optional<ballots::Profile> parseLetterBallots(const Json& json) {
    if (!json.is_array() || json.empty()) {
        return std::nullopt;
    }
    ballots::Profile profile;
    for (const Json& each : json) {
        if (!each.is_object() || !each.contains("count") || !each.contains("ranking") ||
            !each["count"].is_number_integer() || !each["ranking"].is_string()) {
            return std::nullopt;
        }
        const auto ranking = each["ranking"].get<std::string>();
        const std::size_t n = profile.names.empty() ? ranking.size() : profile.names.size();
        auto ballot = parseRanking(ranking, each["count"].get<std::int64_t>(), n);
        if (!ballot) {
            return std::nullopt;
        }
        while (profile.names.size() < n) {
            profile.names.push_back(letterOf(profile.names.size()));
        }
        profile.ballots.push_back(*std::move(ballot));
    }
    return profile;
}

std::string rankingOf(const ballots::Ballot& ballot) {
    std::string letters;
    for (const std::uint32_t candidate : ballot.candidates) {
        letters += letterOf(candidate);
    }
    return letters;
}

Json toLetterBallots(const ballots::Profile& profile) {
    Json json = Json::array();
    for (const ballots::Ballot& ballot : profile.ballots) {
        Json each = Json::object();
        each["count"] = ballot.count;
        each["ranking"] = rankingOf(ballot);
        json.push_back(std::move(each));
    }
    return json;
}

} // namespace psephos::choice
