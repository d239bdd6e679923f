// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/cuda_kernels.hpp"

#include <dlfcn.h>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

namespace psephos::gpu::cuda {

namespace {

constexpr const char* kModuleFile = "psephos-cuda.so";

lab::Result<const Kernels*> open() {
    Dl_info self{};
    if (dladdr(reinterpret_cast<const void*>(&kModuleFile), &self) == 0) {
        return lab::Error{"the CUDA kernels: cannot tell where Psephos is installed", "",
                          kModuleFile};
    }
    const std::filesystem::path file =
        std::filesystem::path(self.dli_fname).parent_path() / kModuleFile;
    if (!std::filesystem::exists(file)) {
        return lab::Error{"this build of Psephos has no CUDA kernels",
                          "build it on a machine with a CUDA toolkit", kModuleFile};
    }
    void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
        return lab::Error{std::string("the CUDA kernels do not load: ") + dlerror(),
                          "CUDA needs an NVIDIA driver and its runtime library", kModuleFile};
    }
    using Table = const Kernels* (*)(const char** why);
    const auto table = reinterpret_cast<Table>(dlsym(handle, "psephosCudaKernels"));
    const char* why = "it is of another version";
    const Kernels* found = table == nullptr ? nullptr : table(&why);
    if (found == nullptr) {
        return lab::Error{std::string("no CUDA device can be used: ") + why, "choose device cpu",
                          kModuleFile};
    }
    return found;
}

} // namespace

lab::Result<const Kernels*> kernels() {
    static std::once_flag once;
    static std::optional<lab::Result<const Kernels*>> answer;
    std::call_once(once, [] { answer.emplace(open()); });
    return *answer;
}

} // namespace psephos::gpu::cuda
