// SPDX-License-Identifier: GPL-3.0-or-later
// An experiment: a kind of computation. Its description is plain data, known before any heavy
// library is loaded; the object that computes comes from a factory, perhaps of a module.
#pragma once

#include "lab/channel.hpp"
#include "lab/computation.hpp"
#include "lab/knob.hpp"
#include "lab/note.hpp"
#include "lab/panel.hpp"
#include "lab/scenario.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::lab {

/// Where the mathematics comes from.
struct Paper {
    std::string shortName; ///< "SOAP", for a card
    std::string citation;  ///< authors, title, year
    std::string arxiv;     ///< "2409.11321"; may be empty
};

/// The two headings of the gallery.
enum class Theme { Descend, Choose };

/// Long runs share a worker a device; reactive ones answer under the hand on their own thread.
enum class Lane { Long, Reactive };

/// A scenario worth opening, with its card in the gallery.
struct Preset {
    std::string id;
    std::string title;
    std::string question;
    Scenario scenario;
    std::string duration;  ///< "1 min": what a person needs, not what the machine does
    std::string miniature; ///< id of the panel that the card shows
    bool inGallery = true;
};

/// What a comparison's notes are made from: a run, as far as it has come.
struct RunFacts {
    RunScenario scenario;
    std::string state;
    std::int64_t step = 0;
    std::vector<std::pair<std::string, double>> finals;    ///< last value of each scalar channel
    std::optional<std::int64_t> divergedAt = std::nullopt; ///< then its last values are old ones
};

struct Description {
    std::string id;       ///< `optim.train`
    std::string title;    ///< "Teach a machine to spell"
    std::string question; ///< the question that it answers
    Paper paper;
    Theme theme = Theme::Descend;
    std::string group; ///< heading in the side bar: "Races"
    std::vector<std::string> keywords;
    Lane lane = Lane::Long;
    std::string module; ///< module with the factory, e.g. `torch`; empty: built in
    std::vector<std::string> devices = {"cpu"}; ///< on which it can compute: `cpu`, `cuda`
    std::vector<Knob> knobs;
    std::vector<Channel> channels;
    std::vector<Panel> panels;
    std::vector<Preset> presets;
    /// Knob that says how many steps a run takes ("steps"); empty where a run has no such length.
    std::string stepsKnob;
    /// Channel whose last value the run list shows ("loss/train").
    std::string headline;
    /// Choice whose options have a colour each, in their order, wherever runs differ in it: SOAP
    /// looks the same in a race of two as in one of five. Empty: colours follow the runs' order.
    std::string colourKnob;
    /// Short name of a run ("SOAP") and its settings in one line; defaults to what varies.
    std::function<std::string(const RunScenario&)> runName;
    std::function<std::string(const RunScenario&)> runSettings;
    /// Notes on a comparison: a rule of fair comparison broken, intervals that overlap.
    std::function<std::vector<Note>(std::span<const RunFacts>)> notes;

    [[nodiscard]] const Knob* knob(std::string_view wanted) const;
    [[nodiscard]] const Channel* channel(std::string_view wanted) const;
    [[nodiscard]] const Preset* preset(std::string_view wanted) const;
};

/// The short name of a run: the description's own, else the values of what varies.
[[nodiscard]] std::string nameOf(const Description& description, const RunScenario& scenario);

using ComputationFactory = std::function<std::unique_ptr<Computation>()>;

/// All experiments. Descriptions are added before the first use and stay; factories may be provided
/// later, when their module is opened. Thread-safe for provide() beside the readers.
class Registry {
  public:
    /// Asserts that the id is new and that the description is sound (validate()).
    void add(Description description);
    /// Gives an experiment its object; asserts that it is described.
    void provide(std::string_view id, ComputationFactory factory);

    [[nodiscard]] const std::vector<std::unique_ptr<const Description>>& all() const;
    [[nodiscard]] const Description* find(std::string_view id) const;
    /// A new object, or why there is none (its module is not open or could not be opened).
    [[nodiscard]] Result<std::unique_ptr<Computation>> create(std::string_view id) const;
    [[nodiscard]] bool isProvided(std::string_view id) const;

    /// Calls `open` for a module of this name the first time; another call waits for the first and
    /// answers the same. Used by openModule().
    [[nodiscard]] Result<void> openOnce(const std::string& module,
                                        const std::function<Result<void>()>& open);

  private:
    struct Opening {
        std::once_flag once;
        Result<void> answer;
    };

    mutable std::mutex mutex_; ///< guards factories_ and openings_, not what they hold
    std::map<std::string, std::shared_ptr<Opening>> openings_;
    std::vector<std::unique_ptr<const Description>> descriptions_;
    std::vector<std::pair<std::string, ComputationFactory>> factories_;
};

/// What is wrong with a description (a panel that reads no declared channel, a default outside its
/// range, a preset that does not expand …); empty when sound.
[[nodiscard]] std::vector<std::string> validate(const Description& description);

} // namespace psephos::lab
