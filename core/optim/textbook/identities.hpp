// SPDX-License-Identifier: GPL-3.0-or-later
// Closed forms that optimizers must obey, as rows of `verify`.
#pragma once

#include "lab/check.hpp"
#include "lab/result.hpp"

#include <vector>

namespace psephos::optim::textbook {

/// Appends a row for each identity, on the problem of the golden document (m = 3, n = 4):
/// equivariance under W → UWVᵀ and who lacks it, SOAP without a basis as Adam with raw ε, Shampoo
/// with exponent 0 as averaged SGD, Shampoo of exponent −1/2 as Adafactor in its eigenbasis (claim
/// 1 of 2409.11321), Shampoo on one gradient as UVᵀ, qr(MQ) = Q·qr(QᵀMQ), lengths of first steps,
/// the scalar map of Newton–Schulz, HeavySOAP's transport, the residual of stale eigenvectors and
/// the fixed point of KL-Shampoo. Source: 2409.11321, 2406.17748, 2506.03595, 2509.03378; recorded
/// numbers where a row says so.
[[nodiscard]] lab::Result<void> checkIdentities(std::vector<lab::CheckRow>& rows);

} // namespace psephos::optim::textbook
