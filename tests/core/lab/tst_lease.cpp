// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lab/lab_fixture.hpp"
#include "lab/store/lease.hpp"

#include <sys/wait.h>

#include <csignal>
#include <unistd.h>
#include <utility>

using namespace psephos::lab;
using psephos::test::TestFolder;

TEST_CASE("isHeld_whileTheLeaseLives_andNotAfterIt") {
    const TestFolder folder;
    const auto store = folder / "runs.db";
    LeaseRecord record;
    {
        auto taken = Lease::take(store);
        REQUIRE(taken.ok());
        const Lease lease = std::move(*taken);
        record = lease.record();
        CHECK(record.process == ::getpid());
        CHECK(isHeld(store, record));
        CHECK(isHeld(store, record)); // to ask changes nothing
        auto second = Lease::take(store);
        REQUIRE(second.ok());
        CHECK(second->record().name != record.name);
        removeDeadLease(store, record);
        CHECK(isHeld(store, record));
    }
    CHECK_FALSE(isHeld(store, record));
    CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("isHeld_holderWasKilled_isFalseThoughTheFileIsThere") {
    const TestFolder folder;
    const auto store = folder / "runs.db";
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) { // takes a lease, says its name and waits for the end
        auto lease = Lease::take(store);
        const std::string name = lease.ok() ? lease->record().name : "";
        const auto written = ::write(ends[1], name.data(), name.size());
        ::close(ends[1]);
        ::pause();
        ::_exit(written > 0 ? 0 : 1);
    }
    ::close(ends[1]);
    char text[256];
    const ssize_t size = ::read(ends[0], text, sizeof text);
    ::close(ends[0]);
    REQUIRE(size > 0);
    const LeaseRecord record{std::string(text, static_cast<std::size_t>(size)), child, ""};
    CHECK(isHeld(store, record));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    CHECK_FALSE(isHeld(store, record));
    CHECK(std::filesystem::exists(folder / record.name));
    removeDeadLease(store, record);
    CHECK_FALSE(std::filesystem::exists(folder / record.name));
}

TEST_CASE("isHeld_namesThatAreNoLeaseFiles_areNotFollowed") {
    const TestFolder folder;
    CHECK_FALSE(isHeld(folder / "runs.db", {"", 1, ""}));
    CHECK_FALSE(isHeld(folder / "runs.db", {"../../etc/passwd", 1, ""}));
    CHECK_FALSE(isHeld(folder / "runs.db", {"runs.db-lease-1-2", ::getpid(), "another boot"}));
}

TEST_CASE("take_folderThatIsNotThere_isAnError") {
    const TestFolder folder;
    const auto taken = Lease::take(folder / "no/runs.db");
    REQUIRE_FALSE(taken.ok());
    CHECK(taken.error().place == (folder / "no").string());
}
