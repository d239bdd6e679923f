// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/golden_loops.hpp"

#include "optim/textbook/surfaces.hpp"

#include <algorithm>

namespace psephos::optim::textbook {

namespace {

lab::CheckRow blankRow(const std::string& caseName, const GoldenTarget& target) {
    lab::CheckRow row;
    row.area = "optim";
    row.caseName = caseName;
    row.implementation = target.implementation;
    row.device = target.device;
    return row;
}

/// Relative to the largest magnitude expected (absolute where that is zero).
void compareRelative(lab::CheckRow& row, lab::Json computed, const lab::Json& expected,
                     double tolerance) {
    lab::compare(row, std::move(computed), expected, tolerance, largestMagnitude(expected));
}

lab::Result<Point2> readPoint(const lab::Json& json, const GoldenPlace& place) {
    const auto matrix = readMatrix(json, place);
    if (!matrix) {
        return matrix.error();
    }
    if (matrix->size() != 2) {
        return place.error("is not a list of 2 numbers");
    }
    return Point2{matrix->data()[0], matrix->data()[1]};
}

/// The key of test_functions that a loop's word stands for: itself, or the only one that starts
/// with the word and an underscore ("quad" for "quad_k100_30deg").
std::string testFunctionKey(const lab::Json& document, const std::string& word) {
    const auto functions = document.find("test_functions");
    if (functions == document.end() || !functions->is_object() || functions->contains(word)) {
        return word;
    }
    std::string key = word;
    for (const auto& [name, value] : functions->items()) {
        if (name.starts_with(word + "_")) {
            if (key != word) {
                return word; // not unique
            }
            key = name;
        }
    }
    return key;
}

/// What a loop on a surface needs.
struct SurfaceLoop {
    std::optional<Surface> surface; ///< none where it does not exist here
    Point2 start{};
};

lab::Result<SurfaceLoop> readSurfaceLoop(const lab::Json& document, const std::string& name,
                                         const lab::Json& entry, const GoldenPlace& place) {
    const std::string word = name.substr(0, name.find('/'));
    const std::string key = testFunctionKey(document, word);
    SurfaceLoop loop;
    if (auto surface = Surface::byName(key == "quad" ? "quad_k100_30deg" : key)) {
        loop.surface = *surface;
    } else {
        return loop;
    }
    if (const auto own = entry.find("x0"); own != entry.end()) {
        const auto start = readPoint(*own, place / "x0");
        if (!start) {
            return start.error();
        }
        loop.start = *start;
        return loop;
    }
    const auto functions = document.find("test_functions");
    if (functions != document.end() && functions->contains(key) &&
        (*functions)[key].contains("x")) {
        const auto start = readPoint((*functions)[key]["x"],
                                     GoldenPlace{place.document, "test_functions." + key + ".x"});
        if (!start) {
            return start.error();
        }
        loop.start = *start;
        return loop;
    }
    // The starts of the loops in tests/golden/optim.json.
    if (loop.surface->kind() == SurfaceKind::Rosenbrock) {
        loop.start = {-1.2, 1.0};
    } else if (loop.surface->kind() == SurfaceKind::Quadratic) {
        loop.start = {1.0, 1.0};
    } else {
        return place.error("says nowhere where it starts: 'x0' is missing");
    }
    return loop;
}

/// The point is one vector of length 2, so an optimizer with a choice preconditions it; Muon's
/// loop does so by parseConfig() already.
Matrix column(const Point2& point) {
    Matrix matrix(2, 1);
    matrix << point[0], point[1];
    return matrix;
}

/// The loop's own tolerance, or 1e-9.
lab::Result<double> toleranceOf(const lab::Json& entry, const GoldenPlace& place) {
    constexpr double kOfLoops = 1e-9;
    if (!entry.is_object()) {
        return place.error("is not an object");
    }
    const auto own = entry.find("tolerance_relative");
    return own == entry.end() ? kOfLoops : readTolerance(*own, place / "tolerance_relative");
}

/// The stepper of an entry; null where there is none.
lab::Result<std::unique_ptr<GoldenStepper>> makeStepper(const lab::Json& entry, const Matrix& start,
                                                        const GoldenPlace& place,
                                                        const GoldenTarget& target) {
    const auto config = readConfig(entry, place);
    if (!config) {
        return config.error();
    }
    if (std::holds_alternative<NotAvailable>(*config)) {
        return std::unique_ptr<GoldenStepper>();
    }
    auto made = target.make(std::get<OptimizerConfig>(*config), start);
    if (!made) {
        return place.error(made.error().message);
    }
    return made;
}

lab::Result<void> checkSurfaceLoop(const std::string& name, const lab::Json& entry,
                                   const SurfaceLoop& loop, const GoldenPlace& place,
                                   const GoldenTarget& target, std::vector<lab::CheckRow>& rows) {
    const auto tolerance = toleranceOf(entry, place);
    if (!tolerance) {
        return tolerance.error();
    }
    const auto after = member(entry, "after_call", place);
    if (!after) {
        return after.error();
    }
    const auto calls = readCalls(**after, 0, place / "after_call");
    if (!calls) {
        return calls.error();
    }
    auto stepper = makeStepper(entry, column(loop.start), place, target);
    if (!stepper) {
        return stepper.error();
    }
    const bool isAvailable = *stepper != nullptr && loop.surface.has_value();
    Point2 point = loop.start;
    long done = 0;
    for (const auto& [call, expected] : *calls) {
        if (!expected->is_object()) {
            return (place / "after_call" / std::to_string(call)).error("is not an object");
        }
        for (; isAvailable && done < call; ++done) {
            if (const auto stepped = (*stepper)->step(column(loop.surface->gradient(point)));
                !stepped) {
                return place.error(stepped.error().message);
            }
            const Matrix now = (*stepper)->parameter();
            point = {now(0, 0), now(1, 0)};
        }
        for (const auto& [quantity, value] : expected->items()) {
            lab::CheckRow row = blankRow(name, target);
            row.quantity = "after_call." + std::to_string(call) + "." + quantity;
            row.expected = value;
            if (isAvailable && quantity == "x") {
                compareRelative(row, lab::Json{point[0], point[1]}, value, *tolerance);
            } else if (isAvailable && quantity == "f") {
                compareRelative(row, loop.surface->value(point), value, *tolerance);
            }
            rows.push_back(std::move(row));
        }
    }
    return {};
}

/// ½‖A(W−W*)B‖² and its gradient AᵀA(W−W*)BBᵀ.
struct MatrixQuadratic {
    Matrix a;    ///< [p,m]
    Matrix b;    ///< [n,q]
    Matrix best; ///< W* [m,n]

