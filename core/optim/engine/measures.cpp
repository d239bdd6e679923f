// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/measures.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

namespace psephos::optim::engine {

namespace {

double frobenius(const at::Tensor& tensor) {
    return at::linalg_vector_norm(tensor, 2, std::nullopt, false, at::kDouble).item<double>();
}

std::vector<double> numbersOf(const at::Tensor& tensor) {
    const at::Tensor flat = tensor.to(at::kCPU, at::kDouble).contiguous();
    const double* data = flat.data_ptr<double>();
    return {data, data + flat.numel()};
}

bool isFinite(const at::Tensor& tensor) {
    return at::isfinite(tensor).all().item<bool>();
}

/// Sums of groups of neighbouring rows [m,n] → [groups,n].
at::Tensor gathered(const at::Tensor& a, const std::vector<std::int64_t>& starts) {
    std::vector<at::Tensor> sums;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        const std::int64_t end = i + 1 < starts.size() ? starts[i + 1] : a.size(0);
        sums.push_back(a.narrow(0, starts[i], end - starts[i]).sum(0));
    }
    return at::stack(sums);
}

} // namespace

double offDiagonalResidual(const at::Tensor& a, const at::Tensor& basis) {
    const at::NoGradGuard noGradient;
    const at::Tensor q = basis.to(a.scalar_type());
    at::Tensor b = at::mm(at::mm(q.t(), a), q);
    const double whole = frobenius(b);
    b.diagonal().zero_();
    return whole > 0.0 ? frobenius(b) / whole : 0.0;
}

std::optional<at::Tensor> eigenvectorsOf(const at::Tensor& a) {
    const at::NoGradGuard noGradient;
    if (!isFinite(a)) { // LAPACK need not come back from these
        return std::nullopt;
    }
    for (const at::ScalarType type : {a.scalar_type(), at::kDouble}) {
        try {
            return std::get<1>(at::linalg_eigh(a.to(type)));
        } catch (const c10::LinAlgError&) { // more digits may help
        }
    }
    return std::nullopt;
}

std::vector<std::int64_t> turnStarts(std::int64_t directions, std::int64_t most) {
    const std::int64_t cells = std::min(directions, most);
    std::vector<std::int64_t> starts;
    for (std::int64_t i = 0; i < cells; ++i) {
        starts.push_back(directions * i / cells);
    }
    return starts;
}

std::vector<double> turnOf(const at::Tensor& before, const at::Tensor& after, std::int64_t most) {
    const at::NoGradGuard noGradient;
    const std::int64_t directions = before.size(1);
    const std::vector<std::int64_t> starts = turnStarts(directions, most);
    const at::Tensor shares = at::mm(before.t(), after.to(before.scalar_type())).square_();
    const at::Tensor cells = gathered(gathered(shares, starts).t(), starts).t();
    std::vector<double> turn = numbersOf(cells);
    const auto count = static_cast<std::int64_t>(starts.size());
    for (std::int64_t column = 0; column < count; ++column) {
        const auto at = static_cast<std::size_t>(column);
        const std::int64_t end = column + 1 < count ? starts[at + 1] : directions;
        const auto width = static_cast<double>(end - starts[at]);
        for (std::size_t row = 0; row < starts.size(); ++row) {
            double& cell = turn[row * starts.size() + at];
            cell = std::sqrt(std::max(cell, 0.0) / width);
        }
    }
    return turn;
}

std::vector<double> relativeSpectrum(const at::Tensor& matrix) {
    const at::NoGradGuard noGradient;
    const at::Tensor wide = matrix.to(at::kDouble);
    const double size = frobenius(wide);
    if (!(size > 0.0) || !std::isfinite(size)) {
        return {};
    }
    const at::Tensor one = wide / size;
    const at::Tensor gram =
        one.size(0) <= one.size(1) ? at::mm(one, one.t()) : at::mm(one.t(), one);
    try {
        const at::Tensor squares = at::linalg_eigvalsh(gram).flip(0).clamp_min_(0.0);
        const auto count = static_cast<double>(squares.size(0));
        return numbersOf(squares.sqrt_().mul_(std::sqrt(count)));
    } catch (const c10::LinAlgError&) {
        return {};
    }
}

double rankOneResidual(const at::Tensor& v) {
    const at::NoGradGuard noGradient;
    const at::Tensor wide = v.to(at::kDouble);
    const double whole = frobenius(wide);
    if (!(whole > 0.0)) {
        return 0.0;
    }
    const at::Tensor rows = wide.sum(1, /*keepdim=*/true);
    const at::Tensor columns = wide.sum(0, /*keepdim=*/true);
    return frobenius(wide - rows * (columns / rows.sum())) / whole;
}

} // namespace psephos::optim::engine
