// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/store.hpp"

#include "lab/experiment.hpp"
#include "lab/store/checkpoints.hpp"
#include "lab/store/reader.hpp"
#include "lab/store/schema.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace psephos::lab {

namespace {

using detail::Cursors;
using detail::Database;
using detail::RunSnapshot;
using detail::StoredRun;
using detail::Transaction;
using WallClock = std::chrono::steady_clock;

double secondsSince(WallClock::time_point start) {
    return std::chrono::duration<double>(WallClock::now() - start).count();
}

bool isOver(RunState state) {
    return state == RunState::Finished || state == RunState::Cancelled || state == RunState::Failed;
}

/// A reactive run as it was when the hand came to rest.
struct Settled {
    std::shared_ptr<const History> history;
    RunSnapshot snapshot;
};

/// What the lanes have told of a run since it was last written.
struct Pending {
    std::vector<Checkpoint> checkpoints; ///< at most the one at step 0 and the newest
    std::optional<std::int64_t> truncateTo;
    std::optional<Settled> settled;

    [[nodiscard]] bool isEmpty() const { return checkpoints.empty() && !truncateTo && !settled; }

    void add(Checkpoint checkpoint) {
        if (!checkpoints.empty() && (checkpoints.size() > 1 || checkpoints.back().step > 0)) {
            checkpoints.pop_back();
        }
        checkpoints.push_back(std::move(checkpoint));
    }

    void truncate(std::int64_t step) {
        std::erase_if(checkpoints, [step](const Checkpoint& c) { return c.step > step; });
        truncateTo = std::min(step, truncateTo.value_or(step));
    }
};

struct Tracked {
    RunPtr run;
    std::atomic<double> checkpointSeconds{0};
    // Under the queue's mutex.
    Pending pending;
    bool isClaimed = false; ///< about to go on, though its state does not say so yet
    // Under the writer's mutex.
    Cursors cursors;
    bool cursorsAreRead = false;
    std::uint64_t writtenVersion = ~std::uint64_t{0};
    bool wasSettled = false;

    [[nodiscard]] bool isReactive() const { return run->description().lane == Lane::Reactive; }
};

/// One run's part of a batch.
struct Work {
    std::shared_ptr<Tracked> tracked;
    Pending pending;
    std::uint64_t version = 0;
    Cursors cursors;
    std::optional<RunState> written; ///< the state that the row now says
    bool isGone = false;             ///< another process has deleted the run
};

} // namespace

struct Store::Impl {
    StoreOptions options;
    std::shared_ptr<detail::StoreReader> reader;

    std::mutex writeMutex; ///< guards the connection for writing; taken before queueMutex
    std::optional<Database> database;
    std::optional<Lease> lease;

    mutable std::mutex queueMutex; ///< guards what follows, and each Tracked's queue
    std::condition_variable wakeUp;
    std::map<RunId, std::shared_ptr<Tracked>> runs;
    std::map<ComparisonId, Json> scenarios; ///< of comparisons, to be written
    std::optional<WallClock::time_point> lastStored;
    std::string trouble;
    bool isAwake = false;
    bool quits = false;
    std::thread writer;

    explicit Impl(StoreOptions storeOptions)
        : options(std::move(storeOptions))
        , reader(std::make_shared<detail::StoreReader>(options.file)) {}

    [[nodiscard]] std::shared_ptr<Tracked> find(RunId run) const {
        const auto found = runs.find(run);
        return found != runs.end() ? found->second : nullptr;
    }

    std::shared_ptr<Tracked> follow(const RunPtr& run);

    /// The queue's mutex is held.
    void wake() {
        isAwake = true;
        wakeUp.notify_all();
    }

    void work();
    [[nodiscard]] Result<void> openToWrite();
    [[nodiscard]] Result<void> storeLost();
    [[nodiscard]] Result<void> writeLease();
    [[nodiscard]] Result<void> own(RunId run);
    [[nodiscard]] Result<void> writeAll();
    [[nodiscard]] std::vector<Work> takeWork();
    void giveBack(std::vector<Work>& batch);
    [[nodiscard]] Result<void> writeBatch(std::vector<Work>& batch);
    [[nodiscard]] Result<void> writeScenarios();
    [[nodiscard]] Result<void> writeRun(Work& work);
    [[nodiscard]] Result<void> writeReactive(Work& work);
    [[nodiscard]] Result<void> writeRow(Work& work, const RunSnapshot& snapshot);
    void settleBatch(std::vector<Work>& batch);
    template <typename Change>
    [[nodiscard]] Result<void> change(Change&& change);
};

