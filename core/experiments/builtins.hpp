// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that this program brings along, by explicit lists.
#pragma once

#include "lab/check.hpp"
#include "lab/experiment.hpp"
#include "lab/files/data_kind.hpp"

namespace psephos::experiments {

/// Describes every experiment, provides those that need no module, and adds the checks and
/// benchmarks of the folders that need none. Modules do the rest when they are opened.
void registerBuiltins(lab::Registry& registry, lab::CheckRegistry& checks);

/// The kinds of data files that the experiments read, and the sets that need no file.
void registerDataKinds(lab::DataRegistry& data);

} // namespace psephos::experiments
