// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/workbench.hpp"

#include <map>
#include <mutex>
#include <sqlite3.h>
#include <utility>

namespace psephos::lab {

namespace {

struct Versions {
    std::mutex mutex; ///< guards `known`: modules add theirs from the thread that opens them
    std::vector<std::pair<std::string, std::string>> known = {
        {"psephos", PSEPHOS_VERSION},
        {"compiler", PSEPHOS_COMPILER},
        {"sqlite", sqlite3_libversion()},
    };
};

Versions& all() {
    static Versions versions;
    return versions;
}

} // namespace

Json versions() {
    const std::lock_guard lock(all().mutex);
    Json json = Json::object();
    for (const auto& [name, version] : all().known) {
        json[name] = version;
    }
    return json;
}

void addVersion(std::string name, std::string version) {
    const std::lock_guard lock(all().mutex);
    for (auto& [known, held] : all().known) {
        if (known == name) {
            held = std::move(version);
            return;
        }
    }
    all().known.emplace_back(std::move(name), std::move(version));
}

} // namespace psephos::lab
