// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/workbench.hpp"

#include "lab/device.hpp"
#include "lab/lanes/continuation.hpp"
#include "lab/module.hpp"
#include "lab/time_text.hpp"
#include "lab/workbench_impl.hpp"

#include <algorithm>
#include <cstdlib>
#include <thread>

namespace psephos::lab {

Error noRun(RunId run) {
    return {"there is no run " + std::to_string(run), "list the runs there are", ""};
}

Error noComparison(ComparisonId comparison) {
    return {"there is no comparison " + std::to_string(comparison), "", ""};
}

Error isBusy(RunId run, RunState state, std::string hint) {
    return {"run " + std::to_string(run) + " is " + std::string(name(state)), std::move(hint), ""};
}

int threadsOf(const WorkbenchOptions& options) {
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    return options.threads > 0 ? options.threads : static_cast<int>(cores);
}

std::filesystem::path defaultStore() {
    const auto variable = [](const char* name) {
        const char* text = std::getenv(name);
        return std::filesystem::path(text != nullptr ? text : "");
    };
    if (const auto store = variable("PSEPHOS_STORE"); !store.empty()) {
        return store;
    }
    if (const auto data = variable("XDG_DATA_HOME"); !data.empty()) {
        return data / "psephos" / "runs.db";
    }
    return variable("HOME") / ".local" / "share" / "psephos" / "runs.db";
}

RunKeeper& Workbench::Impl::keeper() {
    return store != nullptr ? static_cast<RunKeeper&>(*store) : memory;
}

RunRecord Workbench::Impl::newRecord(const Description& description) const {
    RunRecord record;
    record.started = nowText();
    record.threads = description.lane == Lane::Reactive ? 1 : threadsOf(options);
    record.versions = versions();
    return record;
}

Result<Comparison> Workbench::Impl::makeRuns(std::optional<ComparisonId> comparison,
                                             const Scenario& scenario,
                                             const std::vector<NewRun>& newRuns) {
    Comparison made{comparison.value_or(0), scenario, {}};
    std::vector<RunId> ids;
    if (store != nullptr) {
        auto created = store->create(comparison, toJson(scenario), newRuns);
        if (!created) {
            return created.error();
        }
        made.id = created->first;
        ids = std::move(created->second);
    } else {
        const std::lock_guard lock(mutex);
        made.id = comparison ? *comparison : ++lastComparison;
        for (std::size_t i = 0; i < newRuns.size(); ++i) {
            ids.push_back(++lastRun);
        }
    }
    for (std::size_t i = 0; i < newRuns.size(); ++i) {
        const NewRun& from = newRuns[i];
        auto run =
            std::make_shared<Run>(ids[i], made.id, *from.description, from.scenario, from.number);
        run->setRecord(from.record);
        if (store != nullptr) {
            store->track(run);
        }
        made.runs.push_back(std::move(run));
    }
    const std::lock_guard lock(mutex);
    Comparison& known = comparisons[made.id];
    if (known.id == 0) {
        known.id = made.id;
        known.scenario = scenario;
    }
    for (const RunPtr& run : made.runs) {
        runs[run->id()] = run;
        ours.insert(run->id());
        known.runs.push_back(run);
    }
    return made;
}

Workbench::Workbench(WorkbenchOptions options)
    : impl_(std::make_unique<Impl>()) {
    impl_->options = std::move(options);
}

Result<std::unique_ptr<Workbench>> Workbench::open(WorkbenchOptions options) {
    std::unique_ptr<Workbench> workbench(new Workbench(std::move(options)));
    Impl& impl = *workbench->impl_;
    if (!impl.options.store.empty()) {
        StoreOptions storeOptions;
        storeOptions.file = impl.options.store;
        storeOptions.maxPages = impl.options.storeMaxPages;
        auto store = Store::open(std::move(storeOptions));
        if (!store) {
            return store.error();
        }
        impl.store = std::move(*store);
    }
    SchedulerSettings settings;
    settings.longLane.threads = threadsOf(impl.options);
    settings.longLane.checkpointSeconds = impl.options.checkpointSeconds;
    settings.openModulesOnDemand = impl.options.openModulesOnDemand;
    impl.scheduler =
        std::make_unique<Scheduler>(impl.registry, impl.checks, impl.keeper(), settings);
    return workbench;
}

Workbench::~Workbench() {
    if (impl_->scheduler != nullptr) {
        impl_->scheduler->stop();
    }
}

Registry& Workbench::registry() {
    return impl_->registry;
}

CheckRegistry& Workbench::checks() {
    return impl_->checks;
}

void Workbench::openModules() {
    std::set<std::string> modules;
    for (const auto& description : impl_->registry.all()) {
        if (!description->module.empty()) {
            modules.insert(description->module);
        }
    }
    for (const std::string& module : modules) {
        const auto opened = openModule(module, impl_->registry, impl_->checks);
        impl_->scheduler->moduleOpened(module, opened);
    }
    impl_->modulesReady = true;
}

bool Workbench::modulesReady() const {
    return impl_->modulesReady;
}

Result<void> Workbench::Impl::checkSurroundings(const RunScenario& scenario,
                                                const Description& description) {
    if (auto found = checkFiles(scenario, description); !found) {
        return found;
    }
    // An experiment whose module is not open yet says it when it is.
    return registry.isProvided(description.id) ? checkDevice(scenario.device, description)
                                               : Result<void>();
}

Result<Comparison> Workbench::start(const Scenario& scenario) {
    const Description* description = impl_->registry.find(scenario.experiment);
    if (description == nullptr) {
        return Error{"there is no experiment '" + scenario.experiment + "'", "", ""};
    }
    auto expanded = expand(scenario, *description);
    if (!expanded) {
        return expanded.error();
    }
    for (const RunScenario& each : *expanded) {
        if (auto sound = impl_->checkSurroundings(each, *description); !sound) {
            return sound.error();
        }
    }
    std::vector<NewRun> newRuns;
    for (RunScenario& each : *expanded) {
        newRuns.push_back(
            {description, std::move(each), impl_->newRecord(*description), newRuns.size() + 1});
    }
    auto comparison = impl_->makeRuns(std::nullopt, scenario, newRuns);
    if (!comparison) {
        return comparison;
    }
    for (const RunPtr& run : comparison->runs) {
        impl_->scheduler->add(run, {});
    }
    return comparison;
}

Result<void> Workbench::Impl::removeSurplus(ComparisonId comparison) {
    std::vector<RunId> ids;
    {
        const std::lock_guard lock(mutex);
        ids = std::exchange(surplus[comparison], {});
    }
    for (const RunId id : ids) {
        if (auto removed = removeRun(id); !removed) {
            return removed;
        }
    }
    return {};
}

Result<Comparison> Workbench::change(ComparisonId id, const Scenario& scenario, bool settled) {
    auto found = impl_->knownComparison(id); // a hand that drags can't wait for the store
    if (!found) {
        return found;
    }
    const Description* description = impl_->registry.find(scenario.experiment);
    if (description == nullptr || description->lane != Lane::Reactive ||
        found->scenario.experiment != scenario.experiment) {
        return Error{"comparison " + std::to_string(id) + " can't change to experiment '" +
                         scenario.experiment + "'",
                     "only the knobs of a reactive comparison change", ""};
    }
    auto expanded = expand(scenario, *description);
    if (!expanded) {
        return expanded.error();
    }
    for (const RunPtr& run : found->runs) {
        if (auto claimed = impl_->makeOurs(run); !claimed) {
            return claimed.error();
        }
    }
    Comparison comparison{id, scenario, std::move(found->runs)};
    while (comparison.runs.size() > expanded->size()) {
        const RunPtr last = comparison.runs.back();
        comparison.runs.pop_back();
        (void)impl_->scheduler->cancel(last); // it may be over
        const std::lock_guard lock(impl_->mutex);
        impl_->surplus[id].push_back(last->id());
    }
    std::vector<NewRun> newRuns;
    for (std::size_t i = comparison.runs.size(); i < expanded->size(); ++i) {
        newRuns.push_back({description, (*expanded)[i], impl_->newRecord(*description), i + 1});
    }
    if (!newRuns.empty()) {
        auto made = impl_->makeRuns(id, scenario, newRuns);
        if (!made) {
            return made.error();
        }
        std::move(made->runs.begin(), made->runs.end(), std::back_inserter(comparison.runs));
    }
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->comparisons[id] = comparison;
    }
    for (std::size_t i = 0; i < expanded->size(); ++i) {
        impl_->scheduler->change(comparison.runs[i], std::move((*expanded)[i]), settled);
    }
    if (settled) {
        if (impl_->store != nullptr) {
            impl_->store->setComparison(id, toJson(scenario));
        }
        if (auto removed = impl_->removeSurplus(id); !removed) {
            return removed.error();
        }
    }
    return comparison;
}

