// SPDX-License-Identifier: GPL-3.0-or-later
// An invented inside of three trainings, for tests of the panels that show it.
#pragma once

#include "ui/support/fake_runs.hpp"

namespace psephos::tests {

/// A panel over the frames of fakeInside().
/// @param kind stacks, maps, saw (two curves a run, and ticks) or fork
lab::Panel insidePanel(const std::string& kind);

/// AdamW, SOAP and a fork of SOAP to Muon with fresh state.
std::unique_ptr<FakeComparison> fakeInside();

} // namespace psephos::tests
