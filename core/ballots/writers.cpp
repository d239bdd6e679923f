// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/writers.hpp"

#include "ballots/number_text.hpp"
#include "lab/files/csv.hpp"
#include "lab/files/json.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

namespace psephos::ballots {

namespace {

using lab::Error;
using lab::Result;

const char* wordOf(Outcome outcome) {
    switch (outcome) {
    case Outcome::First:
        return "model_a";
    case Outcome::Second:
        return "model_b";
    case Outcome::Tie:
        return "tie";
    case Outcome::BothBad:
        break;
    }
    return "both_bad";
}

/// The order with each tier sorted, so that equal orders are written alike.
std::string orderText(const Ballot& ballot) {
    std::string text;
    for (std::size_t t = 0; t < ballot.tiers(); ++t) {
        std::vector<std::uint32_t> tier(ballot.tier(t).begin(), ballot.tier(t).end());
        std::sort(tier.begin(), tier.end());
        text += t == 0 ? "" : ",";
        text += tier.size() > 1 ? "{" : "";
        for (std::size_t i = 0; i < tier.size(); ++i) {
            text += (i == 0 ? "" : ",") + std::to_string(tier[i] + 1);
        }
        text += tier.size() > 1 ? "}" : "";
    }
    return text;
}

struct MergedOrders {
    std::vector<std::pair<std::string, std::int64_t>> orders; ///< most frequent first
    bool isStrict = true;
    bool isComplete = true;
};

Result<MergedOrders> mergedOrders(const Profile& profile) {
    MergedOrders merged;
    std::map<std::string, std::size_t> known;
    for (const Ballot& ballot : profile.ballots) {
        if (ballot.candidates.empty()) {
            return Error{"a ballot ranks nobody, which PrefLib can't say", "", ""};
        }
        merged.isStrict = merged.isStrict && ballot.tiers() == ballot.candidates.size();
        merged.isComplete = merged.isComplete && ballot.candidates.size() == profile.names.size();
        std::string order = orderText(ballot);
        const auto [place, isNew] = known.emplace(order, merged.orders.size());
        if (isNew) {
            merged.orders.emplace_back(std::move(order), 0);
        }
        merged.orders[place->second].second += ballot.count;
    }
    std::stable_sort(merged.orders.begin(), merged.orders.end(),
                     [](const auto& one, const auto& other) { return one.second > other.second; });
    return merged;
}

bool hasLineEnd(std::string_view text) {
    return text.find_first_of("\r\n") != std::string_view::npos;
}

/// The covariates that are not categories, too.
std::vector<const Covariate*> onlyNumbers(const Battles& battles) {
    std::vector<const Covariate*> columns;
    for (const Covariate& covariate : battles.covariates) {
        if (battles.category(covariate.name) == nullptr) {
            columns.push_back(&covariate);
        }
    }
    return columns;
}

/// A matrix whose cell (i, j) is cell(i, j), NaN: empty.
template <typename Cell>
std::string matrixCsv(std::span<const std::string> names, const Cell& cell) {
    std::string text;
    for (const std::string& name : names) {
        text += ',';
        lab::appendCsvCell(text, name);
    }
    text += '\n';
    for (std::size_t i = 0; i < names.size(); ++i) {
        lab::appendCsvCell(text, names[i]);
        for (std::size_t j = 0; j < names.size(); ++j) {
            text += ',';
            const double value = i == j ? std::nan("") : cell(i, j);
            text += std::isnan(value) ? std::string() : shortest(value);
        }
        text += '\n';
    }
    return text;
}

} // namespace

Result<std::string> prefLibText(const Profile& profile, std::string_view name,
                                std::string_view title) {
    for (const std::string& candidate : profile.names) {
        if (candidate.empty() || hasLineEnd(candidate)) {
            return Error{"the candidate " + lab::inQuotes(candidate) +
                             " has a name that PrefLib can't hold",
                         "", ""};
        }
    }
    if (profile.ballots.empty()) {
        return Error{"there is no ballot to write", "", ""};
    }
    const Result<MergedOrders> merged = mergedOrders(profile);
    if (!merged) {
        return merged.error();
    }
    const std::string type =
        std::string(merged->isStrict ? "so" : "to") + (merged->isComplete ? "c" : "i");
    std::string text = "# FILE NAME: " + lab::onOneLine(name) + "." + type;
    text += "\n# TITLE: " + lab::onOneLine(title);
    text += "\n# DESCRIPTION: \n# DATA TYPE: " + type;
    text += "\n# MODIFICATION TYPE: original\n# RELATES TO: \n# RELATED FILES: "
            "\n# PUBLICATION DATE: \n# MODIFICATION DATE: ";
    text += "\n# NUMBER ALTERNATIVES: " + std::to_string(profile.names.size());
    text += "\n# NUMBER VOTERS: " + std::to_string(profile.voters());
    text += "\n# NUMBER UNIQUE ORDERS: " + std::to_string(merged->orders.size()) + "\n";
    for (std::size_t i = 0; i < profile.names.size(); ++i) {
        text += "# ALTERNATIVE NAME " + std::to_string(i + 1) + ": " + profile.names[i] + "\n";
    }
    for (const auto& [order, count] : merged->orders) {
        text += std::to_string(count) + ": " + order + "\n";
    }
    return text;
}

std::string battlesCsv(const Battles& battles) {
    const std::vector<const Covariate*> numbers = onlyNumbers(battles);
    std::string text = "model_a,model_b,winner";
    text += battles.weights.empty() ? "" : ",weight";
    for (const Category& category : battles.categories) {
        text += ',';
        lab::appendCsvCell(text, category.name);
    }
    for (const Covariate* covariate : numbers) {
        text += ',';
        lab::appendCsvCell(text, covariate->name);
    }
    text += '\n';
    for (std::size_t b = 0; b < battles.size(); ++b) {
        lab::appendCsvCell(text, battles.names[battles.first[b]]);
        text += ',';
        lab::appendCsvCell(text, battles.names[battles.second[b]]);
        text += ',';
        text += wordOf(battles.outcomes[b]);
        if (!battles.weights.empty()) {
            text += ',' + shortest(battles.weights[b]);
        }
        for (const Category& category : battles.categories) {
            text += ',';
            if (category.codes[b] != Category::kNone) {
                lab::appendCsvCell(text, category.labels[category.codes[b]]);
            }
        }
        for (const Covariate* covariate : numbers) {
            const double value = covariate->values[b];
            text += ',' + (std::isnan(value) ? std::string() : shortest(value));
        }
        text += '\n';
    }
    return text;
}

std::string battlesJsonl(const Battles& battles) {
    const auto quoted = [](std::string_view word) { return lab::dumpJson(lab::Json(word), -1); };
    const std::vector<const Covariate*> numbers = onlyNumbers(battles);
    std::string text;
    for (std::size_t b = 0; b < battles.size(); ++b) {
        text += R"({"model_a":)" + quoted(battles.names[battles.first[b]]);
        text += R"(,"model_b":)" + quoted(battles.names[battles.second[b]]);
        text += R"(,"winner":")" + std::string(wordOf(battles.outcomes[b])) + '"';
        if (!battles.weights.empty()) {
            text += R"(,"weight":)" + shortest(battles.weights[b]);
        }
        for (const Category& category : battles.categories) {
            if (category.codes[b] != Category::kNone) {
                text +=
                    ',' + quoted(category.name) + ':' + quoted(category.labels[category.codes[b]]);
            }
        }
        for (const Covariate* covariate : numbers) {
            if (const double value = covariate->values[b]; !std::isnan(value)) {
                text += ',' + quoted(covariate->name) + ':' + shortest(value);
            }
        }
        text += "}\n";
    }
    return text;
}

std::string winMatrixCsv(const PairCounts& counts) {
    return matrixCsv(counts.names, [&counts](std::size_t i, std::size_t j) {
        const bool isKnown = counts.win(i, j) + counts.win(j, i) > 0.0;
        return isKnown ? counts.win(i, j) : std::nan("");
    });
}

std::string rateMatrixCsv(const PairCounts& counts) {
    return matrixCsv(counts.names, [&counts](std::size_t i, std::size_t j) {
        // 0 / 0 is NaN: never compared.
        return (counts.win(i, j) + counts.tie(i, j) / 2.0) / counts.compared(i, j);
    });
}

std::string marginMatrixCsv(std::span<const std::string> names, std::span<const double> margins) {
    assert(margins.size() == names.size() * names.size());
    return matrixCsv(names, [&](std::size_t i, std::size_t j) {
        return margins[i * names.size() + j] + 0.0; // no −0
    });
}

} // namespace psephos::ballots
