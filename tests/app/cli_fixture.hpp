// SPDX-License-Identifier: GPL-3.0-or-later
// psephos-cli with a store of its own in a folder of its own.
#pragma once

#include "app/process.hpp"
#include "lab/files/json.hpp"

#include <doctest/doctest.h>

namespace psephos::test {

class Cli {
  public:
    [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }

    [[nodiscard]] std::string path(const std::string& name) const {
        return (folder_.path() / name).string();
    }

    [[nodiscard]] std::vector<std::string> words(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), PSEPHOS_FAKE_CLI);
        return arguments;
    }

    /// The program, running.
    [[nodiscard]] Process start(const std::vector<std::string>& arguments) const {
        return Process(words(arguments), {{"PSEPHOS_STORE", path("runs.db")}}, folder_.path());
    }

    /// The program's outcome.
    [[nodiscard]] Outcome operator()(const std::vector<std::string>& arguments) const {
        return start(arguments).wait();
    }

    /// The program's outcome, which is a success, as JSON.
    [[nodiscard]] lab::Json json(std::vector<std::string> arguments, int code = 0) const {
        arguments.emplace_back("--json");
        const Outcome outcome = (*this)(arguments);
        CAPTURE(outcome.err);
        CHECK(outcome.code == code);
        const auto json = lab::parseJson(outcome.out, "stdout");
        REQUIRE_MESSAGE(json.ok(), outcome.out);
        return *json;
    }

    /// Refused in one line on stderr, with nothing on stdout.
    [[nodiscard]] std::string refusal(const std::vector<std::string>& arguments) const {
        const Outcome outcome = (*this)(arguments);
        CAPTURE(arguments.back());
        CAPTURE(outcome.err);
        CHECK(outcome.code == 2);
        CHECK(outcome.out.empty());
        CHECK(linesOf(outcome.err).size() == 1);
        CHECK(outcome.err.starts_with("error: "));
        return outcome.err;
    }

  private:
    TemporaryFolder folder_;
};

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace psephos::test
