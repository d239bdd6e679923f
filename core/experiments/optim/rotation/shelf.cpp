// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/rotation/shelf.hpp"

#include <algorithm>
#include <utility>

namespace psephos::experiments::rotation {

CellPtr Shelf::find(const lab::KnobValues& knobs, std::uint64_t seed) {
    const std::lock_guard lock(mutex_);
    const auto known = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& each) {
        return each.seed == seed && each.knobs == knobs;
    });
    if (known == entries_.end()) {
        return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, known);
    return entries_.front().cell;
}

void Shelf::put(const lab::KnobValues& knobs, std::uint64_t seed, CellPtr cell) {
    const std::lock_guard lock(mutex_);
    entries_.push_front({knobs, seed, std::move(cell)});
    if (entries_.size() > kMost) {
        entries_.pop_back();
    }
}

} // namespace psephos::experiments::rotation
