// SPDX-License-Identifier: GPL-3.0-or-later
// psephos-cli with the experiments, checks and data of the tests in place of the real ones.
#include "app/cli/program.hpp"
#include "core/lab/fake_experiment.hpp"
#include "lab/files/file.hpp"

#include <algorithm>
#include <string>

namespace {

using namespace psephos::lab;

/// Sums of pairs: a golden document is {"sums": {NAME: {"a", "b", "sum"}}}.
Result<void> checkSums(const CheckOptions& options, std::vector<CheckRow>& rows) {
    const Json embedded = {{"sums", {{"small", {{"a", 1.0}, {"b", 2.0}, {"sum", 3.0}}}}}};
    const Json& golden = options.golden.is_null() ? embedded : options.golden;
    if (!golden.contains("sums")) {
        return {};
    }
    for (const auto& [name, entry] : golden.at("sums").items()) {
        if (!entry.is_object() || !entry.contains("sum")) {
            return Error{"sums." + name + " has no sum", "", options.goldenName};
        }
        CheckRow row;
        row.area = "lab";
        row.caseName = name;
        row.quantity = "sum";
        row.device = options.device;
        if (!entry.contains("b")) {
            row.expected = entry.at("sum");
        } else {
            compare(row, entry.at("a").get<double>() + entry.at("b").get<double>(), entry.at("sum"),
                    1e-12);
        }
        rows.push_back(std::move(row));
    }
    return {};
}

/// A number that is only reported.
Result<void> checkAges(const CheckOptions&, std::vector<CheckRow>& rows) {
    CheckRow row;
    row.area = "lab";
    row.caseName = "ages";
    row.quantity = "age";
    row.computed = 0.5;
    row.residual = 0.5;
    rows.push_back(std::move(row));
    return {};
}

Result<Json> measure(const BenchOptions& options) {
    return Json::array({Json{{"device", options.device}, {"seconds", 0.25}}});
}

void registerExperiments(Registry& registry, CheckRegistry& checks) {
    psephos::test::registerFakes(registry);
    Description absent = psephos::test::describeShares();
    absent.id = "test.absent";
    absent.module = "absent";
    absent.devices = {"cpu", "cuda"};
    absent.presets[0].scenario.experiment = absent.id;
    registry.add(absent);
    checks.add(Check{"lab", "sums", true, checkSums, {"sums"}});
    checks.add(Check{"lab", "ages", false, checkAges, {}, true});
    checks.add(Bench{"lab", "nothing", measure});
}

int sniff(const std::filesystem::path& name, std::string_view head) {
    return name.extension() == ".list" || head.starts_with("list") ? 90 : 0;
}

DataReport check(const std::filesystem::path& file) {
    DataReport report;
    report.format = "list";
    const Result<std::string> content = readFile(file);
    if (!content) {
        report.faults.push_back(content.error());
        return report;
    }
    report.facts = {{"lines", std::count(content->begin(), content->end(), '\n')}};
    if (content->ends_with("?\n")) {
        report.faults.push_back(
            {"a question", "", std::to_string(std::count(content->begin(), content->end(), '\n'))});
    }
    if (content->ends_with("beside\n")) {
        report.faults.push_back({"a fault of the file beside it", "", file.string() + ".beside"});
    }
    if (!content->starts_with("list")) {
        report.faults.push_back({"does not start with 'list'", "", "line 1"});
    }
    std::size_t line = 0;
    for (std::size_t from = 0; from < content->size();) {
        const std::size_t end = std::min(content->find('\n', from), content->size());
        const std::string text = content->substr(from, end - from);
        from = end + 1;
        ++line;
        if (text.ends_with("not this")) {
            report.rejected.push_back({line, "'" + text + "' says nothing"});
            ++report.rejectedRows;
        }
    }
    return report;
}

void registerData(DataRegistry& data) {
    data.add(DataKind{"list", "a list", {"test.descent data=FILE"}, sniff, check});
    data.add(BuiltInData{"ten", "list", "Ten lines", {{"lines", 10}}, "test.descent"});
}

} // namespace

int main(int argc, char** argv) {
    return psephos::cli::runProgram(argc, argv, {&registerExperiments, &registerData});
}
