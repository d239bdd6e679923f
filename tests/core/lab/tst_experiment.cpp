// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lab/fake_experiment.hpp"
#include "lab/experiment.hpp"
#include "lab/reference.hpp"
#include "lab/workbench.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

using namespace psephos::lab;
using psephos::test::describeDescent;
using psephos::test::describeShares;

namespace {

/// The faults of a description after a change.
std::vector<std::string> faultsAfter(const std::function<void(Description&)>& change) {
    Description description = describeDescent();
    change(description);
    return validate(description);
}

Knob& knobIn(Description& description, std::string_view id) {
    for (Knob& knob : description.knobs) {
        if (knob.id == id) {
            return knob;
        }
    }
    FAIL("no such knob");
    return description.knobs.front();
}

bool isFault(const std::function<void(Description&)>& change, std::string_view words) {
    for (const std::string& fault : faultsAfter(change)) {
        if (fault.find(words) != std::string::npos) {
            return true;
        }
    }
    return false;
}

} // namespace

TEST_CASE("validate_soundDescriptions_haveNoFault") {
    CHECK(validate(describeDescent()).empty());
    CHECK(validate(describeShares()).empty());
}

TEST_CASE("validate_words_areThere") {
    CHECK(isFault([](Description& it) { it.id = "descent"; }, "area.name"));
    CHECK(isFault([](Description& it) { it.id = "Test.descent"; }, "area.name"));
    CHECK(isFault([](Description& it) { it.title.clear(); }, "title"));
    CHECK(isFault([](Description& it) { it.question.clear(); }, "question"));
    CHECK(isFault([](Description& it) { it.channels.clear(); }, "no channel"));
    CHECK(isFault([](Description& it) { it.presets.clear(); }, "no preset"));
    CHECK(isFault([](Description& it) { it.stepsKnob = "lr"; }, "stepsKnob"));
    CHECK(isFault([](Description& it) { it.headline = "path"; }, "headline"));
    CHECK(isFault([](Description& it) { it.colourKnob = "lr"; }, "colourKnob"));
}

TEST_CASE("validate_knobs_areSound") {
    const auto change = [](std::string_view id, const std::function<void(Knob&)>& turn) {
        return [id, turn](Description& it) { turn(knobIn(it, id)); };
    };
    CHECK(isFault([](Description& it) { it.knobs.push_back(it.knobs[0]); }, "two items: knob"));
    CHECK(isFault(change("noise", [](Knob& it) { it.id = "a b"; }), "has an id"));
    CHECK(isFault(change("noise", [](Knob& it) { it.id = "seed"; }), "already"));
    CHECK(isFault(change("noise", [](Knob& it) { it.help.clear(); }), "help"));
    CHECK(isFault(change("noise", [](Knob& it) { it.min = 20; }), "empty range"));
    CHECK(isFault(change("noise", [](Knob& it) { it.max = 1.0 / 0.0; }), "not finite"));
    CHECK(isFault(change("noise", [](Knob& it) { it.defaultValue = 11.0; }), "unsound default"));
    CHECK(isFault(change("noise", [](Knob& it) { it.defaultValue = std::int64_t{1}; }),
                  "unsound default"));
    CHECK(isFault(change("lr", [](Knob& it) { it.min.reset(); }), "log scale"));
    CHECK(isFault(change("lr", [](Knob& it) { it.specials[0].resolve = {}; }), "stands for"));
    CHECK(isFault(change("optimizer", [](Knob& it) { it.choices.clear(); }), "without choices"));
    CHECK(isFault(change("optimizer", [](Knob& it) { it.choices.push_back(it.choices[0]); }),
                  "two items"));
    CHECK(isFault(change("optimizer", [](Knob& it) { it.choices[0].id = "a,b"; }), "unusable id"));
    CHECK(isFault(change("optimizer", [](Knob& it) { it.min = 0; }), "its type has none"));
    CHECK(isFault(change("start", [](Knob& it) { it.coordinates.clear(); }), "coordinates"));
    CHECK(isFault(change("momentum.beta", [](Knob& it) { it.when[0].anyOf = {"nesterov"}; }),
                  "which it never is"));
    CHECK(isFault(change("momentum.beta", [](Knob& it) { it.when[0].knob = "data"; }),
                  "not declared before"));
    CHECK(isFault(change("momentum.beta", [](Knob& it) { it.resetBy = {"nobody"}; }),
                  "is reset by 'nobody', which is no other knob"));
    CHECK(isFault(change("momentum.beta", [](Knob& it) { it.resetBy = {"momentum.beta"}; }),
                  "is reset by 'momentum.beta', which is no other knob"));
}

