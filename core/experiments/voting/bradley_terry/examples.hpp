// SPDX-License-Identifier: GPL-3.0-or-later
// Battles that come with the program. All of them are invented, and say so.
#pragma once

#include "ballots/electorate.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace psephos::experiments {

struct ExampleBattles {
    std::string id;    ///< as the knob spells it
    std::string label; ///< ends in "(invented)"
    std::string story; ///< one sentence: what there is to see
};

/// In order of the knob's choices; the first is the default.
[[nodiscard]] const std::vector<ExampleBattles>& exampleBattles();

/// An example as if it had been read from a file; asserts that the id is one of exampleBattles().
/// Drawn from streams of a fixed seed: always the same battles.
[[nodiscard]] ballots::Electorate exampleBattlesElectorate(std::string_view id);

} // namespace psephos::experiments
