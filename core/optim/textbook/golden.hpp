// SPDX-License-Identifier: GPL-3.0-or-later
// Golden cases of optimizers: reads a document in the format of tests/golden/optim.json and
// compares an implementation with it. Textbook and engine are checked by the same code.
#pragma once

#include "lab/check.hpp"
#include "lab/result.hpp"
#include "optim/config.hpp"
#include "optim/textbook/optimizer.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::optim::textbook {

/// One parameter under one optimizer, as a golden case drives it.
class GoldenStepper {
  public:
    virtual ~GoldenStepper() = default;

    /// One call of the optimizer with this gradient [m,n].
    [[nodiscard]] virtual lab::Result<void> step(const Matrix& gradient) = 0;

    /// The parameter [m,n] now.
    [[nodiscard]] virtual Matrix parameter() const = 0;

    /// A part of the state by the golden file's name for it (Optimizer::state lists them); none
    /// where there is no such part.
    [[nodiscard]] virtual std::optional<Matrix> state(std::string_view name) const = 0;
};

/// An implementation under check.
struct GoldenTarget {
    std::string implementation;        ///< "textbook", "engine"
    std::string device = "cpu";        ///< as the rows name it
    std::string precision = "float64"; ///< picks the tolerance; "float32" leaves out closed loops
    bool testFunctions = false;        ///< whether the section test_functions is its business
    /// Makes a stepper for a parameter that starts at `start` [m,n] (a vector is [d,1]). Null where
    /// this implementation lacks the optimizer: its rows then have no verdict.
    std::function<lab::Result<std::unique_ptr<GoldenStepper>>(const OptimizerConfig& config,
                                                              const Matrix& start)>
        make;
};

/// Checks `target` against every section that `document` holds (cases, test_functions,
/// closed_loop_2d, closed_loop_matrix_quadratic) and appends a row for each compared quantity.
/// `name` is what errors call the document. Errors: a document that is not in the format; the
/// first faulty entry is named by its path, and no row of it is appended.
[[nodiscard]] lab::Result<void> checkGolden(const lab::Json& document, const std::string& name,
                                            const GoldenTarget& target,
                                            std::vector<lab::CheckRow>& rows);

/// This folder's own implementation as a target.
[[nodiscard]] GoldenTarget textbookTarget();

/// The golden document built into the program.
[[nodiscard]] lab::Result<lab::Json> embeddedGolden();

/// The sections that checkGolden() knows.
[[nodiscard]] std::vector<std::string> goldenSections();

/// Registers the textbook's golden check and its identities in the area `optim`.
void registerChecks(lab::CheckRegistry& registry);

} // namespace psephos::optim::textbook
