// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of runs share: a folder of their own, a workbench with the fakes, readings of runs.
#pragma once

#include "core/lab/fake_experiment.hpp"
#include "lab/workbench.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

namespace psephos::test {

/// An empty folder, gone at the end of its scope.
class TestFolder {
  public:
    TestFolder() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "psephos-test-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }

    ~TestFolder() {
        std::error_code ignored;
        std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
        std::filesystem::remove_all(path_, ignored);
    }

    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;

    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
        return path_ / name;
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// A workbench that knows the fake experiments; options.store empty: without a store.
[[nodiscard]] inline std::unique_ptr<lab::Workbench>
openWorkbench(lab::WorkbenchOptions options = {}) {
    auto opened = lab::Workbench::open(std::move(options));
    REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.error().line()));
    registerFakes((*opened)->registry());
    return std::move(*opened);
}

[[nodiscard]] inline std::unique_ptr<lab::Workbench>
openStored(const std::filesystem::path& store) {
    lab::WorkbenchOptions options;
    options.store = store;
    return openWorkbench(std::move(options));
}

/// A noisy descent of so many steps, each waiting so long.
[[nodiscard]] inline lab::Scenario descent(std::int64_t steps, std::int64_t waitMicroseconds = 0) {
    lab::Scenario scenario;
    scenario.experiment = "test.descent";
    scenario.set("steps", steps);
    scenario.set("noise", 0.5);
    scenario.set("wait_us", waitMicroseconds);
    return scenario;
}

/// Starts a scenario of one run.
[[nodiscard]] inline lab::RunPtr startOne(lab::Workbench& workbench,
                                          const lab::Scenario& scenario) {
    const auto comparison = workbench.start(scenario);
    REQUIRE_MESSAGE(comparison.ok(), (comparison.ok() ? "" : comparison.error().line()));
    REQUIRE(comparison->runs.size() == 1);
    return comparison->runs.front();
}

/// Starts a scenario of one run and waits for its end.
inline lab::RunPtr runOne(lab::Workbench& workbench, const lab::Scenario& scenario) {
    lab::RunPtr run = startOne(workbench, scenario);
    workbench.wait(run->id());
    return run;
}

[[nodiscard]] inline std::vector<lab::Sample> samplesOf(const lab::Run& run,
                                                        const std::string& channel) {
    return run.history()->samples(channel, 0, std::size_t{1} << 30);
}

/// The losses at steps 0, 1, 2 …; checks that none is missing.
[[nodiscard]] inline std::vector<double> lossesOf(const lab::Run& run) {
    std::vector<double> values;
    for (const lab::Sample& sample : samplesOf(run, "loss/train")) {
        CHECK(sample.step == static_cast<std::int64_t>(values.size()));
        values.push_back(sample.value);
    }
    return values;
}

/// Whether it comes true within ten seconds.
[[nodiscard]] inline bool comesTrue(const std::function<bool()>& what) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < end) {
        if (what()) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

/// The error's line; empty where there is none.
template <typename T>
[[nodiscard]] std::string errorOf(const lab::Result<T>& result) {
    return result.ok() ? "" : result.error().line();
}

} // namespace psephos::test
