// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/train/watcher.hpp"

#include "lab/text.hpp"
#include "optim/engine/measures.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <utility>

namespace psephos::experiments::train {

namespace {

using optim::engine::SideInsight;

/// A heat map of so many cells a side still reads.
constexpr std::int64_t kMostCells = 32;
const std::array<std::string, 2> kTurnChannels{"basis/left", "basis/right"};
const std::array<std::string, 2> kResidualChannels{"residual/left", "residual/right"};

std::pair<std::int64_t, std::int64_t> sidesOf(const at::Tensor& value) {
    const std::int64_t rows = value.dim() > 0 ? value.size(0) : 1;
    return {rows, value.numel() / rows};
}

bool isMatrix(const tensor::Parameter& parameter) {
    const auto [rows, cols] = sidesOf(parameter.value);
    return rows > 1 && cols > 1;
}

std::array<const SideInsight*, 2> sides(const optim::engine::Insight& insight) {
    return {&insight.left, &insight.right};
}

lab::Grid turnGrid(const at::Tensor& before, const at::Tensor& after) {
    lab::Grid grid;
    for (const std::int64_t first : optim::engine::turnStarts(before.size(1), kMostCells)) {
        grid.x.at.push_back(static_cast<double>(first + 1));
    }
    grid.y = grid.x;
    grid.values = optim::engine::turnOf(before, after, kMostCells);
    return grid;
}

} // namespace

lab::Result<void> Watcher::start(const lab::KnobValues& knobs,
                                 std::span<const tensor::Parameter> parameters) {
    every_ = knobs.integer("watch_every");
    steps_ = knobs.integer("steps");
    const std::string& wanted = knobs.text("watch");
    std::vector<std::string> names;
    matrix_.reset();
    const auto rank = [&parameters](std::size_t i) { // hidden ones first, then by size
        return std::pair(parameters[i].role == tensor::ParameterRole::Hidden,
                         parameters[i].value.numel());
    };
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (!isMatrix(parameters[i])) {
            continue;
        }
        names.push_back(parameters[i].name);
        if (wanted.empty() ? !matrix_ || rank(i) > rank(*matrix_) : parameters[i].name == wanted) {
            matrix_ = i;
        }
    }
    if (!matrix_ && !wanted.empty()) {
        return lab::Error{"knob 'watch': this model has no matrix '" + wanted + "'",
                          "one of " + lab::joined(names, ", ") + ", or none for the largest",
                          "watch"};
    }
    if (matrix_) {
        device_ = parameters[*matrix_].value.device();
        const auto [rows, cols] = sidesOf(parameters[*matrix_].value);
        words_ =
            parameters[*matrix_].name + ", " + std::to_string(rows) + " × " + std::to_string(cols);
    }
    return {};
}

bool Watcher::isDue(std::int64_t step) const {
    return isOn() && (step % every_ == 0 || step == steps_);
}

const Watcher::Bases& Watcher::bases(const Insight& insight) {
    const bool ownsThem = insight.left.basis.defined() || insight.right.basis.defined();
    if (ownsThem) {
        known_ = {insight.left.basis, insight.right.basis};
    } else if (!known_[0].defined() && !known_[1].defined()) {
        for (std::size_t i = 0; i < known_.size(); ++i) {
            // A power of a matrix has the matrix' eigenvectors.
            const at::Tensor& root = sides(insight)[i]->root;
            known_[i] = root.defined() ? optim::engine::eigenvectorsOf(root).value_or(at::Tensor())
                                       : at::Tensor();
        }
    }
    return known_;
}

bool Watcher::before(std::int64_t step, const optim::engine::Optimizer& optimizer) {
    replaced_ = {};
    if (!isOn()) {
        return false;
    }
    const Insight insight = optimizer.insight(*matrix_);
    const bool hasBasis = insight.update.defined() && lastRefresh_ > 0;
    if (insight.refreshesNext && hasBasis && step >= nextTurn_) {
        replaced_ = bases(insight);
        for (at::Tensor& basis : replaced_) {
            basis = basis.defined() ? basis.clone() : basis;
        }
    }
    return insight.refreshesNext;
}

