// SPDX-License-Identifier: GPL-3.0-or-later
#include "datasets/labelled.hpp"

#include "datasets/cifar.hpp"
#include "datasets/fingerprint.hpp"
#include "datasets/idx.hpp"
#include "lab/files/file.hpp"
#include "numerics/random.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace psephos::datasets {

namespace {

constexpr std::size_t kFewestRows = 10;
constexpr std::size_t kHeldOutShare = 10; // one in so many
constexpr std::uint64_t kSplitSeed = 0;   // the split is the data's, not a run's

template <typename Number>
std::string_view bytesOf(const std::vector<Number>& numbers) {
    return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}

/// Whether a file that does not begin like IDX is rather a damaged IDX file than a table.
bool isRatherIdx(const std::filesystem::path& path, std::string_view bytes) {
    constexpr std::size_t kHead = 4096;
    return bytes.size() >= 4 && (path.filename().string().find("-idx") != std::string::npos ||
                                 bytes.substr(0, kHead).find('\0') != std::string_view::npos);
}

void split(Labelled& set) {
    numerics::RandomStream stream(kSplitSeed, "datasets/held-out", set.rows());
    const auto order = stream.permutation(set.rows());
    const std::size_t held = (set.rows() + kHeldOutShare - 1) / kHeldOutShare;
    set.heldOut.clear();
    set.training.clear();
    for (std::size_t i = 0; i < order.size(); ++i) {
        (i < held ? set.heldOut : set.training).push_back(static_cast<std::uint32_t>(order[i]));
    }
    std::sort(set.heldOut.begin(), set.heldOut.end());
    std::sort(set.training.begin(), set.training.end());
}

void standardize(Labelled& set) {
    double sum = 0.0;
    double squares = 0.0;
    for (const std::uint32_t number : set.training) {
        for (const float value : set.row(number)) {
            sum += static_cast<double>(value);
            squares += static_cast<double>(value) * static_cast<double>(value);
        }
    }
    const auto count = static_cast<double>(set.training.size() * set.features);
    const double mean = sum / count;
    const double deviation = std::sqrt(std::max(0.0, squares / count - mean * mean));
    const double scale = deviation > 0.0 ? 1.0 / deviation : 1.0;
    for (float& value : set.values) {
        value = static_cast<float>((static_cast<double>(value) - mean) * scale);
    }
}

} // namespace

lab::Result<Labelled> prepared(Labelled raw) {
    if (raw.rows() < kFewestRows) {
        return lab::Error{std::to_string(raw.rows()) + " rows are too few",
                          "give at least " + std::to_string(kFewestRows), raw.name};
    }
    const std::uint16_t largest = *std::max_element(raw.labels.begin(), raw.labels.end());
    raw.classes = std::size_t{largest} + 1;
    const bool allAlike = std::all_of(raw.labels.begin(), raw.labels.end(),
                                      [&raw](std::uint16_t l) { return l == raw.labels.front(); });
    if (allAlike) {
        return lab::Error{"all rows are of class " + std::to_string(largest) +
                              ": there is nothing to tell apart",
                          "", raw.name};
    }
    if (raw.classes > kMaxClasses) {
        return lab::Error{"a label of " + std::to_string(largest) + " is above " +
                              std::to_string(kMaxClasses - 1),
                          "is the label column the one you mean?", raw.name};
    }
    raw.fingerprint = fingerprint(bytesOf(raw.labels), fingerprint(bytesOf(raw.values)));
    split(raw);
    standardize(raw);
    return raw;
}

lab::Result<Labelled> readLabelled(const std::filesystem::path& path) {
    const auto bytes = lab::readFile(path);
    if (!bytes) {
        return bytes.error();
    }
    if (looksLikeIdx(*bytes)) {
        return readIdx(path);
    }
    if (looksLikeCifar(path, *bytes)) {
        return readCifar(path);
    }
    return isRatherIdx(path, *bytes) ? readIdx(path) : readLabelledCsv(path);
}

} // namespace psephos::datasets
