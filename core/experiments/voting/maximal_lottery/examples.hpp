// SPDX-License-Identifier: GPL-3.0-or-later
// Elections that come with the program. All of them are invented, and say so.
#pragma once

#include "ballots/electorate.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace psephos::experiments {

struct ExampleElection {
    std::string id;    ///< as the knob spells it
    std::string name;  ///< two or three words, for lists
    std::string label; ///< what it is about; ends in "(invented)"
    std::string story; ///< one sentence: what there is to see
    std::vector<std::string> candidates;

    struct Group {
        int voters;
        std::vector<int> order; ///< candidates by number, best first; all of them
    };

    std::vector<Group> groups;
};

/// In order of the knob's choices; the first is the default.
[[nodiscard]] const std::vector<ExampleElection>& exampleElections();

/// An example as if it had been read from a file; asserts that the id is one of exampleElections().
[[nodiscard]] ballots::Electorate exampleElectorate(std::string_view id);

} // namespace psephos::experiments
