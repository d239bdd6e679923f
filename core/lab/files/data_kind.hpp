// SPDX-License-Identifier: GPL-3.0-or-later
// Kinds of data files: what a file is, what it holds and what is wrong with it.
#pragma once

#include "lab/result.hpp"
#include "lab/value.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace psephos::lab {

/// A row that its reader had to leave out.
struct RejectedLine {
    std::size_t line = 0; ///< from 1
    std::string reason;
};

/// What a file turned out to hold.
struct DataReport {
    std::string kind;   ///< id of its DataKind
    std::string format; ///< "PrefLib soi", "IDX, 28 x 28 unsigned bytes"
    /// Counts in order of print: {"candidates", 11}.
    std::vector<std::pair<std::string, Json>> facts;
    std::vector<std::string> warnings; ///< odd but readable, a sentence each
    std::vector<Error> faults;         ///< why it can't be used, with `line N` as the place
    std::vector<RejectedLine>
        rejected;                     ///< rows left out of a file that can be used; the first ones
    std::size_t rejectedRows = 0;     ///< all of them
    std::vector<std::string> takenBy; ///< `optim.train task=char_lm data=…`
};

/// A kind of file that some experiment reads.
struct DataKind {
    std::string id;                   ///< `text`, `electorate`, `labelled`
    std::string title;                ///< "ranked ballots or comparisons"
    std::vector<std::string> takenBy; ///< of every file; check() may add to it
    /// How much a file looks like this kind, by its name (without `.gz`) and first bytes: 0 not at
    /// all, 100 certainly.
    std::function<int(const std::filesystem::path& name, std::string_view head)> sniff;
    /// Reads the whole file.
    std::function<DataReport(const std::filesystem::path& file)> check;
};

/// A set that needs no file.
struct BuiltInData {
    std::string id; ///< what a knob takes: `corpus`
    std::string kind;
    std::string title;
    std::vector<std::pair<std::string, Json>> facts;
    std::string usedBy; ///< how to use it: `optim.train task=mnist1d`
};

/// All kinds and built-in sets.
class DataRegistry {
  public:
    void add(DataKind kind);
    void add(BuiltInData set);

    [[nodiscard]] const std::vector<DataKind>& kinds() const { return kinds_; }

    [[nodiscard]] const std::vector<BuiltInData>& builtIns() const { return builtIns_; }

    /// The kind that the file looks most like; none where it looks like no kind.
    [[nodiscard]] const DataKind* kindOf(const std::filesystem::path& file,
                                         std::string_view head) const;

    /// Reads the file as the kind that it looks most like. Errors: it can't be read, or looks like
    /// no known kind; what is wrong inside is among the report's faults.
    [[nodiscard]] Result<DataReport> check(const std::filesystem::path& file) const;

  private:
    std::vector<DataKind> kinds_;
    std::vector<BuiltInData> builtIns_;
};

/// The first bytes of a file (`.gz` unpacked), at most `count`. Errors: it can't be opened or
/// unpacked.
[[nodiscard]] Result<std::string> readHead(const std::filesystem::path& file, std::size_t count);

/// The name without `.gz`.
[[nodiscard]] std::filesystem::path withoutGz(const std::filesystem::path& file);

/// `{"kind", "format", "facts": {…}, "warnings", "faults": [{"place", "message"}], "rejected":
/// [{"line", "reason"}], "rejected_rows", "taken_by"}`.
[[nodiscard]] Json toJson(const DataReport& report);

/// A data file found below a folder.
struct FoundData {
    std::filesystem::path path;
    std::string kind;
    std::uintmax_t bytes = 0;
};

/// The files below a folder that look like some kind, by path. Errors: the folder can't be read.
[[nodiscard]] Result<std::vector<FoundData>> findData(const std::filesystem::path& folder,
                                                      const DataRegistry& registry);

} // namespace psephos::lab
