// SPDX-License-Identifier: GPL-3.0-or-later
// psephos-cli: the workbench without a window.
#include "app/cli/program.hpp"
#include "experiments/builtins.hpp"
#include "lab/module.hpp"

int main(int argc, char** argv) {
    psephos::lab::prepareForModules();
    return psephos::cli::runProgram(
        argc, argv,
        {&psephos::experiments::registerBuiltins, &psephos::experiments::registerDataKinds});
}
