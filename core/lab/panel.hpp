// SPDX-License-Identifier: GPL-3.0-or-later
// A panel: a declarative view of channels. Experiments declare panels; the window draws them.
#pragma once

#include "lab/knob.hpp"

#include <optional>
#include <string>
#include <vector>

namespace psephos::lab {

/// A channel that a panel reads and the part that it plays there.
struct PanelSource {
    std::string channel;
    /// What the panel kind asks for, e.g. `path`, `landscape`, `minima` of a `landscape` panel; a
    /// `line` panel draws each source as a series.
    std::string role;
    /// The table's columns by the panel's words: {{"x","x"},{"y","y"},{"step","at"}}.
    std::vector<std::pair<std::string, std::string>> columns;
};

struct PanelAxis {
    std::string label; ///< without unit
    std::string unit;  ///< shown in brackets
    Scale scale = Scale::Linear;
    std::optional<double> min;
    std::optional<double> max;
};

/// A knob that the panel edits by a gesture, e.g. role `start` (drag of the start point) or `cell`
/// (drag of a matrix cell). Of a click on a cell, `pick-row` and `pick-column` are choices that
/// take the option of the cell's row or column (by label or id; several knobs may), and `play` a
/// real number that then goes from its min to its max. `over` edits nothing: it is the knob over
/// whose values a `response` panel draws the runs.
struct PanelEdit {
    std::string role;
    std::string knob;
};

/// What a mark of a `marks` panel says: in the legend, and of one cell.
struct PanelWord {
    std::string mark;   ///< `full`, `part`, `none` of a share; `kept`, `violated`, `open` verdicts
    std::string legend; ///< "elected alone"; empty: not in the legend
    std::string sentence; ///< "%row elects %column": %row, %column and %value are the cell's
};

/// How a word of the panel's tables (a series, a name) is drawn where one run tells of several: as
/// the run of that number, so that what they stand for looks the same in every experiment.
struct PanelColour {
    std::string word;
    int run = 0;  ///< from 1; 0: grey, as what belongs to none
    int dash = 0; ///< of a curve: 0 solid, then dash patterns
    /// Not measured, but what measured curves are compared with: thin, without dots.
    bool isReference = false;
};

/// Where a panel stands in the window: the wide middle or the narrow left column.
enum class PanelZone { Middle, Left };

struct Panel {
    std::string id;
    /// `line`, `landscape`, `heatmap`, `marks`, `bars`, `leaders`, `race`, `notes`, `table`: the
    /// window's registry of panel kinds knows more; an unknown kind is shown as a table with a
    /// note.
    std::string kind;
    std::string title;   ///< "Loss"
    std::string meaning; ///< one muted line beside it: "f(x) − f*"
    std::vector<PanelSource> sources;
    PanelAxis x;
    PanelAxis y;
    std::vector<PanelEdit> edits;
    std::vector<PanelWord> words;
    /// Of one run; words that are not named take the colours that are left, in turn.
    std::vector<PanelColour> colours;
    /// It shows only the runs for whose knobs all of these hold (empty: all runs), and is not there
    /// where no run is of these.
    std::vector<Condition> when;
    PanelZone zone = PanelZone::Middle;
    int row = 0; ///< panels of one row stand side by side
    /// Shares the place of the panel before it, as a tab behind it. A panel that has nothing to
    /// show where another one of its place has is not there.
    bool isTab = false;
    double stretch = 1; ///< share of the row's width
    double height = 1;  ///< share of the zone's height; the largest of a row counts
};

} // namespace psephos::lab
