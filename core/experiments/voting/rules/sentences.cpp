// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/majority_sets.hpp"
#include "choice/pairwise.hpp"
#include "experiments/voting/rules/state.hpp"
#include "lab/text.hpp"
#include "lab/value.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace psephos::experiments {

namespace {

using choice::AxiomStatus;
using lab::Note;
using lab::NoteKind;
using Winners = std::vector<std::size_t>;

/// "a", "a and b", "a, b and c".
std::string enumerated(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t k = 0; k < words.size(); ++k) {
        text += (k == 0 ? "" : k + 1 == words.size() ? " and " : ", ") + words[k];
    }
    return text;
}

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

std::string labelOf(const AskedRule& asked) {
    return std::string(infoOf(asked.rule).label);
}

/// The rules that `wanted` is true of.
template <typename Wanted>
std::vector<std::string> labelsWhere(const RulesState& state, Wanted wanted) {
    std::vector<std::string> labels;
    for (const AskedRule& asked : state.rules) {
        if (wanted(asked)) {
            labels.push_back(labelOf(asked));
        }
    }
    return labels;
}

/// Rules that elect the same.
struct Camp {
    Winners winners;
    std::vector<std::string> rules;
    bool isByChance = true; ///< all of them
};

/// Camps by size, the largest first; rules that elect nobody are in none.
std::vector<Camp> campsOf(const RulesState& state) {
    std::vector<Camp> camps;
    for (const AskedRule& asked : state.rules) {
        if (!asked.outcome || asked.outcome->winners.empty()) {
            continue;
        }
        const auto& winners = asked.outcome->winners;
        auto camp = std::find_if(camps.begin(), camps.end(),
                                 [&](const Camp& each) { return each.winners == winners; });
        if (camp == camps.end()) {
            camp = camps.insert(camps.end(), Camp{winners, {}, true});
        }
        camp->rules.push_back(labelOf(asked));
        camp->isByChance = camp->isByChance && isByChance(asked.rule);
    }
    std::stable_sort(camps.begin(), camps.end(),
                     [](const Camp& a, const Camp& b) { return a.rules.size() > b.rules.size(); });
    return camps;
}

/// "a, b and c"; no more than eight by name.
std::string winnersText(const RulesState& state, const Winners& winners) {
    constexpr std::size_t kMostNamed = 8;
    std::vector<std::string> names;
    for (std::size_t k = 0; k < winners.size() && k < kMostNamed; ++k) {
        names.push_back(lab::onOneLine(state.votes.pairs.names[winners[k]]));
    }
    if (winners.size() > kMostNamed) {
        names.push_back(std::to_string(winners.size() - kMostNamed) + " more");
    }
    return enumerated(names);
}

/// "Plurality elects Aspen."
std::string campText(const RulesState& state, const Camp& camp) {
    const bool isLottery = camp.isByChance && camp.winners.size() > 1;
    const bool isOne = camp.rules.size() == 1;
    return enumerated(camp.rules) +
           (isLottery ? " may elect "
            : isOne   ? " elects "
                      : " elect ") +
           winnersText(state, camp.winners) + ".";
}

/// Who elects whom, a sentence for each set of winners.
std::string campsText(const RulesState& state, const std::vector<Camp>& camps) {
    constexpr std::size_t kMostTold = 8;
    std::size_t answered = 0;
    for (const Camp& camp : camps) {
        answered += camp.rules.size();
    }
    if (camps.size() == 1 && answered > 1) {
        return "All " + std::to_string(answered) +
               (answered < state.rules.size() ? " rules that elect anybody elect "
                                              : " rules elect ") +
               winnersText(state, camps.front().winners) + ".";
    }
    std::string text = answered > 1
                           ? std::to_string(answered) + " rules elect " +
                                 std::to_string(camps.size()) + " different sets of winners."
                           : "";
    for (std::size_t k = 0; k < std::min(camps.size(), kMostTold); ++k) {
        text += (text.empty() ? "" : " ") + campText(state, camps[k]);
    }
    return text + (camps.size() > kMostTold ? " …" : "");
}

Note agreementNote(const RulesState& state) {
    const std::vector<Camp> camps = campsOf(state);
    const auto waited = labelsWhere(
        state, [](const AskedRule& asked) { return !asked.outcome && asked.refusal.empty(); });
    const auto nobody = labelsWhere(state, [](const AskedRule& asked) {
        return asked.outcome && asked.outcome->winners.empty();
    });
    const auto predicate = [](const std::vector<std::string>& rules, const char* one,
                              const char* many) {
        return rules.empty() ? "" : " " + enumerated(rules) + (rules.size() == 1 ? one : many);
    };
    const bool isNobody = camps.empty() && waited.empty();
    std::string text = isNobody ? "No rule elects anybody." : campsText(state, camps);
    text += isNobody ? "" : predicate(nobody, " elects nobody.", " elect nobody.");
    text += predicate(waited, " is still being computed.", " are still being computed.");
    text.erase(0, text.find_first_not_of(' '));
    return {"agreement", isNobody ? NoteKind::Warning : NoteKind::Information, std::move(text)};
}

