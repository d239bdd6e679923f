// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/lanes/compute_clock.hpp"

namespace psephos::lab {

void ComputeClock::start() {
    if (!running_) {
        running_ = true;
        since_ = Clock::now();
    }
}

void ComputeClock::stop() {
    if (running_) {
        counted_ = seconds();
        running_ = false;
    }
}

double ComputeClock::seconds() const {
    if (!running_) {
        return counted_;
    }
    return counted_ + std::chrono::duration<double>(Clock::now() - since_).count();
}

void ComputeClock::set(double seconds) {
    counted_ = seconds;
    since_ = Clock::now();
}

ComputeClock::Pause::Pause(ComputeClock& clock)
    : clock_(clock)
    , wasRunning_(clock.running_) {
    clock_.stop();
}

ComputeClock::Pause::~Pause() {
    if (wasRunning_) {
        clock_.start();
    }
}

} // namespace psephos::lab
