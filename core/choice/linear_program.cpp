// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/linear_program.hpp"

#include "choice/highs.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <exception>
#include <memory>
#include <string>

namespace psephos::choice {

/// Reads the arrays that HiGHS takes.
struct LinearProgramAccess {
    /// HiGHS takes NaN without a word.
    static bool isSound(const LinearProgram& program) {
        const auto areFinite = [](const std::vector<double>& numbers) {
            return std::all_of(numbers.begin(), numbers.end(),
                               [](double number) { return std::isfinite(number); });
        };
        const auto areBounds = [](const std::vector<double>& numbers) {
            return std::none_of(numbers.begin(), numbers.end(),
                                [](double number) { return std::isnan(number); });
        };
        return areFinite(program.cost_) && areFinite(program.values_) &&
               areBounds(program.lower_) && areBounds(program.upper_) &&
               areBounds(program.rowLower_) && areBounds(program.rowUpper_);
    }

    static HighsInt pass(const LinearProgram& program, void* highs) {
        constexpr HighsInt kByRows = 2;
        constexpr HighsInt kMaximise = -1;
        return Highs_passLp(
            highs, static_cast<HighsInt>(program.columns()), static_cast<HighsInt>(program.rows()),
            static_cast<HighsInt>(program.values_.size()), kByRows, kMaximise, 0.0,
            program.cost_.data(), program.lower_.data(), program.upper_.data(),
            program.rowLower_.data(), program.rowUpper_.data(), program.starts_.data(),
            program.indices_.data(), program.values_.data());
    }
};

namespace {

using lab::Error;

constexpr HighsInt kFailed = -1;

struct DestroyHighs {
    void operator()(void* highs) const { Highs_destroy(highs); }
};

Error failure(const std::string& why) {
    return Error{.message = "the linear program has no solution: " + why, .hint = {}, .place = {}};
}

std::string describeStatus(HighsInt status) {
    switch (status) {
    case 8:
        return "it is infeasible";
    case 9:
        return "it is infeasible or unbounded";
    case 10:
        return "it is unbounded";
    case 13:
    case 14:
        return "the solver reached a limit";
    default:
        return "the solver failed (status " + std::to_string(status) + ")";
    }
}

lab::Result<LinearOptimum> solveUnguarded(const LinearProgram& program) {
    constexpr HighsInt kOptimal = 7;
    if (!LinearProgramAccess::isSound(program)) {
        return failure("one of its numbers is not finite");
    }
    const std::unique_ptr<void, DestroyHighs> highs(Highs_create());
    if (highs == nullptr) {
        return failure("the solver could not start");
    }
    Highs_setBoolOptionValue(highs.get(), "output_flag", 0);
    Highs_setIntOptionValue(highs.get(), "threads", 1);
    Highs_setStringOptionValue(highs.get(), "parallel", "off");
    Highs_setStringOptionValue(highs.get(), "solver", "simplex");
    Highs_setDoubleOptionValue(highs.get(), "primal_feasibility_tolerance", 1e-10);
    Highs_setDoubleOptionValue(highs.get(), "dual_feasibility_tolerance", 1e-10);
    if (LinearProgramAccess::pass(program, highs.get()) == kFailed) {
        return failure("the solver does not take it");
    }
    if (Highs_run(highs.get()) == kFailed) {
        return failure("the solver failed");
    }
    const HighsInt status = Highs_getModelStatus(highs.get());
    if (status != kOptimal) {
        return failure(describeStatus(status));
    }
    LinearOptimum optimum;
    optimum.objective = Highs_getObjectiveValue(highs.get());
    optimum.columns.resize(program.columns());
    optimum.rowDuals.resize(program.rows());
    std::vector<double> columnDuals(program.columns());
    std::vector<double> rowValues(program.rows());
    if (Highs_getSolution(highs.get(), optimum.columns.data(), columnDuals.data(), rowValues.data(),
                          optimum.rowDuals.data()) == kFailed) {
        return failure("the solver keeps its solution");
    }
    return optimum;
}

} // namespace

std::size_t LinearProgram::addColumn(double cost, double lower, double upper) {
    assert(rows() == 0 && "columns come before rows");
    cost_.push_back(cost);
    lower_.push_back(lower);
    upper_.push_back(upper);
    return cost_.size() - 1;
}

void LinearProgram::addRow(double lower, double upper, std::span<const double> coefficients) {
    assert(coefficients.size() == columns());
    rowLower_.push_back(lower);
    rowUpper_.push_back(upper);
    for (std::size_t i = 0; i < coefficients.size(); ++i) {
        if (coefficients[i] != 0.0) {
            indices_.push_back(static_cast<int>(i));
            values_.push_back(coefficients[i]);
        }
    }
    starts_.push_back(static_cast<int>(values_.size()));
}

lab::Result<LinearOptimum> solve(const LinearProgram& program) {
    try {
        return solveUnguarded(program);
    } catch (const std::exception& error) {
        return failure(error.what());
    }
}

} // namespace psephos::choice
