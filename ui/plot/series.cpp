// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/series.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace psephos::ui {

namespace {

/// Points kept of an exponential mean before every other one goes: more than a screen is wide.
constexpr std::size_t kMostKept = 16384;

} // namespace

double keyOf(const lab::Sample& sample, lab::Key key) {
    return key == lab::Key::Step ? static_cast<double>(sample.step) : sample.seconds;
}

Points toPoints(const lab::Trace& trace, bool logarithmic) {
    Points points;
    const std::size_t count = std::min(trace.keys.size(), trace.values.size());
    points.reserve(static_cast<qsizetype>(count));
    for (std::size_t i = 0; i < count; ++i) {
        double value = trace.values[i];
        if (!std::isfinite(value)) {
            value = std::numeric_limits<double>::quiet_NaN();
        } else if (logarithmic && value <= 0) {
            continue;
        }
        points.append(QCPGraphData(trace.keys[i], value));
    }
    return points;
}

SplitPoints splitAt(const Points& points, double key, bool logarithmic) {
    const auto first =
        std::upper_bound(points.begin(), points.end(), key,
                         [](double k, const QCPGraphData& point) { return k < point.key; });
    SplitPoints split;
    split.before = Points(points.begin(), first);
    split.after = Points(first, points.end());
    if (split.before.isEmpty() || split.after.isEmpty()) {
        return split;
    }
    const QCPGraphData a = split.before.constLast();
    const QCPGraphData b = split.after.constFirst();
    if (a.key == key) {
        split.after.prepend(a);
        return split;
    }
    const double t = (key - a.key) / (b.key - a.key);
    const double value = logarithmic ? std::exp(std::log(a.value) * (1 - t) + std::log(b.value) * t)
                                     : a.value * (1 - t) + b.value * t;
    if (std::isfinite(value)) {
        split.before.append(QCPGraphData(key, value));
        split.after.prepend(QCPGraphData(key, value));
    }
    return split;
}

ExponentialMean::ExponentialMean(double halfLife, bool isGeometric)
    : halfLife_(halfLife)
    , isGeometric_(isGeometric)
    , decay_(std::exp2(-1 / halfLife)) {}

void ExponentialMean::feed(std::span<const lab::Sample> samples) {
    for (const lab::Sample& sample : samples) {
        const std::size_t index = count_++;
        const double value = isGeometric_ ? std::log(sample.value) : sample.value;
        if (!std::isfinite(value)) {
            continue;
        }
        weighted_ = decay_ * weighted_ + (1 - decay_) * value;
        weight_ = decay_ * weight_ + (1 - decay_);
        const double mean = weighted_ / weight_;
        last_ = {sample.step, sample.seconds, isGeometric_ ? std::exp(mean) : mean};
        if (index % stride_ == 0) {
            kept_.push_back(last_);
            if (kept_.size() >= kMostKept) {
                thin();
            }
        }
    }
}

void ExponentialMean::thin() {
    std::size_t to = 0;
    for (std::size_t from = 0; from < kept_.size(); from += 2) {
        kept_[to++] = kept_[from];
    }
    kept_.resize(to);
    stride_ *= 2;
}

lab::Trace ExponentialMean::trace(lab::Key key, double low, double high) const {
    const auto at = [key](const lab::Sample& sample) { return keyOf(sample, key); };
    auto first = std::ranges::lower_bound(kept_, low, {}, at);
    auto last = std::ranges::upper_bound(kept_, high, {}, at);
    if (first != kept_.begin()) {
        --first;
    }
    if (last != kept_.end()) {
        ++last;
    }
    lab::Trace trace;
    for (auto sample = first; sample < last; ++sample) {
        trace.keys.push_back(at(*sample));
        trace.values.push_back(sample->value);
    }
    const bool endsHere = last == kept_.end() && !kept_.empty();
    if (endsHere && at(last_) > at(kept_.back()) && at(kept_.back()) <= high) {
        trace.keys.push_back(at(last_));
        trace.values.push_back(last_.value);
    }
    return trace;
}

double ExponentialMean::at(lab::Key key, double where) const {
    const auto keyAt = [key](const lab::Sample& sample) { return keyOf(sample, key); };
    if (!kept_.empty() && keyAt(last_) <= where) {
        return last_.value;
    }
    const auto after = std::ranges::upper_bound(kept_, where, {}, keyAt);
    return after == kept_.begin() ? std::numeric_limits<double>::quiet_NaN()
                                  : std::prev(after)->value;
}

} // namespace psephos::ui
