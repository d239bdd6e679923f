// SPDX-License-Identifier: GPL-3.0-or-later
// Closed forms that optimizers must obey, as rows of `verify`.
#pragma once

#include "lab/check.hpp"
#include "lab/result.hpp"

#include <vector>

namespace psephos::optim::textbook {

/// Appends a row for each identity, on the problem of the golden document (m = 3, n = 4):
/// equivariance under W → UWVᵀ, SOAP without a basis as Adam with raw ε, Shampoo with exponent 0 as
/// averaged SGD, Shampoo on one gradient as UVᵀ, qr(MQ) = Q·qr(QᵀMQ), norms of first steps, and the
/// scalar map of Newton–Schulz. Source: identities of 2409.11321 and 2406.17748; recorded numbers
/// where a row says so.
[[nodiscard]] lab::Result<void> checkIdentities(std::vector<lab::CheckRow>& rows);

} // namespace psephos::optim::textbook
