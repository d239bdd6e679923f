// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/linear_program.hpp"

#include <doctest/doctest.h>

#include <string>

using psephos::choice::kUnbounded;
using psephos::choice::LinearProgram;
using psephos::choice::solve;

TEST_CASE("linearProgram_textbookCase_isSolved") {
    // Maximise 3x + 5y with x ≤ 4, 2y ≤ 12, 3x + 2y ≤ 18: x = 2, y = 6, 36.
    LinearProgram program;
    program.addColumn(3.0, 0.0, 4.0);
    program.addColumn(5.0, 0.0, kUnbounded);
    program.addRow(-kUnbounded, 12.0, std::vector<double>{0.0, 2.0});
    program.addRow(-kUnbounded, 18.0, std::vector<double>{3.0, 2.0});
    CHECK(program.columns() == 2);
    CHECK(program.rows() == 2);
    const auto optimum = solve(program);
    REQUIRE(optimum.ok());
    CHECK(optimum->objective == doctest::Approx(36.0));
    CHECK(optimum->columns[0] == doctest::Approx(2.0));
    CHECK(optimum->columns[1] == doctest::Approx(6.0));
    CHECK(optimum->rowDuals.size() == 2);
    CHECK(std::abs(optimum->rowDuals[0]) == doctest::Approx(1.5));
    CHECK(std::abs(optimum->rowDuals[1]) == doctest::Approx(1.0));
}

TEST_CASE("linearProgram_withoutOptimum_isAnErrorThatSaysWhy") {
    const auto refusal = [](const LinearProgram& program) {
        const auto optimum = solve(program);
        return optimum.ok() ? std::string() : optimum.error().message;
    };
    LinearProgram infeasible;
    infeasible.addColumn(1.0, 0.0, 1.0);
    infeasible.addRow(2.0, kUnbounded, std::vector<double>{1.0});
    CHECK(refusal(infeasible) == "the linear program has no solution: it is infeasible");
    LinearProgram unbounded;
    unbounded.addColumn(1.0, 0.0, kUnbounded);
    unbounded.addColumn(0.0, 0.0, kUnbounded);
    unbounded.addRow(0.0, kUnbounded, std::vector<double>{1.0, 1.0});
    CHECK(refusal(unbounded).find("unbounded") != std::string::npos);
    LinearProgram broken;
    broken.addColumn(1.0, 0.0, 1.0);
    broken.addRow(0.0, 1.0, std::vector<double>{std::numeric_limits<double>::quiet_NaN()});
    CHECK_FALSE(refusal(broken).empty());
}
