// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/claims/knobs.hpp"

#include "lab/declare.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace psephos::experiments::claims {

namespace {

using lab::Knob;
using lab::Scale;
using namespace lab::declare;

constexpr double kBeta = 0.95;

const std::vector<lab::ChoiceOption>& claims() {
    static const std::vector<lab::ChoiceOption> kClaims{
        {"fewer_steps", "Fewer steps",
         "SOAP reaches a loss in fewer steps than AdamW and Shampoo."},
        {"staleness", "Stale bases", "Refreshed seldom, SOAP loses less than Shampoo."},
        {"same_at_one", "Alike at f = 1", "Refreshed every step, SOAP and Shampoo are alike."},
        {"qr_as_eigh", "QR for eigh",
         "A basis by one QR step is as good as one by eigenvectors, at every f."},
        {"thrifty", "Savings", "A factored second moment costs nothing; a single side costs some."},
        {"batch_size", "Larger batches",
         "With SOAP larger batches save steps for longer than with AdamW; batch times f stays."}};
    return kClaims;
}

Knob targetKnob() {
    Knob knob =
        real("target", "Target loss", "The held-out loss to reach; 0 is what AdamW's best ends at.",
             0.0, 0.0, 100.0);
    knob.unit = "nats";
    knob.defaultValue = lab::Special{"auto"};
    lab::SpecialValue automatic;
    automatic.id = "auto";
    automatic.label = "auto";
    automatic.help = "What AdamW's best learning rate ends at after its longest schedule.";
    automatic.resolve = [](const lab::KnobValues&) -> lab::Result<lab::Value> {
        return lab::Value(0.0);
    };
    knob.specials.push_back(std::move(automatic));
    return when(std::move(knob), "claim", {"fewer_steps", "batch_size"});
}

std::vector<Knob> taskKnobs() {
    return {
        choice("task", "Task", "What is trained on what.",
               {{"mnist1d", "Series", "A perceptron that tells short series apart, as MNIST-1D."},
                {"char_lm", "Spelling",
                 "A transformer of one layer that predicts the next byte of a text."}}),
        integer("width", "Width", "Units of each of two hidden layers, or numbers for a byte.", 64,
                8, 512, Scale::PowerOfTwo),
        integer("batch", "Batch",
                "Rows, or windows of 32 bytes, in a gradient; of larger batches the smallest.", 64,
                1, 1024, Scale::PowerOfTwo),
    };
}

std::vector<Knob> trialKnobs() {
    return {
        integer("steps", "Steps",
                "Of the longest schedule: a warm-up, then half a cosine to 0. Shorter ones have "
                "their own.",
                400, 8, 100'000, Scale::Log),
        integer("seeds", "Seeds", "Trainings of each kind; with fewer than three no verdict.", 5, 1,
                15),
        integer("rates", "Learning rates",
                "At most so many for each setting: three neighbours, a factor of 2 apart, then on "
                "while the best stands at the end.",
                6, 3, 15),
        targetKnob(),
        when(real("margin", "Alike within", "Losses that differ by less than this share are alike.",
                  0.03, 0.001, 0.5, Scale::Log),
             "claim", {"same_at_one", "qr_as_eigh", "thrifty"}),
    };
}

std::vector<Knob> optimizerKnobs() {
    return {
        when(integer("refresh_period", "Refresh every f steps",
                     "How often bases and roots are refreshed; of larger batches at the largest, "
                     "and the more seldom the smaller the batch.",
                     10, 1, 10'000, Scale::Log),
             "claim", {"fewer_steps", "thrifty", "batch_size"}),
        when(integer("basis_warmup", "Warm-up of the basis",
                     "SOAP and Shampoo alike also refresh on each of the first so many steps: "
                     "short runs live by it. Larger batches are compared without.",
                     30, 0, 10'000),
             "claim", {"fewer_steps", "staleness", "same_at_one", "qr_as_eigh", "thrifty"}),
    };
}

} // namespace

std::vector<lab::Knob> knobs() {
    std::vector<Knob> list{choice("claim", "Claim", "What is tried.", claims())};
    list.front().group = "Claim";
    for (auto& [group, own] : {std::pair{"Task", taskKnobs()}, std::pair{"Trials", trialKnobs()},
                               std::pair{"Optimizers", optimizerKnobs()}}) {
        for (Knob knob : own) {
            knob.group = group;
            list.push_back(std::move(knob));
        }
    }
    for (Knob& knob : list) {
        knob.fixed = true; // a run that goes on keeps its plan
    }
    return list;
}

Claim claimOf(const lab::KnobValues& values) {
    const std::string& id = values.text("claim");
    return id == "fewer_steps"   ? Claim::FewerSteps
           : id == "staleness"   ? Claim::Staleness
           : id == "same_at_one" ? Claim::SameAtOne
           : id == "qr_as_eigh"  ? Claim::QrAsEigh
           : id == "thrifty"     ? Claim::Thrifty
                                 : Claim::BatchSize;
}

std::string claimLabel(const lab::KnobValues& values) {
    const std::string& id = values.text("claim");
    for (const lab::ChoiceOption& each : claims()) {
        if (each.id == id) {
            return each.label;
        }
    }
    return id;
}

PlanSize planSizeOf(const lab::KnobValues& values) {
    return {claimOf(values), values.integer("steps"), values.integer("refresh_period"),
            values.integer("batch")};
}

Standard standardOf(const lab::KnobValues& values) {
    return {values.real("target"), values.integer("steps"), values.real("margin")};
}

std::int64_t basisWarmupOf(const lab::KnobValues& values) {
    return claimOf(values) == Claim::BatchSize ? 0 : values.integer("basis_warmup");
}

optim::OptimizerConfig configOf(const lab::KnobValues& values, Arm arm,
                                std::int64_t refreshPeriod) {
    const auto warmup = static_cast<int>(basisWarmupOf(values));
    if (arm == Arm::AdamW) {
        return auxiliaryOf();
    }
    if (arm == Arm::Shampoo) {
        optim::ShampooConfig config;
        config.beta1 = kBeta;
        config.beta2 = kBeta;
        config.exponent = -0.5;
        config.eps = 1e-8;
        config.graftBeta2 = kBeta;
        config.refreshPeriod = static_cast<int>(refreshPeriod);
        config.basisWarmup = warmup;
        return config;
    }
    optim::SoapConfig config;
    config.refreshPeriod = static_cast<int>(refreshPeriod);
    config.basisWarmup = warmup;
    config.refresh = arm == Arm::SoapEigh ? optim::BasisRefresh::Eigh : optim::BasisRefresh::Qr;
    if (arm == Arm::SoapFactored || arm == Arm::SoapThrifty) {
        config.secondMoment = optim::SecondMoment::Factored;
    }
    if (arm == Arm::SoapOneSided || arm == Arm::SoapThrifty) {
        config.sides = optim::Sides::Smaller;
    }
    return config;
}

optim::AdamConfig auxiliaryOf() {
    optim::AdamConfig config;
    config.beta1 = kBeta;
    config.beta2 = kBeta;
    return config;
}

std::int64_t warmupOf(std::int64_t steps) {
    return std::min(std::max<std::int64_t>(5, steps / 20), steps / 2);
}

} // namespace psephos::experiments::claims
