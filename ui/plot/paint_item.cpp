// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/paint_item.hpp"

#include <utility>

namespace psephos::ui {

PaintItem::PaintItem(QCustomPlot& plot, const QString& layer, Clip clip,
                     std::function<void(QCPPainter&)> paint)
    : QCPLayerable(&plot, layer)
    , clip_(clip)
    , paint_(std::move(paint)) {}

QRect PaintItem::clipRect() const {
    return clip_ == Clip::AxisRect ? mParentPlot->axisRect()->rect() : mParentPlot->viewport();
}

void PaintItem::applyDefaultAntialiasingHint(QCPPainter* painter) const {
    painter->setAntialiasing(true);
}

void PaintItem::draw(QCPPainter* painter) {
    painter->save();
    painter->setAntialiasing(true);
    paint_(*painter);
    painter->restore();
}

} // namespace psephos::ui
