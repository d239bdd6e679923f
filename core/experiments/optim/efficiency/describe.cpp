// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/efficiency/efficiency.hpp"
#include "experiments/optim/efficiency/measured.hpp"
#include "lab/declare.hpp"
#include "optim/papers.hpp"

#include <utility>

namespace psephos::experiments {

namespace efficiency {

namespace {

using namespace lab::declare;

constexpr const char* kId = "optim.efficiency";

std::vector<lab::Knob> knobs() {
    const std::vector<std::string> typed{"typed"};
    const std::vector<std::string> file{"file"};
    std::vector<lab::Knob> list{
        choice(
            "source", "Numbers from", "Where the losses come from.",
            {{"typed", "typed", "The lists below."},
             {"file", "runs", "Runs of optim.train, as `psephos-cli run … --json` prints them."}}),
        when(knob("fractions", "Lengths",
                  "Of the challenger's runs, as fractions of the baseline's length.",
                  lab::KnobType::Text, std::string("0.5, 0.625, 0.75, 0.875, 1")),
             "source", typed),
        when(knob("losses", "Losses",
                  "At the end of each of these runs, which each decayed on their own.",
                  lab::KnobType::Text,
                  std::string("2.93941125, 2.90357866, 2.87712813, 2.85657079, 2.84")),
             "source", typed),
        when(real("baseline_loss", "Baseline's loss", "At the end of its whole length.", 2.90, 0.0,
                  100.0),
             "source", typed),
        when(real("time_ratio", "Time of a step",
                  "The challenger's over the baseline's: above 1 its steps are slower.", 1.08, 0.01,
                  100.0, lab::Scale::Log),
             "source", typed),
        when(knob("runs", "Runs",
                  "A JSON array of finished runs of two optimizers at several lengths.",
                  lab::KnobType::File, std::string()),
             "source", file),
        when(knob("baseline", "Baseline", "The optimizer that sets length and loss, by its id.",
                  lab::KnobType::Text, std::string("adamw")),
             "source", file),
        when(knob("challenger", "Challenger", "Its id; empty: the other one in the file.",
                  lab::KnobType::Text, std::string()),
             "source", file),
    };
    for (lab::Knob& each : list) {
        each.live = false;
    }
    return list;
}

std::vector<lab::Channel> channels() {
    const auto curve = [](const char* id, const char* label, const char* help) {
        return table(id, label, help, {number("share"), number("loss")});
    };
    return {
        curve("measured", "measured", "The challenger's runs, each with its own schedule."),
        curve("law", "fitted law", "a + b·N^(−β), by least squares."),
        curve("baseline", "baseline", "Where the baseline ends."),
        curve("share", "N*", "Where the law comes down to it."),
        table("answer", "Answer", "What follows.", {word("what"), word("value")}),
        scalar("baseline/loss", "baseline's loss", "At the end of its length."),
        scalar("time/ratio", "time of a step", "The challenger's over the baseline's."),
        scalar("saving/share", "N*", "Share of the baseline's steps at which its loss is reached."),
        scalar("saving/steps", "steps saved", "1 − N*."),
        scalar("saving/time", "time saved", "1 − N* times the ratio of the steps' times."),
        scalar("law/a", "a", "What no length goes below."),
        scalar("law/b", "b", "How much a length can gain."),
        scalar("law/beta", "β", "How fast it gains."),
        scalar("law/rms", "off the law", "Root mean square of what the points lie off."),
    };
}

std::vector<lab::Panel> panels() {
    const auto source = [](const char* channel, const char* role) {
        return lab::PanelSource{channel, role, {{"x", "share"}, {"y", "loss"}}};
    };
    lab::Panel benefit = panel("benefit", "curves", "Where the baseline's loss is reached",
                               "each dot a run with its own schedule",
                               {source("law", "fitted law"), source("measured", "measured"),
                                source("baseline", "baseline"), source("share", "N*")});
    benefit.x.label = "length, share of the baseline's";
    benefit.y.label = "loss at the end";
    benefit.height = 1.8;
    // The challenger alone has a colour: the others say something of it.
    benefit.colours = {{"measured", 1, 0, false},
                       {"fitted law", 1, 1, true},
                       {"baseline", 0, 1, true},
                       {"N*", 0, 2, true}};
    lab::Panel answer =
        panel("answer", "table", "Answer", "what the law says", {{"answer", "", {}}}, 1);
    lab::Panel notes;
    notes.id = "notes";
    notes.kind = "notes";
    notes.title = "Notes";
    notes.zone = lab::PanelZone::Left;
    return {benefit, answer, notes};
}

std::string runName(const lab::RunScenario& run) {
    return run.knobs.text("source") == "typed" ? "typed losses" : "measured runs";
}

} // namespace

} // namespace efficiency

lab::Description describeEfficiency() {
    using namespace efficiency;
    lab::Description description;
    description.id = kId;
    description.title = "Efficiency benefit";
    description.question = "How many steps, and how much time, does the better optimizer save?";
    description.paper = optim::soapPaper();
    description.theme = lab::Theme::Descend;
    description.group = "Races";
    description.keywords = {"efficiency", "saving",     "steps",    "time",   "scaling law",
                            "baseline",   "challenger", "fraction", "benefit"};
    description.lane = lab::Lane::Reactive;
    description.knobs = knobs();
    description.channels = channels();
    description.panels = panels();
    description.presets = {
        lab::declare::PresetMaker(kId, "calculator", "Sooner there",
                                  "What is a lower curve worth in steps and in seconds?", "30 s",
                                  "benefit")
            .make()};
    description.headline = "saving/steps";
    description.runName = runName;
    return description;
}

} // namespace psephos::experiments
