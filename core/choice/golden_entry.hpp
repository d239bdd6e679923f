// SPDX-License-Identifier: GPL-3.0-or-later
// One entry of a golden document under check: reads its inputs, compares its fields, and reports
// what is not built.
#pragma once

#include "lab/check.hpp"
#include "lab/result.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::choice {

/// A square table of numbers, row-major.
struct GoldenMatrix {
    std::size_t size = 0;
    std::vector<double> values;
};

/// Tolerances of the golden document, absolute.
inline constexpr double kGoldenTolerance = 1e-9;        ///< linear programs and closed forms
inline constexpr double kGoldenRangeTolerance = 1e-6;   ///< least and greatest probabilities
inline constexpr double kGoldenMinNormTolerance = 1e-7; ///< lotteries of least norm

class GoldenEntry {
  public:
    /// \param json   the entry, an object; outlives this
    /// \param path   where it stands in the document, for errors: "matrix_games.rps_equal"
    /// \param name   the case that its rows belong to: its own name, or its section's
    /// \param prefix in front of every quantity: "rows.3."
    GoldenEntry(const lab::Json& json, std::string document, std::string path, std::string name,
                std::string prefix, std::vector<lab::CheckRow>& rows);

    [[nodiscard]] bool has(std::string_view key) const;

    /// The whole entry, for readers of its form.
    [[nodiscard]] const lab::Json& json() const { return json_; }

    /// The field as an input, which is read and not compared. Errors: missing, or not of the form.
    [[nodiscard]] lab::Result<const lab::Json*> input(std::string_view key);
    [[nodiscard]] lab::Result<double> number(std::string_view key);
    [[nodiscard]] lab::Result<std::string> text(std::string_view key);
    [[nodiscard]] lab::Result<std::vector<double>> numbers(std::string_view key);
    [[nodiscard]] lab::Result<GoldenMatrix> matrix(std::string_view key);

    /// The object at this field as an entry of its own, whose quantities start with the field's
    /// name. Errors: missing, not an object.
    [[nodiscard]] lab::Result<GoldenEntry> inside(std::string_view key);

    /// Appends a row that compares what was computed with the field, if the entry has it.
    void compare(std::string_view key, lab::Json computed, double tolerance = kGoldenTolerance);

    /// Checks each object of the list in the field as an entry of its own, if this entry has it;
    /// the quantities are `key.0.…`. Errors: not a list of objects, those of `check`.
    [[nodiscard]] lab::Result<void>
    each(std::string_view key, const std::function<lab::Result<void>(GoldenEntry&)>& check);

    /// Appends a row without verdict for the field, if the entry has it.
    void unavailable(std::string_view key);

    /// Appends a row without verdict for each field that was neither read nor compared; of nested
    /// objects one for each of their fields.
    void finish();

    /// An error at a field of this entry, or at the entry.
    [[nodiscard]] lab::Error error(std::string_view key, std::string message) const;

  private:
    lab::CheckRow row(std::string_view key) const;
    void walk(const lab::Json& json, const std::string& path);

    void done(std::string_view key) { done_.emplace_back(key); }

    const lab::Json& json_;
    std::string document_;
    std::string path_;
    std::string name_;
    std::string prefix_;
    std::vector<lab::CheckRow>& rows_;
    std::vector<std::string> done_;
};

} // namespace psephos::choice
