// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/claims/computation.hpp"

#include "experiments/optim/claims/claims.hpp"
#include "experiments/optim/claims/frames.hpp"
#include "experiments/optim/claims/knobs.hpp"
#include "experiments/optim/claims/sentences.hpp"
#include "tensor/boundary.hpp"
#include "tensor/device.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace psephos::experiments {

namespace claims {

namespace {

/// Floating-point operations of one gradient, nearly: forward and backward over every prediction.
double flopsOf(const lab::KnobValues& values, std::int64_t parameters, std::int64_t batch) {
    const std::int64_t predictions = values.text("task") == "char_lm" ? kContext : 1;
    return 6.0 * static_cast<double>(parameters) * static_cast<double>(batch * predictions);
}

/// Steps of a training that one advance() takes: some milliseconds, the same on every machine.
std::int64_t stepsAtOnce(double flops) {
    constexpr double kFlops = 1.5e8;
    constexpr double kMost = 8.0; // short steps are mostly overhead
    return std::llround(std::clamp(kFlops / flops, 1.0, kMost));
}

// A second thread pays only where there is much to do between two of its barriers.
void useThreads(const lab::RunContext& context, double flops) {
    constexpr double kFlopsAThread = 1e9;
    const double worthwhile = std::clamp(flops / kFlopsAThread, 1.0, 1024.0);
    tensor::useThreads(std::min(context.threads(), static_cast<int>(worthwhile)));
}

} // namespace

lab::Result<void> ClaimTrials::start(lab::RunContext& context) {
    const auto off = context.offClock();
    if (auto prepared = prepare(context); !prepared) {
        return prepared;
    }
    // The first gradient of a process pays for threads and buffers; no trial does.
    return tensor::guarded("the first model", [&]() -> lab::Result<void> {
        if (auto begun = beginTrial(context); !begun) {
            return begun;
        }
        parameters_ = trainer_->parameterCount();
        if (auto stepped = trainer_->step(); !stepped) {
            return stepped;
        }
        static_cast<void>(trainer_->heldOutLoss());
        trainer_.reset();
        context.emit("count", 0.0);
        return {};
    });
}

lab::Result<void> ClaimTrials::prepare(lab::RunContext& context) {
    const auto device = tensor::openDevice(context.device());
    if (!device) {
        return device.error();
    }
    device_ = *device;
    const lab::KnobValues& values = context.knobs();
    auto material = materialOf(values.text("task"));
    if (!material) {
        return material.error();
    }
    material_ = std::move(*material);
    search_.emplace(values.text("task"), planOf(planSizeOf(values)),
                    static_cast<int>(values.integer("seeds")),
                    static_cast<int>(values.integer("rates")));
    return {};
}

lab::Result<void> ClaimTrials::beginTrial(lab::RunContext& context) {
    constexpr std::uint64_t kApart = 1000; // seeds of two runs do not meet
    const Trial trial = *search_->next();
    TrainerSetup setup;
    setup.material = material_;
    setup.cell = search_->plan()[trial.cell];
    setup.learningRate = trial.rate;
    setup.seed = context.seed() * kApart + static_cast<std::uint64_t>(trial.seed);
    setup.device = device_;
    auto made = Trainer::make(context.knobs(), setup);
    if (!made) {
        return made.error();
    }
    trainer_ = std::move(*made);
    return {};
}

lab::Result<lab::Advance> ClaimTrials::advance(lab::RunContext& context) {
    return tensor::guarded("a trial", [&] { return train(context); });
}

lab::Result<lab::Advance> ClaimTrials::train(lab::RunContext& context) {
    if (trainer_ == nullptr) {
        const auto off = context.offClock();
        if (auto begun = beginTrial(context); !begun) {
            return begun.error();
        }
    }
    const double flops = flopsOf(context.knobs(), trainer_->parameterCount(),
                                 search_->plan()[search_->next()->cell].batch);
    useThreads(context, flops);
    const std::int64_t most = stepsAtOnce(flops);
    for (std::int64_t i = 0; i < most && !trainer_->isDone() && !context.stopRequested(); ++i) {
        if (auto stepped = trainer_->step(); !stepped) {
            return stepped.error();
        }
    }
    if (!trainer_->isDone()) {
        return lab::Advance::More;
    }
    const auto off = context.offClock();
    finishTrial(context);
    if (search_->next()) {
        return lab::Advance::More;
    }
    conclude(context);
    return lab::Advance::Done;
}

void ClaimTrials::finishTrial(lab::RunContext& context) {
    const std::size_t cells = search_->results().size();
    search_->add(trainer_->heldOutLoss(), trainer_->seconds());
    trainer_.reset();
    emitTrials(context, *search_);
    if (search_->results().size() > cells) {
        emitCells(context, *search_);
    }
}

void ClaimTrials::conclude(lab::RunContext& context) const {
    const lab::KnobValues& values = context.knobs();
    const Claim claim = claimOf(values);
    const std::vector<Part> parts = partsOf(claim, search_->results(), standardOf(values));
    emitVerdict(context, parts);
    context.note(verdictNote(values, parts));
    for (const lab::Note& note : edgeNotes(claim, search_->results())) {
        context.note(note);
    }
    if (const auto target = targetOf(search_->results(), standardOf(values));
        target && (claim == Claim::FewerSteps || claim == Claim::BatchSize)) {
        for (const lab::Note& note : boundNotes(toTarget(search_->results(), *target))) {
            context.note(note);
        }
    }
    for (const lab::Note& note : tuningNotes(search_->results())) {
        context.note(note);
    }
    context.note(protocolNote(values, parameters_));
    context.note(paperNote(claim));
}

void ClaimTrials::synchronize() {
    tensor::synchronize(device_);
}

lab::Result<std::string> ClaimTrials::save() const {
    return tensor::guarded("the checkpoint", [this] {
        lab::Json trials = lab::Json::array();
        for (const Trial& each : search_->trials()) {
            // JSON knows no infinity.
            const lab::Json loss =
                std::isfinite(each.loss) ? lab::Json(each.loss) : lab::Json(nullptr);
            trials.push_back(lab::Json::array({loss, each.seconds}));
        }
        tensor::Archive archive;
        archive.set("trials", trials.dump());
        archive.set("parameters", parameters_);
        archive.set("is_training", static_cast<std::int64_t>(trainer_ != nullptr));
        if (trainer_ != nullptr) {
            trainer_->save(archive);
        }
        return archive.bytes();
    });
}

lab::Result<void> ClaimTrials::restore(lab::RunContext& context, std::string_view bytes) {
    const auto off = context.offClock();
    if (auto prepared = prepare(context); !prepared) {
        return prepared;
    }
    return tensor::guarded("reading the checkpoint", [&]() -> lab::Result<void> {
        const auto archive = tensor::Archive::read(bytes);
        if (!archive) {
            return archive.error();
        }
        if (auto replayed = replay(*archive); !replayed) {
            return replayed;
        }
        const auto isTraining = archive->integer("is_training");
        if (!isTraining || *isTraining == 0 || !search_->next()) {
            return {};
        }
        if (auto begun = beginTrial(context); !begun) {
            return begun;
        }
        return trainer_->restore(*archive);
    });
}

/// The trials that were done, as if they had just been run.
lab::Result<void> ClaimTrials::replay(const tensor::Archive& archive) {
    const auto text = archive.text("trials");
    const auto parameters = archive.integer("parameters");
    if (!text || !parameters) {
        return lab::Error{"the checkpoint does not say which trials are done",
                          "go on from an earlier one", ""};
    }
    const lab::Json trials = lab::Json::parse(*text, nullptr, false);
    if (!trials.is_array()) {
        return lab::Error{"the checkpoint's trials can't be read", "go on from an earlier one", ""};
    }
    for (const lab::Json& each : trials) {
        const bool isTrial = each.is_array() && each.size() == 2 && each[1].is_number();
        if (!isTrial) {
            return lab::Error{"the checkpoint's trials can't be read", "go on from an earlier one",
                              ""};
        }
        search_->add(each[0].is_number() ? each[0].get<double>()
                                         : std::numeric_limits<double>::infinity(),
                     each[1].get<double>());
    }
    parameters_ = *parameters;
    return {};
}

} // namespace claims

std::unique_ptr<lab::Computation> makeClaims() {
    return std::make_unique<claims::ClaimTrials>();
}

} // namespace psephos::experiments
