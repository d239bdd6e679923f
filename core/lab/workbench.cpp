// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/workbench.hpp"

#include "lab/continuation.hpp"
#include "lab/export.hpp"
#include "lab/module.hpp"
#include "lab/scheduler.hpp"
#include "lab/time_text.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace psephos::lab {

namespace {

int threadsOf(const WorkbenchOptions& options) {
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    return options.threads > 0 ? options.threads : static_cast<int>(cores);
}

bool isActive(RunState state) {
    return state == RunState::Queued || state == RunState::Running;
}

Error noRun(RunId run) {
    return {"there is no run " + std::to_string(run), "list the runs there are", ""};
}

Error isBusy(RunId run, RunState state, std::string hint) {
    return {"run " + std::to_string(run) + " is " + std::string(name(state)), std::move(hint), ""};
}

} // namespace

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

struct Workbench::Impl {
    WorkbenchOptions options;
    Registry registry;
    CheckRegistry checks;
    MemoryKeeper memory;
    std::unique_ptr<Scheduler> scheduler;
    std::atomic<bool> modulesReady{false};

    mutable std::mutex mutex; ///< guards what follows
    std::map<RunId, RunPtr> runs;
    std::map<ComparisonId, Comparison> comparisons;
    RunId lastRun = 0;
    ComparisonId lastComparison = 0;

    [[nodiscard]] RunKeeper& keeper() { return memory; }

    [[nodiscard]] Result<RunPtr> get(RunId run) const {
        const std::lock_guard lock(mutex);
        const auto found = runs.find(run);
        return found != runs.end() ? Result<RunPtr>(found->second) : Result<RunPtr>(noRun(run));
    }

    [[nodiscard]] RunRecord newRecord() const {
        RunRecord record;
        record.started = nowText();
        record.threads = threadsOf(options);
        record.versions = versions();
        return record;
    }

    [[nodiscard]] RunPtr makeRun(const Description& description, RunScenario scenario,
                                 ComparisonId comparison, std::size_t number, RunRecord record);
    [[nodiscard]] Result<void> continueRun(const RunPtr& run, std::optional<RunScenario> scenario,
                                           std::optional<std::int64_t> pauseAt);
    [[nodiscard]] Result<void> goOn(RunId id, std::optional<std::int64_t> pauseAt);
};

/// A run with an identity of its own, known to its comparison.
RunPtr Workbench::Impl::makeRun(const Description& description, RunScenario scenario,
                                ComparisonId comparison, std::size_t number, RunRecord record) {
    const std::lock_guard lock(mutex);
    auto run =
        std::make_shared<Run>(++lastRun, comparison, description, std::move(scenario), number);
    run->setRecord(std::move(record));
    runs[run->id()] = run;
    comparisons[comparison].runs.push_back(run);
    return run;
}

Workbench::Workbench(WorkbenchOptions options)
    : impl_(std::make_unique<Impl>()) {
    impl_->options = std::move(options);
    SchedulerSettings settings;
    settings.longLane.threads = threadsOf(impl_->options);
    settings.openModulesOnDemand = impl_->options.openModulesOnDemand;
    impl_->scheduler =
        std::make_unique<Scheduler>(impl_->registry, impl_->checks, impl_->keeper(), settings);
}

Result<std::unique_ptr<Workbench>> Workbench::open(WorkbenchOptions options) {
    return std::unique_ptr<Workbench>(new Workbench(std::move(options)));
}

Workbench::~Workbench() {
    impl_->scheduler->stop();
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

Result<Comparison> Workbench::start(const Scenario& scenario) {
    const Description* description = impl_->registry.find(scenario.experiment);
    if (description == nullptr) {
        return Error{"there is no experiment '" + scenario.experiment + "'", "", ""};
    }
    auto expanded = expand(scenario, *description);
    if (!expanded) {
        return expanded.error();
    }
    ComparisonId id = 0;
    {
        const std::lock_guard lock(impl_->mutex);
        id = ++impl_->lastComparison;
        impl_->comparisons[id] = {id, scenario, {}};
    }
    Comparison comparison{id, scenario, {}};
    for (RunScenario& each : *expanded) {
        comparison.runs.push_back(impl_->makeRun(*description, std::move(each), id,
                                                 comparison.runs.size() + 1, impl_->newRecord()));
    }
    for (const RunPtr& run : comparison.runs) {
        impl_->scheduler->add(run, {});
    }
    return comparison;
}

Result<Comparison> Workbench::change(ComparisonId id, const Scenario& scenario, bool settled) {
    Comparison comparison;
    {
        const std::lock_guard lock(impl_->mutex);
        const auto found = impl_->comparisons.find(id);
        if (found == impl_->comparisons.end()) {
            return Error{"there is no comparison " + std::to_string(id), "", ""};
        }
        comparison = found->second;
    }
    const Description* description = impl_->registry.find(scenario.experiment);
    if (description == nullptr || description->lane != Lane::Reactive ||
        comparison.scenario.experiment != scenario.experiment) {
        return Error{"comparison " + std::to_string(id) + " can't change to experiment '" +
                         scenario.experiment + "'",
                     "only the knobs of a reactive comparison change", ""};
    }
    auto expanded = expand(scenario, *description);
    if (!expanded) {
        return expanded.error();
    }
    while (comparison.runs.size() > expanded->size()) {
        const RunPtr surplus = comparison.runs.back();
        comparison.runs.pop_back();
        (void)impl_->scheduler->cancel(surplus);
        impl_->scheduler->release(surplus);
    }
    comparison.scenario = scenario;
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->comparisons[id] = comparison;
    }
    for (std::size_t i = 0; i < expanded->size(); ++i) {
        if (i == comparison.runs.size()) {
            comparison.runs.push_back(
                impl_->makeRun(*description, (*expanded)[i], id, i + 1, impl_->newRecord()));
        }
        impl_->scheduler->change(comparison.runs[i], std::move((*expanded)[i]), settled);
    }
    return comparison;
}

