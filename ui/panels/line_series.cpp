// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/line_series.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace psephos::ui {

namespace {

constexpr std::size_t kScanChunk = 65536;

} // namespace

LinePart linePart(const lab::PanelSource& source) {
    if (source.role == "train" || source.role == "noisy") {
        return LinePart::Noisy;
    }
    if (source.role == "validation") {
        return LinePart::Validation;
    }
    return source.role == "reference" ? LinePart::Reference
           : source.role == "beside"  ? LinePart::Beside
           : source.role == "ticks"   ? LinePart::Ticks
                                      : LinePart::Plain;
}

LineSeries::LineSeries(lab::RunPtr run, std::string channel, LinePart part)
    : run_(std::move(run))
    , channel_(std::move(channel))
    , part_(part) {
    look();
}

void LineSeries::look() {
    std::shared_ptr<const lab::History> history = run_->history();
    const lab::Extent extent = history->extent(channel_).value_or(lab::Extent{});
    if (history != history_ || extent.count < scanned_) { // another generation, or truncated
        scanned_ = 0;
        notPositive_ = 0;
        if (mean_) {
            mean_ = std::make_unique<ExponentialMean>(mean_->halfLife(), mean_->isGeometric());
        }
    }
    history_ = std::move(history);
    extent_ = extent;
    status_ = run_->status();
}

double LineSeries::firstKey(lab::Key key) const {
    return key == lab::Key::Step ? static_cast<double>(extent_.firstStep) : extent_.firstSeconds;
}

double LineSeries::lastKey(lab::Key key) const {
    return key == lab::Key::Step ? static_cast<double>(extent_.lastStep) : extent_.lastSeconds;
}

double LineSeries::firstValue() const {
    const std::vector<lab::Sample> first = history_->samples(channel_, 0, 1);
    return first.empty() ? std::numeric_limits<double>::quiet_NaN() : first.front().value;
}

Points LineSeries::points(lab::Key key, double low, double high, std::size_t columns,
                          bool logarithmic) const {
    return toPoints(history_->trace(channel_, key, low, high, columns), logarithmic);
}

Points LineSeries::smoothed(lab::Key key, double low, double high, double halfLife,
                            bool logarithmic) {
    if (!mean_ || mean_->halfLife() != halfLife || mean_->isGeometric() != logarithmic) {
        mean_ = std::make_unique<ExponentialMean>(halfLife, logarithmic);
        scanned_ = 0;
        notPositive_ = 0;
    }
    scan();
    return toPoints(mean_->trace(key, low, high), logarithmic);
}

std::size_t LineSeries::notPositive() {
    if (isEmpty() || extent_.low > 0) {
        return 0;
    }
    scan();
    return notPositive_;
}

void LineSeries::scan() {
    while (scanned_ < extent_.count) {
        const std::vector<lab::Sample> samples =
            history_->samples(channel_, scanned_, std::min(kScanChunk, extent_.count - scanned_));
        if (samples.empty()) {
            return;
        }
        if (mean_) {
            mean_->feed(samples);
        }
        notPositive_ += static_cast<std::size_t>(std::ranges::count_if(
            samples, [](const lab::Sample& sample) { return sample.value <= 0; }));
        scanned_ += samples.size();
    }
}

} // namespace psephos::ui
