// SPDX-License-Identifier: GPL-3.0-or-later
#include "tensor/boundary.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <new>
#include <string>

namespace psephos::tensor {

namespace {

/// The first line of a message: what follows is advice for programmers.
std::string firstLine(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

lab::Error outOfMemory(std::string_view what, const std::string& detail) {
    return {"out of memory in " + std::string(what) + (detail.empty() ? "" : ": " + detail),
            "take a smaller batch, fewer layers or less width", ""};
}

lab::Error describe(std::string_view what, const std::string& message) {
    // The CPU allocator reports as a plain c10::Error.
    if (contains(message, "not enough memory") || contains(message, "can't allocate memory")) {
        const auto from = message.find("you tried to allocate");
        return outOfMemory(what, from == std::string::npos ? "" : message.substr(from));
    }
    return {std::string(what) + ": " + message, "", ""};
}

} // namespace

lab::Error currentError(std::string_view what) {
    try {
        throw;
    } catch (const c10::OutOfMemoryError& error) {
        return outOfMemory(what, firstLine(error.what_without_backtrace()));
    } catch (const c10::Error& error) {
        return describe(what, firstLine(error.what_without_backtrace()));
    } catch (const std::bad_alloc&) {
        return outOfMemory(what, "");
    } catch (const std::exception& error) {
        return describe(what, firstLine(error.what()));
    } catch (...) {
        return {std::string(what) + ": an unknown exception", "", ""};
    }
}

} // namespace psephos::tensor
