// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/device.hpp"

#include "lab/experiment.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <utility>

namespace psephos::lab {

namespace {

struct Probes {
    std::mutex mutex; ///< guards `known`
    std::map<std::string, DeviceProbe, std::less<>> known;
};

Probes& probes() {
    static Probes all;
    return all;
}

std::string processorName() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        const std::size_t colon = line.find(':');
        if (line.starts_with("model name") && colon != std::string::npos) {
            return std::string(trimmed(line.substr(colon + 1)));
        }
    }
    return "unknown";
}

Json describeCpu() {
    const auto pages = [](int what) { return static_cast<std::int64_t>(::sysconf(what)); };
    Json json = Json::object();
    json["name"] = processorName();
    json["threads"] = std::max(1u, std::thread::hardware_concurrency());
    json["memory_bytes"] = pages(_SC_PHYS_PAGES) * pages(_SC_PAGESIZE);
    json["free_memory_bytes"] = pages(_SC_AVPHYS_PAGES) * pages(_SC_PAGESIZE);
    return json;
}

} // namespace

void addDeviceProbe(std::string device, DeviceProbe probe) {
    const std::lock_guard lock(probes().mutex);
    probes().known[std::move(device)] = std::move(probe);
}

Result<Json> describeDevice(std::string_view device) {
    if (device == "cpu") {
        return describeCpu();
    }
    DeviceProbe probe;
    {
        const std::lock_guard lock(probes().mutex);
        const auto entry = probes().known.find(device);
        if (entry != probes().known.end()) {
            probe = entry->second;
        }
    }
    if (!probe) {
        return Error{"device " + inQuotes(device) + " can't be used by this build",
                     "compute with device cpu", ""};
    }
    return probe();
}

Result<void> checkDevice(std::string_view device, const Description& description) {
    if (std::find(description.devices.begin(), description.devices.end(), device) ==
        description.devices.end()) {
        return Error{description.id + " does not compute on device " + inQuotes(device),
                     "it computes on " + joined(description.devices), ""};
    }
    if (device == "cpu") {
        return {};
    }
    const Result<Json> facts = describeDevice(device);
    return facts ? Result<void>() : Result<void>(facts.error());
}

} // namespace psephos::lab
