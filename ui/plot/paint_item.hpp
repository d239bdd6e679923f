// SPDX-License-Identifier: GPL-3.0-or-later
// Free drawing on a layer of a plot.
#pragma once

#include "ui/plot/qcp.hpp"

#include <functional>

namespace psephos::ui {

/// Calls a function whenever its layer is drawn; antialiased. The plot owns it.
class PaintItem : public QCPLayerable {
  public:
    enum class Clip { AxisRect, Nothing };

    PaintItem(QCustomPlot& plot, const QString& layer, Clip clip,
              std::function<void(QCPPainter&)> paint);

  protected:
    QRect clipRect() const override;
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override;
    void draw(QCPPainter* painter) override;

  private:
    Clip clip_;
    std::function<void(QCPPainter&)> paint_;
};

} // namespace psephos::ui
