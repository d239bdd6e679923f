// SPDX-License-Identifier: GPL-3.0-or-later
// A hunt for small elections in which a rule breaks an axiom.
#pragma once

#include "choice/axioms.hpp"
#include "choice/votes.hpp"
#include "lab/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace psephos::choice {

struct HuntOptions {
    std::string rule; ///< id, see winnersBy()
    Axiom axiom = Axiom::CondorcetWinner;
    /// Elections with as many voters, before any change, are looked at; what is found lowers it.
    std::int64_t mostVoters = 12;
    std::size_t mostCandidates = 5; ///< 2 … 6
    std::uint64_t seed = 0;
    std::uint64_t budget = 100'000; ///< elections that the rule decides

    friend bool operator==(const HuntOptions&, const HuntOptions&) = default;
};

/// First every election of few voters and candidates in turn (up to the names of the candidates),
/// as far as half of the budget goes, then random ones. Changes are tried in full (everyone who may
/// join, in any number up to the voters there are; each kind of ballot raising the winner in every
/// way) but for clones and reinforcement, where a sample of them is. What random search finds is
/// cut down by taking voters away. The same options find the same elections.
class CounterexampleHunt {
  public:
    explicit CounterexampleHunt(HuntOptions options);

    /// Looks at about so many elections. False when the hunt is over: the budget is spent, or no
    /// smaller election is left.
    /// \errors those of winnersBy(), stopped()
    [[nodiscard]] lab::Result<bool> advance(std::uint64_t elections, const StopRequest& stop = {});

    /// The smallest so far: fewest voters, then fewest candidates.
    [[nodiscard]] const std::optional<AxiomCase>& found() const { return found_; }

    /// What the rule elects in found().
    [[nodiscard]] const CaseWinners& foundWinners() const { return foundWinners_; }

    /// Elections decided so far.
    [[nodiscard]] std::uint64_t looked() const { return looked_; }

    /// What was looked at, a sentence that claims no more than that.
    [[nodiscard]] std::string coverage() const;

  private:
    /// All elections of so many voters and candidates.
    struct Level {
        std::int64_t voters = 1;
        std::size_t candidates = 2;
    };

    lab::Result<void> step();
    void startLevel();
    void nextLevel();
    bool nextElection();
    [[nodiscard]] ballots::Profile election() const;

    lab::Result<void> lookAt(ballots::Profile before, bool isRandom);
    lab::Result<void> lookAtJoining(const ballots::Profile& before, std::size_t winner);
    lab::Result<void> lookAtRaising(const ballots::Profile& before, std::size_t winner);
    lab::Result<void> lookAtClones(const ballots::Profile& before);
    lab::Result<void> lookAtUnions(const ballots::Profile& before, std::size_t winner);
    lab::Result<bool> consider(const AxiomCase& example);
    lab::Result<void> shrink();
    lab::Result<std::vector<std::size_t>> decide(const ballots::Profile& profile);

    [[nodiscard]] bool isSmaller(const ballots::Profile& before) const;
    ballots::Profile randomElection();
    ballots::Profile randomSecond(std::size_t candidates);

    std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }

    HuntOptions options_;
    std::mt19937_64 engine_;
    std::optional<AxiomCase> found_;
    CaseWinners foundWinners_;
    std::uint64_t looked_ = 0;
    bool isExhausting_ = true;
    Level level_;
    std::vector<std::size_t> chosen_;   ///< the level's election: an order's number for each voter
    std::vector<std::string> orders_;   ///< of the level's candidates
    std::vector<std::int64_t> covered_; ///< by candidates: voters up to which all were looked at
};

} // namespace psephos::choice
