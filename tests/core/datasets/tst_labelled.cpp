// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/datasets/temporary_folder.hpp"
#include "datasets/cifar.hpp"
#include "datasets/idx.hpp"
#include "datasets/labelled.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

using namespace psephos;
using datasets::Labelled;

namespace {

std::string bigEndian(std::uint32_t value) {
    return {static_cast<char>(value >> 24U), static_cast<char>(value >> 16U),
            static_cast<char>(value >> 8U), static_cast<char>(value)};
}

/// `count` images of 2 x 3 whose pixels are their number, and labels number mod 3.
std::string idxImages(std::uint32_t count) {
    std::string bytes = bigEndian(0x803) + bigEndian(count) + bigEndian(2) + bigEndian(3);
    for (std::uint32_t i = 0; i < count; ++i) {
        bytes += std::string(6, static_cast<char>(i));
    }
    return bytes;
}

std::string idxLabels(std::uint32_t count) {
    std::string bytes = bigEndian(0x801) + bigEndian(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        bytes += static_cast<char>(i % 3);
    }
    return bytes;
}

/// Rows `i,i+0.5,label` with labels i mod 2.
std::string csvRows(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
        text += std::to_string(i) + "," + std::to_string(i) + ".5," + std::to_string(i % 2) + "\n";
    }
    return text;
}

