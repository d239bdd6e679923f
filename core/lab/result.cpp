// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/result.hpp"

namespace psephos::lab {

std::string Error::line() const {
    std::string text;
    if (!place.empty()) {
        text += place + ": ";
    }
    text += message;
    if (!hint.empty()) {
        text += " (" + hint + ")";
    }
    return text;
}

} // namespace psephos::lab
