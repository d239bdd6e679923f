// SPDX-License-Identifier: GPL-3.0-or-later
// What a data file is and what is wrong with it, by the readers that the experiments use.
#include "ballots/electorate.hpp"
#include "ballots/file_format.hpp"
#include "datasets/cifar.hpp"
#include "datasets/generated.hpp"
#include "datasets/idx.hpp"
#include "datasets/labelled.hpp"
#include "datasets/text.hpp"
#include "experiments/builtins.hpp"
#include "lab/files/csv.hpp"
#include "lab/files/file.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace psephos::experiments {

namespace {

using lab::DataKind;
using lab::DataReport;
using lab::Error;
using lab::Result;

bool hasSuffix(const std::filesystem::path& name,
               std::initializer_list<std::string_view> suffixes) {
    const std::string suffix = name.extension().string();
    return std::any_of(suffixes.begin(), suffixes.end(),
                       [&suffix](std::string_view each) { return suffix == each; });
}

/// The first records of a CSV that are whole within the head of the file.
std::vector<std::vector<std::string>> firstRecords(std::string_view head, std::size_t count) {
    const std::size_t end = head.rfind('\n');
    lab::CsvReader reader(end == std::string_view::npos ? head : head.substr(0, end + 1));
    std::vector<std::vector<std::string>> records;
    while (records.size() < count) {
        const Result<bool> more = reader.next();
        if (!more || !*more) {
            break;
        }
        if (!reader.isBlank()) {
            records.emplace_back(reader.cells().begin(), reader.cells().end());
        }
    }
    return records;
}

bool isNumeric(const std::vector<std::string>& cells) {
    return std::all_of(cells.begin(), cells.end(),
                       [](const std::string& cell) { return lab::parseNumber(cell).has_value(); });
}

/// The path names the file already; what stays of a place is the line.
Error withoutFile(Error fault, const std::filesystem::path& file) {
    const std::string name = file.string();
    if (fault.place.starts_with(name)) {
        fault.place.erase(0, name.size());
        while (fault.place.starts_with(':') || fault.place.starts_with(' ')) {
            fault.place.erase(0, 1);
        }
    }
    return fault;
}

int sniffElectorate(const std::filesystem::path& name, std::string_view head) {
    if (ballots::hasPrefLibSuffix(name)) {
        return 95;
    }
    const auto whole = head.substr(0, head.rfind('\n') + 1);
    const bool isText = lab::isUtf8(whole.empty() ? head : whole);
    const auto format = isText ? ballots::fileFormat(name, head, false) : std::nullopt;
    if (!format) {
        return 0;
    }
    switch (*format) {
    case ballots::FileFormat::PrefLib:
        // Other files, too, begin with remarks in this form.
        return head.find("# NUMBER ALTERNATIVES:") != std::string_view::npos ? 90 : 30;
    case ballots::FileFormat::JudgeMatrix:
        return 65; // rows of numbers with a class each may look like it
    case ballots::FileFormat::BattlesCsv:
    case ballots::FileFormat::BattlesJsonl:
    case ballots::FileFormat::BattlesJson:
    case ballots::FileFormat::Orders:
    case ballots::FileFormat::Matrix:
        break;
    }
    return 85;
}

/// `{"language": 4, …}`: how many words each category has.
lab::Json wordCounts(const std::vector<ballots::Category>& categories) {
    lab::Json counts = lab::Json::object();
    for (const ballots::Category& category : categories) {
        counts[category.name] = category.labels.size();
    }
    return counts;
}

void describeBattles(const ballots::Battles& battles, DataReport& report) {
    double ties = 0.0;
    double bothBad = 0.0;
    double weight = 0.0;
    for (std::size_t b = 0; b < battles.size(); ++b) {
        const double each = battles.weights.empty() ? 1.0 : battles.weights[b];
        weight += each;
        bothBad += battles.outcomes[b] == ballots::Outcome::BothBad ? each : 0.0;
        ties += battles.outcomes[b] == ballots::Outcome::Tie ? each : 0.0;
    }
    std::vector<std::string> covariates;
    for (const ballots::Covariate& covariate : battles.covariates) {
        covariates.push_back(covariate.name);
    }
    report.facts.emplace_back("battles", battles.size());
    if (!battles.weights.empty()) {
        report.facts.emplace_back("weight", weight);
    }
    report.facts.emplace_back("ties", ties);
    report.facts.emplace_back("both_bad", bothBad);
    report.facts.emplace_back("categories", wordCounts(battles.categories));
    report.facts.emplace_back("covariates", covariates);
}

DataReport checkElectorate(const std::filesystem::path& file) {
    DataReport report;
    report.format = "votes";
    const Result<ballots::Electorate> electorate = ballots::readElectorate(file);
    if (!electorate) {
        report.faults.push_back(withoutFile(electorate.error(), file));
        return report;
    }
    report.format = electorate->format;
    if (!electorate->title.empty()) {
        report.facts.emplace_back("title", electorate->title);
    }
    const std::size_t n = electorate->pairs.size();
    report.facts.emplace_back("candidates", n);
    if (electorate->profile) {
        report.facts.emplace_back("voters", electorate->profile->voters());
        report.facts.emplace_back("different_ballots", electorate->profile->ballots.size());
        if (!electorate->profile->categories.empty()) {
            report.facts.emplace_back("categories", wordCounts(electorate->profile->categories));
        }
    }
    if (electorate->battles) {
        describeBattles(*electorate->battles, report);
    }
    report.facts.emplace_back("pairs", n * (n - 1) / 2);
    report.facts.emplace_back("pairs_never_compared",
                              ballots::unseenPairs(electorate->pairs).size());
    report.warnings = electorate->warnings;
    for (const ballots::RejectedRow& row : electorate->rejected) {
        report.rejected.push_back({row.line, row.reason});
    }
    report.rejectedRows = electorate->rejectedRows;
    return report;
}

int sniffLabelled(const std::filesystem::path& name, std::string_view head) {
    if (datasets::looksLikeIdx(head)) {
        return 95;
    }
    if (name.filename().string().find("ubyte") != std::string::npos) {
        return 60; // an IDX file whose first bytes are wrong
    }
    if (datasets::looksLikeCifar(name, head)) {
        return 80;
    }
    const auto records = firstRecords(head, 3);
    if (records.size() < 2 || records[1].size() < 2 || records[0].size() != records[1].size()) {
        return 0;
    }
    const auto& last = records.back();
    return isNumeric(records[1]) && (records.size() < 3 || isNumeric(last)) ? 70 : 0;
}

/// A label file alone: the images are beside it.
std::optional<DataReport> checkIdxLabels(const std::filesystem::path& file) {
    Result<std::string> content = lab::readFile(file);
    if (!content || !datasets::looksLikeIdx(*content)) {
        return std::nullopt;
    }
    DataReport report;
    Result<datasets::IdxArray> array = datasets::parseIdx(*std::move(content), "");
    if (!array) {
        report.format = "IDX";
        report.faults.push_back(array.error());
        return report;
    }
    if (array->sizes.size() != 1) {
        return std::nullopt;
    }
    report.format = "IDX labels";
    report.facts.emplace_back("labels", array->sizes[0]);
    report.warnings.emplace_back("These are labels alone: name the file of images, the labels "
                                 "beside it are found.");
    return report;
}

/// In words, by content and name, as readLabelled() decides.
std::string labelledFormat(const std::filesystem::path& file) {
    constexpr std::size_t kHead = std::size_t{1} << 15;
    const Result<std::string> head = lab::readHead(file, kHead);
    if (head && !datasets::looksLikeIdx(*head) && datasets::looksLikeCifar(file, *head)) {
        const Result<std::string> content = lab::readFile(file);
        const bool isTen =
            !content || datasets::cifarFormOf(file, *content) == datasets::CifarForm::Ten;
        return isTen ? "CIFAR-10 binary, images of 32 x 32 in colour"
                     : "CIFAR-100 binary, images of 32 x 32 in colour, fine labels";
    }
    const bool isCsv = hasSuffix(lab::withoutGz(file), {".csv"});
    return isCsv ? "CSV of numbers with a class each" : "IDX images with labels";
}

DataReport checkLabelled(const std::filesystem::path& file) {
    if (auto labels = checkIdxLabels(file)) {
        return *std::move(labels);
    }
    DataReport report;
    report.format = labelledFormat(file);
    const Result<datasets::Labelled> set = datasets::readLabelled(file);
    if (!set) {
        report.faults.push_back(withoutFile(set.error(), file));
        return report;
    }
    report.facts = {{"rows", set->rows()},
                    {"numbers_a_row", set->features},
                    {"classes", set->classes},
                    {"held_out", set->heldOut.size()}};
    if (set->image) {
        report.takenBy = {"optim.train task=conv data=FILE"};
        const auto& [channels, rows, columns] = *set->image;
        report.facts.emplace_back("image", std::to_string(rows) + " x " + std::to_string(columns) +
                                               (channels == 1 ? "" : " in colour"));
    }
    return report;
}

int sniffTable(const std::filesystem::path& name, std::string_view head) {
    const bool isText = lab::isUtf8(head.substr(0, head.rfind('\n') + 1));
    return isText && hasSuffix(name, {".csv"}) ? 50 : 0;
}

DataReport checkTable(const std::filesystem::path& file) {
    DataReport report;
    report.format = "CSV table";
    const Result<std::string> content = lab::readFile(file);
    if (!content) {
        report.faults.push_back(withoutFile(content.error(), file));
        return report;
    }
    lab::CsvReader reader(*content);
    std::size_t columns = 0;
    std::size_t rows = 0;
    for (;;) {
        const Result<bool> more = reader.next();
        if (!more) {
            report.faults.push_back(more.error());
            return report;
        }
        if (!*more) {
            break;
        }
        if (reader.isBlank()) {
            continue;
        }
        columns = rows == 0 ? reader.cells().size() : columns;
        if (reader.cells().size() != columns) {
            report.faults.push_back({std::to_string(reader.cells().size()) +
                                         " cells, the header has " + std::to_string(columns),
                                     "", "line " + std::to_string(reader.line())});
            return report;
        }
        ++rows;
    }
    report.facts = {{"rows", rows - std::min<std::size_t>(rows, 1)}, {"columns", columns}};
    return report;
}

int sniffText(const std::filesystem::path& name, std::string_view head) {
    if (hasSuffix(name, {".txt", ".text", ".md"})) {
        return 60;
    }
    const bool isText = lab::isUtf8(head.substr(0, head.rfind('\n') + 1));
    return isText && head.find('\n') != std::string_view::npos ? 20 : 0;
}

DataReport checkText(const std::filesystem::path& file) {
    DataReport report;
    report.format = "text";
    const Result<datasets::Text> text = datasets::readText(file);
    if (!text) {
        report.faults.push_back(withoutFile(text.error(), file));
        return report;
    }
    report.facts = {{"bytes", text->tokens().size()},
                    {"distinct_bytes", text->alphabet().size()},
                    {"held_out", text->heldOut().size()},
                    {"unigram_entropy_nats", text->unigramEntropyNats()}};
    const std::string bytes = text->decode(text->tokens());
    if (!lab::isUtf8(bytes)) {
        report.warnings.emplace_back("It is not UTF-8: it is read byte for byte all the same.");
    }
    return report;
}

} // namespace

