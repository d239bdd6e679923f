// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/voting/bradley_terry/examples.hpp"

#include "numerics/random.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace psephos::experiments {

namespace {

using ballots::Battles;
using ballots::Outcome;
using numerics::RandomStream;

constexpr std::uint64_t kSeed = 1952; // Bradley and Terry's year; examples never change

/// A battle by Davidson's law: P(first) : P(second) : P(tie) = exp(d/2) : exp(−d/2) : ν.
Outcome decide(RandomStream& random, double advantage, double tie) {
    const double first = std::exp(advantage / 2);
    const double second = std::exp(-advantage / 2);
    const double draw = random.uniform() * (first + second + tie);
    return draw < first ? Outcome::First : draw < first + second ? Outcome::Second : Outcome::Tie;
}

void add(Battles& battles, std::uint32_t first, std::uint32_t second, Outcome outcome) {
    battles.first.push_back(first);
    battles.second.push_back(second);
    battles.outcomes.push_back(outcome);
}

/// Assistants of whom the long-winded win a little more than they deserve; students judge, some
/// more often than others, each with a taste of their own.
Battles assistants() {
    Battles battles;
    battles.names = {"Alder", "Birch", "Cedar", "Elm",    "Fir",   "Hazel",
                     "Larch", "Maple", "Oak",   "Poplar", "Rowan", "Willow"};
    const std::vector<double> strengths{0.80,  0.15, 0.55, -0.30, -0.70, 0.00,
                                        -0.15, 0.60, 0.35, -0.50, -0.05, -0.75};
    const std::vector<double> words{180, 260, 420, 210, 150, 240, 300, 230, 170, 330, 190, 200};
    constexpr std::uint32_t kJudges = 40;
    constexpr std::uint64_t kBattles = 1800;
    constexpr double kLengthBias = 0.9;
    ballots::Category judge{"student", {}, {}};
    std::vector<double> tastes;
    RandomStream taste(kSeed, "example/assistants/taste");
    for (std::uint32_t j = 0; j < kJudges; ++j) {
        judge.labels.push_back("student " + std::to_string(j + 1));
        for (std::size_t i = 0; i < battles.names.size(); ++i) {
            tastes.push_back(0.5 * taste.normal());
        }
    }
    ballots::Covariate lengthA{"length_a", {}};
    ballots::Covariate lengthB{"length_b", {}};
    const std::uint64_t n = battles.names.size();
    for (std::uint64_t b = 0; b < kBattles; ++b) {
        RandomStream random(kSeed, "example/assistants", b);
        const auto i = static_cast<std::uint32_t>(random.below(n));
        const auto j = static_cast<std::uint32_t>((i + 1 + random.below(n - 1)) % n);
        const double share = random.uniform();
        const auto who = static_cast<std::uint32_t>(share * share * kJudges);
        const double a = std::round(words[i] * std::exp(0.3 * random.normal()));
        const double c = std::round(words[j] * std::exp(0.3 * random.normal()));
        const double advantage = strengths[i] - strengths[j] + tastes[who * n + i] -
                                 tastes[who * n + j] + kLengthBias * (a - c) / (a + c + 1.0);
        add(battles, i, j, decide(random, 1.6 * advantage, 0.7));
        lengthA.values.push_back(a);
        lengthB.values.push_back(c);
        judge.codes.push_back(who);
    }
    battles.categories = {judge};
    battles.covariates = {lengthA, lengthB};
    return battles;
}

/// Everybody meets everybody four times on either ground, where the hosts are better.
Battles league() {
    Battles battles;
    battles.names = {"Anchors", "Bells",    "Cranes", "Ferries",
                     "Harbour", "Lanterns", "Mill",   "Quay"};
    const std::vector<double> strengths{0.9, 0.5, 0.3, 0.1, -0.1, -0.2, -0.6, -0.9};
    ballots::Category round{"round", {}, {}};
    std::uint64_t game = 0;
    for (std::uint32_t season = 0; season < 4; ++season) {
        round.labels.push_back("season " + std::to_string(season + 1));
        for (std::uint32_t i = 0; i < strengths.size(); ++i) {
            for (std::uint32_t j = 0; j < strengths.size(); ++j) {
                if (i != j) {
                    RandomStream random(kSeed, "example/league", game++);
                    add(battles, i, j, decide(random, strengths[i] - strengths[j] + 0.6, 0.8));
                    round.codes.push_back(season);
                }
            }
        }
    }
    battles.categories = {round};
    return battles;
}

/// Three schools of chess players; the first never lost to the second, and the third never met the
/// others.
Battles schools() {
    Battles battles;
    battles.names = {"Ada",   "Bruno", "Clara", "David", "Emma",
                     "Felix", "Greta", "Hugo",  "Ida",   "Jonas"};
    const std::vector<std::uint32_t> school{0, 0, 0, 0, 1, 1, 1, 2, 2, 2};
    const std::vector<double> strengths{0.6, 0.1, -0.2, -0.5, 0.5, 0.0, -0.5, 0.4, 0.0, -0.4};
    std::uint64_t game = 0;
    for (std::uint32_t i = 0; i < school.size(); ++i) {
        for (std::uint32_t j = i + 1; j < school.size(); ++j) {
            for (int k = 0; k < 12 && school[i] == school[j]; ++k) {
                RandomStream random(kSeed, "example/schools", game++);
                add(battles, i, j, decide(random, strengths[i] - strengths[j], 0.5));
            }
            if (school[i] == 0 && school[j] == 1 && (i + j) % 2 == 0) {
                add(battles, i, j, Outcome::First);
            }
        }
    }
    return battles;
}

/// Fencers whose styles beat one another in a circle, on top of a difference in skill.
Battles styles() {
    Battles battles;
    battles.names = {"Heron", "Otter", "Viper", "Falcon", "Badger", "Lynx"};
    const std::vector<double> strengths{0.25, 0.20, 0.15, -0.15, -0.20, -0.25};
    std::uint64_t bout = 0;
    for (std::uint32_t i = 0; i < strengths.size(); ++i) {
        for (std::uint32_t j = i + 1; j < strengths.size(); ++j) {
            const std::uint32_t apart = (j - i) % 3; // styles go by number modulo 3
            const double style = apart == 1 ? 1.1 : apart == 2 ? -1.1 : 0.0;
            for (int k = 0; k < 40; ++k) {
                RandomStream random(kSeed, "example/styles", bout++);
                add(battles, i, j, decide(random, strengths[i] - strengths[j] + style, 0.0));
            }
        }
    }
    return battles;
}

} // namespace

