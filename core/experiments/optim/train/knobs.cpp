// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/train/knobs.hpp"

#include "experiments/optim/train/live.hpp"
#include "experiments/optim/train/sweeps.hpp"
#include "lab/declare.hpp"
#include "optim/config_words.hpp"

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
    automatic.help = "What a sweep of learning rates found for this optimizer on this task.";
    automatic.resolve = [](const lab::KnobValues& values) -> lab::Result<lab::Value> {
        if (const Sweep* sweep = sweepOf(values)) {
            return lab::Value(sweep->best());
        }
        return lab::Error{"no sweep is recorded for " + values.text("optimizer") + " on " +
                              values.text("task"),
                          "give a number", ""};
    };
    automatic.evidence = [](const lab::KnobValues& values) -> std::optional<lab::Evidence> {
        const Sweep* sweep = sweepOf(values);
        return sweep != nullptr ? std::optional(sweep->evidence()) : std::nullopt;
    };
    knob.specials.push_back(std::move(automatic));
    return knob;
}

Knob batchSize() {
    Knob knob = integer("batch", "Batch",
                        "Windows of text, rows, images or entries of a matrix in one gradient.", 16,
                        1, 4096, Scale::PowerOfTwo);
    knob.defaultValue = lab::Special{"auto"};
    lab::SpecialValue automatic;
    automatic.id = "auto";
    automatic.label = "auto";
    automatic.help = "16 windows of text, 64 rows or images, 1024 entries: what the learning rates "
                     "were recorded with.";
    automatic.resolve = [](const lab::KnobValues& values) -> lab::Result<lab::Value> {
        const std::string& task = values.text("task");
        return lab::Value(std::int64_t{task == "char_lm"                ? 16
                                       : task == "matrix_factorisation" ? 1024
                                                                        : 64});
    };
    knob.specials.push_back(std::move(automatic));
    return knob;
}

Knob dataKnob() {
    Knob data;
    data.id = "data";
    data.label = "Data";
    data.help = "A file: any text for char_lm; IDX images (labels beside them), the binary "
                "records of CIFAR-10 or CIFAR-100 or a CSV of numbers and a label for the others, "
                "of which conv takes images alone. Empty: what the program brings along. A tenth "
                "is held out for "
                "validation: the end of a text, rows drawn once and for all of a table.";
    data.type = KnobType::DataSet;
    data.defaultValue = std::string();
    data.optional = true;
    return when(std::move(data), "task", {"char_lm", "image_classifier", "mnist1d", "conv"});
}

/// Of the model of one task.
std::vector<Knob> modelKnobs(const std::vector<std::string>& tasks, std::vector<Knob> list) {
    for (Knob& knob : list) {
        knob = when(std::move(knob), "task", tasks);
    }
    return list;
}

