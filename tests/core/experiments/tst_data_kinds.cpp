// SPDX-License-Identifier: GPL-3.0-or-later
// What a data file is said to be.
#include "experiments/builtins.hpp"
#include "skip.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

using namespace psephos::lab;
using namespace std::string_literals;

namespace {

class Folder {
  public:
    Folder()
        : path_(std::filesystem::temp_directory_path() /
                ("psephos-kinds-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_);
    }

    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::filesystem::path write(const std::string& name, const std::string& content) const {
        std::ofstream(path_ / name, std::ios::binary) << content;
        return path_ / name;
    }

  private:
    std::filesystem::path path_;
};

const DataRegistry& kinds() {
    static const DataRegistry registry = [] {
        DataRegistry made;
        psephos::experiments::registerDataKinds(made);
        return made;
    }();
    return registry;
}

DataReport reportOf(const std::filesystem::path& file) {
    const Result<DataReport> report = kinds().check(file);
    REQUIRE_MESSAGE(report.ok(), report.error().line());
    return *report;
}

Json fact(const DataReport& report, const std::string& name) {
    return toJson(report)["facts"].value(name, Json(nullptr));
}

std::string rowsOfNumbers(int rows) {
    std::string text;
    for (int i = 0; i < rows; ++i) {
        text += std::to_string(i) + ".5,2," + std::to_string(i % 3) + "\n";
    }
    return text;
}

/// IDX of unsigned bytes.
std::string idx(const std::vector<std::uint32_t>& sizes, std::size_t bytes) {
    std::string text = "\0\0\x08"s + static_cast<char>(sizes.size());
    for (const std::uint32_t size : sizes) {
        for (const int shift : {24, 16, 8, 0}) {
            text += static_cast<char>(size >> shift);
        }
    }
    for (std::size_t i = 0; i < bytes; ++i) {
        text += static_cast<char>(i % 5);
    }
    return text;
}

/// Records of a label i mod 10 and 3072 bytes of all values.
std::string cifar(int records) {
    std::string bytes;
    for (int i = 0; i < records; ++i) {
        bytes += static_cast<char>(i % 10);
        for (int pixel = 0; pixel < 3072; ++pixel) {
            bytes += static_cast<char>((pixel * 7 + i) % 256);
        }
    }
    return bytes;
}

} // namespace

TEST_CASE("dataKinds_electorates_areKnown") {
    const Folder folder;
    const DataReport matrix =
        reportOf(folder.write("wins.csv", ",a,b,c\na,,2,3\nb,1,,0\nc,4,5,\n"));
    CHECK(matrix.kind == "electorate");
    CHECK(matrix.format == "win matrix");
    CHECK(matrix.faults.empty());
    CHECK(fact(matrix, "candidates") == 3);
    CHECK(matrix.takenBy == std::vector<std::string>{"voting.maximal_lottery data=FILE",
                                                     "voting.robust_lottery data=FILE",
                                                     "voting.bradley_terry data=FILE",
                                                     "voting.rules data=FILE"});

    const DataReport ragged = reportOf(folder.write("wins.csv", ",a,b,c\na,,2,3\nb,1\nc,4,5,\n"));
    CHECK(ragged.kind == "electorate");
    REQUIRE(ragged.faults.size() == 1);
    CHECK(ragged.faults[0].place.find("line 3") != std::string::npos);
    CHECK(ragged.faults[0].place.find("wins.csv") == std::string::npos);
    CHECK(ragged.takenBy.empty());

    const std::string header = "# FILE NAME: x.soc\n# TITLE: A vote\n# DATA TYPE: soc\n"
                               "# NUMBER ALTERNATIVES: 2\n# ALTERNATIVE NAME 1: a\n"
                               "# ALTERNATIVE NAME 2: b\n# NUMBER VOTERS: 5\n"
                               "# NUMBER UNIQUE ORDERS: 2\n";
    const DataReport orders = reportOf(folder.write("x.soc", header + "3: 1,2\n2: 2,1\n"));
    CHECK(orders.format == "PrefLib soc");
    CHECK(fact(orders, "voters") == 5);
    CHECK(fact(orders, "title") == "A vote");
    const DataReport cut = reportOf(folder.write("x.soc", header + "3: 1,2\n"));
    CHECK(cut.faults.size() == 1);
    CHECK(reportOf(folder.write("renamed.dat", header + "3: 1,2\n2: 2,1\n")).kind == "electorate");
}

TEST_CASE("dataKinds_battles_areDescribedWithEveryRejectedRow") {
    const Folder folder;
    const std::string good = "model_a,model_b,winner,language\nx,y,model_a,Greek\n"
                             "y,z,tie,Latin\nx,y,both_bad,Latin\n";
    const DataReport battles = reportOf(folder.write("b.csv", good));
    CHECK(battles.kind == "electorate");
    CHECK(battles.format == "battles (CSV)");
    CHECK(fact(battles, "battles") == 3);
    CHECK(fact(battles, "candidates") == 3);
    CHECK(fact(battles, "ties") == 1);
    CHECK(fact(battles, "both_bad") == 1);
    CHECK(fact(battles, "pairs") == 3);
    CHECK(fact(battles, "pairs_never_compared") == 1);
    CHECK(fact(battles, "categories") == Json{{"language", 2}});
    CHECK(battles.rejected.empty());
    CHECK(toJson(battles)["rejected_rows"] == 0);

    const DataReport faulty = reportOf(folder.write("b.csv", good + "x,x,tie,\nx,y,banana,\n"));
    CHECK(faulty.faults.empty());
    CHECK_FALSE(faulty.takenBy.empty());
    CHECK(faulty.rejectedRows == 2);
    const Json rejected = toJson(faulty)["rejected"];
    REQUIRE(rejected.size() == 2);
    CHECK(rejected[0] == Json{{"line", 5}, {"reason", "both sides are 'x'"}});
    CHECK(rejected[1]["line"] == 6);

    const std::string object = R"({"model_a":"x","model_b":"y","winner":"tie"})";
    CHECK(reportOf(folder.write("b.jsonl", object + "\n")).format == "battles (JSONL)");
    CHECK(reportOf(folder.write("b.json", "[" + object + "]")).format == "battles (JSON)");
    CHECK(reportOf(folder.write("o.csv", "p1,p2\na,b\n")).format == "orders (CSV)");
    const DataReport judges =
        reportOf(folder.write("j.csv", "prompt,dataset,x,y\n0,k,0.5,1\n1,k,0.25,\n"));
    CHECK(judges.format == "judge matrix (CSV)");
    CHECK(fact(judges, "voters") == 2);
}

TEST_CASE("dataKinds_labelledSets_areKnown") {
    const Folder folder;
    const DataReport table = reportOf(folder.write("numbers.csv", rowsOfNumbers(30)));
    CHECK(table.kind == "labelled");
    CHECK(fact(table, "rows") == 30);
    CHECK(fact(table, "classes") == 3);
    CHECK(table.takenBy == std::vector<std::string>{"optim.train task=image_classifier data=FILE"});
    CHECK(reportOf(folder.write("short.csv", rowsOfNumbers(4))).faults.size() == 1);

    folder.write("t-labels-idx1-ubyte", idx({20}, 20));
    const DataReport images = reportOf(folder.write("t-images-idx3-ubyte", idx({20, 2, 3}, 120)));
    CHECK(images.faults.empty());
    CHECK(images.kind == "labelled");
    CHECK(fact(images, "numbers_a_row") == 6);
    const DataReport labels = reportOf(folder.write("t-labels-idx1-ubyte", idx({20}, 20)));
    CHECK(labels.format == "IDX labels");
    CHECK(labels.warnings.size() == 1);
    const DataReport cut = reportOf(folder.write("t-images-idx3-ubyte", idx({20, 2, 3}, 100)));
    REQUIRE(cut.faults.size() == 1);
    CHECK(cut.faults[0].message.find("truncated") != std::string::npos);
}

TEST_CASE("dataKinds_cifar_isKnownByItsRecordsAndItsFaultsAreNamed") {
    const Folder folder;
    const std::string sound = cifar(20);
    for (const char* name : {"batch.bin", "renamed"}) {
        const DataReport images = reportOf(folder.write(name, sound));
        CHECK(images.kind == "labelled");
        CHECK(images.format == "CIFAR-10 binary, images of 32 x 32 in colour");
        CHECK(images.faults.empty());
        CHECK(fact(images, "rows") == 20);
        CHECK(fact(images, "numbers_a_row") == 3072);
        CHECK(fact(images, "image") == "32 x 32 in colour");
        CHECK(images.takenBy ==
              std::vector<std::string>{"optim.train task=image_classifier data=FILE",
                                       "optim.train task=conv data=FILE"});
    }
    const DataReport cut = reportOf(folder.write("batch.bin", sound.substr(0, 20 * 3073 - 100)));
    REQUIRE(cut.faults.size() == 1);
    CHECK(cut.faults[0].line().find("truncated: 61360 bytes") == 0);
    CHECK(cut.faults[0].line().find("19 and 2973 bytes more") != std::string::npos);
    CHECK(cut.takenBy.empty());
    std::string mislabelled = sound;
    mislabelled[4 * 3073] = 17;
    const DataReport label = reportOf(folder.write("batch.bin", mislabelled));
    REQUIRE(label.faults.size() == 1);
    CHECK(label.faults[0].line() == "record 5 of 20 begins with 17, expected a label 0 … 9");
    CHECK_FALSE(kinds().check(folder.write("empty.bin", "")).ok());
    CHECK_FALSE(kinds().check(folder.write("other.bin", std::string(9000, '\xEE') + '\0')).ok());
}

TEST_CASE("dataKinds_cifar100_isKnownByItsTwoLabels") {
    const Folder folder;
    std::string bytes = cifar(20);
    for (std::size_t i = 20; i > 0; --i) {
        bytes.insert((i - 1) * 3073 + 1, 1, static_cast<char>(4 * i));
    }
    for (const char* name : {"train.bin", "renamed"}) {
        const DataReport images = reportOf(folder.write(name, bytes));
        CHECK(images.kind == "labelled");
        CHECK(images.format == "CIFAR-100 binary, images of 32 x 32 in colour, fine labels");
        CHECK(images.faults.empty());
        CHECK(fact(images, "rows") == 20);
        CHECK(fact(images, "classes") == 81);
        CHECK(images.takenBy ==
              std::vector<std::string>{"optim.train task=image_classifier data=FILE",
                                       "optim.train task=conv data=FILE"});
    }
    const DataReport cut = reportOf(folder.write("test.bin", bytes.substr(0, 20 * 3073)));
    CHECK(cut.format.starts_with("CIFAR-100"));
    REQUIRE(cut.faults.size() == 1);
    CHECK(cut.faults[0].line().find("truncated: 61460 bytes") == 0);
}

TEST_CASE("dataKinds_textsAndTables_areKnown") {
    const Folder folder;
    const DataReport text = reportOf(
        folder.write("poem.txt", "roses are red,\nviolets are blue,\nno rhyme here\nat all\n"));
    CHECK(text.kind == "text");
    CHECK(fact(text, "bytes").get<int>() == 54);
    CHECK(text.warnings.empty());
    CHECK(reportOf(folder.write("latin.txt", "caf\xe9 au lait, s'il vous pla\xeet\n"))
              .warnings.size() == 1);
    CHECK(reportOf(folder.write("tiny.txt", "ab\n")).faults.size() == 1);

    const DataReport table = reportOf(folder.write("t.csv", "name,text\nx,\"a,\nb\"\ny,c\n"));
    CHECK(table.kind == "table");
    CHECK(fact(table, "rows") == 2);
    const DataReport ragged = reportOf(folder.write("t.csv", "name,text\nx\n"));
    REQUIRE(ragged.faults.size() == 1);
    CHECK(ragged.faults[0].line() == "line 2: 1 cells, the header has 2");
    CHECK(reportOf(folder.write("t.csv", "name,text\n\"x,1\n")).faults.size() == 1);
}

TEST_CASE("dataKinds_otherBytes_areNoKind") {
    const Folder folder;
    CHECK_FALSE(kinds().check(folder.write("x.bin", "\x0F\x02\x03\xff"s)).ok());
    CHECK_FALSE(kinds().check(folder.write("empty.csv", "")).ok());
    CHECK_FALSE(kinds().check("/nonexistent").ok());
    CHECK_FALSE(kinds().check("/tmp").ok());
}

TEST_CASE("dataKinds_builtIn_areListed") {
    CHECK(kinds().builtIns().size() == 4);
    for (const BuiltInData& set : kinds().builtIns()) {
        CHECK_FALSE(set.usedBy.empty());
        CHECK_FALSE(set.facts.empty());
    }
}

TEST_CASE("dataKinds_realData_everyFileIsSomething") {
    const std::string folder = psephos::test::dataFolder();
    if (folder.empty()) {
        return psephos::test::skip("PSEPHOS_DATA is not set");
    }
    const auto found = findData(folder, kinds());
    REQUIRE(found.ok());
    CHECK_FALSE(found->empty());
    for (const FoundData& file : *found) {
        const std::string suffix = withoutGz(file.path).extension().string();
        if (suffix == ".soc" || suffix == ".soi" || suffix == ".toc" || suffix == ".toi") {
            CAPTURE(file.path.string());
            CHECK(file.kind == "electorate");
            CHECK(reportOf(file.path).faults.empty());
        }
    }
}
