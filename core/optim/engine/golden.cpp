// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/golden.hpp"

#include "optim/engine/optimizer.hpp"
#include "tensor/boundary.hpp"
#include "tensor/device.hpp"

#include <ATen/ATen.h>

#include <memory>
#include <utility>

namespace psephos::optim::engine {

namespace {

using textbook::Matrix;

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

at::Tensor toTensor(const Matrix& matrix, at::TensorOptions options) {
    const RowMajor rows = matrix;
    const at::Tensor wide = at::empty({matrix.rows(), matrix.cols()}, at::kDouble);
    std::copy_n(rows.data(), rows.size(), wide.data_ptr<double>());
    return wide.to(options);
}

Matrix toMatrix(const at::Tensor& tensor) {
    const at::Tensor plain = tensor.detach().to(at::kCPU, at::kDouble).contiguous();
    const bool isMatrix = plain.dim() == 2;
    const Eigen::Index rows = isMatrix ? plain.size(0) : plain.numel();
    return Eigen::Map<const RowMajor>(plain.data_ptr<double>(), rows, isMatrix ? plain.size(1) : 1);
}

class Stepper final : public textbook::GoldenStepper {
  public:
    Stepper(const OptimizerConfig& config, tensor::Parameter parameter,
            std::unique_ptr<Optimizer> optimizer)
        : rates_(Optimizer::rates(config))
        , parameter_(std::move(parameter))
        , optimizer_(std::move(optimizer)) {}

    lab::Result<void> step(const Matrix& gradient) override {
        const auto made = tensor::guarded("copying the gradient", [&] {
            return toTensor(gradient, parameter_.value.options().requires_grad(false));
        });
        if (!made) {
            return made.error();
        }
        const auto report = optimizer_->step(std::span(&*made, 1), rates_);
        return report ? lab::Result<void>() : report.error();
    }

    [[nodiscard]] Matrix parameter() const override { return toMatrix(parameter_.value); }

    [[nodiscard]] std::optional<Matrix> state(std::string_view name) const override {
        const auto found = optimizer_->state(0, name);
        return found ? std::optional(toMatrix(*found)) : std::nullopt;
    }

  private:
    Rates rates_;
    tensor::Parameter parameter_;
    std::unique_ptr<Optimizer> optimizer_;
};

lab::Result<std::unique_ptr<textbook::GoldenStepper>>
makeStepper(const OptimizerConfig& config, const Matrix& start, at::TensorOptions options) {
    return tensor::guarded(
        "the golden case", [&]() -> lab::Result<std::unique_ptr<textbook::GoldenStepper>> {
            tensor::Parameter parameter{"W", toTensor(start, options),
                                        tensor::ParameterRole::Hidden};
            auto optimizer = Optimizer::make(config, std::span(&parameter, 1));
            if (!optimizer) {
                return optimizer.error();
            }
            return std::unique_ptr<textbook::GoldenStepper>(
                std::make_unique<Stepper>(config, std::move(parameter), std::move(*optimizer)));
        });
}

lab::Result<void> check(const lab::CheckOptions& options, std::vector<lab::CheckRow>& rows) {
    lab::Json document = options.golden;
    std::string name = options.goldenName;
    if (document.is_null()) {
        auto embedded = textbook::embeddedGolden();
        if (!embedded) {
            return embedded.error();
        }
        document = std::move(*embedded);
        name = "optim.json";
    }
    if (const auto device = tensor::openDevice(options.device); !device) {
        return device.error();
    }
    for (const std::string precision : {"float64", "float32"}) {
        const std::size_t before = rows.size();
        if (auto done = textbook::checkGolden(document, name,
                                              goldenTarget(precision, options.device), rows);
            !done) {
            return done;
        }
        for (std::size_t i = before; precision == "float32" && i < rows.size(); ++i) {
            rows[i].quantity += " (float32)";
        }
    }
    return {};
}

} // namespace

textbook::GoldenTarget goldenTarget(const std::string& precision, const std::string& device) {
    textbook::GoldenTarget target;
    target.implementation = "engine";
    target.device = device;
    target.precision = precision;
    const at::ScalarType type = precision == "float32" ? at::kFloat : at::kDouble;
    target.make = [type, device](const OptimizerConfig& config, const Matrix& start)
        -> lab::Result<std::unique_ptr<textbook::GoldenStepper>> {
        const auto opened = tensor::openDevice(device);
        if (!opened) {
            return opened.error();
        }
        return makeStepper(config, start, at::TensorOptions(type).device(*opened));
    };
    return target;
}

void registerChecks(lab::CheckRegistry& registry) {
    registry.add(
        lab::Check{"optim", "golden cases on the engine", true, check, textbook::goldenSections()});
}

} // namespace psephos::optim::engine
