// SPDX-License-Identifier: GPL-3.0-or-later
// What the NVIDIA driver says of the first GPU; asked without CUDA's headers and libraries.
#pragma once

#include "lab/result.hpp"
#include "lab/value.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace psephos::experiments {

/// `{"name", "memory_bytes", "compute_capability", "driver"}` of GPU 0. Errors: the driver is not
/// installed, or knows no GPU.
[[nodiscard]] lab::Result<lab::Json> cudaFacts(const std::string& library = "libcuda.so.1");

} // namespace psephos::experiments
