// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/rotation/knobs.hpp"
#include "experiments/optim/rotation/rotation.hpp"
#include "experiments/optim/rotation/sentences.hpp"
#include "lab/declare.hpp"
#include "optim/papers.hpp"

#include <utility>

namespace psephos::experiments {

namespace rotation {

namespace {

using lab::Channel;
using lab::Panel;
using namespace lab::declare;

constexpr const char* kId = "optim.rotation";
constexpr const char* kLoss = "f(W) / f(0)";

std::vector<Channel> channels() {
    const auto curve = [](const char* id, const char* label, const char* help, const char* x) {
        return table(id, label, help, {number(x), number("loss"), number("low"), number("high")});
    };
    return {
        scalar("loss", kLoss, "The last loss as dialled, at the best learning rate."),
        curve("descent", "Descent", "The loss after each step, at the best learning rate.",
              "after"),
        curve("rates", "Learning rates",
              "The last loss at each learning rate; none where a draw ends above ten times its "
              "start.",
              "lr"),
        curve("rotations", "Rotations",
              "The last loss at each rotation, at its best learning rate.", "rotation"),
        curve("periods", "Refresh periods",
              "The last loss at rotation 1 and each refresh period, at its best learning rate.",
              "f"),
        table("best", "Best learning rates",
              "Where the best learning rate of each place is in its grid.",
              {word("where"), word("grid"), number("lr"), number("loss")}),
        scalar("rotation/ratio", "Turned over axes", "The last loss at rotation 1 over that at 0."),
        scalar("rotation/change", "Change by turning",
               "The largest relative change of the last loss at any rotation."),
        scalar("refresh/ratio1", "f = 100 over f = 1", "How the last losses compare."),
        scalar("refresh/ratio10", "f = 100 over f = 10", "How the last losses compare."),
        scalar("edges", "At the edge", "Best learning rates at an end of their grid."),
    };
}

Panel curves(const char* id, const char* title, const char* meaning, const char* channel,
             const char* x, const char* label, int row) {
    Panel made =
        panel(id, "curves", title, meaning,
              {{channel, "", {{"x", x}, {"y", "loss"}, {"low", "low"}, {"high", "high"}}}}, row);
    made.x.label = label;
    made.y.label = kLoss;
    made.y.scale = lab::Scale::Log;
    return made;
}

std::vector<Panel> panels() {
    Panel rotations = curves("rotation", "Turn the valley", "last loss; drag to turn", "rotations",
                             "rotation", "rotation", 0);
    rotations.edits = {{"x", "rotation"}};
    Panel periods = curves("refresh", "Refresh seldom", "last loss in the turned valley", "periods",
                           "f", "refresh every f steps", 0);
    periods.x.scale = lab::Scale::Log;
    periods.edits = {{"x", "refresh_period"}};
    Panel descent = curves("descent", "Descent", "as dialled, at the best learning rate", "descent",
                           "after", "step", 1);
    Panel rates = curves("rates", "Learning rates", "last loss as dialled", "rates", "lr",
                         "learning rate", 1);
    rates.x.scale = lab::Scale::Log;
    Panel best = panel("best", "table", "Best rates", "at each place, and where in its grid",
                       {{"best", "", {}}}, 1);
    best.isTab = true;
    Panel leaders =
        panel("leaders", "leaders", "Who leads", "last loss as dialled", {{"loss", "", {}}}, 0);
    leaders.y.label = kLoss;
    leaders.y.scale = lab::Scale::Log;
    leaders.zone = lab::PanelZone::Left;
    Panel notes = panel("notes", "notes", "Notes", "", {}, 1);
    notes.zone = lab::PanelZone::Left;
    return {rotations, periods, descent, rates, best, leaders, notes};
}

PresetMaker card(std::string id, std::string title, std::string question, std::string miniature) {
    return {kId,     std::move(id),       std::move(title), std::move(question),
            "1 min", std::move(miniature)};
}

std::vector<lab::Value> words(std::initializer_list<const char*> ids) {
    std::vector<lab::Value> values;
    for (const char* id : ids) {
        values.emplace_back(std::string(id));
    }
    return values;
}

std::vector<lab::Preset> presets() {
    return {
        card("turned", "What if the valley is turned?", "Who needs the axes, and who finds them?",
             "rotation")
            .sweep("optimizer", words({"sgd", "adamw", "shampoo", "soap", "muon", "lion"}))
            .make(),
        card("refresh", "How stale may a basis be?", "What does it cost to refresh seldom?",
             "refresh")
            .sweep("optimizer", words({"shampoo", "soap"}))
            .set("shampoo.form", "half_grafted")
            .set("refresh_period", std::int64_t{100})
            .make(),
        card("thrifty", "SOAP with less memory", "Which saving costs nothing?", "rotation")
            .set("optimizer", "soap")
            .sweep("soap.form", words({"full", "factored", "one_sided", "one_sided_factored"}))
            .outsideGallery()
            .make(),
        card("steep", "A longer valley", "Who still arrives?", "descent")
            .sweep("optimizer", words({"sgd", "adamw", "shampoo", "soap", "muon"}))
            .set("condition", 1000.0)
            .outsideGallery()
            .make(),
    };
}

} // namespace

} // namespace rotation

lab::Description describeRotation() {
    using namespace rotation;
    lab::Description description;
    description.id = kId;
    description.title = "Turn the valley";
    description.question = "Who needs the axes, and how stale may a basis be?";
    description.paper = optim::soapPaper();
    description.theme = lab::Theme::Descend;
    description.group = "Races";
    description.keywords = {"optimizer", "rotation", "equivariance", "kronecker",
                            "quadratic", "refresh",  "basis",        "eigenbasis",
                            "adamw",     "lion",     "shampoo",      "soap",
                            "muon",      "sgd",      "adafactor",    "learning rate"};
    description.lane = lab::Lane::Reactive;
    description.knobs = knobs();
    description.colourKnob = "optimizer";
    description.channels = channels();
    description.panels = panels();
    description.presets = presets();
    description.headline = "loss";
    description.runName = runName;
    description.runSettings = runSettings;
    description.notes = comparisonNotes;
    return description;
}

} // namespace psephos::experiments
