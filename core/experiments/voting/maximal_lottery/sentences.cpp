// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/maximal_lottery/sentences.hpp"

#include "lab/text.hpp"

#include <algorithm>
#include <cstdio>

namespace psephos::experiments {

namespace {

using lab::Note;
using lab::NoteKind;

/// A candidate with a smaller chance is not counted as played.
constexpr double kSupport = 1e-7;

std::string counted(std::size_t number, const std::string& one, const std::string& many) {
    return std::to_string(number) + " " + (number == 1 ? one : many);
}

/// "3.1e-17", "0".
std::string shortNumber(double number) {
    if (number == 0.0) {
        return "0";
    }
    char text[32];
    std::snprintf(text, sizeof text, "%.1e", number);
    return text;
}

bool isPlayed(const LotteryState& state, std::size_t candidate) {
    return state.lottery.probabilities[candidate] > kSupport;
}

/// Names are free text, line breaks included.
std::string nameOf(const LotteryState& state, std::size_t candidate) {
    return lab::onOneLine(state.names[candidate]);
}

Note certificate(const LotteryState& state) {
    const auto reply = choice::lotteryGap(state.lottery.probabilities, state.margins);
    if (state.sureOf) {
        return {"certificate", NoteKind::Certificate,
                "Certified: whatever the unseen pairs are, this lottery loses no more than " +
                    shortNumber(0.0 - *state.sureOf) +
                    " of the largest margin, and every lottery may lose as much but for " +
                    shortNumber(state.lottery.gap) + "."};
    }
    std::string text = "Certified: ";
    if (state.lottery.gap == 0.0) {
        text += "no opponent gains anything on this lottery.";
    } else {
        text += "against this lottery the best opponent, " + nameOf(state, reply.bestReply) +
                ", gains " + shortNumber(state.lottery.gap) +
                " of the largest margin, which is no more than rounding.";
    }
    return {"certificate", NoteKind::Certificate, std::move(text)};
}

Note uniqueness(const LotteryState& state) {
    const std::size_t n = state.names.size();
    const auto& p = state.lottery.probabilities;
    const auto played = static_cast<std::size_t>(
        std::count_if(p.begin(), p.end(), [](double each) { return each > kSupport; }));
    std::string text;
    if (n == 1) {
        text = "There is only one candidate: nothing is left to choose.";
    } else if (played == 1 && state.lottery.freedom == std::size_t{0}) {
        const auto winner =
            static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
        text = nameOf(state, winner) + " is certain to win.";
    } else {
        text = std::to_string(played) + " of " + counted(n, "candidate", "candidates") +
               (played == 1 ? " has" : " have") + " a chance.";
    }
    if (n > 1 && state.lottery.freedom == std::size_t{0}) {
        text += " No other lottery is maximal.";
    } else if (n > 1 && state.lottery.freedom) {
        const bool isShortest = state.solver == choice::LotterySolver::LeastNorm;
        text += std::string(" Other lotteries are maximal, too: this one is the ") +
                (isShortest ? "shortest" : "centre") + " of a set of " +
                counted(*state.lottery.freedom, "dimension", "dimensions") +
                (isShortest ? "." : ", in which exact clones share equally.");
    } else if (n > 1) {
        text += " Others may be maximal, too: a linear program stops at the first corner.";
    }
    return {"uniqueness", NoteKind::Information, std::move(text)};
}

Note unseenNote(const LotteryState& state) {
    constexpr std::size_t kNamed = 3;
    std::string named;
    std::size_t touching = 0;
    for (const ballots::Pair& pair : state.unseen) {
        if (!isPlayed(state, pair.first) && !isPlayed(state, pair.second)) {
            continue;
        }
        if (touching < kNamed) {
            named += (named.empty() ? "" : "; ") + nameOf(state, pair.first) + " and " +
                     nameOf(state, pair.second);
        }
        ++touching;
    }
    const bool isOne = state.unseen.size() == 1;
    std::string text =
        counted(state.unseen.size(), "pair was", "pairs were") + " never compared and ";
    switch (state.policy) {
    case choice::Unseen::Impute:
        text += isOne ? "is imputed" : "are imputed";
        break;
    case choice::Unseen::Interval:
        text += "may be anything";
        break;
    case choice::Unseen::Tie:
    case choice::Unseen::Refuse:
        text += isOne ? "counts as a tie" : "count as ties";
        break;
    }
    if (touching == 0) {
        return {"unseen", NoteKind::Information,
                text + "; " + (isOne ? "it does" : "they do") +
                    " not touch a candidate with a chance."};
    }
    text += "; " + counted(touching, "touches", "touch") + " a candidate with a chance (" + named +
            (touching > kNamed ? " …" : "") +
            "), so the lottery may rest on votes that are missing.";
    return {"unseen", NoteKind::Warning, std::move(text)};
}

/// Pairs whose margin is too small beside the largest one to count.
std::size_t neglectedPairs(std::span<const double> margins) {
    double largest = 0.0;
    for (const double margin : margins) {
        largest = std::max(largest, margin); // the mirror cell of every loss is a win
    }
    return static_cast<std::size_t>(
        std::count_if(margins.begin(), margins.end(), [largest](double margin) {
            return margin > 0.0 && margin <= choice::kNegligibleMargin * largest;
        }));
}

} // namespace

std::vector<Note> sentencesOf(const LotteryState& state) {
    std::vector<Note> notes;
    notes.push_back(certificate(state));
    notes.push_back(uniqueness(state));
    const bool allTied = std::all_of(state.margins.begin(), state.margins.end(),
                                     [](double margin) { return margin == 0.0; });
    if (state.names.size() > 1 && allTied) {
        notes.push_back({"tied", NoteKind::Warning,
                         "Every margin is 0: all candidates tie, and every lottery is maximal."});
    }
    if (const std::size_t neglected = neglectedPairs(state.margins); neglected > 0) {
        notes.push_back({"neglected", NoteKind::Warning,
                         counted(neglected, "margin is", "margins are") +
                             " below 1e-12 of the largest one and " +
                             (neglected == 1 ? "counts as a tie." : "count as ties.")});
    }
    if (!state.unseen.empty()) {
        notes.push_back(unseenNote(state));
    }
    if (state.edits > 0) {
        notes.push_back({"edited", NoteKind::Information,
                         counted(state.edits, "margin was", "margins were") +
                             " set by hand; the votes say something else."});
    }
    return notes;
}

} // namespace psephos::experiments
