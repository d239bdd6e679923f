// SPDX-License-Identifier: GPL-3.0-or-later
// What `lr=auto` stands for on a surface, and the sweep that it rests on.
#pragma once

#include "lab/knob.hpp"

#include <string_view>
#include <vector>

namespace psephos::experiments::surface {

/// How one learning rate did.
struct SweepPoint {
    double learningRate = 0.0;
    double score = 0.0; ///< NaN where a run diverged
};

/// Runs the optimizer (`soap` …) on the surface that `values` choose, at its default knobs and
/// without noise, with learning rates 10^(k/4) from 1e-6 to 10. The score of one is the mean over
/// 33 starts and 500 steps of log₁₀ of f − f*, which is cut off below at 1e-6: low is fast as well
/// as near. Starts are the default start and 32 random ones in the surface's window. Cost: 478,500
/// steps, about 0.1 s.
[[nodiscard]] std::vector<SweepPoint> sweepLearningRates(const lab::KnobValues& values,
                                                         std::string_view optimizer);

/// The index of the lowest score.
[[nodiscard]] std::size_t bestOf(const std::vector<SweepPoint>& sweep);

/// The index of the smallest rate whose score is within 0.2 of the lowest: what larger ones gain is
/// often a lucky jump. Some rate must not have diverged.
[[nodiscard]] std::size_t chosenOf(const std::vector<SweepPoint>& sweep);

/// The recorded outcome of the sweep: the rate chosenOf(), to two digits. On the quadratic it
/// was swept at κ = 100 and θ = 30°; SGD's is scaled by 100/κ, as its largest stable rate is.
[[nodiscard]] double recordedLearningRate(const lab::KnobValues& values,
                                          std::string_view optimizer);

/// The sweep, computed afresh, for the editor to draw.
[[nodiscard]] lab::Evidence learningRateEvidence(const lab::KnobValues& values,
                                                 std::string_view optimizer);

} // namespace psephos::experiments::surface
