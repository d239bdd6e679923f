// SPDX-License-Identifier: GPL-3.0-or-later
// What is known about each rule and axiom: a proof, a counterexample, or neither.
#pragma once

#include "choice/axioms.hpp"
#include "lab/result.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::choice {

enum class AxiomStatus {
    Holds,          ///< AxiomCell::basis proves it, for complete strict ballots
    Counterexample, ///< a stored election shows the rule to break it
    Open            ///< neither a proof nor a counterexample is stored here
};

/// `holds`, `counterexample`, `open`.
[[nodiscard]] std::string_view name(AxiomStatus status);

struct AxiomCell {
    std::string_view rule; ///< id
    Axiom axiom = Axiom::CondorcetWinner;
    AxiomStatus status = AxiomStatus::Open;
    std::string_view basis;             ///< the proof in one sentence; empty if there is none
    const AxiomCase* example = nullptr; ///< the stored counterexample
};

/// Ids of the rules of the table: all votingRules() and kBradleyTerry.
[[nodiscard]] const std::vector<std::string_view>& axiomRules();

/// The counterexamples that come with the program: those of the golden document, then our own,
/// which the hunt found. Errors: none unless the program is broken.
[[nodiscard]] const lab::Result<std::vector<AxiomCase>>& storedCases();

/// A cell for each rule and axiom, rule by rule. A stored counterexample wins over a proof, so that
/// a wrong proof could not hide it (a test sees to it that no cell has both).
[[nodiscard]] const std::vector<AxiomCell>& axiomTable();

/// The cell; asserts that there is one.
[[nodiscard]] const AxiomCell& axiomCell(std::string_view rule, Axiom axiom);

} // namespace psephos::choice
