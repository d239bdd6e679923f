// SPDX-License-Identifier: GPL-3.0-or-later
// Elections on which rules differ; invented or from textbooks, and each says which.
#pragma once

#include "ballots/profile.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::experiments {

struct ExampleVote {
    std::string id;
    std::string label; ///< ends in "(invented)" or "(textbook)"
    std::string story; ///< one sentence: what there is to see
    std::vector<std::string> candidates;

    struct Group {
        std::int64_t voters;
        std::string order; ///< a letter for each candidate, from a; best first
    };

    std::vector<Group> groups;
};

/// In order of the knob's choices; the first is the default.
[[nodiscard]] const std::vector<ExampleVote>& exampleVotes();

/// The ballots of an example; asserts that the id is one of exampleVotes().
[[nodiscard]] ballots::Profile exampleProfile(std::string_view id);

} // namespace psephos::experiments
