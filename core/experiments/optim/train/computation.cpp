// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/train/computation.hpp"

#include "datasets/shared.hpp"
#include "experiments/optim/train/knobs.hpp"
#include "experiments/optim/train/train.hpp"
#include "tasks/char_lm.hpp"
#include "tasks/classifier.hpp"
#include "tasks/convolution.hpp"
#include "tasks/matrix_factorisation.hpp"
#include "tensor/boundary.hpp"
#include "tensor/device.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace psephos::experiments {

namespace train {

namespace {

using optim::engine::Optimizer;
using optim::engine::Routing;

/// After so many unusable gradients in a row a run is given up.
constexpr std::int64_t kMostSkips = 3;

class Stopwatch {
  public:
    [[nodiscard]] double milliseconds() const {
        return std::chrono::duration<double, std::milli>(Clock::now() - start_).count();
    }

  private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point start_ = Clock::now();
};

Routing routingOf(const lab::KnobValues& knobs) {
    const std::string& optimizer = knobs.text("optimizer");
    const bool isRouted = optimizer == "soap" || optimizer == "shampoo";
    return isRouted ? Routing{auxiliaryOf(knobs)} : Routing{};
}

tasks::Schedule scheduleOf(const lab::KnobValues& knobs) {
    const std::string& name = knobs.text("schedule");
    tasks::Schedule schedule;
    schedule.kind = name == "cosine"   ? tasks::ScheduleKind::Cosine
                    : name == "linear" ? tasks::ScheduleKind::Linear
                                       : tasks::ScheduleKind::Constant;
    schedule.length = knobs.integer("steps");
    schedule.warmup = knobs.integer("warmup");
    schedule.floor = knobs.real("floor");
    return schedule;
}

/// Rows of a direction's number, from 1, and its share.
lab::Table tableOf(const std::vector<double>& shares) {
    std::vector<double> numbers(shares.size());
    std::iota(numbers.begin(), numbers.end(), 1.0);
    return lab::Table{{std::move(numbers), shares}};
}

std::string fixed(double number, int digits) {
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.*f", digits, number);
    return buffer;
}

} // namespace

lab::Result<void> Training::start(lab::RunContext& context) {
    const auto off = context.offClock();
    if (auto built = build(context); !built) {
        return built;
    }
    emitCosts(context);
    return tensor::guarded("the first look at the held-out data", [&] { validate(context); });
}

lab::Result<void> Training::build(lab::RunContext& context) {
    const auto device = tensor::openDevice(context.device());
    if (!device) {
        return device.error();
    }
    device_ = *device;
    tensor::useThreads(1);
    if (auto made = makeTask(context, *device); !made) {
        return made;
    }
    useThreads(context);
    optimizerName_ = context.knobs().text("optimizer");
    auto optimizer = Optimizer::make(optimizerOf(context.knobs()), task_->parameters(),
                                     routingOf(context.knobs()));
    if (!optimizer) {
        return optimizer.error();
    }
    optimizer_ = std::move(*optimizer);
    if (auto watched = watcher_.start(context.knobs(), task_->parameters()); !watched) {
        return watched;
    }
    schedule_ = scheduleOf(context.knobs());
    // The first gradient pays for threads, buffers and kernels: not the run's own compute.
    return tensor::guarded("the first gradient", [this] {
        task_->draw(1);
        static_cast<void>(task_->gradient(gradients_));
    });
}

lab::Result<void> Training::makeTask(const lab::RunContext& context, c10::Device device) {
    const lab::KnobValues& knobs = context.knobs();
    const tasks::TaskOptions options{context.seed(), device};
    return tensor::guarded("making the model", [&]() -> lab::Result<void> {
        const std::string& task = knobs.text("task");
        return task == "char_lm"                ? makeTextTask(knobs, options)
               : task == "matrix_factorisation" ? makeMatrixTask(knobs, options)
                                                : makeLabelledTask(knobs, options);
    });
}

lab::Result<void> Training::makeTextTask(const lab::KnobValues& knobs,
                                         const tasks::TaskOptions& options) {
    const auto text = datasets::sharedText(knobs.text("data"));
    if (!text) {
        return text.error();
    }
    tasks::CharLmConfig config;
    config.layers = knobs.integer("char_lm.layers");
    config.width = knobs.integer("char_lm.width");
    config.heads = knobs.integer("char_lm.heads");
    config.context = knobs.integer("char_lm.context");
    config.batch = knobs.integer("batch");
    if (knobs.text("char_lm.start") == "even") {
        config.startDeviation = knobs.real("char_lm.deviation");
    }
    if (auto fits = tasks::validate(config, **text); !fits) {
        return fits;
    }
    dataName_ = (*text)->name();
    dataFingerprint_ = (*text)->fingerprint();
    referenceChannel_ = "loss/unigram";
    task_ = tasks::makeCharLm(config, *text, options);
    return {};
}

lab::Result<void> Training::makeMatrixTask(const lab::KnobValues& knobs,
                                           const tasks::TaskOptions& options) {
    tasks::MatrixFactorisationConfig config;
    config.rows = knobs.integer("matrix_factorisation.rows");
    config.columns = knobs.integer("matrix_factorisation.columns");
    config.rank = knobs.integer("matrix_factorisation.rank");
    config.exponent = knobs.real("matrix_factorisation.exponent");
    config.startDeviation = knobs.real("matrix_factorisation.start");
    config.batch = knobs.integer("batch");
    if (auto fits = tasks::validate(config); !fits) {
        return fits;
    }
    dataName_ = "a matrix with a power-law spectrum";
    referenceChannel_ = "loss/best_of_rank";
    task_ = tasks::makeMatrixFactorisation(config, options);
    return {};
}

lab::Result<void> Training::makeLabelledTask(const lab::KnobValues& knobs,
                                             const tasks::TaskOptions& options) {
    const std::string& task = knobs.text("task");
    std::shared_ptr<const datasets::Labelled> set;
    if (const std::string& path = knobs.text("data"); !path.empty()) {
        auto read = datasets::sharedLabelled(path);
        if (!read) {
            return read.error();
        }
        set = std::move(*read);
    } else {
        set = task == "mnist1d" ? datasets::sharedSeriesDigits()
              : task == "conv"  ? datasets::sharedHouseNumbers()
                                : datasets::sharedPaintedDigits();
    }
    dataName_ = set->name;
    dataFingerprint_ = set->fingerprint;
    if (task == "conv") {
        const tasks::ConvolutionConfig config{knobs.integer("conv.layers"),
                                              knobs.integer("conv.width"), knobs.integer("batch")};
        if (auto fits = tasks::validate(config, *set); !fits) {
            return fits;
        }
        task_ = tasks::makeConvolution(config, std::move(set), options);
        return {};
    }
    tasks::ClassifierConfig config;
    config.hidden.assign(static_cast<std::size_t>(knobs.integer("hidden_layers")),
                         knobs.integer("hidden_width"));
    config.batch = knobs.integer("batch");
    task_ = tasks::makeClassifier(config, std::move(set), options);
    return {};
}

// A second thread pays only where there is much to do between two of its many barriers; with little
// it slows the step down, several times over where somebody else (the window) wants the core. The
// optimizer does not enter: all runs of a comparison compute with the same number.
void Training::useThreads(const lab::RunContext& context) const {
    constexpr double kFlopsAThread = 1e9;
    // Forward once and backward twice, an addition for each multiplication.
    const double flops = 6.0 * task_->multiplications();
    const double worthwhile = std::clamp(flops / kFlopsAThread, 1.0, 1024.0);
    tensor::useThreads(std::min(context.threads(), static_cast<int>(worthwhile)));
}

lab::Result<lab::Advance> Training::advance(lab::RunContext& context) {
    return tensor::guarded("the training step", [&] { return step(context); });
}

lab::Result<lab::Advance> Training::step(lab::RunContext& context) {
    useThreads(context);
    {
        const auto off = context.offClock();
        task_->draw(context.step());
    }
    const Stopwatch gradientTime;
    const double loss = task_->gradient(gradients_);
    const double gradientMilliseconds = gradientTime.milliseconds();
    const optim::engine::Rates rates = ratesOf(context);
    if (!std::isfinite(loss)) {
        context.emit("loss/train", loss);
        context.note({"diverged", lab::NoteKind::Warning,
                      "The loss is not finite any more: the run ends at step " +
                          std::to_string(context.step()) + ". A smaller learning rate may help."});
        return lab::Advance::Done;
    }
    const auto report = watchedStep(context, rates, gradientMilliseconds);
    if (!report) {
        return report.error();
    }
    const auto off = context.offClock();
    context.emit("loss/train", loss);
    context.emit("lr", rates.main);
    context.emit("norm/gradient", report->gradientNorm);
    context.emit("norm/update", report->updateNorm);
    const optim::Cost cost = optimizer_->cost();
    workDone_ += cost.step + (report->refreshed ? cost.refresh : 0.0);
    emitCosts(context);
    context.emit("time/gradient", gradientMilliseconds);
    context.emit("time/optimizer", report->milliseconds);
    if (report->refreshFailed) {
        context.note({"refresh", lab::NoteKind::Warning,
                      "A refresh of the preconditioner failed at step " +
                          std::to_string(context.step()) + "; the old one was kept."});
    }
    const std::int64_t steps = context.knobs().integer("steps");
    const bool isOver = context.step() >= steps || givesUp(context, *report);
    if (isOver || context.step() % context.knobs().integer("validate_every") == 0) {
        validate(context);
    }
    return isOver ? lab::Advance::Done : lab::Advance::More;
}

lab::Result<optim::engine::StepReport> Training::watchedStep(lab::RunContext& context,
                                                             optim::engine::Rates rates,
                                                             double gradientMilliseconds) {
    using optim::engine::PhaseTiming;
    const bool isDue = watcher_.isDue(context.step());
    PhaseTiming timing = PhaseTiming::Queue;
    {
        const auto off = context.offClock();
        timing = costs_.timingOf(isDue, watcher_.before(context.step(), *optimizer_), device_);
    }
    auto report = optimizer_->step(gradients_, rates, timing);
    const auto off = context.offClock();
    if (report && watcher_.isOn()) {
        watcher_.after(context, *optimizer_, *report, gradients_);
        costs_.add(gradientMilliseconds, *report,
                   device_.is_cpu() || timing == PhaseTiming::Device);
        if (isDue) {
            costs_.show(context, *optimizer_, task_->parameters());
        }
    }
    return report;
}

void Training::emitCosts(lab::RunContext& context) const {
    constexpr double kGiga = 1e9;
    constexpr double kMega = 1e6;
    context.emit("cost/gradients", static_cast<double>(context.step()));
    context.emit("cost/work", workDone_ / kGiga);
    context.emit("cost/state", static_cast<double>(optimizer_->stateBytes()) / kMega);
}

bool Training::givesUp(lab::RunContext& context, const optim::engine::StepReport& report) {
    skippedInARow_ = report.skippedNonfinite ? skippedInARow_ + 1 : 0;
    if (report.skippedNonfinite) {
        context.note({"skipped", lab::NoteKind::Warning,
                      "The gradient was not finite at step " + std::to_string(context.step()) +
                          ": that step changed nothing."});
    }
    if (skippedInARow_ < kMostSkips) {
        return false;
    }
    context.note({"diverged", lab::NoteKind::Warning,
                  "Three gradients in a row were not finite: the run ends at step " +
                      std::to_string(context.step()) + ". A smaller learning rate may help."});
    return true;
}

optim::engine::Rates Training::ratesOf(const lab::RunContext& context) const {
    const lab::KnobValues& knobs = context.knobs();
    const double factor = schedule_.factor(context.step());
    const double main = knobs.real("lr");
    const bool hasOwn = optimizerName_ == "muon";
    return {main * factor, (hasOwn ? knobs.real("muon.aux_lr") : main) * factor};
}

void Training::validate(lab::RunContext& context) {
    const auto off = context.offClock();
    const optim::engine::EvaluationScope where(*optimizer_);
    const tasks::Evaluation evaluation = task_->evaluate();
    context.emit("loss/validation", evaluation.loss);
    if (evaluation.accuracy) {
        context.emit("accuracy/validation", *evaluation.accuracy);
    }
    if (const auto shares = task_->learnedShares(); !shares.empty()) {
        context.emit("directions", tableOf(shares));
    }
    context.emit("sample", task_->sample(context.step()));
    const auto reference = task_->referenceLoss();
    if (context.step() == 0 && reference) {
        context.emit(referenceChannel_, *reference);
    }
}

void Training::synchronize() {
    tensor::synchronize(device_);
}

lab::Result<std::string> Training::save() const {
    return tensor::guarded("the checkpoint", [this] {
        tensor::Archive archive;
        archive.set("optimizer", optimizerName_);
        archive.set("schedule/kind", static_cast<std::int64_t>(schedule_.kind));
        archive.set("schedule/length", schedule_.length);
        archive.set("schedule/warmup", schedule_.warmup);
        archive.set("schedule/floor", schedule_.floor);
        archive.set("skipped_in_a_row", skippedInARow_);
        archive.set("work_done", workDone_);
        archive.set("data/name", dataName_);
        archive.set("data/fingerprint", std::bit_cast<std::int64_t>(dataFingerprint_));
        task_->save(archive);
        optimizer_->save(archive);
        watcher_.save(archive);
        costs_.save(archive);
        return archive.bytes();
    });
}

lab::Result<void> Training::restore(lab::RunContext& context, std::string_view bytes) {
    const auto off = context.offClock();
    if (auto built = build(context); !built) {
        return built;
    }
    return tensor::guarded("reading the checkpoint", [&] { return restoreState(context, bytes); });
}

lab::Result<void> Training::restoreState(lab::RunContext& context, std::string_view bytes) {
    const auto archive = tensor::Archive::read(bytes);
    if (!archive) {
        return archive.error();
    }
    if (auto same = checkData(context, *archive); !same) {
        return same;
    }
    if (const auto restored = task_->restore(*archive); !restored) {
        return lab::Error{"the saved weights do not fit this model: " + restored.error().message,
                          "task, alphabet of the data and the model's sizes have to stay when a "
                          "run goes on",
                          ""};
    }
    const auto skipped = archive->integer("skipped_in_a_row");
    const auto work = archive->real("work_done");
    if (!skipped) {
        return skipped.error();
    }
    skippedInARow_ = *skipped;
    workDone_ = work ? *work : 0.0; // of a checkpoint that did not count it
    if (auto restored = restoreOptimizer(context, *archive); !restored) {
        return restored;
    }
    return restoreSchedule(context, *archive);
}

lab::Result<void> Training::checkData(lab::RunContext& context,
                                      const tensor::Archive& archive) const {
    const auto name = archive.text("data/name");
    const auto print = archive.integer("data/fingerprint");
    if (!name || !print) {
        return lab::Error{"the checkpoint does not say what it was trained on",
                          "go on from another one", ""};
    }
    if (std::bit_cast<std::uint64_t>(*print) == dataFingerprint_) {
        return {};
    }
    if (*name == dataName_) {
        return lab::Error{"the data have changed since the run was trained on them",
                          "bring the old content back, or fork the run with another file as data",
                          dataName_};
    }
    context.note({"data", lab::NoteKind::Information,
                  "From step " + std::to_string(context.step()) + " on it trains on " + dataName_ +
                      ", before on " + *name + "."});
    return {};
}

lab::Result<void> Training::restoreOptimizer(lab::RunContext& context,
                                             const tensor::Archive& archive) {
    const auto taken = optimizer_->restore(archive);
    if (!taken) {
        return taken.error();
    }
    watcher_.restore(archive);
    costs_.restore(archive);
    if (!*taken) {
        watcher_.startAfresh();
        costs_.startAfresh();
        skippedInARow_ = 0;
        context.note({"fresh-state", lab::NoteKind::Information,
                      "At step " + std::to_string(context.step()) + " " +
                          labelOf(optimizers(), optimizerName_) +
                          " took over with fresh state, from the same weights and the same place "
                          "in the data."});
    }
    return {};
}

lab::Result<void> Training::restoreSchedule(lab::RunContext& context,
                                            const tensor::Archive& archive) {
    const auto kind = archive.integer("schedule/kind");
    const auto length = archive.integer("schedule/length");
    const auto warmup = archive.integer("schedule/warmup");
    const auto floor = archive.real("schedule/floor");
    if (!kind || !length || !warmup || !floor) {
        return lab::Error{"the checkpoint holds no schedule", "go on from an earlier one", ""};
    }
    const bool isSame = static_cast<std::int64_t>(schedule_.kind) == *kind &&
                        schedule_.warmup == *warmup && schedule_.floor == *floor;
    if (!isSame) {
        context.note({"schedule", lab::NoteKind::Information,
                      "From step " + std::to_string(context.step()) +
                          " on the learning rate follows another schedule, as if it had from the "
                          "start."});
        return {};
    }
    schedule_.length = *length;
    const bool ends = schedule_.kind != tasks::ScheduleKind::Constant &&
                      context.knobs().integer("steps") > *length;
    if (ends) {
        context.note({"schedule", lab::NoteKind::Information,
                      "The schedule was made for " + std::to_string(*length) +
                          " steps: after them the learning rate stays at " +
                          fixed(schedule_.floor, 2) + " of its full size."});
    }
    return {};
}

} // namespace train

std::unique_ptr<lab::Computation> makeTrain() {
    return std::make_unique<train::Training>();
}

} // namespace psephos::experiments
