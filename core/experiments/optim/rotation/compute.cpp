// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/rotation/knobs.hpp"
#include "experiments/optim/rotation/rotation.hpp"
#include "experiments/optim/rotation/shelf.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <map>
#include <string>
#include <utility>

namespace psephos::experiments {

namespace rotation {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Shares of the turn that are looked at: both ends first, then ever finer.
constexpr double kRotations[] = {0.0, 1.0, 0.5, 0.25, 0.75, 0.125, 0.375, 0.625, 0.875};
/// Refresh periods that are looked at; the last leaves most runs with their first basis only.
constexpr int kPeriods[] = {1, 10, 100, 5, 25, 50, 400};

/// A learning rate with a draw that ends above so many times its start has diverged, however long
/// its numbers remain finite: its point would press all others flat.
constexpr double kWild = 10.0;

/// A number that a plot leaves out where it is infinite.
double shown(double value) {
    return std::isfinite(value) ? value : kNan;
}

/// x, loss, low, high: the columns of every curve here.
struct CurveColumns {
    std::vector<double> x, loss, low, high;

    void add(double at, const Summary& summary) {
        x.push_back(at);
        loss.push_back(shown(summary.middle));
        low.push_back(shown(summary.low));
        high.push_back(shown(summary.high));
    }

    [[nodiscard]] lab::Table table() && {
        return {{std::move(x), std::move(loss), std::move(low), std::move(high)}};
    }
};

/// One place to measure: the dial's own, a rotation, or a refresh period on the turned valley.
struct Task {
    enum class Kind { Dial, Rotation, Period } kind = Kind::Dial;
    double rotation = 0.0;
    std::int64_t period = 1;
};

class RotationComputation final : public lab::Computation {
  public:
    explicit RotationComputation(std::shared_ptr<Shelf> shelf)
        : shelf_(std::move(shelf)) {}

    lab::Result<void> start(lab::RunContext& context) override {
        const lab::KnobValues& knobs = context.knobs();
        const std::int64_t period = knobs.integer("refresh_period");
        tasks_.push_back({Task::Kind::Dial, knobs.real("rotation"), period});
        for (const double rotation : kRotations) {
            tasks_.push_back({Task::Kind::Rotation, rotation, period});
        }
        if (isRefreshed(knobs.text("optimizer"))) {
            for (const int each : kPeriods) {
                tasks_.push_back({Task::Kind::Period, 1.0, each});
            }
        }
        return {};
    }

    lab::Result<lab::Advance> advance(lab::RunContext& context) override {
        if (tasks_.empty()) {
            return lab::Advance::Done;
        }
        const Task task = tasks_.front();
        const auto cell = measure(task, context);
        if (!cell) {
            return cell.error();
        }
        if (*cell == nullptr) {
            return lab::Advance::More; // the run is being given up
        }
        tasks_.pop_front();
        switch (task.kind) {
        case Task::Kind::Dial:
            dial_ = *cell;
            emitDial(context);
            break;
        case Task::Kind::Rotation:
            byRotation_[task.rotation] = *cell;
            emitRotations(context);
            break;
        case Task::Kind::Period:
            byPeriod_[task.period] = *cell;
            emitPeriods(context);
            break;
        }
        emitBest(context);
        if (task.kind == Task::Kind::Dial) {
            context.show(); // what compares is added under the reader's eye
        }
        return tasks_.empty() ? lab::Advance::Done : lab::Advance::More;
    }

  private:
    /// The cell from the shelf, or measured; null where the run is being given up.
    lab::Result<CellPtr> measure(const Task& task, const lab::RunContext& context) {
        lab::KnobValues knobs = context.knobs();
        knobs.set("rotation", task.rotation);
        knobs.set("refresh_period", task.period);
        if (CellPtr known = shelf_->find(knobs, context.seed())) {
            return known;
        }
        const auto count = static_cast<std::uint64_t>(knobs.integer("draws"));
        for (std::uint64_t i = draws_.size(); i < count && !context.stopRequested(); ++i) {
            draws_.push_back(optim::textbook::drawQuadratic(sizeOf(knobs), context.seed(), i));
        }
        if (draws_.size() < count) {
            return CellPtr();
        }
        auto cell = sweep(
            draws_, task.rotation, gridOf(knobs.text("optimizer")),
            [&knobs](double rate) { return configOf(knobs, rate); },
            [&context] { return context.stopRequested(); });
        if (!cell) {
            return cell.error();
        }
        if (context.stopRequested()) {
            return CellPtr();
        }
        auto made = std::make_shared<const Cell>(std::move(*cell));
        shelf_->put(knobs, context.seed(), made);
        return CellPtr(std::move(made));
    }

