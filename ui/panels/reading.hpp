// SPDX-License-Identifier: GPL-3.0-or-later
// How panels read the runs of a comparison at the play head.
#pragma once

#include "lab/panel.hpp"
#include "lab/run.hpp"
#include "ui/panels/comparison_model.hpp"
#include "ui/plot/number_text.hpp"

#include <QColor>
#include <QString>

#include <optional>
#include <string_view>
#include <vector>

namespace psephos::ui {

[[nodiscard]] inline QString text(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

/// What a run or an experiment says in words (a name, settings, a note), set for the eye.
[[nodiscard]] inline QString said(std::string_view utf8) {
    return typeset(text(utf8));
}

/// The runs that are not hidden, in order of number.
[[nodiscard]] std::vector<lab::RunPtr> visibleRuns(const ComparisonModel& model);

/// Those of them that the panel shows (lab::Panel::when).
[[nodiscard]] std::vector<lab::RunPtr> visibleRuns(const ComparisonModel& model,
                                                   const lab::Panel& panel);

/// The frame of a channel that the play head stands on: the newest while it follows, a stale one
/// (see Run::staleFrame()) where there is no new one yet.
[[nodiscard]] std::optional<lab::Frame> frameAtHead(const ComparisonModel& model,
                                                    const lab::Run& run, std::string_view channel);

/// The sample of a scalar channel that the play head stands on.
[[nodiscard]] std::optional<lab::Sample>
sampleAtHead(const ComparisonModel& model, const lab::Run& run, std::string_view channel);

/// The grid of the play head's frame; null where there is none.
[[nodiscard]] lab::GridPtr gridAtHead(const ComparisonModel& model, const lab::Run& run,
                                      std::string_view channel);
[[nodiscard]] lab::TablePtr tableAtHead(const ComparisonModel& model, const lab::Run& run,
                                        std::string_view channel);

/// The newest table of a channel, wherever the play head stands, stale or not; null where there is
/// none.
[[nodiscard]] lab::TablePtr newestTable(const lab::Run& run, std::string_view channel);

/// How the panel declares that a word is drawn.
struct DeclaredLook {
    QColor colour;
    int dash = 0;
    bool isReference = false;
};

/// None where the panel says nothing of the word, or shows several runs, whose colours come first.
[[nodiscard]] std::optional<DeclaredLook>
declaredLook(const ComparisonModel& model, const lab::Panel& panel, const QString& word);

/// Whether a visible run shows stale frames in this panel.
[[nodiscard]] bool isStale(const lab::Panel& panel, const ComparisonModel& model);

/// Whether a visible run has emitted something that the panel shows: a frame, of a table one with
/// rows. A panel without sources always has something; one over a knob, only where it varies.
[[nodiscard]] bool hasData(const lab::Panel& panel, const ComparisonModel& model);

/// Role of a text that says what a panel's data are of: it stands beside the title and is no data.
inline constexpr std::string_view kCaptionRole = "caption";

/// The first source with this role; null where there is none.
[[nodiscard]] const lab::PanelSource* sourceWithRole(const lab::Panel& panel,
                                                     std::string_view role);
/// The knob that a gesture edits; null where the panel declares none.
[[nodiscard]] const std::string* knobOfEdit(const lab::Panel& panel, std::string_view role);

/// The number of the column that plays a part, by the source's mapping, else by its own id.
[[nodiscard]] std::optional<std::size_t>
columnFor(const lab::Channel& channel, const lab::PanelSource& source, std::string_view part);

/// The channel's declaration; null where the experiment has none of this name.
[[nodiscard]] const lab::Channel* declared(const lab::Run& run, std::string_view channel);

/// The cell of a table as text, numbers with all their digits.
[[nodiscard]] QString cellText(const lab::Table& table, std::size_t column, std::size_t row);

/// Whether the run has diverged by the play head.
[[nodiscard]] bool hasDiverged(const ComparisonModel& model, const lab::Run& run);

/// "diverged at step 37" for a run that did.
[[nodiscard]] std::optional<QString> divergedText(const lab::RunStatus& status);

} // namespace psephos::ui
