// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/claims/trainer.hpp"

#include "datasets/shared.hpp"
#include "experiments/optim/claims/knobs.hpp"
#include "tasks/char_lm.hpp"
#include "tasks/classifier.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

namespace psephos::experiments::claims {

namespace {

using optim::engine::Optimizer;
using optim::engine::Routing;

/// After so many unusable gradients in a row a training is given up.
constexpr std::int64_t kMostSkips = 3;

lab::Result<std::unique_ptr<tasks::Task>> makeTask(const lab::KnobValues& values,
                                                   const TrainerSetup& setup) {
    const tasks::TaskOptions options{setup.seed, setup.device};
    const std::int64_t width = values.integer("width");
    if (setup.material.series != nullptr) {
        tasks::ClassifierConfig config;
        config.hidden = {width, width};
        config.batch = setup.cell.batch;
        return tasks::makeClassifier(config, setup.material.series, options);
    }
    tasks::CharLmConfig config;
    config.layers = 1;
    config.width = width;
    config.heads = 2;
    config.context = kContext;
    config.batch = setup.cell.batch;
    if (auto fits = tasks::validate(config, *setup.material.text); !fits) {
        return fits.error();
    }
    return tasks::makeCharLm(config, setup.material.text, options);
}

} // namespace

lab::Result<Material> materialOf(const std::string& task) {
    if (task == "mnist1d") {
        return Material{datasets::sharedSeriesDigits(), nullptr};
    }
    const auto text = datasets::sharedText({});
    if (!text) {
        return text.error();
    }
    return Material{nullptr, *text};
}

lab::Result<std::unique_ptr<Trainer>> Trainer::make(const lab::KnobValues& values,
                                                    const TrainerSetup& setup) {
    auto task = makeTask(values, setup);
    if (!task) {
        return task.error();
    }
    std::unique_ptr<Trainer> trainer(new Trainer);
    trainer->task_ = std::move(*task);
    auto optimizer = Optimizer::make(configOf(values, setup.cell.arm, setup.cell.refreshPeriod),
                                     trainer->task_->parameters(), Routing{auxiliaryOf()});
    if (!optimizer) {
        return optimizer.error();
    }
    trainer->optimizer_ = std::move(*optimizer);
    trainer->learningRate_ = setup.learningRate;
    trainer->schedule_ = {tasks::ScheduleKind::Cosine, setup.cell.steps, warmupOf(setup.cell.steps),
                          0.0};
    return trainer;
}

lab::Result<void> Trainer::step() {
    ++step_;
    task_->draw(step_);
    const auto begin = std::chrono::steady_clock::now();
    const double loss = task_->gradient(gradients_);
    if (!std::isfinite(loss)) {
        hasDiverged_ = true;
        return {};
    }
    const double rate = learningRate_ * schedule_.factor(step_);
    const auto report = optimizer_->step(gradients_, {rate, rate});
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (!report) {
        return report.error();
    }
    skippedInARow_ = report->skippedNonfinite ? skippedInARow_ + 1 : 0;
    hasDiverged_ = skippedInARow_ >= kMostSkips;
    return {};
}

double Trainer::heldOutLoss() {
    const double loss =
        hasDiverged_ ? std::numeric_limits<double>::infinity() : task_->evaluate().loss;
    return std::isfinite(loss) ? loss : std::numeric_limits<double>::infinity();
}

void Trainer::save(tensor::Archive& archive) const {
    archive.set("trainer/step", step_);
    archive.set("trainer/skipped_in_a_row", skippedInARow_);
    archive.set("trainer/has_diverged", static_cast<std::int64_t>(hasDiverged_));
    archive.set("trainer/seconds", seconds_);
    task_->save(archive);
    optimizer_->save(archive);
}

lab::Result<void> Trainer::restore(const tensor::Archive& archive) {
    const auto step = archive.integer("trainer/step");
    const auto skipped = archive.integer("trainer/skipped_in_a_row");
    const auto diverged = archive.integer("trainer/has_diverged");
    const auto seconds = archive.real("trainer/seconds");
    if (!step || !skipped || !diverged || !seconds) {
        return lab::Error{"the checkpoint does not say how far its training was",
                          "go on from an earlier one", ""};
    }
    if (auto restored = task_->restore(archive); !restored) {
        return restored;
    }
    const auto taken = optimizer_->restore(archive);
    if (!taken) {
        return taken.error();
    }
    if (!*taken) {
        return lab::Error{"the checkpoint holds another optimizer's state",
                          "go on from an earlier one", ""};
    }
    step_ = *step;
    skippedInARow_ = *skipped;
    hasDiverged_ = *diverged != 0;
    seconds_ = *seconds;
    return {};
}

} // namespace psephos::experiments::claims
