// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/efficiency/efficiency.hpp"
#include "experiments/optim/efficiency/measured.hpp"
#include "lab/computation.hpp"
#include "lab/short_number.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace psephos::experiments {

namespace efficiency {

namespace {

constexpr int kCurve = 60; ///< pieces of the drawn law

std::string percent(double share) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.1f %%", 100 * share);
    return buffer;
}

std::string saved(double share, const std::string& what) {
    return share >= 0 ? percent(share) + " fewer " + what : percent(-share) + " more " + what;
}

/// Two points of a straight line.
lab::Table line(double x0, double y0, double x1, double y1) {
    return {{std::vector<double>{x0, x1}, std::vector<double>{y0, y1}}};
}

class Efficiency final : public lab::Computation {
  public:
    lab::Result<void> start(lab::RunContext&) override { return {}; }

    lab::Result<lab::Advance> advance(lab::RunContext& context) override {
        const lab::KnobValues& knobs = context.knobs();
        auto measured = knobs.text("source") == "typed"
                            ? measuredFromKnobs(knobs)
                            : measuredFromFile(knobs.text("runs"), knobs.text("challenger"),
                                               knobs.text("baseline"));
        if (!measured) {
            return measured.error();
        }
        emitMeasured(context, *measured);
        const auto benefit =
            optim::benefitOf(measured->points, measured->baselineLoss, measured->stepTimeRatio);
        if (benefit) {
            emitBenefit(context, *measured, *benefit);
        } else {
            refuse(context, *measured, benefit.error());
        }
        return lab::Advance::Done;
    }

  private:
    static void emitMeasured(lab::RunContext& context, const Measured& measured) {
        std::vector<double> shares;
        std::vector<double> losses;
        for (const optim::ScalePoint& point : measured.points) {
            shares.push_back(point.share);
            losses.push_back(point.loss);
        }
        const double first =
            shares.empty() ? optim::kLeastShare : std::min(optim::kLeastShare, shares.front());
        const double last =
            shares.empty() ? optim::kMostShare : std::max(optim::kMostShare, shares.back());
        context.emit("measured", lab::Table{{std::move(shares), std::move(losses)}});
        context.emit("baseline", line(first, measured.baselineLoss, last, measured.baselineLoss));
        context.emit("baseline/loss", measured.baselineLoss);
        context.emit("time/ratio", measured.stepTimeRatio);
        if (!measured.leftAside.empty()) {
            context.note({"aside", lab::NoteKind::Warning,
                          measured.leftAside.front() +
                              (measured.leftAside.size() > 1
                                   ? " So it is with " +
                                         std::to_string(measured.leftAside.size() - 1) + " more."
                                   : std::string())});
        }
    }

    static void emitLaw(lab::RunContext& context, const Measured& measured,
                        const numerics::PowerLaw& law) {
        const double first = std::min(optim::kLeastShare, measured.points.front().share);
        const double last = std::max(optim::kMostShare, measured.points.back().share);
        std::vector<double> x;
        std::vector<double> y;
        for (int i = 0; i <= kCurve; ++i) {
            x.push_back(first + (last - first) * i / kCurve);
            y.push_back(law.at(x.back()));
        }
        context.emit("law", lab::Table{{std::move(x), std::move(y)}});
        context.emit("law/a", law.a);
        context.emit("law/b", law.b);
        context.emit("law/beta", law.beta);
        context.emit("law/rms", law.rms);
    }

    static void emitBenefit(lab::RunContext& context, const Measured& measured,
                            const optim::Benefit& benefit) {
        emitLaw(context, measured, benefit.law);
        double bottom = std::min(measured.baselineLoss, benefit.law.at(optim::kMostShare));
        for (const optim::ScalePoint& point : measured.points) {
            bottom = std::min(bottom, point.loss);
        }
        context.emit("share", line(benefit.share, measured.baselineLoss, benefit.share, bottom));
        context.emit("saving/share", benefit.share);
        context.emit("saving/steps", benefit.stepSaving);
        context.emit("saving/time", benefit.timeSaving);
        context.emit("answer", answer(measured, benefit));
        std::string text = "By the fitted law, " + measured.challenger + " comes down to " +
                           lab::shortNumber(measured.baselineLoss) + ", where " +
                           measured.baseline + " ends, after " + percent(benefit.share) +
                           " of its steps: " + saved(benefit.stepSaving, "steps") + " and " +
                           saved(benefit.timeSaving, "seconds") + ", with a step " +
                           lab::shortNumber(measured.stepTimeRatio) + " times as long.";
        if (benefit.shareHigh > benefit.shareLow) {
            text += " Leaving out one length at a time, the share is " + percent(benefit.shareLow) +
                    " to " + percent(benefit.shareHigh) + ".";
        }
        context.note({"benefit", lab::NoteKind::Certificate, text});
        if (measured.seeds > 0 && measured.seeds < 3) {
            context.note({"seeds", lab::NoteKind::Warning,
                          measured.seeds == 1
                              ? "One seed behind a length: part of this is luck. Medians of three "
                                "or more are taken where the file has them."
                              : "Two seeds behind a length: part of this is luck."});
        }
    }

    static lab::Table answer(const Measured& measured, const optim::Benefit& benefit) {
        const bool isLonger = benefit.stepSaving < 0;
        const bool isSlower = benefit.timeSaving < 0;
        std::vector<std::string> what{"share of the steps N*",
                                      isLonger ? "steps lost" : "steps saved",
                                      isSlower ? "time lost" : "time saved",
                                      "a step takes",
                                      "law",
                                      "points off the law"};
        std::vector<std::string> value{
            percent(benefit.share),
            percent(std::abs(benefit.stepSaving)),
            percent(std::abs(benefit.timeSaving)),
            lab::shortNumber(measured.stepTimeRatio) + " times the baseline's",
            lab::shortNumber(benefit.law.a) + " + " + lab::shortNumber(benefit.law.b) + " · N^−" +
                lab::shortNumber(benefit.law.beta),
            lab::shortNumber(benefit.law.rms) + " (root mean square)"};
        return {{std::move(what), std::move(value)}};
    }

    static void refuse(lab::RunContext& context, const Measured& measured,
                       const lab::Error& reason) {
        std::vector<double> shares;
        std::vector<double> losses;
        for (const optim::ScalePoint& point : measured.points) {
            shares.push_back(point.share);
            losses.push_back(point.loss);
        }
        if (const auto law = numerics::fitPowerLaw(shares, losses)) {
            emitLaw(context, measured, *law);
        }
        context.emit("answer", lab::Table{{std::vector<std::string>{"no answer"},
                                           std::vector<std::string>{reason.message}}});
        context.note({"benefit", lab::NoteKind::Warning,
                      "No saving is claimed: " + reason.message +
                          (reason.hint.empty() ? "." : " (" + reason.hint + ").")});
    }
};

} // namespace

} // namespace efficiency

std::unique_ptr<lab::Computation> makeEfficiency() {
    return std::make_unique<efficiency::Efficiency>();
}

} // namespace psephos::experiments
