// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lab/fake_experiment.hpp"
#include "lab/check.hpp"
#include "lab/experiment.hpp"
#include "lab/module.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

using namespace psephos::lab;

namespace {

struct Registries {
    Registry registry;
    CheckRegistry checks;

    Result<void> open(std::string_view name) { return openModule(name, registry, checks); }
};

} // namespace

TEST_CASE("openModule_absent_saysSo") {
    Registries all;
    const Result<void> opened = all.open("nowhere");
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().message.find("no psephos-nowhere.so beside libpsephos") !=
          std::string::npos);
    CHECK(opened.error().line() == all.open("nowhere").error().line());
}

TEST_CASE("openModule_registersOnceInEachRegistry") {
    for (int i = 0; i < 3; ++i) { // registries of one process, maybe at one address
        Registries all;
        all.registry.add(psephos::test::describeDescent());
        std::vector<std::thread> threads;
        for (int j = 0; j < 4; ++j) {
            threads.emplace_back([&all] { CHECK(all.open("probe").ok()); });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        CHECK(all.registry.isProvided("test.descent"));
        const auto made = all.registry.create("test.descent");
        REQUIRE_FALSE(made.ok());
        CHECK(made.error().message.find("could not be built") != std::string::npos);
    }
}

TEST_CASE("openModule_thatRefusesOrIsNone_saysWhy") {
    Registries all;
    CHECK(all.open("refusing").error().message ==
          "the module 'refusing' could not be opened: it does not feel like it");
    CHECK(all.open("hollow").error().message ==
          "the module 'hollow' could not be opened: it is not a module of Psephos");
}
