// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/floor.hpp"

#include "numerics/random.hpp"
#include "optim/engine/batched.hpp"
#include "tensor/random.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

namespace psephos::optim::engine {

namespace {

double& in(PhaseTimes& times, Phase phase) {
    return times[static_cast<std::size_t>(phase)];
}

} // namespace

double millisecondsOf(c10::Device device, const std::function<void()>& work) {
    tensor::synchronize(device);
    const auto from = std::chrono::steady_clock::now();
    work();
    tensor::synchronize(device);
    const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - from;
    return spent.count();
}

/// The least of a few, after one that does not count unless it was long: what the machine can do.
double StepFloor::least(const std::function<void()>& work) const {
    constexpr double kLong = 300.0;
    constexpr int kMost = 50;
    const at::NoGradGuard noGradient;
    const double first = millisecondsOf(device_, work);
    if (first > kLong) {
        return first;
    }
    double least = std::numeric_limits<double>::infinity();
    double spent = 0.0;
    for (int i = 0; i < kMost && (i < 3 || spent < enough_); ++i) {
        const double one = millisecondsOf(device_, work);
        least = std::min(least, one);
        spent += one;
    }
    return least;
}

at::Tensor StepFloor::random(std::int64_t count, std::int64_t rows, std::int64_t cols) const {
    const std::array sizes{count, rows, cols};
    return tensor::normal(sizes, 1.0, numerics::RandomStream(1, "bench.product", 0), at::kFloat,
                          device_);
}

double StepFloor::leftProduct(const FloorBatch& batch, at::ScalarType type) {
    const auto [place, isNew] =
        products_.try_emplace({batch.count, batch.rows, batch.cols, true, type == at::kFloat}, 0.0);
    if (isNew) {
        const at::Tensor g = random(batch.count, batch.rows, batch.cols).to(type);
        const at::Tensor q = random(batch.count, batch.rows, batch.rows).to(type).transpose(1, 2);
        place->second = least([&] { (void)product(q, g); });
    }
    return place->second;
}

double StepFloor::rightProduct(const FloorBatch& batch, at::ScalarType type) {
    const auto [place, isNew] = products_.try_emplace(
        {batch.count, batch.rows, batch.cols, false, type == at::kFloat}, 0.0);
    if (isNew) {
        const at::Tensor g = random(batch.count, batch.rows, batch.cols).to(type);
        const at::Tensor q = random(batch.count, batch.cols, batch.cols).to(type);
        place->second = least([&] { (void)product(g, q); });
    }
    return place->second;
}

double StepFloor::qr(std::int64_t count, std::int64_t side) {
    const auto [place, isNew] = decompositions_.try_emplace({count, side}, 0.0);
    if (isNew) {
        const at::Tensor a = random(count, side, side);
        place->second = least([&] { (void)orthogonalFactor(a); });
    }
    return place->second;
}

double StepFloor::rotation(const FloorBatch& batch, at::ScalarType type) {
    return (batch.hasLeft ? leftProduct(batch, type) : 0.0) +
           (batch.hasRight ? rightProduct(batch, type) : 0.0);
}

double StepFloor::rotationFlops(const FloorBatch& batch) {
    const auto rows = static_cast<double>(batch.rows);
    const auto cols = static_cast<double>(batch.cols);
    const double sides = (batch.hasLeft ? rows : 0.0) + (batch.hasRight ? cols : 0.0);
    return 2.0 * static_cast<double>(batch.count) * rows * cols * sides;
}

PhaseTimes StepFloor::preconditioned(const FloorBatch& batch, Preconditioner how,
                                     std::int64_t refreshPeriod) {
    PhaseTimes times{};
    const double flops = rotationFlops(batch);
    if (!(flops > 0.0)) {
        return times;
    }
    const double turn = rotation(batch, at::kFloat);
    in(times, Phase::Gram) = 0.5 * turn;
    in(times, Phase::Project) = turn;
    double refresh = 0.0;
    for (const auto& [isThere, side] :
         {std::pair{batch.hasLeft, batch.rows}, std::pair{batch.hasRight, batch.cols}}) {
        if (isThere) {
            const auto d = static_cast<double>(side);
            refresh += qr(batch.count, side) +
                       turn * static_cast<double>(batch.count) * 2.0 * d * d * d / flops;
        }
    }
    if (how == Preconditioner::Bases) {
        in(times, Phase::ProjectBack) = turn;
        refresh += turn;
    }
    in(times, Phase::Refresh) = refresh / static_cast<double>(refreshPeriod);
    return times;
}

PhaseTimes StepFloor::orthogonalised(const FloorBatch& batch, at::ScalarType products) {
    PhaseTimes times{};
    const auto a = static_cast<double>(std::min(batch.rows, batch.cols));
    const auto b = static_cast<double>(std::max(batch.rows, batch.cols));
    const double work = static_cast<double>(batch.count) * (20.0 * a * a * b + 10.0 * a * a * a);
    in(times, Phase::Orthogonalise) = rotation(batch, products) * work / rotationFlops(batch);
    return times;
}

PhaseTimes StepFloor::elementwise(std::int64_t numbers, int passes) {
    PhaseTimes times{};
    if (numbers == 0) {
        return times;
    }
    const auto [place, isNew] = copies_.try_emplace(numbers, 0.0);
    if (isNew) {
        const at::Tensor from = at::ones({numbers}, at::TensorOptions(at::kFloat).device(device_));
        const at::Tensor to = at::zeros_like(from);
        place->second = least([&] { to.copy_(from); }); // two passes
    }
    in(times, Phase::Elementwise) = place->second * passes / 2.0;
    return times;
}

} // namespace psephos::optim::engine
