// SPDX-License-Identifier: GPL-3.0-or-later
// Electorates of several groups: those that come with the program, all of them invented, and those
// of files.
#pragma once

#include "ballots/electorate.hpp"
#include "lab/result.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::experiments {

struct ExampleGroups {
    std::string id;    ///< as the knob spells it
    std::string label; ///< ends in "(invented)"
    std::string story; ///< one sentence: what there is to see
};

/// In order of the knob's choices; the first is the default.
[[nodiscard]] const std::vector<ExampleGroups>& exampleGroups();

/// An example as if it had been read from a file; asserts that the id is one of exampleGroups().
[[nodiscard]] std::shared_ptr<const ballots::Electorate>
exampleGroupsElectorate(std::string_view id);

/// The votes by the words of a column; without one by the file's first that makes 2 to 12 groups,
/// else by the one that makes fewest, and as one group where it has none or says nothing of single
/// votes.
///
/// \errors a column that is not there
[[nodiscard]] lab::Result<std::vector<ballots::GroupCounts>>
votesByGroup(const ballots::Electorate& electorate, const std::string& column);

/// The column that votesByGroup() takes; empty: one group.
[[nodiscard]] std::string groupColumn(const ballots::Electorate& electorate,
                                      const std::string& column);

} // namespace psephos::experiments
