// SPDX-License-Identifier: GPL-3.0-or-later
// Whether the end of a race over several seeds puts its runners in an order.
#pragma once

#include "lab/experiment.hpp"

#include <optional>
#include <span>

namespace psephos::experiments::train {

/// Which cohorts' quartiles of the last held-out loss overlap, so that none of them is ahead, or
/// that none do; a run that diverged is behind all others. None while a run is under way, with
/// fewer than two cohorts or a cohort of fewer than three runs, and where a knob other than the
/// optimizer is swept.
[[nodiscard]] std::optional<lab::Note> orderNote(std::span<const lab::RunFacts> runs);

} // namespace psephos::experiments::train
