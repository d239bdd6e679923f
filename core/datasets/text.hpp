// SPDX-License-Identifier: GPL-3.0-or-later
// A text as a sequence of byte tokens, its last tenth held out.
#pragma once

#include "lab/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::datasets {

/// Immutable. A token is the place of a byte in the alphabet of the text's distinct bytes.
class Text {
  public:
    /// Takes any bytes. \errors fewer than 20 bytes, or all of them alike; Error::place is `name`.
    [[nodiscard]] static lab::Result<Text> fromBytes(std::string_view bytes, std::string name);

    /// What messages call it: the path, or "the built-in corpus".
    [[nodiscard]] const std::string& name() const { return name_; }

    /// All tokens, in the order of the text.
    [[nodiscard]] std::span<const std::uint8_t> tokens() const { return tokens_; }

    /// The first nine tenths (rounded down): what is trained on.
    [[nodiscard]] std::span<const std::uint8_t> training() const {
        return tokens().first(trainingCount_);
    }

    /// The last tenth: for validation only.
    [[nodiscard]] std::span<const std::uint8_t> heldOut() const {
        return tokens().subspan(trainingCount_);
    }

    /// The distinct bytes, ascending; 2 … 256 of them.
    [[nodiscard]] const std::vector<std::uint8_t>& alphabet() const { return alphabet_; }

    /// Of all bytes.
    [[nodiscard]] std::uint64_t fingerprint() const { return fingerprint_; }

    /// Tokens as the bytes that they stand for.
    [[nodiscard]] std::string decode(std::span<const std::uint8_t> tokens) const;

    /// −Σ p ln p over the bytes of the whole text, in nats a byte: the loss of whoever knows how
    /// often each byte occurs and nothing else.
    [[nodiscard]] double unigramEntropyNats() const;

  private:
    std::string name_;
    std::vector<std::uint8_t> tokens_;
    std::vector<std::uint8_t> alphabet_;
    std::size_t trainingCount_ = 0;
    std::uint64_t fingerprint_ = 0;
};

/// Reads any file as a text, byte for byte (`.gz` unpacked). \errors as readFile() and fromBytes().
[[nodiscard]] lab::Result<Text> readText(const std::filesystem::path& path);

/// The corpus written for this project, embedded in the program.
[[nodiscard]] Text builtInText();

} // namespace psephos::datasets
