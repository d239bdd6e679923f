// SPDX-License-Identifier: GPL-3.0-or-later
// psephos-cli: the workbench without a window.
#include "app/cli/program.hpp"
#include "experiments/builtins.hpp"

int main(int argc, char** argv) {
    return psephos::cli::runProgram(
        argc, argv,
        {&psephos::experiments::registerBuiltins, &psephos::experiments::registerDataKinds});
}
