// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/builtins.hpp"

#include "experiments/voting/maximal_lottery/maximal_lottery.hpp"
#include "lab/workbench.hpp"

#include <Eigen/Core>

#include <string>

namespace psephos::experiments {

namespace {

void addVersions() {
    lab::addVersion("eigen", std::to_string(EIGEN_WORLD_VERSION) + "." +
                                 std::to_string(EIGEN_MAJOR_VERSION) + "." +
                                 std::to_string(EIGEN_MINOR_VERSION));
}

} // namespace

void registerBuiltins(lab::Registry& registry, lab::CheckRegistry&) {
    addVersions();
    registry.add(describeMaximalLottery());
    registry.provide("voting.maximal_lottery", makeMaximalLottery);
}

} // namespace psephos::experiments
