// SPDX-License-Identifier: GPL-3.0-or-later
// Trains test.descent into a store until it is done or killed: `crash_child STORE STEPS WAIT_US`.
#include "core/lab/fake_experiment.hpp"
#include "lab/workbench.hpp"

#include <cstdio>
#include <cstdlib>

int main(int count, char** arguments) {
    using namespace psephos::lab;
    if (count != 4) {
        return 2;
    }
    WorkbenchOptions options;
    options.store = arguments[1];
    options.checkpointSeconds = 0.1;
    auto workbench = Workbench::open(options);
    if (!workbench) {
        std::fprintf(stderr, "%s\n", workbench.error().line().c_str());
        return 1;
    }
    psephos::test::registerFakes((*workbench)->registry());
    Scenario scenario;
    scenario.experiment = "test.descent";
    scenario.set("steps", std::int64_t{std::atoll(arguments[2])});
    scenario.set("noise", 0.5);
    scenario.set("wait_us", std::int64_t{std::atoll(arguments[3])});
    const auto comparison = (*workbench)->start(scenario);
    if (!comparison) {
        std::fprintf(stderr, "%s\n", comparison.error().line().c_str());
        return 1;
    }
    (*workbench)->wait(comparison->runs.front()->id());
    return 0;
}
