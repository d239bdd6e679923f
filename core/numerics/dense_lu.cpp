// SPDX-License-Identifier: GPL-3.0-or-later
#include "numerics/dense_lu.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace psephos::numerics {

namespace {

namespace baseline {
constexpr long kLanes = 2;
constexpr long kRowVectors = 2;
constexpr long kColumns = 4;
#include "numerics/dense_lu_kernel.ipp"
} // namespace baseline

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,fma")

namespace avx2 {
constexpr long kLanes = 4;
constexpr long kRowVectors = 2;
constexpr long kColumns = 6;
#include "numerics/dense_lu_kernel.ipp"
} // namespace avx2

#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512vl,avx512dq,avx2,fma,prefer-vector-width=512")

namespace avx512 {
constexpr long kLanes = 8;
constexpr long kRowVectors = 3;
constexpr long kColumns = 8;
#include "numerics/dense_lu_kernel.ipp"
} // namespace avx512

#pragma GCC pop_options
#endif

constexpr long kSlack = 32; // numbers that a tile may read behind the last row

using Factorize = void (*)(long rows, long columns, double* a, long stride, long* pivots);

/// What this processor has.
Instructions present() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") == 0 || __builtin_cpu_supports("fma") == 0) {
        return Instructions::Baseline;
    }
    const bool has512 = __builtin_cpu_supports("avx512f") != 0 &&
                        __builtin_cpu_supports("avx512vl") != 0 &&
                        __builtin_cpu_supports("avx512dq") != 0;
    return has512 ? Instructions::Avx512 : Instructions::Avx2;
#else
    return Instructions::Baseline;
#endif
}

Factorize fastest(Instructions most) {
    static const Instructions kPresent = present();
#if defined(__x86_64__)
    switch (std::min(most, kPresent)) {
    case Instructions::Avx512:
        return avx512::factorize;
    case Instructions::Avx2:
        return avx2::factorize;
    case Instructions::Baseline:
        break;
    }
#endif
    return baseline::factorize;
}

} // namespace

DenseLu::DenseLu(Instructions most)
    : most_(most) {}

Eigen::Map<Eigen::MatrixXd, 0, Eigen::OuterStride<>> DenseLu::matrix(Eigen::Index n) {
    size_ = n;
    // Not a multiple of a large power of 2, whose columns would share few lines of the cache.
    stride_ = (n + 7) / 8 * 8;
    stride_ += stride_ % 128 == 0 ? 8 : 0;
    values_.resize(static_cast<std::size_t>(stride_ * n + kSlack));
    pivots_.resize(static_cast<std::size_t>(n));
    return {values_.data(), n, n, Eigen::OuterStride<>(stride_)};
}

void DenseLu::factorize() {
    fastest(most_)(size_, size_, values_.data(), stride_, pivots_.data());
}

Eigen::VectorXd DenseLu::solve(const Eigen::VectorXd& right) const {
    Eigen::VectorXd x = right;
    for (Eigen::Index k = 0; k < size_; ++k) {
        std::swap(x[k], x[pivots_[static_cast<std::size_t>(k)]]);
    }
    const Eigen::Map<const Eigen::MatrixXd, 0, Eigen::OuterStride<>> lu(
        values_.data(), size_, size_, Eigen::OuterStride<>(stride_));
    lu.triangularView<Eigen::UnitLower>().solveInPlace(x);
    lu.triangularView<Eigen::Upper>().solveInPlace(x);
    return x;
}

double DenseLu::pivotRatio() const {
    double least = HUGE_VAL;
    double greatest = 0.0;
    for (Eigen::Index k = 0; k < size_; ++k) {
        const double pivot = std::abs(values_[static_cast<std::size_t>(k * stride_ + k)]);
        if (!std::isfinite(pivot)) {
            return 0.0;
        }
        least = std::min(least, pivot);
        greatest = std::max(greatest, pivot);
    }
    return greatest > 0.0 ? least / greatest : 0.0;
}

} // namespace psephos::numerics
