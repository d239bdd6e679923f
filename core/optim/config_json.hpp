// SPDX-License-Identifier: GPL-3.0-or-later
// An optimizer's hyper-parameters from JSON, in the words of tests/golden/optim.json.
#pragma once

#include "lab/value.hpp"
#include "optim/config.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace psephos::optim {

/// An algorithm that does not exist here: a check of it is neither passed nor missed.
struct NotAvailable {
    std::string what; ///< "algorithm 'adagrad'"
};

using ParsedConfig = std::variant<OptimizerConfig, NotAvailable>;

/// Builds a configuration from `algorithm` ("sgd", "adam", "adamw", "adafactor",
/// "adafactor_simple", "lion", "schedule_free_adamw", "shampoo_gupta", "shampoo", "kl_shampoo",
/// "soap", "muon") and its `config` object alone. Every hyper-parameter must be there, but those
/// that the reference cases leave out: `precondition_1d`, `max_precond_dim`, `basis_warmup` (false,
/// 10000, 0), Shampoo's `refresh_tolerance`, `blocking` and (KL) `init_factor` (0, false, 0.1),
/// SOAP's `transport_second_moment` (false), Muon's `ns_precision` ("state") and Adafactor's
/// `decoupled_weight_decay` (0). An unknown key, an unknown word, a wrong type or a value out of
/// range is an error that names it. An algorithm that does not exist here is NotAvailable.
/// Muon's object knows no second optimizer, so a vector is orthogonalised like a matrix (its
/// `precondition_1d` defaults to true).
[[nodiscard]] lab::Result<ParsedConfig> parseConfig(std::string_view algorithm,
                                                    const lab::Json& config);

} // namespace psephos::optim
