// SPDX-License-Identifier: GPL-3.0-or-later
// Programs as tests run them: arguments in, exit code and both outputs out.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace psephos::test {

/// A folder that is gone at the end of its scope.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    /// The path of a new file with this content.
    std::string write(const std::string& name, const std::string& content) const;

  private:
    std::filesystem::path path_;
};

struct Outcome {
    int code = -1; ///< exit code; 128 + signal where one ended it
    std::string out;
    std::string err;
};

/// A program that runs beside the test.
class Process {
  public:
    /// \param environment in addition to the test's own
    Process(const std::vector<std::string>& arguments,
            const std::vector<std::pair<std::string, std::string>>& environment,
            const std::filesystem::path& folder);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void signal(int number) const;
    /// Waits for its end.
    [[nodiscard]] Outcome wait();
    /// What it has written to stderr so far.
    [[nodiscard]] std::string errSoFar() const;
    [[nodiscard]] bool isRunning();

  private:
    pid_t id_ = -1;
    int status_ = 0;
    std::filesystem::path out_;
    std::filesystem::path err_;
};

[[nodiscard]] std::string contentOf(const std::filesystem::path& file);

/// The text without its last line end, at each line end.
[[nodiscard]] std::vector<std::string> linesOf(const std::string& text);

} // namespace psephos::test
