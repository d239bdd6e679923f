// SPDX-License-Identifier: GPL-3.0-or-later
// How fast a step could be: its least work at the rates that this machine reaches.
#pragma once

#include "optim/engine/phases.hpp"

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

namespace psephos::optim::engine {

/// Wall milliseconds of some work on a device, its queue emptied before and after.
[[nodiscard]] double millisecondsOf(c10::Device device, const std::function<void()>& work);

/// Matrices of one shape, as the engine batches them.
struct FloorBatch {
    std::int64_t count = 1;
    std::int64_t rows = 1;
    std::int64_t cols = 1;
    bool hasLeft = true; ///< sides that are preconditioned
    bool hasRight = true;
};

/// What happens to preconditioned matrices.
enum class Preconditioner {
    Bases, ///< SOAP: two rotations a step; a refresh turns the momentum as well
    Roots  ///< Shampoo: one a step
};

/// Least times by phase, with rates measured for these sizes when first asked for, by as many
/// threads as LibTorch has then. Measuring takes some hundredths of a second a size.
class StepFloor {
  public:
    /// \param enough milliseconds after which a measurement has been repeated often enough
    explicit StepFloor(c10::Device device, double enough = 50.0)
        : device_(device)
        , enough_(enough) {}

    /// Gram matrices at half work mn(m+n), 2mn(m+n) for each rotation and, every `refreshPeriod`
    /// updates, QR + 2d³ a side (an eigendecomposition takes longer), and for bases 2mn(m+n).
    /// With one side only that side's share.
    [[nodiscard]] PhaseTimes preconditioned(const FloorBatch& batch, Preconditioner how,
                                            std::int64_t refreshPeriod);

    /// Newton–Schulz: 20a²b + 10a³ FLOPs a matrix, a ≤ b its sides, at the rate of the products.
    [[nodiscard]] PhaseTimes orthogonalised(const FloorBatch& batch, at::ScalarType products);

    /// So many passes over `numbers` of memory: AdamW makes seven (G, M, V and W are read, M, V and
    /// W written).
    [[nodiscard]] PhaseTimes elementwise(std::int64_t numbers, int passes);

    /// Milliseconds of the products Q_LᵀG and GQ_R of a batch, of the sides that it has.
    [[nodiscard]] double rotation(const FloorBatch& batch, at::ScalarType type);

    /// Their FLOPs: 2mn(m+n) a matrix for both sides.
    [[nodiscard]] static double rotationFlops(const FloorBatch& batch);

  private:
    [[nodiscard]] double least(const std::function<void()>& work) const;
    [[nodiscard]] double leftProduct(const FloorBatch& batch, at::ScalarType type);
    [[nodiscard]] double rightProduct(const FloorBatch& batch, at::ScalarType type);
    [[nodiscard]] double qr(std::int64_t count, std::int64_t side);
    [[nodiscard]] at::Tensor random(std::int64_t count, std::int64_t rows, std::int64_t cols) const;

    c10::Device device_;
    double enough_ = 50.0;
    std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t, bool, bool>, double> products_;
    std::map<std::pair<std::int64_t, std::int64_t>, double> decompositions_;
    std::map<std::int64_t, double> copies_;
};

} // namespace psephos::optim::engine
