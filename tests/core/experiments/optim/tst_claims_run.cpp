// SPDX-License-Identifier: GPL-3.0-or-later
// optim.claims as it trains: tiny models, every claim to its verdict.
#include "core/experiments/optim/keeper.hpp"
#include "experiments/optim/claims/claims.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <memory>

using namespace psephos;
using namespace psephos::experiments;
using test::Keeper;
using test::Settings;

namespace {

constexpr std::int64_t operator""_i(unsigned long long number) {
    return static_cast<std::int64_t>(number);
}

lab::RunScenario scenario(const Settings& settings, std::uint64_t seed = 0) {
    static const lab::Description kDescription = describeClaims();
    Settings all{{"steps", 8_i}, {"seeds", 1_i}, {"rates", 3_i}, {"width", 8_i}, {"batch", 4_i}};
    all.insert(all.end(), settings.begin(), settings.end());
    const auto one = test::oneRun(kDescription, all, seed);
    REQUIRE_MESSAGE(one.ok(), one.error().line());
    return *one;
}

/// A run that can be taken up again.
class Run {
  public:
    explicit Run(const Settings& settings, std::uint64_t seed = 0)
        : context_(scenario(settings, seed), 1, keeper, stop)
        , computation_(makeClaims()) {
        context_.clock().start();
    }

    void start() { REQUIRE(computation_->start(context_).ok()); }

    bool advance() {
        context_.setStep(context_.step() + 1);
        const auto advanced = computation_->advance(context_);
        REQUIRE_MESSAGE(advanced.ok(), advanced.error().line());
        return *advanced == lab::Advance::More;
    }

    Run& finish() {
        start();
        while (advance()) {
        }
        return *this;
    }

    [[nodiscard]] std::string save() const { return *computation_->save(); }

    [[nodiscard]] lab::Result<void> restore(std::int64_t step, std::string_view bytes) {
        context_.setStep(step);
        return computation_->restore(context_, bytes);
    }

    [[nodiscard]] std::vector<double> losses() const { return keeper.table("trials").numbers(5); }

    Keeper keeper;
    std::atomic<bool> stop = false;

  private:
    lab::RunContext context_;
    std::unique_ptr<lab::Computation> computation_;
};

Settings claim(const char* id) {
    return {{"claim", std::string(id)}};
}

} // namespace

TEST_CASE("claims_each_trainsToItsVerdict") {
    const lab::Description description = describeClaims();
    const std::map<std::string, const char*> picture{{"fewer_steps", "steps_to_target"},
                                                     {"staleness", "by_f"},
                                                     {"same_at_one", "by_arm"},
                                                     {"qr_as_eigh", "by_f"},
                                                     {"thrifty", "by_arm"},
                                                     {"batch_size", "by_batch"}};
    for (const auto& [id, channel] : picture) {
        CAPTURE(id);
        Run run(claim(id.c_str()));
        run.finish();
        CHECK(run.keeper.table(channel).rows() >= 2);
        CHECK(run.keeper.table("parts").rows() >= 1);
        CHECK(std::get<double>(run.keeper.frames.at("verdict").back().payload) == 0.0);
        // One seed says nothing about spread.
        CHECK(run.keeper.notes.at("verdict").text.find("fewer than three seeds") !=
              std::string::npos);
        CHECK(run.keeper.notes.contains("protocol"));
        CHECK(run.keeper.notes.contains("paper"));
        CHECK(run.keeper.notes.contains("tuning")); // three rates are few
        CHECK(std::get<double>(run.keeper.frames.at("count").back().payload) ==
              static_cast<double>(run.losses().size()));
        for (const lab::Panel& panel : description.panels) { // nothing is drawn at random
            if (panel.colours.empty() || !run.keeper.frames.contains(panel.sources[0].channel)) {
                continue;
            }
            for (const std::string& word : run.keeper.table(panel.sources[0].channel).texts(0)) {
                CAPTURE(panel.id);
                CAPTURE(word);
                CHECK(std::ranges::count(panel.colours, word, &lab::PanelColour::word) == 1);
            }
        }
        for (const auto& [name, frames] : run.keeper.frames) {
            CAPTURE(name);
            REQUIRE(description.channel(name) != nullptr);
            if (const auto* table = std::get_if<lab::TablePtr>(&frames.back().payload)) {
                CHECK((*table)->columns.size() == description.channel(name)->columns.size());
            }
        }
    }
}

