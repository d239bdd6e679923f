// SPDX-License-Identifier: GPL-3.0-or-later
// Waiting for runs: progress, Ctrl-C, and the summary at the end.
#pragma once

#include "app/cli/session.hpp"

#include <filesystem>
#include <vector>

namespace psephos::cli {

/// Waits until the runs have ended, or an interrupt has paused them; then exports them into `out`
/// (where not empty) and prints the summary or, with --json, the array of their documents.
int watchRuns(Session& session, lab::Workbench& workbench, const std::vector<lab::RunPtr>& runs,
              const std::filesystem::path& out);

} // namespace psephos::cli
