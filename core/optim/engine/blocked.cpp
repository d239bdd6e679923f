// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/blocked.hpp"

#include "optim/engine/matrix_groups.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace psephos::optim::engine {

BlockedGroup::BlockedGroup(const ShampooConfig& config)
    : Group("shampoo, blocked", Packing::Batched, Rate::Main)
    , config_(config) {}

void BlockedGroup::allocate() {
    const auto [rows, cols] = shape();
    std::int64_t row = 0;
    for (const long height : blockLengths(static_cast<long>(rows), config_.maxPreconditionerDim)) {
        std::int64_t col = 0;
        for (const long width :
             blockLengths(static_cast<long>(cols), config_.maxPreconditionerDim)) {
            const Shape own{height, width};
            auto batch = std::find_if(batches_.begin(), batches_.end(),
                                      [&own](const Batch& each) { return each.shape == own; });
            if (batch == batches_.end()) {
                batch = batches_.insert(batches_.end(), Batch{own, {}, nullptr});
            }
            batch->corners.push_back({row, col});
            col += width;
        }
        row += height;
    }
    const std::int64_t members = weights().size(0);
    for (std::size_t i = 0; i < batches_.size(); ++i) {
        Batch& batch = batches_[i];
        const auto blocks = static_cast<std::int64_t>(batch.corners.size());
        batch.group = std::make_unique<ShampooGroup>(config_);
        batch.group->assembleDetached(batch.shape, members * blocks, weights().options());
        for (const auto& [name, tensor] : batch.group->states_) {
            std::vector<std::int64_t> sizes{members, blocks};
            sizes.insert(sizes.end(), tensor.sizes().begin() + 1, tensor.sizes().end());
            states_.emplace_back("block" + std::to_string(i) + "/" + name, tensor.view(sizes));
        }
    }
}

Computed BlockedGroup::compute(const Slice& slice, double learningRate, GroupReport& report) {
    const auto blockOf = [&slice](const at::Tensor& whole, const Batch& batch, Corner corner) {
        return part(whole, slice)
            .narrow(1, corner.row, batch.shape.rows)
            .narrow(2, corner.col, batch.shape.cols);
    };
    for (const Batch& batch : batches_) {
        const auto blocks = static_cast<std::int64_t>(batch.corners.size());
        const auto itemsOf = [&](const at::Tensor& tensor, std::int64_t block) {
            return tensor.view({-1, blocks, batch.shape.rows, batch.shape.cols})
                .narrow(0, slice.first, slice.count)
                .select(1, block);
        };
        for (std::int64_t i = 0; i < blocks; ++i) {
            const Corner corner = batch.corners[static_cast<std::size_t>(i)];
            itemsOf(batch.group->weights_, i).copy_(blockOf(weights(), batch, corner));
            itemsOf(batch.group->gradients_, i).copy_(blockOf(gradients(), batch, corner));
        }
        const Slice own{slice.first * blocks, slice.count * blocks, slice.call};
        static_cast<void>(batch.group->compute(own, learningRate, report));
        for (std::int64_t i = 0; i < blocks; ++i) {
            const Corner corner = batch.corners[static_cast<std::size_t>(i)];
            blockOf(update(), batch, corner).copy_(itemsOf(batch.group->update_, i));
        }
    }
    return Computed::Update;
}

void BlockedGroup::settle(const Slice& slice) const {
    for (const Batch& batch : batches_) {
        const auto blocks = static_cast<std::int64_t>(batch.corners.size());
        batch.group->settle({slice.first * blocks, slice.count * blocks, slice.call});
    }
}

} // namespace psephos::optim::engine
