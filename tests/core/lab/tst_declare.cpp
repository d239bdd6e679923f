// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/declare.hpp"

#include <doctest/doctest.h>

using namespace psephos::lab;
using namespace psephos::lab::declare;

TEST_CASE("declare_knobs_haveTheirTypeRangeAndDefault") {
    const Knob rate = real("lr", "Rate", "Length of a step.", 0.5, 1e-3, 2.0, Scale::Log);
    CHECK(rate.type == KnobType::Real);
    CHECK(rate.check(0.5).ok());
    CHECK(rate.check(2.0).ok());
    CHECK_FALSE(rate.check(2.1).ok());
    CHECK_FALSE(rate.check(0.0).ok());
    CHECK(rate.scale == Scale::Log);
    const Knob steps = integer("steps", "Steps", "How many.", 3, 1, 9);
    CHECK(steps.defaultValue == Value(std::int64_t{3}));
    CHECK_FALSE(steps.check(std::int64_t{10}).ok());
    CHECK(flag("on", "On", "Whether.", true).defaultValue == Value(true));
    CHECK(advanced(rate).level == Level::Advanced);
    CHECK(rate.level == Level::Basic);
}

TEST_CASE("declare_choice_startsWithItsFirstOptionUnlessToldOtherwise") {
    const std::vector<ChoiceOption> colours{{"red", "Red", ""}, {"blue", "Blue", ""}};
    CHECK(choice("c", "Colour", "Which.", colours).defaultValue == Value(std::string("red")));
    const Knob blue = choice("c", "Colour", "Which.", colours, "blue");
    CHECK(blue.defaultValue == Value(std::string("blue")));
    CHECK_FALSE(blue.check(Value(std::string("green"))).ok());
}

TEST_CASE("declare_onlyWhatIsTyped_mayBeEmpty") {
    const auto mayBeEmpty = [](KnobType type) {
        return knob("k", "K", "A knob.", type, std::string(), "Group").optional;
    };
    CHECK(mayBeEmpty(KnobType::Text));
    CHECK(mayBeEmpty(KnobType::File));
    CHECK(mayBeEmpty(KnobType::DataSet));
    CHECK_FALSE(mayBeEmpty(KnobType::Choice));
}

TEST_CASE("declare_conditionsAdd_andGroupsKeepTheirOrder") {
    const Knob both = when(when(flag("k", "K", "A knob.", false), "a", {"1"}), "b", {"2", "3"});
    REQUIRE(both.when.size() == 2);
    CHECK(both.when[0].knob == "a");
    CHECK(both.when[1].anyOf == std::vector<std::string>{"2", "3"});
    const std::vector<Knob> all =
        together({{flag("x", "X", "", false), flag("y", "Y", "", false)}, {}, {both}});
    REQUIRE(all.size() == 3);
    CHECK(all[0].id == "x");
    CHECK(all[2].id == "k");
}

TEST_CASE("declare_channels_haveTheirKind") {
    const Channel rates = table("rates", "Rates", "By group.", {word("name"), number("rate", "%")});
    CHECK(rates.kind == FrameKind::Table);
    CHECK(rates.columns[0].isText);
    CHECK_FALSE(rates.columns[1].isText);
    CHECK(rates.columns[1].unit == "%");
    CHECK(scalar("loss", "Loss", "Mean.", "nats").unit == "nats");
    CHECK(scalar("loss", "Loss", "Mean.").kind == FrameKind::Scalar);
    CHECK(grid("map", "Map", "Heights.").kind == FrameKind::Grid);
}

TEST_CASE("declare_presets_holdSettingsSweepsAndSeeds") {
    const std::vector<ChoiceOption> racers{{"sgd", "SGD", ""}, {"soap", "SOAP", ""}};
    const Preset preset = PresetMaker("a.race", "short", "Short", "Who?", "1 min", "loss")
                              .set("steps", 5)
                              .set("surface", "booth")
                              .sweep("optimizer", racers)
                              .sweep("f", {1, 10})
                              .seeds({3, 4})
                              .outsideGallery()
                              .make();
    CHECK(preset.scenario.experiment == "a.race");
    CHECK(preset.miniature == "loss");
    CHECK_FALSE(preset.inGallery);
    CHECK(preset.scenario.seeds == std::vector<std::uint64_t>{3, 4});
    REQUIRE(preset.scenario.settings.size() == 4);
    CHECK(preset.scenario.find("steps")->values == std::vector<Value>{std::int64_t{5}});
    CHECK_FALSE(preset.scenario.find("steps")->isSweep);
    CHECK(preset.scenario.find("surface")->values == std::vector<Value>{std::string("booth")});
    CHECK(preset.scenario.find("optimizer")->values ==
          std::vector<Value>{std::string("sgd"), std::string("soap")});
    CHECK(preset.scenario.find("optimizer")->isSweep);
    CHECK(preset.scenario.find("f")->values ==
          std::vector<Value>{std::int64_t{1}, std::int64_t{10}});
}
