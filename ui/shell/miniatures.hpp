// SPDX-License-Identifier: GPL-3.0-or-later
// Computes the gallery's miniatures in the background, one preset after the other: reactive presets
// by running them in a workbench of their own that stores nothing; long ones from the newest
// finished comparison in the store, else from a recorded run.
#pragma once

#include "lab/workbench.hpp"

#include <QObject>
#include <QTimer>

#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace psephos::ui {

class GalleryCard;

/// Fills the registries of a fresh workbench.
using RegisterExperiments = std::function<void(lab::Registry&, lab::CheckRegistry&)>;

class Miniatures : public QObject {
    Q_OBJECT
  public:
    /// The workbench outlives the object.
    Miniatures(lab::Workbench& workbench, RegisterExperiments experiments,
               QObject* parent = nullptr);
    ~Miniatures() override;

    /// Fills these cards; those that have a miniature are left alone.
    void fill(const std::vector<GalleryCard*>& cards);

    /// Whether cards are still waiting.
    [[nodiscard]] bool isBusy() const { return !waiting_.empty(); }

  Q_SIGNALS:
    void done();

  private:
    void next();
    void poll();
    void fillFromStore(GalleryCard& card);
    static void fillRecorded(GalleryCard& card);
    [[nodiscard]] static bool matchesPreset(const lab::RunListing& run, const lab::Preset& preset);

    lab::Workbench& workbench_;
    RegisterExperiments experiments_;
    std::unique_ptr<lab::Workbench> own_;
    std::deque<GalleryCard*> waiting_;
    lab::Comparison current_;
    QTimer timer_;
    std::vector<lab::RunListing> listing_;
    bool isListed_ = false;
};

} // namespace psephos::ui