    void emitDial(lab::RunContext& context) const {
        CurveColumns descent;
        for (std::size_t step = 0; step < dial_->descent.size(); ++step) {
            descent.add(static_cast<double>(step), dial_->descent[step]);
        }
        context.emit("descent", std::move(descent).table());
        CurveColumns rates;
        for (std::size_t i = 0; i < dial_->rates.size(); ++i) {
            const bool isWild = dial_->losses[i].high > kWild;
            rates.add(dial_->rates[i], isWild ? Summary{kNan, kNan, kNan} : dial_->losses[i]);
        }
        context.emit("rates", std::move(rates).table());
        context.emit("loss", dial_->bestLoss().middle);
    }

    void emitRotations(lab::RunContext& context) const {
        CurveColumns curve;
        for (const auto& [rotation, cell] : byRotation_) {
            curve.add(rotation, cell->bestLoss());
        }
        context.emit("rotations", std::move(curve).table());
        if (byRotation_.contains(0.0) && byRotation_.contains(1.0)) {
            const double flat = byRotation_.at(0.0)->bestLoss().middle;
            double change = 0.0;
            for (const auto& [rotation, cell] : byRotation_) {
                change = std::max(change, std::abs(cell->bestLoss().middle / flat - 1.0));
            }
            context.emit("rotation/ratio", byRotation_.at(1.0)->bestLoss().middle / flat);
            context.emit("rotation/change", change);
        }
    }

    void emitPeriods(lab::RunContext& context) const {
        CurveColumns curve;
        for (const auto& [period, cell] : byPeriod_) {
            curve.add(static_cast<double>(period), cell->bestLoss());
        }
        context.emit("periods", std::move(curve).table());
        if (byPeriod_.contains(1) && byPeriod_.contains(10) && byPeriod_.contains(100)) {
            const double seldom = byPeriod_.at(100)->bestLoss().middle;
            context.emit("refresh/ratio1", seldom / byPeriod_.at(1)->bestLoss().middle);
            context.emit("refresh/ratio10", seldom / byPeriod_.at(10)->bestLoss().middle);
        }
    }

    void emitBest(lab::RunContext& context) const {
        std::vector<std::string> where;
        std::vector<double> rate;
        std::vector<std::string> place;
        std::vector<double> loss;
        double edges = 0.0;
        const auto add = [&](const std::string& name, const Cell& cell) {
            const bool isKnown = cell.hasConverged();
            where.push_back(name);
            rate.push_back(isKnown ? cell.rates[cell.best] : kNan);
            loss.push_back(shown(cell.bestLoss().middle));
            place.push_back(!isKnown ? "all diverged"
                                     : std::to_string(cell.best + 1) + " of " +
                                           std::to_string(cell.rates.size()) +
                                           (cell.isAtEdge() ? ": edge" : ""));
            edges += !isKnown || cell.isAtEdge() ? 1.0 : 0.0;
        };
        add("as dialled", *dial_);
        for (const double rotation : {0.0, 1.0}) {
            if (byRotation_.contains(rotation)) {
                add(rotation == 0.0 ? "on the axes" : "turned", *byRotation_.at(rotation));
            }
        }
        for (const auto& [period, cell] : byPeriod_) {
            add("turned, f " + std::to_string(period), *cell);
        }
        context.emit("best", lab::Table{{std::move(where), std::move(place), std::move(rate),
                                         std::move(loss)}});
        context.emit("edges", edges);
    }

    std::shared_ptr<Shelf> shelf_;
    std::vector<QuadraticDraw> draws_;
    std::deque<Task> tasks_;
    CellPtr dial_;
    std::map<double, CellPtr> byRotation_;
    std::map<std::int64_t, CellPtr> byPeriod_;
};

} // namespace

} // namespace rotation

lab::ComputationFactory rotationFactory() {
    auto shelf = std::make_shared<rotation::Shelf>();
    return [shelf] { return std::make_unique<rotation::RotationComputation>(shelf); };
}

} // namespace psephos::experiments
