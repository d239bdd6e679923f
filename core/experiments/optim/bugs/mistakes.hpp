// SPDX-License-Identifier: GPL-3.0-or-later
// The mistakes that ports of optimizers are known for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace psephos::experiments::bugs {

/// Whose port it is.
enum class Family { Sgd, AdamW, ScheduleFree, Shampoo, Soap, Muon };

/// One wrong line. Each belongs to a family (mistakes() says which) and changes nothing elsewhere.
enum class Mistake {
    None,
    SoapNoPermute,
    SoapStaleMomentum,
    SoapAscending,
    SoapGramFirst,
    SoapFirstStep,
    SoapLostCall,
    SoapHatEps,
    SoapDecayByAlpha,
    ShampooNoCorrection,
    ShampooHalfPower,
    ShampooRawGraft,
    ShampooTf32,
    MuonNoNormalisation,
    MuonConvScale,
    AdamWZeroCount,
    AdamWCoupledDecay,
    SgdAverage,
    ScheduleFreeAtY,
};

/// A mistake as a person reads of it.
struct MistakeEntry {
    Mistake mistake = Mistake::None;
    Family family = Family::Soap;
    std::string id;      ///< `soap_no_permute`
    std::string label;   ///< "SOAP: V not permuted"
    std::string changes; ///< one sentence: what the port does instead
    std::string source;  ///< whose history it is
};

/// All of them, but for None.
[[nodiscard]] const std::vector<MistakeEntry>& mistakes();

/// The entry of an id, which exists (asserted).
[[nodiscard]] const MistakeEntry& mistakeOf(std::string_view id);

/// The ids of the mistakes of these families.
[[nodiscard]] std::vector<std::string> idsOf(const std::vector<Family>& families);

} // namespace psephos::experiments::bugs