TEST_CASE("claims_sameSeed_sameTrials") {
    const auto losses = [](std::uint64_t seed) {
        return Run(claim("same_at_one"), seed).finish().losses();
    };
    const std::vector<double> first = losses(1);
    CHECK(first.size() >= 6);
    CHECK(losses(1) == first);
    CHECK(losses(2) != first);
}

TEST_CASE("claims_arms_startAlikeAndPartAtOnce") {
    Run run({{"claim", std::string("thrifty")}, {"seeds", 2_i}});
    run.finish();
    const lab::Table& trials = run.keeper.table("trials");
    std::map<std::string, double> byArm; // first trial of each at its own first rate
    for (std::size_t i = 0; i < trials.rows(); ++i) {
        CHECK(std::isfinite(trials.numbers(5)[i]));
        byArm.emplace(trials.texts(1)[i], trials.numbers(5)[i]);
    }
    CHECK(byArm.size() == 6);
    std::vector<double> losses;
    for (const auto& [arm, loss] : byArm) {
        losses.push_back(loss);
    }
    std::sort(losses.begin(), losses.end());
    CHECK(std::adjacent_find(losses.begin(), losses.end()) == losses.end());
}

TEST_CASE("claims_knobs_eachChangeTheTrials") {
    const std::vector<double> before = Run(claim("thrifty")).finish().losses();
    const Settings turned{{"task", std::string("char_lm")},
                          {"width", 16_i},
                          {"batch", 8_i},
                          {"steps", 12_i},
                          {"seeds", 2_i},
                          {"refresh_period", 2_i},
                          {"basis_warmup", 0_i}};
    for (const auto& each : turned) {
        CAPTURE(each.first);
        Settings settings = claim("thrifty");
        settings.push_back(each);
        if (each.first == "refresh_period") {
            settings.emplace_back("basis_warmup", 0_i); // longer than the run, it hides f
            Settings seldom = settings;
            seldom[1].second = 10_i;
            CHECK(Run(settings).finish().losses() != Run(seldom).finish().losses());
            continue;
        }
        CHECK(Run(settings).finish().losses() != before);
    }
    // The target and the margin change no trial, but what is said of them.
    Settings easy = claim("fewer_steps");
    easy.emplace_back("target", 50.0);
    Run reached(easy);
    const lab::Table steps = reached.finish().keeper.table("steps_to_target");
    CHECK(steps.texts(0).front() == "AdamW, at most"); // the shortest schedule is enough
    CHECK(steps.numbers(1).front() == 3.0);
    CHECK(reached.keeper.notes.contains("bound"));
}

TEST_CASE("claims_checkpoint_goesOnAsIfUndisturbed") {
    const Settings settings{{"claim", std::string("same_at_one")}, {"steps", 20_i}};
    const std::vector<double> whole = Run(settings).finish().losses();
    for (const int at : {1, 2, 3, 7}) { // within a training (8 steps at once) and between two
        CAPTURE(at);
        Run first(settings);
        first.start();
        for (int i = 0; i < at; ++i) {
            REQUIRE(first.advance());
        }
        Run second(settings);
        const auto restored = second.restore(at, first.save());
        REQUIRE_MESSAGE(restored.ok(), restored.error().line());
        CHECK(second.keeper.frames.empty());
        while (second.advance()) {
        }
        CHECK(second.losses() == whole);
        CHECK(second.keeper.notes.contains("verdict"));
    }
}

TEST_CASE("claims_damagedCheckpoint_isRefused") {
    const Settings settings = claim("same_at_one");
    Run first(settings);
    first.start();
    REQUIRE(first.advance());
    std::string bytes = first.save();
    Run second(settings);
    CHECK_FALSE(second.restore(1, bytes.substr(0, bytes.size() / 2)).ok());
    CHECK_FALSE(second.restore(1, "").ok());
}

TEST_CASE("claims_stopped_leavesItsTraining") {
    Run run({{"claim", std::string("same_at_one")}, {"steps", 1000_i}});
    run.start();
    run.stop = true;
    CHECK(run.advance());
    CHECK_FALSE(run.keeper.frames.contains("trials"));
}

TEST_CASE("claims_smallestModel_trains") {
    Run run({{"task", std::string("char_lm")}, {"width", 8_i}, {"batch", 1_i}});
    run.start(); // the smallest model there is
    CHECK(run.advance());
}
