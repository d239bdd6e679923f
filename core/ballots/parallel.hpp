// SPDX-License-Identifier: GPL-3.0-or-later
// Independent tasks on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace psephos::ballots {

/// Runs task(0) … task(count − 1) on at most `threads` threads, the calling one among them. Tasks
/// must not throw.
template <typename Task>
void runParallel(std::size_t count, std::size_t threads, const Task& task) {
    std::atomic<std::size_t> next{0};
    const auto work = [&next, &task, count] {
        for (std::size_t i = next++; i < count; i = next++) {
            task(i);
        }
    };
    std::vector<std::jthread> others;
    for (std::size_t t = 1; t < std::min(threads, count); ++t) {
        others.emplace_back(work);
    }
    work();
}

} // namespace psephos::ballots
