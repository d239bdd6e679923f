// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/device_pass.hpp"

#include "gpu/cuda_kernels.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

namespace psephos::optim::engine {

namespace {

/// LibTorch computes on the default stream: nobody here asks it for another.
constexpr gpu::cuda::Stream kStream = nullptr;

/// LibTorch loads its linear algebra when it is first called, and with it the cuSOLVER that it was
/// built for, from where nobody else looks.
void loadLinearAlgebra(const at::TensorOptions& options) {
    static const bool isLoaded = [&options] {
        static_cast<void>(at::linalg_cholesky_ex(at::ones({1, 1}, options)));
        return true;
    }();
    static_cast<void>(isLoaded);
}

const gpu::cuda::Kernels& kernels() {
    static const gpu::cuda::Kernels* const found = *gpu::cuda::kernels();
    return *found;
}

} // namespace

bool hasDevicePass(const at::Tensor& tensor) {
    return tensor.is_cuda() && tensor.device().index() <= 0 && tensor.is_contiguous() &&
           (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kDouble) &&
           gpu::cuda::kernels().ok();
}

void adamPassOnDevice(const gpu::AdamPass& pass, const at::Tensor& gradient, const at::Tensor& m,
                      const at::Tensor& v, const at::Tensor& direction) {
    const auto count = static_cast<std::size_t>(gradient.numel());
    const auto launch = [&](auto kernel, auto zero) {
        using Scalar = decltype(zero);
        return kernel(pass, count, gradient.const_data_ptr<Scalar>(), m.mutable_data_ptr<Scalar>(),
                      v.mutable_data_ptr<Scalar>(), direction.mutable_data_ptr<Scalar>(), kStream);
    };
    const char* const why = gradient.scalar_type() == at::kFloat
                                ? launch(kernels().adamPassFloat, 0.0F)
                                : launch(kernels().adamPassDouble, 0.0);
    TORCH_CHECK(why == nullptr, "the fused pass of Adam's moments: ", why);
}

std::optional<std::tuple<at::Tensor, at::Tensor>> eighOnDevice(const at::Tensor& a) {
    loadLinearAlgebra(a.options());
    const std::int64_t count = a.size(0);
    const std::int64_t d = a.size(1);
    const at::Tensor rows = a.clone(); // vector after vector, when it is done
    const at::Tensor values = at::empty({count, d}, a.options());
    std::vector<int> failures(static_cast<std::size_t>(count));
    const char* const why =
        a.scalar_type() == at::kFloat
            ? kernels().eighBatchFloat(d, count, rows.mutable_data_ptr<float>(),
                                       values.mutable_data_ptr<float>(), failures.data(), kStream)
            : kernels().eighBatchDouble(d, count, rows.mutable_data_ptr<double>(),
                                        values.mutable_data_ptr<double>(), failures.data(),
                                        kStream);
    const bool isGood = why == nullptr && std::all_of(failures.begin(), failures.end(),
                                                      [](int failure) { return failure == 0; });
    if (!isGood) {
        return std::nullopt;
    }
    return std::tuple{values, rows.transpose(1, 2)};
}

} // namespace psephos::optim::engine
