// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/module.hpp"

#include "lab/check.hpp"
#include "lab/experiment.hpp"
#include "lab/text.hpp"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <string>
#include <system_error>

namespace psephos::lab {

namespace {

/// Folder of the library that this function is in.
std::filesystem::path ownFolder() {
    Dl_info info{};
    const auto* address = reinterpret_cast<const void*>(&checkAreas);
    if (::dladdr(address, &info) == 0 || info.dli_fname == nullptr) {
        return {};
    }
    std::error_code failed;
    const auto path = std::filesystem::canonical(info.dli_fname, failed);
    return failed ? std::filesystem::path() : path.parent_path();
}

std::filesystem::path moduleFile(std::string_view name) {
    const std::filesystem::path folder = ownFolder();
    const std::string file = "psephos-" + std::string(name) + ".so";
    for (const auto& candidate : {folder / file, folder / "psephos" / file}) {
        std::error_code failed;
        if (std::filesystem::exists(candidate, failed)) {
            return candidate;
        }
    }
    return {};
}

Error openError(std::string_view name, const std::string& what, const std::string& hint) {
    return Error{"the module '" + std::string(name) + "' could not be opened: " + what, hint, ""};
}

Result<void> openFile(std::string_view name, Registry& registry, CheckRegistry& checks) {
    const std::filesystem::path file = moduleFile(name);
    if (file.empty()) {
        return openError(name, "no psephos-" + std::string(name) + ".so beside libpsephos",
                         "this build has been made without it");
    }
    // Never unloaded: what it registered stays in use until the process ends.
    void* handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == nullptr) {
        const char* reason = ::dlerror();
        return openError(name, reason == nullptr ? "unknown reason" : onOneLine(reason),
                         "./run fetches what it needs");
    }
    const auto function =
        reinterpret_cast<RegisterModule>(::dlsym(handle, "psephosRegisterModule"));
    if (function == nullptr) {
        return openError(name, "it is not a module of Psephos", "");
    }
    const char* refusal = function(registry, checks);
    if (refusal != nullptr) {
        return openError(name, refusal, "");
    }
    return {};
}

} // namespace

void prepareForModules() {
    // A thread that waits for the next part of a step spins for a quarter of a millisecond before
    // it sleeps: waking it takes longer than many parts do (SOAP on small matrices is an eighth
    // faster), and for ever it would take the core from who answers the hand.
    constexpr const char* kSpins = "20000";
    if (std::getenv("OMP_WAIT_POLICY") == nullptr) {
        ::setenv("GOMP_SPINCOUNT", kSpins, /*overwrite=*/0);
    }
}

Result<void> openModule(std::string_view name, Registry& registry, CheckRegistry& checks) {
    return registry.openOnce(std::string(name), [&] { return openFile(name, registry, checks); });
}

} // namespace psephos::lab
