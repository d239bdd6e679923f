// SPDX-License-Identifier: GPL-3.0-or-later
// One point under one optimizer on one surface.
#pragma once

#include "lab/result.hpp"
#include "optim/config.hpp"
#include "optim/textbook/optimizer.hpp"
#include "optim/textbook/surfaces.hpp"

#include <cstdint>
#include <memory>

namespace psephos::experiments::surface {

using optim::textbook::Point2;
using optim::textbook::Surface;

/// Everything that a path depends on.
struct RaceSetup {
    Surface surface{optim::textbook::SurfaceKind::Rosenbrock};
    Point2 start{0.0, 0.0};
    optim::OptimizerConfig optimizer;
    double noise = 0.0; ///< standard deviation of what is added to each gradient coordinate
    std::uint64_t seed = 0;
};

/// The point is one parameter vector of length 2, with preconditioning of vectors on.
class Racer {
  public:
    /// Errors: an invalid configuration.
    [[nodiscard]] static lab::Result<Racer> make(const RaceSetup& setup);

    /// Where the surface is evaluated: the parameter, or Schedule-Free's average.
    [[nodiscard]] const Point2& point() const { return point_; }

    /// f − f* at the point; f* is 0 on every surface.
    [[nodiscard]] double height() const { return setup_.surface.value(point_); }

    /// One call of the optimizer. The noise depends on (seed, call) alone, so all optimizers of a
    /// seed meet the same.
    [[nodiscard]] lab::Result<void> step();

  private:
    Racer(const RaceSetup& setup, std::unique_ptr<optim::textbook::Optimizer> optimizer);

    RaceSetup setup_;
    std::unique_ptr<optim::textbook::Optimizer> optimizer_;
    Point2 point_;
    std::uint64_t call_ = 0;
    optim::textbook::Matrix parameter_; ///< [2,1]
    optim::textbook::Matrix gradient_;  ///< [2,1]
};

} // namespace psephos::experiments::surface
