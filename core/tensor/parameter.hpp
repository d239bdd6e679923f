// SPDX-License-Identifier: GPL-3.0-or-later
// A trained tensor with its name and its part in the model.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace psephos::tensor {

/// What a parameter is to an optimizer. The matrix methods take hidden matrices; the rest is
/// AdamW's in every arm of a fair comparison.
enum class ParameterRole : std::uint8_t {
    Hidden,    ///< a weight between hidden units
    Embedding, ///< what meets the input: rows looked up by token or place, first filters
    Head,      ///< the last layer, onto classes or tokens
    Vector,    ///< biases and gains
};

struct Parameter {
    std::string name; ///< `block0.attention.query`
    at::Tensor value; ///< leaf that requires a gradient; a weight is [out, in]
    ParameterRole role = ParameterRole::Hidden;
};

} // namespace psephos::tensor
