// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/majority_sets.hpp"
#include "choice/pairwise.hpp"
#include "experiments/voting/rules/state.hpp"
#include "lab/text.hpp"
#include "lab/value.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace psephos::experiments {

namespace {

using choice::AxiomStatus;
using lab::Note;
using lab::NoteKind;
using Winners = std::vector<std::size_t>;

/// "a, b, c …" with at most so many names.
std::string listOf(const RulesState& state, const Winners& candidates, const char* between = ", ",
                   std::size_t most = 8) {
    std::string text;
    for (std::size_t k = 0; k < std::min(candidates.size(), most); ++k) {
        text += (k == 0 ? "" : between) + lab::onOneLine(state.votes.pairs.names[candidates[k]]);
    }
    return text + (candidates.size() > most ? " …" : "");
}

Note majorityNote(const RulesState& state) {
    if (const auto winner = choice::condorcetWinner(state.votes)) {
        return {"majority", NoteKind::Information,
                listOf(state, {*winner}) + " beats every other candidate in a duel."};
    }
    const Winners smith = choice::majorityTiers(state.votes).front();
    return {"majority", NoteKind::Information,
            "Nobody beats every other candidate; the Smith set has " +
                std::to_string(smith.size()) + " members: " + listOf(state, smith) + "."};
}

Note agreementNote(const RulesState& state) {
    std::map<Winners, std::size_t> sets;
    std::size_t answered = 0;
    for (const AskedRule& asked : state.rules) {
        if (asked.outcome && !asked.outcome->winners.empty()) {
            ++sets[asked.outcome->winners];
            ++answered;
        }
    }
    const std::string rules =
        std::to_string(answered) + (answered == 1 ? " rule elects " : " rules elect ");
    if (sets.empty()) {
        return {"agreement", NoteKind::Warning, "No rule elects anybody."};
    }
    if (sets.size() == 1) {
        return {"agreement", NoteKind::Information,
                (answered == 1 ? "The rule elects " : "All " + rules) +
                    listOf(state, sets.begin()->first) + "."};
    }
    return {"agreement", NoteKind::Information,
            rules + std::to_string(sets.size()) + " different sets of winners."};
}

Note kemenyNote(const RulesState& state) {
    const choice::Kemeny& kemeny = *state.kemeny;
    const std::string order = listOf(state, kemeny.order, " > ", 12);
    const std::string agrees = " agrees with " + lab::toText(kemeny.agreements) + " of " +
                               lab::toText(kemeny.agreements + kemeny.distance) +
                               " preferences between two";
    if (kemeny.isExact) {
        const std::string others =
            kemeny.optimalOrders > 1.0
                ? "; it is one of " + lab::toText(kemeny.optimalOrders) + " such orders."
                : "; it is the only one.";
        return {"kemeny", NoteKind::Certificate,
                "Kemeny's order " + order + agrees + ", and none with more" + others};
    }
    const double gap = kemeny.bound - kemeny.agreements;
    if (!(gap > 0.0)) {
        return {"kemeny", NoteKind::Certificate,
                "Kemeny's order " + order + agrees +
                    ", which the bound says is the most; it was searched, so there may be others."};
    }
    return {"kemeny", NoteKind::Warning,
            "Kemeny was searched, not solved: the best order found, " + order + "," + agrees +
                "; no order agrees with more than " + lab::toText(kemeny.bound) + "."};
}

/// How often pairs were compared, if not equally often.
std::optional<Note> weightsNote(const RulesState& state) {
    const ballots::PairCounts& pairs = state.votes.pairs;
    double least = std::numeric_limits<double>::infinity();
    double most = 0.0;
    std::size_t unseen = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        for (std::size_t j = i + 1; j < pairs.size(); ++j) {
            const double compared = pairs.compared(i, j);
            unseen += compared > 0.0 ? 0 : 1;
            least = compared > 0.0 ? std::min(least, compared) : least;
            most = std::max(most, compared);
        }
    }
    std::string text;
    if (most > least && state.marginKind == choice::MarginKind::Counts) {
        text = "Pairs were compared between " + lab::toText(least) + " and " + lab::toText(most) +
               " times; margins count votes, so a pair that was compared often weighs more "
               "(margins=rates weighs all alike).";
    }
    if (unseen > 0) {
        text += std::string(text.empty() ? "" : " ") + std::to_string(unseen) +
                (unseen == 1 ? " pair was never compared and counts as a tie."
                             : " pairs were never compared and count as ties.");
    }
    return text.empty() ? std::nullopt
                        : std::optional(Note{"pairs", NoteKind::Warning, std::move(text)});
}

