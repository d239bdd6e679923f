// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of numbers with a class each: images, series, tables.
#pragma once

#include "lab/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace psephos::datasets {

/// The shape of rows that are images: `channels` planes of `rows` x `columns` numbers, one after
/// another.
struct ImageShape {
    std::size_t channels = 1;
    std::size_t rows = 0;
    std::size_t columns = 0;

    friend bool operator==(const ImageShape&, const ImageShape&) = default;
};

/// Rows of `features` numbers and their classes 0 … classes−1. One row in ten is held out: chosen
/// by a fixed random order, the same for everybody, since files may be sorted or interleaved by
/// class.
struct Labelled {
    std::string name;                ///< what messages call it: the path, or "painted digits"
    std::size_t features = 0;        ///< numbers a row
    std::size_t classes = 0;         ///< largest label + 1
    std::optional<ImageShape> image; ///< of its rows; none where they are no images
    std::vector<float> values;       ///< row after row
    std::vector<std::uint16_t> labels;
    std::vector<std::uint32_t> training; ///< row numbers
    std::vector<std::uint32_t> heldOut;
    std::uint64_t fingerprint = 0; ///< of values and labels

    [[nodiscard]] std::size_t rows() const { return labels.size(); }

    [[nodiscard]] std::span<const float> row(std::size_t number) const {
        return std::span(values).subspan(number * features, features);
    }
};

/// Most classes that a labelled set may have.
inline constexpr std::size_t kMaxClasses = 1000;

/// Fills in `classes`, `training`, `heldOut` and `fingerprint` and brings the values to mean 0 and
/// deviation 1 over all numbers of the training rows (one mean for all features, as for images).
/// \errors fewer than 10 rows, fewer than 2 classes, more than kMaxClasses
[[nodiscard]] lab::Result<Labelled> prepared(Labelled raw);

/// Reads a labelled set by what the file holds: IDX images (with their label file beside them),
/// CIFAR-10's or CIFAR-100's records or CSV. `.gz` is unpacked.
[[nodiscard]] lab::Result<Labelled> readLabelled(const std::filesystem::path& path);

/// An IDX file of images (unsigned bytes) and the labels of the file beside it: in its name
/// `images` becomes `labels` and `idx3` becomes `idx1`, with or without `.gz`. \errors a wrong
/// magic number, truncated or too long, no label file, another number of labels
[[nodiscard]] lab::Result<Labelled> readIdx(const std::filesystem::path& path);

/// CIFAR-10's binary form: records of a label 0 … 9 and 32 x 32 bytes each of red, green and blue,
/// with nothing around them; or CIFAR-100's, with a coarse label before the class, which is not
/// kept (see cifarFormOf()). \errors no whole number of records, a label out of range
/// Source: Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
[[nodiscard]] lab::Result<Labelled> readCifar(const std::filesystem::path& path);

/// A CSV of numbers, one row an example. Where the first line is a header, a column named `label`,
/// `class`, `target`, `digit` or `y` holds the class, else the last column does.
/// \errors a cell that is no number or missing, a label that is no whole number, ragged rows
[[nodiscard]] lab::Result<Labelled> readLabelledCsv(const std::filesystem::path& path);

} // namespace psephos::datasets
