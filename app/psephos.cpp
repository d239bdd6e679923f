// SPDX-License-Identifier: GPL-3.0-or-later
// psephos: the window.
#include "app/window/program.hpp"
#include "experiments/builtins.hpp"

int main(int argc, char** argv) {
    return psephos::window::runProgram(argc, argv, &psephos::experiments::registerBuiltins);
}
