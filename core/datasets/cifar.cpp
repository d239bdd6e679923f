// SPDX-License-Identifier: GPL-3.0-or-later
#include "datasets/cifar.hpp"

#include "datasets/labelled.hpp"
#include "lab/files/file.hpp"

#include <algorithm>
#include <string>

namespace psephos::datasets {

namespace {

unsigned labelAt(std::string_view content, std::size_t record) {
    return static_cast<unsigned char>(content[record * kCifarRecord]);
}

/// Whether some byte is a control character that no text has.
bool isBinary(std::string_view head) {
    return std::any_of(head.begin(), head.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < '\t' || (byte > '\r' && byte < 0x1B);
    });
}

lab::Error wrongSize(std::size_t bytes, const std::string& place) {
    return {"truncated: " + std::to_string(bytes) + " bytes are no whole number of records of " +
                std::to_string(kCifarRecord) + " bytes (a label, then red, green and blue): " +
                std::to_string(bytes / kCifarRecord) + " and " +
                std::to_string(bytes % kCifarRecord) + " bytes more",
            "", place};
}

} // namespace

bool looksLikeCifar(const std::filesystem::path& name, std::string_view head) {
    if (!isBinary(head)) {
        return false;
    }
    const std::size_t begun = (head.size() + kCifarRecord - 1) / kCifarRecord;
    std::size_t labels = 0;
    for (std::size_t i = 0; i < begun; ++i) {
        labels += labelAt(head, i) < kCifarClasses ? 1 : 0;
    }
    const auto plain = name.extension() == ".gz" ? name.stem() : name;
    return plain.extension() == ".bin" ? 2 * labels >= begun
                                       : labels == begun && head.size() >= kCifarRecord;
}

lab::Result<Labelled> readCifar(const std::filesystem::path& path) {
    const auto content = lab::readFile(path);
    if (!content) {
        return content.error();
    }
    if (content->size() % kCifarRecord != 0) {
        return wrongSize(content->size(), path.string());
    }
    Labelled set;
    set.name = path.string();
    set.features = kCifarRecord - 1;
    set.image = ImageShape{kCifarPlanes, kCifarSide, kCifarSide};
    const std::size_t records = content->size() / kCifarRecord;
    set.values.reserve(records * set.features);
    for (std::size_t i = 0; i < records; ++i) {
        const unsigned label = labelAt(*content, i);
        if (label >= kCifarClasses) {
            return lab::Error{"record " + std::to_string(i + 1) + " of " + std::to_string(records) +
                                  " begins with " + std::to_string(label) +
                                  ", expected a label 0 … 9",
                              "", path.string()};
        }
        set.labels.push_back(static_cast<std::uint16_t>(label));
        for (const char c : std::string_view(*content).substr(i * kCifarRecord + 1, set.features)) {
            set.values.push_back(static_cast<float>(static_cast<unsigned char>(c)) / 255.0F);
        }
    }
    return prepared(std::move(set));
}

} // namespace psephos::datasets