Result<void> Workbench::pause(RunId run) {
    const auto found = impl_->onLane(run);
    return found ? impl_->scheduler->pause(*found) : found.error();
}

Result<void> Workbench::Impl::makeOurs(const RunPtr& run) {
    if (scheduler->holds(run)) {
        return {};
    }
    if (store != nullptr) {
        if (auto claimed = store->claim(run); !claimed) {
            return claimed;
        }
    }
    const std::lock_guard lock(mutex);
    ours.insert(run->id());
    return {};
}

/// Goes on from the run's last checkpoint, with another scenario where one is given; frames after
/// it are dropped, live knobs turned again where they were.
Result<void> Workbench::Impl::continueRun(const RunPtr& run, std::optional<RunScenario> scenario,
                                          std::optional<std::int64_t> pauseAt) {
    const RunScenario wanted = scenario ? *scenario : run->scenario();
    if (auto sound = checkSurroundings(wanted, run->description()); !sound) {
        return sound;
    }
    if (auto claimed = makeOurs(run); !claimed) {
        return claimed;
    }
    auto beginning = beginAgain(run, keeper(), [this](RunId id) { return get(id); });
    if (!beginning) {
        return beginning.error();
    }
    beginning->pauseAt = pauseAt;
    if (scenario) {
        run->setScenario(std::move(*scenario));
    }
    if (auto continued = run->apply(RunEvent::Continue); !continued) {
        return continued;
    }
    keeper().changed(run);
    scheduler->add(run, std::move(*beginning));
    return {};
}