void registerDataKinds(lab::DataRegistry& data) {
    data.add(
        DataKind{"electorate",
                 "votes: battles (CSV, JSONL, JSON), ballots (PrefLib, CSV) or a matrix of wins, "
                 "rates or margins (CSV)",
                 {"voting.maximal_lottery data=FILE", "voting.robust_lottery data=FILE",
                  "voting.bradley_terry data=FILE", "voting.rules data=FILE"},
                 sniffElectorate,
                 checkElectorate});
    data.add(DataKind{"labelled",
                      "images or rows of numbers with a class each (IDX, CIFAR binary, CSV)",
                      {"optim.train task=image_classifier data=FILE"},
                      sniffLabelled,
                      checkLabelled});
    data.add(DataKind{"text",
                      "a text to learn to write",
                      {"optim.train task=char_lm data=FILE"},
                      sniffText,
                      checkText});
    data.add(DataKind{"table", "a table (CSV)", {}, sniffTable, checkTable});

    const datasets::Text corpus = datasets::builtInText();
    data.add(lab::BuiltInData{
        "corpus",
        "text",
        "A small corpus written for this project",
        {{"bytes", corpus.tokens().size()}, {"unigram_entropy_nats", corpus.unigramEntropyNats()}},
        "optim.train task=char_lm"});
    data.add(
        lab::BuiltInData{"series digits",
                         "labelled",
                         "Series of 40 numbers in 10 classes, in the manner of MNIST-1D",
                         {{"rows", datasets::kSeriesRows}, {"numbers_a_row", 40}, {"classes", 10}},
                         "optim.train task=mnist1d"});
    data.add(lab::BuiltInData{
        "painted digits",
        "labelled",
        "Images of 12 x 12 pixels in 10 classes, painted by the program",
        {{"rows", datasets::kPaintedRows}, {"numbers_a_row", 144}, {"classes", 10}},
        "optim.train task=image_classifier"});
    data.add(lab::BuiltInData{
        "house numbers",
        "labelled",
        "Images of 16 x 16 pixels in colour in 10 classes, painted by the program",
        {{"rows", datasets::kHouseNumberRows}, {"numbers_a_row", 768}, {"classes", 10}},
        "optim.train task=conv"});
}

} // namespace psephos::experiments
