// SPDX-License-Identifier: GPL-3.0-or-later
// What can compute here. The CPU is known; modules say what else there is when they are opened.
#pragma once

#include "lab/result.hpp"
#include "lab/value.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace psephos::lab {

struct Description;

/// Facts about a device as a JSON object (name, memory in bytes …), or why it can't be used.
using DeviceProbe = std::function<Result<Json>()>;

/// A module says how to ask for a device, e.g. `cuda`. A later probe of the same device replaces
/// the earlier one. Thread-safe.
void addDeviceProbe(std::string device, DeviceProbe probe);

/// Facts about a device: threads, processor and memory for `cpu`. Errors: nobody knows the device,
/// it is not there.
[[nodiscard]] Result<Json> describeDevice(std::string_view device);

/// Whether the experiment can compute on the device and the device is there. The experiment's
/// module has been opened before.
[[nodiscard]] Result<void> checkDevice(std::string_view device, const Description& description);

} // namespace psephos::lab
