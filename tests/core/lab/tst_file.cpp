// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/files/file.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>

using psephos::lab::readFile;
using namespace std::string_literals;

namespace {

// gzip of "a,b\n1,2\n" and of "3,4\n", without name and time.
const std::string kPackedFirst =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\x4b\xd4\x49\xe2\x32\xd4\x31\xe2\x02\x00\x7b\x07\x97\x0a\x08\x00\x00\x00"s;
const std::string kPackedSecond =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\x33\xd6\x31\xe1\x02\x00\x3e\x2d\x72\xa9\x04\x00\x00\x00"s;

/// A folder of this test process, gone at its end.
class Folder {
  public:
    Folder()
        : path_(std::filesystem::temp_directory_path() /
                ("psephos-file-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_);
    }

    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::filesystem::path write(const std::string& name, std::string_view bytes) const {
        std::ofstream(path_ / name, std::ios::binary) << bytes;
        return path_ / name;
    }

    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

void checkRefused(const std::filesystem::path& path, std::string_view reason) {
    const auto content = readFile(path);
    REQUIRE_FALSE(content.ok());
    CHECK(content.error().place == path.string());
    INFO(content.error().message);
    CHECK(content.error().message.find(reason) != std::string::npos);
    CHECK(content.error().line().find('\n') == std::string::npos);
}

} // namespace

TEST_CASE("readFile_plainFile_givesItsBytes") {
    const Folder folder;
    const std::string bytes = "a\0b\r\n\xff"s;
    const auto content = readFile(folder.write("plain.txt", bytes));
    REQUIRE(content.ok());
    CHECK(*content == bytes);
}

TEST_CASE("readFile_largerThanOneChunk_givesAllOfIt") {
    const Folder folder;
    std::string bytes;
    for (int i = 0; i < 300000; ++i) {
        bytes += std::to_string(i) + ",";
    }
    const auto content = readFile(folder.write("large.csv", bytes));
    REQUIRE(content.ok());
    CHECK(*content == bytes);
}

TEST_CASE("readFile_gzip_unpacksEveryMember") {
    const Folder folder;
    auto content = readFile(folder.write("one.csv.gz", kPackedFirst));
    REQUIRE(content.ok());
    CHECK(*content == "a,b\n1,2\n");
    content = readFile(folder.write("two.csv.gz", kPackedFirst + kPackedSecond));
    REQUIRE(content.ok());
    CHECK(*content == "a,b\n1,2\n3,4\n");
    content = readFile(folder.write("padded.csv.gz", kPackedFirst + std::string(100, '\0')));
    REQUIRE(content.ok());
    CHECK(*content == "a,b\n1,2\n");
}

TEST_CASE("readFile_gzipCutAnywhere_saysTruncated") {
    const Folder folder;
    for (std::size_t length = 2; length < kPackedFirst.size(); ++length) {
        CAPTURE(length);
        checkRefused(folder.write("cut.gz", kPackedFirst.substr(0, length)), "truncated");
    }
}

TEST_CASE("readFile_gzipChanged_saysDamaged") {
    const Folder folder;
    std::string damaged = kPackedFirst;
    damaged[20] = '\x01'; // within the checksum
    checkRefused(folder.write("damaged.gz", damaged), "damaged");
    checkRefused(folder.write("tail.gz", kPackedFirst + "tail"), "after the end");
    checkRefused(folder.write("not.gz", "a,b\n"), "not gzip");
}

TEST_CASE("readFile_nothingToRead_saysWhy") {
    const Folder folder;
    checkRefused(folder.path() / "absent.csv", "no such file");
    checkRefused(folder.path(), "folder");
    checkRefused(folder.write("empty.csv", ""), "empty");
    checkRefused(folder.write("empty.csv.gz", ""), "empty");
    CHECK_FALSE(readFile(std::filesystem::path{}).ok());
    if (::geteuid() != 0) {
        const auto locked = folder.write("locked.csv", "a");
        std::filesystem::permissions(locked, std::filesystem::perms::none);
        checkRefused(locked, "can't be opened");
    }
}

TEST_CASE("readFile_moreThanTheLimit_isRefused") {
    const Folder folder;
    const auto plain = folder.write("plain.csv", "0123456789");
    CHECK(readFile(plain, 10).ok());
    REQUIRE_FALSE(readFile(plain, 9).ok());
    CHECK(readFile(plain, 9).error().message == "the file holds more than 9 bytes");
    const auto packed = folder.write("packed.csv.gz", kPackedFirst + kPackedSecond);
    CHECK(readFile(packed, 12).ok() == false); // the archive itself is larger
    CHECK(psephos::lab::inflateGzip(kPackedFirst + kPackedSecond, "x", 12).ok());
    CHECK_FALSE(psephos::lab::inflateGzip(kPackedFirst + kPackedSecond, "x", 11).ok());
}
