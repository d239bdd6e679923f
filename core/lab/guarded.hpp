// SPDX-License-Identifier: GPL-3.0-or-later
// The boundary at which exceptions of computations end.
#pragma once

#include "lab/result.hpp"

#include <exception>
#include <new>
#include <string>
#include <utility>

namespace psephos::lab::detail {

/// First line of an exception's text: libraries append stack traces.
[[nodiscard]] inline std::string firstLine(const char* text) {
    const std::string whole = text;
    return whole.substr(0, whole.find('\n'));
}

/// Calls `call`, which answers a Result; an exception becomes its error.
template <typename Call>
[[nodiscard]] auto guarded(Call&& call) -> decltype(call()) {
    try {
        return std::forward<Call>(call)();
    } catch (const std::bad_alloc&) {
        return Error{"out of memory",
                     "make the problem smaller: fewer parameters, or a smaller batch", ""};
    } catch (const std::exception& exception) {
        return Error{firstLine(exception.what()), "", ""};
    } catch (...) {
        return Error{"the computation threw something that is no exception", "", ""};
    }
}

} // namespace psephos::lab::detail
