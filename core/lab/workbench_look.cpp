// SPDX-License-Identifier: GPL-3.0-or-later
// The workbench's verbs of looking and writing out.
#include "lab/files/export.hpp"
#include "lab/workbench_impl.hpp"

#include <algorithm>

namespace psephos::lab {

namespace {

using detail::StoredRun;

/// What run.json holds, from a row.
Json documentOf(const StoredRun& stored) {
    Json scenario = stored.snapshot.scenario;
    scenario.erase("varied");
    scenario.erase("specials");
    return runDocument(stored.id, stored.comparison, std::move(scenario), stored.snapshot.record,
                       stored.snapshot.finals);
}

RunListing listingOf(const Run& run) {
    const RunRecord record = run.record();
    return {run.id(),     run.comparison(), run.scenario(),
            record.state, record.step,      record.computeSeconds,
            run.name(),   record.started,   runDocument(run)};
}

/// An experiment that this program does not know still lists, with its id.
RunListing listingOf(const StoredRun& stored, const Registry& registry) {
    const auto& snapshot = stored.snapshot;
    RunListing listing;
    listing.id = stored.id;
    listing.comparison = stored.comparison;
    if (auto scenario = runScenarioFromJson(snapshot.scenario, registry)) {
        listing.scenario = std::move(*scenario);
    } else {
        listing.scenario.experiment = snapshot.experiment;
    }
    listing.state = snapshot.record.state;
    listing.step = snapshot.record.step;
    listing.computeSeconds = snapshot.record.computeSeconds;
    listing.name = snapshot.name;
    listing.started = snapshot.record.started;
    listing.document = documentOf(stored);
    return listing;
}

} // namespace

RunPtr Workbench::Impl::inMemory(RunId run) const {
    const std::lock_guard lock(mutex);
    const auto found = runs.find(run);
    return found != runs.end() ? found->second : nullptr;
}

/// The run of a row, with its frames; known from now on.
Result<RunPtr> Workbench::Impl::read(const StoredRun& stored) {
    const Description* description = registry.find(stored.snapshot.experiment);
    if (description == nullptr) {
        return Error{"run " + std::to_string(stored.id) + " is of experiment '" +
                         stored.snapshot.experiment + "', which this program does not know",
                     "", ""};
    }
    auto scenario = runScenarioFromJson(stored.snapshot.scenario, registry);
    if (!scenario) {
        return scenario.error();
    }
    auto turns = detail::readTurns(stored.turns, *description);
    if (!turns) {
        return turns.error();
    }
    RunPtr run = inMemory(stored.id);
    if (run == nullptr) {
        run = std::make_shared<Run>(stored.id, stored.comparison, *description, *scenario,
                                    stored.number);
    }
    if (auto filled = store->fill(*run); !filled) {
        return filled.error();
    }
    RunRecord record = stored.snapshot.record;
    record.turns = std::move(*turns);
    run->setScenario(std::move(*scenario));
    run->setRecord(std::move(record));
    const std::lock_guard lock(mutex);
    runs[run->id()] = run;
    return run;
}

Result<RunPtr> Workbench::Impl::get(RunId id) {
    const RunPtr run = inMemory(id);
    if (run != nullptr && (store == nullptr || store->isTracked(id))) {
        return run;
    }
    if (store == nullptr) {
        return noRun(id);
    }
    const auto stored = store->run(id);
    if (!stored) {
        return stored.error();
    }
    if (!*stored) {
        return noRun(id);
    }
    const RunRecord& record = (*stored)->snapshot.record;
    if (run != nullptr && run->state() == record.state && run->record().step == record.step) {
        return run;
    }
    return read(**stored);
}

Result<RunPtr> Workbench::Impl::onLane(RunId id) {
    auto run = get(id);
    if (!run || scheduler->holds(*run)) {
        return run;
    }
    const RunState state = (*run)->state();
    return isActive(state) ? Error{"run " + std::to_string(id) + " is " + std::string(name(state)) +
                                       " in another process",
                                   "steer it there", ""}
                           : isBusy(id, state, "");
}

Result<Comparison> Workbench::Impl::getComparison(ComparisonId id) {
    Comparison comparison;
    {
        const std::lock_guard lock(mutex);
        const auto found = comparisons.find(id);
        if (found != comparisons.end()) {
            comparison = found->second;
        }
    }
    if (store == nullptr) {
        return comparison.id != 0 ? Result<Comparison>(comparison) : noComparison(id);
    }
    if (comparison.id == 0) {
        const auto json = store->comparison(id);
        if (!json) {
            return json.error();
        }
        if (!*json) {
            return noComparison(id);
        }
        auto scenario = scenarioFromJson(**json, registry);
        if (!scenario) {
            return scenario.error();
        }
        comparison.id = id;
        comparison.scenario = std::move(*scenario);
    }
    const auto rows = store->runsOf(id);
    if (!rows) {
        return rows.error();
    }
    std::vector<RunPtr> found;
    std::set<RunId> dropped;
    {
        const std::lock_guard lock(mutex);
        const auto& ids = surplus[id];
        dropped.insert(ids.begin(), ids.end());
    }
    for (const StoredRun& row : *rows) {
        if (dropped.contains(row.id)) {
            continue;
        }
        auto run = get(row.id);
        if (!run) {
            return run.error();
        }
        found.push_back(std::move(*run));
    }
    comparison.runs = std::move(found);
    const std::lock_guard lock(mutex);
    comparisons[id] = comparison;
    return comparison;
}

Result<Comparison> Workbench::Impl::knownComparison(ComparisonId id) {
    {
        const std::lock_guard lock(mutex);
        const auto found = comparisons.find(id);
        if (found != comparisons.end()) {
            return found->second;
        }
    }
    return getComparison(id);
}

RunPtr Workbench::find(RunId run) const {
    return impl_->inMemory(run);
}

Result<RunPtr> Workbench::load(RunId run) {
    return impl_->get(run);
}

Result<Comparison> Workbench::loadComparison(ComparisonId comparison) {
    return impl_->getComparison(comparison);
}

std::vector<RunPtr> Workbench::liveRuns() const {
    std::vector<RunPtr> all;
    {
        const std::lock_guard lock(impl_->mutex);
        for (const RunId id : impl_->ours) {
            all.push_back(impl_->runs.at(id));
        }
    }
    std::erase_if(all, [&](const RunPtr& run) {
        return !isActive(run->state()) && run->state() != RunState::Paused;
    });
    return all;
}

Result<std::vector<RunListing>> Workbench::listing() const {
    std::map<RunId, RunPtr> ours;
    {
        const std::lock_guard lock(impl_->mutex);
        for (const RunId id : impl_->ours) {
            ours[id] = impl_->runs.at(id);
        }
    }
    std::vector<RunListing> listings;
    if (impl_->store == nullptr) {
        for (auto run = ours.rbegin(); run != ours.rend(); ++run) {
            listings.push_back(listingOf(*run->second));
        }
        return listings;
    }
    const auto rows = impl_->store->runs();
    if (!rows) {
        return rows.error();
    }
    for (const StoredRun& row : *rows) {
        const auto own = ours.find(row.id);
        const bool isNewer = own != ours.end() && impl_->store->isTracked(row.id);
        listings.push_back(isNewer ? listingOf(*own->second) : listingOf(row, impl_->registry));
    }
    return listings;
}

std::vector<Note> Workbench::notes(ComparisonId id) const {
    Comparison comparison;
    {
        const std::lock_guard lock(impl_->mutex);
        const auto found = impl_->comparisons.find(id);
        if (found == impl_->comparisons.end()) {
            return {};
        }
        comparison = found->second;
    }
    const Description* description = impl_->registry.find(comparison.scenario.experiment);
    if (description == nullptr || !description->notes) {
        return {};
    }
    std::vector<RunFacts> facts;
    for (const RunPtr& run : comparison.runs) {
        const RunStatus status = run->status();
        facts.push_back({run->scenario(), std::string(name(status.state)), status.step,
                         status.finals, status.divergedAt});
    }
    return description->notes(facts);
}

std::uintmax_t Workbench::storeBytes() const {
    return impl_->store != nullptr ? impl_->store->bytes() : 0;
}

std::optional<double> Workbench::secondsSinceStored() const {
    return impl_->store != nullptr ? impl_->store->secondsSinceStored() : std::nullopt;
}

std::string Workbench::storeTrouble() const {
    return impl_->store != nullptr ? impl_->store->trouble() : "";
}

Result<void> Workbench::flush() {
    return impl_->store != nullptr ? impl_->store->flush() : Result<void>();
}

Result<std::int64_t> Workbench::pin(RunId run, std::int64_t step, bool pinned) {
    if (impl_->store == nullptr) {
        return Error{"checkpoints are pinned in a store, and there is none", "", ""};
    }
    return impl_->store->pin(run, step, pinned);
}

Result<void> Workbench::exportRuns(const std::vector<RunId>& runs,
                                   const std::filesystem::path& directory) {
    std::vector<RunPtr> loaded;
    for (const RunId run : runs) {
        auto each = impl_->get(run);
        if (!each) {
            return each.error();
        }
        loaded.push_back(std::move(*each));
    }
    return lab::exportRuns(loaded, directory);
}

Result<Json> Workbench::document(RunId id) {
    if (const RunPtr run = impl_->inMemory(id)) {
        const auto current = impl_->get(id);
        return current ? Result<Json>(runDocument(**current)) : current.error();
    }
    if (impl_->store == nullptr) {
        return noRun(id);
    }
    const auto stored = impl_->store->run(id);
    if (!stored) {
        return stored.error();
    }
    return *stored ? Result<Json>(documentOf(**stored)) : noRun(id);
}

} // namespace psephos::lab
