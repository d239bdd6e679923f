// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/train/knobs.hpp"

#include "experiments/optim/train/sweeps.hpp"
#include "lab/declare.hpp"

#include <utility>

namespace psephos::experiments::train {

namespace {

using lab::Knob;
using lab::KnobType;
using lab::Scale;
using namespace lab::declare;

Knob learningRate() {
    Knob knob = real("lr", "Learning rate", "Length of a step: η, before the schedule.", 0.01, 1e-8,
                     100.0, Scale::Log);
    knob.defaultValue = lab::Special{"auto"};
    knob.live = true;
    lab::SpecialValue automatic;
    automatic.id = "auto";
    automatic.label = "auto";
    automatic.help = "What a sweep of seven learning rates found for this task and optimizer.";
    automatic.resolve = [](const lab::KnobValues& values) -> lab::Result<lab::Value> {
        const Sweep* sweep = sweepOf(values.text("task"), values.text("optimizer"));
        if (sweep == nullptr) {
            return lab::Error{"no sweep is recorded for " + values.text("optimizer") + " on " +
                                  values.text("task"),
                              "give a number", ""};
        }
        return lab::Value(sweep->best());
    };
    automatic.evidence = [](const lab::KnobValues& values) -> std::optional<lab::Evidence> {
        const Sweep* sweep = sweepOf(values.text("task"), values.text("optimizer"));
        return sweep == nullptr ? std::nullopt : std::optional(sweep->evidence());
    };
    knob.specials.push_back(std::move(automatic));
    return knob;
}

Knob batchSize() {
    Knob knob = integer("batch", "Batch", "Windows of text, or rows, in one gradient.", 16, 1, 4096,
                        Scale::PowerOfTwo);
    knob.defaultValue = lab::Special{"auto"};
    lab::SpecialValue automatic;
    automatic.id = "auto";
    automatic.label = "auto";
    automatic.help = "16 windows of text, or 64 rows: what the learning rates were recorded with.";
    automatic.resolve = [](const lab::KnobValues& values) -> lab::Result<lab::Value> {
        return lab::Value(std::int64_t{values.text("task") == "char_lm" ? 16 : 64});
    };
    knob.specials.push_back(std::move(automatic));
    return knob;
}

std::vector<Knob> taskKnobs() {
    const std::vector<std::string> perceptrons{"image_classifier", "mnist1d"};
    Knob data;
    data.id = "data";
    data.label = "Data";
    data.help = "A file: any text for char_lm; IDX images (labels beside them) or a CSV of numbers "
                "and a label for the others. Empty: what the program brings along. A tenth is held "
                "out for validation: the end of a text, rows drawn once and for all of a table.";
    data.type = KnobType::DataSet;
    data.defaultValue = std::string();
    data.optional = true;
    std::vector<Knob> list{
        choice("task", "Task", "What is trained on what.", tasks(), "char_lm"),
        std::move(data),
        when(integer("char_lm.layers", "Layers", "Blocks of attention and perceptron.", 2, 1, 24),
             "task", {"char_lm"}),
        when(integer("char_lm.width", "Width",
                     "Numbers that stand for a byte; a multiple of heads.", 64, 8, 1024,
                     Scale::PowerOfTwo),
             "task", {"char_lm"}),
        when(advanced(integer("char_lm.heads", "Heads", "Attention heads a layer.", 4, 1, 64,
                              Scale::PowerOfTwo)),
             "task", {"char_lm"}),
        when(integer("char_lm.context", "Context", "Bytes that a prediction may look back on.", 64,
                     1, 1024, Scale::PowerOfTwo),
             "task", {"char_lm"}),
        when(
            integer("hidden_layers", "Hidden layers", "Layers between input and answer.", 2, 0, 16),
            "task", perceptrons),
        when(integer("hidden_width", "Width", "Units in each hidden layer.", 192, 1, 4096,
                     Scale::Log),
             "task", perceptrons),
    };
    for (Knob& knob : list) {
        knob.group = "Task";
        knob.fixed = knob.id != "data"; // the weights have the model's shape
    }
    return list;
}

std::vector<Knob> commonKnobs() {
    const std::vector<lab::ChoiceOption> schedules{
        {"constant", "constant", "The learning rate stays."},
        {"linear", "linear", "It falls on a straight line."},
        {"cosine", "cosine", "It falls on half a cosine."}};
    return {
        integer("steps", "Steps", "Gradients taken, and so steps of the optimizer.", 200, 1,
                10'000'000, Scale::Log),
        choice("optimizer", "Optimizer", "Who trains; choose several for a race.", optimizers(),
               "soap"),
        learningRate(),
        batchSize(),
        choice("schedule", "Schedule", "How the learning rate changes on the way.", schedules,
               "cosine"),
        integer("warmup", "Warm-up", "Steps in which the learning rate rises to its full size.", 20,
                0, 1'000'000),
        when(advanced(real("floor", "Floor", "Share of the learning rate that is left at the end.",
                           0.1, 0.0, 1.0)),
             "schedule", {"linear", "cosine"}),
        advanced(integer("validate_every", "Validate every",
                         "Steps between two looks at the held-out data (off the clock).", 25, 1,
                         1'000'000, Scale::Log)),
    };
}

Knob weightDecay(const std::string& optimizer) {
    return advanced(real(optimizer + ".weight_decay", "Weight decay λ",
                         "Decoupled pull towards zero, times the learning rate.", 0.0, 0.0, 10.0));
}

std::vector<Knob> sgdKnobs() {
    return {real("sgd.momentum", "Momentum μ", "Share of the last step that is kept.", 0.9, 0.0,
                 0.9999),
            flag("sgd.nesterov", "Nesterov", "Look ahead by the momentum first.", false),
            weightDecay("sgd")};
}

std::vector<Knob> adamwKnobs() {
    return {real("adamw.beta1", "β₁", "Memory of the gradient.", 0.95, 0.0, 0.9999),
            real("adamw.beta2", "β₂", "Memory of the squared gradient.", 0.95, 0.0, 0.99999),
            advanced(real("adamw.eps", "ε", "Added to the root of the squared gradient.", 1e-8,
                          1e-16, 1.0, Scale::Log)),
            weightDecay("adamw")};
}

std::vector<Knob> shampooKnobs() {
    return {integer("shampoo.f", "Refresh every f steps", "Steps between two inverse roots.", 10, 1,
                    100'000, Scale::Log),
            integer("shampoo.basis_warmup", "Warm-up of the roots",
                    "Refresh on each of the first so many steps.", 0, 0, 100'000),
            real("shampoo.beta1", "β₁", "Memory of the gradient.", 0.95, 0.0, 0.9999),
            real("shampoo.beta2", "β₂", "Memory of the preconditioner; 1 keeps everything.", 0.95,
                 0.0, 1.0),
            choice("shampoo.graft", "Grafting", "Whose step length Shampoo's direction takes over.",
                   {{"none", "none", "Its own."},
                    {"sgd", "SGD", "That of the averaged gradient."},
                    {"adam", "Adam", "That of Adam's step."}},
                   "adam"),
            advanced(real("shampoo.exponent", "Exponent",
                          "Power of each factor: −1/4 by the original, −1/2 as often practised.",
                          -0.5, -1.0, 0.0)),
            advanced(real("shampoo.eps", "ε", "Added to each factor's diagonal.", 1e-8, 1e-16, 1.0,
                          Scale::Log)),
            weightDecay("shampoo")};
}

std::vector<Knob> soapKnobs() {
    return {
        integer("soap.f", "Refresh every f steps", "Steps between two refreshes of the basis.", 10,
                1, 100'000, Scale::Log),
        integer(
            "soap.basis_warmup", "Warm-up of the basis",
            "Refresh on each of the first so many steps. Short runs live by it: the first basis "
            "comes from a single gradient.",
            0, 0, 100'000),
        real("soap.beta1", "β₁", "Memory of the gradient.", 0.95, 0.0, 0.9999),
        real("soap.beta2", "β₂", "Memory of the squared gradient in the basis.", 0.95, 0.0,
             0.99999),
        real("soap.shampoo_beta", "β of the basis",
             "Memory of the matrices whose eigenvectors are the basis.", 0.95, 0.0, 0.99999),
        advanced(real("soap.eps", "ε", "Added to the root of the squared gradient.", 1e-8, 1e-16,
                      1.0, Scale::Log)),
        advanced(integer("soap.max_precond_dim", "Longest side", "A longer side keeps its axes.",
                         10'000, 1, 100'000, Scale::Log)),
        weightDecay("soap")};
}

std::vector<Knob> muonKnobs() {
    return {real("muon.momentum", "Momentum μ", "Memory of the gradient.", 0.95, 0.0, 0.9999),
            [] {
                Knob knob = real("muon.aux_lr", "Learning rate of its AdamW",
                                 "For embeddings, head and vectors, which Muon does not take.",
                                 3e-3, 1e-8, 100.0, Scale::Log);
                knob.live = true;
                return knob;
            }(),
            flag("muon.nesterov", "Nesterov", "Look ahead by the momentum first.", true),
            advanced(integer("muon.ns_steps", "Newton–Schulz steps",
                             "Iterations that orthogonalise.", 5, 1, 100)),
            weightDecay("muon")};
}

optim::ShampooConfig shampooOf(const lab::KnobValues& values) {
    optim::ShampooConfig config;
    config.learningRate = values.real("lr");
    config.refreshPeriod = static_cast<int>(values.integer("shampoo.f"));
    config.basisWarmup = static_cast<int>(values.integer("shampoo.basis_warmup"));
    config.beta1 = values.real("shampoo.beta1");
    config.beta2 = values.real("shampoo.beta2");
    const std::string& graft = values.text("shampoo.graft");
    config.graft = graft == "adam"  ? optim::Graft::Adam
                   : graft == "sgd" ? optim::Graft::Sgd
                                    : optim::Graft::None;
    config.exponent = values.real("shampoo.exponent");
    config.eps = values.real("shampoo.eps");
    config.decoupledWeightDecay = values.real("shampoo.weight_decay");
    return config;
}

optim::SoapConfig soapOf(const lab::KnobValues& values) {
    optim::SoapConfig config;
    config.learningRate = values.real("lr");
    config.refreshPeriod = static_cast<int>(values.integer("soap.f"));
    config.basisWarmup = static_cast<int>(values.integer("soap.basis_warmup"));
    config.beta1 = values.real("soap.beta1");
    config.beta2 = values.real("soap.beta2");
    config.shampooBeta = values.real("soap.shampoo_beta");
    config.eps = values.real("soap.eps");
    config.maxPreconditionerDim = static_cast<int>(values.integer("soap.max_precond_dim"));
    config.decoupledWeightDecay = values.real("soap.weight_decay");
    return config;
}

optim::MuonConfig muonOf(const lab::KnobValues& values) {
    optim::MuonConfig config;
    config.learningRate = values.real("lr");
    config.momentum = values.real("muon.momentum");
    config.nesterov = values.flag("muon.nesterov");
    config.newtonSchulzSteps = static_cast<int>(values.integer("muon.ns_steps"));
    config.decoupledWeightDecay = values.real("muon.weight_decay");
    config.aux.learningRate = values.real("muon.aux_lr");
    config.aux.decoupledWeightDecay = config.decoupledWeightDecay;
    return config;
}

} // namespace

const std::vector<lab::ChoiceOption>& optimizers() {
    static const std::vector<lab::ChoiceOption> kOptimizers{
        {"sgd", "SGD", "Along the averaged gradient."},
        {"adamw", "AdamW", "Each weight by its own scale."},
        {"shampoo", "Shampoo", "Each matrix by inverse roots of its gradients' covariances."},
        {"soap", "SOAP", "Adam in the slowly turning eigenbasis of Shampoo."},
        {"muon", "Muon", "Each matrix by an orthogonal step."}};
    return kOptimizers;
}

const std::vector<lab::ChoiceOption>& tasks() {
    static const std::vector<lab::ChoiceOption> kTasks{
        {"char_lm", "Spelling", "A small transformer that predicts the next byte of a text."},
        {"image_classifier", "Images", "A perceptron that tells images apart."},
        {"mnist1d", "Series", "A perceptron that tells short series apart, as MNIST-1D."}};
    return kTasks;
}

std::vector<lab::Knob> knobs() {
    std::vector<Knob> list = taskKnobs();
    for (Knob& knob : commonKnobs()) {
        knob.group = "All runs";
        list.push_back(std::move(knob));
    }
    std::vector<std::vector<Knob>> own{sgdKnobs(), adamwKnobs(), shampooKnobs(), soapKnobs(),
                                       muonKnobs()};
    for (std::size_t i = 0; i < own.size(); ++i) {
        for (Knob& knob : own[i]) {
            knob.group = optimizers()[i].label;
            knob.when = {{"optimizer", {optimizers()[i].id}}};
            list.push_back(std::move(knob));
        }
    }
    return list;
}

optim::OptimizerConfig optimizerOf(const lab::KnobValues& values) {
    const std::string& name = values.text("optimizer");
    if (name == "sgd") {
        optim::SgdConfig config;
        config.learningRate = values.real("lr");
        config.momentum = values.real("sgd.momentum");
        config.nesterov = values.flag("sgd.nesterov");
        config.decoupledWeightDecay = values.real("sgd.weight_decay");
        return config;
    }
    if (name == "adamw") {
        optim::AdamConfig config;
        config.learningRate = values.real("lr");
        config.beta1 = values.real("adamw.beta1");
        config.beta2 = values.real("adamw.beta2");
        config.eps = values.real("adamw.eps");
        config.decoupledWeightDecay = values.real("adamw.weight_decay");
        return config;
    }
    if (name == "shampoo") {
        return shampooOf(values);
    }
    if (name == "soap") {
        return soapOf(values);
    }
    return muonOf(values);
}

optim::AdamConfig auxiliaryOf(const lab::KnobValues& values) {
    const bool isSoap = values.text("optimizer") == "soap";
    optim::AdamConfig config;
    config.learningRate = values.real("lr");
    config.beta1 = values.real(isSoap ? "soap.beta1" : "shampoo.beta1");
    // Shampoo's β₂ may be 1, a plain sum, which is none of Adam's.
    config.beta2 = isSoap ? values.real("soap.beta2") : optim::ShampooConfig().graftBeta2;
    config.decoupledWeightDecay =
        values.real(isSoap ? "soap.weight_decay" : "shampoo.weight_decay");
    return config;
}

} // namespace psephos::experiments::train
