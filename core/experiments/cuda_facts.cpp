// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/cuda_facts.hpp"

#include <array>
#include <cstddef>
#include <dlfcn.h>

namespace psephos::experiments {

namespace {

// The driver's interface (cuda.h), which has kept these since CUDA 3.2.
using Init = int (*)(unsigned);
using DeviceGet = int (*)(int*, int);
using DeviceGetName = int (*)(char*, int, int);
using DeviceTotalMem = int (*)(std::size_t*, int);
using DeviceGetAttribute = int (*)(int*, int, int);
using DriverGetVersion = int (*)(int*);

constexpr int kCapabilityMajor = 75; // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR
constexpr int kCapabilityMinor = 76;

lab::Error noGpu(const std::string& why) {
    return {"no CUDA device: " + why, "compute with device cpu", "device 'cuda'"};
}

template <typename Function>
Function find(void* library, const char* name) {
    return reinterpret_cast<Function>(::dlsym(library, name));
}

} // namespace

lab::Result<lab::Json> cudaFacts(const std::string& library) {
    void* driver = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (driver == nullptr) {
        return noGpu("the NVIDIA driver (libcuda.so.1) is not installed");
    }
    const auto init = find<Init>(driver, "cuInit");
    const auto deviceGet = find<DeviceGet>(driver, "cuDeviceGet");
    const auto getName = find<DeviceGetName>(driver, "cuDeviceGetName");
    const auto totalMem = find<DeviceTotalMem>(driver, "cuDeviceTotalMem_v2");
    const auto getAttribute = find<DeviceGetAttribute>(driver, "cuDeviceGetAttribute");
    const auto getVersion = find<DriverGetVersion>(driver, "cuDriverGetVersion");
    if (init == nullptr || deviceGet == nullptr || getName == nullptr || totalMem == nullptr ||
        getAttribute == nullptr || getVersion == nullptr) {
        return noGpu("libcuda.so.1 is not the NVIDIA driver");
    }
    int device = 0;
    if (init(0) != 0 || deviceGet(&device, 0) != 0) {
        return noGpu("the driver reports no GPU");
    }
    std::array<char, 256> name{};
    std::size_t bytes = 0;
    int major = 0;
    int minor = 0;
    int version = 0;
    if (getName(name.data(), static_cast<int>(name.size()) - 1, device) != 0 ||
        totalMem(&bytes, device) != 0 || getAttribute(&major, kCapabilityMajor, device) != 0 ||
        getAttribute(&minor, kCapabilityMinor, device) != 0 || getVersion(&version) != 0) {
        return noGpu("the driver does not answer");
    }
    return lab::Json{
        {"name", name.data()},
        {"memory_bytes", bytes},
        {"compute_capability", std::to_string(major) + "." + std::to_string(minor)},
        {"driver", std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10)}};
}

} // namespace psephos::experiments