/// Opens the connection for writing and takes a lease; the writer's mutex is held.
Result<void> Store::Impl::openToWrite() {
    if (database) {
        return {};
    }
    auto opened = detail::openForWriting(options.file, options.maxPages);
    if (!opened) {
        return opened.error();
    }
    auto taken = Lease::take(options.file);
    if (!taken) {
        return taken.error();
    }
    database.emplace(std::move(*opened));
    lease.emplace(std::move(*taken));
    const auto began = change([&] { return storeLost(); });
    if (!began) {
        lease.reset();
        database.reset();
        return began;
    }
    const std::lock_guard lock(queueMutex);
    if (!writer.joinable()) {
        writer = std::thread([this] { work(); });
    }
    return {};
}

/// One transaction around a change; the writer's mutex is held and the connection open.
template <typename Change>
Result<void> Store::Impl::change(Change&& change) {
    auto transaction = Transaction::begin(*database);
    if (!transaction) {
        return transaction.error();
    }
    if (auto changed = change(); !changed) {
        return changed;
    }
    return transaction->commit();
}

/// Stores that runs whose owner died are interrupted, and forgets dead leases.
Result<void> Store::Impl::storeLost() {
    const auto stored = detail::readRuns(*database);
    if (!stored) {
        return stored.error();
    }
    for (const StoredRun& run : *stored) {
        if (!detail::isLost(run, options.file)) {
            continue;
        }
        auto update =
            database->prepare("UPDATE run SET state = 'interrupted', lease = NULL WHERE id = ?");
        if (!update) {
            return update.error();
        }
        if (auto done = update->bind(0, run.id).run(); !done) {
            return done;
        }
        if (run.lease) {
            removeDeadLease(options.file, *run.lease);
        }
    }
    return database->execute("DELETE FROM lease WHERE name NOT IN "
                             "(SELECT lease FROM run WHERE lease IS NOT NULL)");
}

/// The row of this process's lease, to which runs' rows refer; in a transaction.
Result<void> Store::Impl::writeLease() {
    auto insert =
        database->prepare("INSERT OR IGNORE INTO lease(name, process, boot) VALUES(?, ?, ?)");
    if (!insert) {
        return insert.error();
    }
    const LeaseRecord& record = lease->record();
    return insert->bind(0, record.name).bind(1, record.process).bind(2, record.boot).run();
}

/// What has changed since the last batch; the writer's mutex is held.
std::vector<Work> Store::Impl::takeWork() {
    std::vector<Work> batch;
    const std::lock_guard lock(queueMutex);
    for (const auto& [id, each] : runs) {
        const std::uint64_t version = each->run->version();
        if (each->pending.isEmpty() && version == each->writtenVersion) {
            continue;
        }
        batch.push_back({each, std::exchange(each->pending, {}), version, each->cursors, {}});
    }
    return batch;
}

/// Puts back what could not be written, beneath what has been told meanwhile.
void Store::Impl::giveBack(std::vector<Work>& batch) {
    const std::lock_guard lock(queueMutex);
    for (Work& work : batch) {
        Pending newer = std::exchange(work.tracked->pending, std::move(work.pending));
        Pending& pending = work.tracked->pending;
        if (newer.truncateTo) {
            pending.truncate(*newer.truncateTo);
        }
        for (Checkpoint& checkpoint : newer.checkpoints) {
            pending.add(std::move(checkpoint));
        }
        if (newer.settled) {
            pending.settled = std::move(newer.settled);
        }
    }
}

Result<void> Store::Impl::writeRow(Work& work, const RunSnapshot& snapshot) {
    const auto updated = detail::updateRun(*database, work.tracked->run->id(), snapshot);
    if (!updated) {
        return updated.error();
    }
    work.written = snapshot.record.state;
    work.isGone = !*updated;
    return {};
}

