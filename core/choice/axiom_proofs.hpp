// SPDX-License-Identifier: GPL-3.0-or-later
// Why rules satisfy axioms, in a sentence each.
#pragma once

#include "choice/axioms.hpp"

#include <span>
#include <string_view>

namespace psephos::choice {

/// A proof for complete strict ballots and breaksAxiom()'s reading of the axiom (a change counts
/// against a rule only where it elected a single candidate before). They are our own, short enough
/// to be checked by reading; what is only quoted from a paper says so.
struct AxiomProof {
    std::string_view rule; ///< id
    Axiom axiom;
    std::string_view basis;
};

[[nodiscard]] std::span<const AxiomProof> axiomProofs();

} // namespace psephos::choice
