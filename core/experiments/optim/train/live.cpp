// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/train/live.hpp"

#include "lab/declare.hpp"

#include <algorithm>
#include <utility>

namespace psephos::experiments::train {

namespace {

using lab::Knob;
using namespace lab::declare;

Knob watchEvery() {
    Knob knob = advanced(integer("watch_every", "Look every",
                                 "Steps between two looks at the watched matrix, at time and "
                                 "memory (off the clock); 0 never looks.",
                                 10, 0, 1'000'000, lab::Scale::Log));
    knob.defaultValue = lab::Special{"auto"};
    lab::SpecialValue automatic;
    automatic.id = "auto";
    automatic.label = "auto";
    automatic.help = "Fifty looks at a run, but at most one every ten steps.";
    automatic.resolve = [](const lab::KnobValues& values) -> lab::Result<lab::Value> {
        constexpr std::int64_t kLooks = 50;
        constexpr std::int64_t kFewest = 10;
        return lab::Value(std::max(kFewest, (values.integer("steps") + kLooks - 1) / kLooks));
    };
    knob.specials.push_back(std::move(automatic));
    return knob;
}

lab::PanelSource caption() {
    return {"watched", "caption", {}};
}

lab::Panel tab(lab::Panel panel) {
    panel.isTab = true;
    panel.row = 1;
    return panel;
}

} // namespace

std::vector<Knob> liveKnobs() {
    Knob watch = advanced(knob("watch", "Watched matrix",
                               "The matrix whose inside is shown, by name; empty: the largest "
                               "hidden one.",
                               lab::KnobType::Text, std::string()));
    watch.optional = true;
    return {std::move(watch), watchEvery()};
}

std::vector<lab::Channel> liveChannels() {
    return {
        {"watched",
         lab::FrameKind::Text,
         "watched matrix",
         "",
         "The matrix that is looked at, with its size.",
         {}},
        grid("basis/left", "rows",
             "|QᵀQ'| of the basis of the watched matrix' rows before and after the refresh; of "
             "large bases the root mean square of neighbouring directions."),
        grid("basis/right", "columns", "The same of its columns."),
        scalar("residual/left", "rows",
               "‖B − diag B‖/‖B‖ of B = QᵀLQ: the average of GGᵀ in the present basis. Where an "
               "optimizer keeps only a root of L, Q are the root's eigenvectors."),
        scalar("residual/right", "columns", "The same of R, the average of GᵀG."),
        scalar("refresh", "refresh", "1 at each step that renewed bases or roots."),
        table("update/spectrum", "update spectrum",
              "Singular values of the watched matrix' last change, descending, over their root "
              "mean square.",
              {number("index"), number("value")}),
        scalar("rank1/own", "as it is kept",
               "‖V − ACᵀ/ΣA‖/‖V‖ of the second moment that the optimizer keeps (SOAP in its bases, "
               "AdamW along the weights' own axes), A and C its row and column sums."),
        scalar("rank1/axes", "measured along the weights' axes",
               "The same of an average of the squared gradient along the weights' own axes that is "
               "measured beside the run, where the optimizer keeps another one."),
        table("time/phases", "time by phase",
              "Mean milliseconds of a step so far, and the least that its products, factorisations "
              "and passes over memory take at the rates of this machine.",
              {word("phase"), number("ms", "ms"), number("floor", "ms")}),
        table("memory", "memory", "What the optimizer holds, in millions of bytes.",
              {word("part"), number("size", "MB")}),
        scalar("memory/formula", "by the formula",
               "Gradient and state by the paper's formula for these matrices: AdamW 3mn, SOAP and "
               "Shampoo 2m² + 2n² + 3mn, factored 2mn + m + n in place of 3mn, one-sided without "
               "the other square.",
               "MB"),
    };
}

std::vector<lab::Panel> matrixPanels() {
    lab::Panel turn = panel("turn", "maps", "Basis turn", "old against new directions",
                            {{"basis/left", "", {}}, {"basis/right", "", {}}, caption()});
    turn.x.label = "new direction";
    turn.y.label = "old direction";
    lab::Panel residual =
        panel("residual", "line", "Off the diagonal", "share of L and R that their bases miss",
              {{"residual/left", "", {}},
               {"residual/right", "beside", {}},
               {"refresh", "ticks", {}},
               caption()});
    residual.x.label = "step";
    residual.y.label = "‖B − diag B‖ / ‖B‖";
    residual.y.min = 0;
    lab::Panel spectrum =
        panel("spectrum", "curves", "Update spectrum",
              "singular values of the last step; 1 everywhere is flat",
              {{"update/spectrum", "", {{"x", "index"}, {"y", "value"}}}, caption()});
    spectrum.x.label = "singular value, by size";
    spectrum.y.label = "over their root mean square";
    spectrum.y.scale = lab::Scale::Log;
    spectrum.y.min = 1e-3; // what is less does not move the weights
    lab::Panel rank = panel("rank", "line", "Rank one?", "what row and column sums of V miss",
                            {{"rank1/own", "", {}}, {"rank1/axes", "beside", {}}, caption()});
    rank.x.label = "step";
    rank.y.label = "‖V − ACᵀ/ΣA‖ / ‖V‖";
    rank.y.min = 0;
    return {tab(turn), tab(residual), tab(spectrum), tab(rank)};
}

std::vector<lab::Panel> costPanels() {
    lab::Panel phases =
        panel("phases", "stacks", "Time by phase", "mean step so far, and the least below it",
              {{"time/phases", "", {{"name", "phase"}, {"value", "ms"}, {"floor", "floor"}}}});
    phases.x.label = "time of a step";
    phases.x.unit = "ms";
    lab::Panel memory = panel(
        "memory", "stacks", "Memory", "what the optimizer holds",
        {{"memory", "", {{"name", "part"}, {"value", "size"}}}, {"memory/formula", "mark", {}}});
    memory.x.label = "memory";
    memory.x.unit = "MB";
    return {tab(phases), tab(memory)};
}

} // namespace psephos::experiments::train
