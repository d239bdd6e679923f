// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/rotation/knobs.hpp"

#include "lab/declare.hpp"

#include <string>
#include <utility>

namespace psephos::experiments::rotation {

namespace {

using lab::Knob;
using lab::Scale;
using namespace lab::declare;

const std::vector<std::string> kRefreshed{"shampoo", "soap"};
const std::vector<std::string> kAveraging{"adamw", "adafactor", "shampoo", "soap"};

std::vector<Knob> inGroup(const char* group, std::vector<Knob> list) {
    for (Knob& knob : list) {
        knob.group = group;
    }
    return list;
}

Knob factor(std::string id, std::string label, std::string help, double value) {
    return advanced(real(std::move(id), std::move(label), std::move(help), value, 0.0, 0.999));
}

std::vector<Knob> problemKnobs() {
    return {
        real("rotation", "Rotation",
             "How far the valley's axes are turned away from the coordinates: 0 not at all, 1 to "
             "random directions; between, every plane by that share of its angle.",
             1.0, 0.0, 1.0),
        real("condition", "Condition number κ",
             "Largest over smallest curvature of each side; the whole valley has κ².", 100.0, 1.0,
             1e4, Scale::Log),
        integer("steps", "Steps", "Gradients of a descent; the learning rate falls to 0 over them.",
                300, 10, 1000, Scale::Log),
        integer("draws", "Draws",
                "How many random problems each figure is the geometric mean of; bands reach from "
                "the least to the greatest.",
                3, 1, 9),
        advanced(integer("side", "Side n", "The parameter is a matrix of n × n.", 12, 2, 24)),
        advanced(
            integer("batch", "Batch", "Samples that a gradient averages.", 64, 1, 256, Scale::Log)),
    };
}

std::vector<Knob> refreshKnobs() {
    return {
        when(integer("refresh_period", "Refresh every f steps",
                     "How often SOAP finds a new basis, and Shampoo new roots.", 10, 1, 1000,
                     Scale::Log),
             "optimizer", kRefreshed),
        advanced(when(integer("basis_warmup", "Basis warm-up",
                              "Also refresh on each of the first so many updates.", 0, 0, 1000),
                      "optimizer", kRefreshed)),
        when(choice("shampoo.form", "Shampoo's form", "The power of its factors, and its length.",
                    {{"quarter", "power −1/4", "L^−1/4 M R^−1/4, with a length of its own."},
                     {"half_grafted", "power −1/2, grafted",
                      "L^−1/2 M R^−1/2, with the length of Adam's step, which sees the axes."}}),
             "optimizer", {"shampoo"}),
        when(choice("soap.form", "SOAP's form", "What it keeps of its bases and second moment.",
                    {{"full", "full", "A basis for each side, all of V."},
                     {"factored", "factored", "A basis for each side, V of rank one."},
                     {"one_sided", "one-sided", "A basis for the rows only."},
                     {"one_sided_factored", "one-sided, factored", "Both savings."}}),
             "optimizer", {"soap"}),
    };
}

std::vector<Knob> averageKnobs() {
    return {
        when(factor("momentum", "Momentum μ", "Share of the old momentum that stays.", 0.9),
             "optimizer", {"sgd", "muon"}),
        when(factor("beta1", "β₁", "Share of the old averaged gradient that stays.", 0.95),
             "optimizer", kAveraging),
        when(factor("beta2", "β₂",
                    "Share of the old averages of squares and Gram matrices that stays.", 0.95),
             "optimizer", kAveraging),
        when(factor("lion.beta1", "β₁ of Lion", "Share of the average in its direction.", 0.9),
             "optimizer", {"lion"}),
        when(factor("lion.beta2", "β₂ of Lion", "Share of the old average that stays.", 0.99),
             "optimizer", {"lion"}),
    };
}

optim::OptimizerConfig shampooOf(const lab::KnobValues& values, double learningRate) {
    optim::ShampooConfig config;
    config.learningRate = learningRate;
    config.beta1 = values.real("beta1");
    config.beta2 = values.real("beta2");
    config.refreshPeriod = static_cast<int>(values.integer("refresh_period"));
    config.basisWarmup = static_cast<int>(values.integer("basis_warmup"));
    if (values.text("shampoo.form") == "quarter") {
        config.graft = optim::Graft::None;
        config.eps = 1e-12;
    } else {
        config.exponent = -0.5;
        config.eps = 1e-8;
        config.graftBeta2 = config.beta2;
    }
    return config;
}

optim::OptimizerConfig soapOf(const lab::KnobValues& values, double learningRate) {
    const std::string& form = values.text("soap.form");
    optim::SoapConfig config;
    config.learningRate = learningRate;
    config.beta1 = values.real("beta1");
    config.beta2 = values.real("beta2");
    config.shampooBeta = config.beta2;
    config.refreshPeriod = static_cast<int>(values.integer("refresh_period"));
    config.basisWarmup = static_cast<int>(values.integer("basis_warmup"));
    if (form == "factored" || form == "one_sided_factored") {
        config.secondMoment = optim::SecondMoment::Factored;
    }
    if (form == "one_sided" || form == "one_sided_factored") {
        config.sides = optim::Sides::Left;
    }
    return config;
}

} // namespace

const std::vector<lab::ChoiceOption>& optimizers() {
    static const std::vector<lab::ChoiceOption> kOptimizers{
        {"sgd", "SGD", "A step along the averaged gradient."},
        {"adamw", "AdamW", "Scales each coordinate by itself."},
        {"shampoo", "Shampoo", "Scales by the roots of two Gram matrices."},
        {"soap", "SOAP", "Adam in the eigenbasis of two Gram matrices."},
        {"muon", "Muon", "Sets all singular values of the step to one."},
        {"adafactor", "Adafactor", "Adam with a second moment of rank one."},
        {"lion", "Lion", "Moves every coordinate by the same distance."},
    };
    return kOptimizers;
}

std::vector<Knob> knobs() {
    return together({inGroup("Problem", problemKnobs()),
                     inGroup("Optimizer", {choice("optimizer", "Optimizer", "Who descends.",
                                                  optimizers(), "adamw")}),
                     inGroup("Optimizer", refreshKnobs()), inGroup("Optimizer", averageKnobs())});
}

bool isRefreshed(std::string_view optimizer) {
    return optimizer == "shampoo" || optimizer == "soap";
}

QuadraticSize sizeOf(const lab::KnobValues& values) {
    QuadraticSize size;
    size.rows = static_cast<int>(values.integer("side"));
    size.cols = size.rows;
    size.condition = values.real("condition");
    size.batch = static_cast<int>(values.integer("batch"));
    size.steps = static_cast<int>(values.integer("steps"));
    return size;
}

optim::OptimizerConfig configOf(const lab::KnobValues& values, double learningRate) {
    const std::string& optimizer = values.text("optimizer");
    if (optimizer == "sgd") {
        optim::SgdConfig config;
        config.learningRate = learningRate;
        config.momentum = values.real("momentum");
        return config;
    }
    if (optimizer == "adamw") {
        optim::AdamConfig config;
        config.learningRate = learningRate;
        config.beta1 = values.real("beta1");
        config.beta2 = values.real("beta2");
        return config;
    }
    if (optimizer == "adafactor") {
        optim::FactoredAdamConfig config;
        config.learningRate = learningRate;
        config.beta1 = values.real("beta1");
        config.beta2 = values.real("beta2");
        return config;
    }
    if (optimizer == "lion") {
        optim::LionConfig config;
        config.learningRate = learningRate;
        config.beta1 = values.real("lion.beta1");
        config.beta2 = values.real("lion.beta2");
        return config;
    }
    if (optimizer == "muon") {
        optim::MuonConfig config;
        config.learningRate = learningRate;
        config.momentum = values.real("momentum");
        return config;
    }
    return optimizer == "shampoo" ? shampooOf(values, learningRate) : soapOf(values, learningRate);
}

RateGrid gridOf(std::string_view optimizer) {
    if (optimizer == "sgd") {
        return {-1.0, 1.0, 9};
    }
    if (optimizer == "shampoo") {
        return {-2.5, 0.5, 10};
    }
    if (optimizer == "lion") {
        return {-3.0, -0.5, 11};
    }
    if (optimizer == "muon") {
        return {-2.0, 0.5, 11};
    }
    return {-2.5, 0.0, 9};
}

} // namespace psephos::experiments::rotation
