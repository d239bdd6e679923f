// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/short_number.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace psephos::lab {

namespace {

std::string formatted(const char* format, int digits, double number) {
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, format, digits, number);
    return buffer;
}

std::string withoutTrailingZeros(std::string digits) {
    if (digits.find('.') != std::string::npos) {
        digits.erase(digits.find_last_not_of('0') + 1);
        if (digits.back() == '.') {
            digits.pop_back();
        }
    }
    return digits;
}

} // namespace

std::string shortNumber(double number, int significant) {
    if (number == 0) {
        return "0";
    }
    if (!std::isfinite(number)) {
        return std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf";
    }
    // Rounded first: 99999.7 has the exponent of what is shown.
    const std::string rounded = formatted("%.*e", significant - 1, number);
    const std::size_t mark = rounded.find('e');
    const int exponent = std::atoi(rounded.c_str() + mark + 1);
    if (exponent >= -3 && exponent < 5) {
        const int decimals = std::max(0, significant - 1 - exponent);
        return withoutTrailingZeros(formatted("%.*f", decimals, number));
    }
    return withoutTrailingZeros(rounded.substr(0, mark)) + "e" + std::to_string(exponent);
}

} // namespace psephos::lab
