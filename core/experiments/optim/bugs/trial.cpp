// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/bugs/trial.hpp"

#include <algorithm>
#include <cmath>

namespace psephos::experiments::bugs {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

class Valley final : public Problem {
  public:
    explicit Valley(const optim::textbook::QuadraticDraw& draw)
        : quadratic_(draw, 1.0) {}

    [[nodiscard]] Matrix start() const override {
        return Matrix::Zero(quadratic_.rows(), quadratic_.cols());
    }

    void gradient(const Matrix& w, std::size_t step, Matrix& gradient) override {
        quadratic_.gradient(w, step, gradient);
    }

    [[nodiscard]] std::optional<double> loss(const Matrix& w) const override {
        return quadratic_.relativeLoss(w);
    }

    [[nodiscard]] double scheduleFactor(std::size_t step) const override {
        return 1.0 - static_cast<double>(step) / static_cast<double>(quadratic_.steps());
    }

  private:
    optim::textbook::TurnedQuadratic quadratic_;
};

// W₀ and G of section `problem` in tests/golden/optim.json; i and j count from 1.
class Recorded final : public Problem {
  public:
    [[nodiscard]] Matrix start() const override {
        return Matrix::NullaryExpr(kRows, kCols, [](Eigen::Index row, Eigen::Index col) {
            return 0.5 * std::cos(static_cast<double>(row + 1 + 2 * (col + 1)));
        });
    }

    void gradient(const Matrix& /*w*/, std::size_t step, Matrix& gradient) override {
        const auto t = static_cast<double>(step + 1);
        gradient = Matrix::NullaryExpr(kRows, kCols, [t](Eigen::Index row, Eigen::Index col) {
            const auto i = static_cast<double>(row + 1);
            const auto j = static_cast<double>(col + 1);
            return std::sin(0.8 * i * j + 0.5 * t) + 0.8 * std::cos(0.7 * i * t - 2.0 * j);
        });
    }

    [[nodiscard]] std::optional<double> loss(const Matrix& /*w*/) const override { return {}; }

    [[nodiscard]] double scheduleFactor(std::size_t /*step*/) const override { return 1.0; }

  private:
    static constexpr Eigen::Index kRows = 3;
    static constexpr Eigen::Index kCols = 4;
};

/// One port on its way.
struct Walker {
    Walker(Problem& problem, Family family, Mistake mistake, const PortSettings& settings)
        : w(problem.start())
        , gradient(w)
        , port(makePort(family, mistake, settings, w.rows(), w.cols()))
        , keepsRate(family == Family::ScheduleFree) {}

    Matrix w;
    Matrix gradient;
    std::unique_ptr<Port> port;
    bool keepsRate = false; ///< Schedule-Free has no schedule

    void step(Problem& problem, std::size_t at) {
        if (w.allFinite()) {
            problem.gradient(w, at, gradient);
            port->step(w, gradient, keepsRate ? 1.0 : problem.scheduleFactor(at));
        }
    }

    [[nodiscard]] const Matrix& model() const { return port->evaluated(w); }
};

double lastOf(const std::vector<double>& values) {
    return values.empty() ? kNan : values.back();
}

/// Broken over right; infinite where only the broken one has diverged, NaN where the right one has.
double ratioOf(const Pair& pair) {
    const double right = lastOf(pair.right);
    return std::isfinite(right) ? lastOf(pair.broken) / right : kNan;
}

} // namespace

std::unique_ptr<Problem> makeValley(const optim::textbook::QuadraticDraw& draw) {
    return std::make_unique<Valley>(draw);
}

std::unique_ptr<Problem> makeRecorded() {
    return std::make_unique<Recorded>();
}