/// A reactive run: frames as a whole, and only when the hand has come to rest.
Result<void> Store::Impl::writeReactive(Work& work) {
    Tracked& tracked = *work.tracked;
    const RunId id = tracked.run->id();
    if (!work.pending.settled) {
        const RunState state = tracked.run->state();
        if (tracked.wasSettled || state == RunState::Running || state == RunState::Finished) {
            return {};
        }
        return writeRow(work, detail::snapshotOf(*tracked.run));
    }
    const Settled& settled = *work.pending.settled;
    if (auto dropped = detail::dropFramesAfter(*database, id, -1, work.cursors); !dropped) {
        return dropped;
    }
    for (auto& [name, cursor] : work.cursors) {
        cursor.stored = 0;
        cursor.lastFirst = 0;
    }
    if (auto updated = writeRow(work, settled.snapshot); !updated || work.isGone) {
        return updated;
    }
    return detail::appendFrames(*database, id, *settled.history, work.cursors);
}

Result<void> Store::Impl::writeRun(Work& work) {
    Tracked& tracked = *work.tracked;
    const RunId id = tracked.run->id();
    if (!tracked.cursorsAreRead) {
        auto cursors = detail::readCursors(*database, id);
        if (!cursors) {
            return cursors.error();
        }
        work.cursors = std::move(*cursors);
    }
    if (tracked.isReactive()) {
        return writeReactive(work);
    }
    if (work.pending.truncateTo) {
        const std::int64_t step = *work.pending.truncateTo;
        if (auto dropped = detail::dropFramesAfter(*database, id, step, work.cursors); !dropped) {
            return dropped;
        }
        if (auto dropped = detail::dropCheckpointsAfter(*database, id, step); !dropped) {
            return dropped;
        }
    }
    const auto updated = writeRow(work, detail::snapshotOf(*tracked.run));
    if (!updated || work.isGone) {
        return updated;
    }
    const auto history = tracked.run->history();
    if (auto appended = detail::appendFrames(*database, id, *history, work.cursors); !appended) {
        return appended;
    }
    for (const Checkpoint& checkpoint : work.pending.checkpoints) {
        const auto written =
            detail::writeCheckpoint(*database, id, checkpoint, options.checkpointQuotaBytes);
        if (!written) {
            return written;
        }
    }
    return {};
}

/// All runs' frames, states and checkpoints in one transaction.
Result<void> Store::Impl::writeBatch(std::vector<Work>& batch) {
    const auto start = WallClock::now();
    auto written = change([&]() -> Result<void> {
        for (Work& work : batch) {
            if (auto done = writeRun(work); !done) {
                return done;
            }
            bool isClaimed = false;
            {
                const std::lock_guard lock(queueMutex);
                isClaimed = work.tracked->isClaimed;
            }
            if (work.written && isOver(*work.written) && !isClaimed) {
                if (auto freed = detail::setLease(*database, work.tracked->run->id(), ""); !freed) {
                    return freed;
                }
            }
        }
        return {};
    });
    for (const Work& work : batch) {
        if (!work.pending.checkpoints.empty()) {
            work.tracked->checkpointSeconds = secondsSince(start);
        }
    }
    return written;
}

/// After a batch has been committed; the writer's mutex is held.
void Store::Impl::settleBatch(std::vector<Work>& batch) {
    for (Work& work : batch) {
        Tracked& tracked = *work.tracked;
        tracked.cursors = std::move(work.cursors);
        tracked.cursorsAreRead = true;
        tracked.writtenVersion = work.version;
        tracked.wasSettled = tracked.wasSettled || work.pending.settled.has_value();
        if (!tracked.isReactive()) {
            const auto history = tracked.run->writableHistory();
            for (const auto& [channel, cursor] : tracked.cursors) {
                history->markStored(channel, cursor.stored);
            }
        }
    }
    const std::lock_guard lock(queueMutex);
    lastStored = WallClock::now();
    for (const Work& work : batch) {
        Tracked& tracked = *work.tracked;
        if (work.isGone) {
            runs.erase(tracked.run->id());
        } else if (work.written && !isOver(*work.written)) {
            tracked.isClaimed = false;
        } else if (work.written && !tracked.isReactive() && !tracked.isClaimed &&
                   tracked.pending.isEmpty() && tracked.run->version() == work.version) {
            runs.erase(tracked.run->id());
        }
    }
}

