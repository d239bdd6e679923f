// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/surface/race.hpp"

#include "numerics/random.hpp"

#include <utility>

namespace psephos::experiments::surface {

namespace {

constexpr std::uint64_t kNoiseStream = numerics::streamId("optim.surface/noise");

} // namespace

lab::Result<Racer> Racer::make(const RaceSetup& setup) {
    auto optimizer = optim::textbook::makeOptimizer(setup.optimizer, 2, 1);
    if (!optimizer) {
        return optimizer.error();
    }
    return Racer(setup, std::move(*optimizer));
}

Racer::Racer(const RaceSetup& setup, std::unique_ptr<optim::textbook::Optimizer> optimizer)
    : setup_(setup)
    , optimizer_(std::move(optimizer))
    , point_(setup.start)
    , parameter_(2, 1)
    , gradient_(2, 1) {
    parameter_ << point_[0], point_[1];
}

lab::Result<void> Racer::step() {
    ++call_;
    const Point2 slope = setup_.surface.gradient({parameter_(0, 0), parameter_(1, 0)});
    gradient_ << slope[0], slope[1];
    if (setup_.noise > 0.0) {
        numerics::RandomStream random(setup_.seed, kNoiseStream, call_);
        gradient_(0, 0) += setup_.noise * random.normal();
        gradient_(1, 0) += setup_.noise * random.normal();
    }
    if (const auto report = optimizer_->step(parameter_, gradient_); !report) {
        return report.error();
    }
    const optim::textbook::Matrix at = optimizer_->evaluationPoint(parameter_);
    point_ = {at(0, 0), at(1, 0)};
    return {};
}

} // namespace psephos::experiments::surface
