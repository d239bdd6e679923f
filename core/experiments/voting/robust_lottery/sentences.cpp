// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/robust_lottery/study.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>

namespace psephos::experiments {

namespace {

using lab::Note;
using lab::NoteKind;

/// A candidate with a smaller chance is not counted as played.
constexpr double kSupport = 1e-7;

/// With a true minus, and none before a zero.
std::string formatted(const char* format, double number) {
    char text[48];
    std::snprintf(text, sizeof text, format, number);
    std::string words = text;
    if (words.starts_with('-')) {
        const bool isZero = words.find_first_of("123456789") == std::string::npos;
        words.replace(0, 1, isZero ? "" : "−");
    }
    return words;
}

/// "+8.0 points", "−1.4 points".
std::string points(double difference) {
    return (difference < 0.0 ? "−" : "+") + formatted("%.1f", std::abs(difference)) + " points";
}

std::string counted(std::size_t number, const std::string& one, const std::string& many) {
    return std::to_string(number) + " " + (number == 1 ? one : many);
}

/// The first few of the words, and how many others there are.
std::string firstOf(const std::vector<std::string>& words) {
    constexpr std::size_t kNamed = 6;
    std::string text;
    for (std::size_t i = 0; i < std::min(words.size(), kNamed); ++i) {
        text += (i == 0 ? "" : ", ") + words[i];
    }
    return words.size() > kNamed ? text + " and " + std::to_string(words.size() - kNamed) + " more"
                                 : text;
}

Note certificate(const RobustStudy& study) {
    const double gap = std::max(0.0, study.chosen.upper - study.chosen.lower);
    std::string text = "Certified: in the worst case this lottery gets " +
                       formatted("%.4f", study.chosen.lower) + ", and no lottery gets more than " +
                       formatted("%.4f", study.chosen.upper) + " (they differ by " +
                       formatted("%.1e", gap) + ").";
    text +=
        study.chosen.isUnique ? " No other lottery does as well." : " Other lotteries do as well.";
    return {"certificate", NoteKind::Certificate, std::move(text)};
}

Note threat(const RobustStudy& study) {
    const choice::Threat& first = study.chosen.adversary.front();
    std::string text = "The adversary plays " + lab::onOneLine(study.names()[first.opponent]);
    if (study.set == MixSet::EdgeBox) {
        text += formatted(", %.0f %% of the time, with every margin as bad as the box allows.",
                          100.0 * first.probability);
        return {"adversary", NoteKind::Information, std::move(text)};
    }
    std::size_t grown = 0;
    for (std::size_t k = 0; k < first.weights.size(); ++k) {
        if (first.weights[k] - study.game.weights[k] >
            first.weights[grown] - study.game.weights[grown]) {
            grown = k;
        }
    }
    const double growth = 100.0 * (first.weights[grown] - study.game.weights[grown]);
    text += formatted(", %.0f %% of the time, ", 100.0 * first.probability);
    text += growth > 0.05 ? "against a mix with " + formatted("+%.0f %% ", growth) +
                                lab::onOneLine(study.groups[grown].name) + "."
                          : "against the mix at hand.";
    return {"adversary", NoteKind::Information, std::move(text)};
}

Note gain(const RobustStudy& study) {
    const auto least = [&](const choice::RobustLottery& lottery) {
        const auto values = choice::groupValues(study.shown, lottery.probabilities);
        return 100.0 * rateOf(*std::min_element(values.begin(), values.end()));
    };
    const auto mean = [&](const choice::RobustLottery& lottery) {
        return 100.0 * rateOf(choice::robustValue(study.shown, lottery.probabilities, 0.0));
    };
    const double worst = least(study.chosen) - least(study.nominal);
    std::string text = "Against the maximal lottery: " + points(worst) + " in the worst group, " +
                       points(mean(study.chosen) - mean(study.nominal)) + " in the mix at hand.";
    if (worst > 0.05) {
        text += " What robustness buys is the worst group's.";
    }
    return {"gain", NoteKind::Information, std::move(text)};
}

Note unseenNote(const RobustStudy& study) {
    std::size_t unseen = 0;
    std::size_t touching = 0;
    std::vector<std::string> groups;
    for (const ballots::GroupCounts& group : study.groups) {
        const auto pairs = ballots::unseenPairs(group.pairs);
        unseen += pairs.size();
        const auto touches = std::ranges::count_if(pairs, [&study](const ballots::Pair& pair) {
            return study.chosen.probabilities[pair.first] > kSupport ||
                   study.chosen.probabilities[pair.second] > kSupport;
        });
        touching += static_cast<std::size_t>(touches);
        if (touches > 0) {
            groups.push_back(lab::onOneLine(group.name));
        }
    }
    std::string text = counted(unseen, "pair was", "pairs were") + " never compared within a group";
    text += study.rule.unseen == choice::Unseen::Tie
                ? (unseen == 1 ? " and counts as a tie there" : " and count as ties there")
            : study.rule.unseen == choice::Unseen::Impute ? "; the margin is a guess there"
                                                          : "; it may be anything there";
    if (touching == 0) {
        return {"unseen", NoteKind::Information,
                text + ". None touches a candidate with a chance."};
    }
    return {"unseen", NoteKind::Warning,
            text + "; " + counted(touching, "touches", "touch") +
                " a candidate with a chance (in " + firstOf(groups) + ")."};
}

/// Names the groups whose margins rest on little.
std::optional<Note> fewNote(const RobustStudy& study) {
    constexpr double kFew = 20.0;
    std::vector<std::string> few;
    for (const ballots::GroupCounts& group : study.groups) {
        const double effective = choice::effectiveComparisons(group.pairs, study.rule);
        if (effective < kFew) {
            few.push_back(lab::onOneLine(group.name) + formatted(" (%.0f)", effective));
        }
    }
    const std::string groups = firstOf(few);
    if (groups.empty() || study.groups.size() < 2 || study.rule.pessimism > 0.0) {
        return std::nullopt;
    }
    return Note{"few", NoteKind::Warning,
                "Some groups compared each pair only a few times in effect: " + groups +
                    ". Their margins shrink towards a tie, and the adversary overlooks them; "
                    "pessimism makes them count."};
}

} // namespace

std::vector<Note> chosenSentences(const RobustStudy& study) {
    std::vector<Note> notes;
    notes.push_back(certificate(study));
    if (!study.chosen.adversary.empty()) {
        notes.push_back(threat(study));
    }
    if (study.groups.size() > 1 && study.chosen.rho > 0.0) {
        notes.push_back(gain(study));
    }
    if (study.groups.size() == 1 && study.set == MixSet::TotalVariation) {
        notes.push_back({"groups", NoteKind::Warning,
                         "All votes are one group, so no other mix of groups is possible: name a "
                         "column to group by, or choose the box of margins."});
    }
    const bool isUnseen = std::ranges::any_of(
        study.groups, [](const auto& group) { return !ballots::unseenPairs(group.pairs).empty(); });
    if (isUnseen) {
        notes.push_back(unseenNote(study));
    }
    if (study.edits > 0) {
        notes.push_back({"edits", NoteKind::Warning,
                         counted(study.edits, "margin was", "margins were") +
                             " set by hand, and the groups' own moved along; votes can't be held "
                             "out then."});
    }
    if (auto few = fewNote(study)) {
        notes.push_back(*std::move(few));
    }
    return notes;
}

std::vector<Note> heldOutSentences(const RobustStudy& study) {
    if (study.wantedResamples == 0) {
        return {};
    }
    const std::size_t done = study.resamples.size();
    const bool isComplete = done >= study.wantedResamples;
    std::string text = isComplete ? "Held out: " + counted(done, "resample", "resamples")
                                  : "Stale: " + std::to_string(done) + " of " +
                                        std::to_string(study.wantedResamples) + " resamples so far";
    if (done > 0) {
        const auto mean = choice::meanOf(study.resamples);
        const choice::HeldOutPoint& nominal = mean.front();
        const auto best = std::ranges::max_element(mean, {}, &choice::HeldOutPoint::testWorstRate);
        text += ". On votes that the lottery has not seen, the worst group's win rate goes from " +
                formatted("%.1f %%", 100.0 * nominal.testWorstRate) + " to " +
                formatted("%.1f %%", 100.0 * best->testWorstRate) + " at " +
                formatted("ρ = %.2g", best->rho) + ", that in the mix at hand from " +
                formatted("%.1f %%", 100.0 * nominal.testRate) + " to " +
                formatted("%.1f %%", 100.0 * best->testRate);
    }
    return {{"held-out", NoteKind::Information, text + "."}};
}

} // namespace psephos::experiments
