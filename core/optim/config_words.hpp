// SPDX-License-Identifier: GPL-3.0-or-later
// The words by which knobs name an optimizer's options.
#pragma once

#include "optim/config.hpp"

#include <string_view>

namespace psephos::optim {

/// "hat", "raw", "clamp".
[[nodiscard]] constexpr EpsMode epsModeOf(std::string_view word) {
    return word == "raw" ? EpsMode::Raw : word == "clamp" ? EpsMode::Clamp : EpsMode::Hat;
}

/// "qr", "eigh", "cholesky_qr2", "householder".
[[nodiscard]] constexpr BasisRefresh basisRefreshOf(std::string_view word) {
    return word == "eigh"           ? BasisRefresh::Eigh
           : word == "cholesky_qr2" ? BasisRefresh::CholeskyQr2
           : word == "householder"  ? BasisRefresh::Householder
                                    : BasisRefresh::Qr;
}

/// "permute", "keep", "transport".
[[nodiscard]] constexpr SecondMomentCarry carryOf(std::string_view word) {
    return word == "keep"        ? SecondMomentCarry::Keep
           : word == "transport" ? SecondMomentCarry::Transport
                                 : SecondMomentCarry::Permute;
}

/// "both", "left", "right", "smaller".
[[nodiscard]] constexpr Sides sidesOf(std::string_view word) {
    return word == "left"      ? Sides::Left
           : word == "right"   ? Sides::Right
           : word == "smaller" ? Sides::Smaller
                               : Sides::Both;
}

/// "shape", "moonshot", "spectral", "unit_rms", "none".
[[nodiscard]] constexpr MuonScale muonScaleOf(std::string_view word) {
    return word == "moonshot"   ? MuonScale::Moonshot
           : word == "spectral" ? MuonScale::Spectral
           : word == "unit_rms" ? MuonScale::UnitRms
           : word == "none"     ? MuonScale::None
                                : MuonScale::Shape;
}

/// "state", "float32", "bfloat16".
[[nodiscard]] constexpr NsPrecision nsPrecisionOf(std::string_view word) {
    return word == "float32"    ? NsPrecision::Float32
           : word == "bfloat16" ? NsPrecision::BFloat16
                                : NsPrecision::State;
}

} // namespace psephos::optim
