// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/train/race.hpp"

#include "experiments/optim/train/train.hpp"
#include "lab/run_context.hpp"
#include "lab/scenario.hpp"
#include "lab/short_number.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <memory>
#include <numeric>
#include <variant>

namespace psephos::experiments::train {

namespace {

/// Who runs, in the words of its row and of the command line.
struct Arm {
    std::string name;
    std::vector<std::string> settings;
};

/// The held-out loss of an arm at the end [nats], a seed each.
using Losses = std::vector<double>;

double meanOf(const Losses& losses) {
    return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size());
}

/// Keeps the newest held-out loss.
class LastLoss final : public lab::FrameSink {
  public:
    void accept(std::string_view channel, lab::Frame frame) override {
        if (channel == "loss/validation") {
            value = std::get<double>(frame.payload);
        }
    }

    void accept(lab::Note note) override { hasDiverged = hasDiverged || note.id == "diverged"; }

    double value = std::numeric_limits<double>::infinity();
    bool hasDiverged = false;
};

lab::Result<std::vector<lab::RunScenario>> runsOf(const BasisRace& race, const Arm& arm,
                                                  const std::string& device) {
    static const lab::Description kDescription = describeTrain();
    lab::Scenario scenario;
    scenario.experiment = kDescription.id;
    scenario.seeds = race.seeds;
    scenario.device = device;
    std::vector<std::string> settings{"task=char_lm", "char_lm.start=even"};
    settings.insert(settings.end(), race.settings.begin(), race.settings.end());
    settings.insert(settings.end(), arm.settings.begin(), arm.settings.end());
    for (const std::string& setting : settings) {
        if (auto applied = lab::applyAssignment(scenario, setting, kDescription); !applied) {
            return applied.error();
        }
    }
    return lab::expand(scenario, kDescription);
}

/// The held-out loss at a run's end; infinite where it diverged.
lab::Result<double> trained(const lab::RunScenario& run) {
    const std::atomic<bool> stop = false;
    LastLoss last;
    lab::RunContext context(run, 1, last, stop);
    const std::unique_ptr<lab::Computation> computation = makeTrain();
    if (auto started = computation->start(context); !started) {
        return started.error();
    }
    for (lab::Advance answer = lab::Advance::More; answer == lab::Advance::More;) {
        context.setStep(context.step() + 1);
        const auto advanced = computation->advance(context);
        if (!advanced) {
            return advanced.error();
        }
        answer = *advanced;
    }
    return last.hasDiverged ? std::numeric_limits<double>::infinity() : last.value;
}

Arm basisArm(const BasisRace& race, const std::string& optimizer, int period, int warmup) {
    return {optimizer + " f=" + std::to_string(period) +
                (warmup > 0 ? " warm-up " + std::to_string(warmup) : ""),
            {"optimizer=" + optimizer, "lr=" + lab::shortNumber(race.rate),
             optimizer + ".f=" + std::to_string(period),
             optimizer + ".basis_warmup=" + std::to_string(warmup)}};
}

/// Trains the arms one after another, each with a row of what was measured.
class Race {
  public:
    Race(const BasisRace& race, const std::string& device, std::vector<lab::CheckRow>& rows)
        : race_(race)
        , device_(device)
        , rows_(rows) {}

    /// The mean over the seeds.
    lab::Result<double> run(const Arm& arm) {
        const auto runs = runsOf(race_, arm, device_);
        if (!runs) {
            return runs.error();
        }
        Losses losses;
        for (const lab::RunScenario& run : *runs) {
            const auto loss = trained(run);
            if (!loss) {
                return loss.error();
            }
            losses.push_back(*loss);
        }
        lab::CheckRow& row = add("held-out loss of " + arm.name);
        row.computed = losses;
        row.residual = meanOf(losses);
        return meanOf(losses);
    }

    /// A row for a number that is measured, whatever it is.
    void measure(const std::string& quantity, double number) {
        lab::CheckRow& row = add(quantity);
        row.computed = number;
        row.residual = number;
    }

    void atLeast(const std::string& quantity, double number, double bound) {
        expect(quantity + ", at least", number, bound, number >= bound);
    }

    void atMost(const std::string& quantity, double number, double bound) {
        expect(quantity + ", at most", number, bound, number <= bound);
    }

  private:
    lab::CheckRow& add(const std::string& quantity) {
        lab::CheckRow row;
        row.area = "optim";
        row.caseName = "char_lm_race";
        row.quantity = quantity;
        row.implementation = "engine";
        row.device = device_;
        rows_.push_back(std::move(row));
        return rows_.back();
    }

    void expect(const std::string& quantity, double number, double bound, bool pass) {
        measure(quantity, number);
        lab::CheckRow& row = rows_.back();
        row.expected = bound;
        row.tolerance = bound;
        row.pass = pass;
    }

    const BasisRace& race_;
    const std::string& device_;
    std::vector<lab::CheckRow>& rows_;
};

} // namespace

BasisRace shortRace() {
    return {{"steps=200", "batch=32", "validate_every=200"}};
}

lab::Result<void> checkRace(const BasisRace& race, const std::string& device,
                            std::vector<lab::CheckRow>& rows) {
    constexpr int kWarmBasis = 30;
    Race runner(race, device, rows);
    double adam = std::numeric_limits<double>::infinity();
    for (const double rate : race.adamRates) {
        const std::string word = "lr=" + lab::shortNumber(rate);
        const auto mean = runner.run(Arm{"adamw " + word, {"optimizer=adamw", word}});
        if (!mean) {
            return mean.error();
        }
        adam = std::min(adam, *mean);
    }
    std::vector<double> means;
    for (const Arm& arm :
         {basisArm(race, "soap", 1, 0), basisArm(race, "soap", 10, 0),
          basisArm(race, "soap", 10, kWarmBasis), basisArm(race, "soap", 100, kWarmBasis),
          basisArm(race, "shampoo", 100, kWarmBasis)}) {
        const auto mean = runner.run(arm);
        if (!mean) {
            return mean.error();
        }
        means.push_back(*mean);
    }
    const double always = means[0];
    runner.atLeast("adamw behind the worst of the others",
                   adam - *std::max_element(means.begin(), means.end()), 0.0);
    runner.atLeast("soap f=10 behind f=1", means[1] - always, race.leastLag);
    runner.atMost("soap f=10 warm-up 30 behind f=1", means[2] - always, race.mostLag);
    runner.measure("soap behind shampoo, f=100 warm-up 30", means[3] - means[4]);
    return {};
}

void registerChecks(lab::CheckRegistry& registry) {
    lab::Check check;
    check.area = "optim";
    check.name = "a short race over text, decided by the warm-up of the basis";
    check.run = [](const lab::CheckOptions& options, std::vector<lab::CheckRow>& rows) {
        return checkRace(shortRace(), options.device, rows);
    };
    check.isLong = true;
    registry.add(std::move(check));
}

} // namespace psephos::experiments::train