const std::vector<ExampleBattles>& exampleBattles() {
    static const std::vector<ExampleBattles> kExamples = {
        {"assistants", "Forty students judge twelve assistants (invented)",
         "Intervals overlap, a few battles hold the first place, and long answers win more than "
         "they should (columns student, length_a, length_b)."},
        {"league", "Eight clubs at home and away (invented)",
         "Draws are common and the hosts are stronger: two more numbers explain the table better."},
        {"schools", "Three schools of chess (invented)",
         "One school never lost to another one and never met the third: there is no common scale."},
        {"styles", "Six fencers of three styles (invented)",
         "Styles beat one another in a circle, which no list of ratings can say."}};
    return kExamples;
}

ballots::Electorate exampleBattlesElectorate(std::string_view id) {
    const auto& examples = exampleBattles();
    const auto example = std::find_if(examples.begin(), examples.end(),
                                      [id](const auto& each) { return each.id == id; });
    assert(example != examples.end());
    ballots::Electorate electorate;
    electorate.format = "built-in example";
    electorate.title = example->label;
    electorate.battles = id == "league"    ? league()
                         : id == "schools" ? schools()
                         : id == "styles"  ? styles()
                                           : assistants();
    electorate.pairs = pairCounts(*electorate.battles);
    return electorate;
}

} // namespace psephos::experiments
