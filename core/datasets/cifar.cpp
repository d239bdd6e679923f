// SPDX-License-Identifier: GPL-3.0-or-later
#include "datasets/cifar.hpp"

#include "datasets/labelled.hpp"
#include "lab/files/file.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>

namespace psephos::datasets {

namespace {

constexpr std::array kForms{CifarForm::Ten, CifarForm::Hundred};

/// Without `.gz`.
std::filesystem::path plainName(const std::filesystem::path& name) {
    return name.extension() == ".gz" ? std::filesystem::path(name).replace_extension() : name;
}

unsigned byteAt(std::string_view content, std::size_t at) {
    return static_cast<unsigned char>(content[at]);
}

/// Whether the record that begins there, perhaps cut off, has labels of the form.
bool hasLabels(CifarForm form, std::string_view content, std::size_t at) {
    if (form == CifarForm::Ten) {
        return byteAt(content, at) < 10;
    }
    return byteAt(content, at) < 20 && (at + 1 == content.size() || byteAt(content, at + 1) < 100);
}

/// Of the records that are begun, how many there are and how many have labels of the form.
struct Fit {
    std::size_t begun = 0;
    std::size_t fitting = 0;

    [[nodiscard]] bool areMost() const { return 2 * fitting >= begun; }

    [[nodiscard]] double share() const {
        return begun == 0 ? 0.0 : static_cast<double>(fitting) / static_cast<double>(begun);
    }
};

Fit fitOf(CifarForm form, std::string_view content) {
    Fit fit;
    for (std::size_t at = 0; at < content.size(); at += cifarRecord(form)) {
        ++fit.begun;
        fit.fitting += hasLabels(form, content, at) ? 1 : 0;
    }
    return fit;
}

bool isNamedHundred(const std::filesystem::path& name) {
    const std::string path = name.string();
    const std::string file = plainName(name).filename().string();
    return file == "train.bin" || file == "test.bin" || path.find("cifar100") != path.npos ||
           path.find("cifar-100") != path.npos;
}

/// Whether some byte is a control character that no text has.
bool isBinary(std::string_view head) {
    return std::any_of(head.begin(), head.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < '\t' || (byte > '\r' && byte < 0x1B);
    });
}

lab::Error wrongSize(CifarForm form, std::size_t bytes, const std::string& place) {
    const std::size_t record = cifarRecord(form);
    return {"truncated: " + std::to_string(bytes) + " bytes are no whole number of records of " +
                std::to_string(record) +
                (form == CifarForm::Ten ? " bytes (a label" : " bytes (a coarse and a fine label") +
                ", then red, green and blue): " + std::to_string(bytes / record) + " and " +
                std::to_string(bytes % record) + " bytes more",
            "", place};
}

lab::Error wrongLabel(CifarForm form, std::string_view content, std::size_t index,
                      const std::string& place) {
    const std::size_t at = index * cifarRecord(form);
    const std::string which = "record " + std::to_string(index + 1) + " of " +
                              std::to_string(content.size() / cifarRecord(form)) + " begins with " +
                              std::to_string(byteAt(content, at));
    return {form == CifarForm::Ten ? which + ", expected a label 0 … 9"
                                   : which + " and " + std::to_string(byteAt(content, at + 1)) +
                                         ", expected labels 0 … 19 and 0 … 99",
            "", place};
}

} // namespace

bool looksLikeCifar(const std::filesystem::path& name, std::string_view head) {
    if (!isBinary(head)) {
        return false;
    }
    const bool isNamed = plainName(name).extension() == ".bin";
    return std::ranges::any_of(kForms, [&](CifarForm form) {
        const Fit fit = fitOf(form, head);
        // A few bytes fit by chance; what is named so and cut off within its first record counts.
        return isNamed ? fit.areMost() && 2 * head.size() >= cifarRecord(form)
                       : fit.fitting == fit.begun && head.size() >= cifarRecord(form);
    });
}

CifarForm cifarFormOf(const std::filesystem::path& name, std::string_view content) {
    const auto likeness = [content](CifarForm form) {
        const Fit fit = fitOf(form, content);
        const bool isWhole = content.size() % cifarRecord(form) == 0;
        return std::tuple(isWhole && fit.fitting == fit.begun, isWhole && fit.areMost(),
                          fit.share(), isWhole);
    };
    const auto ten = likeness(CifarForm::Ten);
    const auto hundred = likeness(CifarForm::Hundred);
    const bool isHundred = ten == hundred ? isNamedHundred(name) : hundred > ten;
    return isHundred ? CifarForm::Hundred : CifarForm::Ten;
}

lab::Result<Labelled> readCifar(const std::filesystem::path& path) {
    const auto content = lab::readFile(path);
    if (!content) {
        return content.error();
    }
    const CifarForm form = cifarFormOf(path, *content);
    const std::size_t record = cifarRecord(form);
    const std::size_t labels = cifarLabels(form);
    if (content->size() % record != 0) {
        return wrongSize(form, content->size(), path.string());
    }
    Labelled set;
    set.name = path.string();
    set.features = kCifarPixels;
    set.image = ImageShape{kCifarPlanes, kCifarSide, kCifarSide};
    const std::size_t records = content->size() / record;
    set.values.reserve(records * set.features);
    for (std::size_t i = 0; i < records; ++i) {
        const std::size_t at = i * record;
        if (!hasLabels(form, *content, at)) {
            return wrongLabel(form, *content, i, path.string());
        }
        set.labels.push_back(static_cast<std::uint16_t>(byteAt(*content, at + labels - 1)));
        for (const char c : std::string_view(*content).substr(at + labels, set.features)) {
            set.values.push_back(static_cast<float>(static_cast<unsigned char>(c)) / 255.0F);
        }
    }
    return prepared(std::move(set));
}

} // namespace psephos::datasets
