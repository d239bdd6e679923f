// SPDX-License-Identifier: GPL-3.0-or-later
// Matrices that are too long for one preconditioner, in blocks.
#pragma once

#include "optim/config.hpp"
#include "optim/engine/group.hpp"

#include <memory>
#include <vector>

namespace psephos::optim::engine {

/// Shampoo on the blocks of its matrices (isBlocked()): those of one shape, of all members, are one
/// batch. State: that of the batches, by the names of ShampooGroup after "block0/", "block1/", …
class BlockedGroup final : public Group {
  public:
    explicit BlockedGroup(const ShampooConfig& config);

  private:
    struct Corner {
        std::int64_t row = 0;
        std::int64_t col = 0;
    };

    /// The blocks of one shape; item member·corners.size() + i of the batch is block i of a member.
    struct Batch {
        Shape shape;
        std::vector<Corner> corners;
        std::unique_ptr<Group> group;
    };

    void allocate() override;
    Computed compute(const Slice& slice, double learningRate, GroupReport& report) override;
    void settle(const Slice& slice) const override;

    ShampooConfig config_;
    std::vector<Batch> batches_;
};

} // namespace psephos::optim::engine
