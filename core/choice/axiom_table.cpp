// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/axiom_table.hpp"

#include "choice/axiom_proofs.hpp"
#include "choice/golden.hpp"
#include "choice/rules.hpp"
#include "embedded/counterexamples.hpp"
#include "lab/files/json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace psephos::choice {

namespace {

using lab::Json;
using lab::Result;

/// Appends the cases of a list.
Result<void> append(const Json& list, std::vector<AxiomCase>& cases) {
    for (const Json& json : list) {
        Result<AxiomCase> parsed = parseAxiomCase(json);
        if (!parsed) {
            return parsed.error();
        }
        cases.push_back(std::move(parsed).value());
    }
    return {};
}

Result<std::vector<AxiomCase>> loadCases() {
    const Result<Json> golden = embeddedGolden();
    const Result<Json> ours = lab::parseJson(embedded::counterexamples(), "counterexamples.json");
    if (!golden || !ours) {
        return golden ? ours.error() : golden.error();
    }
    std::vector<AxiomCase> cases;
    for (const Json* list : {&(*golden)["axiom_counterexamples"], &*ours}) {
        if (const auto appended = append(*list, cases); !appended) {
            return appended.error();
        }
    }
    return cases;
}

std::vector<AxiomCell> makeTable() {
    std::vector<AxiomCell> cells;
    for (const std::string_view rule : axiomRules()) {
        for (const AxiomInfo& info : votingAxioms()) {
            AxiomCell cell;
            cell.rule = rule;
            cell.axiom = info.axiom;
            for (const AxiomProof& proof : axiomProofs()) {
                if (proof.rule == rule && proof.axiom == info.axiom) {
                    cell.status = AxiomStatus::Holds;
                    cell.basis = proof.basis;
                }
            }
            if (const auto& cases = storedCases()) {
                for (const AxiomCase& each : *cases) {
                    if (cell.example == nullptr && each.rule == rule && each.axiom == info.axiom) {
                        cell.status = AxiomStatus::Counterexample;
                        cell.example = &each;
                    }
                }
            }
            cells.push_back(cell);
        }
    }
    return cells;
}

} // namespace

std::string_view name(AxiomStatus status) {
    switch (status) {
    case AxiomStatus::Holds:
        return "holds";
    case AxiomStatus::Counterexample:
        return "counterexample";
    case AxiomStatus::Open:
        break;
    }
    return "open";
}

const std::vector<std::string_view>& axiomRules() {
    static const std::vector<std::string_view> kRules = [] {
        std::vector<std::string_view> rules;
        for (const RuleInfo& info : votingRules()) {
            rules.push_back(info.id);
        }
        rules.emplace_back(kBradleyTerry);
        return rules;
    }();
    return kRules;
}

const Result<std::vector<AxiomCase>>& storedCases() {
    static const Result<std::vector<AxiomCase>> kCases = loadCases();
    return kCases;
}

const std::vector<AxiomCell>& axiomTable() {
    static const std::vector<AxiomCell> kTable = makeTable();
    return kTable;
}

const AxiomCell& axiomCell(std::string_view rule, Axiom axiom) {
    const auto& table = axiomTable();
    const auto cell = std::find_if(table.begin(), table.end(), [&](const AxiomCell& each) {
        return each.rule == rule && each.axiom == axiom;
    });
    assert(cell != table.end());
    return *cell;
}

} // namespace psephos::choice
