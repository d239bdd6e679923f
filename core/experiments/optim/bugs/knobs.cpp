// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/bugs/knobs.hpp"

#include "lab/declare.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace psephos::experiments::bugs {

namespace {

using lab::Knob;
using lab::Scale;
using namespace lab::declare;

Knob mistakesKnob() {
    Knob knob;
    knob.id = "bug";
    knob.label = "Mistakes";
    knob.help = "Which wrong lines are run, each in a port that is otherwise right.";
    knob.type = lab::KnobType::Choices;
    for (const MistakeEntry& each : mistakes()) {
        knob.choices.push_back({each.id, each.label, each.changes});
    }
    knob.defaultValue =
        lab::ChoicesValue{"soap_no_permute", "soap_stale_momentum", "soap_ascending",
                          "soap_gram_first", "soap_lost_call",      "soap_hat_eps"};
    return knob;
}

std::vector<Knob> problemKnobs() {
    const std::vector<std::string> valley{"valley"};
    return {
        choice("problem", "Problem", "Where gradients come from.",
               {{"valley", "turned valley",
                 "A quadratic over matrices whose curvature is a Kronecker product, its axes in "
                 "random directions; noisy gradients, the learning rate falls to 0."},
                {"recorded", "recorded gradients",
                 "The same gradients for everybody, whatever the weights: problem P of the golden "
                 "vectors, 3 × 4. There is no loss."}}),
        integer("steps", "Calls", "Gradients that each port gets.", 300, 10, 1000, Scale::Log),
        when(integer("draws", "Draws",
                     "How many random valleys each figure is the median of; bands reach from the "
                     "least to the greatest.",
                     3, 1, 9),
             "problem", valley),
        when(real("condition", "Condition number κ",
                  "Largest over smallest curvature of each side; the whole valley has κ².", 100.0,
                  1.0, 1e4, Scale::Log),
             "problem", valley),
        advanced(when(integer("rows", "Rows m", "The parameter is a matrix of m × n.", 16, 2, 24),
                      "problem", valley)),
        advanced(when(integer("cols", "Columns n", "The parameter is a matrix of m × n.", 8, 2, 24),
                      "problem", valley)),
        advanced(when(
            integer("batch", "Batch", "Samples that a gradient averages.", 64, 1, 256, Scale::Log),
            "problem", valley)),
    };
}

Knob factor(std::string id, std::string label, std::string help, double value) {
    return advanced(real(std::move(id), std::move(label), std::move(help), value, 0.0, 0.999));
}

std::vector<Knob> optimizerKnobs() {
    const std::vector<std::string> averaging =
        idsOf({Family::AdamW, Family::Soap, Family::Shampoo, Family::ScheduleFree});
    return {
        real("rate", "Learning rate",
             "As a multiple of what suits the right port in the valley at its default size.", 1.0,
             0.01, 100.0, Scale::Log),
        when(integer("refresh_period", "Refresh every f updates",
                     "How often SOAP finds a new basis, and Shampoo new roots.", 10, 1, 1000,
                     Scale::Log),
             "bug", idsOf({Family::Soap, Family::Shampoo})),
        when(flag("graft", "Graft", "Shampoo takes the length of Adam's step over.", false), "bug",
             {"shampoo_no_correction", "shampoo_half_power", "shampoo_tf32"}),
        when(real("weight_decay", "Weight decay λ",
                  "Decoupled pull towards zero, times the learning rate: of the two mistakes that "
                  "are about it.",
                  0.01, 0.0, 1.0),
             "bug", {"soap_decay_alpha", "adamw_coupled"}),
        when(real("eps", "ε", "Added to roots of averaged squares, and to Shampoo's factors.", 1e-8,
                  1e-16, 1.0, Scale::Log),
             "bug", averaging),
        when(factor("momentum", "Momentum μ", "Share of the old momentum that stays.", 0.9), "bug",
             idsOf({Family::Sgd, Family::Muon})),
        when(factor("beta1", "β₁", "Share of the old averaged gradient that stays.", 0.95), "bug",
             averaging),
        when(factor("beta2", "β₂",
                    "Share of the old averages of squares and Gram matrices that stays.", 0.95),
             "bug", averaging),
    };
}

/// What did best for the right port in the valley of the default knobs, on a grid of quarters of a
/// decade (Shampoo a step below: at its best one it stands at the edge of divergence).
double ownRate(Family family, bool isGrafted) {
    switch (family) {
    case Family::Sgd:
        return 3.16;
    case Family::AdamW:
        return 0.178;
    case Family::ScheduleFree:
        return 0.562;
    case Family::Shampoo:
        return isGrafted ? 0.0562 : 0.178;
    case Family::Muon:
        return 0.0562;
    case Family::Soap:
        break;
    }
    return 0.1;
}

} // namespace

std::vector<Knob> knobs() {
    std::vector<Knob> list{mistakesKnob()};
    for (auto& [group, own] :
         {std::pair{"Problem", problemKnobs()}, std::pair{"Optimizer", optimizerKnobs()}}) {
        for (Knob knob : own) {
            knob.group = group;
            list.push_back(std::move(knob));
        }
    }
    list.front().group = "Mistakes";
    return list;
}

std::vector<MistakeEntry> chosenMistakes(const lab::KnobValues& values) {
    const lab::ChoicesValue& ids = values.choices("bug");
    std::vector<MistakeEntry> chosen;
    for (const MistakeEntry& each : mistakes()) {
        if (std::find(ids.begin(), ids.end(), each.id) != ids.end()) {
            chosen.push_back(each);
        }
    }
    return chosen;
}

bool isRecorded(const lab::KnobValues& values) {
    return values.text("problem") == "recorded";
}

optim::textbook::QuadraticSize sizeOf(const lab::KnobValues& values) {
    optim::textbook::QuadraticSize size;
    size.rows = static_cast<int>(values.integer("rows"));
    size.cols = static_cast<int>(values.integer("cols"));
    size.condition = values.real("condition");
    size.batch = static_cast<int>(values.integer("batch"));
    size.steps = static_cast<int>(values.integer("steps"));
    return size;
}

PortSettings settingsOf(const lab::KnobValues& values, const MistakeEntry& mistake, double rate) {
    PortSettings settings;
    const bool isDecay = mistake.mistake == Mistake::SoapDecayByAlpha ||
                         mistake.mistake == Mistake::AdamWCoupledDecay;
    settings.grafts = mistake.mistake == Mistake::ShampooRawGraft || values.flag("graft");
    settings.learningRate = rate * ownRate(mistake.family, settings.grafts);
    settings.momentum = values.real("momentum");
    settings.beta1 = values.real("beta1");
    settings.beta2 = values.real("beta2");
    settings.eps = values.real("eps");
    settings.weightDecay = isDecay ? values.real("weight_decay") : 0.0;
    settings.refreshPeriod = static_cast<int>(values.integer("refresh_period"));
    return settings;
}

} // namespace psephos::experiments::bugs
