// SPDX-License-Identifier: GPL-3.0-or-later
// A note: a full sentence that belongs to a run or a comparison and has a place in the window.
#pragma once

#include <string>

namespace psephos::lab {

enum class NoteKind { Information, Certificate, Warning };

struct Note {
    std::string id; ///< a note with the same id replaces the earlier one
    NoteKind kind = NoteKind::Information;
    std::string text;

    friend bool operator==(const Note&, const Note&) = default;
};

} // namespace psephos::lab
