// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/lanes/run_keeper.hpp"

#include <cassert>
#include <iterator>
#include <numeric>

namespace psephos::lab {

std::optional<std::size_t> checkpointToDrop(const std::vector<std::int64_t>& steps,
                                            const std::vector<std::size_t>& bytes,
                                            const std::vector<bool>& pinned,
                                            std::size_t quotaBytes) {
    assert(steps.size() == bytes.size() && steps.size() == pinned.size());
    if (std::accumulate(bytes.begin(), bytes.end(), std::size_t{0}) <= quotaBytes) {
        return std::nullopt;
    }
    std::optional<std::size_t> drop;
    std::int64_t narrowest = 0;
    for (std::size_t i = 1; i + 1 < steps.size(); ++i) {
        const std::int64_t gap = steps[i + 1] - steps[i - 1];
        if (!pinned[i] && (!drop || gap < narrowest)) {
            drop = i;
            narrowest = gap;
        }
    }
    return drop;
}

MemoryKeeper::MemoryKeeper(std::size_t quotaBytes)
    : quotaBytes_(quotaBytes) {}

void MemoryKeeper::keep(const RunPtr& run, Checkpoint checkpoint) {
    const std::lock_guard lock(mutex_);
    auto& kept = checkpoints_[run->id()];
    kept[checkpoint.step] = std::move(checkpoint);
    while (true) {
        std::vector<std::int64_t> steps;
        std::vector<std::size_t> bytes;
        for (const auto& [step, each] : kept) {
            steps.push_back(step);
            bytes.push_back(each.bytes.size());
        }
        const auto drop =
            checkpointToDrop(steps, bytes, std::vector<bool>(steps.size(), false), quotaBytes_);
        if (!drop) {
            return;
        }
        kept.erase(steps[*drop]);
    }
}

void MemoryKeeper::changed(const RunPtr&) {}

void MemoryKeeper::truncated(const RunPtr& run, std::int64_t step) {
    const std::lock_guard lock(mutex_);
    auto& kept = checkpoints_[run->id()];
    kept.erase(kept.upper_bound(step), kept.end());
}

void MemoryKeeper::settled(const RunPtr&) {}

Result<std::optional<Checkpoint>> MemoryKeeper::checkpoint(RunId run, std::int64_t step) {
    const std::lock_guard lock(mutex_);
    const auto kept = checkpoints_.find(run);
    if (kept == checkpoints_.end()) {
        return std::optional<Checkpoint>();
    }
    const auto next = kept->second.upper_bound(step);
    return next != kept->second.begin() ? std::optional(std::prev(next)->second) : std::nullopt;
}

double MemoryKeeper::checkpointSeconds(RunId) const {
    return 0;
}

void MemoryKeeper::forget(RunId run) {
    const std::lock_guard lock(mutex_);
    checkpoints_.erase(run);
}

} // namespace psephos::lab