std::string messageOf(const lab::Result<Labelled>& result) {
    REQUIRE_FALSE(result.ok());
    return result.error().line();
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("prepared_oneRowInTen_isHeldOutAndTheRestStandardized") {
    Labelled raw;
    raw.name = "t";
    raw.features = 2;
    for (int i = 0; i < 101; ++i) {
        raw.values.push_back(static_cast<float>(i));
        raw.values.push_back(static_cast<float>(-3 * i));
        raw.labels.push_back(static_cast<std::uint16_t>(i % 10));
    }
    const auto set = datasets::prepared(raw);
    REQUIRE(set.ok());
    CHECK(set->classes == 10);
    CHECK(set->heldOut.size() == 11);
    CHECK(set->training.size() == 90);
    std::set<std::uint32_t> all(set->training.begin(), set->training.end());
    all.insert(set->heldOut.begin(), set->heldOut.end());
    CHECK(all.size() == 101);
    double sum = 0;
    double squares = 0;
    for (const auto number : set->training) {
        for (const float value : set->row(number)) {
            sum += value;
            squares += value * value;
        }
    }
    CHECK(std::abs(sum / 180) < 1e-6);
    CHECK(squares / 180 == doctest::Approx(1.0).epsilon(1e-5));
    // Interleaved by class as this set is, the held-out rows are not of one class only.
    std::set<std::uint16_t> heldClasses;
    for (const auto number : set->heldOut) {
        heldClasses.insert(set->labels[number]);
    }
    CHECK(heldClasses.size() > 3);
    CHECK(datasets::prepared(raw)->heldOut == set->heldOut);
}

TEST_CASE("prepared_nothingToLearn_isRefused") {
    Labelled raw;
    raw.name = "t";
    raw.features = 1;
    raw.values.assign(20, 1.0F);
    raw.labels.assign(20, 1);
    CHECK(has(messageOf(datasets::prepared(raw)), "nothing to tell apart"));
    raw.labels.resize(5);
    raw.labels[0] = 0;
    CHECK(has(messageOf(datasets::prepared(raw)), "too few"));
}

TEST_CASE("readIdx_imagesWithLabelsBeside_areRead") {
    const test::TemporaryFolder folder;
    const auto images = folder.write("train-images-idx3-ubyte", idxImages(40));
    (void)folder.write("train-labels-idx1-ubyte", idxLabels(40));
    const auto set = datasets::readLabelled(images);
    REQUIRE(set.ok());
    CHECK(set->rows() == 40);
    CHECK(set->features == 6);
    CHECK(set->classes == 3);
    CHECK(set->labels[5] == 2);
    CHECK(set->row(7)[0] == set->row(7)[5]);
    CHECK(set->row(8)[0] > set->row(7)[0]);
}

TEST_CASE("readIdx_gzipInAnyCombination_findsItsLabels") {
    const test::TemporaryFolder folder;
    const auto packed = folder.writeGzip("t10k-images-idx3-ubyte.gz", idxImages(30));
    (void)folder.write("t10k-labels-idx1-ubyte", idxLabels(30));
    CHECK(datasets::readLabelled(packed).ok());
    const auto plain = folder.write("train-images.idx3-ubyte", idxImages(30));
    (void)folder.writeGzip("train-labels.idx1-ubyte.gz", idxLabels(30));
    CHECK(datasets::readLabelled(plain).ok());
}

TEST_CASE("readIdx_faults_areNamed") {
    const test::TemporaryFolder folder;
    const std::string good = idxImages(20);
    (void)folder.write("labels", idxLabels(20));
    CHECK(has(
        messageOf(datasets::readIdx(folder.write("images", good.substr(0, 60)))),
        "truncated: its header (magic number 0x00000803) promises 120 bytes of data, it holds 44"));
    CHECK(has(messageOf(datasets::readIdx(folder.write("images", good.substr(0, 9)))),
              "truncated in its header"));
    CHECK(
        has(messageOf(datasets::readIdx(folder.write("images", good.substr(0, 3)))), "truncated"));
    CHECK(has(messageOf(datasets::readIdx(folder.write("images", good + "x"))), "it holds 121"));
    std::string otherType = good;
    otherType[2] = 0x0D;
    CHECK(has(messageOf(datasets::readIdx(folder.write("images", otherType))), "0x00000d03"));
    CHECK(has(messageOf(datasets::readIdx(folder.write("images", "PK\3\4 archive"))),
              "magic number is 0x504b0304"));
    // Such a file is no table either.
    CHECK(has(messageOf(datasets::readLabelled(folder.write("train-images-idx3-ubyte", "PK\3\4"))),
              "magic number is 0x504b0304"));
    CHECK(has(messageOf(datasets::readLabelled(folder.write("some", std::string("\1\2\3\0\5", 5)))),
              "magic number is 0x01020300"));
    std::string huge = good;
    huge.replace(4, 4, "\xff\xff\xff\xff");
    huge.replace(8, 4, "\xff\xff\xff\xff");
    huge.replace(12, 4, "\xff\xff\xff\xff");
    CHECK(has(messageOf(datasets::readIdx(folder.write("images", huge))), "truncated"));
    CHECK(has(messageOf(datasets::readIdx(folder.write("images", idxLabels(20)))), "not images"));
    const auto images = folder.write("images", good);
    (void)folder.write("labels", idxLabels(19));
    CHECK(has(messageOf(datasets::readIdx(images)), "19 labels for 20 images"));
    (void)folder.write("labels", idxImages(20));
    CHECK(has(messageOf(datasets::readIdx(images)),
              "the magic number is 0x00000803, expected labels (0x00000801)"));
    (void)folder.write("labels", "");
    CHECK_FALSE(datasets::readIdx(images).ok());
    CHECK(has(messageOf(datasets::readIdx(folder.write("other-images-idx3", good))),
              "no label file beside it"));
    CHECK(has(messageOf(datasets::readIdx(folder.write("pictures", good))),
              "does not hold 'images'"));
}

TEST_CASE("fingerprint_sameDataInAnotherFile_isTheSame") {
    const test::TemporaryFolder folder;
    const auto print = [&folder](const std::string& rows) {
        const auto set = datasets::readLabelled(folder.write("a.csv", rows));
        REQUIRE(set.ok());
        return set->fingerprint;
    };
    const std::string rows = csvRows(12);
    CHECK(print(rows) == print("x,y,label\n" + rows));
    CHECK(print(rows) != print(rows + "1,2,1\n"));
    CHECK(print(rows + "1,2,1\n") != print(rows + "1,2,0\n"));
    CHECK(print(rows + "1,2,1\n") != print(rows + "2,1,1\n"));
}

TEST_CASE("readCsv_withoutHeader_takesTheLastColumn") {
    const test::TemporaryFolder folder;
    const auto set = datasets::readLabelled(folder.write("a.csv", csvRows(20)));
    REQUIRE(set.ok());
    CHECK(set->features == 2);
    CHECK(set->rows() == 20);
    CHECK(set->labels[3] == 1);
    const auto packed = datasets::readLabelled(folder.writeGzip("a.csv.gz", csvRows(20)));
    REQUIRE(packed.ok());
    CHECK(packed->values == set->values);
}

TEST_CASE("readCsv_header_namesTheLabelColumn") {
    const test::TemporaryFolder folder;
    std::string rows;
    for (int i = 0; i < 20; ++i) {
        rows += std::to_string(i % 4) + ",7," + std::to_string(i) + "\r\n";
    }
    const auto named = datasets::readLabelled(folder.write("a.csv", "Label,x0,x1\r\n" + rows));
    REQUIRE(named.ok());
    CHECK(named->classes == 4);
    CHECK(named->rows() == 20);
    const auto last = datasets::readLabelled(folder.write("b.csv", "a,b,c\r\n" + rows));
    REQUIRE(last.ok());
    CHECK(last->classes == 20);
}

TEST_CASE("readCsv_faults_nameLineAndCell") {
    const test::TemporaryFolder folder;
    const auto broken = [&folder](const std::string& line) {
        return messageOf(datasets::readLabelled(folder.write("a.csv", csvRows(12) + line)));
    };
    CHECK(has(broken("1,2\n"), "a.csv:13"));
    CHECK(has(broken("1,2\n"), "2 cells, expected 3"));
    CHECK(has(broken("1,,0\n"), "column 2: a missing value"));
    CHECK(has(broken("1,two,0\n"), "'two'"));
    CHECK(has(broken("1,nan,0\n"), "'nan'"));
    CHECK(has(broken("1,-1e300,0\n"), "column 2: -1e300 is above 3.4e38 in size"));
    CHECK(has(broken("1,2,0.5\n"), "the label 0.5"));
    CHECK(has(broken("1,2,-1\n"), "the label -1"));
    CHECK(has(broken("1,2,1000\n"), "the label 1000"));
    CHECK(has(broken("1,\"2,0\n"), "a.csv"));
    CHECK(
        has(messageOf(datasets::readLabelled(folder.write("b.csv", "just text\n"))), "one column"));
    CHECK_FALSE(datasets::readLabelled(folder.write("c.csv", "")).ok());
    CHECK_FALSE(datasets::readLabelled(folder.write("d.csv", "a,b,c\n")).ok());
}

TEST_CASE("cifar_records_areLabelsAndThreePlanes") {
    const test::TemporaryFolder folder;
    std::string bytes;
    for (int i = 0; i < 20; ++i) {
        bytes += static_cast<char>(i % 10);
        bytes += std::string(1024, static_cast<char>(255)) + std::string(1024, '\0') +
                 std::string(1024, static_cast<char>(10 * i));
    }
    const auto set = datasets::readLabelled(folder.write("batch.bin", bytes));
    REQUIRE(set.ok());
    CHECK(set->rows() == 20);
    CHECK(set->classes == 10);
    CHECK(set->labels[13] == 3);
    REQUIRE(set->image.has_value());
    CHECK(*set->image == datasets::ImageShape{3, 32, 32});
    const auto row = set->row(4);
    CHECK(row[0] == row[1023]);
    CHECK(row[0] > row[2048]);    // red 255, blue 40
    CHECK(row[2047] < row[2048]); // green 0
    const float perByte = (row[0] - row[1024]) / 255.0F;
    CHECK(row[2048] - row[1024] == doctest::Approx(40.0F * perByte));
    const auto packed = datasets::readLabelled(folder.writeGzip("batch.bin.gz", bytes));
    REQUIRE(packed.ok());
    CHECK(packed->values == set->values);
}

namespace {

/// Records of a coarse label i mod 20, a fine one 7 i mod 100, and planes of 255, 0 and 10 i.
std::string cifar100(int records) {
    std::string bytes;
    for (int i = 0; i < records; ++i) {
        bytes += static_cast<char>(i % 20);
        bytes += static_cast<char>(7 * i % 100);
        bytes += std::string(1024, static_cast<char>(255)) + std::string(1024, '\0') +
                 std::string(1024, static_cast<char>(10 * i));
    }
    return bytes;
}

} // namespace

TEST_CASE("cifar100_records_areTwoLabelsAndThreePlanesAndTheFineOneCounts") {
    const test::TemporaryFolder folder;
    const std::string bytes = cifar100(20);
    for (const auto& file : {folder.write("train.bin", bytes), folder.write("renamed", bytes),
                             folder.writeGzip("test.bin.gz", bytes)}) {
        const auto set = datasets::readLabelled(file);
        REQUIRE(set.ok());
        CHECK(set->rows() == 20);
        CHECK(set->labels[13] == 91);
        CHECK(set->labels[15] == 5);
        CHECK(set->classes == 99); // the largest is 98
        REQUIRE(set->image.has_value());
        CHECK(*set->image == datasets::ImageShape{3, 32, 32});
        const auto row = set->row(4);
        CHECK(row.size() == 3072);
        CHECK(row[0] == row[1023]);
        CHECK(row[1023] > row[2048]); // red 255, blue 40
        CHECK(row[2047] < row[2048]); // green 0
    }
}

TEST_CASE("cifar100_faultyRecords_areNamed") {
    const test::TemporaryFolder folder;
    std::string bytes = cifar100(30);
    // Cut by 30 bytes it is a whole number of CIFAR-10's records: its labels tell.
    for (const std::size_t missing : {1, 30, 100, 3073}) {
        CAPTURE(missing);
        const auto cut = datasets::readLabelled(
            folder.write("train.bin", std::string_view(bytes).substr(0, bytes.size() - missing)));
        CHECK(has(messageOf(cut), "truncated: " + std::to_string(bytes.size() - missing) +
                                      " bytes are no whole number of records of 3074 bytes"));
    }
    bytes[2 * 3074 + 1] = 100;
    CHECK(has(messageOf(datasets::readLabelled(folder.write("train.bin", bytes))),
              "record 3 of 30 begins with 2 and 100, expected labels 0 … 19 and 0 … 99"));
    bytes[2 * 3074] = 20;
    CHECK(has(messageOf(datasets::readLabelled(folder.write("train.bin", bytes))),
              "record 3 of 30 begins with 20 and 100"));
}

TEST_CASE("cifarFormOf_bothLengthsFit_goesByLabelsThenByName") {
    using datasets::CifarForm;
    const std::size_t both = std::size_t{3073} * 3074;
    std::string bytes(both, '\0'); // labels of 0 wherever a record may begin
    CHECK(datasets::cifarFormOf("data_batch_1.bin", bytes) == CifarForm::Ten);
    CHECK(datasets::cifarFormOf("renamed", bytes) == CifarForm::Ten);
    CHECK(datasets::cifarFormOf("train.bin", bytes) == CifarForm::Hundred);
    CHECK(datasets::cifarFormOf("test.bin.gz", bytes) == CifarForm::Hundred);
    CHECK(datasets::cifarFormOf("cifar-100-binary/all", bytes) == CifarForm::Hundred);
    CHECK(datasets::cifarFormOf("my_cifar100.bin", bytes) == CifarForm::Hundred);
    bytes.assign(both, static_cast<char>(200));
    for (std::size_t at = 0; at < both; at += 3073) {
        bytes[at] = 9;
    }
    CHECK(datasets::cifarFormOf("train.bin", bytes) == CifarForm::Ten);
    bytes.assign(both, static_cast<char>(200));
    for (std::size_t at = 0; at < both; at += 3074) {
        bytes[at] = 19;
        bytes[at + 1] = 99;
    }
    CHECK(datasets::cifarFormOf("data_batch_1.bin", bytes) == CifarForm::Hundred);
}

TEST_CASE("cifar_faultyRecords_areNamed") {
    const test::TemporaryFolder folder;
    std::string bytes;
    for (int i = 0; i < 20; ++i) {
        bytes += static_cast<char>(i % 10) + std::string(3072, '\x01');
    }
    const auto cut = folder.write("cut.bin", std::string_view(bytes).substr(0, bytes.size() - 1));
    CHECK(has(messageOf(datasets::readLabelled(cut)), "truncated: 61459 bytes"));
    CHECK(has(messageOf(datasets::readLabelled(cut)), "cut.bin"));
    bytes[2 * 3073] = 10;
    CHECK(has(messageOf(datasets::readLabelled(folder.write("label.bin", bytes))),
              "record 3 of 20 begins with 10"));
    // Nothing but labels of 0 where a text has letters: no CIFAR.
    const std::string letters(2 * 3073, 'a');
    CHECK_FALSE(datasets::looksLikeCifar("a.bin", letters));
    CHECK_FALSE(datasets::looksLikeCifar("a.bin", ""));
}
