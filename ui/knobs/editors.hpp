// SPDX-License-Identifier: GPL-3.0-or-later
// The kinds of knob editor. Callers use makeKnobEditor(), which chooses among these.
#pragma once

#include "ui/knobs/knob_editor.hpp"

namespace psephos::ui {

/// Integer and real: field, slider, special values with their evidence, lists to sweep.
[[nodiscard]] KnobEditor* makeNumberEditor(const lab::Knob& knob, Draft& draft, QWidget* parent);
/// One word of a list, or several to compare.
[[nodiscard]] KnobEditor* makeChoiceEditor(const lab::Knob& knob, Draft& draft, QWidget* parent);
/// A set of words as one value.
[[nodiscard]] KnobEditor* makeChoicesEditor(const lab::Knob& knob, Draft& draft, QWidget* parent);
[[nodiscard]] KnobEditor* makeFlagEditor(const lab::Knob& knob, Draft& draft, QWidget* parent);
[[nodiscard]] KnobEditor* makeTextEditor(const lab::Knob& knob, Draft& draft, QWidget* parent);
/// A path with a chooser; files can be dropped on it.
[[nodiscard]] KnobEditor* makeFileEditor(const lab::Knob& knob, Draft& draft, QWidget* parent);
/// A field and a slider for each coordinate.
[[nodiscard]] KnobEditor* makePointEditor(const lab::Knob& knob, Draft& draft, QWidget* parent);
/// Says what is set; its cells are dragged in a panel.
[[nodiscard]] KnobEditor* makeMatrixEditor(const lab::Knob& knob, Draft& draft, QWidget* parent);

} // namespace psephos::ui