/// Rules whose several winners are a tie, not what the rule is meant to elect.
std::optional<Note> tiesNote(const RulesState& state) {
    constexpr std::array kSets = {choice::Rule::Smith, choice::Rule::Uncovered,
                                  choice::Rule::SplitCycle};
    const auto tied = labelsWhere(state, [&kSets](const AskedRule& asked) {
        return asked.outcome && asked.outcome->winners.size() > 1 && !isByChance(asked.rule) &&
               std::find(kSets.begin(), kSets.end(), asked.rule) == kSets.end();
    });
    if (tied.empty()) {
        return std::nullopt;
    }
    return Note{"ties", NoteKind::Information,
                "Tied: " + enumerated(tied) + (tied.size() == 1 ? " elects" : " elect") +
                    " several. Every way of breaking a tie was followed, and whoever wins in one "
                    "of these parallel universes is a winner."};
}

/// Rules without an answer, those with the same reason together.
std::optional<Note> refusedNote(const RulesState& state) {
    std::vector<std::pair<std::string, std::vector<std::string>>> reasons;
    for (const AskedRule& asked : state.rules) {
        if (asked.refusal.empty()) {
            continue;
        }
        // "Plurality needs ballots, and …" is a reason that others have, too.
        const std::string label = labelOf(asked) + " ";
        const std::string reason = asked.refusal.starts_with(label)
                                       ? "it " + asked.refusal.substr(label.size())
                                       : asked.refusal;
        auto known = std::find_if(reasons.begin(), reasons.end(),
                                  [&](const auto& each) { return each.first == reason; });
        if (known == reasons.end()) {
            known = reasons.insert(reasons.end(), {reason, {}});
        }
        known->second.push_back(labelOf(asked));
    }
    std::string text;
    for (const auto& [reason, rules] : reasons) {
        const bool isOfEach = rules.size() > 1 && reason.starts_with("it ");
        text += (text.empty() ? "" : " ") + enumerated(rules) +
                (rules.size() == 1 ? " has no answer: " : " have no answer: ") +
                (isOfEach ? "each " + reason.substr(3) : reason) + ".";
    }
    return text.empty() ? std::nullopt
                        : std::optional(Note{"refused", NoteKind::Warning, std::move(text)});
}

/// What rules remark about their own answers.
std::optional<Note> remarksNote(const RulesState& state) {
    std::string text;
    for (const AskedRule& asked : state.rules) {
        if (asked.outcome && !asked.outcome->remark.empty()) {
            text += (text.empty() ? "" : " ") + labelOf(asked) + ": " + asked.outcome->remark;
        }
    }
    return text.empty() ? std::nullopt
                        : std::optional(Note{"remarks", NoteKind::Warning, std::move(text)});
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

Note axiomNote(const RulesState& state) {
    const choice::AxiomCell& cell = *state.cell;
    const choice::AxiomInfo& axiom = infoOf(cell.axiom);
    const std::string head = std::string(choice::ruleLabel(cell.rule)) + " and " +
                             std::string(axiom.label) + " (" +
                             std::string(axiom.help.substr(0, axiom.help.size() - 1)) + "): ";
    if (state.shown == nullptr && cell.status == AxiomStatus::Holds) {
        return {"axiom", NoteKind::Certificate,
                head + "it holds on complete ballots without ties. " + std::string(cell.basis)};
    }
    if (state.shown == nullptr) {
        return {"axiom", NoteKind::Information,
                head + "neither a proof nor a counterexample is stored here; the hunt looks for "
                       "one."};
    }
    const auto winners = choice::winnersOf(*state.shown);
    std::string text =
        head + "this election" + (state.isFound ? ", which the hunt found," : "") + " breaks it. ";
    text += winners ? choice::explain(*state.shown, *winners) : winners.error().message;
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
    for (auto&& note :
         {tiesNote(state), weightsNote(state), refusedNote(state), remarksNote(state)}) {
        if (note) {
            notes.push_back(*note);
        }
    }
    if (state.kemeny) {
        notes.push_back(kemenyNote(state));
    }
    return notes;
}

Note huntSentence(const RulesState& state, const choice::CounterexampleHunt& hunt, bool isOver) {
    const choice::AxiomCase* stored = state.cell->example;
    const auto votersOf = [](const choice::AxiomCase& example) {
        const auto voters = example.before.voters();
        return std::to_string(voters) + (voters == 1 ? " voter" : " voters");
    };
    std::string text = isOver ? "The hunt is over: " : "Hunting: ";
    if (hunt.found()) {
        text += "an election of " + votersOf(*hunt.found()) + " was found and is shown here" +
                (stored != nullptr ? "; the stored one has " + votersOf(*stored) : "") + ".";
    } else {
        text += std::string(isOver ? "nothing" : "nothing yet") +
                (stored != nullptr ? " smaller than the stored election of " + votersOf(*stored)
                                   : " that breaks the axiom") +
                " was found.";
    }
    return {"hunt", NoteKind::Information, text + " " + hunt.coverage()};
}

} // namespace psephos::experiments
