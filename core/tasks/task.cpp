// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/task.hpp"

#include "numerics/random.hpp"
#include "tensor/random.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

namespace psephos::tasks {

double Task::gradient(std::vector<at::Tensor>& gradients) {
    const at::AutoGradMode withGradient(true);
    std::vector<at::Tensor> values;
    values.reserve(parameters_.size());
    for (const tensor::Parameter& parameter : parameters_) {
        values.push_back(parameter.value);
    }
    const at::Tensor mean = loss();
    gradients = torch::autograd::grad({mean}, values);
    return mean.item<double>();
}

std::int64_t Task::parameterCount() const {
    std::int64_t count = 0;
    for (const tensor::Parameter& parameter : parameters_) {
        count += parameter.value.numel();
    }
    return count;
}

void Task::save(tensor::Archive& archive) const {
    for (const tensor::Parameter& parameter : parameters_) {
        archive.set("model/" + parameter.name, parameter.value);
    }
}

lab::Result<void> Task::restore(const tensor::Archive& archive) {
    for (tensor::Parameter& parameter : parameters_) {
        if (auto copied = archive.copyInto("model/" + parameter.name, parameter.value); !copied) {
            return copied;
        }
    }
    return {};
}

at::Tensor Task::add(const std::string& name, at::Tensor value, tensor::ParameterRole role) {
    value.set_requires_grad(true);
    parameters_.push_back({name, value, role});
    return value;
}

at::Tensor Task::addNormal(const std::string& name, std::vector<std::int64_t> shape,
                           double deviation, tensor::ParameterRole role) {
    const numerics::RandomStream stream(options_.seed, "init/" + name);
    return add(name, tensor::normal(shape, deviation, stream, at::kFloat, options_.device), role);
}

at::Tensor Task::addVector(const std::string& name, std::int64_t size, double value) {
    const auto options = at::TensorOptions(at::kFloat).device(options_.device);
    return add(name, at::full({size}, value, options), tensor::ParameterRole::Vector);
}

} // namespace psephos::tasks
