// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/golden_problem.hpp"

#include "lab/text.hpp"

#include <charconv>
#include <cmath>

namespace psephos::optim::textbook {

namespace {

constexpr long kMaxCalls = 1000000;
constexpr Eigen::Index kMaxSide = 4096;

/// A text that is all of a non-negative integer.
std::optional<long> wholeNumber(std::string_view text) {
    long number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

lab::Result<Eigen::Index> readSide(const lab::Json& problem, std::string_view key,
                                   const GoldenPlace& place) {
    const auto found = member(problem, key, place);
    if (!found) {
        return found.error();
    }
    const auto number = readNumber(**found, place / key);
    if (!number) {
        return number.error();
    }
    if (*number != std::floor(*number) || *number < 1.0 ||
        *number > static_cast<double>(kMaxSide)) {
        return (place / key).error("is not an integer in 1 … " + std::to_string(kMaxSide));
    }
    return static_cast<Eigen::Index>(*number);
}

Matrix tabulate(const Formula& formula, Eigen::Index rows, Eigen::Index cols, long t) {
    Matrix matrix(rows, cols);
    for (Eigen::Index i = 0; i < rows; ++i) {
        for (Eigen::Index j = 0; j < cols; ++j) {
            matrix(i, j) = formula.evaluate(static_cast<double>(i + 1), static_cast<double>(j + 1),
                                            static_cast<double>(t));
        }
    }
    return matrix;
}

lab::Result<Formula> readFormula(const lab::Json& problem, std::string_view key,
                                 const GoldenPlace& place) {
    const auto found = member(problem, key, place);
    if (!found) {
        return found.error();
    }
    if (!(*found)->is_string()) {
        return (place / key).error("is not a text");
    }
    auto formula = Formula::parse((*found)->get_ref<const std::string&>());
    if (!formula) {
        return (place / key).error(formula.error().message);
    }
    return formula;
}

lab::Result<Matrix> readStart(const lab::Json& problem, const GoldenPlace& place) {
    if (const auto values = problem.find("W0_values"); values != problem.end()) {
        return readMatrix(*values, place / "W0_values");
    }
    const auto rows = readSide(problem, "rows_m", place);
    if (!rows) {
        return rows.error();
    }
    const auto cols = readSide(problem, "cols_n", place);
    if (!cols) {
        return cols.error();
    }
    const auto formula = readFormula(problem, "W0", place);
    if (!formula) {
        return formula.error();
    }
    return tabulate(*formula, *rows, *cols, 0);
}

} // namespace

GoldenPlace GoldenPlace::operator/(std::string_view key) const {
    return {document, path.empty() ? std::string(key) : path + "." + std::string(key)};
}

lab::Error GoldenPlace::error(std::string message) const {
    return {path.empty() ? std::move(message) : path + ": " + std::move(message), {}, document};
}

lab::Result<const lab::Json*> member(const lab::Json& object, std::string_view key,
                                     const GoldenPlace& place) {
    if (!object.is_object()) {
        return place.error("is not an object");
    }
    const auto found = object.find(std::string(key));
    if (found == object.end()) {
        return place.error("'" + std::string(key) + "' is missing");
    }
    return &*found;
}

lab::Result<double> readNumber(const lab::Json& json, const GoldenPlace& place) {
    if (!json.is_number() || !std::isfinite(json.get<double>())) {
        return place.error("is not a finite number");
    }
    return json.get<double>();
}

lab::Result<double> readTolerance(const lab::Json& json, const GoldenPlace& place) {
    if (!json.is_number() || !std::isfinite(json.get<double>()) || json.get<double>() < 0.0) {
        return place.error("is not a number >= 0");
    }
    return json.get<double>();
}

lab::Result<Matrix> readMatrix(const lab::Json& json, const GoldenPlace& place) {
    if (!json.is_array() || json.empty()) {
        return place.error("is not a matrix: expected a list of rows");
    }
    const bool isVector = !json[0].is_array();
    const std::size_t cols = isVector ? 1 : json[0].size();
    if (cols == 0 || json.size() > kMaxSide || cols > kMaxSide) {
        return place.error("is not a matrix with sides in 1 … " + std::to_string(kMaxSide));
    }
    Matrix matrix(static_cast<Eigen::Index>(json.size()), static_cast<Eigen::Index>(cols));
    for (std::size_t i = 0; i < json.size(); ++i) {
        const GoldenPlace rowPlace = place / std::to_string(i);
        if (json[i].is_array() == isVector || (!isVector && json[i].size() != cols)) {
            return rowPlace.error(isVector
                                      ? "is not a number"
                                      : "is not a row of " + std::to_string(cols) + " numbers");
        }
        for (std::size_t j = 0; j < cols; ++j) {
            const auto number = readNumber(isVector ? json[i] : json[i][j], rowPlace);
            if (!number) {
                return number.error();
            }
            matrix(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = *number;
        }
    }
    return matrix;
}

lab::Json writeMatrix(const Matrix& matrix, const lab::Json& like) {
    if (like.is_number() && matrix.size() == 1) {
        return matrix(0, 0);
    }
    lab::Json json = lab::Json::array();
    const bool isFlat = !like.is_array() || like.empty() || !like[0].is_array();
    for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
        lab::Json row = lab::Json::array();
        for (Eigen::Index j = 0; j < matrix.cols(); ++j) {
            (isFlat ? json : row).push_back(matrix(i, j));
        }
        if (!isFlat) {
            json.push_back(std::move(row));
        }
    }
    return json;
}

double largestMagnitude(const lab::Json& json) {
    if (json.is_number()) {
        return std::abs(json.get<double>());
    }
    double largest = 0.0;
    if (json.is_structured()) {
        for (const lab::Json& item : json) {
            largest = std::max(largest, largestMagnitude(item));
        }
    }
    return largest;
}

lab::Result<std::map<long, const lab::Json*>> readCalls(const lab::Json& object, long least,
                                                        const GoldenPlace& place) {
    if (!object.is_object() || object.empty()) {
        return place.error("is not an object with a value for each call");
    }
    std::map<long, const lab::Json*> calls;
    for (const auto& [key, value] : object.items()) {
        const auto call = wholeNumber(key);
        if (!call || *call < least || *call > kMaxCalls) {
            return (place / key)
                .error("is not a call: expected an integer in " + std::to_string(least) + " … " +
                       std::to_string(kMaxCalls));
        }
        calls[*call] = &value;
    }
    return calls;
}

lab::Result<ParsedConfig> readConfig(const lab::Json& entry, const GoldenPlace& place) {
    const auto algorithm = member(entry, "algorithm", place);
    if (!algorithm) {
        return algorithm.error();
    }
    if (!(*algorithm)->is_string()) {
        return (place / "algorithm").error("is not a text");
    }
    const auto config = member(entry, "config", place);
    if (!config) {
        return config.error();
    }
    auto parsed = parseConfig((*algorithm)->get_ref<const std::string&>(), **config);
    if (!parsed) {
        return (place / "config").error(parsed.error().message);
    }
    return parsed;
}

lab::Result<GoldenProblem> GoldenProblem::read(const lab::Json& json, const GoldenPlace& place) {
    if (!json.is_object()) {
        return place.error("is not an object");
    }
    GoldenProblem problem;
    problem.place_ = place;
    auto start = readStart(json, place);
    if (!start) {
        return start.error();
    }
    problem.start_ = std::move(*start);
    for (const auto& [key, side] :
         {std::pair{"rows_m", problem.start_.rows()}, std::pair{"cols_n", problem.start_.cols()}}) {
        if (json.contains(key)) {
            const auto stated = readSide(json, key, place);
            if (!stated) {
                return stated.error();
            }
            if (*stated != side) {
                return (place / key)
                    .error("is " + std::to_string(*stated) + ", but W0_values has " +
                           std::to_string(side));
            }
        }
    }
    const auto values = json.find("G_values");
    if (values == json.end()) {
        auto formula = readFormula(json, "G", place);
        if (!formula) {
            return formula.error();
        }
        problem.formula_ = std::move(*formula);
        return problem;
    }
    if (!values->is_array()) {
        return (place / "G_values").error("is not a list of matrices");
    }
    for (std::size_t t = 0; t < values->size(); ++t) {
        const GoldenPlace at = place / ("G_values." + std::to_string(t));
        auto gradient = readMatrix((*values)[t], at);
        if (!gradient) {
            return gradient.error();
        }
        if (gradient->rows() != problem.start_.rows() ||
            gradient->cols() != problem.start_.cols()) {
            return at.error("has another shape than W0");
        }
        problem.gradients_.push_back(std::move(*gradient));
    }
    return problem;
}

lab::Result<Matrix> GoldenProblem::gradient(long t) const {
    if (formula_) {
        return tabulate(*formula_, start_.rows(), start_.cols(), t);
    }
    if (t > static_cast<long>(gradients_.size())) {
        return (place_ / "G_values")
            .error("has no gradient for call " + std::to_string(t) + ", only " +
                   std::to_string(gradients_.size()));
    }
    return gradients_[static_cast<std::size_t>(t - 1)];
}

lab::Result<GoldenTolerances> GoldenTolerances::read(const lab::Json* json,
                                                     const GoldenPlace& place) {
    GoldenTolerances tolerances;
    tolerances.values_ = {{"float64", {{"default", 1e-12}, {"shampoo", 1e-10}, {"soap", 1e-10}}},
                          {"float32", {{"default", 5e-6}, {"shampoo", 1e-3}, {"soap", 2e-5}}}};
    if (json == nullptr) {
        return tolerances;
    }
    if (!json->is_object()) {
        return place.error("is not an object");
    }
    for (auto& [precision, byAlgorithm] : tolerances.values_) {
        const auto table = json->find(precision);
        if (table == json->end()) {
            continue;
        }
        const GoldenPlace at = place / precision;
        byAlgorithm.clear();
        if (const auto fallback = member(*table, "default", at); !fallback) {
            return fallback.error();
        }
        for (const auto& [algorithm, value] : table->items()) {
            const auto tolerance = readTolerance(value, at / algorithm);
            if (!tolerance) {
                return tolerance.error();
            }
            byAlgorithm[algorithm] = *tolerance;
        }
    }
    return tolerances;
}

double GoldenTolerances::of(const std::string& precision, const std::string& algorithm) const {
    const auto& byAlgorithm = values_.at(precision);
    const auto found = byAlgorithm.find(algorithm);
    return found != byAlgorithm.end() ? found->second : byAlgorithm.at("default");
}

} // namespace psephos::optim::textbook