Result<void> Workbench::Impl::goOn(RunId id, std::optional<std::int64_t> pauseAt) {
    const auto found = get(id);
    if (!found) {
        return found.error();
    }
    const RunPtr& run = *found;
    const RunState state = run->state();
    if (state == RunState::Finished) {
        return isBusy(id, state, "extend it to more steps, or fork it");
    }
    if (!after(state, RunEvent::Continue)) {
        return isBusy(id, state, "");
    }
    if (scheduler->holds(run) && state == RunState::Paused) {
        return pauseAt ? scheduler->runTo(run, *pauseAt) : scheduler->resume(run);
    }
    return continueRun(run, std::nullopt, pauseAt);
}

Result<void> Workbench::resume(RunId run) {
    return impl_->goOn(run, std::nullopt);
}

Result<void> Workbench::cancel(RunId run) {
    const auto found = impl_->onLane(run);
    return found ? impl_->scheduler->cancel(*found) : found.error();
}

Result<void> Workbench::stepOnce(RunId run) {
    const auto found = impl_->get(run);
    if (!found) {
        return found.error();
    }
    return impl_->scheduler->holds(*found) ? impl_->scheduler->stepOnce(*found)
                                           : impl_->goOn(run, (*found)->status().step + 1);
}

Result<void> Workbench::runTo(RunId run, std::int64_t step) {
    const auto found = impl_->get(run);
    if (!found) {
        return found.error();
    }
    return impl_->scheduler->holds(*found) ? impl_->scheduler->runTo(*found, step)
                                           : impl_->goOn(run, step);
}

