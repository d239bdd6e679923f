// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/surface/knobs.hpp"
#include "experiments/optim/surface/surface.hpp"
#include "experiments/optim/surface/words.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace psephos::experiments {

namespace surface {

namespace {

constexpr std::size_t kGridColumns = 161;
constexpr std::size_t kGridRows = 121;

/// The surface's window, wide enough for the start.
optim::textbook::SurfaceView windowAround(const Surface& surface, const Point2& start) {
    constexpr double kMargin = 0.05;
    optim::textbook::SurfaceView view = surface.view();
    const auto widen = [](double& low, double& high, double at) {
        const double margin = kMargin * (high - low);
        if (at < low) {
            low = at - margin;
        }
        if (at > high) {
            high = at + margin;
        }
    };
    widen(view.xMin, view.xMax, start[0]);
    widen(view.yMin, view.yMax, start[1]);
    return view;
}

std::vector<double> nodes(double low, double high, std::size_t count) {
    std::vector<double> at(count);
    for (std::size_t i = 0; i < count; ++i) {
        at[i] = std::lerp(low, high, static_cast<double>(i) / static_cast<double>(count - 1));
    }
    return at;
}

lab::Grid landscapeOf(const Surface& surface, const Point2& start) {
    const optim::textbook::SurfaceView view = windowAround(surface, start);
    lab::Grid grid;
    grid.x.at = nodes(view.xMin, view.xMax, kGridColumns);
    grid.y.at = nodes(view.yMin, view.yMax, kGridRows);
    grid.values.reserve(kGridColumns * kGridRows);
    for (const double y : grid.y.at) {
        for (const double x : grid.x.at) {
            grid.values.push_back(surface.value({x, y}));
        }
    }
    return grid;
}

lab::Table minimaOf(const Surface& surface) {
    std::vector<double> x;
    std::vector<double> y;
    std::vector<std::string> labels;
    for (const optim::textbook::SurfaceMinimum& minimum : surface.minima()) {
        x.push_back(minimum.at[0]);
        y.push_back(minimum.at[1]);
        labels.push_back("minimum " + minimum.label);
    }
    return {{std::move(x), std::move(y), std::move(labels)}};
}

class SurfaceComputation final : public lab::Computation {
  public:
    lab::Result<void> start(lab::RunContext& context) override {
        const RaceSetup setup = setupOf(context.knobs(), context.seed());
        auto racer = Racer::make(setup);
        if (!racer) {
            return racer.error();
        }
        racer_.emplace(std::move(*racer));
        {
            const auto off = context.offClock();
            context.emit("landscape", landscapeOf(setup.surface, setup.start));
            context.emit("minima", minimaOf(setup.surface));
            context.emit("note", degeneration(context.knobs().text("optimizer")));
        }
        emitPoint(context);
        return {};
    }

    lab::Result<lab::Advance> advance(lab::RunContext& context) override {
        if (const auto stepped = racer_->step(); !stepped) {
            return stepped.error();
        }
        emitPoint(context);
        const bool goesOn =
            std::isfinite(racer_->height()) && context.step() < context.knobs().integer("steps");
        return goesOn ? lab::Advance::More : lab::Advance::Done;
    }

  private:
    /// Where the point is; a diverged loss is a result too, and the last.
    void emitPoint(lab::RunContext& context) {
        const Point2& point = racer_->point();
        context.emit("loss", racer_->height());
        context.emit("path",
                     lab::Table{{std::vector<double>{point[0]}, std::vector<double>{point[1]}}});
    }

    std::optional<Racer> racer_;
};

} // namespace

} // namespace surface

std::unique_ptr<lab::Computation> makeSurface() {
    return std::make_unique<surface::SurfaceComputation>();
}

} // namespace psephos::experiments
