// SPDX-License-Identifier: GPL-3.0-or-later
// What the window shows of a comparison: its runs, the play head, the key axis, what is emphasised.
// Panels, run list and timeline all read and write this one object, and so stay linked.
#pragma once

#include "lab/cohorts.hpp"
#include "lab/workbench.hpp"

#include <QObject>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace psephos::ui {

/// A knob and where it is turned to.
struct KnobTarget {
    QString knob;
    lab::Value value;

    friend bool operator==(const KnobTarget&, const KnobTarget&) = default;
};

class ComparisonModel : public QObject {
    Q_OBJECT
  public:
    /// The workbench outlives the model.
    explicit ComparisonModel(lab::Workbench& workbench, QObject* parent = nullptr);

    [[nodiscard]] lab::Workbench& workbench() const { return workbench_; }

    [[nodiscard]] const lab::Comparison& comparison() const { return comparison_; }

    [[nodiscard]] const lab::Description* description() const { return description_; }

    /// Shows these runs. Where they are the ones already shown (a reactive comparison was turned),
    /// play head, emphasis and visibility stay.
    void show(lab::Comparison comparison);
    void clear();

    /// Runs in order of number.
    [[nodiscard]] const std::vector<lab::RunPtr>& runs() const { return comparison_.runs; }

    /// Which runStyle() a run has, from 1: its number or, where seeds vary, its cohort's, so that a
    /// colour means an optimizer and not a draw of luck. Where a panel draws runs over a knob that
    /// varies, or where there are more cohorts than colours, those that differ in that knob alone
    /// (else: that agree in the first choice that varies) share a colour and differ in dash. Where
    /// colours differ as the description's colourKnob does, its options have theirs. It stays while
    /// the runs are shown.
    [[nodiscard]] std::size_t styleNumber(const lab::Run& run) const;

    /// The style of all that share a run's colour: the first one's.
    [[nodiscard]] std::size_t sharedStyleNumber(const lab::Run& run) const;

    /// What a colour is called: the run's name or, where seeds vary, its cohort's.
    [[nodiscard]] std::string styleName(const lab::Run& run) const;

    /// Where curves are read: a step or a compute second, by key(). The same instant in all panels.
    [[nodiscard]] double playHead() const { return playHead_; }

    /// Whether the play head stands at the newest frame and moves with it.
    [[nodiscard]] bool followsNewest() const { return followsNewest_; }

    [[nodiscard]] lab::Key key() const { return key_; }

    /// Largest key of all runs' frames; 0 while there are none.
    [[nodiscard]] double end() const { return end_; }

    /// The value to reach that a person chose; none: panels take one that every
    /// median has reached.
    [[nodiscard]] std::optional<double> target() const { return target_; }

    [[nodiscard]] std::optional<lab::RunId> emphasised() const { return emphasised_; }

    [[nodiscard]] bool isHidden(lab::RunId run) const;

    /// Turns a knob of the draft scenario by a gesture in a panel (drag of a start point, of a
    /// matrix cell). `settled` when the hand lets go.
    void turnKnob(const QString& knob, const lab::Value& value, bool settled);

    /// Turns several at once: one step of undo.
    void turnKnobs(const std::vector<KnobTarget>& turns);

  public Q_SLOTS:
    void setPlayHead(double key);
    void followNewest();
    void setKey(lab::Key key);
    void setTarget(std::optional<double> value);
    void emphasise(std::optional<lab::RunId> run);
    void setHidden(lab::RunId run, bool hidden);
    /// Called once a display frame: looks at the versions of the runs and signals what changed.
    void poll();

  Q_SIGNALS:
    void runsChanged();   ///< other runs
    void framesChanged(); ///< new frames, states or notes
    void playHeadMoved();
    void keyChanged();
    void targetChanged();
    void emphasisChanged();
    void visibilityChanged();
    void knobTurned(const QString& knob, const psephos::lab::Value& value, bool settled);
    void knobsTurned(const std::vector<psephos::ui::KnobTarget>& turns);
    /// The draft was changed, by whatever hand; empty where several knobs may have.
    void draftChanged(const QString& knob);

  private:
    [[nodiscard]] double computeEnd() const;
    void readStyles();
    /// Who shares a colour, by numbers from 0; empty where nobody does but the runs of a cohort.
    [[nodiscard]] std::map<lab::RunId, std::size_t>
    readFamilies(const std::vector<lab::Cohort>& cohorts) const;
    /// A number from 0 for each of `groups` of runs: its option's place in the colourKnob, forks
    /// after all options; none where that is not one number a group.
    [[nodiscard]] std::optional<std::vector<std::size_t>>
    readPlaces(const std::vector<const lab::Run*>& groups) const;
    /// Looks at the versions; whether any has changed.
    bool readVersions();
    void movePlayHead(double key);

    lab::Workbench& workbench_;
    lab::Comparison comparison_;
    const lab::Description* description_ = nullptr;
    double playHead_ = 0;
    double end_ = 0;
    bool followsNewest_ = true;
    lab::Key key_ = lab::Key::Step;
    std::optional<double> target_;
    std::optional<lab::RunId> emphasised_;
    std::vector<lab::RunId> hidden_;
    std::vector<std::uint64_t> versions_;

    struct Style {
        std::size_t number = 1;
        std::string name;
    };

    std::map<lab::RunId, Style> styles_; ///< empty: the runs' own
    std::size_t sharedStyles_ = 0;       ///< styles up to this number come before any is dashed for
                                         ///< a colour that is shared; 0: none is
};

} // namespace psephos::ui
