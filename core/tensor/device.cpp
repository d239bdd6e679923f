// SPDX-License-Identifier: GPL-3.0-or-later
#include "tensor/device.hpp"

#include "tensor/boundary.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/version.h>

#include <algorithm>
#include <dlfcn.h>
#include <filesystem>
#include <mutex>

namespace psephos::tensor {

namespace {

constexpr std::string_view kHint =
    "compute with device cpu, or set up again on a machine with an NVIDIA GPU and driver";

lab::Error noCuda(const std::string& why) {
    return {"no CUDA device: " + why, std::string(kHint), "device 'cuda'"};
}

/// libtorch_cuda.so of the folder from which libtorch_cpu.so was loaded.
std::string cudaLibraryPath() {
    Dl_info info{};
    const auto* anchor = reinterpret_cast<const void*>(&at::set_num_threads);
    if (dladdr(anchor, &info) != 0 && info.dli_fname != nullptr) {
        const auto beside = std::filesystem::path(info.dli_fname).parent_path();
        return (beside / "libtorch_cuda.so").string();
    }
    return "libtorch_cuda.so";
}

/// Loads the CUDA half of LibTorch; it stays. Empty where it worked, else why not.
std::string loadCuda() {
    if (dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL) == nullptr) {
        return "the NVIDIA driver (libcuda.so.1) is not installed";
    }
    if (dlopen(cudaLibraryPath().c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
        const char* reason = dlerror();
        return reason == nullptr ? "libtorch_cuda.so does not load" : reason;
    }
    return {};
}

lab::Result<c10::Device> openCuda() {
    static std::once_flag once;
    static std::string trouble;
    std::call_once(once, [] { trouble = loadCuda(); });
    if (!trouble.empty()) {
        return noCuda(trouble);
    }
    return guarded("opening the CUDA device", []() -> lab::Result<c10::Device> {
        if (!at::hasCUDA()) {
            return noCuda("LibTorch finds none");
        }
        const c10::Device device(c10::DeviceType::CUDA, 0);
        if (c10::impl::VirtualGuardImpl(device.type()).deviceCount() < 1) {
            return noCuda("the driver reports no GPU");
        }
        return device;
    });
}

} // namespace

lab::Result<c10::Device> openDevice(std::string_view name) {
    if (name == "cpu") {
        return c10::Device(c10::DeviceType::CPU);
    }
    if (name == "cuda") {
        return openCuda();
    }
    return lab::Error{"unknown device '" + std::string(name) + "'", "one of cpu, cuda", ""};
}

void useThreads(int threads) {
    const int wanted = std::max(1, threads);
    // OpenMP and MKL keep their number per thread, so each thread has to say it once.
    thread_local int current = 0;
    if (wanted != current) {
        at::set_num_threads(wanted);
        current = wanted;
    }
}

void synchronize(c10::Device device) {
    if (device.is_cpu()) {
        return;
    }
    const c10::impl::VirtualGuardImpl guard(device.type());
    guard.synchronizeDevice(device.has_index() ? device.index() : c10::DeviceIndex{0});
}

std::string libraryVersion() {
    return TORCH_VERSION;
}

} // namespace psephos::tensor
