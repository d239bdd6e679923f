// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/golden.hpp"

#include "embedded/goldenOptim.hpp"
#include "lab/files/json.hpp"
#include "optim/textbook/golden_loops.hpp"
#include "optim/textbook/golden_problem.hpp"
#include "optim/textbook/identities.hpp"

#include <algorithm>

namespace psephos::optim::textbook {

namespace {

/// A negative vector must be missed by more than this at its last call.
constexpr double kMustDiffer = 1e-6;

/// What an entry of `cases` says, read and checked before anything is computed.
struct CaseEntry {
    std::string algorithm;
    ParsedConfig config;
    std::map<long, const lab::Json*> parameters; ///< expected, by call
    std::map<long, const lab::Json*> states;     ///< expected objects, by call
    bool mustDiffer = false;

    [[nodiscard]] long lastCall() const {
        const long parametersEnd = parameters.empty() ? 0 : parameters.rbegin()->first;
        return std::max(parametersEnd, states.empty() ? 0 : states.rbegin()->first);
    }
};

lab::Result<CaseEntry> readCase(const lab::Json& json, const Matrix& start,
                                const GoldenPlace& place) {
    auto config = readConfig(json, place);
    if (!config) {
        return config.error();
    }
    CaseEntry entry;
    entry.algorithm = json["algorithm"].get<std::string>();
    entry.config = std::move(*config);
    if (const auto expect = json.find("expect"); expect != json.end()) {
        if (*expect != "differ") {
            return (place / "expect").error("is not \"differ\"");
        }
        entry.mustDiffer = true;
    }
    using Field = std::pair<std::string_view, std::map<long, const lab::Json*>*>;
    for (const auto& [key, calls] : {Field{"params_after_call", &entry.parameters},
                                     Field{"state_after_call", &entry.states}}) {
        if (const auto found = json.find(std::string(key)); found != json.end()) {
            auto read = readCalls(*found, 1, place / key);
            if (!read) {
                return read.error();
            }
            *calls = std::move(*read);
        }
    }
    if (entry.parameters.empty() && (entry.mustDiffer || entry.states.empty())) {
        return place.error("'params_after_call' is missing");
    }
    for (const auto& [call, expected] : entry.parameters) {
        const GoldenPlace at = place / "params_after_call" / std::to_string(call);
        const auto matrix = readMatrix(*expected, at);
        if (!matrix) {
            return matrix.error();
        }
        if (matrix->rows() != start.rows() || matrix->cols() != start.cols()) {
            return at.error("has another shape than W0");
        }
    }
    for (const auto& [call, expected] : entry.states) {
        if (!expected->is_object()) {
            return (place / "state_after_call" / std::to_string(call)).error("is not an object");
        }
    }
    return entry;
}

/// Compares relative to the largest expected magnitude, but never more strictly than absolutely.
void compareScaled(lab::CheckRow& row, lab::Json computed, const lab::Json& expected,
                   double tolerance) {
    lab::compare(row, std::move(computed), expected, tolerance,
                 std::max(1.0, largestMagnitude(expected)));
}

void appendCall(const CaseEntry& entry, long call, double tolerance, const lab::CheckRow& blank,
                const GoldenStepper& stepper, std::vector<lab::CheckRow>& rows) {
    const std::string callText = std::to_string(call);
    if (const auto found = entry.parameters.find(call);
        found != entry.parameters.end() && (!entry.mustDiffer || call == entry.lastCall())) {
        lab::CheckRow row = blank;
        row.quantity = "params_after_call." + callText;
        const lab::Json& expected = *found->second;
        if (entry.mustDiffer) {
            lab::compare(row, writeMatrix(stepper.parameter(), expected), expected, kMustDiffer);
            row.pass = row.residual && *row.residual > kMustDiffer;
        } else {
            compareScaled(row, writeMatrix(stepper.parameter(), expected), expected, tolerance);
        }
        rows.push_back(std::move(row));
    }
    const auto states = entry.states.find(call);
    if (states == entry.states.end() || entry.mustDiffer) {
        return;
    }
    for (const auto& [name, expected] : states->second->items()) {
        lab::CheckRow row = blank;
        row.quantity = "state_after_call." + callText + "." + name;
        row.expected = expected;
        if (const auto state = stepper.state(name)) {
            compareScaled(row, writeMatrix(*state, expected), expected, tolerance);
        }
        rows.push_back(std::move(row));
    }
}

/// Rows without a verdict, for an entry that nobody here can compute.
void appendUnavailable(const CaseEntry& entry, const lab::CheckRow& blank,
                       std::vector<lab::CheckRow>& rows) {
    const auto append = [&](std::string quantity, const lab::Json& expected) {
        lab::CheckRow row = blank;
        row.quantity = std::move(quantity);
        row.expected = expected;
        rows.push_back(std::move(row));
    };
    for (const auto& [call, expected] : entry.parameters) {
        append("params_after_call." + std::to_string(call), *expected);
    }
    for (const auto& [call, states] : entry.states) {
        for (const auto& [name, expected] : states->items()) {
            append("state_after_call." + std::to_string(call) + "." + name, expected);
        }
    }
}

lab::Result<void> checkCase(const CaseEntry& entry, const GoldenProblem& problem, double tolerance,
                            const GoldenTarget& target, const lab::CheckRow& blank,
                            std::vector<lab::CheckRow>& rows) {
    std::unique_ptr<GoldenStepper> stepper;
    if (const auto* config = std::get_if<OptimizerConfig>(&entry.config)) {
        auto made = target.make(*config, problem.start());
        if (!made) {
            return made.error();
        }
        stepper = std::move(*made);
    }
    if (stepper == nullptr) {
        appendUnavailable(entry, blank, rows);
        return {};
    }
    std::vector<lab::CheckRow> own;
    for (long call = 1; call <= entry.lastCall(); ++call) {
        const auto gradient = problem.gradient(call);
        if (!gradient) {
            return gradient.error();
        }
        if (const auto stepped = stepper->step(*gradient); !stepped) {
            return stepped.error();
        }
        appendCall(entry, call, tolerance, blank, *stepper, own);
    }
    std::move(own.begin(), own.end(), std::back_inserter(rows));
    return {};
}

lab::Result<void> checkCases(const lab::Json& document, const GoldenTolerances& tolerances,
                             const GoldenPlace& place, const GoldenTarget& target,
                             std::vector<lab::CheckRow>& rows) {
    const lab::Json& cases = document["cases"];
    const auto problemJson = member(document, "problem", place);
    if (!problemJson) {
        return problemJson.error();
    }
    const auto problem = GoldenProblem::read(**problemJson, place / "problem");
    if (!problem) {
        return problem.error();
    }
    if (!cases.is_object()) {
        return (place / "cases").error("is not an object");
    }
    for (const auto& [name, json] : cases.items()) {
        const GoldenPlace at = place / "cases" / name;
        const auto entry = readCase(json, problem->start(), at);
        if (!entry) {
            return entry.error();
        }
        lab::CheckRow blank;
        blank.area = "optim";
        blank.caseName = name;
        blank.implementation = target.implementation;
        blank.device = target.device;
        const double tolerance = tolerances.of(target.precision, entry->algorithm);
        if (const auto done = checkCase(*entry, *problem, tolerance, target, blank, rows); !done) {
            return done.error().place.empty() ? at.error(done.error().message) : done.error();
        }
    }
    return {};
}

/// The textbook's optimizer as a golden stepper.
class TextbookStepper final : public GoldenStepper {
  public:
    TextbookStepper(std::unique_ptr<Optimizer> optimizer, Matrix start)
        : optimizer_(std::move(optimizer))
        , parameter_(std::move(start)) {}

