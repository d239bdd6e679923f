// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/key_link.hpp"

#include <algorithm>

namespace psephos::ui {

KeyLink::KeyLink(QObject* owner)
    : QObject(owner) {}

KeyLink& KeyLink::of(QObject& owner) {
    if (auto* link = owner.findChild<KeyLink*>(QString(), Qt::FindDirectChildrenOnly)) {
        return *link;
    }
    return *new KeyLink(&owner);
}

void KeyLink::useKey(lab::Key key) {
    if (key_ != key) {
        key_ = key;
        setRange(std::nullopt);
        setHover(std::nullopt);
    }
}

void KeyLink::setRange(std::optional<std::pair<double, double>> range) {
    if (range_ != range) {
        range_ = range;
        Q_EMIT rangeChanged();
    }
}

void KeyLink::setHover(std::optional<double> key) {
    if (hover_ != key) {
        hover_ = key;
        Q_EMIT hoverChanged();
    }
}

void KeyLink::needMargins(const QObject* plot, int left, int right) {
    const auto before = std::pair{leftMargin(), rightMargin()};
    margins_[plot] = {left, right};
    if (before != std::pair{leftMargin(), rightMargin()}) {
        Q_EMIT marginsChanged();
    }
}

void KeyLink::forget(const QObject* plot) {
    margins_.erase(plot);
}

int KeyLink::leftMargin() const {
    int widest = 0;
    for (const auto& [plot, margins] : margins_) {
        widest = std::max(widest, margins.first);
    }
    return widest;
}

int KeyLink::rightMargin() const {
    int widest = 0;
    for (const auto& [plot, margins] : margins_) {
        widest = std::max(widest, margins.second);
    }
    return widest;
}

} // namespace psephos::ui
