// SPDX-License-Identifier: GPL-3.0-or-later
// The reference of experiments, made from their descriptions: as text, JSON and Markdown.
#pragma once

#include "lab/experiment.hpp"

#include <string>

namespace psephos::lab {

/// Everything that a description declares. Special values carry the evidence on which they rest
/// beside the other knobs' defaults.
[[nodiscard]] Json toJson(const Description& description);

/// The same for a person at a terminal: knobs, channels, panels and presets, a line each.
[[nodiscard]] std::string referenceText(const Description& description);

/// A chapter for each experiment, with tables of its knobs and channels.
[[nodiscard]] std::string referenceMarkdown(const Registry& registry);

/// "applies where optimizer is soap, muon", or empty.
[[nodiscard]] std::string conditionText(const Knob& knob);

} // namespace psephos::lab
