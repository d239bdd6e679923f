// SPDX-License-Identifier: GPL-3.0-or-later
// The draft: the scenario that the knobs edit, with undo. Editors, panels that edit and the window
// all read and write this one object.
#pragma once

#include "lab/experiment.hpp"

#include <QObject>
#include <QString>
#include <QUndoStack>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace psephos::ui {

class Draft : public QObject {
    Q_OBJECT
  public:
    explicit Draft(QObject* parent = nullptr);

    /// Edits another scenario; the description outlives the draft. Forgets what could be undone.
    void show(const lab::Description& description, lab::Scenario scenario);
    void clear();

    /// Null while nothing is edited.
    [[nodiscard]] const lab::Description* description() const { return description_; }

    [[nodiscard]] const lab::Scenario& scenario() const { return scenario_; }

    /// What the scenario says about the knob: one value or those of a sweep; its default where
    /// nothing is said. Never empty.
    [[nodiscard]] std::vector<lab::Value> values(std::string_view knob) const;

    /// The first of values().
    [[nodiscard]] lab::Value value(std::string_view knob) const;
    [[nodiscard]] bool isSweep(std::string_view knob) const;
    /// Whether it differs from the default.
    [[nodiscard]] bool isChanged(std::string_view knob) const;
    [[nodiscard]] int changedCount() const;
    /// Whether the knob matters in at least one of the runs.
    [[nodiscard]] bool applies(const lab::Knob& knob) const;
    /// The first value of every knob, special values among them.
    [[nodiscard]] lab::KnobValues knobValues() const;
    /// What a special value of the knob stands for in the runs where it applies; none where it
    /// can't be resolved. Several where the runs differ.
    [[nodiscard]] std::vector<lab::Value> resolved(std::string_view knob) const;

    /// Sets one value. Errors: type or range, with the knob's id; then nothing changes.
    /// As with every turn, knobs that are about this one (Knob::resetBy) go back to their defaults.
    /// `settled`: the hand has come to rest. Turns of one knob up to a settled one are one step of
    /// undo.
    lab::Result<void> set(std::string_view knob, lab::Value value, bool settled = true);
    /// Sets several at once, as one step of undo. Errors: those of set(), then nothing changes.
    lab::Result<void> set(const std::vector<std::pair<std::string, lab::Value>>& values);
    lab::Result<void> sweep(std::string_view knob, std::vector<lab::Value> values);
    /// Takes the command line's form: a value, a special value or `[a,b]` to sweep.
    lab::Result<void> setText(std::string_view knob, const QString& text);
    void reset(std::string_view knob);
    void resetAll();
    /// At least one seed.
    void setSeeds(std::vector<std::uint64_t> seeds);
    void setDevice(const QString& device);

    /// Ends a series of unsettled turns: the hand has come to rest. Nothing where there is none.
    void settle(std::string_view knob);

    [[nodiscard]] QUndoStack& undoStack() { return undo_; }

  Q_SIGNALS:
    void shown();
    /// A knob was turned; `knob` is empty where several may have changed.
    void changed(const QString& knob, bool settled);

  private:
    class Edit;
    [[nodiscard]] lab::Result<void> check(std::string_view knob, const lab::Value& value) const;
    void apply(lab::Scenario scenario, const QString& knob, bool settled);
    /// Puts back the knobs that are about one which `next` turns.
    void resetDependents(lab::Scenario& next) const;
    void replace(const lab::Scenario& scenario);

    const lab::Description* description_ = nullptr;
    lab::Scenario scenario_;
    /// The scenario's runs, expanded when first asked for after a change.
    mutable std::optional<std::vector<lab::RunScenario>> expanded_;
    QString openKnob_; ///< turned, and not yet at rest
    QUndoStack undo_;
};

} // namespace psephos::ui
