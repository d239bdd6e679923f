// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/store/runs.hpp"

#include "lab/experiment.hpp"
#include "lab/files/json.hpp"

#include <cmath>
#include <limits>

namespace psephos::lab::detail {

namespace {

constexpr const char* kSelect =
    "SELECT run.id, comparison, number, experiment, run.name, scenario, state, step, seconds, "
    "record, run.lease, lease.process, lease.boot "
    "FROM run LEFT JOIN lease ON lease.name = run.lease ";

Json numberJson(double number) {
    return std::isfinite(number) ? Json(number) : Json(nullptr);
}

double numberFrom(const Json& json) {
    return json.is_number() ? json.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

std::string textAt(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

Json noteJson(const Note& note) {
    return {{"id", note.id}, {"kind", static_cast<int>(note.kind)}, {"text", note.text}};
}

Json recordJson(const RunSnapshot& snapshot) {
    const RunRecord& record = snapshot.record;
    Json json = Json::object();
    json["started"] = record.started;
    json["threads"] = record.threads;
    json["versions"] = record.versions;
    json["other_lane_was_busy"] = record.otherLaneWasBusy;
    json["notes"] = Json::array();
    for (const Note& note : record.notes) {
        json["notes"].push_back(noteJson(note));
    }
    json["turns"] = Json::array();
    for (const KnobTurn& turn : record.turns) {
        json["turns"].push_back({{"step", turn.step},
                                 {"knob", turn.knob},
                                 {"value", toJson(turn.value)},
                                 {"before", toJson(turn.before)}});
    }
    json["final"] = Json::array();
    for (const auto& [channel, value] : snapshot.finals) {
        json["final"].push_back(Json::array({channel, numberJson(value)}));
    }
    if (record.error) {
        json["error"] = {{"message", record.error->message},
                         {"hint", record.error->hint},
                         {"place", record.error->place}};
    }
    if (record.divergedAt) {
        json["diverged_at"] = *record.divergedAt;
    }
    if (record.forkedFrom) {
        json["forked_from"] = Json::array({record.forkedFrom->first, record.forkedFrom->second});
    }
    return json;
}

/// Fills what recordJson() wrote, as far as it is there.
void readRecord(const Json& json, StoredRun& run) {
    RunRecord& record = run.snapshot.record;
    record.started = textAt(json, "started");
    record.threads = json.value("threads", 1);
    record.versions = json.value("versions", Json::object());
    record.otherLaneWasBusy = json.value("other_lane_was_busy", false);
    for (const Json& note : json.value("notes", Json::array())) {
        record.notes.push_back({textAt(note, "id"), static_cast<NoteKind>(note.value("kind", 0)),
                                textAt(note, "text")});
    }
    run.turns = json.value("turns", Json::array());
    for (const Json& final : json.value("final", Json::array())) {
        run.snapshot.finals.emplace_back(final.at(0).get<std::string>(), numberFrom(final.at(1)));
    }
    if (const auto error = json.find("error"); error != json.end()) {
        record.error =
            Error{textAt(*error, "message"), textAt(*error, "hint"), textAt(*error, "place")};
    }
    if (const auto step = json.find("diverged_at"); step != json.end()) {
        record.divergedAt = step->get<std::int64_t>();
    }
    if (const auto from = json.find("forked_from"); from != json.end()) {
        record.forkedFrom = {from->at(0).get<RunId>(), from->at(1).get<std::int64_t>()};
    }
}

Error damagedRow(RunId id, const std::string& why) {
    return {"run " + std::to_string(id) + " in the store is damaged: " + why, "delete it", ""};
}

/// The row on which the statement stands.
Result<StoredRun> readRow(const Statement& row) {
    StoredRun run;
    run.id = row.integer(0);
    run.comparison = row.integer(1);
    run.number = static_cast<std::size_t>(row.integer(2));
    run.snapshot.experiment = row.text(3);
    run.snapshot.name = row.text(4);
    const auto state = runStateFromName(row.text(6));
    auto scenario = parseJson(row.text(5), "scenario");
    const auto record = parseJson(row.text(9), "record");
    if (!state || !scenario || !record) {
        return damagedRow(run.id, "its row can't be read");
    }
    run.snapshot.scenario = std::move(*scenario);
    try {
        readRecord(*record, run);
    } catch (const Json::exception&) {
        return damagedRow(run.id, "its record has another form");
    }
    run.snapshot.record.state = *state;
    run.snapshot.record.step = row.integer(7);
    run.snapshot.record.computeSeconds = row.real(8);
    if (!row.isNull(10)) {
        run.lease =
            LeaseRecord{std::string(row.text(10)), row.integer(11), std::string(row.text(12))};
    }
    return run;
}

Result<std::vector<StoredRun>> readAll(Result<Statement> select) {
    if (!select) {
        return select.error();
    }
    std::vector<StoredRun> runs;
    while (true) {
        const auto row = select->next();
        if (!row) {
            return row.error();
        }
        if (!*row) {
            return runs;
        }
        auto run = readRow(*select);
        if (!run) {
            return run.error();
        }
        runs.push_back(std::move(*run));
    }
}

/// Binds what both INSERT and UPDATE write, from parameter `first` on.
void bindSnapshot(Statement& statement, int first, const RunSnapshot& snapshot) {
    statement.bind(first, snapshot.name)
        .bind(first + 1, dumpJson(snapshot.scenario, -1))
        .bind(first + 2, name(snapshot.record.state))
        .bind(first + 3, snapshot.record.step)
        .bind(first + 4, snapshot.record.computeSeconds)
        .bind(first + 5, dumpJson(recordJson(snapshot), -1));
}

Result<void> deleteWhere(Database& database, std::string_view sql, std::int64_t id) {
    auto statement = database.prepare(sql);
    return statement ? statement->bind(0, id).run() : statement.error();
}

} // namespace

RunSnapshot snapshotOf(const Run& run) {
    return {run.description().id, run.name(), toRecord(run.scenario()), run.record(),
            run.status().finals};
}

Result<ComparisonId> insertComparison(Database& database, const Json& scenario) {
    auto insert = database.prepare("INSERT INTO comparison(scenario) VALUES(?)");
    if (!insert) {
        return insert.error();
    }
    const auto done = insert->bind(0, dumpJson(scenario, -1)).run();
    return done ? Result<ComparisonId>(database.lastRow()) : done.error();
}

Result<void> updateComparison(Database& database, ComparisonId id, const Json& scenario) {
    auto update = database.prepare("UPDATE comparison SET scenario = ? WHERE id = ?");
    return update ? update->bind(0, dumpJson(scenario, -1)).bind(1, id).run() : update.error();
}

Result<std::optional<Json>> readComparison(Database& database, ComparisonId id) {
    auto select = database.prepare("SELECT scenario FROM comparison WHERE id = ?");
    if (!select) {
        return select.error();
    }
    const auto row = select->bind(0, id).next();
    if (!row) {
        return row.error();
    }
    if (!*row) {
        return std::optional<Json>();
    }
    auto scenario = parseJson(select->text(0), "comparison " + std::to_string(id));
    return scenario ? Result<std::optional<Json>>(std::move(*scenario)) : scenario.error();
}

Result<RunId> insertRun(Database& database, ComparisonId comparison, std::size_t number,
                        const RunSnapshot& snapshot, const std::string& lease) {
    auto insert = database.prepare(
        "INSERT INTO run(comparison, number, experiment, lease, name, scenario, state, step, "
        "seconds, record) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (!insert) {
        return insert.error();
    }
    insert->bind(0, comparison)
        .bind(1, static_cast<std::int64_t>(number))
        .bind(2, snapshot.experiment)
        .bind(3, lease);
    bindSnapshot(*insert, 4, snapshot);
    const auto done = insert->run();
    return done ? Result<RunId>(database.lastRow()) : done.error();
}

Result<bool> updateRun(Database& database, RunId id, const RunSnapshot& snapshot) {
    auto update = database.prepare("UPDATE run SET name = ?, scenario = ?, state = ?, step = ?, "
                                   "seconds = ?, record = ? WHERE id = ?");
    if (!update) {
        return update.error();
    }
    bindSnapshot(*update, 0, snapshot);
    const auto done = update->bind(6, id).run();
    return done ? Result<bool>(database.changes() > 0) : done.error();
}

Result<void> setLease(Database& database, RunId id, const std::string& lease) {
    auto update = database.prepare("UPDATE run SET lease = nullif(?, '') WHERE id = ?");
    return update ? update->bind(0, lease).bind(1, id).run() : update.error();
}

Result<void> deleteRun(Database& database, RunId id) {
    for (const char* sql :
         {"DELETE FROM samples WHERE channel IN (SELECT id FROM channel WHERE run = ?)",
          "DELETE FROM frame WHERE channel IN (SELECT id FROM channel WHERE run = ?)",
          "DELETE FROM channel WHERE run = ?", "DELETE FROM checkpoint WHERE run = ?",
          "DELETE FROM run WHERE id = ?"}) {
        if (auto done = deleteWhere(database, sql, id); !done) {
            return done;
        }
    }
    return database.execute("DELETE FROM comparison WHERE id NOT IN (SELECT comparison FROM run)");
}

Result<std::vector<StoredRun>> readRuns(Database& database) {
    return readAll(database.prepare(std::string(kSelect) + "ORDER BY run.id DESC"));
}

Result<std::optional<StoredRun>> readRun(Database& database, RunId id) {
    auto select = database.prepare(std::string(kSelect) + "WHERE run.id = ?");
    if (select) {
        select->bind(0, id);
    }
    auto runs = readAll(std::move(select));
    if (!runs) {
        return runs.error();
    }
    return runs->empty() ? std::optional<StoredRun>() : std::optional(std::move(runs->front()));
}

Result<std::vector<StoredRun>> readRunsOf(Database& database, ComparisonId comparison) {
    auto select =
        database.prepare(std::string(kSelect) + "WHERE comparison = ? ORDER BY number, run.id");
    if (select) {
        select->bind(0, comparison);
    }
    return readAll(std::move(select));
}

Result<std::vector<KnobTurn>> readTurns(const Json& turns, const Description& description) {
    std::vector<KnobTurn> read;
    for (const Json& turn : turns) {
        const Knob* knob = description.knob(textAt(turn, "knob"));
        const auto step = turn.find("step");
        if (knob == nullptr || step == turn.end() || !step->is_number_integer() ||
            !turn.contains("value") || !turn.contains("before")) {
            return Error{"a turn of a live knob in the store is damaged", "", ""};
        }
        auto value = knob->fromJson(turn.at("value"));
        auto before = knob->fromJson(turn.at("before"));
        if (!value || !before) {
            return value ? before.error() : value.error();
        }
        read.push_back(
            {step->get<std::int64_t>(), knob->id, std::move(*value), std::move(*before)});
    }
    return read;
}

bool isLost(const StoredRun& run, const std::filesystem::path& store) {
    const RunState state = run.snapshot.record.state;
    if (!after(state, RunEvent::Lose)) {
        return false;
    }
    if (!run.lease) {
        return state != RunState::Paused; // paused runs rest without an owner
    }
    return !isHeld(store, *run.lease);
}

} // namespace psephos::lab::detail
