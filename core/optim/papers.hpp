// SPDX-License-Identifier: GPL-3.0-or-later
// The papers that experiments with optimizers name as their source.
#pragma once

#include "lab/experiment.hpp"

#include <string>

namespace psephos::optim {

/// SOAP's paper. \param beside what else the experiment rests on; empty: nothing
[[nodiscard]] inline lab::Paper soapPaper(const std::string& beside = {}) {
    return {"SOAP",
            "Vyas, Morwani, Zhao, Kwun, Shapira, Brandfonbrener, Janson, Kakade: SOAP: Improving "
            "and Stabilizing Shampoo using Adam, 2024" +
                (beside.empty() ? "" : "; " + beside),
            "2409.11321"};
}

} // namespace psephos::optim
