// SPDX-License-Identifier: GPL-3.0-or-later
// Cells that were measured, so that a turned knob measures only what depends on it.
#pragma once

#include "experiments/optim/rotation/race.hpp"
#include "lab/knob.hpp"

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>

namespace psephos::experiments::rotation {

using CellPtr = std::shared_ptr<const Cell>;

/// A cell depends on the knobs and the seed alone, so nothing but time depends on the shelf.
/// Thread-safe.
class Shelf {
  public:
    /// The cell of these knobs; null where it is not there.
    [[nodiscard]] CellPtr find(const lab::KnobValues& knobs, std::uint64_t seed);
    void put(const lab::KnobValues& knobs, std::uint64_t seed, CellPtr cell);

  private:
    struct Entry {
        lab::KnobValues knobs;
        std::uint64_t seed = 0;
        CellPtr cell;
    };

    static constexpr std::size_t kMost = 256;
    std::mutex mutex_;
    std::list<Entry> entries_; ///< guarded; the last used first
};

} // namespace psephos::experiments::rotation
