// SPDX-License-Identifier: GPL-3.0-or-later
// The object that computes: what an experiment implements.
#pragma once

#include "lab/result.hpp"
#include "lab/run_context.hpp"

#include <string>
#include <string_view>

namespace psephos::lab {

enum class Advance { More, Done };

/// One execution of an experiment. Used by one thread at a time, always the same lane's.
/// Calls: start or restore once, then advance until Done, failure or cancellation. A run may be
/// continued after Done with a larger number of steps: restore on a fresh object.
class Computation {
  public:
    virtual ~Computation() = default;

    /// Step 0: reads data, allocates, warms up (off the clock) and emits what is known before the
    /// first step.
    virtual Result<void> start(RunContext& context) = 0;

    /// One step, context.step() saying which (from 1). Takes well under 50 ms, or polls
    /// context.stopRequested() inside; a step given up for that reason returns More and is
    /// discarded with the run.
    virtual Result<Advance> advance(RunContext& context) = 0;

    /// Waits until the device has done what was handed to it; called on the clock at the end of a
    /// slice, so that the run's seconds are true on a GPU.
    virtual void synchronize() {}

    /// Whether save() and restore() work.
    [[nodiscard]] virtual bool canSave() const { return false; }

    /// Everything that the steps after this one depend on, as bytes of its own format.
    [[nodiscard]] virtual Result<std::string> save() const {
        return Error{"this experiment keeps no checkpoints", "", ""};
    }

    /// In place of start(): goes on after context.step() from what save() wrote there. Emits
    /// nothing that was emitted before. The knobs may differ from those it was saved under
    /// (fork, extend); what can't be taken over starts fresh and is said by context.note().
    virtual Result<void> restore(RunContext&, std::string_view) {
        return Error{"this experiment keeps no checkpoints", "", ""};
    }

    /// A live knob was turned; context.knobs() holds its new value.
    virtual Result<void> turned(RunContext&, std::string_view) { return {}; }
};

} // namespace psephos::lab
