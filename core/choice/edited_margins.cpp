// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/edited_margins.hpp"

#include "lab/text.hpp"

#include <cmath>
#include <utility>

namespace psephos::choice {

namespace {

using lab::Error;
using lab::MatrixValue;
using lab::Result;

Error badEdit(std::string message, std::string hint) {
    return Error{.message = std::move(message), .hint = std::move(hint), .place = "knob 'margins'"};
}

/// The margin of i over j that the hand set, from the cell or its mirror; NaN where neither is set.
Result<double> editOf(const MatrixValue& edits, std::size_t i, std::size_t j,
                      const std::vector<std::string>& names) {
    const double over = edits.at(i, j);
    const double under = edits.at(j, i);
    if (!std::isnan(over) && !std::isnan(under) && over != -under) {
        const std::string first = lab::onOneLine(names[i]);
        const std::string second = lab::onOneLine(names[j]);
        return badEdit("the margin of " + first + " over " + second + " is " + lab::toText(over) +
                           ", and that of " + second + " over " + first + " " + lab::toText(under),
                       "one is the other's negative; leave one of the cells empty");
    }
    return std::isnan(over) ? 0.0 - under : over;
}

} // namespace

Result<EditedMargins> editedMargins(std::vector<double> margins, const MatrixValue& edits,
                                    const std::vector<std::string>& names) {
    const std::size_t n = names.size();
    EditedMargins edited{std::move(margins), std::vector<bool>(n * n, false), 0};
    if (edits.values.empty()) {
        return edited;
    }
    if (edits.rows != n || edits.columns != n) {
        return badEdit("it has " + std::to_string(edits.rows) + " x " +
                           std::to_string(edits.columns) + " cells, but the votes are on " +
                           std::to_string(n) + " candidates",
                       "reset it, or give a cell for every pair");
    }
    for (std::size_t i = 0; i < n; ++i) {
        if (!std::isnan(edits.at(i, i)) && edits.at(i, i) != 0.0) {
            return badEdit("the margin of " + lab::onOneLine(names[i]) + " over itself is " +
                               lab::toText(edits.at(i, i)),
                           "it can only be 0");
        }
        for (std::size_t j = i + 1; j < n; ++j) {
            const Result<double> edit = editOf(edits, i, j, names);
            if (!edit) {
                return edit.error();
            }
            if (std::isnan(*edit)) {
                continue;
            }
            edited.margins[i * n + j] = *edit;
            edited.margins[j * n + i] = 0.0 - *edit; // never −0
            edited.isEdited[i * n + j] = edited.isEdited[j * n + i] = true;
            ++edited.edits;
        }
    }
    return edited;
}

} // namespace psephos::choice
