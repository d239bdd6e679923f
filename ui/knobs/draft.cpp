// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/knobs/draft.hpp"

#include <algorithm>
#include <utility>

namespace psephos::ui {

/// Before and after one turn of a knob. Turns of the same knob merge until one is settled.
class Draft::Edit final : public QUndoCommand {
  public:
    Edit(Draft& draft, lab::Scenario before, lab::Scenario after, QString knob, bool settled)
        : draft_(draft)
        , before_(std::move(before))
        , after_(std::move(after))
        , knob_(std::move(knob))
        , settled_(settled) {
        setText(knob_.isEmpty() ? Draft::tr("Turn knobs") : Draft::tr("Turn %1").arg(knob_));
    }

    void undo() override { draft_.replace(before_); }

    void redo() override {
        if (std::exchange(isDone_, true)) {
            draft_.replace(after_);
        }
    }

    [[nodiscard]] int id() const override { return 1; }

    bool mergeWith(const QUndoCommand* other) override {
        const auto* edit = dynamic_cast<const Edit*>(other);
        if (edit == nullptr || settled_ || edit->knob_ != knob_) {
            return false;
        }
        after_ = edit->after_;
        settled_ = edit->settled_;
        return true;
    }

  private:
    Draft& draft_;
    lab::Scenario before_;
    lab::Scenario after_;
    QString knob_;
    bool settled_;
    bool isDone_ = false;
};

Draft::Draft(QObject* parent)
    : QObject(parent) {
    undo_.setUndoLimit(200);
}

void Draft::show(const lab::Description& description, lab::Scenario scenario) {
    description_ = &description;
    scenario_ = std::move(scenario);
    expanded_.reset();
    undo_.clear();
    Q_EMIT shown();
}

void Draft::clear() {
    description_ = nullptr;
    scenario_ = {};
    expanded_.reset();
    undo_.clear();
    Q_EMIT shown();
}

std::vector<lab::Value> Draft::values(std::string_view knob) const {
    if (const lab::Setting* setting = scenario_.find(knob);
        setting != nullptr && !setting->values.empty()) {
        return setting->values;
    }
    const lab::Knob* declared = description_ == nullptr ? nullptr : description_->knob(knob);
    return {declared == nullptr ? lab::Value{} : declared->defaultValue};
}

lab::Value Draft::value(std::string_view knob) const {
    return values(knob).front();
}

bool Draft::isSweep(std::string_view knob) const {
    const lab::Setting* setting = scenario_.find(knob);
    return setting != nullptr && setting->isSweep;
}

bool Draft::isChanged(std::string_view knob) const {
    const lab::Setting* setting = scenario_.find(knob);
    const lab::Knob* declared = description_ == nullptr ? nullptr : description_->knob(knob);
    if (setting == nullptr || declared == nullptr) {
        return false;
    }
    return setting->isSweep || setting->values.size() != 1 ||
           setting->values.front() != declared->defaultValue;
}

int Draft::changedCount() const {
    if (description_ == nullptr) {
        return 0;
    }
    const auto isChangedKnob = [this](const lab::Knob& knob) {
        return isChanged(knob.id) && applies(knob);
    };
    return static_cast<int>(std::ranges::count_if(description_->knobs, isChangedKnob));
}

bool Draft::applies(const lab::Knob& knob) const {
    return std::ranges::all_of(knob.when, [this](const lab::Condition& condition) {
        const lab::Knob* other = description_->knob(condition.knob);
        if (other != nullptr && !applies(*other)) {
            return false;
        }
        return std::ranges::any_of(values(condition.knob), [&](const lab::Value& value) {
            const std::string text = lab::toText(value);
            return std::ranges::find(condition.anyOf, text) != condition.anyOf.end();
        });
    });
}

lab::KnobValues Draft::knobValues() const {
    lab::KnobValues result(description_->knobs);
    for (const lab::Knob& knob : description_->knobs) {
        result.set(knob.id, value(knob.id));
    }
    return result;
}

std::vector<lab::Value> Draft::resolved(std::string_view knob) const {
    if (description_ == nullptr) {
        return {};
    }
    if (!expanded_) {
        auto runs = lab::expand(scenario_, *description_);
        expanded_ = runs.ok() ? std::move(*runs) : std::vector<lab::RunScenario>{};
    }
    const lab::Knob* declared = description_->knob(knob);
    std::vector<lab::Value> values;
    for (const lab::RunScenario& run : *expanded_) {
        if (declared == nullptr || !run.knobs.applies(*declared)) {
            continue;
        }
        const lab::Value& value = run.knobs.at(knob);
        if (std::ranges::find(values, value) == values.end()) {
            values.push_back(value);
        }
    }
    return values;
}

lab::Result<void> Draft::check(std::string_view knob, const lab::Value& value) const {
    const lab::Knob* declared = description_ == nullptr ? nullptr : description_->knob(knob);
    if (declared == nullptr) {
        return lab::Error{"no knob '" + std::string(knob) + "'", "", std::string(knob)};
    }
    return declared->check(value);
}

lab::Result<void> Draft::set(std::string_view knob, lab::Value value, bool settled) {
    if (auto checked = check(knob, value); !checked) {
        return checked;
    }
    lab::Scenario next = scenario_;
    next.set(std::string(knob), std::move(value));
    apply(std::move(next), QString::fromUtf8(knob.data(), static_cast<qsizetype>(knob.size())),
          settled);
    return {};
}

lab::Result<void> Draft::set(const std::vector<std::pair<std::string, lab::Value>>& values) {
    lab::Scenario next = scenario_;
    for (const auto& [knob, value] : values) {
        if (auto checked = check(knob, value); !checked) {
            return checked;
        }
        next.set(knob, value);
    }
    apply(std::move(next), QString(), true);
    return {};
}

lab::Result<void> Draft::sweep(std::string_view knob, std::vector<lab::Value> values) {
    const lab::Knob* declared = description_ == nullptr ? nullptr : description_->knob(knob);
    if (declared == nullptr || values.empty()) {
        return lab::Error{"knob '" + std::string(knob) + "' needs at least one value", "",
                          std::string(knob)};
    }
    for (const lab::Value& value : values) {
        if (const auto checked = declared->check(value); !checked) {
            return checked.error();
        }
    }
    lab::Scenario next = scenario_;
    next.sweep(std::string(knob), std::move(values));
    apply(std::move(next), QString::fromStdString(declared->id), true);
    return {};
}

lab::Result<void> Draft::setText(std::string_view knob, const QString& text) {
    if (description_ == nullptr) {
        return {};
    }
    lab::Scenario next = scenario_;
    const std::string assignment = std::string(knob) + "=" + text.trimmed().toStdString();
    if (const auto applied = lab::applyAssignment(next, assignment, *description_); !applied) {
        return applied.error();
    }
    apply(std::move(next), QString::fromUtf8(knob.data(), static_cast<qsizetype>(knob.size())),
          true);
    return {};
}

void Draft::reset(std::string_view knob) {
    lab::Scenario next = scenario_;
    next.reset(knob);
    apply(std::move(next), QString::fromUtf8(knob.data(), static_cast<qsizetype>(knob.size())),
          true);
}

void Draft::resetAll() {
    lab::Scenario next = scenario_;
    next.settings.clear();
    apply(std::move(next), QString(), true);
}

void Draft::setSeeds(std::vector<std::uint64_t> seeds) {
    if (seeds.empty()) {
        return;
    }
    lab::Scenario next = scenario_;
    next.seeds = std::move(seeds);
    apply(std::move(next), QStringLiteral("seed"), true);
}

void Draft::setDevice(const QString& device) {
    lab::Scenario next = scenario_;
    next.device = device.toStdString();
    apply(std::move(next), QStringLiteral("device"), true);
}

void Draft::settle(std::string_view knob) {
    if (openKnob_ != QString::fromUtf8(knob.data(), static_cast<qsizetype>(knob.size()))) {
        return;
    }
    apply(scenario_, QString::fromUtf8(knob.data(), static_cast<qsizetype>(knob.size())), true);
}

void Draft::apply(lab::Scenario scenario, const QString& knob, bool settled) {
    resetDependents(scenario);
    auto* edit = new Edit(*this, scenario_, scenario, knob, settled);
    scenario_ = std::move(scenario);
    expanded_.reset();
    openKnob_ = settled ? QString() : knob;
    undo_.push(edit);
    Q_EMIT changed(knob, settled);
}

void Draft::resetDependents(lab::Scenario& next) const {
    if (description_ == nullptr) {
        return;
    }
    const auto isTurned = [&](const std::string& knob) {
        const lab::Setting* after = next.find(knob);
        const lab::Knob* declared = description_->knob(knob);
        return declared != nullptr && values(knob) != (after == nullptr || after->values.empty()
                                                           ? std::vector{declared->defaultValue}
                                                           : after->values);
    };
    for (const lab::Knob& knob : description_->knobs) {
        if (std::ranges::any_of(knob.resetBy, isTurned)) {
            next.reset(knob.id);
        }
    }
}

void Draft::replace(const lab::Scenario& scenario) {
    scenario_ = scenario;
    expanded_.reset();
    openKnob_.clear();
    Q_EMIT changed(QString(), true);
}

} // namespace psephos::ui