Result<void> Workbench::turn(RunId run, std::string_view knob, Value value) {
    const auto found = impl_->onLane(run);
    if (!found) {
        return found.error();
    }
    const Description& description = (*found)->description();
    const Knob* declared = description.knob(knob);
    if (declared == nullptr || !declared->live) {
        return Error{"knob '" + std::string(knob) + "' of '" + description.id +
                         (declared == nullptr ? "' does not exist" : "' is not live"),
                     declared == nullptr ? "" : "fork the run to change it", ""};
    }
    if (auto fits = declared->check(value); !fits) {
        return fits;
    }
    return impl_->scheduler->turn(*found, std::string(knob), std::move(value));
}

Result<RunPtr> Workbench::extend(RunId id, std::int64_t steps) {
    const auto found = impl_->get(id);
    if (!found) {
        return found.error();
    }
    const RunPtr& run = *found;
    const RunState state = run->state();
    if (!after(state, RunEvent::Continue)) {
        return isBusy(id, state, isActive(state) ? "pause it first" : "");
    }
    auto scenario = extended(*run, steps);
    if (!scenario) {
        return scenario.error();
    }
    if (auto sound = impl_->checkSurroundings(*scenario, run->description()); !sound) {
        return sound.error();
    }
    impl_->scheduler->release(run);
    if (auto continued = impl_->continueRun(run, std::move(*scenario), std::nullopt); !continued) {
        return continued.error();
    }
    return run;
}

Result<RunPtr> Workbench::fork(RunId id, std::int64_t step,
                               const std::vector<std::string>& assignments) {
    const auto found = impl_->get(id);
    if (!found) {
        return found.error();
    }
    const RunPtr& parent = *found;
    const auto comparison = impl_->getComparison(parent->comparison());
    if (!comparison) {
        return comparison.error();
    }
    auto plan = planFork(parent, step, assignments, impl_->keeper());
    if (!plan) {
        return plan.error();
    }
    if (auto sound = impl_->checkSurroundings(plan->scenario, parent->description()); !sound) {
        return sound.error();
    }
    NewRun fork{&parent->description(), std::move(plan->scenario),
                impl_->newRecord(parent->description()), 1};
    for (const RunPtr& sibling : comparison->runs) {
        fork.number = std::max(fork.number, sibling->number() + 1);
    }
    fork.record.step = step;
    fork.record.computeSeconds = plan->seconds;
    fork.record.forkedFrom = {id, step};
    auto made = impl_->makeRuns(parent->comparison(), comparison->scenario, {fork});
    if (!made) {
        return made.error();
    }
    const RunPtr run = made->runs.front();
    const bool isBegun = plan->beginning.from || plan->beginning.replay;
    if (auto copied = isBegun ? copyFrames(*parent, *run, step) : Result<void>(); !copied) {
        (void)impl_->removeRun(run->id());
        return copied.error();
    }
    impl_->scheduler->add(run, std::move(plan->beginning));
    return run;
}

Result<void> Workbench::Impl::removeRun(RunId id) {
    if (store != nullptr) {
        if (auto removed = store->remove(id); !removed) {
            return removed;
        }
    }
    memory.forget(id);
    const RunPtr run = inMemory(id);
    if (run == nullptr) {
        return {};
    }
    scheduler->release(run);
    const std::lock_guard lock(mutex);
    runs.erase(id);
    ours.erase(id);
    std::erase(comparisons[run->comparison()].runs, run);
    return {};
}

Result<void> Workbench::remove(RunId id) {
    const RunPtr run = impl_->inMemory(id);
    if (run == nullptr && impl_->store == nullptr) {
        return noRun(id);
    }
    if (run != nullptr && impl_->scheduler->holds(run) && isActive(run->state())) {
        return isBusy(id, run->state(), "cancel it first");
    }
    return impl_->removeRun(id);
}

void Workbench::wait(RunId id, const std::function<bool()>& stop) {
    RunPtr run;
    {
        const std::lock_guard lock(impl_->mutex);
        if (impl_->ours.contains(id)) {
            run = impl_->runs.at(id);
        }
    }
    if (run != nullptr) {
        impl_->scheduler->wait([&] { return !isActive(run->state()); }, stop);
    }
}

} // namespace psephos::lab
