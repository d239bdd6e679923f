// SPDX-License-Identifier: GPL-3.0-or-later
// Frames as bytes and back. Numbers keep every bit; the byte order is little-endian.
#pragma once

#include "lab/history.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::lab::detail {

/// Samples of one channel as one row of the store holds them.
struct SampleBlock {
    std::int64_t firstStep = 0;
    std::int64_t count = 0;
    /// Distance between the steps, where it is the same throughout; else the bytes hold the steps.
    std::optional<std::int64_t> stride;
    std::string bytes;
};

[[nodiscard]] SampleBlock encodeSamples(std::span<const Sample> samples);
/// Appends the block's samples; false where the bytes are not of the stated length.
[[nodiscard]] bool decodeSamples(std::int64_t firstStep, std::int64_t count,
                                 std::optional<std::int64_t> stride, std::string_view bytes,
                                 std::vector<Sample>& samples);

/// A table, grid or text.
[[nodiscard]] std::string encodePayload(const Payload& payload);
/// None where the bytes are not what encodePayload() writes.
[[nodiscard]] std::optional<Payload> decodePayload(std::string_view bytes);

} // namespace psephos::lab::detail
