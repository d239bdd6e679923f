// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl-C: the first one asks, the second one kills.
#pragma once

namespace psephos::cli {

/// From now on SIGINT and SIGTERM are noted once; the next one has its usual, deadly effect.
void watchInterrupts();

/// The signal that was noted; 0: none.
[[nodiscard]] int interruptedBy();

} // namespace psephos::cli