/// Scenarios of comparisons that have changed; the writer's mutex is held.
Result<void> Store::Impl::writeScenarios() {
    std::map<ComparisonId, Json> changed;
    {
        const std::lock_guard lock(queueMutex);
        changed = std::exchange(scenarios, {});
    }
    if (changed.empty()) {
        return {};
    }
    auto written = change([&]() -> Result<void> {
        for (const auto& [id, scenario] : changed) {
            if (auto updated = detail::updateComparison(*database, id, scenario); !updated) {
                return updated;
            }
        }
        return {};
    });
    if (!written) {
        const std::lock_guard lock(queueMutex);
        scenarios.merge(changed); // those that changed again meanwhile stay as they are
    }
    return written;
}

/// Writes one batch; the writer's mutex is held.
Result<void> Store::Impl::writeAll() {
    if (!database) {
        return {};
    }
    std::vector<Work> batch = takeWork();
    Result<void> written = writeScenarios();
    if (!written) {
        giveBack(batch);
    } else if (!batch.empty()) {
        written = writeBatch(batch);
        if (written) {
            settleBatch(batch);
        } else {
            giveBack(batch);
        }
    }
    const std::lock_guard lock(queueMutex);
    trouble = written ? "" : written.error().line();
    return written;
}

void Store::Impl::work() {
    const std::chrono::duration<double> period(options.periodSeconds);
    std::unique_lock lock(queueMutex);
    while (!quits) {
        isAwake = false;
        lock.unlock();
        {
            const std::lock_guard write(writeMutex);
            (void)writeAll(); // trouble() tells
        }
        lock.lock();
        const bool isTroubled = !trouble.empty();
        wakeUp.wait_for(lock, period, [&] { return quits || (isAwake && !isTroubled); });
    }
}

