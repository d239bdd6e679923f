// SPDX-License-Identifier: GPL-3.0-or-later
// What every command of psephos-cli has in common: its options, its workbench, its ways to speak.
#pragma once

#include "lab/files/data_kind.hpp"
#include "lab/workbench.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::cli {

/// Exit codes, as tests and scripts rely on them.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;  ///< the computation failed, a check missed, a file is faulty
inline constexpr int kRefused = 2; ///< refused before computing

/// Fills the registries of a fresh workbench.
struct Registration {
    std::function<void(lab::Registry&, lab::CheckRegistry&)> experiments;
    std::function<void(lab::DataRegistry&)> data;
};

/// The options that every command takes.
struct CommonOptions {
    std::string store; ///< empty: the default
    bool json = false; ///< one JSON document on stdout and nothing else there
    bool quiet = false;
};

/// Text on stdout and stderr, and the workbench, opened when first asked for.
class Session {
  public:
    Session(CommonOptions options, Registration registration);

    [[nodiscard]] const CommonOptions& options() const { return options_; }

    /// A workbench without a store: for commands that only look at experiments and checks.
    [[nodiscard]] lab::Workbench& bench();
    /// The workbench on the store. Errors: the store can't be read, is not one of ours.
    [[nodiscard]] lab::Result<lab::Workbench*> workbench(int threads = 0);
    [[nodiscard]] const lab::DataRegistry& data();

    [[nodiscard]] std::filesystem::path storeFile() const;

    /// Appends to stdout.
    void print(std::string_view text);
    /// The one document of --json.
    void printJson(const lab::Json& json);
    /// `error: …`, one line on stderr; answers the exit code.
    int refuse(const lab::Error& error);
    int fail(const lab::Error& error);
    /// `warning: …`, one line on stderr.
    void warn(const std::string& text);
    /// A line on stderr that --quiet leaves out.
    void say(const std::string& text);

    /// Flushes stdout; the exit code, which becomes a failure where stdout could not be written.
    int finish(int code);

  private:
    CommonOptions options_;
    Registration registration_;
    std::unique_ptr<lab::Workbench> bench_;
    std::unique_ptr<lab::Workbench> workbench_;
    std::unique_ptr<lab::DataRegistry> data_;
};

/// A number of a run, as a person types it.
[[nodiscard]] lab::Result<lab::RunId> runIdOf(std::string_view text);

/// A whole number in low … high that an option takes; the error names the option.
[[nodiscard]] lab::Result<std::int64_t> integerOf(std::string_view option, std::string_view text,
                                                  std::int64_t low, std::int64_t high);

/// Rows of cells in columns of even width; the first row is the heading.
[[nodiscard]] std::string tableText(const std::vector<std::vector<std::string>>& rows);

/// A number to four digits, for a person.
[[nodiscard]] std::string shortNumber(double number);

/// "42 s", "3 min 05 s", "1 h 12 min".
[[nodiscard]] std::string durationText(double seconds);

} // namespace psephos::cli
