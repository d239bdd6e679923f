// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/rules/state.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace psephos::experiments {

namespace {

using lab::Grid;
using lab::Table;
using Numbers = std::vector<double>;
using Texts = std::vector<std::string>;

std::string orderText(const ballots::Ballot& ballot, const Texts& names) {
    std::string text;
    for (std::size_t t = 0; t < ballot.tiers(); ++t) {
        const auto tier = ballot.tier(t);
        for (std::size_t k = 0; k < tier.size(); ++k) {
            text += (k > 0 ? " = " : (t > 0 ? " > " : "")) + names[tier[k]];
        }
    }
    return text;
}

void addBallots(const ballots::Profile& profile, const std::string& part, Texts& parts,
                Numbers& counts, Texts& orders) {
    for (const ballots::Ballot& ballot : profile.ballots) {
        parts.push_back(part);
        counts.push_back(static_cast<double>(ballot.count));
        orders.push_back(orderText(ballot, profile.names));
    }
}

} // namespace

bool isByChance(choice::Rule rule) {
    return infoOf(rule).score == "chance";
}

Table winnersTable(const RulesState& state) {
    Texts rules;
    Texts winners;
    for (const AskedRule& asked : state.rules) {
        for (const std::size_t i :
             asked.outcome ? asked.outcome->winners : std::vector<std::size_t>{}) {
            rules.emplace_back(infoOf(asked.rule).id);
            winners.push_back(state.votes.pairs.names[i]);
        }
    }
    return Table{{std::move(rules), std::move(winners)}};
}

Table scoresTable(const RulesState& state) {
    Texts rules;
    Texts candidates;
    Numbers scores;
    Numbers ranks;
    for (const AskedRule& asked : state.rules) {
        if (!asked.outcome) {
            continue;
        }
        const auto places = choice::ranksOf(asked.outcome->scores);
        for (std::size_t i = 0; i < places.size(); ++i) {
            rules.emplace_back(infoOf(asked.rule).id);
            candidates.push_back(state.votes.pairs.names[i]);
            scores.push_back(asked.outcome->scores[i]);
            ranks.push_back(static_cast<double>(places[i]));
        }
    }
    return Table{{std::move(rules), std::move(candidates), std::move(scores), std::move(ranks)}};
}

Grid electedGrid(const RulesState& state) {
    Grid grid;
    grid.x.names = state.votes.pairs.names;
    for (const AskedRule& asked : state.rules) {
        if (!asked.outcome) {
            continue;
        }
        grid.y.names.emplace_back(infoOf(asked.rule).label);
        Numbers row(state.votes.size(), 0.0);
        for (const std::size_t i : asked.outcome->winners) {
            row[i] = isByChance(asked.rule)
                         ? asked.outcome->scores[i]
                         : 1.0 / static_cast<double>(asked.outcome->winners.size());
        }
        grid.values.insert(grid.values.end(), row.begin(), row.end());
    }
    return grid;
}

Grid scoresGrid(const RulesState& state) {
    Grid grid;
    grid.x.names = state.votes.pairs.names;
    for (const AskedRule& asked : state.rules) {
        if (asked.outcome) {
            grid.y.names.emplace_back(infoOf(asked.rule).label);
            for (const double score : asked.outcome->scores) {
                grid.values.push_back(score + 0.0); // no negative zero
            }
        }
    }
    return grid;
}

Table nodesTable(const RulesState& state, std::string_view highlight) {
    std::vector<std::size_t> winners;
    if (highlight == choice::kBradleyTerry) {
        if (auto strongest = choice::strongestInDuels(state.votes.pairs)) {
            winners = std::move(strongest).value();
        }
    }
    for (const AskedRule& asked : state.rules) {
        if (infoOf(asked.rule).id == highlight && asked.outcome) {
            winners = asked.outcome->winners;
        }
    }
    Numbers highlights(state.votes.size(), 0.0);
    for (const std::size_t i : winners) {
        highlights[i] = 1.0;
    }
    return Table{{state.votes.pairs.names, std::move(highlights)}};
}

