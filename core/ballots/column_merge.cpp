// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/column_merge.hpp"

#include "ballots/number_text.hpp"
#include "lab/files/csv.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace psephos::ballots {

namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kFewNumbers = 32;      ///< so many different ones may be words, too
constexpr std::size_t kNumbersPerOther = 20; ///< cells of numbers for each that is none

std::optional<double> numberOf(std::string_view cell) {
    const auto number = lab::parseNumber(cell);
    return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<double> truthOf(std::string_view word) {
    constexpr std::array<std::string_view, 3> kTrue{"true", "TRUE", "True"};
    constexpr std::array<std::string_view, 3> kFalse{"false", "FALSE", "False"};
    if (std::find(kTrue.begin(), kTrue.end(), word) != kTrue.end()) {
        return 1.0;
    }
    const bool isFalse = std::find(kFalse.begin(), kFalse.end(), word) != kFalse.end();
    return isFalse ? std::optional(0.0) : std::nullopt;
}

} // namespace

ColumnMerger::ColumnMerger(std::string name, BattleLayout::Extra kind,
                           std::vector<const BattleCollector::Extra*> parts,
                           std::vector<PlacedCells> chunks, std::size_t size)
    : name_(std::move(name))
    , kind_(kind)
    , parts_(std::move(parts))
    , chunks_(std::move(chunks))
    , size_(size) {}

// False: the column holds texts.
bool ColumnMerger::readWords() {
    static const WordTable kNoWords;
    static const std::vector<Position> kNever;
    std::vector<SeenWords> tables;
    for (const BattleCollector::Extra* part : parts_) {
        if (part == nullptr) {
            tables.push_back({&kNoWords, &kNever});
            continue;
        }
        if (part->holdsTexts) {
            return false;
        }
        tables.push_back({&part->words, &part->firstSeen});
        countsNumbers_ = countsNumbers_ || part->countsNumbers;
    }
    numbering_ = numbered(tables);
    std::size_t bytes = 0;
    for (const std::string& word : numbering_.words) {
        bytes += word.size();
    }
    return numbering_.words.size() <= BattleCollector::kMaxWords &&
           bytes <= BattleCollector::kMaxWordBytes;
}

void ColumnMerger::readValues() {
    areTruths_ = !numbering_.words.empty() && !countsNumbers_;
    for (const std::string& word : numbering_.words) {
        values_.push_back(numberOf(word));
        numberWords_ += values_.back() ? 1 : 0;
        areTruths_ = areTruths_ && truthOf(word).has_value();
    }
    if (areTruths_) {
        std::transform(numbering_.words.begin(), numbering_.words.end(), values_.begin(), truthOf);
    }
}

void ColumnMerger::countCells() {
    for (const PlacedCells& placed : chunks_) {
        if (placed.cells == nullptr) {
            continue;
        }
        const auto& number = numbering_.of[placed.part];
        for (const std::uint32_t code : placed.cells->codes) {
            if (code != Category::kNone) {
                ++(values_[number[code]] ? numberCells_ : otherCells_);
            }
        }
        for (const double each : placed.cells->numbers) {
            numberCells_ += std::isnan(each) ? 0 : 1;
        }
        otherCells_ += placed.cells->strays.size();
    }
}

void ColumnMerger::addTo(BattleTable& table) {
    if (!readWords()) {
        table.warnings.push_back("the column " + lab::inQuotes(name_) +
                                 " holds texts and is left out");
        return;
    }
    readValues();
    countCells();
    if (numberCells_ + otherCells_ == 0) {
        return; // empty
    }
    using enum BattleLayout::Extra;
    const bool holdsNumbers = numberCells_ > 0 && otherCells_ * kNumbersPerOther <= numberCells_;
    const bool isNumber = kind_ == Numbers || (kind_ == Auto && holdsNumbers);
    const bool isFew = !countsNumbers_ && numbering_.words.size() <= kFewNumbers;
    const bool isWords = kind_ == Words || (kind_ == Auto && (!holdsNumbers || isFew));
    if (isNumber) {
        if (otherCells_ > 0) {
            table.warnings.push_back("the column " + lab::inQuotes(name_) + " has " +
                                     std::to_string(otherCells_) +
                                     " cells that are no numbers: they count as missing");
        }
        addNumbers(table);
    }
    if (isWords) {
        addWords(table);
    }
}

void ColumnMerger::addNumbers(BattleTable& table) const {
    Covariate covariate{name_, std::vector<double>(size_, kMissing)};
    for (const PlacedCells& placed : chunks_) {
        if (placed.cells == nullptr) {
            continue;
        }
        const auto& number = numbering_.of[placed.part];
        std::size_t to = placed.from;
        for (const std::uint32_t code : placed.cells->codes) {
            covariate.values[to++] =
                code == Category::kNone ? kMissing : values_[number[code]].value_or(kMissing);
        }
        for (const double each : placed.cells->numbers) {
            covariate.values[to++] = each;
        }
    }
    table.battles.covariates.push_back(std::move(covariate));
}

void ColumnMerger::addWords(BattleTable& table) {
    // Where the cells turned from words to numbers depends on the threads; the words must not.
    if (kind_ != BattleLayout::Extra::Words &&
        (countsNumbers_ || numberWords_ > BattleCollector::kMaxNumberWords)) {
        table.battles.categories.push_back(manyWords());
        return;
    }
    Category category{name_, {}, std::vector<std::uint32_t>(size_, Category::kNone)};
    for (const PlacedCells& placed : chunks_) {
        if (placed.cells == nullptr) {
            continue;
        }
        const auto& number = numbering_.of[placed.part];
        std::size_t to = placed.from;
        for (const std::uint32_t code : placed.cells->codes) {
            category.codes[to++] = code == Category::kNone ? Category::kNone : number[code];
        }
    }
    category.labels = std::move(numbering_.words);
    table.battles.categories.push_back(std::move(category));
}

/// Numbers in their shortest spelling, words by the alphabet.
Category ColumnMerger::manyWords() const {
    std::vector<std::string> spelled;
    for (std::size_t w = 0; w < numbering_.words.size(); ++w) {
        spelled.push_back(values_[w] ? shortest(*values_[w]) : numbering_.words[w]);
    }
    std::vector<std::string> labels = spelled;
    for (const PlacedCells& placed : chunks_) {
        if (placed.cells != nullptr) {
            for (const double each : placed.cells->numbers) {
                if (!std::isnan(each)) {
                    labels.push_back(shortest(each));
                }
            }
        }
    }
    std::sort(labels.begin(), labels.end());
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
    const auto codeOf = [&labels](const std::string& word) {
        return static_cast<std::uint32_t>(std::lower_bound(labels.begin(), labels.end(), word) -
                                          labels.begin());
    };
    Category category{name_, {}, std::vector<std::uint32_t>(size_, Category::kNone)};
    for (const PlacedCells& placed : chunks_) {
        if (placed.cells == nullptr) {
            continue;
        }
        const auto& number = numbering_.of[placed.part];
        std::size_t to = placed.from;
        for (const std::uint32_t code : placed.cells->codes) {
            category.codes[to++] =
                code == Category::kNone ? Category::kNone : codeOf(spelled[number[code]]);
        }
        const std::size_t counted = to;
        for (const double each : placed.cells->numbers) {
            category.codes[to++] = std::isnan(each) ? Category::kNone : codeOf(shortest(each));
        }
        for (const auto& [battle, code] : placed.cells->strays) {
            category.codes[counted + battle - placed.cells->codes.size()] =
                codeOf(spelled[number[code]]);
        }
    }
    category.labels = std::move(labels);
    return category;
}

} // namespace psephos::ballots
