// SPDX-License-Identifier: GPL-3.0-or-later
// runs, show, export, delete: what the store holds.
#include "app/cli/commands.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <utility>

namespace psephos::cli {

namespace {

struct Loaded {
    lab::Workbench* workbench = nullptr;
    lab::RunPtr run;
};

lab::Result<Loaded> load(Session& session, const std::string& text) {
    const auto id = runIdOf(text);
    if (!id) {
        return id.error();
    }
    const auto workbench = session.workbench();
    if (!workbench) {
        return workbench.error();
    }
    auto run = (*workbench)->load(*id);
    if (!run) {
        return run.error();
    }
    return Loaded{*workbench, *std::move(run)};
}

std::string runText(const lab::Run& run) {
    const lab::RunStatus status = run.status();
    const lab::RunScenario scenario = run.scenario();
    std::vector<std::vector<std::string>> rows;
    const auto add = [&rows](std::string name, std::string value) {
        rows.push_back({std::move(name), lab::onOneLine(value)});
    };
    add("run", std::to_string(run.id()) + " of comparison " + std::to_string(run.comparison()));
    add("experiment", scenario.experiment + ": " + run.description().title);
    if (!run.name().empty()) {
        add("name", run.name() + "  " + run.settings());
    }
    add("state", std::string(lab::name(status.state)) + " at step " + std::to_string(status.step) +
                     (status.steps > 0 ? " of " + std::to_string(status.steps) : "") + " after " +
                     durationText(status.computeSeconds) + " of computing");
    if (status.error) {
        add("error", status.error->line());
    }
    if (status.divergedAt) {
        add("diverged", "at step " + std::to_string(*status.divergedAt));
    }
    if (const auto forked = run.forkedFrom()) {
        add("forked", "from run " + std::to_string(forked->first) + " at step " +
                          std::to_string(forked->second));
    }
    add("seed", std::to_string(scenario.seed) + " on " + scenario.device);
    for (const lab::Knob& knob : run.description().knobs) {
        if (scenario.knobs.applies(knob)) {
            add("  " + knob.id, lab::toText(scenario.knobs.at(knob.id)));
        }
    }
    for (const lab::KnobTurn& turn : run.turns()) {
        add("turned",
            turn.knob + " to " + lab::toText(turn.value) + " at step " + std::to_string(turn.step));
    }
    for (const auto& [channel, value] : status.finals) {
        add("final " + channel, lab::toText(value));
    }
    for (const lab::Note& note : status.notes) {
        add("note", note.text);
    }
    return tableText(rows);
}

} // namespace

int listRuns(Session& session) {
    const auto workbench = session.workbench();
    if (!workbench) {
        return session.refuse(workbench.error());
    }
    const auto listing = (*workbench)->listing();
    if (!listing) {
        return session.refuse(listing.error());
    }
    if (session.options().json) {
        lab::Json documents = lab::Json::array();
        for (const lab::RunListing& run : *listing) {
            documents.push_back(run.document);
        }
        session.printJson(documents);
        return kDone;
    }
    std::vector<std::vector<std::string>> rows = {
        {"run", "comparison", "state", "experiment", "name", "step", "seconds", "started"}};
    for (const lab::RunListing& run : *listing) {
        rows.push_back({std::to_string(run.id), std::to_string(run.comparison),
                        std::string(lab::name(run.state)), run.scenario.experiment, run.name,
                        std::to_string(run.step), shortNumber(run.computeSeconds), run.started});
    }
    session.print(tableText(rows));
    return kDone;
}

int show(Session& session, const std::string& run) {
    const auto loaded = load(session, run);
    if (!loaded) {
        return session.refuse(loaded.error());
    }
    if (!session.options().json) {
        session.print(runText(*loaded->run));
        return kDone;
    }
    const auto document = loaded->workbench->document(loaded->run->id());
    if (!document) {
        return session.refuse(document.error());
    }
    session.printJson(*document);
    return kDone;
}

int exportRun(Session& session, const std::string& run, const std::string& directory) {
    const auto loaded = load(session, run);
    if (!loaded) {
        return session.refuse(loaded.error());
    }
    const auto written = loaded->workbench->exportRuns({loaded->run->id()}, directory);
    if (!written) {
        return session.refuse(written.error());
    }
    if (session.options().json) {
        session.printJson(lab::Json{{"run", loaded->run->id()}, {"directory", directory}});
    } else {
        session.say("run " + run + " is in " + directory);
    }
    return kDone;
}

int deleteRuns(Session& session, const std::vector<std::string>& runs) {
    std::vector<lab::RunId> ids;
    for (const std::string& text : runs) {
        const auto id = runIdOf(text);
        if (!id) {
            return session.refuse(id.error());
        }
        if (std::find(ids.begin(), ids.end(), *id) == ids.end()) {
            ids.push_back(*id);
        }
    }
    const auto workbench = session.workbench();
    if (!workbench) {
        return session.refuse(workbench.error());
    }
    for (const lab::RunId id : ids) {
        // All are looked up first: either every run is there, or none is deleted.
        if (const auto loaded = (*workbench)->load(id); !loaded) {
            return session.refuse(loaded.error());
        }
    }
    lab::Json deleted = lab::Json::array();
    for (const lab::RunId id : ids) {
        if (const auto removed = (*workbench)->remove(id); !removed) {
            return session.refuse(removed.error());
        }
        deleted.push_back(id);
        session.say("run " + std::to_string(id) + " is deleted");
    }
    if (session.options().json) {
        session.printJson(deleted);
    }
    return kDone;
}

} // namespace psephos::cli
