// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/host_pass.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace psephos::optim::engine {

namespace {

/// Numbers that stay in a core's own cache between the parts of a pass.
constexpr std::int64_t kChunk = 4096;

/// A piece of a tensor, and where it lies in the tensors as one row.
template <typename Scalar>
struct Chunk {
    const Scalar* from = nullptr;
    std::int64_t at = 0;
    std::int64_t length = 0;
};

template <typename Scalar>
double squaresOf(const Chunk<Scalar>& chunk) {
    return gpu::host::dot(static_cast<std::size_t>(chunk.length), chunk.from, chunk.from);
}

template <typename Scalar>
std::vector<Chunk<Scalar>> chunksOf(std::span<const at::Tensor> tensors) {
    std::vector<Chunk<Scalar>> chunks;
    std::int64_t at = 0;
    for (const at::Tensor& tensor : tensors) {
        const auto* const from = tensor.const_data_ptr<Scalar>();
        const std::int64_t count = tensor.numel();
        for (std::int64_t first = 0; first < count; first += kChunk) {
            chunks.push_back({from + first, at + first, std::min(kChunk, count - first)});
        }
        at += count;
    }
    return chunks;
}

/// Calls `work` for each chunk by all threads. \return the sum of what it answers
template <typename Scalar, typename Work>
double overChunks(std::span<const at::Tensor> tensors, const Work& work) {
    constexpr std::int64_t kGrain = 4;
    const std::vector<Chunk<Scalar>> chunks = chunksOf<Scalar>(tensors);
    std::vector<double> sums(chunks.size());
    at::parallel_for(0, static_cast<std::int64_t>(chunks.size()), kGrain,
                     [&](std::int64_t begin, std::int64_t end) {
                         for (auto i = static_cast<std::size_t>(begin);
                              i < static_cast<std::size_t>(end); ++i) {
                             sums[i] = work(chunks[i]);
                         }
                     });
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

/// Calls `work` for each number below `count` by all threads, or by this one within a parallel
/// region.
template <typename Work>
void overNumbers(std::int64_t count, std::int64_t grain, const Work& work) {
    at::parallel_for(0, count, grain, [&work](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            work(i);
        }
    });
}

template <typename Scalar>
void sortItem(std::int64_t d, const Scalar* basis, const Scalar* image, std::int64_t* order,
              Scalar* sorted) {
    constexpr std::int64_t kRows = 64;
    std::vector<double> estimates(static_cast<std::size_t>(d));
    overNumbers(d, kRows, [&](std::int64_t row) {
        estimates[static_cast<std::size_t>(row)] =
            gpu::host::dot(static_cast<std::size_t>(d), basis + row * d, image + row * d);
    });
    std::iota(order, order + d, std::int64_t{0});
    std::stable_sort(order, order + d, [&estimates](std::int64_t a, std::int64_t b) {
        const double x = estimates[static_cast<std::size_t>(a)];
        const double y = estimates[static_cast<std::size_t>(b)];
        return std::isnan(x) ? !std::isnan(y) : x > y; // an order in any case
    });
    overNumbers(d, kRows, [&](std::int64_t row) {
        std::copy_n(image + order[row] * d, d, sorted + row * d);
    });
}

template <typename Scalar>
void permuteItem(std::int64_t rows, std::int64_t cols, const std::int64_t* order, Along along,
                 Scalar* item) {
    const std::int64_t count = along == Along::Rows ? rows : cols;
    bool isInOrder = true;
    for (std::int64_t i = 0; i < count; ++i) {
        isInOrder = isInOrder && order[i] == i;
    }
    if (isInOrder) {
        return;
    }
    if (along == Along::Rows) {
        const std::vector<Scalar> old(item, item + rows * cols);
        for (std::int64_t row = 0; row < rows; ++row) {
            std::copy_n(old.data() + order[row] * cols, cols, item + row * cols);
        }
        return;
    }
    std::vector<Scalar> old(static_cast<std::size_t>(cols));
    for (std::int64_t row = 0; row < rows; ++row) {
        Scalar* const own = item + row * cols;
        std::copy_n(own, cols, old.data());
        for (std::int64_t col = 0; col < cols; ++col) {
            own[col] = old[static_cast<std::size_t>(order[col])];
        }
    }
}

template <typename Scalar>
void mirrorItem(std::int64_t d, Scalar* item) {
    constexpr std::int64_t kTile = 16; // a line of the cache
    const auto mirrorTiles = [&](std::int64_t tileRow) {
        const std::int64_t from = tileRow * kTile;
        const std::int64_t to = std::min(d, from + kTile);
        for (std::int64_t first = 0; first < to; first += kTile) {
            for (std::int64_t row = from; row < to; ++row) {
                const std::int64_t last = std::min(row, first + kTile);
                for (std::int64_t col = first; col < last; ++col) {
                    item[col * d + row] = item[row * d + col];
                }
            }
        }
    };
    // A short row and a long one together: all threads have as much to do.
    const std::int64_t tiles = (d + kTile - 1) / kTile;
    overNumbers((tiles + 1) / 2, 1, [&](std::int64_t pair) {
        mirrorTiles(pair);
        if (tiles - 1 - pair != pair) {
            mirrorTiles(tiles - 1 - pair);
        }
    });
}

/// Calls `work` with a zero of the tensor's type.
template <typename Work>
auto byType(const at::Tensor& tensor, const Work& work) {
    return tensor.scalar_type() == at::kFloat ? work(0.0F) : work(0.0);
}

} // namespace

