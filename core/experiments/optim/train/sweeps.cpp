// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/train/sweeps.hpp"

#include "embedded/trainSweeps.hpp"
#include "lab/files/json.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace psephos::experiments::train {

namespace {

lab::Error fault(const std::string& place, const std::string& what) {
    return {what, "", place};
}

/// Numbers; null stands for a run that diverged.
std::optional<std::vector<double>> numbersOf(const lab::Json& json) {
    std::vector<double> numbers;
    for (const lab::Json& item : json) {
        if (!item.is_number() && !item.is_null()) {
            return std::nullopt;
        }
        numbers.push_back(item.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                         : item.get<double>());
    }
    return numbers;
}

lab::Result<Sweep> readSweep(const lab::Json& json, const std::string& provenance,
                             const std::string& place) {
    for (const char* key : {"task", "optimizer"}) {
        if (!json.contains(key) || !json[key].is_string()) {
            return fault(place, std::string(key) + " is not a text");
        }
    }
    for (const char* key : {"lr", "loss"}) {
        if (!json.contains(key) || !json[key].is_array()) {
            return fault(place, std::string(key) + " is not a list");
        }
    }
    if (!json.contains("steps") || !json["steps"].is_number_integer()) {
        return fault(place, "steps is not a whole number");
    }
    std::vector<std::pair<std::string, std::string>> knobs;
    if (json.contains("knobs")) {
        if (!json["knobs"].is_object()) {
            return fault(place, "knobs is not an object");
        }
        for (const auto& [knob, value] : json["knobs"].items()) {
            if (!value.is_string()) {
                return fault(place, "knobs/" + knob + " is not a text");
            }
            knobs.emplace_back(knob, value.get<std::string>());
        }
    }
    const auto rates = numbersOf(json["lr"]);
    const auto losses = numbersOf(json["loss"]);
    if (!rates || !losses || rates->size() != losses->size() || rates->empty() ||
        !std::is_sorted(rates->begin(), rates->end()) ||
        std::none_of(losses->begin(), losses->end(), [](double l) { return std::isfinite(l); })) {
        return fault(place, "lr and loss are not lists of one length, lr ascending, with a finite "
                            "loss");
    }
    return Sweep{json["task"].get<std::string>(),
                 json["optimizer"].get<std::string>(),
                 std::move(knobs),
                 json["steps"].get<std::int64_t>(),
                 *rates,
                 *losses,
                 provenance};
}

} // namespace

std::size_t Sweep::bestIndex() const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < losses.size(); ++i) {
        if (!std::isfinite(losses[best]) || losses[i] < losses[best]) {
            best = i;
        }
    }
    return best;
}

bool Sweep::isAtEdge() const {
    return bestIndex() == 0 || bestIndex() + 1 == losses.size();
}

lab::Evidence Sweep::evidence() const {
    lab::Evidence evidence;
    evidence.title = "Held-out loss after " + std::to_string(steps) + " steps";
    evidence.xLabel = "learning rate";
    evidence.yLabel =
        task == "matrix_factorisation" ? "share of the matrix" : "held-out loss [nats]";
    evidence.x = learningRates;
    evidence.y = losses;
    evidence.chosen = best();
    evidence.provenance = provenance;
    evidence.atGridEdge = isAtEdge();
    return evidence;
}

lab::Result<std::vector<Sweep>> readSweeps(std::string_view json, const std::string& place) {
    const auto document = lab::parseJson(json, place);
    if (!document) {
        return document.error();
    }
    if (!document->is_object() || !document->contains("provenance") ||
        !(*document)["provenance"].is_string() || !document->contains("sweeps") ||
        !(*document)["sweeps"].is_array()) {
        return fault(place, "expected an object with 'provenance' and 'sweeps'");
    }
    std::vector<Sweep> sweeps;
    for (const lab::Json& item : (*document)["sweeps"]) {
        const std::string at = place + " sweeps/" + std::to_string(sweeps.size());
        auto sweep = readSweep(item, (*document)["provenance"].get<std::string>(), at);
        if (!sweep) {
            return sweep.error();
        }
        sweeps.push_back(std::move(*sweep));
    }
    return sweeps;
}

const std::vector<Sweep>& recordedSweeps() {
    static const std::vector<Sweep> kSweeps = [] {
        auto read = readSweeps(embedded::trainSweeps(), "optim_train.json");
        assert(read.ok()); // it is part of the program, and a test reads it
        return read ? std::move(*read) : std::vector<Sweep>{};
    }();
    return kSweeps;
}

const Sweep* sweepOf(const lab::KnobValues& values) {
    const Sweep* best = nullptr;
    for (const Sweep& sweep : recordedSweeps()) {
        const bool fits =
            sweep.task == values.text("task") && sweep.optimizer == values.text("optimizer") &&
            std::all_of(sweep.knobs.begin(), sweep.knobs.end(), [&values](const auto& knob) {
                return lab::toText(values.at(knob.first)) == knob.second;
            });
        if (fits && (best == nullptr || sweep.knobs.size() > best->knobs.size())) {
            best = &sweep;
        }
    }
    return best;
}

} // namespace psephos::experiments::train
