// SPDX-License-Identifier: GPL-3.0-or-later
// Checks (`verify`) and benchmarks (`bench`): registered beside the code that they are about.
#pragma once

#include "lab/result.hpp"
#include "lab/value.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::lab {

/// One compared quantity of `verify`.
struct CheckRow {
    std::string area;           ///< `optim`, `voting` …
    std::string caseName;       ///< the golden entry's own name
    std::string quantity;       ///< path of the field: `params_after_call.25`
    std::string implementation; ///< `textbook`, `engine`, else a name or empty
    std::string device = "cpu";
    Json computed; ///< what was computed, in float64; null: none
    Json expected;
    std::optional<double> residual; ///< none where nothing can be subtracted
    std::optional<double> tolerance;
    /// None: it does not count; its algorithm is not built (`computed` is null), or the quantity is
    /// one to report, whatever it is.
    std::optional<bool> pass;
};

/// `{area, case, quantity, implementation, device, computed, expected, residual, tolerance, pass}`.
[[nodiscard]] Json toJson(const CheckRow& row);

struct CheckOptions {
    std::string device = "cpu";
    /// A golden document to check instead of the embedded ones; null: the embedded ones.
    Json golden;
    std::string goldenName;
};

/// A check of an area: `run` appends its rows.
struct Check {
    std::string area;
    std::string name;
    bool takesGolden = false; ///< whether it reads CheckOptions::golden
    std::function<Result<void>(const CheckOptions&, std::vector<CheckRow>&)> run;
    /// Keys of golden documents by which a document is known to be of this check; empty: any.
    std::vector<std::string> sections = {};
    bool isLong = false; ///< takes minutes: run only where long checks are asked for
};

struct BenchOptions {
    std::string device = "cpu";
    int threads = 0; ///< 0: as many as the machine has
};

/// A benchmark of an area: answers a JSON array of objects.
struct Bench {
    std::string area;
    std::string name;
    std::function<Result<Json>(const BenchOptions&)> run;
};

/// The list of all checks and benchmarks; modules add theirs when opened.
class CheckRegistry {
  public:
    void add(Check check) { checks_.push_back(std::move(check)); }

    void add(Bench bench) { benches_.push_back(std::move(bench)); }

    [[nodiscard]] const std::vector<Check>& checks() const { return checks_; }

    [[nodiscard]] const std::vector<Bench>& benches() const { return benches_; }

  private:
    std::vector<Check> checks_;
    std::vector<Bench> benches_;
};

/// The areas that `verify` and `bench` know, in their order of print.
[[nodiscard]] const std::vector<std::string>& checkAreas();

/// Compares two JSON numbers or nested arrays of numbers entry by entry: fills computed, expected,
/// residual (largest absolute difference; with `relativeTo` > 0 divided by it) and pass. A shape
/// that differs or an entry that is not finite does not pass. null equals null only.
void compare(CheckRow& row, Json computed, Json expected, double tolerance, double relativeTo = 0);

} // namespace psephos::lab
