// SPDX-License-Identifier: GPL-3.0-or-later
// What a claim needs to be tried: which arms, under which settings, at which learning rates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::experiments::claims {

/// The claims of 2409.11321 that are tried.
enum class Claim {
    FewerSteps, ///< SOAP reaches a loss in fewer steps than AdamW and Shampoo
    Staleness,  ///< refreshed seldom, SOAP loses less than Shampoo
    SameAtOne,  ///< refreshed every step, the two are alike
    QrAsEigh,   ///< a basis by QR is as good as one by eigenvectors
    Thrifty,    ///< a factored second moment costs nothing, a single side does
    BatchSize,  ///< larger batches pay for longer
};

/// Of the curve that stands at the loss to reach.
inline constexpr const char* kTargetLabel = "target";

/// Who trains.
enum class Arm { AdamW, Shampoo, Soap, SoapEigh, SoapFactored, SoapOneSided, SoapThrifty };

/// "SOAP, factored".
[[nodiscard]] std::string label(Arm arm);

/// Of a curve that says what linear scaling would make of the arm's smallest batch.
[[nodiscard]] std::string linearLabel(Arm arm);

/// Of a bar that is no more than an upper bound.
[[nodiscard]] std::string boundLabel(Arm arm);

/// Whether the arm has bases or roots that are refreshed.
[[nodiscard]] constexpr bool isRefreshed(Arm arm) {
    return arm != Arm::AdamW;
}

/// One setting of one arm: what gets a learning rate of its own.
struct Cell {
    Arm arm = Arm::AdamW;
    std::int64_t refreshPeriod = 1; ///< f; 1 where nothing is refreshed
    std::int64_t steps = 1;         ///< the length of its own schedule
    std::int64_t batch = 1;

    friend bool operator==(const Cell&, const Cell&) = default;
};

/// The knobs that shape a plan.
struct PlanSize {
    Claim claim = Claim::FewerSteps;
    std::int64_t steps = 300; ///< of the longest schedule (claim BatchSize: at the smallest batch)
    std::int64_t refreshPeriod = 10; ///< claim BatchSize: at the largest batch
    std::int64_t batch = 64;         ///< claim BatchSize: the smallest one
};

/// Every cell in the order in which they are tried: arms take turns, so that a machine that is busy
/// for a while slows all of them down; the cells of one arm go from short to long, from f = 1 up,
/// and from the smallest batch up.
[[nodiscard]] std::vector<Cell> planOf(const PlanSize& size);

/// The refresh periods that are compared, up to the number of steps.
[[nodiscard]] std::vector<std::int64_t> periodsUpTo(std::int64_t steps);

/// The batches of the claim BatchSize: the smallest, 4 and 16 times as large.
[[nodiscard]] std::vector<std::int64_t> batchesFrom(std::int64_t smallest);

/// Where the search for a learning rate starts: what did well for this arm on this task.
[[nodiscard]] double firstRate(std::string_view task, Arm arm);

/// Factor between two learning rates that are tried.
inline constexpr double kRateStep = 2.0;

/// Learning rates that every cell tries.
inline constexpr int kLeastRates = 3;

/// Learning rates with which a comparison of optimizers is fair, as many for each of them.
inline constexpr int kFairRates = 7;

/// The search for the best learning rate of one cell: three neighbours, then one more on the side
/// where the best one stands at the end, until it stands inside or so many were tried.
class RateWalk {
  public:
    /// \param center the first rate
    /// \param most   ≥ kLeastRates rates at most
    RateWalk(double center, int most)
        : center_(center)
        , most_(most) {}

    /// The next rate to try; none once the best one is found.
    [[nodiscard]] std::optional<double> next() const;

    /// What came of the rate that next() named: smaller is better, infinite where it diverged.
    void add(double loss);

    /// The best rate so far; needs one.
    [[nodiscard]] double best() const { return rateAt(bestPlace()); }

    /// Whether a better rate may lie beyond those that were tried.
    [[nodiscard]] bool isAtEdge() const;

    /// How many rates have an answer.
    [[nodiscard]] int tried() const { return static_cast<int>(losses_.size()); }

  private:
    [[nodiscard]] std::optional<int> nextPlace() const;
    [[nodiscard]] int bestPlace() const;
    [[nodiscard]] double rateAt(int place) const;

    double center_;
    int most_;
    std::map<int, double> losses_; ///< by place; 0 is the first
};

} // namespace psephos::experiments::claims
