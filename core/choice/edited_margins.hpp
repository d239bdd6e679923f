// SPDX-License-Identifier: GPL-3.0-or-later
// Margins that a hand has changed.
#pragma once

#include "lab/result.hpp"
#include "lab/value.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace psephos::choice {

/// Margins with the hand's edits in them.
struct EditedMargins {
    std::vector<double> margins; ///< [n,n], skew-symmetric in the edited pairs
    std::vector<bool> isEdited;  ///< [n,n], symmetric
    std::size_t edits = 0;       ///< pairs
};

/// Replaces margins by those that a matrix knob `margins` holds.
///
/// \param margins [n,n]
/// \param edits   [n,n] or empty: NaN where the margin stays; a cell may be set on either side of
///                the diagonal, or on both where one is the other's negative
/// \returns an error that names the pair where the two sides contradict each other, where a margin
///          over itself is not 0, or where the size is another one
[[nodiscard]] lab::Result<EditedMargins> editedMargins(std::vector<double> margins,
                                                       const lab::MatrixValue& edits,
                                                       const std::vector<std::string>& names);

} // namespace psephos::choice
