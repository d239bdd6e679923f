// SPDX-License-Identifier: GPL-3.0-or-later
// Linear programs, solved by HiGHS.
#pragma once

#include "lab/result.hpp"

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace psephos::choice {

/// No bound.
inline constexpr double kUnbounded = std::numeric_limits<double>::infinity();

/// Maximise cost · x subject to lower ≤ x ≤ upper and rowLower ≤ A x ≤ rowUpper. Built column by
/// column and row by row.
class LinearProgram {
  public:
    /// Adds a variable; answers its index.
    std::size_t addColumn(double cost, double lower, double upper);

    /// Adds a constraint with these coefficients, one for each variable; zeros are left out.
    void addRow(double lower, double upper, std::span<const double> coefficients);

    [[nodiscard]] std::size_t columns() const { return cost_.size(); }

    [[nodiscard]] std::size_t rows() const { return rowLower_.size(); }

  private:
    friend struct LinearProgramAccess;

    std::vector<double> cost_;
    std::vector<double> lower_;
    std::vector<double> upper_;
    std::vector<double> rowLower_;
    std::vector<double> rowUpper_;
    std::vector<int> starts_{0}; ///< of each row in indices_ and values_, and their end
    std::vector<int> indices_;
    std::vector<double> values_;
};

/// An optimum of a linear program.
struct LinearOptimum {
    double objective = 0.0;
    std::vector<double> columns; ///< value of each variable
    std::vector<double> rowDuals;
};

/// Solves a linear program by the simplex method, on one thread and with the same answer every
/// time.
///
/// \errors whatever is not an optimum: infeasible, unbounded, a limit or a failure of the solver
/// Thread-safe.
[[nodiscard]] lab::Result<LinearOptimum> solve(const LinearProgram& program);

} // namespace psephos::choice
