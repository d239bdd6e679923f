// SPDX-License-Identifier: GPL-3.0-or-later
#include "datasets/text.hpp"

#include "datasets/fingerprint.hpp"
#include "embedded/corpus.hpp"
#include "lab/files/file.hpp"

#include <array>
#include <cmath>

namespace psephos::datasets {

namespace {

constexpr std::size_t kFewestBytes = 20;
constexpr std::size_t kHeldOutShare = 10; // one in so many

} // namespace

lab::Result<Text> Text::fromBytes(std::string_view bytes, std::string name) {
    if (bytes.size() < kFewestBytes) {
        return lab::Error{"a text of " + std::to_string(bytes.size()) + " bytes is too short",
                          "give one of at least " + std::to_string(kFewestBytes) + " bytes", name};
    }
    std::array<bool, 256> occurs{};
    for (const char c : bytes) {
        occurs[static_cast<unsigned char>(c)] = true;
    }
    Text text;
    std::array<std::uint8_t, 256> tokenOf{};
    for (std::size_t byte = 0; byte < occurs.size(); ++byte) {
        if (occurs[byte]) {
            tokenOf[byte] = static_cast<std::uint8_t>(text.alphabet_.size());
            text.alphabet_.push_back(static_cast<std::uint8_t>(byte));
        }
    }
    if (text.alphabet_.size() < 2) {
        return lab::Error{"all bytes of the text are alike: there is nothing to predict", "", name};
    }
    text.name_ = std::move(name);
    text.fingerprint_ = datasets::fingerprint(bytes);
    text.tokens_.reserve(bytes.size());
    for (const char c : bytes) {
        text.tokens_.push_back(tokenOf[static_cast<unsigned char>(c)]);
    }
    text.trainingCount_ = bytes.size() - (bytes.size() + kHeldOutShare - 1) / kHeldOutShare;
    return text;
}

std::string Text::decode(std::span<const std::uint8_t> tokens) const {
    std::string bytes;
    bytes.reserve(tokens.size());
    for (const std::uint8_t token : tokens) {
        bytes.push_back(static_cast<char>(alphabet_[token]));
    }
    return bytes;
}

double Text::unigramEntropyNats() const {
    std::array<std::size_t, 256> counts{};
    for (const std::uint8_t token : tokens_) {
        ++counts[token];
    }
    double entropy = 0.0;
    for (const std::size_t count : counts) {
        if (count > 0) {
            const double p = static_cast<double>(count) / static_cast<double>(tokens_.size());
            entropy -= p * std::log(p);
        }
    }
    return entropy;
}

lab::Result<Text> readText(const std::filesystem::path& path) {
    auto bytes = lab::readFile(path);
    if (!bytes) {
        return bytes.error();
    }
    return Text::fromBytes(*bytes, path.string());
}

Text builtInText() {
    return Text::fromBytes(embedded::corpus(), "the built-in corpus").value();
}

} // namespace psephos::datasets
