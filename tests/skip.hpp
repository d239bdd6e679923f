// SPDX-License-Identifier: GPL-3.0-or-later
// A test that can't run here says why, and is counted as skipped by setup/run-tests.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace psephos::test {

/// Reports the running test case as skipped, with the reason; the caller returns after it:
/// `if (dataFolder().empty()) { return skip("PSEPHOS_DATA is not set"); }`
inline void skip(const std::string& reason) {
    std::printf("SKIP %s: %s\n", doctest::getContextOptions()->currentTest->m_name, reason.c_str());
    std::fflush(stdout);
}

/// The folder of real data sets (environment variable PSEPHOS_DATA); empty where there is none.
inline std::string dataFolder() {
    const char* folder = std::getenv("PSEPHOS_DATA");
    return folder == nullptr ? std::string() : std::string(folder);
}

} // namespace psephos::test