void Watcher::after(lab::RunContext& context, const optim::engine::Optimizer& optimizer,
                    const optim::engine::StepReport& report,
                    std::span<const at::Tensor> gradients) {
    if (!isOn() || report.skippedNonfinite) {
        return;
    }
    const at::NoGradGuard noGradient;
    const std::int64_t step = context.step();
    const Insight insight = optimizer.insight(*matrix_);
    if (std::exchange(isAfresh_, false)) {
        for (const std::string& channel : kTurnChannels) {
            context.emit(channel, lab::Grid());
        }
    }
    averageSquares(insight, gradients[*matrix_]);
    const bool isWhole = isDue(step);
    // Before a refresh and after it, so that the tooth of the saw is seen: seldom refreshes all,
    // frequent ones where a look falls on them.
    bool isSawtooth =
        insight.refreshesNext && (step + 1 - lastRefresh_ >= every_ || isDue(step + 1));
    if (report.refreshed && (insight.left.isThere() || insight.right.isThere())) {
        context.emit("refresh", 1.0);
        known_ = {};
        isSawtooth = isSawtooth || step - lastRefresh_ >= every_;
        lastRefresh_ = step;
        showTurn(context, insight);
    }
    if (isWhole || isSawtooth) {
        showResiduals(context, insight);
    }
    if (isWhole) {
        context.emit("watched", words_);
        const auto spectrum = optim::engine::relativeSpectrum(insight.update);
        if (!spectrum.empty()) {
            std::vector<double> numbers(spectrum.size());
            for (std::size_t i = 0; i < numbers.size(); ++i) {
                numbers[i] = static_cast<double>(i + 1);
            }
            context.emit("update/spectrum", lab::Table{{std::move(numbers), spectrum}});
        }
        showMoment(context, insight);
    }
}

void Watcher::showTurn(lab::RunContext& context, const Insight& insight) {
    if (!replaced_[0].defined() && !replaced_[1].defined()) {
        return;
    }
    const Bases& now = bases(insight);
    for (std::size_t i = 0; i < now.size(); ++i) {
        if (replaced_[i].defined() && now[i].defined()) {
            context.emit(kTurnChannels[i], turnGrid(replaced_[i], now[i]));
        }
    }
    nextTurn_ = (context.step() / every_ + 1) * every_;
}

void Watcher::showResiduals(lab::RunContext& context, const Insight& insight) {
    if (lastRefresh_ == 0) { // no basis yet
        return;
    }
    const Bases& now = bases(insight);
    for (std::size_t i = 0; i < now.size(); ++i) {
        if (now[i].defined()) {
            context.emit(kResidualChannels[i],
                         optim::engine::offDiagonalResidual(sides(insight)[i]->gram, now[i]));
        }
    }
}

void Watcher::averageSquares(const Insight& insight, const at::Tensor& gradient) {
    const bool isElsewhere = insight.isMomentTurned || insight.isMomentFactored;
    if (!isElsewhere || !(insight.momentBeta > 0.0) || !gradient.defined()) {
        squares_.reset();
        return;
    }
    const auto [rows, cols] = sidesOf(gradient);
    const at::Tensor g = gradient.reshape({rows, cols});
    if (!squares_.defined()) {
        squares_ = at::zeros_like(g);
    }
    squares_.mul_(insight.momentBeta).addcmul_(g, g, 1.0 - insight.momentBeta);
}

void Watcher::showMoment(lab::RunContext& context, const Insight& insight) {
    if (insight.secondMoment.defined()) {
        context.emit("rank1/own", optim::engine::rankOneResidual(insight.secondMoment));
    }
    if (squares_.defined()) {
        context.emit("rank1/axes", optim::engine::rankOneResidual(squares_));
    }
}

void Watcher::startAfresh() {
    isAfresh_ = true;
    lastRefresh_ = 0;
    nextTurn_ = 0;
    squares_.reset();
    known_ = {};
}

void Watcher::save(tensor::Archive& archive) const {
    archive.set("watch/what", words_);
    archive.set("watch/last_refresh", lastRefresh_);
    archive.set("watch/next_turn", nextTurn_);
    archive.set("watch/is_afresh", std::int64_t{isAfresh_ ? 1 : 0});
    if (squares_.defined()) {
        archive.set("watch/squares", squares_);
    }
}

void Watcher::restore(const tensor::Archive& archive) {
    const auto what = archive.text("watch/what");
    const auto lastRefresh = archive.integer("watch/last_refresh");
    const auto nextTurn = archive.integer("watch/next_turn");
    const auto isAfresh = archive.integer("watch/is_afresh");
    if (!what || !lastRefresh || !nextTurn || !isAfresh) {
        return; // of before there was a watcher
    }
    lastRefresh_ = *lastRefresh;
    nextTurn_ = *nextTurn;
    isAfresh_ = *isAfresh != 0;
    const auto squares = archive.tensor("watch/squares");
    if (*what == words_ && squares) {
        squares_ = squares->to(device_);
    }
}

} // namespace psephos::experiments::train
