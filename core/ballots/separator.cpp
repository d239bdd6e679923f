// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/separator.hpp"

#include <algorithm>

namespace psephos::ballots {

char separatorOf(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of("\r\n"), text.size()));
    bool isQuoted = false;
    char separator = ',';
    for (const char c : text) {
        if (c == '"') {
            isQuoted = !isQuoted;
        } else if (isQuoted) {
            continue;
        } else if (c == ',' || c == '\n') {
            return c == ',' ? c : separator;
        } else if (separator == ',' && (c == ';' || c == '\t')) {
            separator = c;
        }
    }
    return separator;
}

} // namespace psephos::ballots