    lab::Result<void> step(const Matrix& gradient) override {
        if (const auto report = optimizer_->step(parameter_, gradient); !report) {
            return report.error();
        }
        return {};
    }

    [[nodiscard]] Matrix parameter() const override { return parameter_; }

    [[nodiscard]] std::optional<Matrix> state(std::string_view name) const override {
        return optimizer_->state(name);
    }

  private:
    std::unique_ptr<Optimizer> optimizer_;
    Matrix parameter_;
};

} // namespace

lab::Result<void> checkGolden(const lab::Json& document, const std::string& name,
                              const GoldenTarget& target, std::vector<lab::CheckRow>& rows) {
    const GoldenPlace place{name, ""};
    if (!document.is_object()) {
        return place.error("is not a JSON object");
    }
    if (const auto format = document.find("format"); format != document.end() && *format != 1) {
        return place.error("format " + format->dump() + " is not 1");
    }
    const auto has = [&document](const char* section) { return document.contains(section); };
    if (!has("cases") && !has("test_functions") && !has("closed_loop_2d") &&
        !has("closed_loop_matrix_quadratic")) {
        return place.error("holds none of cases, test_functions, closed_loop_2d and "
                           "closed_loop_matrix_quadratic");
    }
    const auto stated = document.find("tolerance");
    const auto tolerances =
        GoldenTolerances::read(stated != document.end() ? &*stated : nullptr, place / "tolerance");
    if (!tolerances) {
        return tolerances.error();
    }
    if (has("cases")) {
        if (const auto done = checkCases(document, *tolerances, place, target, rows); !done) {
            return done;
        }
    }
    if (has("test_functions") && target.testFunctions) {
        const double tolerance = tolerances->of("float64", "default");
        if (const auto done = checkTestFunctions(document, tolerance, place, target, rows); !done) {
            return done;
        }
    }
    if (target.precision != "float64") {
        return {};
    }
    if (has("closed_loop_2d")) {
        if (const auto done = checkSurfaceLoops(document, place, target, rows); !done) {
            return done;
        }
    }
    if (has("closed_loop_matrix_quadratic")) {
        return checkQuadraticLoops(document, place, target, rows);
    }
    return {};
}

GoldenTarget textbookTarget() {
    GoldenTarget target;
    target.implementation = "textbook";
    target.testFunctions = true;
    target.make = [](const OptimizerConfig& config,
                     const Matrix& start) -> lab::Result<std::unique_ptr<GoldenStepper>> {
        auto optimizer = makeOptimizer(config, start.rows(), start.cols());
        if (!optimizer) {
            return optimizer.error();
        }
        return std::unique_ptr<GoldenStepper>(
            std::make_unique<TextbookStepper>(std::move(*optimizer), start));
    };
    return target;
}

lab::Result<lab::Json> embeddedGolden() {
    return lab::parseJson(embedded::goldenOptim(), "optim.json");
}

void registerChecks(lab::CheckRegistry& registry) {
    lab::Check check;
    check.area = "optim";
    check.name = "golden cases by the textbook";
    check.takesGolden = true;
    check.run = [](const lab::CheckOptions& options,
                   std::vector<lab::CheckRow>& rows) -> lab::Result<void> {
        if (!options.golden.is_null()) {
            return checkGolden(options.golden, options.goldenName, textbookTarget(), rows);
        }
        const auto document = embeddedGolden();
        if (!document) {
            return document.error();
        }
        return checkGolden(*document, "optim.json", textbookTarget(), rows);
    };
    check.sections = goldenSections();
    registry.add(std::move(check));

    lab::Check identities;
    identities.area = "optim";
    identities.name = "identities of the textbook";
    identities.run = [](const lab::CheckOptions&, std::vector<lab::CheckRow>& rows) {
        return checkIdentities(rows);
    };
    registry.add(std::move(identities));
}

std::vector<std::string> goldenSections() {
    return {"cases", "test_functions", "closed_loop_2d", "closed_loop_matrix_quadratic"};
}

} // namespace psephos::optim::textbook
