// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/miniatures.hpp"

#include "ui/shell/gallery_card.hpp"

#include <QFile>

#include <algorithm>

static void initResources() {
    Q_INIT_RESOURCE(psephos_miniatures);
}

namespace psephos::ui {

namespace {

const lab::Panel* miniaturePanel(const lab::Description& description, const lab::Preset& preset) {
    const auto found = std::ranges::find(description.panels, preset.miniature, &lab::Panel::id);
    return found == description.panels.end() ? nullptr : &*found;
}

bool isOver(const lab::RunPtr& run) {
    const lab::RunState state = run->status().state;
    return state != lab::RunState::Queued && state != lab::RunState::Running;
}

/// How many runs a preset compares; a single one of them would be another picture.
std::size_t runsOf(const lab::Preset& preset) {
    std::size_t runs = 1;
    for (const lab::Setting& setting : preset.scenario.settings) {
        runs *= setting.isSweep ? setting.values.size() : 1;
    }
    return runs;
}

} // namespace

Miniatures::Miniatures(lab::Workbench& workbench, RegisterExperiments experiments, QObject* parent)
    : QObject(parent)
    , workbench_(workbench)
    , experiments_(std::move(experiments)) {
    timer_.setInterval(8);
    connect(&timer_, &QTimer::timeout, this, &Miniatures::poll);
}

Miniatures::~Miniatures() = default;

void Miniatures::fill(const std::vector<GalleryCard*>& cards) {
    waiting_.clear();
    isListed_ = false;
    for (GalleryCard* card : cards) {
        const bool isLong = card->description().lane == lab::Lane::Long;
        if (isLong || !card->hasMiniature()) {
            waiting_.push_back(card);
        }
    }
    timer_.start();
}

void Miniatures::next() {
    while (!waiting_.empty()) {
        GalleryCard& card = *waiting_.front();
        if (card.description().lane == lab::Lane::Long) {
            fillFromStore(card);
            if (!card.hasMiniature()) {
                fillRecorded(card);
            }
            waiting_.pop_front();
            continue;
        }
        if (own_ == nullptr) {
            lab::WorkbenchOptions options;
            options.threads = 1;
            options.openModulesOnDemand = false;
            auto opened = lab::Workbench::open(options);
            if (!opened) {
                waiting_.clear();
                break;
            }
            own_ = std::move(*opened);
            experiments_(own_->registry(), own_->checks());
        }
        lab::Scenario scenario = card.preset().scenario;
        scenario.experiment = card.description().id;
        if (auto started = own_->start(scenario)) {
            current_ = std::move(*started);
            return;
        }
        waiting_.pop_front();
    }
    timer_.stop();
    own_.reset();
    Q_EMIT done();
}

void Miniatures::poll() {
    if (!current_.runs.empty()) {
        if (!std::ranges::all_of(current_.runs, isOver)) {
            return;
        }
        GalleryCard& card = *waiting_.front();
        if (const lab::Panel* panel = miniaturePanel(card.description(), card.preset())) {
            card.setMiniature(miniatureOf(*panel, current_.runs));
        }
        current_ = {};
        waiting_.pop_front();
    }
    next();
}

void Miniatures::fillRecorded(GalleryCard& card) {
    initResources();
    QFile file(QStringLiteral(":/miniatures/") +
               miniatureFile(card.description().id, card.preset().id));
    if (file.open(QIODevice::ReadOnly)) {
        card.setMiniature(readMiniature(file.readAll()));
    }
}

void Miniatures::fillFromStore(GalleryCard& card) {
    if (!std::exchange(isListed_, true)) {
        auto listing = workbench_.listing();
        listing_ = listing ? std::move(*listing) : std::vector<lab::RunListing>{};
    }
    const lab::Panel* panel = miniaturePanel(card.description(), card.preset());
    if (panel == nullptr) {
        return;
    }
    for (const lab::RunListing& run : listing_) {
        if (run.scenario.experiment != card.description().id ||
            run.state != lab::RunState::Finished || !matchesPreset(run, card.preset())) {
            continue;
        }
        const auto comparison = workbench_.loadComparison(run.comparison);
        if (comparison && comparison->runs.size() == runsOf(card.preset())) {
            card.setMiniature(miniatureOf(*panel, comparison->runs));
            return;
        }
    }
}

bool Miniatures::matchesPreset(const lab::RunListing& run, const lab::Preset& preset) {
    // Of the preset's settings, those with one value say what kind of run it is (the task).
    for (const lab::Setting& setting : preset.scenario.settings) {
        if (setting.isSweep || setting.values.size() != 1 ||
            !std::holds_alternative<std::string>(setting.values.front())) {
            continue;
        }
        if (!run.scenario.knobs.contains(setting.knob) ||
            run.scenario.knobs.at(setting.knob) != setting.values.front()) {
            return false;
        }
    }
    return true;
}

} // namespace psephos::ui