Table edgesTable(const RulesState& state) {
    const auto& names = state.votes.pairs.names;
    Texts from;
    Texts to;
    Numbers margins;
    for (std::size_t i = 0; i < names.size(); ++i) {
        for (std::size_t j = 0; j < names.size(); ++j) {
            if (state.votes.beats(i, j)) {
                from.push_back(names[i]);
                to.push_back(names[j]);
                margins.push_back(state.votes.margin(i, j));
            }
        }
    }
    return Table{{std::move(from), std::move(to), std::move(margins)}};
}

Grid marginsGrid(const RulesState& state) {
    const choice::Votes& votes = state.votes;
    Grid grid;
    grid.x.names = votes.pairs.names;
    grid.y.names = votes.pairs.names;
    grid.values = votes.margins;
    for (const ballots::Pair& pair : unseenPairs(votes.pairs)) {
        for (const std::size_t cell :
             {pair.first * votes.size() + pair.second, pair.second * votes.size() + pair.first}) {
            grid.values[cell] = std::numeric_limits<double>::quiet_NaN();
        }
    }
    return grid;
}

Table ballotsTable(const RulesState& state) {
    Numbers counts;
    Texts orders;
    if (state.votes.profile == nullptr) {
        return Table{{std::move(counts), std::move(orders)}};
    }
    const ballots::Profile& now = *state.votes.profile;
    const choice::AxiomCase* shown = state.shown;
    const bool hasAllOrders =
        shown != nullptr && shown->after && shown->after->names.size() == now.names.size();
    Texts places;
    addBallots(hasAllOrders ? shown->before : now, {}, places, counts, orders);
    if (hasAllOrders) {
        addBallots(*shown->after, {}, places, counts, orders);
        std::map<std::string, double> voters;
        for (const ballots::Ballot& ballot : now.ballots) {
            voters[orderText(ballot, now.names)] += static_cast<double>(ballot.count);
        }
        Texts all;
        counts.clear();
        for (const std::string& order : orders) {
            if (std::find(all.begin(), all.end(), order) == all.end()) {
                all.push_back(order);
                counts.push_back(voters[order]);
            }
        }
        orders = std::move(all);
    }
    counts.resize(std::min(counts.size(), kShownBallots));
    orders.resize(counts.size());
    return Table{{std::move(counts), std::move(orders)}};
}

Table axiomsTable() {
    Texts rules;
    Texts axioms;
    Texts statuses;
    Numbers voters;
    Texts basis;
    for (const choice::AxiomCell& cell : choice::axiomTable()) {
        rules.emplace_back(cell.rule);
        axioms.emplace_back(infoOf(cell.axiom).id);
        statuses.emplace_back(name(cell.status));
        voters.push_back(cell.example != nullptr
                             ? static_cast<double>(cell.example->before.voters())
                             : std::numeric_limits<double>::quiet_NaN());
        basis.emplace_back(cell.basis);
    }
    return Table{{std::move(rules), std::move(axioms), std::move(statuses), std::move(voters),
                  std::move(basis)}};
}

Grid axiomsGrid() {
    Grid grid;
    for (const choice::AxiomInfo& info : choice::votingAxioms()) {
        grid.x.names.emplace_back(info.label);
    }
    for (const std::string_view rule : choice::axiomRules()) {
        grid.y.names.emplace_back(choice::ruleLabel(rule));
    }
    for (const choice::AxiomCell& cell : choice::axiomTable()) {
        grid.values.push_back(cell.status == choice::AxiomStatus::Holds            ? 1.0
                              : cell.status == choice::AxiomStatus::Counterexample ? -1.0
                                                                                   : 0.0);
    }
    return grid;
}

Table foundTable(const choice::AxiomCase& found) {
    Texts parts;
    Numbers counts;
    Texts orders;
    addBallots(found.before, "before", parts, counts, orders);
    if (found.second) {
        addBallots(*found.second, "second", parts, counts, orders);
    }
    if (found.after) {
        addBallots(*found.after, "after", parts, counts, orders);
    }
    return Table{{std::move(parts), std::move(counts), std::move(orders)}};
}

} // namespace psephos::experiments
