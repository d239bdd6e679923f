// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/bugs/bugs.hpp"
#include "experiments/optim/bugs/knobs.hpp"
#include "experiments/optim/bugs/sentences.hpp"
#include "lab/computation.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <string>
#include <utility>

namespace psephos::experiments {

namespace bugs {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Multiples of the dialled learning rate that are tried.
constexpr int kRates = 11;

double rateFactor(int index) {
    return std::pow(10.0, 0.25 * (index - kRates / 2));
}

/// Paths are drawn up to this: what has gone wild would press all others flat.
constexpr double kDrawn = 1e3;

/// A last loss above so many times the start's has diverged, however long its numbers remain
/// finite: its point would press all others flat.
constexpr double kWild = 10.0;

/// The columns of every curve here: a word, x, a value between two others.
struct CurveColumns {
    std::vector<std::string> port;
    std::vector<double> x, value, low, high;

    /// What lies outside `least` … kDrawn is left out.
    void add(const std::string& name, double at, const Spread& spread, double least = 0.0) {
        const auto shown = [least](double each) {
            return each >= least && each <= kDrawn ? each : kNan;
        };
        port.push_back(name);
        x.push_back(at);
        value.push_back(shown(spread.middle));
        low.push_back(shown(spread.low));
        high.push_back(shown(spread.high));
    }

    [[nodiscard]] lab::Table table() && {
        return {{std::move(port), std::move(x), std::move(value), std::move(low), std::move(high)}};
    }
};

/// A family's right port, or one with a mistake, as a curve. The two decay mistakes and the grafted
/// one have settings of their own, so their right ports have too.
struct PortKey {
    Family family = Family::Soap;
    Mistake mistake = Mistake::None;
    bool isSpecial = false; ///< weight decay or graft differs from the family's other mistakes

    friend auto operator<=>(const PortKey&, const PortKey&) = default;
};

class BugsComputation final : public lab::Computation {
  public:
    lab::Result<void> start(lab::RunContext& context) override {
        const lab::KnobValues& knobs = context.knobs();
        steps_ = static_cast<std::size_t>(knobs.integer("steps"));
        if (isRecorded(knobs)) {
            problems_.push_back(makeRecorded());
        } else {
            const auto count = static_cast<std::uint64_t>(knobs.integer("draws"));
            for (std::uint64_t i = 0; i < count && !context.stopRequested(); ++i) {
                problems_.push_back(
                    makeValley(optim::textbook::drawQuadratic(sizeOf(knobs), context.seed(), i)));
            }
        }
        for (const MistakeEntry& each : chosenMistakes(knobs)) {
            pairsToRun_.push_back(each);
            areOfOneFamily_ = areOfOneFamily_ && each.family == pairsToRun_.front().family;
            for (const PortKey& key : {rightOf(each), brokenOf(each)}) {
                if (!isRecorded(knobs) && lasts_.emplace(key, Lasts{each, {}}).second) {
                    portsToSweep_.push_back(key);
                }
            }
        }
        return {};
    }

    lab::Result<lab::Advance> advance(lab::RunContext& context) override {
        const auto stop = [&context] { return context.stopRequested(); };
        if (!pairsToRun_.empty()) {
            runOnePair(context, stop);
        } else if (!portsToSweep_.empty()) {
            sweepOnePort(context, stop);
        }
        if (stop()) {
            return lab::Advance::More; // the run is being given up
        }
        if (!pairsToRun_.empty() || !portsToSweep_.empty()) {
            return lab::Advance::More;
        }
        tellAll(context);
        return lab::Advance::Done;
    }

  private:
    /// Last losses by rate, of a port with the settings of a mistake.
    struct Lasts {
        MistakeEntry mistake;
        std::vector<Spread> byRate;

        [[nodiscard]] std::size_t best() const {
            std::size_t least = 0;
            for (std::size_t i = 1; i < byRate.size(); ++i) {
                least = byRate[i].middle < byRate[least].middle ? i : least;
            }
            return least;
        }

        [[nodiscard]] bool isAtEdge() const { return best() == 0 || best() + 1 == byRate.size(); }
    };

    static PortKey rightOf(const MistakeEntry& entry) {
        return {entry.family, Mistake::None,
                entry.mistake == Mistake::SoapDecayByAlpha ||
                    entry.mistake == Mistake::AdamWCoupledDecay ||
                    entry.mistake == Mistake::ShampooRawGraft};
    }

    static PortKey brokenOf(const MistakeEntry& entry) {
        return {entry.family, entry.mistake, rightOf(entry).isSpecial};
    }

    /// "right SOAP", "V not permuted".
    [[nodiscard]] std::string nameOf(const PortKey& key, const MistakeEntry& entry) const {
        if (key.mistake != Mistake::None) {
            return shortName(entry, areOfOneFamily_);
        }
        return "right " + familyLabel(key.family) +
               (!key.isSpecial                    ? ""
                : entry.family == Family::Shampoo ? ", grafted"
                                                  : ", with decay");
    }

    template <typename Stop>
    void runOnePair(lab::RunContext& context, const Stop& stop) {
        const MistakeEntry entry = pairsToRun_.front();
        const double rate = context.knobs().real("rate");
        std::vector<Pair> pairs;
        for (const auto& problem : problems_) {
            pairs.push_back(
                runPair(*problem, entry, settingsOf(context.knobs(), entry, rate), steps_, stop));
        }
        if (stop()) {
            return;
        }
        pairsToRun_.pop_front();
        addPaths(entry, pairs);
        findings_.push_back({entry, signatureOf(pairs), std::nullopt});
        if (!isRecorded(context.knobs())) {
            context.emit("losses", lab::Table(CurveColumns(losses_).table()));
        }
        context.emit("differences", lab::Table(CurveColumns(differences_).table()));
        emitSignatures(context);
        if (pairsToRun_.empty()) {
            emitScalars(context);
            context.show(); // the sweep of rates is added under the reader's eye
        }
    }

