// SPDX-License-Identifier: GPL-3.0-or-later
// Named tensors, numbers and texts as bytes and back: what checkpoints are made of.
#pragma once

#include "lab/result.hpp"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace psephos::tensor {

/// Entries keep the order in which they were set. A tensor comes back bit for bit, contiguous, on
/// the CPU. The format is little-endian, has a version, and its last 8 bytes are a checksum.
class Archive {
  public:
    using Entry = std::variant<at::Tensor, std::int64_t, double, std::string>;

    /// Adds an entry or replaces the one of this name. A tensor is kept by reference until bytes().
    void set(std::string name, Entry entry);

    [[nodiscard]] bool contains(std::string_view name) const;

    /// \errors no such entry, or one of another kind
    [[nodiscard]] lab::Result<at::Tensor> tensor(std::string_view name) const;
    [[nodiscard]] lab::Result<std::int64_t> integer(std::string_view name) const;
    [[nodiscard]] lab::Result<double> real(std::string_view name) const;
    [[nodiscard]] lab::Result<std::string> text(std::string_view name) const;

    /// Copies a tensor of the archive into `target`, whatever its device.
    /// \errors no such entry, another shape or another number type
    [[nodiscard]] lab::Result<void> copyInto(std::string_view name, at::Tensor& target) const;

    /// float32, float64, int64, int32, uint8 and bool tensors can be written (asserted).
    [[nodiscard]] std::string bytes() const;

    /// \errors not an archive, another version, truncated, damaged
    [[nodiscard]] static lab::Result<Archive> read(std::string_view bytes);

  private:
    [[nodiscard]] const Entry* find(std::string_view name) const;

    template <typename T>
    [[nodiscard]] lab::Result<T> typed(std::string_view name, std::string_view kind) const;

    std::vector<std::pair<std::string, Entry>> entries_;
};

} // namespace psephos::tensor
