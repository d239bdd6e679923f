// SPDX-License-Identifier: GPL-3.0-or-later
#include "datasets/idx.hpp"

#include "datasets/labelled.hpp"
#include "lab/files/file.hpp"

#include <array>
#include <cstdio>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>

namespace psephos::datasets {

namespace {

constexpr unsigned char kUnsignedByte = 0x08;
constexpr std::size_t kMaxDimensions = 4;

unsigned char byteAt(std::string_view content, std::size_t at) {
    return static_cast<unsigned char>(content[at]);
}

std::string magicText(std::string_view content) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "0x%02x%02x%02x%02x", byteAt(content, 0),
                  byteAt(content, 1), byteAt(content, 2), byteAt(content, 3));
    return text.data();
}

/// The product of the sizes, or nothing where it is past all memory.
std::optional<std::size_t> productOf(const std::vector<std::size_t>& sizes) {
    std::size_t product = 1;
    for (const std::size_t size : sizes) {
        if (size > 0 && product > std::numeric_limits<std::size_t>::max() / size) {
            return std::nullopt;
        }
        product *= size;
    }
    return product;
}

/// Replaces the last `from` in the text; says whether there was one.
bool replaceLast(std::string& text, std::string_view from, std::string_view to) {
    const auto at = text.rfind(from);
    if (at == std::string::npos) {
        return false;
    }
    text.replace(at, from.size(), to);
    return true;
}

lab::Result<std::vector<std::uint16_t>> readLabels(const std::filesystem::path& path) {
    auto content = lab::readFile(path);
    if (!content) {
        return content.error();
    }
    if (looksLikeIdx(*content) && byteAt(*content, 3) != 1) { // before its sizes: they mislead
        return lab::Error{"the magic number is " + magicText(*content) +
                              ", expected labels (0x00000801)",
                          "", path.string()};
    }
    const auto array = parseIdx(std::move(*content), path.string());
    if (!array) {
        return array.error();
    }
    std::vector<std::uint16_t> labels;
    labels.reserve(array->bytes.size());
    for (const char c : array->bytes) {
        labels.push_back(static_cast<unsigned char>(c));
    }
    return labels;
}

} // namespace

std::size_t IdxArray::itemSize() const {
    return std::accumulate(sizes.begin() + 1, sizes.end(), std::size_t{1}, std::multiplies<>());
}

bool looksLikeIdx(std::string_view content) {
    return content.size() >= 4 && byteAt(content, 0) == 0 && byteAt(content, 1) == 0 &&
           byteAt(content, 2) >= kUnsignedByte && byteAt(content, 2) <= 0x0E &&
           byteAt(content, 3) >= 1 && byteAt(content, 3) <= kMaxDimensions;
}

lab::Result<IdxArray> parseIdx(std::string content, const std::string& place) {
    if (content.size() < 4) {
        return lab::Error{"truncated: an IDX file starts with 4 bytes of magic number", "", place};
    }
    if (!looksLikeIdx(content) || byteAt(content, 2) != kUnsignedByte) {
        return lab::Error{"the magic number is " + magicText(content) +
                              ", expected 0x00000803 (images of unsigned bytes) or 0x00000801 "
                              "(labels)",
                          "", place};
    }
    const std::size_t dimensions = byteAt(content, 3);
    const std::string promise = "its header (magic number " + magicText(content) + ") promises ";
    const std::size_t header = 4 + 4 * dimensions;
    if (content.size() < header) {
        return lab::Error{"truncated in its header", "", place};
    }
    IdxArray array;
    for (std::size_t d = 0; d < dimensions; ++d) {
        std::size_t size = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            size = size << 8U | byteAt(content, 4 + 4 * d + i);
        }
        array.sizes.push_back(size);
    }
    const auto expected = productOf(array.sizes);
    const std::size_t found = content.size() - header;
    if (!expected || found < *expected) {
        return lab::Error{"truncated: " + promise +
                              (expected ? std::to_string(*expected) : "more") +
                              " bytes of data, it holds " + std::to_string(found),
                          "", place};
    }
    if (found > *expected) {
        return lab::Error{promise + std::to_string(*expected) + " bytes of data, it holds " +
                              std::to_string(found),
                          "", place};
    }
    if (*expected == 0) {
        return lab::Error{"it holds no data", "", place};
    }
    array.bytes = std::move(content);
    array.bytes.erase(0, header);
    return array;
}

lab::Result<std::filesystem::path> labelFileOf(const std::filesystem::path& images) {
    std::string name = images.filename().string();
    if (!replaceLast(name, "images", "labels")) {
        return lab::Error{"its label file can't be found: the name does not hold 'images'",
                          "name the files like train-images-idx3-ubyte and "
                          "train-labels-idx1-ubyte",
                          images.string()};
    }
    replaceLast(name, "idx3", "idx1");
    std::string other = name;
    if (!replaceLast(other, ".gz", "")) {
        other += ".gz";
    }
    for (const std::string& spelling : {name, other}) {
        const auto path = images.parent_path() / spelling;
        std::error_code ignored;
        if (std::filesystem::exists(path, ignored)) {
            return path;
        }
    }
    return lab::Error{"there is no label file beside it", "expected " + name + " in its folder",
                      images.string()};
}

lab::Result<Labelled> readIdx(const std::filesystem::path& path) {
    auto content = lab::readFile(path);
    if (!content) {
        return content.error();
    }
    const auto images = parseIdx(std::move(*content), path.string());
    if (!images) {
        return images.error();
    }
    if (images->sizes.size() < 2) {
        return lab::Error{"it holds labels, not images",
                          "give the image file; its labels are found "
                          "beside it",
                          path.string()};
    }
    const auto labelPath = labelFileOf(path);
    if (!labelPath) {
        return labelPath.error();
    }
    auto labels = readLabels(*labelPath);
    if (!labels) {
        return labels.error();
    }
    if (labels->size() != images->sizes[0]) {
        return lab::Error{std::to_string(labels->size()) + " labels for " +
                              std::to_string(images->sizes[0]) + " images",
                          "", labelPath->string()};
    }
    Labelled set;
    set.name = path.string();
    set.features = images->itemSize();
    if (images->sizes.size() == 3) {
        set.image = ImageShape{1, images->sizes[1], images->sizes[2]};
    }
    set.labels = std::move(*labels);
    set.values.reserve(images->bytes.size());
    for (const char c : images->bytes) {
        set.values.push_back(static_cast<float>(static_cast<unsigned char>(c)) / 255.0F);
    }
    return prepared(std::move(set));
}

} // namespace psephos::datasets