std::vector<Knob> taskKnobs() {
    std::vector<Knob> list = together(
        {{choice("task", "Task", "What is trained on what.", tasks(), "char_lm"), dataKnob()},
         modelKnobs(
             {"char_lm"},
             {integer("char_lm.layers", "Layers", "Blocks of attention and perceptron.", 2, 1, 24),
              integer("char_lm.width", "Width",
                      "Numbers that stand for a byte; a multiple of heads.", 64, 8, 1024,
                      Scale::PowerOfTwo),
              advanced(integer("char_lm.heads", "Heads", "Attention heads a layer.", 4, 1, 64,
                               Scale::PowerOfTwo)),
              integer("char_lm.context", "Context", "Bytes that a prediction may look back on.", 64,
                      1, 1024, Scale::PowerOfTwo),
              choice("char_lm.start", "First weights",
                     "How large they are drawn. A small start has most to learn in its first "
                     "steps: there SOAP's first basis is soon out of date.",
                     {{"fan_in", "by inputs",
                       "1/√n for n inputs, less where a layer adds to what "
                       "it reads: no layer drowns another."},
                      {"even", "alike", "One deviation for all, as BERT and GPT-2 begin."}}),
              when(real("char_lm.deviation", "Their deviation",
                        "Standard deviation of each weight and embedding at the start.", 0.02, 1e-4,
                        1.0, Scale::Log),
                   "char_lm.start", {"even"})}),
         modelKnobs({"image_classifier", "mnist1d"},
                    {integer("hidden_layers", "Hidden layers", "Layers between input and answer.",
                             2, 0, 16),
                     integer("hidden_width", "Width", "Units in each hidden layer.", 192, 1, 4096,
                             Scale::Log)}),
         modelKnobs(
             {"conv"},
             {integer("conv.layers", "Layers",
                      "Banks of 3 x 3 filters, each with the largest of 2 x 2 behind it.", 3, 1, 6),
              integer("conv.width", "Filters",
                      "In the first layer; each further one has twice as many.", 16, 1, 128,
                      Scale::PowerOfTwo)}),
         modelKnobs(
             {"matrix_factorisation"},
             {integer("matrix_factorisation.rows", "Rows", "Of the matrix A, and of U.", 128, 2,
                      2048, Scale::Log),
              integer("matrix_factorisation.columns", "Columns", "Of the matrix A: the rows of V.",
                      96, 2, 2048, Scale::Log),
              integer("matrix_factorisation.rank", "Rank",
                      "Columns of U and V; at most A's rows and columns.", 16, 1, 512, Scale::Log),
              real("matrix_factorisation.exponent", "Exponent of the spectrum",
                   "The k-th singular value of A is 1/k to this power of the first one: the "
                   "larger, the more unequal the directions.",
                   2.0, 0.0, 4.0),
              advanced(real("matrix_factorisation.start", "Size of the start",
                            "Standard deviation of the first U and V: the smaller, the longer the "
                            "way out of the saddle at 0.",
                            0.1, 1e-6, 10.0, Scale::Log))})});
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

Knob epsMode(const std::string& optimizer, std::string value) {
    return advanced(choice(optimizer + ".eps_mode", "Place of ε",
                           "Where ε stands in the denominator.",
                           {{"hat", "hat", "Added after bias correction."},
                            {"raw", "raw", "Added before bias correction."},
                            {"clamp", "clamp", "A floor, after bias correction."}},
                           std::move(value)));
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
            epsMode("adamw", "hat"), weightDecay("adamw")};
}

std::vector<Knob> adafactorKnobs() {
    const std::vector<std::string> original{"original"};
    const std::vector<std::string> simplified{"simplified"};
    return {
        choice("adafactor.form", "Form", "Two methods go by this name.",
               {{"simplified", "simplified", "Adam with a second moment of rank one."},
                {"original", "original",
                 "As first printed: clipped, no momentum, steps relative to the weights."}},
               "simplified"),
        when(real("adafactor.beta1", "β₁", "Memory of the gradient.", 0.95, 0.0, 0.9999),
             "adafactor.form", simplified),
        when(
            real("adafactor.beta2", "β₂", "Memory of the row and column sums.", 0.95, 0.0, 0.99999),
            "adafactor.form", simplified),
        when(advanced(real("adafactor.eps", "ε", "Added to the root of the squared gradient.", 1e-8,
                           1e-16, 1.0, Scale::Log)),
             "adafactor.form", simplified),
        when(advanced(flag("adafactor.relative_step", "Relative step",
                           "The learning rate is at most 1/√t.", true)),
             "adafactor.form", original),
        when(advanced(flag("adafactor.scale_parameter", "Scale by the weights",
                           "Steps in proportion to the root mean square of each matrix.", true)),
             "adafactor.form", original),
        when(advanced(real("adafactor.clip", "Clip at",
                           "Largest root mean square of an update before scaling.", 1.0, 1e-3, 1e3,
                           Scale::Log)),
             "adafactor.form", original),
        weightDecay("adafactor")};
}

