// SPDX-License-Identifier: GPL-3.0-or-later
// The trials of a claim: which one is next, what they came to, and what that says of the claim.
#pragma once

#include "experiments/optim/claims/plan.hpp"
#include "experiments/optim/claims/verdict.hpp"

#include <optional>
#include <string>
#include <vector>

namespace psephos::experiments::claims {

/// One training to the end of its schedule.
struct Trial {
    std::size_t cell = 0; ///< of the plan
    double rate = 0.0;
    int seed = 0;         ///< 0, 1, …
    double loss = 0.0;    ///< held out, at the end; infinite where it diverged
    double seconds = 0.0; ///< of gradients and optimizer steps
};

/// A cell at its best learning rate.
struct CellResult {
    Cell cell;
    double rate = 0.0;
    bool isAtEdge = false;
    int tried = 0;              ///< learning rates
    std::vector<double> losses; ///< by seed
    /// By seed; the least of its first kLeastRates trials that did not diverge, whatever their
    /// rate.
    std::vector<double> seconds;
};

/// Goes through a plan, cell by cell: a walk over learning rates, each with every seed. A cell's
/// walk starts where that of the arm's last one ended. What is next depends on the trials so far
/// alone, so that they can be replayed.
class Search {
  public:
    /// \param seeds ≥ 1 \param mostRates ≥ 3 of a cell
    Search(std::string task, std::vector<Cell> plan, int seeds, int mostRates);

    /// The trial that is to be run next, without loss and seconds; none once all is done.
    [[nodiscard]] std::optional<Trial> next() const;

    /// What came of next().
    void add(double loss, double seconds);

    /// Every cell, in the order in which they are tried.
    [[nodiscard]] const std::vector<Cell>& plan() const { return plan_; }

    /// Those that are done, in the order in which they were run.
    [[nodiscard]] const std::vector<Trial>& trials() const { return trials_; }

    /// Of the cells that are done, in the order of the plan.
    [[nodiscard]] const std::vector<CellResult>& results() const { return results_; }

  private:
    [[nodiscard]] RateWalk walkOf(std::size_t cell) const;
    void finishRate();
    void finishCell();

    std::string task_;
    std::vector<Cell> plan_;
    int seeds_;
    int mostRates_;
    std::vector<Trial> trials_;
    std::vector<CellResult> results_;
    RateWalk walk_;             ///< of cell results_.size()
    std::vector<Trial> atRate_; ///< of the rate that walk_ named
    std::vector<Trial> atBest_; ///< of its best rate so far
};

/// An arm on its way to a loss, at one batch size.
struct ToTarget {
    Arm arm = Arm::AdamW;
    std::int64_t batch = 1;
    Measured steps;   ///< by seed; its most where only bounds are known
    Measured seconds; ///< the same on the arm's own clock
};

/// What a claim is judged by, beside its trials.
struct Standard {
    double target = 0.0;    ///< loss to reach; 0: what AdamW's best ends at
    std::int64_t steps = 1; ///< after a schedule of this length
    double margin = 0.03;   ///< losses that differ by less than this share are alike
};

/// The loss to reach: the standard's, or the median that AdamW ends at; none while that is not
/// known.
[[nodiscard]] std::optional<double> targetOf(const std::vector<CellResult>& results,
                                             const Standard& standard);

/// For each arm and batch of the results, in their order.
[[nodiscard]] std::vector<ToTarget> toTarget(const std::vector<CellResult>& results, double target);

/// The end losses of a cell as something to compare; without values where it is not done.
[[nodiscard]] Measured lossOf(const std::vector<CellResult>& results, Arm arm, std::int64_t f);

/// Everything that the claim says, part by part.
[[nodiscard]] std::vector<Part> partsOf(Claim claim, const std::vector<CellResult>& results,
                                        const Standard& standard);

} // namespace psephos::experiments::claims
