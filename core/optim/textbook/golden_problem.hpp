// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of a golden document that its sections share: matrices, problem, tolerances, calls.
#pragma once

#include "lab/result.hpp"
#include "lab/value.hpp"
#include "optim/config_json.hpp"
#include "optim/textbook/formula.hpp"
#include "optim/textbook/optimizer.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::optim::textbook {

/// Where in a document something stands: "optim.json" and "cases.soap_f5.config".
struct GoldenPlace {
    std::string document;
    std::string path;

    [[nodiscard]] GoldenPlace operator/(std::string_view key) const;
    /// An error at this place.
    [[nodiscard]] lab::Error error(std::string message) const;
};

/// The member `key` of an object; an error where it is missing.
[[nodiscard]] lab::Result<const lab::Json*> member(const lab::Json& object, std::string_view key,
                                                   const GoldenPlace& place);

/// A finite number.
[[nodiscard]] lab::Result<double> readNumber(const lab::Json& json, const GoldenPlace& place);

/// A finite number that is not negative.
[[nodiscard]] lab::Result<double> readTolerance(const lab::Json& json, const GoldenPlace& place);

/// A list of m lists of n numbers as [m,n], or a list of d numbers as [d,1]; not empty, all finite.
[[nodiscard]] lab::Result<Matrix> readMatrix(const lab::Json& json, const GoldenPlace& place);

/// The JSON form of `matrix` in the shape of `like`: a number, a flat list or a list of rows.
[[nodiscard]] lab::Json writeMatrix(const Matrix& matrix, const lab::Json& like);

/// Largest absolute number anywhere inside; 0 where there is none.
[[nodiscard]] double largestMagnitude(const lab::Json& json);

/// An object whose keys are calls (0, 1, 2, …), in ascending order. `least`: the smallest allowed.
[[nodiscard]] lab::Result<std::map<long, const lab::Json*>>
readCalls(const lab::Json& object, long least, const GoldenPlace& place);

/// Builds the configuration of an entry from its `algorithm` and `config`.
[[nodiscard]] lab::Result<ParsedConfig> readConfig(const lab::Json& entry,
                                                   const GoldenPlace& place);

/// The open-loop problem: a start and a gradient for each call.
class GoldenProblem {
  public:
    [[nodiscard]] static lab::Result<GoldenProblem> read(const lab::Json& json,
                                                         const GoldenPlace& place);

    [[nodiscard]] const Matrix& start() const { return start_; }

    /// G of call t = 1, 2, … Errors: the document lists fewer gradients.
    [[nodiscard]] lab::Result<Matrix> gradient(long t) const;

  private:
    GoldenPlace place_;
    Matrix start_;
    std::vector<Matrix> gradients_;
    std::optional<Formula> formula_;
};

/// Tolerances by precision and algorithm; those of tests/golden/optim.json for a precision of
/// which a document says nothing.
class GoldenTolerances {
  public:
    [[nodiscard]] static lab::Result<GoldenTolerances> read(const lab::Json* json,
                                                            const GoldenPlace& place);

    /// That of the algorithm, else of "default".
    [[nodiscard]] double of(const std::string& precision, const std::string& algorithm) const;

  private:
    std::map<std::string, std::map<std::string, double>> values_;
};

} // namespace psephos::optim::textbook