bool hasHostPass(const at::Tensor& tensor) {
    return tensor.device().is_cpu() && tensor.is_contiguous() &&
           (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kDouble);
}

void adamPass(const gpu::AdamPass& pass, const at::Tensor& gradient, const at::Tensor& m,
              const at::Tensor& v, const at::Tensor& direction) {
    byType(gradient, [&](auto zero) {
        using Scalar = decltype(zero);
        auto* const first = m.mutable_data_ptr<Scalar>();
        auto* const second = v.mutable_data_ptr<Scalar>();
        auto* const out = direction.mutable_data_ptr<Scalar>();
        return overChunks<Scalar>({&gradient, 1}, [&](const Chunk<Scalar>& chunk) {
            gpu::host::adamPass(pass, static_cast<std::size_t>(chunk.length), chunk.from,
                                first + chunk.at, second + chunk.at, out + chunk.at);
            return 0.0;
        });
    });
}

double adamStep(const gpu::AdamPass& pass, const gpu::UpdatePass& scale,
                std::span<const at::Tensor> gradients, const at::Tensor& m, const at::Tensor& v,
                const at::Tensor& weights) {
    return byType(weights, [&](auto zero) {
        using Scalar = decltype(zero);
        auto* const first = m.mutable_data_ptr<Scalar>();
        auto* const second = v.mutable_data_ptr<Scalar>();
        auto* const w = weights.mutable_data_ptr<Scalar>();
        return overChunks<Scalar>(gradients, [&](const Chunk<Scalar>& chunk) {
            return gpu::host::adamStep(pass, scale, static_cast<std::size_t>(chunk.length),
                                       chunk.from, first + chunk.at, second + chunk.at,
                                       w + chunk.at);
        });
    });
}

double applyUpdate(const gpu::UpdatePass& scale, const at::Tensor& direction,
                   const at::Tensor& weights, const at::Tensor& update) {
    return byType(weights, [&](auto zero) {
        using Scalar = decltype(zero);
        auto* const w = weights.mutable_data_ptr<Scalar>();
        auto* const out = update.mutable_data_ptr<Scalar>();
        return overChunks<Scalar>({&direction, 1}, [&](const Chunk<Scalar>& chunk) {
            return gpu::host::updatePass(scale, static_cast<std::size_t>(chunk.length), chunk.from,
                                         w + chunk.at, out + chunk.at);
        });
    });
}

double copyInto(const at::Tensor& whole, std::span<const at::Tensor> parts) {
    return byType(whole, [&](auto zero) {
        using Scalar = decltype(zero);
        auto* const out = whole.mutable_data_ptr<Scalar>();
        return overChunks<Scalar>(parts, [&](const Chunk<Scalar>& chunk) {
            std::copy_n(chunk.from, chunk.length, out + chunk.at);
            return squaresOf(chunk);
        });
    });
}

void sortRows(const at::Tensor& basis, const at::Tensor& image, const at::Tensor& order,
              const at::Tensor& sorted) {
    byType(image, [&](auto zero) {
        using Scalar = decltype(zero);
        sortItem<Scalar>(image.size(0), basis.const_data_ptr<Scalar>(),
                         image.const_data_ptr<Scalar>(), order.mutable_data_ptr<std::int64_t>(),
                         sorted.mutable_data_ptr<Scalar>());
    });
}

void permute(const at::Tensor& items, const at::Tensor& order, Along along) {
    byType(items, [&](auto zero) {
        using Scalar = decltype(zero);
        auto* const first = items.mutable_data_ptr<Scalar>();
        const auto* const orders = order.const_data_ptr<std::int64_t>();
        const std::int64_t rows = items.size(1);
        const std::int64_t cols = items.size(2);
        overNumbers(items.size(0), 1, [&](std::int64_t item) {
            permuteItem(rows, cols, orders + item * order.size(1), along,
                        first + item * rows * cols);
        });
    });
}

void mirror(const at::Tensor& items) {
    byType(items, [&](auto zero) {
        using Scalar = decltype(zero);
        auto* const first = items.mutable_data_ptr<Scalar>();
        const std::int64_t d = items.size(1);
        overNumbers(items.size(0), 1,
                    [&](std::int64_t item) { mirrorItem(d, first + item * d * d); });
    });
}

double squaredNorm(std::span<const at::Tensor> tensors) {
    return tensors.empty() ? 0.0 : byType(tensors.front(), [&](auto zero) {
        using Scalar = decltype(zero);
        return overChunks<Scalar>(tensors,
                                  [](const Chunk<Scalar>& chunk) { return squaresOf(chunk); });
    });
}

} // namespace psephos::optim::engine
