// SPDX-License-Identifier: GPL-3.0-or-later
// psephos: the window.
#include "app/window/program.hpp"
#include "experiments/builtins.hpp"
#include "lab/module.hpp"

int main(int argc, char** argv) {
    psephos::lab::prepareForModules();
    return psephos::window::runProgram(argc, argv, &psephos::experiments::registerBuiltins);
}
