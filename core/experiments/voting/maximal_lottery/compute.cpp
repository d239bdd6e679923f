// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/electorate.hpp"
#include "choice/maximal_lottery.hpp"
#include "experiments/voting/maximal_lottery/examples.hpp"
#include "experiments/voting/maximal_lottery/maximal_lottery.hpp"
#include "experiments/voting/maximal_lottery/sentences.hpp"
#include "lab/text.hpp"
#include "lab/value.hpp"

#include <cmath>
#include <utility>

namespace psephos::experiments {

namespace {

using lab::Advance;
using lab::Error;
using lab::MatrixValue;
using lab::Result;
using lab::RunContext;

Error badEdit(std::string message, std::string hint) {
    return Error{.message = std::move(message), .hint = std::move(hint), .place = "knob 'margins'"};
}

/// Margins with the hand's edits in them.
struct EditedMargins {
    std::vector<double> margins; ///< [n,n], skew-symmetric
    std::vector<bool> isEdited;  ///< [n,n], symmetric
    std::size_t edits = 0;       ///< pairs
};

/// The margin of i over j that the hand set, from the cell or its mirror; NaN where neither is set.
Result<double> editOf(const MatrixValue& edits, std::size_t i, std::size_t j,
                      const std::vector<std::string>& names) {
    const double over = edits.at(i, j);
    const double under = edits.at(j, i);
    if (!std::isnan(over) && !std::isnan(under) && over != -under) {
        const std::string first = lab::onOneLine(names[i]);
        const std::string second = lab::onOneLine(names[j]);
        return badEdit("the margin of " + first + " over " + second + " is " + lab::toText(over) +
                           ", and that of " + second + " over " + first + " " + lab::toText(under),
                       "one is the other's negative; leave one of the cells empty");
    }
    return std::isnan(over) ? 0.0 - under : over;
}

Result<EditedMargins> applyEdits(std::vector<double> margins, const MatrixValue& edits,
                                 const std::vector<std::string>& names) {
    const std::size_t n = names.size();
    EditedMargins edited{std::move(margins), std::vector<bool>(n * n, false), 0};
    if (edits.values.empty()) {
        return edited;
    }
    if (edits.rows != n || edits.columns != n) {
        return badEdit("it has " + std::to_string(edits.rows) + " x " +
                           std::to_string(edits.columns) + " cells, but the votes are on " +
                           std::to_string(n) + " candidates",
                       "reset it, or give a cell for every pair");
    }
    for (std::size_t i = 0; i < n; ++i) {
        if (!std::isnan(edits.at(i, i)) && edits.at(i, i) != 0.0) {
            return badEdit("the margin of " + lab::onOneLine(names[i]) + " over itself is " +
                               lab::toText(edits.at(i, i)),
                           "it can only be 0");
        }
        for (std::size_t j = i + 1; j < n; ++j) {
            const Result<double> edit = editOf(edits, i, j, names);
            if (!edit) {
                return edit.error();
            }
            if (std::isnan(*edit)) {
                continue;
            }
            edited.margins[i * n + j] = *edit;
            edited.margins[j * n + i] = 0.0 - *edit; // never −0
            edited.isEdited[i * n + j] = edited.isEdited[j * n + i] = true;
            ++edited.edits;
        }
    }
    return edited;
}

class MaximalLotteryRun final : public lab::Computation {
  public:
    Result<void> start(RunContext& context) override {
        const auto reading = context.offClock();
        const std::string& data = context.knobs().text("data");
        if (data.empty()) {
            electorate_ = std::make_shared<const ballots::Electorate>(
                exampleElectorate(context.knobs().text("example")));
            return {};
        }
        auto electorate = ballots::openElectorate(data);
        if (!electorate) {
            return electorate.error();
        }
        electorate_ = std::move(electorate).value();
        return {};
    }

    Result<Advance> advance(RunContext& context) override {
        const ballots::PairCounts& pairs = electorate_->pairs;
        const Result<EditedMargins> edited = applyEdits(
            ballots::countMargins(pairs), context.knobs().matrix("margins"), pairs.names);
        if (!edited) {
            return edited.error();
        }
        const auto solver = context.knobs().text("solver") == "linear_program"
                                ? choice::LotterySolver::LinearProgram
                                : choice::LotterySolver::CentralPath;
        const Result<choice::Lottery> lottery =
            choice::maximalLottery(edited->margins, pairs.size(), solver);
        if (!lottery) {
            return lottery.error();
        }
        emit(context, *edited, *lottery);
        return Advance::Done;
    }

  private:
    void emit(RunContext& context, const EditedMargins& edited,
              const choice::Lottery& lottery) const {
        const ballots::PairCounts& pairs = electorate_->pairs;
        lab::Grid grid;
        grid.x.names = pairs.names;
        grid.y.names = pairs.names;
        grid.values = edited.margins;
        context.emit("margins", std::move(grid));
        context.emit("lottery", lab::Table{{pairs.names, lottery.probabilities}});
        context.emit("gap", lottery.gap);

        std::vector<ballots::Pair> unseen;
        for (const ballots::Pair& pair : ballots::unseenPairs(pairs)) {
            if (!edited.isEdited[pair.first * pairs.size() + pair.second]) {
                unseen.push_back(pair);
            }
        }
        const LotteryState state{pairs.names, edited.margins, unseen, edited.edits, lottery};
        for (lab::Note& note : sentencesOf(state)) {
            context.note(std::move(note));
        }
        for (std::size_t i = 0; i < electorate_->warnings.size(); ++i) {
            context.note({"file-" + std::to_string(i + 1), lab::NoteKind::Warning,
                          "The file is odd: " + electorate_->warnings[i] + "."});
        }
    }

    std::shared_ptr<const ballots::Electorate> electorate_;
};

} // namespace

std::unique_ptr<lab::Computation> makeMaximalLottery() {
    return std::make_unique<MaximalLotteryRun>();
}

} // namespace psephos::experiments
