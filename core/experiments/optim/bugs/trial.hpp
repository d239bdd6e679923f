// SPDX-License-Identifier: GPL-3.0-or-later
// A port and the same port with a mistake, from one start on one problem.
#pragma once

#include "experiments/optim/bugs/ports.hpp"
#include "optim/textbook/turned_quadratic.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

namespace psephos::experiments::bugs {

/// Where gradients come from.
class Problem {
  public:
    virtual ~Problem() = default;

    /// W before the first call [m,n].
    [[nodiscard]] virtual Matrix start() const = 0;

    /// The gradient of call `step` (from 0) at `w`, to `gradient`.
    virtual void gradient(const Matrix& w, std::size_t step, Matrix& gradient) = 0;

    /// The loss over that of the start; none where gradients are all there is.
    [[nodiscard]] virtual std::optional<double> loss(const Matrix& w) const = 0;

    /// The factor of the learning rate at call `step` (from 0).
    [[nodiscard]] virtual double scheduleFactor(std::size_t step) const = 0;
};

/// The turned quadratic valley; the learning rate falls on a line to 0.
[[nodiscard]] std::unique_ptr<Problem> makeValley(const optim::textbook::QuadraticDraw& draw);

/// Problem P of the golden vectors: a start [3,4] and a gradient for each call, whatever the
/// weights are; the learning rate stays.
[[nodiscard]] std::unique_ptr<Problem> makeRecorded();

/// Two paths in step. What is no longer finite, and all after it, is infinite.
struct Pair {
    std::vector<double> right; ///< loss of the right port after 0, 1, … calls; empty without loss
    std::vector<double> broken; ///< that of the port with the mistake
    /// ‖W_broken − W_right‖ over the distance that the right port goes in all; of the models that
    /// are evaluated.
    std::vector<double> differences;
};

/// Runs both for `steps` calls, each on the gradients at its own weights; less where `stop` answers
/// true, and then not to be used.
[[nodiscard]] Pair runPair(Problem& problem, const MistakeEntry& mistake,
                           const PortSettings& settings, std::size_t steps,
                           const std::function<bool()>& stop);

/// The last loss of one port on a problem that has one; infinite where it has diverged.
[[nodiscard]] double lastLoss(Problem& problem, Family family, Mistake mistake,
                              const PortSettings& settings, std::size_t steps,
                              const std::function<bool()>& stop);

/// The median of several draws between the least and the greatest.
struct Spread {
    double middle = std::numeric_limits<double>::quiet_NaN();
    double low = std::numeric_limits<double>::quiet_NaN();
    double high = std::numeric_limits<double>::quiet_NaN();
};

/// Of values that are not NaN, perhaps infinite; NaN of none.
[[nodiscard]] Spread spreadOf(std::vector<double> values);

/// A difference below this share is round-off.
inline constexpr double kShows = 1e-9;

/// What a mistake does at one learning rate.
struct Signature {
    std::optional<std::size_t> shows; ///< first call after which a draw differs by more than kShows
    Spread difference;                ///< after the last call
    Spread ratio;                     ///< last loss, broken over right, by draw; NaN without a loss
    Spread right;                     ///< last loss of the right port
    Spread broken;                    ///< that of the broken one
    std::optional<std::size_t> diverged; ///< first call after which the broken one is not finite
};

/// Of one pair a draw, at least one.
[[nodiscard]] Signature signatureOf(const std::vector<Pair>& pairs);

/// Whether a mistake can be seen in the last loss.
enum class Visibility {
    NoLoss,   ///< there is none
    Diverges, ///< the broken port is no longer finite, the right one is
    Worse,    ///< more than 10 % higher on every draw
    Better,   ///< more than 10 % lower on every draw
    Open,     ///< the draws disagree
    No,       ///< within 10 % on every draw
    BothGone, ///< the right one has diverged too
};

[[nodiscard]] Visibility visibilityOf(const Signature& signature);

} // namespace psephos::experiments::bugs
