// SPDX-License-Identifier: GPL-3.0-or-later
// The list of panel kinds.
#pragma once

#include "ui/panels/panel_view.hpp"

namespace psephos::ui {

/// Adds every kind of panel:
///
/// kind       sources (role: kind of channel, columns)                       edits (role: knob)
/// line       scalars; role `train` or `noisy` (drawn thin, can be
///            smoothed), `validation` (held out: drawn bold with dots),
///            `reference` (its last value as a horizontal line), `beside`
///            (thin and dashed: belongs to the run's other curve), `ticks`
///            (a mark on the axis at each sample), else a plain curve
/// landscape  `landscape`: grid; `path`: table x,y[,step]; `minima`:          start: point
///            table x,y[,label]
/// heatmap    `signed` or `unsigned`: grid                                    cell: matrix;
///                                                                            `skew-cell`: its
///                                                                            mirror moves too
/// maps       grids side by side, one a run and source: from nothing to the
///            largest value of all; role `signed`: as far below as above
/// marks      `share` (0 … 1) or `verdict` (1, −1, 0): grid of names by          pick-row and
///            names; the panel's words say what its marks mean                pick-column: choice;
///                                                                            `play`: real, goes
///                                                                            from min to max
/// bars       table name,value[,low,high]; values are fractions, shown in
///            per cent, where the value axis' unit is "%"
/// stacks     table name,value[,floor]: a bar a run of parts one after
///            another; `mark`: scalar, a line across the run's bar
/// curves     table x,y[,low,high][,series]: curves over a quantity that is     x: real or
///            not time, one a word of `series`, else one a source               integer
/// intervals  table name,value[,low,high]: a dot on a whisker a row
/// dumbbells  table name,from,to[,share]: where each row was and is
/// scatter    table name,x,y
/// ternary    `field`: table a,b,c,value on a whole lattice; `path`: table
///            a,b,c[,label]; `marks`: table a,b,c,label; `corners`: table
///            name
/// tournament `edges`: table from,to,margin; `nodes`: table name[,highlight]
/// leaders    a scalar, least first; role `higher`: greatest first
/// notes      (none: notes of the runs and of the comparison)
/// table      any
///
/// A text of role `caption` stands beside the title of any of them: what these data are of.
/// Columns are named by the source's mapping, else by their own ids. `line` and `leaders` have
/// logarithmic values where the panel's y axis says so.
void registerPanels(PanelRegistry& registry);

/// A table with a note that the kind is not known.
[[nodiscard]] PanelView* createFallback(const lab::Panel& panel, ComparisonModel& model,
                                        QWidget* parent);

} // namespace psephos::ui
