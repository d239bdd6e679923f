// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/quote.hpp"

#include <cstddef>

namespace psephos::ballots {

std::string quote(std::string_view text) {
    constexpr std::size_t kMaxBytes = 60;
    std::size_t length = text.size();
    if (length > kMaxBytes) {
        length = kMaxBytes;
        // Not between the bytes of one UTF-8 character.
        while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0U) == 0x80U) {
            --length;
        }
    }
    std::string shown = "'";
    for (const char c : text.substr(0, length)) {
        const auto byte = static_cast<unsigned char>(c);
        shown += byte < 0x20U || byte == 0x7fU ? ' ' : c;
    }
    shown += length < text.size() ? "…'" : "'";
    return shown;
}

} // namespace psephos::ballots
