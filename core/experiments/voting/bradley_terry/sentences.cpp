// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/bradley_terry/sentences.hpp"

#include "lab/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace psephos::experiments {

namespace {

using choice::RatingOptions;
using choice::Ratings;
using choice::TieModel;
using lab::Note;
using lab::NoteKind;

std::string counted(std::size_t number, const std::string& one, const std::string& many) {
    return std::to_string(number) + " " + (number == 1 ? one : many);
}

std::string number(const char* format, double value) {
    char text[48];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

/// "0.7 %", "34 %".
std::string percent(double share) {
    const double value = 100.0 * share;
    return number(value < 0.01 ? "%.1g %%" : value < 10.0 ? "%.2g %%" : "%.0f %%", value);
}

std::string nameOf(std::span<const std::string> names, std::size_t candidate) {
    return lab::onOneLine(names[candidate]);
}

Note groupsNote(std::span<const std::string> names, const Ratings& ratings) {
    constexpr std::size_t kNamed = 4;
    const auto& members = ratings.components.members;
    std::string text = "There is no common scale: wins connect the candidates only within " +
                       std::to_string(members.size()) + " groups, ";
    for (std::size_t c = 0; c < std::min(members.size(), kNamed); ++c) {
        text += (c == 0 ? "{" : ", {") + componentName(names, members[c]) + "}";
    }
    text += members.size() > kNamed ? " …" : "";
    if (ratings.isJoint) {
        return {"groups", NoteKind::Warning,
                text + ". What is shown between groups is the ridge's doing."};
    }
    return {"groups", NoteKind::Warning,
            text + ". Each is rated by itself; ratings of different groups can't be compared, and "
                   "who is alone has none. Ranks between groups go by wins alone."};
}

Note leaderNote(std::span<const std::string> names, const Ratings& ratings) {
    std::size_t top = 0;
    for (std::size_t i = 0; i < ratings.rows.size(); ++i) {
        top = ratings.rows[i].rank < ratings.rows[top].rank ? i : top;
    }
    const auto rivals = static_cast<std::size_t>(
        std::count_if(ratings.rows.begin(), ratings.rows.end(),
                      [](const choice::Rating& row) { return row.rankLow == 1; }));
    const auto first =
        std::ranges::count(ratings.rows, ratings.rows[top].rank, &choice::Rating::rank);
    if (first > 1) {
        return {"leader", NoteKind::Information,
                counted(static_cast<std::size_t>(first), "candidate", "candidates") +
                    " share the first place."};
    }
    std::string text = nameOf(names, top) + " leads";
    if (rivals == 1 && ratings.rows[top].rankHigh == 1) {
        text += ", and no other interval reaches as high.";
    } else {
        text += ", but the intervals of " + counted(rivals, "candidate", "candidates") +
                " leave room for the first place: its own rank lies between " +
                std::to_string(ratings.rows[top].rankLow) + " and " +
                std::to_string(ratings.rows[top].rankHigh) + ".";
    }
    return {"leader", NoteKind::Information, std::move(text)};
}

Note certificate(const Ratings& ratings) {
    return {"certificate", NoteKind::Certificate,
            "Certified: everybody's expected wins equal the observed ones but for " +
                number("%.1e", ratings.fit.residual) + " of them, after " +
                counted(static_cast<std::size_t>(ratings.fit.iterations), "Newton step",
                        "Newton steps") +
                (ratings.isJoint ? "; the likelihood has no other maximum."
                                 : "; within a group the likelihood has no other maximum.")};
}

Note gaugeNote(const RatingOptions& options, bool isJoint) {
    const bool isElo = options.scale == choice::RatingScale::Elo;
    std::string text = "Only differences mean anything: ";
    if (options.anchor.empty()) {
        text += isJoint ? "the mean" : "the mean of every group";
        text += isElo ? " is set to 1000, and 400 points are odds of ten to one."
                      : " of the log strengths is set to 0.";
    } else {
        text += lab::onOneLine(options.anchor) + " is set to " + number("%.6g", options.anchorAt) +
                ", so every interval is that of the distance to it, wider than to the mean.";
    }
    return {"gauge", NoteKind::Information, std::move(text)};
}

Note intervalNote(const RatingOptions& options, const Ratings& ratings) {
    const std::string level = number("%.4g", 100.0 * options.level) + " %";
    if (options.bootstraps == 0) {
        return {"intervals", NoteKind::Information,
                "Intervals hold " + level +
                    " by the sandwich estimate, which does not trust the model's own variance; " +
                    (ratings.clusters > 0
                         ? "the battles of each of " + std::to_string(ratings.clusters) +
                               " clusters by " + lab::inQuotes(options.cluster) +
                               " count as one observation."
                         : "each battle counts as independent.")};
    }
    std::string text = "Intervals hold the middle " + level + " of " +
                       counted(ratings.replicates.kept(), "resample", "resamples") + " of ";
    text += ratings.clusters > 0 ? counted(ratings.clusters, "whole cluster", "whole clusters") +
                                       " by " + lab::inQuotes(options.cluster) + "."
                                 : "single battles.";
    if (ratings.replicates.lost > 0) {
        text += " " + counted(ratings.replicates.lost, "further resample", "further resamples") +
                " lost the connection that an estimate needs and " +
                (ratings.replicates.lost == 1 ? "is" : "are") + " left out.";
        return {"intervals", NoteKind::Warning, std::move(text)};
    }
    return {"intervals", NoteKind::Information, std::move(text)};
}

Note tieNote(const RatingOptions& options, const Ratings& ratings) {
    const bool isDavidson = options.ties == TieModel::Davidson;
    const double tie = ratings.fit.tie;
    const double chance = isDavidson ? tie / (2.0 + tie) : (tie - 1.0) / (tie + 1.0);
    return {"ties", NoteKind::Information,
            std::string(isDavidson ? "Davidson's ν" : "Rao and Kupper's η") + " is " +
                number("%.6g", tie) + ": two equals tie in " + percent(chance) +
                " of their battles."};
}

Note covariateNote(const RatingOptions& options, const Ratings& ratings) {
    std::string text = "What else decides a battle, as log-odds: ";
    for (std::size_t f = 0; f < options.terms.size(); ++f) {
        text += (f == 0 ? "" : "; ") + lab::onOneLine(options.terms[f].label) + " " +
                number("%+.3f", ratings.fit.coefficients[f]) + " ± " +
                number("%.3f", ratings.coefficientErrors[f]);
    }
    text += ". Columns are scaled to a root mean square of 1.";
    if (ratings.records.leftOut > 0) {
        return {"covariates", NoteKind::Warning,
                text + " " + counted(ratings.records.leftOut, "battle has", "battles have") +
                    " an empty cell there and " + (ratings.records.leftOut == 1 ? "is" : "are") +
                    " left out."};
    }
    return {"covariates", NoteKind::Information, std::move(text)};
}

} // namespace

std::string componentName(std::span<const std::string> names,
                          const std::vector<std::size_t>& members) {
    constexpr std::size_t kNamed = 3;
    std::string text;
    for (std::size_t k = 0; k < std::min(members.size(), kNamed); ++k) {
        text += (k == 0 ? "" : ", ") + nameOf(names, members[k]);
    }
    return members.size() > kNamed ? text + " + " + std::to_string(members.size() - kNamed) : text;
}

std::vector<Note> ratingNotes(std::span<const std::string> names, const RatingOptions& options,
                              const Ratings& ratings) {
    std::vector<Note> notes;
    if (!ratings.components.isConnected()) {
        notes.push_back(groupsNote(names, ratings));
    }
    if (ratings.isJoint && names.size() > 1) {
        notes.push_back(leaderNote(names, ratings));
    }
    notes.push_back(certificate(ratings));
    notes.push_back(gaugeNote(options, ratings.isJoint));
    notes.push_back(intervalNote(options, ratings));
    if (options.ties == TieModel::Davidson || options.ties == TieModel::RaoKupper) {
        notes.push_back(tieNote(options, ratings));
    }
    if (!options.terms.empty()) {
        notes.push_back(covariateNote(options, ratings));
    }
    return notes;
}

std::vector<Note> modelNotes(std::span<const std::string> names, const RatingOptions& options,
                             const choice::GoodnessOfFit& quality,
                             const choice::CyclicShare& cyclic,
                             const std::optional<choice::Triangle>& triangle) {
    std::vector<Note> notes;
    const bool hasHalves = options.ties == TieModel::Half;
    if (!(quality.freedom > 0.0)) {
        notes.push_back({"fit", NoteKind::Information,
                         "There are only as many pairs as strengths need: nothing is left that "
                         "could speak for or against the model."});
        return notes;
    }
    const double ratio = quality.deviance / quality.freedom;
    notes.push_back(
        {"fit", NoteKind::Information,
         "Deviance " + number("%.1f", quality.deviance) + " on " + number("%.0f", quality.freedom) +
             " degrees of freedom, " + number("%.2f", ratio) +
             " each: 1 is what the model expects" +
             (hasHalves ? " where there are no ties; ties as halves make it less." : ".")});
    std::string text = percent(cyclic.share()) + " of what the margins say goes in circles; " +
                       (cyclic.cyclic > cyclic.chance
                            ? "chance alone would turn about " + percent(cyclic.chanceShare())
                            : "chance alone would turn as much") +
                       ".";
    if (triangle && cyclic.cyclic > cyclic.chance) {
        const auto& [a, b, c] = triangle->candidates;
        text += " Clearest: " + nameOf(names, a) + " beats " + nameOf(names, b) + ", " +
                nameOf(names, b) + " beats " + nameOf(names, c) + ", " + nameOf(names, c) +
                " beats " + nameOf(names, a) + ", each in at least " +
                percent((1.0 + triangle->margin) / 2) +
                " of their battles. No list of ratings can say that; a lottery can.";
    }
    notes.push_back({"circles", NoteKind::Information, std::move(text)});
    return notes;
}

Note flipNote(std::span<const std::string> names, const std::optional<choice::TopFlip>& flip) {
    if (!flip) {
        return {"flip", NoteKind::Information,
                "No set of battles was found whose removal puts somebody else on top."};
    }
    const auto count = static_cast<std::size_t>(flip->count);
    return {"flip", NoteKind::Certificate,
            counted(count, "battle", "battles") + " of " + number("%.0f", flip->battles) + " (" +
                percent(flip->count / flip->battles) + ") " + (count == 1 ? "holds " : "hold ") +
                nameOf(names, flip->top) + " on top: without " + (count == 1 ? "it " : "them ") +
                nameOf(names, flip->newTop) + " leads, as a new fit shows. Fewer may do."};
}

} // namespace psephos::experiments
