// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/files/file.hpp"
#include "lab/files/json.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

using namespace psephos::lab;

TEST_CASE("parseJson_brokenText_namesLineAndColumn") {
    const Result<Json> json = parseJson("{\n  \"a\": 1,\n  oops\n}", "x.json");
    REQUIRE_FALSE(json.ok());
    CHECK(json.error().place == "x.json:3:3");
    CHECK(json.error().line().find('\n') == std::string::npos);
    CHECK(json.error().message.find("not valid JSON") == 0);
    CHECK_FALSE(parseJson("", "x.json").ok());
    CHECK_FALSE(parseJson("[1,2", "x.json").ok());
    CHECK_FALSE(parseJson("[1e999]", "x.json").ok());
    CHECK_FALSE(parseJson("\"\xff\"", "x.json").ok());
}

TEST_CASE("parseJson_endlessNesting_isRefused") {
    CHECK(parseJson(std::string(100, '[') + std::string(100, ']'), "x").ok());
    const Result<Json> json =
        parseJson(std::string(1000000, '[') + std::string(1000000, ']'), "deep.json");
    REQUIRE_FALSE(json.ok());
    CHECK(json.error().message == "nested deeper than 100 levels");
}

TEST_CASE("parseJson_orderOfKeys_isKept") {
    const Result<Json> json = parseJson(R"({"z":1,"a":2,"m":3})", "x");
    REQUIRE(json.ok());
    CHECK(json->dump() == R"({"z":1,"a":2,"m":3})");
}

TEST_CASE("dumpJson_badBytesAndNotFinite_areReplaced") {
    CHECK(dumpJson(Json("a\xff"), -1) == "\"a\xef\xbf\xbd\"");
    CHECK(dumpJson(Json(1.0 / 0.0), -1) == "null");
}

TEST_CASE("writeFile_replacesAtOnceOrSaysWhyNot") {
    const auto folder =
        std::filesystem::temp_directory_path() / ("psephos-json-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    REQUIRE(writeFile(folder / "a.json", "{\"a\": 1}").ok());
    REQUIRE(writeFile(folder / "a.json", "{}").ok());
    CHECK(*readFile(folder / "a.json") == "{}");
    CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 1);
    const Result<void> refused = writeFile(folder / "absent" / "a.json", "{}");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().place == (folder / "absent" / "a.json").string());
    CHECK_FALSE(writeFile("/dev/full/x", "{}").ok());
    CHECK(readJson(folder / "a.json").ok());
    std::ofstream(folder / "b.json") << "[1,";
    CHECK_FALSE(readJson(folder / "b.json").ok());
    std::filesystem::remove_all(folder);
}
