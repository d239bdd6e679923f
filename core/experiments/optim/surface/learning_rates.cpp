// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/surface/learning_rates.hpp"

#include "experiments/optim/surface/knobs.hpp"
#include "numerics/random.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

namespace psephos::experiments::surface {

namespace {

constexpr int kFirstQuarterDecade = -24;
constexpr int kLastQuarterDecade = 4;
constexpr std::uint64_t kRandomStarts = 32;
constexpr int kSteps = 500;
constexpr double kFloor = 1e-6;
/// Scores that lie so near are as good.
constexpr double kNearBest = 0.2;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// chosenOf() the sweep by surface, in the order of the optimizer knob's choices.
struct Recorded {
    std::string_view surface;
    std::array<double, 8>
        rates; ///< sgd, adamw, shampoo, soap, muon, adafactor, lion, schedule-free
};

constexpr std::array<Recorded, 6> kRecorded{{
    {"rosenbrock", {0.00056, 0.56, 0.32, 0.032, 0.01, 0.01, 0.01, 0.18}},
    {"beale", {0.00056, 0.56, 0.32, 0.032, 0.018, 3.2, 0.01, 1.8}},
    {"himmelblau", {0.00018, 0.1, 0.1, 0.032, 0.018, 0.032, 0.032, 0.56}},
    {"rastrigin", {3.2e-06, 0.0018, 0.0032, 0.0018, 0.0018, 0.001, 0.001, 1.0}},
    {"booth", {0.0018, 0.32, 0.18, 0.1, 0.056, 0.1, 0.1, 3.2}},
    {"quadratic", {0.0032, 0.56, 0.056, 0.032, 0.018, 0.032, 0.018, 1.8}},
}};

/// 100/κ for SGD on the quadratic, else 1.
double curvatureScale(const lab::KnobValues& values, std::string_view optimizer) {
    constexpr double kSweptKappa = 100.0;
    return optimizer == "sgd" && values.text("surface") == "quadratic"
               ? kSweptKappa / values.real("quadratic.kappa")
               : 1.0;
}

/// Mean over the path of log₁₀ of the height, cut off below; NaN where it diverges.
double scoreOf(const RaceSetup& setup) {
    auto racer = Racer::make(setup);
    if (!racer) {
        return kNan;
    }
    double score = 0.0;
    for (int step = 0; step < kSteps; ++step) {
        if (!racer->step() || !std::isfinite(racer->height())) {
            return kNan;
        }
        score += std::log10(std::max(racer->height(), kFloor)) / kSteps;
    }
    return score;
}

std::vector<Point2> startsOn(const Surface& surface, const Point2& first) {
    const optim::textbook::SurfaceView view = surface.view();
    std::vector<Point2> starts{first};
    for (std::uint64_t i = 0; i < kRandomStarts; ++i) {
        numerics::RandomStream random(0, "optim.surface/sweep", i);
        const double x = random.uniform(view.xMin, view.xMax);
        starts.push_back({x, random.uniform(view.yMin, view.yMax)});
    }
    return starts;
}

} // namespace

std::vector<SweepPoint> sweepLearningRates(const lab::KnobValues& values,
                                           std::string_view optimizer) {
    static const std::vector<lab::Knob> kKnobs = knobs();
    lab::KnobValues plain(kKnobs);
    for (const char* id : {"surface", "quadratic.kappa", "quadratic.angle"}) {
        plain.set(id, values.at(id));
    }
    plain.set("optimizer", std::string(optimizer));
    RaceSetup setup;
    setup.surface = surfaceOf(plain);
    const lab::PointValue& start = plain.point("start");
    const std::vector<Point2> starts = startsOn(setup.surface, {start[0], start[1]});
    std::vector<SweepPoint> sweep;
    for (int k = kFirstQuarterDecade; k <= kLastQuarterDecade; ++k) {
        SweepPoint point;
        point.learningRate = std::pow(10.0, k / 4.0);
        setup.optimizer = optimizerOf(plain, point.learningRate);
        for (const Point2& from : starts) {
            setup.start = from;
            point.score += scoreOf(setup) / static_cast<double>(starts.size());
        }
        sweep.push_back(point);
    }
    return sweep;
}

std::size_t bestOf(const std::vector<SweepPoint>& sweep) {
    std::size_t best = 0;
    for (std::size_t i = 0; i < sweep.size(); ++i) {
        if (!(sweep[best].score <= sweep[i].score)) { // also where the best so far diverged
            best = std::isnan(sweep[i].score) ? best : i;
        }
    }
    return best;
}

std::size_t chosenOf(const std::vector<SweepPoint>& sweep) {
    const double enough = sweep[bestOf(sweep)].score + kNearBest;
    std::size_t index = 0;
    while (!(sweep[index].score <= enough)) {
        ++index;
    }
    return index;
}

double recordedLearningRate(const lab::KnobValues& values, std::string_view optimizer) {
    const std::string& surface = values.text("surface");
    const auto row = std::find_if(kRecorded.begin(), kRecorded.end(),
                                  [&](const Recorded& each) { return each.surface == surface; });
    assert(row != kRecorded.end());
    std::size_t column = 0;
    while (optimizers()[column].id != optimizer) {
        ++column;
    }
    return row->rates[column] * curvatureScale(values, optimizer);
}

lab::Evidence learningRateEvidence(const lab::KnobValues& values, std::string_view optimizer) {
    const std::vector<SweepPoint> sweep = sweepLearningRates(values, optimizer);
    lab::Evidence evidence;
    evidence.title = "How fast each learning rate descends";
    evidence.xLabel = "learning rate";
    evidence.yLabel = "mean log₁₀(f − f*)";
    for (const SweepPoint& point : sweep) {
        evidence.x.push_back(point.learningRate);
        evidence.y.push_back(point.score);
    }
    evidence.chosen = recordedLearningRate(values, optimizer);
    evidence.provenance =
        "Computed just now: 500 steps from 33 starts at each rate, without noise, "
        "the optimizer's other knobs at their defaults; below 1e-6 counts as "
        "1e-6. 'auto' is the smallest rate within 0.2 of the best, as recorded "
        "with this version, to two digits.";
    const std::size_t best = bestOf(sweep);
    evidence.atGridEdge = best == 0 || best + 1 == sweep.size();
    return evidence;
}

} // namespace psephos::experiments::surface
