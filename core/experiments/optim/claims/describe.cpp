// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/claims/claims.hpp"
#include "experiments/optim/claims/knobs.hpp"
#include "experiments/optim/claims/plan.hpp"
#include "experiments/optim/claims/sentences.hpp"
#include "lab/declare.hpp"
#include "optim/papers.hpp"

#include <tuple>
#include <utility>

namespace psephos::experiments {

namespace claims {

namespace {

using lab::Channel;
using lab::Panel;
using namespace lab::declare;

constexpr const char* kId = "optim.claims";
constexpr const char* kLoss = "held-out loss";

std::vector<Channel> curveChannels() {
    const auto curves = [](const char* id, const char* label, const char* help, const char* x,
                           const char* y) {
        return table(id, label, help,
                     {word("arm"), number(x), number(y), number("low"), number("high")});
    };
    const auto rows = [](const char* id, const char* label, const char* help, const char* y) {
        return table(id, label, help, {word("arm"), number(y), number("low"), number("high")});
    };
    return {
        curves("by_f", "By refresh period",
               "Held-out loss at each refresh period, each at its best learning rate: median and "
               "middle half of the seeds. AdamW has none and is the same everywhere.",
               "f", "loss"),
        curves("by_steps", "By length",
               "Held-out loss at the end of a full schedule of this length, each at its best "
               "learning rate: median and middle half of the seeds.",
               "steps", "loss"),
        curves("by_batch", "By batch",
               "Steps to the target at each batch size, and what linear scaling would make of the "
               "smallest batch's.",
               "batch", "steps"),
        rows("by_arm", "By arm", "Held-out loss at the best learning rate: median and middle half.",
             "loss"),
        rows("steps_to_target", "Steps to target",
             "The least steps whose own full schedule reaches the target, between trained lengths; "
             "at most that many where the shortest schedule reaches it already.",
             "steps"),
        rows("seconds_to_target", "Time to target",
             "The same on each arm's own clock of gradients and optimizer steps.", "time"),
        curves("rates", "Learning rates",
               "Held-out loss by learning rate, each arm's newest setting.", "lr", "loss"),
    };
}

std::vector<Channel> channels() {
    std::vector<Channel> list{
        scalar("verdict", "verdict",
               "1 where the claim held, −1 where it did not, 0 where it is open."),
        scalar("target", "target", "The loss to reach.", "nats"),
        scalar("count", "trials", "Trainings that are done."),
        table(
            "parts", "Verdict",
            "What the claim says, part by part. Held: the middle halves of the seeds lie apart "
            "the right way round (or, for alike, together within the margin). Open: they overlap, "
            "a measurement is missing or only a bound, there are fewer than three seeds, or the "
            "loser's best learning rate (of a difference or a ratio, either one's) lies at the "
            "edge of those tried.",
            {word("statement"), word("verdict"), word("counts"), word("why"), word("measured")}),
        table("cells", "Settings", "Each setting at the best of its learning rates.",
              {word("arm"), word("setting"), number("lr"), word("rates"), number("loss", "nats"),
               number("low"), number("high"), number("a step", "ms")}),
        table("trials", "Trials", "Every training, to the end of its own schedule.",
              {number("trial"), word("arm"), word("setting"), number("seed"), number("lr"),
               number("loss", "nats"), number("time", "s")}),
    };
    for (Channel& each : curveChannels()) {
        list.push_back(std::move(each));
    }
    return list;
}

/// Every arm looks as its optimizer does in a training race of the five.
std::vector<lab::PanelColour> colours() {
    constexpr int kAdamW = 2;
    constexpr int kShampoo = 3;
    constexpr int kSoap = 4;
    const std::vector<std::tuple<Arm, int, int>> looks{
        {Arm::AdamW, kAdamW, 0},     {Arm::Shampoo, kShampoo, 0},   {Arm::Soap, kSoap, 0},
        {Arm::SoapEigh, kSoap, 1},   {Arm::SoapFactored, kSoap, 1}, {Arm::SoapOneSided, kSoap, 2},
        {Arm::SoapThrifty, kSoap, 3}};
    std::vector<lab::PanelColour> list{{kTargetLabel, 0, 1, true}};
    for (const auto& [arm, run, dash] : looks) {
        list.push_back({label(arm), run, dash, false});
        list.push_back({boundLabel(arm), run, dash, false});
        list.push_back({linearLabel(arm), run, 2, true});
    }
    return list;
}

Panel curves(const char* id, const char* title, const char* meaning, const char* x, const char* y) {
    Panel made = panel(
        id, "curves", title, meaning,
        {{id, "", {{"series", "arm"}, {"x", x}, {"y", y}, {"low", "low"}, {"high", "high"}}}}, 0);
    made.x.label = x;
    made.x.scale = lab::Scale::Log;
    made.y.label = kLoss;
    made.y.unit = "nats";
    return made;
}

Panel bars(const char* id, const char* title, const char* meaning, const char* value,
           const char* label, const char* unit) {
    Panel made =
        panel(id, "bars", title, meaning,
              {{id, "", {{"name", "arm"}, {"value", value}, {"low", "low"}, {"high", "high"}}}}, 0);
    made.y.label = label;
    made.y.unit = unit;
    return made;
}

std::vector<Panel> panels() {
    Panel byF = curves("by_f", "Refresh seldom", "loss at the end; the middle half of the seeds",
                       "f", "loss");
    byF.x.label = "refresh every f steps";
    byF.stretch = 1.3;
    Panel bySteps = curves("by_steps", "Each length its own schedule",
                           "loss at the end; the middle half of the seeds", "steps", "loss");
    bySteps.x.label = "steps of the schedule";
    Panel byBatch =
        curves("by_batch", "Steps to the target", "beside linear scaling", "batch", "steps");
    byBatch.y.label = "steps";
    byBatch.y.unit = "";
    byBatch.y.scale = lab::Scale::Log;
    Panel byArm = panel("by_arm", "intervals", "At the best learning rate",
                        "median and the middle half of the seeds",
                        {{"by_arm", "", {{"name", "arm"}, {"value", "loss"}}}}, 0);
    byArm.x.label = kLoss;
    byArm.x.unit = "nats";
    Panel steps = bars("steps_to_target", "Steps to the target", "each with a full schedule",
                       "steps", "steps", "");
    Panel seconds = bars("seconds_to_target", "Time to the target", "gradients and optimizer",
                         "time", "time", "s");
    Panel rates = curves("rates", "Learning rates", "the newest setting of each arm", "lr", "loss");
    rates.x.label = "learning rate";
    for (Panel* each : {&bySteps, &byBatch, &byArm, &seconds, &rates}) {
        each->isTab = true;
    }
    for (Panel* each : {&byF, &bySteps, &byBatch, &byArm, &steps, &seconds, &rates}) {
        each->colours = colours();
    }
    Panel parts = panel("parts", "table", "Verdict", "part by part", {{"parts", "", {}}}, 1);
    parts.height = 0.45;
    Panel cells = panel("cells", "table", "Settings", "each at its best learning rate",
                        {{"cells", "", {}}}, 2);
    Panel trials = panel("trials", "table", "Trials", "every training", {{"trials", "", {}}}, 2);
    trials.isTab = true;
    Panel notes = panel("notes", "notes", "Notes", "", {}, 0);
    notes.zone = lab::PanelZone::Left;
    return {byF, bySteps, byBatch, byArm, steps, seconds, rates, parts, cells, trials, notes};
}

PresetMaker card(const char* claim, const char* title, const char* question, const char* duration,
                 const char* miniature) {
    PresetMaker maker(kId, claim, title, question, duration, miniature);
    maker.set("claim", std::string(claim));
    return maker;
}

std::vector<lab::Preset> presets() {
    return {
        card("fewer_steps", "Fewer steps?", "How many steps does SOAP save, and how much time?",
             "1 min", "by_steps")
            .set("seeds", std::int64_t{3}) // a card of the gallery is done in 20 s
            .make(),
        card("staleness", "Slower to go stale?", "What do seldom refreshes cost, at which f?",
             "1 min", "by_f")
            .outsideGallery()
            .make(),
        card("batch_size", "Larger batches?", "For how long do larger batches save steps?", "1 min",
             "by_batch")
            .set("batch", std::int64_t{16})
            .set("steps", std::int64_t{800})
            .set("refresh_period", std::int64_t{2})
            .outsideGallery()
            .make(),
        card("same_at_one", "Alike at f = 1?", "Do SOAP and Shampoo part only by their refreshes?",
             "1 min", "by_arm")
            .outsideGallery()
            .make(),
        card("qr_as_eigh", "QR for eigenvectors?", "Is one QR step as good, at every f?", "1 min",
             "by_f")
            .outsideGallery()
            .make(),
        card("thrifty", "Which saving is free?", "Half the second moment, or half the bases?",
             "1 min", "by_arm")
            .outsideGallery()
            .make(),
    };
}

} // namespace

} // namespace claims

lab::Description describeClaims() {
    using namespace claims;
    lab::Description description;
    description.id = kId;
    description.title = "SOAP's claims";
    description.question = "Which of the things that are said of SOAP show in miniature?";
    description.paper = optim::soapPaper();
    description.theme = lab::Theme::Descend;
    description.group = "Workshop";
    description.keywords = {"optimizer",
                            "soap",
                            "shampoo",
                            "adamw",
                            "claim",
                            "verdict",
                            "seeds",
                            "learning rate",
                            "batch size",
                            "refresh",
                            "staleness",
                            "eigh",
                            "qr",
                            "factored",
                            "one-sided",
                            "steps to target",
                            "time to target",
                            "critical batch size"};
    description.lane = lab::Lane::Long;
    description.module = "torch";
    description.devices = {"cpu", "cuda"};
    description.knobs = knobs();
    description.channels = channels();
    description.panels = panels();
    description.presets = presets();
    description.headline = "count";
    description.runName = runName;
    description.runSettings = runSettings;
    return description;
}

} // namespace psephos::experiments
