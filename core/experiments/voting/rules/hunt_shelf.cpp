// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/rules/hunt_shelf.hpp"

#include <algorithm>
#include <utility>

namespace psephos::experiments {

HuntShelf::Hunt HuntShelf::take(const choice::HuntOptions& options) {
    const std::lock_guard lock(mutex_);
    const auto known = std::find_if(hunts_.begin(), hunts_.end(), [&options](const Hunt& each) {
        return each.options == options;
    });
    if (known == hunts_.end()) {
        return {options, choice::CounterexampleHunt(options), false};
    }
    Hunt hunt = std::move(*known);
    hunts_.erase(known);
    return hunt;
}

void HuntShelf::put(Hunt hunt) {
    const std::lock_guard lock(mutex_);
    hunts_.push_front(std::move(hunt));
    if (hunts_.size() > kMost) {
        hunts_.pop_back();
    }
}

} // namespace psephos::experiments
