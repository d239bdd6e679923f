// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/builtins.hpp"

#include "choice/golden.hpp"
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

void registerBuiltins(lab::Registry& registry, lab::CheckRegistry& checks) {
    addVersions();
    registry.add(describeMaximalLottery());
    registry.provide("voting.maximal_lottery", makeMaximalLottery);
    choice::registerChecks(checks);
}

} // namespace psephos::experiments
