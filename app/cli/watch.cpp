// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/watch.hpp"

#include "app/cli/interrupt.hpp"
#include "app/cli/progress.hpp"
#include "lab/experiment.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <thread>

namespace psephos::cli {

namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(100);
constexpr std::size_t kMaxTableRows = 24;

bool isActive(const lab::RunPtr& run) {
    const lab::RunState state = run->state();
    return state == lab::RunState::Queued || state == lab::RunState::Running;
}

void waitForAll(lab::Workbench& workbench, const std::vector<lab::RunPtr>& runs,
                Progress& progress) {
    bool isPausing = false;
    for (;;) {
        const auto active = std::find_if(runs.begin(), runs.end(), isActive);
        progress.look();
        if (active == runs.end()) {
            return;
        }
        if (interruptedBy() != 0 && !isPausing) {
            isPausing = true;
            for (const lab::RunPtr& run : runs) {
                // A run that has just ended can't be paused, and need not be.
                static_cast<void>(workbench.pause(run->id()).ok());
            }
        }
        bool isTime = false;
        const auto until = std::chrono::steady_clock::now() + kLookEvery;
        workbench.wait((*active)->id(), [&isTime, until, isPausing] {
            isTime =
                std::chrono::steady_clock::now() >= until || (interruptedBy() != 0 && !isPausing);
            return isTime;
        });
        if (!isTime && isActive(*active)) {
            std::this_thread::sleep_for(kLookEvery); // computed by somebody else
        }
    }
}

std::string headlineOf(const lab::Run& run, const lab::RunStatus& status) {
    for (const auto& [channel, value] : status.finals) {
        if (channel == run.description().headline) {
            return shortNumber(value);
        }
    }
    return "";
}

std::string summaryTable(const std::vector<lab::RunPtr>& runs) {
    const std::string& headline = runs.front()->description().headline;
    std::vector<std::vector<std::string>> rows = {
        {"run", "name", "settings", "state", "step", "seconds", headline, ""}};
    for (const lab::RunPtr& run : runs) {
        const lab::RunStatus status = run->status();
        rows.push_back(
            {std::to_string(run->id()), run->name(), run->settings(),
             std::string(lab::name(status.state)), std::to_string(status.step),
             shortNumber(status.computeSeconds), headlineOf(*run, status),
             status.divergedAt ? "diverged at step " + std::to_string(*status.divergedAt) : ""});
    }
    return tableText(rows);
}

std::string cellText(const lab::Column& column, std::size_t row) {
    if (const auto* numbers = std::get_if<std::vector<double>>(&column)) {
        return shortNumber((*numbers)[row]);
    }
    return lab::onOneLine(std::get<std::vector<std::string>>(column)[row]);
}

/// Whether the window shows the channel as bars or as a table: then its last frame is an answer.
bool isAnswer(const lab::Description& description, const lab::Channel& channel) {
    if (channel.kind != lab::FrameKind::Table) {
        return false;
    }
    return std::any_of(description.panels.begin(), description.panels.end(),
                       [&channel](const lab::Panel& panel) {
                           return (panel.kind == "bars" || panel.kind == "table") &&
                                  std::any_of(panel.sources.begin(), panel.sources.end(),
                                              [&channel](const lab::PanelSource& source) {
                                                  return source.channel == channel.id;
                                              });
                       });
}

/// The last tables of a run whose answer is no curve: a lottery, shares.
std::string lastTables(const lab::Run& run) {
    std::string text;
    const auto history = run.history();
    for (const lab::Channel& channel : run.description().channels) {
        if (!isAnswer(run.description(), channel)) {
            continue;
        }
        const std::optional<lab::Frame> frame = history->latest(channel.id);
        if (!frame) {
            continue;
        }
        const lab::Table& table = *std::get<lab::TablePtr>(frame->payload);
        std::vector<std::vector<std::string>> rows(1);
        for (const lab::ColumnSpec& column : channel.columns) {
            rows[0].push_back(column.id);
        }
        const std::size_t shown = std::min(table.rows(), kMaxTableRows);
        for (std::size_t row = 0; row < shown; ++row) {
            rows.emplace_back();
            for (const lab::Column& column : table.columns) {
                rows.back().push_back(cellText(column, row));
            }
        }
        text += "\nrun " + std::to_string(run.id()) + ": " + channel.id + "\n" + tableText(rows);
        if (shown < table.rows()) {
            text += "… " + std::to_string(table.rows() - shown) + " more\n";
        }
    }
    return text;
}

std::string notesText(const std::vector<lab::RunPtr>& runs, lab::Workbench& workbench) {
    std::string text;
    for (const lab::RunPtr& run : runs) {
        for (const lab::Note& note : run->status().notes) {
            text += "run " + std::to_string(run->id()) + ": " + lab::onOneLine(note.text) + "\n";
        }
    }
    for (const lab::Note& note : workbench.notes(runs.front()->comparison())) {
        text += "note: " + lab::onOneLine(note.text) + "\n";
    }
    return text.empty() ? text : "\n" + text;
}

void printSummary(Session& session, lab::Workbench& workbench,
                  const std::vector<lab::RunPtr>& runs) {
    session.print(summaryTable(runs));
    for (const lab::RunPtr& run : runs) {
        session.print(lastTables(*run));
    }
    session.print(notesText(runs, workbench));
}

/// Says how to go on with what an interrupt has paused.
void sayHowToResume(Session& session, const std::vector<lab::RunPtr>& runs) {
    for (const lab::RunPtr& run : runs) {
        if (run->state() == lab::RunState::Paused) {
            const std::string store =
                session.options().store.empty() ? "" : " --store " + session.options().store;
            // Said under --quiet too: it is no progress.
            const std::string id = std::to_string(run->id());
            const std::string step = std::to_string(run->status().step);
            std::fprintf(stderr, "run %s is paused at step %s: psephos-cli resume %s%s\n",
                         id.c_str(), step.c_str(), id.c_str(), store.c_str());
        }
    }
}

int printDocuments(Session& session, lab::Workbench& workbench,
                   const std::vector<lab::RunPtr>& runs) {
    lab::Json documents = lab::Json::array();
    for (const lab::RunPtr& run : runs) {
        lab::Result<lab::Json> document = workbench.document(run->id());
        if (!document) {
            return session.fail(document.error());
        }
        documents.push_back(*std::move(document));
    }
    session.printJson(documents);
    return kDone;
}

} // namespace

