// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/optimizer.hpp"

#include "optim/engine/adafactor.hpp"
#include "optim/engine/blocked.hpp"
#include "optim/engine/elementwise.hpp"
#include "optim/engine/group.hpp"
#include "optim/engine/matrix_groups.hpp"
#include "optim/engine/schedule_free.hpp"
#include "tensor/boundary.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <map>
#include <numeric>
#include <tuple>

namespace psephos::optim::engine {

namespace {

using tensor::Parameter;
using tensor::ParameterRole;

/// The kinds of group; with the shape (where it is batched) they tell which parameters go together.
enum class GroupKind { Main, Blocked, VectorRule, Auxiliary };

bool isMatrix(const Parameter& parameter) {
    const Shape shape = shapeOf(parameter.value);
    return parameterClass(shape.rows, shape.cols) == ParameterClass::Matrix;
}

/// Whether a matrix method leaves this parameter to the auxiliary AdamW.
bool isForAuxiliary(const Parameter& parameter) {
    return parameter.role != ParameterRole::Hidden || !isMatrix(parameter);
}

/// What is not a matrix method takes every parameter.
template <typename Config>
GroupKind kindOf(const Config&, const Parameter&, const Routing&) {
    return GroupKind::Main;
}

GroupKind kindOf(const ShampooConfig& config, const Parameter& parameter, const Routing& routing) {
    if (routing.auxiliary && isForAuxiliary(parameter)) {
        return GroupKind::Auxiliary;
    }
    const Shape shape = shapeOf(parameter.value);
    const bool isSplit = isMatrix(parameter) && isBlocked(config, static_cast<long>(shape.rows),
                                                          static_cast<long>(shape.cols));
    return isSplit                               ? GroupKind::Blocked
           : shampooPreconditions(config, shape) ? GroupKind::Main
                                                 : GroupKind::VectorRule;
}

GroupKind kindOf(const SoapConfig&, const Parameter& parameter, const Routing& routing) {
    return routing.auxiliary && isForAuxiliary(parameter) ? GroupKind::Auxiliary : GroupKind::Main;
}

GroupKind kindOf(const MuonConfig& config, const Parameter& parameter, const Routing&) {
    if (parameter.role == ParameterRole::Hidden &&
        (isMatrix(parameter) || config.orthogonalize1d)) {
        return GroupKind::Main;
    }
    return GroupKind::Auxiliary;
}

std::unique_ptr<Group> makeMain(const OptimizerConfig& config) {
    struct Make {
        std::unique_ptr<Group> operator()(const SgdConfig& c) const {
            return std::make_unique<SgdGroup>(c);
        }

        std::unique_ptr<Group> operator()(const AdamConfig& c) const {
            return std::make_unique<AdamGroup>(c, Group::Rate::Main);
        }

        std::unique_ptr<Group> operator()(const ShampooConfig& c) const {
            return std::make_unique<ShampooGroup>(c);
        }

        std::unique_ptr<Group> operator()(const SoapConfig& c) const {
            return std::make_unique<SoapGroup>(c);
        }

        std::unique_ptr<Group> operator()(const MuonConfig& c) const {
            return std::make_unique<MuonGroup>(c);
        }

        std::unique_ptr<Group> operator()(const LionConfig& c) const {
            return std::make_unique<LionGroup>(c);
        }

        std::unique_ptr<Group> operator()(const AdafactorConfig& c) const {
            return std::make_unique<AdafactorGroup>(c);
        }

        std::unique_ptr<Group> operator()(const FactoredAdamConfig& c) const {
            return std::make_unique<FactoredAdamGroup>(c);
        }

        std::unique_ptr<Group> operator()(const ScheduleFreeConfig& c) const {
            return std::make_unique<ScheduleFreeGroup>(c);
        }
    };

    return std::visit(Make{}, config);
}

std::optional<AdamConfig> auxiliaryOf(const OptimizerConfig& config, const Routing& routing) {
    if (const auto* muon = std::get_if<MuonConfig>(&config)) {
        return muon->aux;
    }
    return routing.auxiliary;
}

std::unique_ptr<Group> makeGroup(GroupKind kind, const OptimizerConfig& config,
                                 const Routing& routing) {
    switch (kind) {
    case GroupKind::Main:
        return makeMain(config);
    case GroupKind::Blocked:
        return std::make_unique<BlockedGroup>(std::get<ShampooConfig>(config));
    case GroupKind::VectorRule:
        return std::make_unique<AdamGroup>(vectorRule(std::get<ShampooConfig>(config)),
                                           Group::Rate::Main);
    case GroupKind::Auxiliary:
        break;
    }
    return std::make_unique<AdamGroup>(auxiliaryOf(config, routing).value(),
                                       Group::Rate::Auxiliary);
}

Cost costOf(GroupKind kind, const OptimizerConfig& config, const Routing& routing,
            const Shape& shape) {
    const auto rows = static_cast<long>(shape.rows);
    const auto cols = static_cast<long>(shape.cols);
    return kind == GroupKind::Auxiliary
               ? optim::costOf(auxiliaryOf(config, routing).value(), rows, cols)
               : optim::costOf(config, rows, cols);
}

bool isBatched(GroupKind kind, const OptimizerConfig& config) {
    const bool isElementwise = std::holds_alternative<SgdConfig>(config) ||
                               std::holds_alternative<AdamConfig>(config) ||
                               std::holds_alternative<LionConfig>(config);
    return kind == GroupKind::Blocked || (kind == GroupKind::Main && !isElementwise);
}

lab::Result<void> check(const OptimizerConfig& config, std::span<const Parameter> parameters,
                        const Routing& routing) {
    if (auto valid = validate(config); !valid) {
        return valid;
    }
    if (routing.auxiliary) {
        if (auto valid = validate(*routing.auxiliary); !valid) {
            return valid;
        }
    }
    if (parameters.empty()) {
        return lab::Error{"there are no parameters to optimize", "", ""};
    }
    const at::Tensor& first = parameters.front().value;
    for (const Parameter& parameter : parameters) {
        const at::Tensor& value = parameter.value;
        const bool isFloat =
            value.scalar_type() == at::kFloat || value.scalar_type() == at::kDouble;
        if (!isFloat || value.scalar_type() != first.scalar_type() ||
            value.device() != first.device() || value.numel() == 0) {
            return lab::Error{"parameter '" + parameter.name +
                                  "': expected float32 or float64 numbers, at least one, all "
                                  "parameters of one type on one device",
                              "", ""};
        }
    }
    return {};
}

/// √(Σ norms²) of float64 scalars, with one transfer from the device.
double total(const std::vector<at::Tensor>& norms) {
    if (norms.empty()) {
        return 0.0;
    }
    return at::linalg_vector_norm(at::stack(norms)).item<double>();
}

} // namespace

Optimizer::Optimizer() = default;
Optimizer::~Optimizer() = default;

lab::Result<std::unique_ptr<Optimizer>> Optimizer::make(const OptimizerConfig& config,
                                                        std::span<const Parameter> parameters,
                                                        const Routing& routing) {
    if (auto good = check(config, parameters, routing); !good) {
        return good.error();
    }
    return tensor::guarded("making the optimizer", [&]() {
        std::unique_ptr<Optimizer> made(new Optimizer);
        std::map<std::pair<GroupKind, Shape>, std::size_t> known;
        for (const Parameter& parameter : parameters) {
            const GroupKind kind =
                std::visit([&](const auto& c) { return kindOf(c, parameter, routing); }, config);
            const Shape shape = isBatched(kind, config) ? shapeOf(parameter.value) : Shape{};
            const auto [place, isNew] = known.try_emplace({kind, shape}, made->groups_.size());
            if (isNew) {
                made->groups_.push_back(makeGroup(kind, config, routing));
            }
            const std::size_t member = made->groups_[place->second]->add(parameter);
            made->places_.push_back({place->second, member});
            made->shapes_.push_back(parameter.value.sizes().vec());
            made->cost_ = made->cost_ + costOf(kind, config, routing, shapeOf(parameter.value));
        }
        for (const auto& group : made->groups_) {
            group->assemble();
        }
        made->device_ = parameters.front().value.device();
        return made;
    });
}

Rates Optimizer::rates(const OptimizerConfig& config, const Routing& routing,
                       double scheduleFactor) {
    const double main = std::visit([](const auto& c) { return c.learningRate; }, config);
    const auto auxiliary = auxiliaryOf(config, routing);
    return {main * scheduleFactor, (auxiliary ? auxiliary->learningRate : main) * scheduleFactor};
}

lab::Result<StepReport> Optimizer::step(std::span<const at::Tensor> gradients, Rates rates,
                                        PhaseTiming timing) {
    if (gradients.size() != places_.size()) {
        return lab::Error{"step: " + std::to_string(gradients.size()) + " gradients for " +
                              std::to_string(places_.size()) + " parameters",
                          "", ""};
    }
    for (std::size_t i = 0; i < gradients.size(); ++i) {
        if (gradients[i].defined() && gradients[i].sizes() != at::IntArrayRef(shapes_[i])) {
            return lab::Error{"step: gradient " + std::to_string(i) +
                                  " has not the shape of its parameter",
                              "", ""};
        }
    }
    return tensor::guarded("the optimizer's step", [&]() {
        const at::NoGradGuard noGradient;
        GroupReport told{.clock = PhaseClock(device_, timing == PhaseTiming::Device)};
        StepReport report;
        std::vector<at::Tensor> norms;
        for (const auto& group : groups_) {
            group->startGathering();
        }
        for (std::size_t i = 0; i < gradients.size(); ++i) {
            if (gradients[i].defined()) {
                groups_[places_[i].group]->gather(places_[i].member, gradients[i]);
            }
        }
        bool isFinite = true;
        for (const auto& group : groups_) {
            group->finishGathering();
            group->gradientNorms(norms);
        }
        report.gradientNorm = total(norms);
        if (!std::isfinite(report.gradientNorm)) { // overflow alone is no reason to skip
            for (const auto& group : groups_) {
                isFinite = isFinite && group->gradientsAreFinite();
            }
        }
        if (!isFinite) {
            report.skippedNonfinite = true;
        } else {
            norms.clear();
            for (const auto& group : groups_) {
                group->step(group->rate() == Group::Rate::Main ? rates.main : rates.auxiliary, told,
                            norms);
            }
            report.updateNorm = total(norms);
            report.refreshed = told.refreshed;
            report.refreshFailed = told.refreshFailed;
            report.refreshResidual = told.refreshResidual;
        }
        report.phases = told.clock.stop();
        report.milliseconds = std::accumulate(report.phases.begin(), report.phases.end(), 0.0);
        return report;
    });
}

std::optional<at::Tensor> Optimizer::state(std::size_t parameter, std::string_view name) const {
    const Place& place = places_.at(parameter);
    return groups_[place.group]->state(place.member, name);
}

Insight Optimizer::insight(std::size_t parameter) const {
    const Place& place = places_.at(parameter);
    return groups_[place.group]->insight(place.member);
}

MemoryUse Optimizer::memory() const {
    MemoryUse use;
    for (const auto& group : groups_) {
        group->addMemory(use);
    }
    return use;
}

std::string Optimizer::layout() const {
    std::string text;
    for (const auto& group : groups_) {
        text += group->layout() + "\n";
    }
    return text;
}

std::size_t Optimizer::stateBytes() const {
    std::size_t bytes = 0;
    for (const auto& group : groups_) {
        bytes += group->stateBytes();
    }
    return bytes;
}

void Optimizer::save(tensor::Archive& archive) const {
    archive.set("optimizer/layout", layout());
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        groups_[i]->save(archive, "optimizer/" + std::to_string(i) + "/");
    }
}

lab::Result<bool> Optimizer::restore(const tensor::Archive& archive) {
    const auto saved = archive.text("optimizer/layout");
    if (!saved) {
        return saved.error();
    }
    if (*saved != layout()) {
        return false;
    }
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        if (auto done = groups_[i]->restore(archive, "optimizer/" + std::to_string(i) + "/");
            !done) {
            return done.error();
        }
    }
    return true;
}

EvaluationScope::EvaluationScope(const Optimizer& optimizer)
    : optimizer_(optimizer) {
    for (const auto& group : optimizer_.groups_) {
        group->enterEvaluation();
    }
}

EvaluationScope::~EvaluationScope() {
    for (const auto& group : optimizer_.groups_) {
        group->leaveEvaluation();
    }
}

} // namespace psephos::optim::engine
