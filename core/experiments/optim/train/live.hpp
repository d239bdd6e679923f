// SPDX-License-Identifier: GPL-3.0-or-later
// What a run of optim.train shows of its optimizer's inside: knobs, channels, panels. Torch-free.
#pragma once

#include "lab/channel.hpp"
#include "lab/knob.hpp"
#include "lab/panel.hpp"

#include <vector>

namespace psephos::experiments::train {

/// `watch` and `watch_every`.
[[nodiscard]] std::vector<lab::Knob> liveKnobs();

[[nodiscard]] std::vector<lab::Channel> liveChannels();

/// The panels of the watched matrix: tabs for the place of the panel before them.
[[nodiscard]] std::vector<lab::Panel> matrixPanels();

/// The panels of time and memory: tabs for the place of the panel before them.
[[nodiscard]] std::vector<lab::Panel> costPanels();

} // namespace psephos::experiments::train