int watchRuns(Session& session, lab::Workbench& workbench, const std::vector<lab::RunPtr>& runs,
              const std::filesystem::path& out) {
    watchInterrupts();
    {
        Progress progress(runs, session.options().quiet);
        waitForAll(workbench, runs, progress);
    }
    int code = kDone;
    std::vector<lab::RunId> ids;
    for (const lab::RunPtr& run : runs) {
        ids.push_back(run->id());
        const lab::RunStatus status = run->status();
        if (status.error) {
            lab::Error error = *status.error;
            error.place = "run " + std::to_string(run->id()) +
                          (error.place.empty() ? "" : ": " + error.place);
            code = session.fail(error);
        }
    }
    if (!out.empty()) {
        if (const auto written = workbench.exportRuns(ids, out); !written) {
            code = session.fail(written.error());
        }
    }
    if (!session.options().json) {
        printSummary(session, workbench, runs);
    } else if (printDocuments(session, workbench, runs) != kDone) {
        code = kFailed;
    }
    // What the writer has not come to would else fail unseen when the program ends.
    if (const auto stored = workbench.flush(); !stored) {
        lab::Error error = stored.error();
        error.message = "the store does not hold all of it: " + error.message;
        code = session.fail(error);
    }
    if (interruptedBy() != 0) {
        sayHowToResume(session, runs);
        return 128 + interruptedBy();
    }
    return code;
}

} // namespace psephos::cli
