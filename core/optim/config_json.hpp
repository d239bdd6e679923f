// SPDX-License-Identifier: GPL-3.0-or-later
// An optimizer's hyper-parameters from JSON, in the words of tests/golden/optim.json.
#pragma once

#include "lab/value.hpp"
#include "optim/config.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace psephos::optim {

/// A configuration that is understood but for which there is no implementation (yet): a check of
/// it is neither passed nor missed.
struct NotAvailable {
    std::string what; ///< "algorithm 'lion'", "soap: refresh = \"eigh\""
};

using ParsedConfig = std::variant<OptimizerConfig, NotAvailable>;

/// Builds a configuration from `algorithm` ("sgd", "adam", "adamw", "shampoo", "soap", "muon",
/// "lion", "adafactor", "adafactor_simple", "schedule_free_adamw") and its `config` object alone.
/// Every hyper-parameter must be there (but `precondition_1d`, `max_precond_dim` and
/// `basis_warmup`, which default to false, 10000 and 0); an unknown key, an unknown word, a wrong
/// type or a value out of range is an error that names it. An algorithm that does not exist here,
/// or an option of a known one that does not, is NotAvailable. Muon's object knows no second
/// optimizer, so a vector is orthogonalised like a matrix (its `precondition_1d` defaults to true).
[[nodiscard]] lab::Result<ParsedConfig> parseConfig(std::string_view algorithm,
                                                    const lab::Json& config);

} // namespace psephos::optim
