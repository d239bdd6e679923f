// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/lanes/lane.hpp"

#include "lab/guarded.hpp"
#include "lab/module.hpp"

#include <algorithm>
#include <chrono>

namespace psephos::lab {

void StateBell::wait(const std::function<bool()>& done, const std::function<bool()>& stop) {
    std::unique_lock lock(mutex_);
    while (true) {
        const std::uint64_t seen = rung_;
        lock.unlock(); // no lock while calling out
        if (done() || (stop && stop())) {
            return;
        }
        lock.lock();
        const auto rang = [&] { return rung_ != seen; };
        if (stop) {
            condition_.wait_for(lock, std::chrono::milliseconds(20), rang);
        } else {
            condition_.wait(lock, rang);
        }
    }
}

std::string ComputationSource::waitingFor(const Description& description) const {
    if (description.module.empty() || openModulesOnDemand_ ||
        registry_.isProvided(description.id)) {
        return "";
    }
    const std::lock_guard lock(mutex_);
    const bool hasFailed = std::any_of(failed_.begin(), failed_.end(), [&](const auto& failed) {
        return failed.first == description.module;
    });
    if (hasFailed) {
        return "";
    }
    return description.module == "torch" ? "LibTorch is loading"
                                         : "module " + description.module + " is loading";
}

Result<std::unique_ptr<Computation>>
ComputationSource::create(const Description& description) const {
    if (!description.module.empty() && !registry_.isProvided(description.id)) {
        {
            const std::lock_guard lock(mutex_);
            for (const auto& [module, error] : failed_) {
                if (module == description.module) {
                    return error;
                }
            }
        }
        if (openModulesOnDemand_) {
            if (const auto opened = openModule(description.module, registry_, checks_); !opened) {
                return opened.error();
            }
        }
    }
    auto created = detail::guarded([&] { return registry_.create(description.id); });
    if (created.ok() && *created == nullptr) {
        return Error{"experiment '" + description.id + "' made no computation", "", ""};
    }
    return created;
}

void ComputationSource::setFailed(const std::string& module, Error error) {
    const std::lock_guard lock(mutex_);
    failed_.emplace_back(module, std::move(error));
}

} // namespace psephos::lab
