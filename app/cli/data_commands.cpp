// SPDX-License-Identifier: GPL-3.0-or-later
// data, device: what there is to compute with.
#include "app/cli/commands.hpp"
#include "lab/device.hpp"
#include "lab/files/data_kind.hpp"
#include "lab/files/json.hpp"
#include "lab/module.hpp"
#include "lab/text.hpp"

#include <cctype>
#include <cstdlib>
#include <set>
#include <system_error>

namespace psephos::cli {

namespace {

std::string factText(const lab::Json& value) {
    if (value.is_string()) {
        return value.get<std::string>();
    }
    return value.is_number_float() ? shortNumber(value.get<double>()) : lab::dumpJson(value, -1);
}

std::string factsText(const std::vector<std::pair<std::string, lab::Json>>& facts) {
    std::string text;
    for (const auto& [name, value] : facts) {
        text += (text.empty() ? "" : ", ") + name + " " + factText(value);
    }
    return text;
}

lab::Json builtInJson(const lab::DataRegistry& data) {
    lab::Json list = lab::Json::array();
    for (const lab::BuiltInData& set : data.builtIns()) {
        lab::Json facts = lab::Json::object();
        for (const auto& [name, value] : set.facts) {
            facts[name] = value;
        }
        list.push_back(lab::Json{{"id", set.id},
                                 {"kind", set.kind},
                                 {"title", set.title},
                                 {"facts", facts},
                                 {"used_by", set.usedBy}});
    }
    return list;
}

/// Where in the file a fault is: `FILE:3: …` for a line, the name alone where it is in another
/// file.
std::string placeIn(const std::string& path, const std::string& place) {
    std::error_code failed;
    if (place.empty() || std::filesystem::exists(place, failed)) {
        return place.empty() ? path : place;
    }
    const bool isLine = std::isdigit(static_cast<unsigned char>(place.front())) != 0;
    return path + (isLine ? ":" : ": ") + place;
}

std::string reportText(const std::string& path, const lab::DataReport& report) {
    std::string text = path + ": " + report.format + "\n";
    if (!report.facts.empty()) {
        text += "  " + factsText(report.facts) + "\n";
    }
    for (const std::string& warning : report.warnings) {
        text += "  note: " + warning + "\n";
    }
    for (const std::string& taker : report.takenBy) {
        text += "  taken by: " + taker + "\n";
    }
    return text;
}

} // namespace

int listData(Session& session) {
    const lab::DataRegistry& data = session.data();
    const char* folder = std::getenv("PSEPHOS_DATA");
    std::vector<lab::FoundData> found;
    if (folder != nullptr && *folder != '\0') {
        auto files = lab::findData(folder, data);
        if (!files) {
            return session.refuse({"PSEPHOS_DATA: " + files.error().line(), "", ""});
        }
        found = *std::move(files);
    }
    if (session.options().json) {
        lab::Json files = lab::Json::array();
        for (const lab::FoundData& file : found) {
            files.push_back(lab::Json{
                {"path", file.path.string()}, {"kind", file.kind}, {"bytes", file.bytes}});
        }
        session.printJson(lab::Json{{"built_in", builtInJson(data)}, {"found", files}});
        return kDone;
    }
    std::vector<std::vector<std::string>> rows = {{"built in", "kind", "what", "used by"}};
    for (const lab::BuiltInData& set : data.builtIns()) {
        rows.push_back({set.id, set.kind, set.title + ": " + factsText(set.facts), set.usedBy});
    }
    session.print(tableText(rows));
    if (folder == nullptr || *folder == '\0') {
        session.say("set PSEPHOS_DATA to a folder to list the data sets in it");
        return kDone;
    }
    rows = {{"file", "kind", "bytes"}};
    for (const lab::FoundData& file : found) {
        rows.push_back({file.path.string(), file.kind, std::to_string(file.bytes)});
    }
    session.print("\n" + tableText(rows));
    return kDone;
}

int checkData(Session& session, const std::string& path) {
    std::error_code failed;
    if (!std::filesystem::exists(path, failed)) {
        return session.refuse({"no such file", "", path});
    }
    const auto report = session.data().check(path);
    if (!report) {
        return session.fail(report.error());
    }
    if (session.options().json) {
        lab::Json json = {{"path", path}};
        json.update(lab::toJson(*report));
        session.printJson(json);
    } else {
        session.print(reportText(path, *report));
    }
    int code = kDone;
    for (lab::Error fault : report->faults) {
        fault.place = placeIn(path, fault.place);
        code = session.fail(fault);
    }
    // Rows had to be left out: the file can be used, but something is wrong with it.
    for (const lab::RejectedLine& row : report->rejected) {
        code = session.fail({row.reason, "", path + ": line " + std::to_string(row.line)});
    }
    if (report->rejectedRows > report->rejected.size()) {
        code = session.fail({std::to_string(report->rejectedRows - report->rejected.size()) +
                                 " more rows are left out",
                             "", path});
    }
    return code;
}

int devices(Session& session) {
    lab::Workbench& bench = session.bench();
    std::set<std::string> modules;
    lab::Json missing = lab::Json::object();
    for (const auto& description : bench.registry().all()) {
        if (!description->module.empty() && modules.insert(description->module).second) {
            const auto opened =
                lab::openModule(description->module, bench.registry(), bench.checks());
            if (!opened) {
                missing[description->module] = opened.error().line();
            }
        }
    }
    lab::Json json = lab::Json::object();
    for (const std::string device : {"cpu", "cuda"}) {
        const auto facts = lab::describeDevice(device);
        json[device] = facts ? *facts : lab::Json{{"error", facts.error().line()}};
    }
    json["versions"] = lab::versions();
    json["missing_modules"] = missing;
    if (session.options().json) {
        session.printJson(json);
        return kDone;
    }
    for (const auto& [group, facts] : json.items()) {
        for (const auto& [name, value] : facts.items()) {
            session.print(group + "  " + name + "  " + factText(value) + "\n");
        }
    }
    return kDone;
}

} // namespace psephos::cli
