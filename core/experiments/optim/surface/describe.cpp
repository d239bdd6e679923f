// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/surface/knobs.hpp"
#include "experiments/optim/surface/surface.hpp"
#include "experiments/optim/surface/words.hpp"
#include "lab/declare.hpp"
#include "optim/papers.hpp"

#include <utility>

namespace psephos::experiments {

namespace surface {

namespace {

constexpr const char* kId = "optim.surface";

std::vector<lab::Channel> channels() {
    using enum lab::FrameKind;
    return {
        {"loss", Scalar, "f − f*", "", "Height above the lowest point of the surface.", {}},
        {"path", Table, "path", "", "Where the point is, a row a step.", {{"x", ""}, {"y", ""}}},
        {"landscape", Grid, "f(x, y)", "", "The surface over its window.", {}},
        {"minima",
         Table,
         "minima",
         "",
         "Its global minima.",
         {{"x", ""}, {"y", ""}, {"label", "", true}}},
        {"note", Text, "note", "", "What the optimizer degenerates to in the plane.", {}},
    };
}

std::vector<lab::Panel> panels() {
    lab::Panel landscape;
    landscape.id = "landscape";
    landscape.kind = "landscape";
    landscape.title = "Landscape";
    landscape.meaning = "one start, every optimizer's path";
    landscape.sources = {{"landscape", "landscape", {}},
                         {"path", "path", {{"x", "x"}, {"y", "y"}}},
                         {"minima", "minima", {{"x", "x"}, {"y", "y"}, {"label", "label"}}}};
    landscape.x.label = "x";
    landscape.y.label = "y";
    landscape.edits = {{"start", "start"}};
    landscape.row = 0;
    landscape.height = 1.25;

    lab::Panel loss;
    loss.id = "loss";
    loss.kind = "line";
    loss.title = "Loss";
    loss.meaning = "f(x) − f*";
    loss.sources = {{"loss", "", {}}};
    loss.x.label = "step";
    loss.y.label = "f(x) − f*";
    loss.y.scale = lab::Scale::Log;
    loss.row = 1;

    lab::Panel leaders;
    leaders.id = "leaders";
    leaders.kind = "leaders";
    leaders.title = "Who leads";
    leaders.meaning = "loss at the play head, log scale";
    leaders.sources = {{"loss", "", {}}};
    leaders.y.label = "f(x) − f*";
    leaders.y.scale = lab::Scale::Log;
    leaders.zone = lab::PanelZone::Left;
    leaders.row = 0;

    lab::Panel notes;
    notes.id = "notes";
    notes.kind = "notes";
    notes.title = "Notes";
    notes.zone = lab::PanelZone::Left;
    notes.row = 1;
    notes.height = 0.6;
    return {landscape, loss, leaders, notes};
}

lab::declare::PresetMaker card(std::string id, std::string title, std::string question) {
    return {kId, std::move(id), std::move(title), std::move(question), "1 min", "landscape"};
}

std::vector<lab::Preset> presets() {
    return {
        card("race", "Surface race", "Which way do they roll, and who arrives first?")
            .set("steps", 350)
            .sweep("optimizer", racers())
            .make(),
        card("valley", "The turned valley", "Who notices that the valley is turned?")
            .set("surface", "quadratic")
            .set("quadratic.kappa", 100.0)
            .set("quadratic.angle", -55.0)
            .set("start", lab::PointValue{-2.4, -0.7})
            .set("steps", 150)
            .sweep("optimizer", racers())
            .make(),
        card("himmelblau", "One start, four valleys", "What does a little noise decide?")
            .set("surface", "himmelblau")
            .set("start", lab::PointValue{-0.3, -0.9})
            .set("noise", 25.0)
            .set("steps", 200)
            .set("optimizer", "sgd")
            .seeds({1, 2, 3, 4, 5, 6})
            .make(),
        card("rastrigin", "A bowl full of holes", "Who gets stuck, and where?")
            .set("surface", "rastrigin")
            .set("start", lab::PointValue{-3.4, 2.3})
            .set("steps", 200)
            .sweep("optimizer", racers())
            .set("sgd.lr", 0.007)
            .set("adamw.lr", 0.8)
            .set("shampoo.lr", 0.7)
            .set("soap.lr", 0.6)
            .set("muon.lr", 0.4)
            .make(),
        card("stale-basis", "A stale basis", "What does it cost to refresh seldom?")
            .set("optimizer", "soap")
            .sweep("soap.f", {1, 10, 50, 500})
            .outsideGallery()
            .make(),
        card("noise", "Noise in every gradient", "Who keeps calm?")
            .set("surface", "booth")
            .set("start", lab::PointValue{-6.2, 8.1})
            .set("noise", 10.0)
            .sweep("optimizer", racers())
            .outsideGallery()
            .make(),
        card("beale", "Between cliffs", "Who crosses the flat?")
            .set("surface", "beale")
            .set("start", lab::PointValue{0.5, -1.4})
            .sweep("optimizer", racers())
            .outsideGallery()
            .make(),
    };
}

} // namespace

} // namespace surface

lab::Description describeSurface() {
    using namespace surface;
    lab::Description description;
    description.id = kId;
    description.title = "Surface race";
    description.question = "Which way do they roll, and who arrives first?";
    description.paper = optim::soapPaper();
    description.theme = lab::Theme::Descend;
    description.group = "Races";
    description.keywords = {"optimizer", "race",    "rosenbrock",   "beale",  "himmelblau",
                            "rastrigin", "booth",   "quadratic",    "valley", "sgd",
                            "adamw",     "shampoo", "soap",         "muon",   "preconditioner",
                            "adafactor", "lion",    "schedule-free"};
    description.lane = lab::Lane::Reactive;
    description.knobs = knobs();
    description.colourKnob = "optimizer";
    description.channels = channels();
    description.panels = panels();
    description.presets = presets();
    description.stepsKnob = "steps";
    description.headline = "loss";
    description.runName = runName;
    description.runSettings = runSettings;
    description.notes = comparisonNotes;
    return description;
}

} // namespace psephos::experiments