    void addPaths(const MistakeEntry& entry, const std::vector<Pair>& pairs) {
        const auto add = [&](CurveColumns& columns, const std::string& name,
                             std::vector<double> Pair::*path, double least) {
            for (std::size_t step = 0; step < (pairs.front().*path).size(); ++step) {
                std::vector<double> values;
                for (const Pair& pair : pairs) {
                    values.push_back((pair.*path)[step]);
                }
                columns.add(name, static_cast<double>(step), spreadOf(std::move(values)), least);
            }
        };
        if (std::find(shownRight_.begin(), shownRight_.end(), rightOf(entry)) ==
            shownRight_.end()) {
            shownRight_.push_back(rightOf(entry));
            add(losses_, nameOf(rightOf(entry), entry), &Pair::right, 0.0);
            // It is nowhere off itself; named here, it leaves every mistake its colour.
            differences_.add(nameOf(rightOf(entry), entry), 0.0, Spread(), kShows);
        }
        const std::string name = nameOf(brokenOf(entry), entry);
        add(losses_, name, &Pair::broken, 0.0);
        add(differences_, name, &Pair::differences, kShows);
    }

    template <typename Stop>
    void sweepOnePort(lab::RunContext& context, const Stop& stop) {
        const PortKey key = portsToSweep_.front();
        Lasts& lasts = lasts_.at(key);
        const double rate =
            context.knobs().real("rate") * rateFactor(static_cast<int>(lasts.byRate.size()));
        std::vector<double> values;
        for (const auto& problem : problems_) {
            values.push_back(lastLoss(*problem, key.family, key.mistake,
                                      settingsOf(context.knobs(), lasts.mistake, rate), steps_,
                                      stop));
        }
        if (stop()) {
            return;
        }
        lasts.byRate.push_back(spreadOf(std::move(values)));
        if (lasts.byRate.size() < kRates) {
            return;
        }
        portsToSweep_.pop_front();
        swept_.push_back(key);
        CurveColumns curves;
        for (const PortKey& each : swept_) {
            const Lasts& known = lasts_.at(each);
            for (std::size_t i = 0; i < known.byRate.size(); ++i) {
                const bool isWild = known.byRate[i].high > kWild;
                curves.add(nameOf(each, known.mistake),
                           context.knobs().real("rate") * rateFactor(static_cast<int>(i)),
                           isWild ? Spread() : known.byRate[i]);
            }
        }
        context.emit("rates", std::move(curves).table());
        for (Finding& each : findings_) {
            const Lasts& right = lasts_.at(rightOf(each.mistake));
            const Lasts& broken = lasts_.at(brokenOf(each.mistake));
            if (right.byRate.size() == kRates && broken.byRate.size() == kRates) {
                each.tuned =
                    Tuned{right.byRate[right.best()].middle, broken.byRate[broken.best()].middle,
                          right.isAtEdge() || broken.isAtEdge()};
            }
        }
        emitSignatures(context);
    }

    void emitSignatures(lab::RunContext& context) const {
        std::vector<std::string> mistake, changes, loss, tuned, source;
        std::vector<double> shows, off, ratio;
        for (const Finding& each : findings_) {
            const Signature& signature = each.signature;
            mistake.push_back(shortName(each.mistake, areOfOneFamily_));
            shows.push_back(signature.shows ? static_cast<double>(*signature.shows) : kNan);
            off.push_back(signature.difference.middle);
            ratio.push_back(signature.ratio.middle);
            loss.push_back(lossWords(signature));
            tuned.push_back(tunedWords(each));
            changes.push_back(each.mistake.changes);
            source.push_back(each.mistake.source);
        }
        std::vector<std::string> names = mistake;
        std::vector<double> offs = off;
        context.emit("signature", lab::Table{{std::move(mistake), std::move(shows), std::move(off),
                                              std::move(loss), std::move(tuned), std::move(source),
                                              std::move(changes)}});
        context.emit("seen", lab::Table{{std::move(names), std::move(offs), std::move(ratio)}});
    }

    void emitScalars(lab::RunContext& context) const {
        double largest = 0.0;
        double unseen = 0.0;
        for (const Finding& each : findings_) {
            largest = std::max(largest, each.signature.difference.middle);
            const Visibility visibility = visibilityOf(each.signature);
            unseen += visibility == Visibility::No || visibility == Visibility::Open ? 1.0 : 0.0;
        }
        context.emit("difference", largest);
        context.emit("unseen", unseen);
    }

    void tellAll(lab::RunContext& context) const {
        for (lab::Note& note : notesOf(findings_, static_cast<int>(problems_.size()))) {
            context.note(std::move(note));
        }
    }

    std::size_t steps_ = 0;
    bool areOfOneFamily_ = true;
    std::vector<std::unique_ptr<Problem>> problems_; ///< one a draw
    std::deque<MistakeEntry> pairsToRun_;
    std::deque<PortKey> portsToSweep_;
    std::vector<PortKey> swept_;      ///< in the order in which they were
    std::vector<PortKey> shownRight_; ///< right ports whose losses are among losses_
    std::map<PortKey, Lasts> lasts_;
    std::vector<Finding> findings_;
    CurveColumns losses_;
    CurveColumns differences_;
};

} // namespace

} // namespace bugs

std::unique_ptr<lab::Computation> makeBugs() {
    return std::make_unique<bugs::BugsComputation>();
}

} // namespace psephos::experiments
