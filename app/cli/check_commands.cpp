// SPDX-License-Identifier: GPL-3.0-or-later
// verify, bench: closed forms and golden cases, and how fast it all is.
#include "app/cli/commands.hpp"
#include "lab/device.hpp"
#include "lab/files/json.hpp"
#include "lab/module.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <map>
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
    return !row.pass ? "measured" : *row.pass ? "passed" : "MISSED";
}

std::string numberText(const std::optional<double>& number) {
    return number ? shortNumber(*number) : "-";
}

/// A line for every quantity that was compared, then what is not available in one line an area.
void printRows(Session& session, const std::vector<lab::CheckRow>& rows) {
    std::map<std::string, std::set<std::string>> absent;
    std::vector<std::vector<std::string>> cells = {
        {"verdict", "area", "case", "quantity", "by", "device", "residual", "tolerance"}};
    std::size_t passed = 0;
    std::size_t missed = 0;
    std::size_t measured = 0; // and reported, whatever it is
    for (const lab::CheckRow& row : rows) {
        passed += row.pass && *row.pass ? 1 : 0;
        missed += row.pass && !*row.pass ? 1 : 0;
        if (!row.pass && row.computed.is_null()) {
            absent[row.area].insert(row.caseName);
            continue;
        }
        measured += row.pass ? 0 : 1;
        cells.push_back({verdict(row), row.area, row.caseName, row.quantity, row.implementation,
                         row.device, numberText(row.residual), numberText(row.tolerance)});
    }
    if (cells.size() > 1) {
        session.print(tableText(cells));
    }
    for (const auto& [area, cases] : absent) {
        const std::vector<std::string> names(cases.begin(), cases.end());
        session.print("not available in " + area + ", in part or whole: " + lab::joined(names) +
                      "\n");
    }
    session.print(std::to_string(passed) + " passed, " + std::to_string(missed) + " missed, " +
                  std::to_string(rows.size() - passed - missed - measured) + " not available" +
                  (measured > 0 ? ", " + std::to_string(measured) + " measured" : "") + "\n");
}

/// Whether the check has a say: about its area, and about a golden document of its kind.
bool isWanted(const lab::Check& check, const std::string& area, const lab::Json& golden) {
    if (!area.empty() && check.area != area) {
        return false;
    }
    if (golden.is_null()) {
        return true;
    }
    // A document that was named together with an area is of that area.
    const bool isKnown = !area.empty() || check.sections.empty() ||
                         std::any_of(check.sections.begin(), check.sections.end(),
                                     [&golden](const auto& key) { return golden.contains(key); });
    return check.takesGolden && isKnown;
}

std::vector<const lab::Check*> checksOf(Session& session, const std::string& area,
                                        const lab::Json& golden) {
    std::vector<const lab::Check*> chosen;
    for (const std::string& each : lab::checkAreas()) {
        for (const lab::Check& check : session.bench().checks().checks()) {
            if (check.area == each && isWanted(check, area, golden)) {
                chosen.push_back(&check);
            }
        }
    }
    return chosen;
}

/// Whether the check takes minutes that nobody asked for; says of such checks what becomes of them.
bool isLeftOut(Session& session, const lab::Check& check, const CheckArguments& arguments) {
    if (check.isLong) {
        session.say("verify " + check.area + ": " + check.name +
                    (arguments.isLong ? ": takes minutes" : ": left out, takes minutes (--long)"));
    }
    return check.isLong && !arguments.isLong;
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
    std::set<std::string> errors; // several checks may stumble over one fault of a document
    int code = kDone;
    for (const lab::Check* check : checksOf(session, arguments.area, options.golden)) {
        if (isLeftOut(session, *check, arguments)) {
            continue;
        }
        const auto done = check->run(options, rows);
        if (!done && errors.insert(done.error().line()).second) {
            code = session.fail(done.error());
        }
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