std::vector<Knob> lionKnobs() {
    return {real("lion.beta1", "β₁", "Share of the memory in the step.", 0.9, 0.0, 0.9999),
            real("lion.beta2", "β₂", "Memory of the gradient.", 0.99, 0.0, 0.99999),
            weightDecay("lion")};
}

std::vector<Knob> scheduleFreeKnobs() {
    return {
        real("schedule_free.beta1", "β₁", "Share of the average where gradients are taken.", 0.9,
             0.0, 0.9999),
        real("schedule_free.beta2", "β₂", "Memory of the squared gradient.", 0.999, 0.0, 0.99999),
        advanced(real("schedule_free.eps", "ε", "Added to the root of the squared gradient.", 1e-8,
                      1e-16, 1.0, Scale::Log)),
        weightDecay("schedule_free")};
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
            advanced(choice(
                "shampoo.statistics", "Factors by", "What the two factors average.",
                {{"gram", "Gram matrices", "GGᵀ and GᵀG, as first printed."},
                 {"kl", "KL-Shampoo",
                  "Each over the inverse of the other: the likeliest Kronecker covariance."}},
                "gram")),
            advanced(flag("shampoo.trace_scale", "Scale by the trace",
                          "Times the root of the trace, as in the idealised Shampoo.", false)),
            advanced(real("shampoo.tolerance", "Stale eigenvectors up to τ",
                          "A refresh keeps the eigenvectors while the off-diagonal rest is at most "
                          "this share; 0 never does.",
                          0.0, 0.0, 0.99)),
            advanced(integer("shampoo.max_precond_dim", "Longest side",
                             "A longer side is left alone or split into blocks.", 10'000, 1,
                             100'000, Scale::Log)),
            advanced(flag("shampoo.blocking", "Blocks",
                          "Split longer sides into blocks, each a problem of its own.", false)),
            advanced(flag("shampoo.starts_grafted", "Start on the graft",
                          "Take the grafted step until the first multiple of f.", false)),
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
        choice("soap.sides", "Sides", "Which sides of a matrix get a basis.",
               {{"both", "both", "As in the paper's main runs."},
                {"smaller", "the smaller", "One-sided SOAP: less memory and time."},
                {"left", "left", "The side of the outputs."},
                {"right", "right", "The side of the inputs."}},
               "both"),
        choice("soap.second_moment", "Second moment", "How the squared gradient is remembered.",
               {{"full", "full", "A number for each weight."},
                {"factored", "factored", "Row and column sums, as Adafactor's."}},
               "full"),
        advanced(
            choice("soap.refresh", "New basis by", "How a refresh finds the basis.",
                   {{"qr", "QR",
                     "One orthogonal iteration, as in the reference, the way that is faster on "
                     "this device."},
                    {"eigh", "eigenvectors", "The exact ones."},
                    {"cholesky_qr2", "CholeskyQR2", "QR by two Cholesky factorisations."},
                    {"householder", "Householder", "QR by reflections."}},
                   "qr")),
        advanced(choice(
            "soap.carry", "Second moment at a refresh",
            "What happens to the squared gradient's average when the basis turns.",
            {{"permute", "permuted", "It follows the order of the basis vectors (the reference)."},
             {"keep", "kept", "A historical mistake: it stays with the places."},
             {"transport", "transported", "The diagonal of the turned covariance (HeavySOAP)."}},
            "permute")),
        epsMode("soap", "raw"),
        advanced(flag("soap.normalize", "Normalise the update",
                      "Every matrix moves by the learning rate, root mean square.", false)),
        advanced(integer("soap.max_precond_dim", "Longest side", "A longer side keeps its axes.",
                         10'000, 1, 100'000, Scale::Log)),
        weightDecay("soap")};
}

std::vector<Knob> muonKnobs() {
    return {
        real("muon.momentum", "Momentum μ", "Memory of the gradient.", 0.95, 0.0, 0.9999),
        [] {
            Knob knob = real("muon.aux_lr", "Learning rate of its AdamW",
                             "For embeddings, head and vectors, which Muon does not take.", 3e-3,
                             1e-8, 100.0, Scale::Log);
            knob.live = true;
            return knob;
        }(),
        flag("muon.nesterov", "Nesterov", "Look ahead by the momentum first.", true),
        advanced(choice("muon.orthogonalisation", "Orthogonalise by",
                        "What makes the step orthogonal.",
                        {{"jordan", "Newton–Schulz", "Jordan's coefficients at each step."},
                         {"quintic", "Newton–Schulz, tuned",
                          "Other coefficients at each step: nearer to orthogonal."},
                         {"svd", "SVD", "Exactly."}},
                        "jordan")),
        advanced(integer("muon.ns_steps", "Newton–Schulz steps", "Iterations that orthogonalise.",
                         5, 1, 100)),
        advanced(choice("muon.ns_precision", "Iterate in",
                        "The numbers of the Newton–Schulz iteration.",
                        {{"state", "the state's", "As the weights."},
                         {"float32", "float32", "24 bits."},
                         {"bfloat16", "bfloat16", "8 bits: fast on a GPU."}},
                        "state")),
        advanced(choice("muon.scale", "Scale", "What the orthogonal step [m,n] is multiplied by.",
                        {{"shape", "√max(1, m/n)", "Jordan's."},
                         {"moonshot", "0.2·√max(m, n)", "For AdamW's learning rates."},
                         {"spectral", "√max(m, n)", "A spectral norm that grows with the size."},
                         {"unit_rms", "√(m/n)", "The same root mean square in and out."},
                         {"none", "1", "None."}},
                        "shape")),
        when(advanced(choice(
                 "muon.conv_scale", "Scale of filters by",
                 "Which m and n the scale of a filter bank counts.",
                 {{"matrix", "the matrix", "Filters by all that each one sees."},
                  {"filter", "the filter", "Its rows and columns, 3 by 3: as the reference does."}},
                 "matrix")),
             "task", {"conv"}),
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
    config.statistics = values.text("shampoo.statistics") == "kl"
                            ? optim::FactorStatistics::KullbackLeibler
                            : optim::FactorStatistics::Gram;
    config.traceScale = values.flag("shampoo.trace_scale");
    config.refreshTolerance = values.real("shampoo.tolerance");
    config.maxPreconditionerDim = static_cast<int>(values.integer("shampoo.max_precond_dim"));
    config.blocking = values.flag("shampoo.blocking");
    config.startsGrafted = values.flag("shampoo.starts_grafted");
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
    config.epsMode = optim::epsModeOf(values.text("soap.eps_mode"));
    config.sides = optim::sidesOf(values.text("soap.sides"));
    config.secondMoment = values.text("soap.second_moment") == "factored"
                              ? optim::SecondMoment::Factored
                              : optim::SecondMoment::Full;
    config.refresh = optim::basisRefreshOf(values.text("soap.refresh"));
    config.carry = optim::carryOf(values.text("soap.carry"));
    config.normalizeUpdate = values.flag("soap.normalize");
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
    const std::string& way = values.text("muon.orthogonalisation");
    config.orthogonalisation =
        way == "svd" ? optim::Orthogonalisation::Svd : optim::Orthogonalisation::NewtonSchulz;
    if (way == "quintic") {
        config.coefficients = optim::quinticCoefficients();
    }
    config.precision = optim::nsPrecisionOf(values.text("muon.ns_precision"));
    config.scale = optim::muonScaleOf(values.text("muon.scale"));
    config.scaleOfLastSides = values.text("muon.conv_scale") == "filter";
    config.decoupledWeightDecay = values.real("muon.weight_decay");
    config.aux.learningRate = values.real("muon.aux_lr");
    config.aux.decoupledWeightDecay = config.decoupledWeightDecay;
    return config;
}

optim::OptimizerConfig adafactorOf(const lab::KnobValues& values) {
    if (values.text("adafactor.form") == "simplified") {
        optim::FactoredAdamConfig config;
        config.learningRate = values.real("lr");
        config.beta1 = values.real("adafactor.beta1");
        config.beta2 = values.real("adafactor.beta2");
        config.eps = values.real("adafactor.eps");
        config.decoupledWeightDecay = values.real("adafactor.weight_decay");
        return config;
    }
    optim::AdafactorConfig config;
    config.learningRate = values.real("lr");
    config.relativeStep = values.flag("adafactor.relative_step");
    config.scaleParameter = values.flag("adafactor.scale_parameter");
    config.clip = values.real("adafactor.clip");
    config.decoupledWeightDecay = values.real("adafactor.weight_decay");
    return config;
}

optim::ScheduleFreeConfig scheduleFreeOf(const lab::KnobValues& values) {
    optim::ScheduleFreeConfig config;
    config.learningRate = values.real("lr");
    config.beta1 = values.real("schedule_free.beta1");
    config.beta2 = values.real("schedule_free.beta2");
    config.eps = values.real("schedule_free.eps");
    config.decoupledWeightDecay = values.real("schedule_free.weight_decay");
    return config;
}

} // namespace

const std::vector<lab::ChoiceOption>& optimizers() {
    static const std::vector<lab::ChoiceOption> kOptimizers{
        {"sgd", "SGD", "Along the averaged gradient."},
        {"adamw", "AdamW", "Each weight by its own scale."},
        {"shampoo", "Shampoo", "Each matrix by inverse roots of its gradients' covariances."},
        {"soap", "SOAP", "Adam in the slowly turning eigenbasis of Shampoo."},
        {"muon", "Muon", "Each matrix by an orthogonal step."},
        {"adafactor", "Adafactor", "Each weight by the scales of its row and column."},
        {"lion", "Lion", "Every weight by the same distance, by its sign."},
        {"schedule_free", "Schedule-Free AdamW",
         "No schedule: the model is an average of the steps."}};
    return kOptimizers;
}

std::string labelOf(const std::vector<lab::ChoiceOption>& options, std::string_view id) {
    for (const lab::ChoiceOption& option : options) {
        if (option.id == id) {
            return option.label;
        }
    }
    return std::string(id);
}

std::vector<lab::ChoiceOption> racers() {
    constexpr std::ptrdiff_t kRacers = 5;
    return {optimizers().begin(), optimizers().begin() + kRacers};
}

const std::vector<lab::ChoiceOption>& tasks() {
    static const std::vector<lab::ChoiceOption> kTasks{
        {"char_lm", "Spelling", "A small transformer that predicts the next byte of a text."},
        {"image_classifier", "Images", "A perceptron that tells images apart."},
        {"mnist1d", "Series", "A perceptron that tells short series apart, as MNIST-1D."},
        {"conv", "Convolution", "A small convolutional network that tells images apart."},
        {"matrix_factorisation", "Factorisation",
         "A matrix as the product of two thin ones, learned from nine tenths of its entries."}};
    return kTasks;
}

std::vector<lab::Knob> knobs() {
    std::vector<Knob> list = taskKnobs();
    for (Knob& knob : together({commonKnobs(), liveKnobs()})) {
        knob.group = "All runs";
        list.push_back(std::move(knob));
    }
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
    if (name == "adafactor") {
        return adafactorOf(values);
    }
    if (name == "lion") {
        return optim::LionConfig{values.real("lr"), values.real("lion.beta1"),
                                 values.real("lion.beta2"), values.real("lion.weight_decay")};
    }
    if (name == "schedule_free") {
        return scheduleFreeOf(values);
    }
    if (name == "adamw") {
        optim::AdamConfig config;
        config.epsMode = optim::epsModeOf(values.text("adamw.eps_mode"));
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
