// SPDX-License-Identifier: GPL-3.0-or-later
// Modules for the tests of openModule(): which one is chosen by the macro.
#include "core/lab/fake_experiment.hpp"
#include "lab/check.hpp"
#include "lab/experiment.hpp"

#if defined(PSEPHOS_PROBE)
extern "C" const char* psephosRegisterModule(psephos::lab::Registry& registry,
                                             psephos::lab::CheckRegistry&) {
    registry.provide("test.descent", [] { return std::unique_ptr<psephos::lab::Computation>(); });
    return nullptr;
}
#elif defined(PSEPHOS_REFUSING)
extern "C" const char* psephosRegisterModule(psephos::lab::Registry&,
                                             psephos::lab::CheckRegistry&) {
    return "it does not feel like it";
}
#else
extern "C" void psephosDoesNotRegister() {}
#endif
