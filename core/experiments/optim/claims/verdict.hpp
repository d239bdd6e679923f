// SPDX-License-Identifier: GPL-3.0-or-later
// The rules by which a claim is said to hold, from medians and interquartile ranges over seeds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace psephos::experiments::claims {

/// Fewer seeds say nothing about spread.
inline constexpr int kLeastSeeds = 3;

/// Median and quartiles of several seeds (linear between neighbours).
struct Quartiles {
    double low = 0.0;
    double middle = 0.0;
    double high = 0.0;
};

/// Of at least one value; infinite ones (diverged, never reached) count as largest.
[[nodiscard]] Quartiles quartilesOf(std::vector<double> values);

/// What is compared: smaller is better.
struct Measured {
    std::string name;
    std::vector<double> values; ///< one a seed, at the best learning rate; NaN where it is missing
    bool isAtEdge = false;      ///< a better learning rate may lie beyond those that were tried
    bool isRelative = false;    ///< a difference or a ratio: a better rate may move it either way
    /// Where values are bounds: what each may be at least, and at most; empty where all are exact.
    std::vector<double> least = {};
    std::vector<double> most = {};
};

/// Whether the median is finite and only an upper bound.
[[nodiscard]] bool isAtMost(const Measured& measured);

enum class Outcome { Held, NotHeld, Open };

/// "held", "did not hold", "open".
[[nodiscard]] std::string_view verdictWord(Outcome outcome);

/// A statement with what was found of it.
struct Part {
    std::string statement; ///< "SOAP needs fewer steps than AdamW"
    Outcome outcome = Outcome::Open;
    std::string reason;  ///< "the intervals overlap"
    std::string figures; ///< "1.36 (1.35 to 1.38) against 1.47 (1.47 to 1.49)"
    bool counts = true;  ///< for the claim's verdict; else it is told beside it
};

/// "`better` is smaller than `worse`". Held: the interquartile range of the first lies wholly below
/// that of the second. Did not hold: wholly above. Open: they overlap or a value is missing; fewer
/// than kLeastSeeds seeds; or the loser's best learning rate (where it is a difference or a ratio,
/// either one's) lies at the edge of those tried, so that it might win yet; or
/// a value is a bound, and the ranges do not lie apart wherever beyond it the value lies.
[[nodiscard]] Part compareLess(std::string statement, const Measured& better,
                               const Measured& worse);

/// "The two are alike". Held: both interquartile ranges together span at most `margin` of their
/// smallest value. Did not hold: they lie apart, and the medians by more than `margin`. Open: all
/// else, fewer than kLeastSeeds seeds, or a best learning rate at the edge.
[[nodiscard]] Part compareAlike(std::string statement, const Measured& one, const Measured& other,
                                double margin);

/// Held where all parts that count have held, not held where one has not, else open; open without
/// parts that count.
[[nodiscard]] Outcome overall(const std::vector<Part>& parts);

/// How far a trained budget got.
struct Budget {
    double steps = 0.0;
    double loss = 0.0; ///< at the end of a schedule of this length; infinite where it diverged
};

/// Where the least steps to a target lie.
struct Reach {
    double least = 0.0;
    double most = 0.0; ///< infinite where no budget is enough
};

/// The least steps whose own full schedule ends at `target` or below: between two budgets on a line
/// over log steps, which is exact. Else bounds: at most the least budget where that is enough
/// already (above one before it that diverged), and more than the largest where none is.
/// \param budgets in ascending order of steps
[[nodiscard]] Reach stepsToTarget(const std::vector<Budget>& budgets, double target);

} // namespace psephos::experiments::claims
