// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/files/data_kind.hpp"

#include "lab/text.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>
#include <zlib.h>

namespace psephos::lab {

namespace {

/// A header that names hundreds of candidates fits in, and a row below it.
constexpr std::size_t kHeadBytes = std::size_t{1} << 15;

Error unreadable(const std::filesystem::path& file, const std::string& why) {
    return Error{"can't be read: " + why, "", file.string()};
}

/// Hidden files and what only describes data are no data.
bool isCandidate(const std::filesystem::directory_entry& entry) {
    const std::string name = entry.path().filename().string();
    std::error_code failed;
    return !name.starts_with('.') && name != "README.md" && name != "SHA256SUMS" &&
           entry.is_regular_file(failed) && !failed;
}

} // namespace

void DataRegistry::add(DataKind kind) {
    kinds_.push_back(std::move(kind));
}

void DataRegistry::add(BuiltInData set) {
    builtIns_.push_back(std::move(set));
}

const DataKind* DataRegistry::kindOf(const std::filesystem::path& file,
                                     std::string_view head) const {
    const DataKind* best = nullptr;
    int most = 0;
    for (const DataKind& kind : kinds_) {
        const int likeness = kind.sniff(withoutGz(file), head);
        if (likeness > most) {
            most = likeness;
            best = &kind;
        }
    }
    return best;
}

Result<DataReport> DataRegistry::check(const std::filesystem::path& file) const {
    const Result<std::string> head = readHead(file, kHeadBytes);
    if (!head) {
        return head.error();
    }
    const DataKind* kind = kindOf(file, *head);
    if (kind == nullptr) {
        std::vector<std::string> titles;
        for (const DataKind& each : kinds_) {
            titles.push_back(each.title);
        }
        return Error{"looks like no kind of data that is known here",
                     "known are: " + joined(titles, "; "), file.string()};
    }
    DataReport report = kind->check(file);
    report.kind = kind->id;
    if (report.faults.empty()) {
        report.takenBy.insert(report.takenBy.begin(), kind->takenBy.begin(), kind->takenBy.end());
    }
    return report;
}

std::filesystem::path withoutGz(const std::filesystem::path& file) {
    return file.extension() == ".gz" ? file.parent_path() / file.stem() : file;
}

Result<std::string> readHead(const std::filesystem::path& file, std::size_t count) {
    std::error_code failed;
    const auto status = std::filesystem::status(file, failed);
    if (!std::filesystem::exists(status)) {
        return Error{"no such file", "", file.string()};
    }
    if (std::filesystem::is_directory(status)) {
        return Error{"this is a folder, not a file", "", file.string()};
    }
    // gzread() hands out what is not gzip as it is.
    const gzFile opened = ::gzopen(file.c_str(), "rb");
    if (opened == nullptr) {
        return unreadable(file, std::generic_category().message(errno));
    }
    std::string head(count, '\0');
    const int got = ::gzread(opened, head.data(), static_cast<unsigned>(count));
    ::gzclose_r(opened);
    if (got < 0) {
        return unreadable(file, "it is damaged");
    }
    head.resize(static_cast<std::size_t>(got));
    if (head.empty()) {
        return Error{"the file is empty", "", file.string()};
    }
    return head;
}

Json toJson(const DataReport& report) {
    Json json = Json::object();
    json["kind"] = report.kind;
    json["format"] = report.format;
    json["facts"] = Json::object();
    for (const auto& [name, value] : report.facts) {
        json["facts"][name] = value;
    }
    json["warnings"] = report.warnings;
    json["faults"] = Json::array();
    for (const Error& fault : report.faults) {
        json["faults"].push_back(Json{{"place", fault.place}, {"message", fault.message}});
    }
    json["rejected"] = Json::array();
    for (const RejectedLine& row : report.rejected) {
        json["rejected"].push_back(Json{{"line", row.line}, {"reason", row.reason}});
    }
    json["rejected_rows"] = report.rejectedRows;
    json["taken_by"] = report.takenBy;
    return json;
}

Result<std::vector<FoundData>> findData(const std::filesystem::path& folder,
                                        const DataRegistry& registry) {
    std::vector<FoundData> found;
    std::error_code failed;
    auto entry = std::filesystem::recursive_directory_iterator(
        folder, std::filesystem::directory_options::skip_permission_denied, failed);
    if (failed) {
        return unreadable(folder, failed.message());
    }
    for (; entry != std::filesystem::recursive_directory_iterator(); entry.increment(failed)) {
        if (failed) {
            return unreadable(folder, failed.message());
        }
        if (!isCandidate(*entry)) {
            continue;
        }
        const Result<std::string> head = readHead(entry->path(), kHeadBytes);
        const DataKind* kind = head ? registry.kindOf(entry->path(), *head) : nullptr;
        if (kind != nullptr) {
            std::error_code unknown;
            const std::uintmax_t bytes = entry->file_size(unknown);
            found.push_back({entry->path(), kind->id, unknown ? 0 : bytes});
        }
    }
    std::sort(found.begin(), found.end(),
              [](const FoundData& a, const FoundData& b) { return a.path < b.path; });
    return found;
}

} // namespace psephos::lab
