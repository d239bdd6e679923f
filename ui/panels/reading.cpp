// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/reading.hpp"

#include "lab/experiment.hpp"
#include "ui/theme/theme.hpp"

#include <QCoreApplication>

#include <algorithm>

namespace psephos::ui {

std::vector<lab::RunPtr> visibleRuns(const ComparisonModel& model) {
    std::vector<lab::RunPtr> runs;
    std::ranges::copy_if(model.runs(), std::back_inserter(runs),
                         [&](const lab::RunPtr& run) { return !model.isHidden(run->id()); });
    return runs;
}

std::vector<lab::RunPtr> visibleRuns(const ComparisonModel& model, const lab::Panel& panel) {
    std::vector<lab::RunPtr> runs = visibleRuns(model);
    std::erase_if(runs, [&panel](const lab::RunPtr& run) {
        return !panel.when.empty() && !run->scenario().knobs.hold(panel.when);
    });
    return runs;
}

std::optional<lab::Frame> frameAtHead(const ComparisonModel& model, const lab::Run& run,
                                      std::string_view channel) {
    const std::shared_ptr<const lab::History> history = run.history();
    if (!model.followsNewest()) {
        return history->frameAt(channel, model.key(), model.playHead());
    }
    std::optional<lab::Frame> newest = history->latest(channel);
    return newest ? newest : run.staleFrame(channel);
}

std::optional<lab::Sample> sampleAtHead(const ComparisonModel& model, const lab::Run& run,
                                        std::string_view channel) {
    const std::optional<lab::Frame> frame = frameAtHead(model, run, channel);
    const double* value = frame ? std::get_if<double>(&frame->payload) : nullptr;
    return value == nullptr ? std::nullopt
                            : std::optional(lab::Sample{frame->step, frame->seconds, *value});
}

lab::GridPtr gridAtHead(const ComparisonModel& model, const lab::Run& run,
                        std::string_view channel) {
    const std::optional<lab::Frame> frame = frameAtHead(model, run, channel);
    const auto* grid = frame ? std::get_if<lab::GridPtr>(&frame->payload) : nullptr;
    return grid == nullptr ? nullptr : *grid;
}

lab::TablePtr tableAtHead(const ComparisonModel& model, const lab::Run& run,
                          std::string_view channel) {
    const std::optional<lab::Frame> frame = frameAtHead(model, run, channel);
    const auto* table = frame ? std::get_if<lab::TablePtr>(&frame->payload) : nullptr;
    return table == nullptr ? nullptr : *table;
}

lab::TablePtr newestTable(const lab::Run& run, std::string_view channel) {
    std::optional<lab::Frame> frame = run.history()->latest(channel);
    if (!frame) {
        frame = run.staleFrame(channel);
    }
    const auto* table = frame ? std::get_if<lab::TablePtr>(&frame->payload) : nullptr;
    return table == nullptr ? nullptr : *table;
}

const lab::PanelSource* sourceWithRole(const lab::Panel& panel, std::string_view role) {
    const auto found = std::ranges::find(panel.sources, role, &lab::PanelSource::role);
    return found == panel.sources.end() ? nullptr : &*found;
}

bool hasData(const lab::Panel& panel, const ComparisonModel& model) {
    const auto isThere = [](const lab::Run& run, const std::string& channel) {
        const lab::Channel* declaration = declared(run, channel);
        if (declaration != nullptr && declaration->kind == lab::FrameKind::Table) {
            const lab::TablePtr table = newestTable(run, channel);
            return table != nullptr && table->rows() > 0;
        }
        return run.history()->latest(channel).has_value();
    };
    const std::vector<lab::RunPtr> runs = visibleRuns(model, panel);
    const std::string* over = knobOfEdit(panel, "over");
    if (over != nullptr && std::ranges::none_of(runs, [over](const lab::RunPtr& run) {
            return std::ranges::count(run->scenario().varied, *over) > 0;
        })) {
        return false; // a response to a knob that nobody turns
    }
    return panel.sources.empty() ||
           std::ranges::any_of(panel.sources, [&](const lab::PanelSource& source) {
               return source.role != kCaptionRole &&
                      std::ranges::any_of(runs, [&](const lab::RunPtr& run) {
                          return isThere(*run, source.channel);
                      });
           });
}

std::optional<DeclaredLook> declaredLook(const ComparisonModel& model, const lab::Panel& panel,
                                         const QString& word) {
    const auto found =
        std::ranges::find(panel.colours, word.toStdString(), &lab::PanelColour::word);
    if (model.runs().size() > 1 || found == panel.colours.end()) {
        return std::nullopt;
    }
    const Theme& theme = ThemeHub::instance().theme();
    const QColor colour = found->run == 0
                              ? theme.muted
                              : runStyle(theme, static_cast<std::size_t>(found->run)).colour;
    return DeclaredLook{colour, found->dash, found->isReference};
}

bool isStale(const lab::Panel& panel, const ComparisonModel& model) {
    const std::vector<lab::RunPtr> runs = visibleRuns(model, panel);
    return std::ranges::any_of(panel.sources, [&](const lab::PanelSource& source) {
        return std::ranges::any_of(runs, [&](const lab::RunPtr& run) {
            return run->staleFrame(source.channel).has_value();
        });
    });
}

const std::string* knobOfEdit(const lab::Panel& panel, std::string_view role) {
    const auto found = std::ranges::find(panel.edits, role, &lab::PanelEdit::role);
    return found == panel.edits.end() ? nullptr : &found->knob;
}

std::optional<std::size_t> columnFor(const lab::Channel& channel, const lab::PanelSource& source,
                                     std::string_view part) {
    std::string_view id = part;
    for (const auto& [word, column] : source.columns) {
        if (word == part) {
            id = column;
        }
    }
    const auto found = std::ranges::find(channel.columns, id, &lab::ColumnSpec::id);
    return found == channel.columns.end()
               ? std::nullopt
               : std::optional(static_cast<std::size_t>(found - channel.columns.begin()));
}

const lab::Channel* declared(const lab::Run& run, std::string_view channel) {
    return run.description().channel(channel);
}

QString cellText(const lab::Table& table, std::size_t column, std::size_t row) {
    if (const auto* texts = std::get_if<std::vector<std::string>>(&table.columns[column])) {
        return text((*texts)[row]);
    }
    return text(lab::toText(table.numbers(column)[row]));
}

bool hasDiverged(const ComparisonModel& model, const lab::Run& run) {
    const std::optional<std::int64_t> at = run.status().divergedAt;
    if (!at || model.followsNewest()) {
        return at.has_value();
    }
    return model.key() == lab::Key::Step ? model.playHead() >= static_cast<double>(*at)
                                         : model.playHead() >= run.history()->secondsAt(*at);
}

std::optional<QString> divergedText(const lab::RunStatus& status) {
    if (!status.divergedAt) {
        return std::nullopt;
    }
    return QCoreApplication::translate("panels", "diverged at step %1")
        .arg(countText(static_cast<double>(*status.divergedAt)));
}

} // namespace psephos::ui
