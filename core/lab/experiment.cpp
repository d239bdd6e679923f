// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/experiment.hpp"

#include "lab/text.hpp"

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <utility>

namespace psephos::lab {

namespace {

template <typename Item>
const Item* findById(const std::vector<Item>& items, std::string_view id) {
    const auto item =
        std::find_if(items.begin(), items.end(), [id](const Item& each) { return each.id == id; });
    return item == items.end() ? nullptr : &*item;
}

} // namespace

const Knob* Description::knob(std::string_view wanted) const {
    return findById(knobs, wanted);
}

const Channel* Description::channel(std::string_view wanted) const {
    return findById(channels, wanted);
}

const Preset* Description::preset(std::string_view wanted) const {
    return findById(presets, wanted);
}

std::string nameOf(const Description& description, const RunScenario& scenario) {
    if (description.runName) {
        return description.runName(scenario);
    }
    std::vector<std::string> values;
    for (const std::string& knob : scenario.varied) {
        values.push_back(knob == "seed" ? "seed " + std::to_string(scenario.seed)
                                        : toText(scenario.knobs.at(knob)));
    }
    return values.empty() ? description.title : joined(values, " · ");
}

void Registry::add(Description description) {
    const std::vector<std::string> faults = validate(description);
    for (const std::string& fault : faults) {
        std::fprintf(stderr, "%s: %s\n", description.id.c_str(), fault.c_str());
    }
    assert(faults.empty() && "the description is not sound");
    assert(find(description.id) == nullptr && "two experiments of one id");
    descriptions_.push_back(std::make_unique<const Description>(std::move(description)));
}

void Registry::provide(std::string_view id, ComputationFactory factory) {
    assert(find(id) != nullptr && "an experiment is described before it is provided");
    const std::lock_guard lock(mutex_);
    for (auto& [known, held] : factories_) {
        if (known == id) {
            held = std::move(factory);
            return;
        }
    }
    factories_.emplace_back(id, std::move(factory));
}

const std::vector<std::unique_ptr<const Description>>& Registry::all() const {
    return descriptions_;
}

const Description* Registry::find(std::string_view id) const {
    const auto entry = std::find_if(descriptions_.begin(), descriptions_.end(),
                                    [id](const auto& each) { return each->id == id; });
    return entry == descriptions_.end() ? nullptr : entry->get();
}

Result<std::unique_ptr<Computation>> Registry::create(std::string_view id) const {
    const Description* description = find(id);
    if (description == nullptr) {
        return Error{"unknown experiment " + inQuotes(id), "", ""};
    }
    ComputationFactory factory;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [known, held] : factories_) {
            if (known == id) {
                factory = held;
            }
        }
    }
    if (!factory) {
        return Error{"experiment '" + description->id + "' needs the module '" +
                         description->module + "', which is not open",
                     "", ""};
    }
    std::unique_ptr<Computation> computation = factory();
    if (computation == nullptr) {
        return Error{"experiment '" + description->id + "' could not be built", "", ""};
    }
    return computation;
}

bool Registry::isProvided(std::string_view id) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(factories_.begin(), factories_.end(),
                       [id](const auto& each) { return each.first == id; });
}

Result<void> Registry::openOnce(const std::string& module,
                                const std::function<Result<void>()>& open) {
    std::shared_ptr<Opening> opening;
    {
        const std::lock_guard lock(mutex_);
        std::shared_ptr<Opening>& entry = openings_[module];
        if (entry == nullptr) {
            entry = std::make_shared<Opening>();
        }
        opening = entry;
    }
    std::call_once(opening->once, [&opening, &open] { opening->answer = open(); });
    return opening->answer;
}

} // namespace psephos::lab
