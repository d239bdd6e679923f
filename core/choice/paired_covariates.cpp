// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/paired_covariates.hpp"

#include "lab/text.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace psephos::choice {

namespace {

using ballots::Battles;
using ballots::Outcome;
using lab::Error;
using lab::Result;

double weightOf(const Battles& battles, std::size_t b) {
    return battles.weights.empty() ? 1.0 : battles.weights[b];
}

Result<const ballots::Covariate*> column(const Battles& battles, const std::string& name) {
    if (const ballots::Covariate* found = battles.covariate(name)) {
        return found;
    }
    std::vector<std::string> known;
    for (const ballots::Covariate& each : battles.covariates) {
        known.push_back(each.name);
    }
    return Error{"the battles have no column " + lab::inQuotes(name) + " of numbers",
                 known.empty() ? "they have no such column at all"
                               : "there are: " + lab::joined(known),
                 "knob 'covariates'"};
}

/// One covariate of every battle, not yet scaled; NaN where it is not known.
Result<std::vector<double>> valuesOf(const Battles& battles, const PairedTerm& term) {
    if (term.isConstant()) {
        return std::vector<double>(battles.size(), 1.0);
    }
    const auto first = column(battles, term.first);
    if (!first) {
        return first.error();
    }
    std::vector<double> values = (*first)->values;
    if (term.second.empty()) {
        return values;
    }
    const auto second = column(battles, term.second);
    if (!second) {
        return second.error();
    }
    for (std::size_t b = 0; b < values.size(); ++b) {
        const double mine = values[b];
        const double other = (*second)->values[b];
        if (mine < 0.0 || other < 0.0) {
            return Error{lab::inQuotes(term.label) + " is negative in battle " +
                             std::to_string(b + 1),
                         "lengths and counts are compared as (a − b)/(a + b + 1), which needs "
                         "numbers that are not negative",
                         "knob 'covariates'"};
        }
        values[b] = (mine - other) / (mine + other + 1.0);
    }
    return values;
}

/// Root mean square of the known values.
Result<double> scaleOf(const Battles& battles, const PairedTerm& term,
                       const std::vector<double>& values) {
    if (term.isConstant()) {
        return 1.0;
    }
    double squares = 0.0;
    double weights = 0.0;
    for (std::size_t b = 0; b < values.size(); ++b) {
        if (std::isfinite(values[b])) {
            squares += weightOf(battles, b) * values[b] * values[b];
            weights += weightOf(battles, b);
        }
    }
    if (!(squares > 0.0)) {
        return Error{"the covariate " + lab::inQuotes(term.label) + " is " +
                         (weights > 0.0 ? "0 in every battle" : "known of no battle"),
                     "leave it out", "knob 'covariates'"};
    }
    return std::sqrt(squares / weights);
}

/// Battles in an order in which equal ones stand together.
std::vector<std::uint32_t> sortedBattles(const Battles& battles, const std::vector<double>& x,
                                         std::size_t features) {
    std::vector<std::uint32_t> order;
    for (std::size_t b = 0; b < battles.size(); ++b) {
        const auto from = x.begin() + static_cast<std::ptrdiff_t>(b * features);
        if (std::all_of(from, from + static_cast<std::ptrdiff_t>(features),
                        [](double value) { return std::isfinite(value); })) {
            order.push_back(static_cast<std::uint32_t>(b));
        }
    }
    std::sort(order.begin(), order.end(), [&](std::uint32_t one, std::uint32_t other) {
        if (battles.first[one] != battles.first[other]) {
            return battles.first[one] < battles.first[other];
        }
        if (battles.second[one] != battles.second[other]) {
            return battles.second[one] < battles.second[other];
        }
        const double* mine = x.data() + one * features;
        const double* theirs = x.data() + other * features;
        return std::lexicographical_compare(mine, mine + features, theirs, theirs + features);
    });
    return order;
}

} // namespace

std::size_t outcomeIndex(Outcome outcome) {
    switch (outcome) {
    case Outcome::First:
        return 0;
    case Outcome::Second:
        return 2;
    case Outcome::Tie:
    case Outcome::BothBad:
        break;
    }
    return 1;
}

Result<std::vector<PairedTerm>> parseTerms(std::string_view text) {
    std::vector<PairedTerm> terms;
    if (lab::trimmed(text).empty()) {
        return terms;
    }
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t end = std::min(text.find(',', from), text.size());
        const std::string_view item = lab::trimmed(text.substr(from, end - from));
        const std::size_t colon = item.find(':');
        PairedTerm term;
        term.label = std::string(item);
        term.first = std::string(lab::trimmed(item.substr(0, colon)));
        if (colon != std::string_view::npos) {
            term.second = std::string(lab::trimmed(item.substr(colon + 1)));
        }
        if (term.first.empty() || (colon != std::string_view::npos && term.second.empty()) ||
            term.second.find(':') != std::string::npos) {
            return Error{lab::inQuotes(item) + " is not a covariate",
                         "expected a column, or two columns of the two sides joined by a colon: "
                         "length_a:length_b",
                         "knob 'covariates'"};
        }
        terms.push_back(std::move(term));
        from = end + 1;
    }
    return terms;
}

Result<PairedRecords> pairedRecords(const Battles& battles, const std::vector<PairedTerm>& terms) {
    PairedRecords records;
    records.data.candidates = battles.names.size();
    records.data.features = terms.size();
    const std::size_t features = terms.size();
    std::vector<double> x(battles.size() * features);
    for (std::size_t f = 0; f < features; ++f) {
        const auto values = valuesOf(battles, terms[f]);
        if (!values) {
            return values.error();
        }
        const auto scale = scaleOf(battles, terms[f], *values);
        if (!scale) {
            return scale.error();
        }
        records.scales.push_back(*scale);
        for (std::size_t b = 0; b < battles.size(); ++b) {
            x[b * features + f] = (*values)[b] / *scale;
        }
    }
    const std::vector<std::uint32_t> order = sortedBattles(battles, x, features);
    records.leftOut = battles.size() - order.size();
    records.cells.assign(battles.size(), PairedRecords::kLeftOut);
    std::vector<PairedCell>& cells = records.data.cells;
    for (std::size_t k = 0; k < order.size(); ++k) {
        const std::uint32_t b = order[k];
        const double* row = x.data() + b * features;
        const bool isSame = k > 0 && cells.back().first == battles.first[b] &&
                            cells.back().second == battles.second[b] &&
                            std::equal(row, row + features, x.data() + order[k - 1] * features);
        if (!isSame) {
            cells.push_back({battles.first[b], battles.second[b], {}});
            records.data.x.insert(records.data.x.end(), row, row + features);
        }
        cells.back().counts[outcomeIndex(battles.outcomes[b])] += weightOf(battles, b);
        records.cells[b] = static_cast<std::uint32_t>(cells.size() - 1);
    }
    return records;
}

} // namespace psephos::choice