Store::Store(StoreOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

Result<std::unique_ptr<Store>> Store::open(StoreOptions options) {
    std::unique_ptr<Store> store(new Store(std::move(options)));
    const auto readable =
        store->impl_->reader->read(true, [](Database&) -> Result<bool> { return true; });
    if (!readable) {
        return readable.error();
    }
    return store;
}

Store::~Store() {
    {
        const std::lock_guard lock(impl_->queueMutex);
        impl_->quits = true;
        impl_->wake();
    }
    if (impl_->writer.joinable()) {
        impl_->writer.join();
    }
    const std::lock_guard write(impl_->writeMutex);
    if (!impl_->database) {
        impl_->reader->close();
        return;
    }
    (void)impl_->writeAll();
    impl_->reader->close();
    (void)impl_->change([&]() -> Result<void> {
        const std::string& name = impl_->lease->record().name;
        for (const char* sql :
             {"UPDATE run SET lease = NULL WHERE lease = ?", "DELETE FROM lease WHERE name = ?"}) {
            auto statement = impl_->database->prepare(sql);
            if (!statement) {
                return statement.error();
            }
            if (auto done = statement->bind(0, name).run(); !done) {
                return done;
            }
        }
        return {};
    });
}

Result<std::pair<ComparisonId, std::vector<RunId>>>
Store::create(std::optional<ComparisonId> comparison, const Json& scenario,
              const std::vector<NewRun>& runs) {
    const std::lock_guard write(impl_->writeMutex);
    if (auto opened = impl_->openToWrite(); !opened) {
        return opened.error();
    }
    std::pair<ComparisonId, std::vector<RunId>> made;
    const auto done = impl_->change([&]() -> Result<void> {
        Result<ComparisonId> id =
            comparison ? *comparison : detail::insertComparison(*impl_->database, scenario);
        if (!id) {
            return id.error();
        }
        made.first = *id;
        if (auto written = impl_->writeLease(); !written) {
            return written;
        }
        for (const NewRun& run : runs) {
            Run draft(0, *id, *run.description, run.scenario, run.number);
            draft.setRecord(run.record);
            const auto row =
                detail::insertRun(*impl_->database, *id, run.number, detail::snapshotOf(draft),
                                  impl_->lease->record().name);
            if (!row) {
                return row.error();
            }
            made.second.push_back(*row);
        }
        return {};
    });
    if (!done) {
        return done.error();
    }
    return made;
}

/// Starts to write the run's frames; the queue's mutex is held.
std::shared_ptr<Tracked> Store::Impl::follow(const RunPtr& run) {
    auto& tracked = runs[run->id()];
    if (tracked == nullptr || tracked->run != run) {
        tracked = std::make_shared<Tracked>();
        tracked->run = run;
    }
    return tracked;
}

void Store::track(const RunPtr& run) {
    if (run->description().lane != Lane::Reactive) {
        run->writableHistory()->setSource(
            std::make_shared<detail::StoreSource>(impl_->reader, run->id()));
    }
    const std::lock_guard lock(impl_->queueMutex);
    (void)impl_->follow(run);
}

/// Takes a run of which nobody else is the owner; the writer's mutex is held, in a transaction.
Result<void> Store::Impl::own(RunId id) {
    const auto stored = detail::readRun(*database, id);
    if (!stored) {
        return stored.error();
    }
    if (!*stored) {
        return Error{"there is no run " + std::to_string(id), "list the runs there are", ""};
    }
    const StoredRun& run = **stored;
    if (run.lease && run.lease->name != lease->record().name && isHeld(options.file, *run.lease)) {
        return Error{"run " + std::to_string(id) + " is being computed by process " +
                         std::to_string(run.lease->process),
                     "end it there first", ""};
    }
    const auto written = writeLease();
    return written ? detail::setLease(*database, id, lease->record().name) : written;
}

Result<void> Store::claim(const RunPtr& run) {
    const std::lock_guard write(impl_->writeMutex);
    if (auto opened = impl_->openToWrite(); !opened) {
        return opened;
    }
    if (auto owned = impl_->change([&] { return impl_->own(run->id()); }); !owned) {
        return owned;
    }
    const std::lock_guard lock(impl_->queueMutex);
    impl_->follow(run)->isClaimed = true;
    return {};
}

Result<void> Store::remove(RunId run) {
    const std::lock_guard write(impl_->writeMutex);
    if (auto opened = impl_->openToWrite(); !opened) {
        return opened;
    }
    const auto removed = impl_->change([&]() -> Result<void> {
        const auto owned = impl_->own(run);
        return owned ? detail::deleteRun(*impl_->database, run) : owned;
    });
    if (!removed) {
        return removed;
    }
    {
        const std::lock_guard lock(impl_->queueMutex);
        impl_->runs.erase(run);
    }
    return impl_->database->execute("PRAGMA incremental_vacuum");
}

void Store::setComparison(ComparisonId comparison, Json scenario) {
    const std::lock_guard lock(impl_->queueMutex);
    impl_->scenarios[comparison] = std::move(scenario);
    impl_->wake();
}

bool Store::isTracked(RunId run) const {
    const std::lock_guard lock(impl_->queueMutex);
    return impl_->find(run) != nullptr;
}

Result<void> Store::flush() {
    const std::lock_guard write(impl_->writeMutex);
    return impl_->writeAll();
}

Result<std::int64_t> Store::pin(RunId run, std::int64_t step, bool pinned) {
    const std::lock_guard write(impl_->writeMutex);
    if (auto opened = impl_->openToWrite(); !opened) {
        return opened.error();
    }
    if (auto written = impl_->writeAll(); !written) {
        return written.error();
    }
    std::int64_t found = 0;
    const auto done = impl_->change([&]() -> Result<void> {
        const auto at = detail::pinCheckpoint(*impl_->database, run, step, pinned);
        if (!at) {
            return at.error();
        }
        found = *at;
        return {};
    });
    return done ? Result<std::int64_t>(found) : done.error();
}

namespace {

/// Says of runs whose owner died that they are interrupted.
template <typename Runs>
void markLost(Runs& runs, const std::filesystem::path& file) {
    for (StoredRun& run : runs) {
        if (detail::isLost(run, file)) {
            run.snapshot.record.state = RunState::Interrupted;
        }
    }
}

} // namespace

Result<std::vector<StoredRun>> Store::runs() {
    auto runs = impl_->reader->read(std::vector<StoredRun>(), &detail::readRuns);
    if (runs) {
        markLost(*runs, impl_->options.file);
    }
    return runs;
}

Result<std::vector<StoredRun>> Store::runsOf(ComparisonId comparison) {
    auto runs = impl_->reader->read(std::vector<StoredRun>(), [comparison](Database& database) {
        return detail::readRunsOf(database, comparison);
    });
    if (runs) {
        markLost(*runs, impl_->options.file);
    }
    return runs;
}

Result<std::optional<StoredRun>> Store::run(RunId id) {
    auto run = impl_->reader->read(std::optional<StoredRun>(), [id](Database& database) {
        return detail::readRun(database, id);
    });
    if (run && *run && detail::isLost(**run, impl_->options.file)) {
        (*run)->snapshot.record.state = RunState::Interrupted;
    }
    return run;
}

Result<std::optional<Json>> Store::comparison(ComparisonId id) {
    return impl_->reader->read(std::optional<Json>(), [id](Database& database) {
        return detail::readComparison(database, id);
    });
}

Result<void> Store::fill(Run& run) {
    const auto history = run.writableHistory();
    run.truncateAfter(-1);
    history->setSource(std::make_shared<detail::StoreSource>(impl_->reader, run.id()));
    const auto filled = impl_->reader->read(true, [&](Database& database) -> Result<bool> {
        const auto read = detail::readFrames(database, run.id(), *history);
        return read ? Result<bool>(true) : read.error();
    });
    return filled ? Result<void>() : filled.error();
}

std::uintmax_t Store::bytes() const {
    std::uintmax_t bytes = 0;
    for (const char* suffix : {"", "-wal"}) {
        std::error_code failed;
        const auto size = std::filesystem::file_size(impl_->options.file.string() + suffix, failed);
        bytes += failed ? 0 : size;
    }
    return bytes;
}

std::optional<double> Store::secondsSinceStored() const {
    const std::lock_guard lock(impl_->queueMutex);
    return impl_->lastStored ? std::optional(secondsSince(*impl_->lastStored)) : std::nullopt;
}

std::string Store::trouble() const {
    const std::lock_guard lock(impl_->queueMutex);
    return impl_->trouble;
}

void Store::keep(const RunPtr& run, Checkpoint checkpoint) {
    const std::lock_guard lock(impl_->queueMutex);
    if (const auto tracked = impl_->find(run->id())) {
        tracked->pending.add(std::move(checkpoint));
    }
}

void Store::changed(const RunPtr& run) {
    if (run->state() != RunState::Running) {
        const std::lock_guard lock(impl_->queueMutex);
        impl_->wake();
    }
}

void Store::truncated(const RunPtr& run, std::int64_t step) {
    const std::lock_guard lock(impl_->queueMutex);
    if (const auto tracked = impl_->find(run->id())) {
        tracked->pending.truncate(step);
    }
}

void Store::settled(const RunPtr& run) {
    Settled settled{run->history(), detail::snapshotOf(*run)};
    settled.snapshot.record.state = RunState::Finished; // whatever is asked of it next
    const std::lock_guard lock(impl_->queueMutex);
    if (const auto tracked = impl_->find(run->id())) {
        tracked->pending.settled = std::move(settled);
        impl_->wake();
    }
}

Result<std::optional<Checkpoint>> Store::checkpoint(RunId run, std::int64_t step) {
    std::optional<Checkpoint> waiting; // where it could not be written
    if (!flush()) {
        const std::lock_guard lock(impl_->queueMutex);
        if (const auto tracked = impl_->find(run)) {
            const Pending& pending = tracked->pending;
            for (const Checkpoint& checkpoint : pending.checkpoints) {
                if (checkpoint.step <= step) {
                    waiting = checkpoint;
                }
            }
            step = std::min(step, pending.truncateTo.value_or(step));
        }
    }
    auto stored = impl_->reader->read(std::optional<Checkpoint>(), [&](Database& database) {
        return detail::readCheckpoint(database, run, step);
    });
    const bool isLater = waiting && (!stored || !*stored || waiting->step >= (*stored)->step);
    return isLater ? Result<std::optional<Checkpoint>>(std::move(waiting)) : stored;
}

double Store::checkpointSeconds(RunId run) const {
    const std::lock_guard lock(impl_->queueMutex);
    const auto tracked = impl_->find(run);
    return tracked != nullptr ? tracked->checkpointSeconds.load() : 0;
}

} // namespace psephos::lab
