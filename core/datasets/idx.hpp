// SPDX-License-Identifier: GPL-3.0-or-later
// The IDX format of MNIST: big-endian, unsigned bytes.
#pragma once

#include "lab/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::datasets {

/// An array of unsigned bytes with 1 to 4 dimensions.
struct IdxArray {
    std::vector<std::size_t> sizes;
    std::string bytes; ///< the numbers alone

    /// Numbers in one item of the first dimension.
    [[nodiscard]] std::size_t itemSize() const;
};

/// Does the content start like an IDX file (two zero bytes, a type, a small number of dimensions)?
[[nodiscard]] bool looksLikeIdx(std::string_view content);

/// \errors a magic number other than 0x000008NN, truncated, too long; Error::place is `place`
[[nodiscard]] lab::Result<IdxArray> parseIdx(std::string content, const std::string& place);

/// The label file that belongs to an image file, by name; the first spelling that exists.
/// \errors the name says nothing of images, or there is no such file
[[nodiscard]] lab::Result<std::filesystem::path> labelFileOf(const std::filesystem::path& images);

} // namespace psephos::datasets
