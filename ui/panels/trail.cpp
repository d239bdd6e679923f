// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/trail.hpp"

#include "lab/experiment.hpp"
#include "ui/panels/reading.hpp"

#include <QLineF>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace psephos::ui {

namespace {

bool isFinite(const QPointF& point) {
    return std::isfinite(point.x()) && std::isfinite(point.y());
}

/// Narrows the part [t0, t1] of a segment to where p + t·d ≥ 0 (Liang and Barsky).
bool clipHalfPlane(double p, double d, double& t0, double& t1) {
    if (d == 0) {
        return p >= 0;
    }
    const double t = -p / d;
    if (d > 0) {
        t0 = std::max(t0, t);
    } else {
        t1 = std::min(t1, t);
    }
    return t0 <= t1;
}

/// Clips a segment to a rectangle in place; false where nothing is left.
bool clipSegment(QPointF& a, QPointF& b, const QRectF& box) {
    const QPointF d = b - a;
    double t0 = 0;
    double t1 = 1;
    const bool inside = clipHalfPlane(a.x() - box.left(), d.x(), t0, t1) &&
                        clipHalfPlane(box.right() - a.x(), -d.x(), t0, t1) &&
                        clipHalfPlane(a.y() - box.top(), d.y(), t0, t1) &&
                        clipHalfPlane(box.bottom() - a.y(), -d.y(), t0, t1);
    if (inside) {
        const QPointF start = a;
        a = start + t0 * d;
        b = start + t1 * d;
    }
    return inside;
}

} // namespace

Trail::Trail(lab::RunPtr run, lab::PanelSource source)
    : run_(std::move(run))
    , source_(std::move(source)) {
    look();
}

void Trail::look() {
    std::shared_ptr<const lab::History> history = run_->history();
    status_ = run_->status();
    const std::size_t count = history->extent(source_.channel).value_or(lab::Extent{}).count;
    if (history != history_ || count < framesRead_) {
        framesRead_ = 0;
        points_.clear();
        steps_.clear();
    }
    history_ = std::move(history);
    for (; framesRead_ < count; ++framesRead_) {
        const std::optional<lab::Frame> frame = history_->frame(source_.channel, framesRead_);
        const auto* table = frame ? std::get_if<lab::TablePtr>(&frame->payload) : nullptr;
        if (table != nullptr && *table != nullptr) {
            add(**table, frame->step);
        }
    }
}

void Trail::add(const lab::Table& table, std::int64_t frameStep) {
    const lab::Channel* channel = declared(*run_, source_.channel);
    if (channel == nullptr) {
        return;
    }
    const auto x = columnFor(*channel, source_, "x");
    const auto y = columnFor(*channel, source_, "y");
    const auto step = columnFor(*channel, source_, "step");
    if (!x || !y || table.rows() == 0) {
        return;
    }
    const auto stepOf = [&](std::size_t row) {
        if (step) {
            return table.numbers(*step)[row];
        }
        return table.rows() == 1 ? static_cast<double>(frameStep) : static_cast<double>(row);
    };
    if (!steps_.empty() && stepOf(0) <= steps_.back()) { // the path from its beginning again
        points_.clear();
        steps_.clear();
    }
    for (std::size_t row = 0; row < table.rows(); ++row) {
        points_.emplace_back(table.numbers(*x)[row], table.numbers(*y)[row]);
        steps_.push_back(stepOf(row));
    }
}

std::vector<QPointF> Trail::upTo(double step) const {
    const auto after =
        static_cast<std::size_t>(std::ranges::upper_bound(steps_, step) - steps_.begin());
    std::vector<QPointF> path;
    for (std::size_t i = 0; i < after; ++i) {
        if (!isFinite(points_[i])) {
            return path;
        }
        path.push_back(points_[i]);
    }
    if (after > 0 && after < points_.size() && isFinite(points_[after])) {
        const double t = (step - steps_[after - 1]) / (steps_[after] - steps_[after - 1]);
        if (t > 0) {
            path.push_back(points_[after - 1] + t * (points_[after] - points_[after - 1]));
        }
    }
    return path;
}

std::vector<QPolygonF> drawablePath(const std::vector<QPointF>& pixels, const QRectF& bounds,
                                    double least) {
    const QRectF box = bounds.adjusted(-20, -20, 20, 20);
    std::vector<QPolygonF> pieces;
    bool isOpen = false; // whether the newest piece goes on
    for (std::size_t i = 1; i < pixels.size(); ++i) {
        QPointF a = pixels[i - 1];
        QPointF b = pixels[i];
        if (!isFinite(a) || !isFinite(b) || !clipSegment(a, b, box)) {
            isOpen = false;
            continue;
        }
        if (!isOpen || a != pixels[i - 1]) {
            pieces.push_back({a});
        }
        const bool leaves = b != pixels[i];
        const bool isLast = i + 1 == pixels.size();
        QPolygonF& piece = pieces.back();
        if (leaves || isLast || QLineF(piece.constLast(), b).length() >= least) {
            piece.append(b);
        }
        isOpen = !leaves;
    }
    return pieces;
}

} // namespace psephos::ui
