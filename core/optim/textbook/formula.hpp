// SPDX-License-Identifier: GPL-3.0-or-later
// Formulas such as "G_t[i][j] = sin(0.8*i*j + 0.5*t)", by which golden files describe gradients.
#pragma once

#include "lab/result.hpp"

#include <string_view>
#include <vector>

namespace psephos::optim::textbook {

/// An arithmetic expression in i, j (1-based row and column) and t (1-based call): numbers, pi,
/// + - * / ^ (also **), parentheses, sin, cos, tan, tanh, exp, log, sqrt, abs. float64.
class Formula {
  public:
    /// Parses the right-hand side of `text`, or all of it where there is no '='. Errors: the place
    /// in the text and what was expected there.
    [[nodiscard]] static lab::Result<Formula> parse(std::string_view text);

    [[nodiscard]] double evaluate(double i, double j, double t) const;

  private:
    friend class FormulaParser;

    enum class Op { Number, I, J, T, Add, Subtract, Multiply, Divide, Power, Negate, Call };

    struct Instruction {
        Op op = Op::Number;
        double number = 0.0;                  ///< of Number
        double (*function)(double) = nullptr; ///< of Call
    };

    std::vector<Instruction> program_; ///< in reverse Polish order
};

} // namespace psephos::optim::textbook