Pair runPair(Problem& problem, const MistakeEntry& mistake, const PortSettings& settings,
             std::size_t steps, const std::function<bool()>& stop) {
    const Matrix start = problem.start();
    Walker right(problem, mistake.family, Mistake::None, settings);
    Walker broken(problem, mistake.family, mistake.mistake, settings);
    Pair pair;
    const auto record = [&] {
        const auto add = [&](const Walker& each, std::vector<double>& losses) {
            const bool wasFinite = losses.empty() || std::isfinite(losses.back());
            const auto loss = problem.loss(each.model());
            if (loss) {
                losses.push_back(wasFinite && std::isfinite(*loss) ? *loss : kInfinity);
            }
        };
        add(right, pair.right);
        add(broken, pair.broken);
        const double gap = (broken.model() - right.model()).norm();
        pair.differences.push_back(std::isfinite(gap) ? gap : kInfinity);
    };
    record();
    for (std::size_t step = 0; step < steps && !stop(); ++step) {
        right.step(problem, step);
        broken.step(problem, step);
        record();
    }
    const double distance = (right.model() - start).norm();
    const double unit = std::isfinite(distance) && distance > 0.0 ? distance : 1.0;
    for (double& each : pair.differences) {
        each /= unit;
    }
    return pair;
}

double lastLoss(Problem& problem, Family family, Mistake mistake, const PortSettings& settings,
                std::size_t steps, const std::function<bool()>& stop) {
    Walker walker(problem, family, mistake, settings);
    for (std::size_t step = 0; step < steps && !stop(); ++step) {
        walker.step(problem, step);
    }
    const double loss = problem.loss(walker.model()).value_or(kNan);
    return std::isfinite(loss) ? loss : kInfinity;
}

Spread spreadOf(std::vector<double> values) {
    std::erase_if(values, [](double value) { return std::isnan(value); });
    if (values.empty()) {
        return {};
    }
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    const bool isOdd = values.size() % 2 == 1;
    return {isOdd ? values[half] : 0.5 * (values[half - 1] + values[half]), values.front(),
            values.back()};
}

Signature signatureOf(const std::vector<Pair>& pairs) {
    Signature signature;
    const auto spread = [&pairs](const auto& of) {
        std::vector<double> values;
        for (const Pair& pair : pairs) {
            values.push_back(of(pair));
        }
        return spreadOf(std::move(values));
    };
    signature.difference = spread([](const Pair& pair) { return lastOf(pair.differences); });
    signature.ratio = spread(ratioOf);
    signature.right = spread([](const Pair& pair) { return lastOf(pair.right); });
    signature.broken = spread([](const Pair& pair) { return lastOf(pair.broken); });
    const auto first = [&pairs](const auto& holds) -> std::optional<std::size_t> {
        std::optional<std::size_t> earliest;
        for (const Pair& pair : pairs) {
            const auto found =
                std::find_if(pair.differences.begin(), pair.differences.end(), holds);
            const auto at = static_cast<std::size_t>(found - pair.differences.begin());
            if (found != pair.differences.end() && (!earliest || at < *earliest)) {
                earliest = at;
            }
        }
        return earliest;
    };
    signature.shows = first([](double each) { return each > kShows; });
    signature.diverged = first([](double each) { return std::isinf(each); });
    return signature;
}

Visibility visibilityOf(const Signature& signature) {
    constexpr double kNoticed = 1.1;
    const Spread& ratio = signature.ratio;
    if (std::isnan(signature.right.middle)) {
        return Visibility::NoLoss;
    }
    if (!std::isfinite(signature.right.high)) {
        return Visibility::BothGone;
    }
    if (!std::isfinite(ratio.middle)) {
        return Visibility::Diverges;
    }
    if (ratio.low > kNoticed) {
        return Visibility::Worse;
    }
    if (ratio.high < 1.0 / kNoticed) {
        return Visibility::Better;
    }
    const bool isSame = ratio.low >= 1.0 / kNoticed && ratio.high <= kNoticed;
    return isSame ? Visibility::No : Visibility::Open;
}

} // namespace psephos::experiments::bugs