std::string labelOf(std::string_view rule) {
    const auto known = choice::ruleOf(rule);
    return known ? std::string(infoOf(*known).label) : "Bradley-Terry";
}

Note axiomNote(const RulesState& state) {
    const choice::AxiomCell& cell = *state.cell;
    const choice::AxiomInfo& axiom = infoOf(cell.axiom);
    const std::string head = labelOf(cell.rule) + " and " + std::string(axiom.label) + " (" +
                             std::string(axiom.help.substr(0, axiom.help.size() - 1)) + "): ";
    if (cell.status == AxiomStatus::Holds) {
        return {"axiom", NoteKind::Certificate,
                head + "it holds on complete ballots without ties. " + std::string(cell.basis)};
    }
    if (cell.status == AxiomStatus::Open) {
        return {"axiom", NoteKind::Information,
                head + "neither a proof nor a counterexample is stored here; the hunt looks for "
                       "one."};
    }
    const auto winners = choice::winnersOf(*cell.example);
    std::string text = head + "this election breaks it. ";
    text += winners ? choice::explain(*cell.example, *winners) : winners.error().message;
    if (axiom.hasChange) {
        text += state.change >= 1.0   ? " Shown is the election after the change."
                : state.change <= 0.0 ? " Shown is the election before the change."
                                      : " Shown is an election on the way.";
    }
    return {"axiom", NoteKind::Information, std::move(text)};
}

} // namespace

std::vector<Note> sentencesOf(const RulesState& state) {
    std::vector<Note> notes;
    if (state.cell != nullptr) {
        notes.push_back(axiomNote(state));
    }
    notes.push_back(majorityNote(state));
    notes.push_back(agreementNote(state));
    if (auto weights = weightsNote(state)) {
        notes.push_back(*std::move(weights));
    }
    if (state.kemeny) {
        notes.push_back(kemenyNote(state));
    }
    for (const AskedRule& asked : state.rules) {
        const choice::RuleInfo& info = infoOf(asked.rule);
        const std::string id = "rule-" + std::string(info.id);
        const std::string label(info.label);
        if (!asked.refusal.empty()) {
            notes.push_back(
                {id, NoteKind::Warning, label + " has no answer: " + asked.refusal + "."});
        } else if (!asked.outcome) {
            notes.push_back({id, NoteKind::Information, label + " is still being computed."});
        } else if (!asked.outcome->remark.empty()) {
            notes.push_back({id, NoteKind::Warning, label + ": " + asked.outcome->remark});
        } else if (asked.outcome->winners.empty()) {
            notes.push_back({id, NoteKind::Information, label + " elects nobody."});
        } else {
            notes.push_back({id, NoteKind::Information,
                             label + " elects " + listOf(state, asked.outcome->winners) + "."});
        }
    }
    return notes;
}

Note huntSentence(const choice::CounterexampleHunt& hunt, bool isOver) {
    std::string text;
    if (hunt.found()) {
        const auto voters = hunt.found()->before.voters();
        text = "Found an election of " + std::to_string(voters) +
               (voters == 1 ? " voter: " : " voters: ") +
               choice::explain(*hunt.found(), hunt.foundWinners());
    } else {
        text = isOver ? "No smaller counterexample was found." : "Nothing was found yet.";
    }
    return {"hunt", NoteKind::Information, text + " " + hunt.coverage()};
}

} // namespace psephos::experiments
