// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/builtins.hpp"

#include "ballots/bench.hpp"
#include "choice/bench.hpp"
#include "choice/golden.hpp"
#include "experiments/optim/bugs/bugs.hpp"
#include "experiments/optim/claims/claims.hpp"
#include "experiments/optim/efficiency/efficiency.hpp"
#include "experiments/optim/rotation/rotation.hpp"
#include "experiments/optim/surface/surface.hpp"
#include "experiments/optim/train/train.hpp"
#include "experiments/voting/bradley_terry/bradley_terry.hpp"
#include "experiments/voting/maximal_lottery/maximal_lottery.hpp"
#include "experiments/voting/robust_lottery/robust_lottery.hpp"
#include "experiments/voting/rules/rules.hpp"
#include "lab/lab_checks.hpp"
#include "lab/workbench.hpp"
#include "optim/textbook/golden.hpp"

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
    registry.add(describeSurface());
    registry.provide("optim.surface", makeSurface);
    registry.add(describeRotation());
    registry.provide("optim.rotation", rotationFactory());
    registry.add(describeBugs());
    registry.provide("optim.bugs", makeBugs);
    registry.add(describeClaims());
    registry.add(describeEfficiency());
    registry.provide("optim.efficiency", makeEfficiency);
    registry.add(describeTrain());
    registry.add(describeMaximalLottery());
    registry.provide("voting.maximal_lottery", makeMaximalLottery);
    registry.add(describeRobustLottery());
    registry.provide("voting.robust_lottery", makeRobustLottery);
    registry.add(describeBradleyTerry());
    registry.provide("voting.bradley_terry", makeBradleyTerry);
    registry.add(describeRules());
    registry.provide("voting.rules", rulesFactory());
    optim::textbook::registerChecks(checks);
    choice::registerChecks(checks);
    choice::registerRealRatings(checks);
    choice::registerRealElections(checks);
    lab::registerLabChecks(checks);
    ballots::registerBenchmarks(checks);
    choice::registerBenchmarks(checks);
    choice::registerRatingBenchmarks(checks);
    choice::registerRuleBenchmarks(checks);
}

} // namespace psephos::experiments
