// SPDX-License-Identifier: GPL-3.0-or-later
// How a file is read.
#pragma once

#include <functional>
#include <string>

namespace psephos::ballots {

struct ReadOptions {
    /// What the columns of a table of battles say where their names are not known (see
    /// parseColumnRoles()): `a:home.team,b:away.team,winner:result`. Empty: known names.
    std::string columns = {};
    /// Called now and then, in the calling thread, with the part that was read, from 0 to 1.
    std::function<void(double part)> progress = {};
    /// Asked now and then, in any thread; true ends the reading with an error.
    std::function<bool()> stopRequested = {};
    /// Threads that read a large table; 0: as many as the machine has, at most 8. The result does
    /// not depend on it.
    int threads = 0;
};

} // namespace psephos::ballots
