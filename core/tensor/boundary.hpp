// SPDX-License-Identifier: GPL-3.0-or-later
// Where LibTorch's exceptions end: everything above sees Result.
#pragma once

#include "lab/result.hpp"

#include <string_view>
#include <type_traits>
#include <utility>

namespace psephos::tensor {

/// The exception being handled as an Error in short words: LibTorch's backtrace is cut off, and
/// memory that ran out says how much was asked for and what to turn down.
/// \param what names what was tried, "the training step"; only callable inside a catch block
[[nodiscard]] lab::Error currentError(std::string_view what);

/// Calls `function` (which returns a value, void or a Result) and answers its result; an exception
/// becomes an Error.
template <typename Function>
[[nodiscard]] auto guarded(std::string_view what, Function&& function) {
    using Answer = std::invoke_result_t<Function>;
    if constexpr (std::is_void_v<Answer>) {
        try {
            std::forward<Function>(function)();
            return lab::Result<void>();
        } catch (...) {
            return lab::Result<void>(currentError(what));
        }
    } else if constexpr (std::is_constructible_v<Answer, lab::Error>) {
        try {
            return Answer(std::forward<Function>(function)());
        } catch (...) {
            return Answer(currentError(what));
        }
    } else {
        try {
            return lab::Result<Answer>(std::forward<Function>(function)());
        } catch (...) {
            return lab::Result<Answer>(currentError(what));
        }
    }
}

} // namespace psephos::tensor
