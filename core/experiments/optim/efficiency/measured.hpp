// SPDX-License-Identifier: GPL-3.0-or-later
// What the calculator starts from: typed numbers, or the runs of a file.
#pragma once

#include "lab/knob.hpp"
#include "lab/result.hpp"
#include "optim/efficiency.hpp"

#include <string>
#include <vector>

namespace psephos::experiments::efficiency {

struct Measured {
    std::string challenger; ///< "SOAP", or "the challenger"
    std::string baseline;
    std::vector<optim::ScalePoint> points; ///< in order of share
    double baselineLoss = 0;
    double stepTimeRatio = 1;
    std::size_t seeds = 0;              ///< behind each point, medians of them; 0: not known
    std::vector<std::string> leftAside; ///< sentences: what of the file did not count
};

/// The numbers of a list as a person types it: "0.5, 0.625 0.75".
/// \errors a word that is no finite number, named
[[nodiscard]] lab::Result<std::vector<double>> numbersOf(const std::string& text,
                                                         const std::string& knob);

/// By the knobs `losses`, `fractions`, `baseline_loss` and `time_ratio`.
[[nodiscard]] lab::Result<Measured> measuredFromKnobs(const lab::KnobValues& knobs);

/// From runs of optim.train as `psephos-cli run --json` prints them, or one run.json a line of an
/// array: of several lengths each, of two optimizers; everything but optimizer, learning rate,
/// length and seed equal, the device too; each with a schedule that decays. At each length the
/// learning rate with the least median counts. The baseline's longest runs set length and loss.
/// \param challenger, baseline optimizers by their ids; an empty challenger is the other one
/// \errors no file, no such runs, a knob that differs, a constant schedule
[[nodiscard]] lab::Result<Measured> measuredFromFile(const std::string& file,
                                                     const std::string& challenger,
                                                     const std::string& baseline);

} // namespace psephos::experiments::efficiency
