// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/surface/knobs.hpp"

#include "experiments/optim/surface/learning_rates.hpp"
#include "lab/declare.hpp"
#include "optim/config_words.hpp"

#include <numbers>
#include <utility>

namespace psephos::experiments::surface {

namespace {

using lab::Knob;
using lab::KnobType;
using lab::Scale;
using namespace lab::declare;

Knob epsMode(const std::string& optimizer, std::string value) {
    Knob knob = choice(optimizer + ".eps_mode", "Place of ε", "Where ε stands in the denominator.",
                       {{"hat", "hat", "Added after bias correction."},
                        {"raw", "raw", "Added before bias correction."},
                        {"clamp", "clamp", "A floor, after bias correction."}});
    knob.defaultValue = std::move(value);
    return advanced(std::move(knob));
}

Knob learningRate(const std::string& optimizer, double most) {
    Knob knob = real(optimizer + ".lr", "Learning rate", "Length of a step: η.", 0.01, 1e-6, most,
                     Scale::Log);
    knob.defaultValue = lab::Special{"auto"};
    lab::SpecialValue special;
    special.id = "auto";
    special.label = "auto";
    special.help = "What a sweep of learning rates found on this surface, with the optimizer's "
                   "other knobs at their defaults and without noise.";
    special.resolve = [optimizer](const lab::KnobValues& values) -> lab::Result<lab::Value> {
        return lab::Value(recordedLearningRate(values, optimizer));
    };
    special.evidence = [optimizer](const lab::KnobValues& values) {
        return std::optional(learningRateEvidence(values, optimizer));
    };
    knob.specials.push_back(std::move(special));
    return knob;
}

std::vector<Knob> taskKnobs() {
    std::vector<Knob> list;
    list.push_back(
        choice("surface", "Surface", "The function to descend.",
               {{"rosenbrock", "Rosenbrock", "A bent, narrow valley."},
                {"beale", "Beale", "A flat valley between cliffs."},
                {"himmelblau", "Himmelblau", "Four minima, all equally deep."},
                {"rastrigin", "Rastrigin", "A bowl full of holes."},
                {"booth", "Booth", "A tilted bowl with curvatures 2 and 18."},
                {"quadratic", "Quadratic", "A bowl as long and as turned as you like."}}));
    Knob kappa =
        real("quadratic.kappa", "Condition number κ",
             "Curvature across the valley over curvature along it.", 100.0, 1.0, 1e4, Scale::Log);
    kappa.when = {{"surface", {"quadratic"}}};
    list.push_back(std::move(kappa));
    Knob angle = real("quadratic.angle", "Angle θ",
                      "How far the steep axis is turned from the x axis.", 30.0, -90.0, 90.0);
    angle.unit = "°";
    angle.when = {{"surface", {"quadratic"}}};
    list.push_back(std::move(angle));
    Knob start;
    start.id = "start";
    start.label = "Start";
    start.help = "Where every run starts; drag it on the landscape.";
    start.type = KnobType::Point;
    start.defaultValue = lab::PointValue{-1.35, 1.15};
    start.coordinates = {"x", "y"};
    start.min = -10.0;
    start.max = 10.0;
    list.push_back(std::move(start));
    list.push_back(real("noise", "Noise",
                        "Standard deviation of what is added to each coordinate of each gradient; "
                        "the same for every optimizer of a seed.",
                        0.0, 0.0, 50.0));
    for (Knob& knob : list) {
        knob.group = "Task";
    }
    Knob steps = integer("steps", "Steps", "Calls of the optimizer.", 500, 1, 20000, Scale::Log);
    steps.group = "All runs";
    list.push_back(std::move(steps));
    Knob optimizer =
        choice("optimizer", "Optimizer", "Who descends; choose several for a race.", optimizers());
    optimizer.group = "All runs";
    list.push_back(std::move(optimizer));
    return list;
}

std::vector<Knob> sgdKnobs() {
    return {
        learningRate("sgd", 1.0),
        real("sgd.momentum", "Momentum μ", "Share of the last step that is kept.", 0.9, 0.0, 0.999),
        advanced(flag("sgd.nesterov", "Nesterov", "Look ahead by the momentum first.", false))};
}

std::vector<Knob> adamwKnobs() {
    return {learningRate("adamw", 10.0),
            real("adamw.beta1", "β₁", "Memory of the gradient.", 0.9, 0.0, 0.999),
            real("adamw.beta2", "β₂", "Memory of the squared gradient.", 0.999, 0.0, 0.9999),
            advanced(real("adamw.eps", "ε", "Added to the root of the squared gradient.", 1e-8,
                          1e-12, 1.0, Scale::Log)),
            epsMode("adamw", "hat"),
            advanced(real("adamw.weight_decay", "Weight decay λ", "Pull towards (0, 0).", 0.0, 0.0,
                          1.0))};
}

std::vector<Knob> shampooKnobs() {
    return {
        learningRate("shampoo", 10.0),
        integer("shampoo.f", "Refresh every f steps",
                "Steps between two inverse roots of the preconditioner.", 1, 1, 1000, Scale::Log),
        real("shampoo.beta1", "β₁", "Memory of the gradient.", 0.9, 0.0, 0.999),
        real("shampoo.beta2", "β₂", "Memory of the preconditioner; 1 keeps everything.", 0.999, 0.0,
             1.0),
        choice("shampoo.graft", "Grafting", "Whose step length Shampoo's direction takes over.",
               {{"none", "none", "Its own."},
                {"sgd", "SGD", "That of the averaged gradient."},
                {"adam", "Adam", "That of Adam's step."}}),
        integer("shampoo.basis_warmup", "Warm-up of the basis",
                "Refresh on each of the first so many steps.", 0, 0, 1000),
        advanced(real("shampoo.exponent", "Exponent",
                      "Power of the preconditioner; for one vector −1/2 is right.", -0.5, -1.0,
                      0.0)),
        advanced(real("shampoo.eps", "ε", "Added to the preconditioner's diagonal.", 1e-12, 1e-16,
                      1.0, Scale::Log)),
        advanced(
            real("shampoo.tolerance", "Stale eigenvectors up to τ",
                 "A refresh keeps the eigenvectors while the off-diagonal rest is at most this "
                 "share; 0 never does.",
                 0.0, 0.0, 0.99)),
    };
}

std::vector<Knob> soapKnobs() {
    return {
        learningRate("soap", 10.0),
        integer("soap.f", "Refresh every f steps", "Steps between two refreshes of the basis.", 1,
                1, 1000, Scale::Log),
        real("soap.beta1", "β₁", "Memory of the gradient.", 0.95, 0.0, 0.999),
        real("soap.beta2", "β₂", "Memory of the squared gradient in the basis.", 0.95, 0.0, 0.9999),
        real("soap.shampoo_beta", "β of the basis",
             "Memory of the matrix whose eigenvectors are "
             "the basis.",
             0.95, 0.0, 0.9999),
        integer("soap.basis_warmup", "Warm-up of the basis",
                "Refresh on each of the first so many steps.", 0, 0, 1000),
        advanced(real("soap.eps", "ε", "Added to the root of the squared gradient.", 1e-8, 1e-12,
                      1.0, Scale::Log)),
        epsMode("soap", "raw"),
        advanced(choice("soap.refresh", "New basis by", "How a refresh finds the basis.",
                        {{"qr", "QR", "One orthogonal iteration, as in the reference."},
                         {"eigh", "eigenvectors", "The exact ones."},
                         {"cholesky_qr2", "CholeskyQR2", "QR by two Cholesky factorisations."}})),
        advanced(choice(
            "soap.carry", "Second moment at a refresh",
            "What happens to the squared gradient's average when the basis turns.",
            {{"permute", "permuted", "It follows the order of the basis vectors (the reference)."},
             {"keep", "kept", "A historical mistake: it stays with the places."},
             {"transport", "transported", "The diagonal of the turned covariance (HeavySOAP)."}})),
    };
}

std::vector<Knob> muonKnobs() {
    return {learningRate("muon", 10.0),
            real("muon.momentum", "Momentum μ", "Memory of the gradient.", 0.95, 0.0, 0.999),
            advanced(flag("muon.nesterov", "Nesterov", "Look ahead by the momentum first.", true)),
            advanced(integer("muon.ns_steps", "Newton–Schulz steps",
                             "Iterations that orthogonalise; here they only set the step's length.",
                             5, 1, 20))};
}

std::vector<Knob> adafactorKnobs() {
    const std::vector<std::string> original{"original"};
    const std::vector<std::string> simplified{"simplified"};
    return {
        learningRate("adafactor", 10.0),
        choice("adafactor.form", "Form", "On one vector the simplified form is Adam.",
               {{"original", "original", "As first printed: clipped, no momentum."},
                {"simplified", "simplified", "Adam with a second moment of rank one."}}),
        when(flag("adafactor.relative_step", "Relative step", "The learning rate falls like 1/√t.",
                  false),
             "adafactor.form", original),
        when(flag("adafactor.scale_parameter", "Scale by the point",
                  "Steps in proportion to the point's distance from (0, 0).", false),
             "adafactor.form", original),
        when(real("adafactor.beta1", "β₁", "Memory of the gradient.", 0.95, 0.0, 0.999),
             "adafactor.form", simplified),
        when(real("adafactor.beta2", "β₂", "Memory of the squared gradient.", 0.95, 0.0, 0.9999),
             "adafactor.form", simplified)};
}

std::vector<Knob> lionKnobs() {
    return {learningRate("lion", 10.0),
            real("lion.beta1", "β₁", "Share of the memory in the step.", 0.9, 0.0, 0.999),
            real("lion.beta2", "β₂", "Memory of the gradient.", 0.99, 0.0, 0.9999)};
}

std::vector<Knob> scheduleFreeKnobs() {
    return {
        learningRate("schedule_free", 10.0),
        real("schedule_free.beta1", "β₁", "Share of the average where gradients are taken.", 0.9,
             0.0, 0.999),
        real("schedule_free.beta2", "β₂", "Memory of the squared gradient.", 0.999, 0.0, 0.9999)};
}

} // namespace

const std::vector<lab::ChoiceOption>& optimizers() {
    static const std::vector<lab::ChoiceOption> kOptimizers{
        {"sgd", "SGD", "Along the averaged gradient."},
        {"adamw", "AdamW", "Each coordinate by its own scale."},
        {"shampoo", "Shampoo", "By the inverse root of the gradients' full matrix."},
        {"soap", "SOAP", "Adam in the eigenbasis of the gradients' full matrix."},
        {"muon", "Muon", "Steps of one length."},
        {"adafactor", "Adafactor", "Each coordinate by its own scale, at little memory."},
        {"lion", "Lion", "The same distance along each coordinate, by its sign."},
        {"schedule_free", "Schedule-Free", "AdamW whose answer is an average of its steps."}};
    return kOptimizers;
}

std::vector<lab::ChoiceOption> racers() {
    constexpr std::ptrdiff_t kRacers = 5;
    return {optimizers().begin(), optimizers().begin() + kRacers};
}

std::vector<lab::Knob> knobs() {
    std::vector<Knob> list = taskKnobs();
    std::vector<std::vector<Knob>> own{sgdKnobs(),  adamwKnobs(),       shampooKnobs(),
                                       soapKnobs(), muonKnobs(),        adafactorKnobs(),
                                       lionKnobs(), scheduleFreeKnobs()};
    for (std::size_t i = 0; i < own.size(); ++i) {
        for (Knob& knob : own[i]) {
            knob.group = optimizers()[i].label;
            knob.when.insert(knob.when.begin(), lab::Condition{"optimizer", {optimizers()[i].id}});
            list.push_back(std::move(knob));
        }
    }
    return list;
}

namespace {

optim::ShampooConfig shampooOf(const lab::KnobValues& values, double learningRate) {
    optim::ShampooConfig config;
    config.learningRate = learningRate;
    config.refreshPeriod = static_cast<int>(values.integer("shampoo.f"));
    config.beta1 = values.real("shampoo.beta1");
    config.beta2 = values.real("shampoo.beta2");
    const std::string& graft = values.text("shampoo.graft");
    config.graft = graft == "adam"  ? optim::Graft::Adam
                   : graft == "sgd" ? optim::Graft::Sgd
                                    : optim::Graft::None;
    config.basisWarmup = static_cast<int>(values.integer("shampoo.basis_warmup"));
    config.exponent = values.real("shampoo.exponent");
    config.refreshTolerance = values.real("shampoo.tolerance");
    config.eps = values.real("shampoo.eps");
    config.precondition1d = true;
    return config;
}

optim::SoapConfig soapOf(const lab::KnobValues& values, double learningRate) {
    optim::SoapConfig config;
    config.learningRate = learningRate;
    config.refreshPeriod = static_cast<int>(values.integer("soap.f"));
    config.beta1 = values.real("soap.beta1");
    config.beta2 = values.real("soap.beta2");
    config.shampooBeta = values.real("soap.shampoo_beta");
    config.basisWarmup = static_cast<int>(values.integer("soap.basis_warmup"));
    config.eps = values.real("soap.eps");
    config.epsMode = optim::epsModeOf(values.text("soap.eps_mode"));
    config.refresh = optim::basisRefreshOf(values.text("soap.refresh"));
    config.carry = optim::carryOf(values.text("soap.carry"));
    config.precondition1d = true;
    return config;
}

optim::OptimizerConfig adafactorOf(const lab::KnobValues& values, double learningRate) {
    if (values.text("adafactor.form") == "simplified") {
        optim::FactoredAdamConfig config;
        config.learningRate = learningRate;
        config.beta1 = values.real("adafactor.beta1");
        config.beta2 = values.real("adafactor.beta2");
        return config;
    }
    optim::AdafactorConfig config;
    config.learningRate = learningRate;
    config.relativeStep = values.flag("adafactor.relative_step");
    config.scaleParameter = values.flag("adafactor.scale_parameter");
    return config;
}

} // namespace

Surface surfaceOf(const lab::KnobValues& values) {
    const std::string& name = values.text("surface");
    if (name == "quadratic") {
        return Surface::quadratic(values.real("quadratic.kappa"),
                                  values.real("quadratic.angle") / 180.0 * std::numbers::pi);
    }
    return Surface::byName(name).value(); // the choices are surfaces
}

optim::OptimizerConfig optimizerOf(const lab::KnobValues& values, double learningRate) {
    const std::string& name = values.text("optimizer");
    if (name == "sgd") {
        optim::SgdConfig config;
        config.learningRate = learningRate;
        config.momentum = values.real("sgd.momentum");
        config.nesterov = values.flag("sgd.nesterov");
        return config;
    }
    if (name == "adamw") {
        optim::AdamConfig config;
        config.learningRate = learningRate;
        config.beta1 = values.real("adamw.beta1");
        config.beta2 = values.real("adamw.beta2");
        config.eps = values.real("adamw.eps");
        config.decoupledWeightDecay = values.real("adamw.weight_decay");
        config.epsMode = optim::epsModeOf(values.text("adamw.eps_mode"));
        return config;
    }
    if (name == "shampoo") {
        return shampooOf(values, learningRate);
    }
    if (name == "soap") {
        return soapOf(values, learningRate);
    }
    if (name == "adafactor") {
        return adafactorOf(values, learningRate);
    }
    if (name == "lion") {
        return optim::LionConfig{learningRate, values.real("lion.beta1"), values.real("lion.beta2"),
                                 0.0};
    }
    if (name == "schedule_free") {
        optim::ScheduleFreeConfig config;
        config.learningRate = learningRate;
        config.beta1 = values.real("schedule_free.beta1");
        config.beta2 = values.real("schedule_free.beta2");
        return config;
    }
    optim::MuonConfig config;
    config.learningRate = learningRate;
    config.momentum = values.real("muon.momentum");
    config.nesterov = values.flag("muon.nesterov");
    config.newtonSchulzSteps = static_cast<int>(values.integer("muon.ns_steps"));
    config.orthogonalize1d = true;
    return config;
}

RaceSetup setupOf(const lab::KnobValues& values, std::uint64_t seed) {
    const lab::PointValue& start = values.point("start");
    RaceSetup setup;
    setup.surface = surfaceOf(values);
    setup.start = {start[0], start[1]};
    setup.optimizer = optimizerOf(values, values.real(learningRateKnob(values)));
    setup.noise = values.real("noise");
    setup.seed = seed;
    return setup;
}

std::string learningRateKnob(const lab::KnobValues& values) {
    return values.text("optimizer") + ".lr";
}

} // namespace psephos::experiments::surface
