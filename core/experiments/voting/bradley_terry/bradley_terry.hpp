// SPDX-License-Identifier: GPL-3.0-or-later
// The experiment voting.bradley_terry: battles in, ratings with intervals and ranks out, with what
// can and can't be concluded from them.
#pragma once

#include "lab/experiment.hpp"

#include <memory>

namespace psephos::experiments {

/// Knobs `data`, `example`, `ties`, `ridge`, `bootstraps`, `cluster`, `scale`, `anchor` …; channels
/// `ratings`, `residuals`, `race`, `elo`, `groups`, `flip` …
[[nodiscard]] lab::Description describeBradleyTerry();

/// The ratings in the first step, what explains them in the second; reactive.
[[nodiscard]] std::unique_ptr<lab::Computation> makeBradleyTerry();

} // namespace psephos::experiments
