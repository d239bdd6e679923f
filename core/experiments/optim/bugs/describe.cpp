// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/bugs/bugs.hpp"
#include "experiments/optim/bugs/knobs.hpp"
#include "experiments/optim/bugs/sentences.hpp"
#include "lab/declare.hpp"
#include "optim/papers.hpp"

#include <utility>

namespace psephos::experiments {

namespace bugs {

namespace {

using lab::Channel;
using lab::Panel;
using namespace lab::declare;

constexpr const char* kId = "optim.bugs";
constexpr const char* kLoss = "f(W) / f(0)";

std::vector<Channel> channels() {
    const auto curves = [](const char* id, const char* label, const char* help, const char* x,
                           const char* y) {
        return table(id, label, help,
                     {word("port"), number(x), number(y), number("low"), number("high")});
    };
    return {
        curves("losses", "Losses", "The loss after each call, of right ports and wrong ones.",
               "call", "loss"),
        curves("differences", "Differences",
               "How far the wrong port's weights are from the right one's after each call, as a "
               "share of the way that the right one goes in all; below 1e-9 it is round-off and "
               "left out.",
               "call", "difference"),
        curves("rates", "Learning rates",
               "The last loss at each learning rate, as a multiple of the right port's own; none "
               "where a draw ends above ten times its start.",
               "rate", "loss"),
        table("signature", "Signatures",
              "From which call on a mistake shows in the weights, how far they are off at the end "
              "and whether the last loss tells, at the dialled learning rate and with each port at "
              "its best of eleven.",
              {word("mistake"), number("shows after call"), number("weights off"),
               word("in the loss"), word("each at its best rate"), word("source"),
               word("what it changes")}),
        table("seen", "Weights and loss",
              "How far the weights end off, and the last loss as a multiple of the right one.",
              {word("mistake"), number("off"), number("ratio")}),
        scalar("difference", "weights off", "The largest difference of weights at the end."),
        scalar(
            "unseen", "not seen in the loss",
            "Mistakes whose last loss is not clearly off: less than 10 %, or the draws disagree."),
    };
}

Panel curves(const char* id, const char* title, const char* meaning, const char* channel,
             const char* x, const char* y, int row) {
    Panel made = panel(
        id, "curves", title, meaning,
        {{channel, "", {{"series", "port"}, {"x", x}, {"y", y}, {"low", "low"}, {"high", "high"}}}},
        row);
    made.x.label = x;
    made.y.scale = lab::Scale::Log;
    return made;
}

std::vector<Panel> panels() {
    Panel losses =
        curves("losses", "Loss", "right and wrong, from one start", "losses", "call", "loss", 0);
    losses.y.label = kLoss;
    Panel differences = curves("differences", "How far off", "of the way that the right one goes",
                               "differences", "call", "difference", 0);
    differences.y.label = "difference of weights";
    Panel rates = curves("rates", "Would tuning hide it?", "last loss at each learning rate",
                         "rates", "rate", "loss", 1);
    rates.x.label = "learning rate / own rate";
    rates.x.scale = lab::Scale::Log;
    rates.y.label = kLoss;
    rates.edits = {{"x", "rate"}};
    Panel seen = panel("seen", "scatter", "Would you see it?", "low and far right: you would not",
                       {{"seen", "", {{"name", "mistake"}, {"x", "off"}, {"y", "ratio"}}}}, 1);
    seen.x.label = "difference of weights";
    seen.x.scale = lab::Scale::Log;
    seen.y.label = "last loss, wrong / right";
    seen.y.scale = lab::Scale::Log;
    // Recorded gradients have no loss: what is about one is not there.
    for (Panel* each : {&losses, &rates, &seen}) {
        each->when = {{"problem", {"valley"}}};
    }
    Panel signature = panel("signature", "table", "Signatures", "how each mistake would be found",
                            {{"signature", "", {}}}, 2);
    signature.height = 0.8;
    Panel notes = panel("notes", "notes", "Notes", "", {}, 0);
    notes.zone = lab::PanelZone::Left;
    return {losses, differences, rates, seen, signature, notes};
}

PresetMaker card(std::string id, std::string title, std::string question, std::string miniature,
                 lab::ChoicesValue mistakes) {
    PresetMaker maker(kId, std::move(id), std::move(title), std::move(question), "1 min",
                      std::move(miniature));
    maker.set("bug", std::move(mistakes));
    return maker;
}

std::vector<lab::Preset> presets() {
    const lab::ChoicesValue soap = idsOf({Family::Soap});
    return {
        card("wrong-line", "One wrong line", "Would the loss tell you?", "differences",
             {"soap_no_permute", "soap_stale_momentum", "soap_ascending", "soap_gram_first",
              "soap_lost_call", "soap_hat_eps"})
            .make(),
        card("tuned-away", "Tuned away", "Which mistakes does a learning rate hide?", "rates",
             {"shampoo_no_correction", "muon_conv_scale", "sgd_average"})
            .make(),
        card("whole-gallery", "The bug gallery", "How does each mistake give itself away?", "seen",
             idsOf({Family::Sgd, Family::AdamW, Family::ScheduleFree, Family::Shampoo, Family::Soap,
                    Family::Muon}))
            .outsideGallery()
            .make(),
        card("same-gradients", "On the same gradients", "Who parts from whom, and when?",
             "differences", soap)
            .set("problem", std::string("recorded"))
            .set("refresh_period", std::int64_t{5})
            .set("rate", 0.5)
            .outsideGallery()
            .make(),
    };
}

} // namespace

} // namespace bugs

lab::Description describeBugs() {
    using namespace bugs;
    lab::Description description;
    description.id = kId;
    description.title = "The bug gallery";
    description.question = "What does an optimizer look like when one line of its port is wrong?";
    description.paper = optim::soapPaper("the histories of its ports");
    description.theme = lab::Theme::Descend;
    description.group = "Workshop";
    description.keywords = {"optimizer", "bug",     "mistake",      "port",  "debug",
                            "soap",      "shampoo", "muon",         "adamw", "sgd",
                            "basis",     "permute", "momentum",     "tf32",  "bias correction",
                            "epsilon",   "decay",   "schedule-free"};
    description.lane = lab::Lane::Reactive;
    description.knobs = knobs();
    description.channels = channels();
    description.panels = panels();
    description.presets = presets();
    description.headline = "unseen";
    description.runName = runName;
    description.runSettings = runSettings;
    return description;
}

} // namespace psephos::experiments