Result<void> Workbench::pause(RunId run) {
    const auto found = impl_->get(run);
    return found ? impl_->scheduler->pause(*found) : found.error();
}

/// Goes on from the run's last checkpoint, with another scenario where one is given; frames after
/// it are dropped, live knobs turned again where they were.
Result<void> Workbench::Impl::continueRun(const RunPtr& run, std::optional<RunScenario> scenario,
                                          std::optional<std::int64_t> pauseAt) {
    auto beginning = beginAgain(run, keeper());
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
    if (!after(state, RunEvent::Continue)) {
        return isBusy(id, state, "");
    }
    if (state == RunState::Finished) {
        return isBusy(id, state, "train it longer by extending it");
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
    const auto found = impl_->get(run);
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
    const auto found = impl_->get(run);
    if (!found) {
        return found.error();
    }
    const Description& description = (*found)->description();
    const Knob* declared = description.knob(knob);
    if (declared == nullptr || !declared->live) {
        return Error{"knob '" + std::string(knob) + "' of '" + description.id +
                         (declared == nullptr ? "' does not exist" : "' is not live"),
                     declared == nullptr ? "" : "fork the run to change it", std::string(knob)};
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
    auto plan = planFork(*found, step, assignments, impl_->keeper());
    if (!plan) {
        return plan.error();
    }
    std::size_t number = 1;
    {
        const std::lock_guard lock(impl_->mutex);
        for (const RunPtr& sibling : impl_->comparisons[(*found)->comparison()].runs) {
            number = std::max(number, sibling->number() + 1);
        }
    }
    RunRecord record = impl_->newRecord();
    record.step = step;
    record.computeSeconds = plan->seconds;
    record.forkedFrom = {id, step};
    const RunPtr fork = impl_->makeRun((*found)->description(), std::move(plan->scenario),
                                       (*found)->comparison(), number, std::move(record));
    const bool begunByParent = plan->beginning.from || plan->beginning.replay;
    if (auto copied = begunByParent ? copyFrames(**found, *fork, step) : Result<void>(); !copied) {
        return copied.error();
    }
    impl_->scheduler->add(fork, std::move(plan->beginning));
    return fork;
}

Result<void> Workbench::remove(RunId id) {
    const auto found = impl_->get(id);
    if (!found) {
        return found.error();
    }
    const RunState state = (*found)->state();
    if (isActive(state)) {
        return isBusy(id, state, "cancel it first");
    }
    impl_->scheduler->release(*found);
    impl_->memory.forget(id);
    const std::lock_guard lock(impl_->mutex);
    impl_->runs.erase(id);
    std::erase(impl_->comparisons[(*found)->comparison()].runs, *found);
    return {};
}

RunPtr Workbench::find(RunId run) const {
    const auto found = impl_->get(run);
    return found ? *found : nullptr;
}

Result<RunPtr> Workbench::load(RunId run) {
    return impl_->get(run);
}

Result<Comparison> Workbench::loadComparison(ComparisonId id) {
    const std::lock_guard lock(impl_->mutex);
    const auto found = impl_->comparisons.find(id);
    if (found == impl_->comparisons.end()) {
        return Error{"there is no comparison " + std::to_string(id), "", ""};
    }
    return found->second;
}

std::vector<RunPtr> Workbench::liveRuns() const {
    const std::lock_guard lock(impl_->mutex);
    std::vector<RunPtr> live;
    for (const auto& [id, run] : impl_->runs) {
        if (isActive(run->state()) || run->state() == RunState::Paused) {
            live.push_back(run);
        }
    }
    return live;
}

Result<std::vector<RunListing>> Workbench::listing() const {
    std::vector<RunListing> listings;
    const std::lock_guard lock(impl_->mutex);
    for (auto run = impl_->runs.rbegin(); run != impl_->runs.rend(); ++run) {
        const Run& each = *run->second;
        const RunRecord record = each.record();
        listings.push_back({each.id(), each.comparison(), each.scenario(), record.state,
                            record.step, record.computeSeconds, each.name(), record.started,
                            runDocument(each)});
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
        facts.push_back(
            {run->scenario(), std::string(name(status.state)), status.step, status.finals});
    }
    return description->notes(facts);
}

void Workbench::wait(RunId run, const std::function<bool()>& stop) {
    const auto found = impl_->get(run);
    if (found) {
        impl_->scheduler->wait([&] { return !isActive((*found)->state()); }, stop);
    }
}

Result<void> Workbench::exportRuns(const std::vector<RunId>& runs,
                                   const std::filesystem::path& directory) {
    std::vector<RunPtr> loaded;
    for (const RunId run : runs) {
        auto each = load(run);
        if (!each) {
            return each.error();
        }
        loaded.push_back(std::move(*each));
    }
    return lab::exportRuns(loaded, directory);
}

Result<Json> Workbench::document(RunId run) {
    const auto loaded = load(run);
    return loaded ? Result<Json>(runDocument(**loaded)) : loaded.error();
}

std::uintmax_t Workbench::storeBytes() const {
    return 0;
}

std::optional<double> Workbench::secondsSinceStored() const {
    return std::nullopt;
}

std::string Workbench::storeTrouble() const {
    return "";
}

} // namespace psephos::lab
