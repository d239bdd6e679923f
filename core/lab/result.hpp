// SPDX-License-Identifier: GPL-3.0-or-later
// Result<T>: a value, or an error that a person can act on.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace psephos::lab {

/// Why something that depends on input, files, devices or models did not work.
struct Error {
    std::string message; ///< what is wrong, with the offending value: "knob 'lr': -1 is below 1e-8"
    std::string hint;    ///< what to do about it; may be empty
    std::string place;   ///< file:line, knob or device concerned; may be empty

    /// One line: place, message and hint, as the command line prints it.
    [[nodiscard]] std::string line() const;
};

/// A value of type T or an Error. Returned by everything that can fail for reasons outside the
/// program; programming errors assert instead.
template <typename T>
class [[nodiscard]] Result {
  public:
    Result(T value)
        : content_(std::in_place_index<0>, std::move(value)) {}

    Result(Error error)
        : content_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool ok() const { return content_.index() == 0; }

    explicit operator bool() const { return ok(); }

    /// The value; only when ok().
    [[nodiscard]] T& value() & { return std::get<0>(content_); }

    [[nodiscard]] const T& value() const& { return std::get<0>(content_); }

    /// Moved out: a reference would dangle in `for (x : *answer())`.
    [[nodiscard]] T value() && { return std::get<0>(std::move(content_)); }

    [[nodiscard]] T& operator*() & { return value(); }

    [[nodiscard]] const T& operator*() const& { return value(); }

    [[nodiscard]] T operator*() && { return std::move(*this).value(); }

    [[nodiscard]] T* operator->() { return &value(); }

    [[nodiscard]] const T* operator->() const { return &value(); }

    /// The error; only when !ok().
    [[nodiscard]] const Error& error() const { return std::get<1>(content_); }

  private:
    std::variant<T, Error> content_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;

    Result(Error error)
        : error_(std::move(error)) {}

    [[nodiscard]] bool ok() const { return !error_.has_value(); }

    explicit operator bool() const { return ok(); }

    [[nodiscard]] const Error& error() const { return *error_; }

  private:
    std::optional<Error> error_;
};

} // namespace psephos::lab
