// SPDX-License-Identifier: GPL-3.0-or-later
// verify, bench: closed forms and golden cases, and how fast it all is.
#include "app/cli/commands.hpp"
#include "lab/device.hpp"
#include "lab/json.hpp"
#include "lab/module.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <set>
#include <system_error>

namespace psephos::cli {

namespace {

lab::Result<void> checkArea(const std::string& area) {
    const std::vector<std::string>& known = lab::checkAreas();
    if (area.empty() || std::find(known.begin(), known.end(), area) != known.end()) {
        return {};
    }
    return lab::Error{"unknown area " + lab::inQuotes(area),
                      "expected one of " + lab::joined(known), ""};
}

/// Opens the modules of the area's experiments: their checks are in them. Answers what could not be
/// opened.
std::vector<std::string> openModules(Session& session, const std::string& area) {
    lab::Workbench& bench = session.bench();
    std::set<std::string> modules;
    for (const auto& description : bench.registry().all()) {
        if (!description->module.empty() &&
            (area.empty() || description->id.starts_with(area + "."))) {
            modules.insert(description->module);
        }
    }
    std::vector<std::string> missing;
    for (const std::string& module : modules) {
        const auto opened = lab::openModule(module, bench.registry(), bench.checks());
        if (!opened) {
            missing.push_back(opened.error().line());
        }
    }
    return missing;
}

/// Refuses before computing: an unknown area, a device that is not here.
lab::Result<std::string> prepare(Session& session, const CheckArguments& arguments) {
    if (const auto known = checkArea(arguments.area); !known) {
        return known.error();
    }
    const std::string device = arguments.device.empty() ? "cpu" : arguments.device;
    if (device != "cpu" && device != "cuda") {
        return lab::Error{"device " + lab::inQuotes(device) + " is unknown", "expected cpu or cuda",
                          ""};
    }
    const std::vector<std::string> missing =
        openModules(session, device == "cpu" ? arguments.area : "");
    const auto facts = lab::describeDevice(device);
    if (!facts) {
        return facts.error();
    }
    for (const std::string& module : missing) {
        session.warn(module);
    }
    return device;
}

/// The golden document; `code` says what a bad one means.
lab::Result<lab::Json> readGolden(const std::string& file, int& code) {
    std::error_code failed;
    code = std::filesystem::exists(file, failed) ? kFailed : kRefused;
    lab::Result<lab::Json> golden = lab::readJson(file);
    if (golden && !golden->is_object()) {
        return lab::Error{"is not a golden document", "expected a JSON object as in tests/golden",
                          file};
    }
    return golden;
}

std::string verdict(const lab::CheckRow& row) {
    if (!row.pass) {
        return "not available";
    }
    return *row.pass ? "passed" : "MISSED";
}

std::string numberText(const std::optional<double>& number) {
    return number ? shortNumber(*number) : "-";
}

void printRows(Session& session, const std::vector<lab::CheckRow>& rows) {
    std::vector<std::vector<std::string>> cells = {
        {"verdict", "area", "case", "quantity", "by", "device", "residual", "tolerance"}};
    std::size_t passed = 0;
    std::size_t missed = 0;
    for (const lab::CheckRow& row : rows) {
        passed += row.pass && *row.pass ? 1 : 0;
        missed += row.pass && !*row.pass ? 1 : 0;
        cells.push_back({verdict(row), row.area, row.caseName, row.quantity, row.implementation,
                         row.device, numberText(row.residual), numberText(row.tolerance)});
    }
    if (!rows.empty()) {
        session.print(tableText(cells));
    }
    session.print(std::to_string(passed) + " passed, " + std::to_string(missed) + " missed, " +
                  std::to_string(rows.size() - passed - missed) + " not available\n");
}

std::vector<const lab::Check*> checksOf(Session& session, const CheckArguments& arguments) {
    std::vector<const lab::Check*> chosen;
    for (const std::string& area : lab::checkAreas()) {
        for (const lab::Check& check : session.bench().checks().checks()) {
            const bool isWanted = arguments.area.empty() || arguments.area == area;
            if (check.area == area && isWanted && (arguments.golden.empty() || check.takesGolden)) {
                chosen.push_back(&check);
            }
        }
    }
    return chosen;
}

} // namespace

int verify(Session& session, const CheckArguments& arguments) {
    lab::CheckOptions options;
    if (!arguments.golden.empty()) {
        int code = kRefused;
        auto golden = readGolden(arguments.golden, code);
        if (!golden) {
            session.refuse(golden.error());
            return code;
        }
        options.golden = *std::move(golden);
        options.goldenName = arguments.golden;
    }
    const auto device = prepare(session, arguments);
    if (!device) {
        return session.refuse(device.error());
    }
    options.device = *device;
    std::vector<lab::CheckRow> rows;
    std::vector<lab::Error> errors;
    for (const lab::Check* check : checksOf(session, arguments)) {
        if (const auto done = check->run(options, rows); !done) {
            errors.push_back(done.error());
        }
    }
    // Without an area a golden file is offered to every check; one that takes it is enough.
    const bool isOffered = !arguments.golden.empty() && arguments.area.empty() && !rows.empty();
    int code = kDone;
    for (const lab::Error& error : errors) {
        code = isOffered ? code : session.fail(error);
    }
    if (rows.empty() && errors.empty()) {
        if (!arguments.golden.empty()) {
            return session.fail({"holds no section that is known here", "", arguments.golden});
        }
        session.warn("nothing is checked in area '" + arguments.area + "'");
    }
    for (const lab::CheckRow& row : rows) {
        code = row.pass && !*row.pass ? kFailed : code;
    }
    if (session.options().json) {
        lab::Json list = lab::Json::array();
        for (const lab::CheckRow& row : rows) {
            list.push_back(lab::toJson(row));
        }
        session.printJson(list);
    } else {
        printRows(session, rows);
    }
    return code;
}

int bench(Session& session, const CheckArguments& arguments) {
    const auto device = prepare(session, arguments);
    if (!device) {
        return session.refuse(device.error());
    }
    lab::BenchOptions options;
    options.device = *device;
    int code = kDone;
    lab::Json results = lab::Json::array();
    for (const std::string& area : lab::checkAreas()) {
        for (const lab::Bench& each : session.bench().checks().benches()) {
            if (each.area != area || !(arguments.area.empty() || arguments.area == area)) {
                continue;
            }
            session.say("bench " + area + ": " + each.name);
            const lab::Result<lab::Json> measured = each.run(options);
            if (!measured) {
                code = session.fail(measured.error());
                continue;
            }
            for (lab::Json result : *measured) {
                lab::Json labelled = {{"area", area}, {"bench", each.name}};
                labelled.update(result);
                results.push_back(std::move(labelled));
            }
        }
    }
    const lab::Json document = {{"device", *device},
                                {"machine", *lab::describeDevice(*device)},
                                {"versions", lab::versions()},
                                {"results", results}};
    if (!arguments.out.empty()) {
        if (const auto written = lab::writeFile(arguments.out, lab::dumpJson(document) + "\n");
            !written) {
            code = session.fail(written.error());
        }
    }
    if (session.options().json) {
        session.printJson(document);
        return code;
    }
    for (const lab::Json& result : results) {
        std::string line;
        for (const auto& [key, value] : result.items()) {
            line += (line.empty() ? "" : "  ") + key + "=" +
                    (value.is_string() ? value.get<std::string>() : lab::dumpJson(value, -1));
        }
        session.print(line + "\n");
    }
    return code;
}

} // namespace psephos::cli