    [[nodiscard]] double value(const Matrix& w) const {
        return 0.5 * (a * (w - best) * b).squaredNorm();
    }

    [[nodiscard]] Matrix gradient(const Matrix& w) const {
        return a.transpose() * (a * (w - best) * b) * b.transpose();
    }
};

lab::Result<MatrixQuadratic> readQuadratic(const lab::Json& section, const GoldenPlace& place) {
    MatrixQuadratic quadratic;
    for (const auto& [key, matrix] : {std::pair{"A", &quadratic.a}, std::pair{"B", &quadratic.b}}) {
        const auto json = member(section, key, place);
        if (!json) {
            return json.error();
        }
        auto read = readMatrix(**json, place / key);
        if (!read) {
            return read.error();
        }
        *matrix = std::move(*read);
    }
    const auto definition = member(section, "definition", place);
    if (!definition) {
        return definition.error();
    }
    constexpr std::string_view kBest = "W*[i][j]=";
    const std::string text = (*definition)->is_string() ? (*definition)->get<std::string>() : "";
    const std::size_t at = text.find(kBest);
    if (at == std::string::npos) {
        return (place / "definition").error("does not say '" + std::string(kBest) + "…'");
    }
    const std::string_view rest = std::string_view(text).substr(at + kBest.size());
    const auto formula = Formula::parse(rest.substr(0, rest.find_first_of(" ,;")));
    if (!formula) {
        return (place / "definition").error(formula.error().message);
    }
    quadratic.best.resize(quadratic.a.cols(), quadratic.b.rows());
    for (Eigen::Index i = 0; i < quadratic.best.rows(); ++i) {
        for (Eigen::Index j = 0; j < quadratic.best.cols(); ++j) {
            quadratic.best(i, j) =
                formula->evaluate(static_cast<double>(i + 1), static_cast<double>(j + 1), 0.0);
        }
    }
    return quadratic;
}

lab::Result<void> checkQuadraticLoop(const std::string& name, const lab::Json& entry,
                                     const MatrixQuadratic& quadratic, const GoldenPlace& place,
                                     const GoldenTarget& target, std::vector<lab::CheckRow>& rows) {
    const auto tolerance = toleranceOf(entry, place);
    if (!tolerance) {
        return tolerance.error();
    }
    const auto losses = member(entry, "loss_after_call", place);
    if (!losses) {
        return losses.error();
    }
    const auto calls = readCalls(**losses, 0, place / "loss_after_call");
    if (!calls) {
        return calls.error();
    }
    Matrix w = Matrix::Zero(quadratic.best.rows(), quadratic.best.cols());
    auto stepper = makeStepper(entry, w, place, target);
    if (!stepper) {
        return stepper.error();
    }
    long done = 0;
    for (const auto& [call, expected] : *calls) {
        lab::CheckRow row = blankRow(name, target);
        row.quantity = "loss_after_call." + std::to_string(call);
        row.expected = *expected;
        if (*stepper != nullptr) {
            for (; done < call; ++done) {
                if (const auto stepped = (*stepper)->step(quadratic.gradient(w)); !stepped) {
                    return place.error(stepped.error().message);
                }
                w = (*stepper)->parameter();
            }
            compareRelative(row, quadratic.value(w), *expected, *tolerance);
        }
        rows.push_back(std::move(row));
    }
    return {};
}

} // namespace

lab::Result<void> checkTestFunctions(const lab::Json& document, double tolerance,
                                     const GoldenPlace& place, const GoldenTarget& target,
                                     std::vector<lab::CheckRow>& rows) {
    const GoldenPlace section = place / "test_functions";
    const lab::Json& functions = document["test_functions"];
    if (!functions.is_object()) {
        return section.error("is not an object");
    }
    for (const auto& [name, entry] : functions.items()) {
        const auto x = member(entry, "x", section / name);
        if (!x) {
            return x.error();
        }
        const auto surface = Surface::byName(name);
        std::optional<Point2> point;
        if (surface) {
            const auto read = readPoint(**x, section / name / "x");
            if (!read) {
                return read.error();
            }
            point = *read;
        }
        for (const char* quantity : {"f", "grad"}) {
            const auto expected = member(entry, quantity, section / name);
            if (!expected) {
                return expected.error();
            }
            lab::CheckRow row = blankRow(name, target);
            row.quantity = quantity;
            row.expected = **expected;
            if (point) {
                const Point2 gradient = surface->gradient(*point);
                const bool isValue = std::string_view(quantity) == "f";
                lab::compare(row,
                             isValue ? lab::Json(surface->value(*point))
                                     : lab::Json{gradient[0], gradient[1]},
                             **expected, tolerance, std::max(1.0, largestMagnitude(**expected)));
            }
            rows.push_back(std::move(row));
        }
    }
    return {};
}

lab::Result<void> checkSurfaceLoops(const lab::Json& document, const GoldenPlace& place,
                                    const GoldenTarget& target, std::vector<lab::CheckRow>& rows) {
    const GoldenPlace section = place / "closed_loop_2d";
    const lab::Json& loops = document["closed_loop_2d"];
    if (!loops.is_object()) {
        return section.error("is not an object");
    }
    for (const auto& [name, entry] : loops.items()) {
        if (!entry.is_object()) {
            return (section / name).error("is not an object");
        }
        const auto loop = readSurfaceLoop(document, name, entry, section / name);
        if (!loop) {
            return loop.error();
        }
        if (const auto done = checkSurfaceLoop(name, entry, *loop, section / name, target, rows);
            !done) {
            return done;
        }
    }
    return {};
}

lab::Result<void> checkQuadraticLoops(const lab::Json& document, const GoldenPlace& place,
                                      const GoldenTarget& target,
                                      std::vector<lab::CheckRow>& rows) {
    const GoldenPlace at = place / "closed_loop_matrix_quadratic";
    const lab::Json& section = document["closed_loop_matrix_quadratic"];
    const auto quadratic = readQuadratic(section, at);
    if (!quadratic) {
        return quadratic.error();
    }
    const auto cases = member(section, "cases", at);
    if (!cases) {
        return cases.error();
    }
    if (!(*cases)->is_object()) {
        return (at / "cases").error("is not an object");
    }
    for (const auto& [name, entry] : (*cases)->items()) {
        const GoldenPlace casePlace = at / "cases" / name;
        if (const auto done = checkQuadraticLoop(name, entry, *quadratic, casePlace, target, rows);
            !done) {
            return done;
        }
    }
    return {};
}

} // namespace psephos::optim::textbook