TEST_CASE("validate_channelsPanelsPresets_areSound") {
    CHECK(isFault([](Description& it) { it.channels[0].id = "loss train"; }, "unusable id"));
    CHECK(isFault([](Description& it) { it.channels[2].columns.clear(); }, "without columns"));
    CHECK(isFault([](Description& it) { it.channels[2].columns[0].id = "step"; }, "two columns"));
    CHECK(isFault([](Description& it) { it.panels[0].sources[0].channel = "loss"; },
                  "no declared channel"));
    CHECK(isFault(
        [](Description& it) {
            it.panels[0].sources = {{"path", "", {{"x", "z"}}}};
        },
        "none of that name"));
    CHECK(isFault(
        [](Description& it) {
            it.panels[0].edits = {{"start", "begin"}};
        },
        "no declared knob"));
    CHECK(isFault(
        [](Description& it) {
            it.panels[0].when = {{"nobody", {"x"}}};
        },
        "depends on 'nobody', which is no declared knob"));
    CHECK(isFault(
        [](Description& it) {
            it.panels[0].when = {{"optimizer", {"plain", "nobody"}}};
        },
        "being 'nobody', which it never is"));
    CHECK(isFault([](Description& it) { it.panels[0].isTab = true; }, "tab of no panel"));
    CHECK(isFault(
        [](Description& it) {
            it.panels.push_back(it.panels[0]);
            it.panels.back().id = "other";
            it.panels.back().row = it.panels[0].row + 1;
            it.panels.back().isTab = true;
        },
        "tab of no panel"));
    CHECK(isFault([](Description& it) { it.presets[0].scenario.experiment = "x.y"; },
                  "another experiment"));
    CHECK(isFault([](Description& it) { it.presets[0].miniature = "x"; }, "not declared"));
    CHECK(isFault([](Description& it) { it.presets[0].scenario.set("stepz", 1.0); },
                  "no declared knob"));
    CHECK(isFault([](Description& it) { it.presets[0].scenario.set("lr", 20.0); },
                  "'20' is above 10"));
}

TEST_CASE("validate_gestures_editKnobsOfTheirKind") {
    const auto editing = [](const char* role, const char* knob) {
        return [=](Description& it) { it.panels.front().edits = {{role, knob}}; };
    };
    CHECK(isFault(editing("pick-row", "nothing"), "no declared knob"));
    CHECK(isFault(editing("pick-row", "steps"), "no choice"));
    CHECK(isFault(editing("pick-column", "steps"), "no choice"));
    CHECK(isFault(editing("play", "steps"), "no number between two ends"));
}

TEST_CASE("registry_findsAndBuilds") {
    Registry registry;
    psephos::test::registerFakes(registry);
    CHECK(registry.all().size() == 2);
    REQUIRE(registry.find("test.descent") != nullptr);
    CHECK(registry.find("test.descent")->knob("lr")->type == KnobType::Real);
    CHECK(registry.find("test.descent")->channel("path")->columns.size() == 3);
    CHECK(registry.find("test.descent")->preset("race") != nullptr);
    CHECK(registry.find("x.y") == nullptr);
    CHECK(registry.create("test.descent").ok());
    CHECK_FALSE(registry.create("x.y").ok());
    CHECK(registry.isProvided("test.descent"));
}

TEST_CASE("registry_withoutFactory_saysWhichModuleIsMissing") {
    Registry registry;
    Description description = describeDescent();
    description.module = "torch";
    registry.add(description);
    CHECK_FALSE(registry.isProvided("test.descent"));
    const auto made = registry.create("test.descent");
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().message.find("'torch'") != std::string::npos);
}

TEST_CASE("openOnce_manyThreads_openOnceAndAnswerTheSame") {
    Registry registry;
    std::atomic<int> calls = 0;
    std::atomic<int> refusals = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            const Result<void> opened = registry.openOnce("x", [&calls]() -> Result<void> {
                ++calls;
                return Error{"no", "", ""};
            });
            refusals += opened.ok() ? 0 : 1;
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(calls == 1);
    CHECK(refusals == 8);
}

TEST_CASE("versions_ownAndAdded_areListed") {
    CHECK(versions().contains("psephos"));
    CHECK(versions().contains("compiler"));
    addVersion("thing", "1");
    addVersion("thing", "2");
    CHECK(versions()["thing"] == "2");
}

TEST_CASE("conditionText_valueThatIsEmpty_isSaidSo") {
    Knob knob;
    CHECK(conditionText(knob).empty());
    knob.when = {{"data", {""}}};
    CHECK(conditionText(knob) == "applies where data is empty");
    knob.when = {{"data", {"", "a.csv"}}, {"solver", {"exact"}}};
    CHECK(conditionText(knob) == "applies where data is empty or a.csv and solver is exact");
}
