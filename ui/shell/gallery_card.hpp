// SPDX-License-Identifier: GPL-3.0-or-later
// One preset in the gallery: a miniature that moves, its title, the question, the paper, the
// minutes.
#pragma once

#include "lab/experiment.hpp"
#include "ui/shell/miniature.hpp"

#include <QAbstractButton>
#include <QElapsedTimer>
#include <QTimer>

namespace psephos::ui {

class GalleryCard : public QAbstractButton {
    Q_OBJECT
  public:
    static constexpr int kHeight = 232;

    GalleryCard(const lab::Description& description, const lab::Preset& preset,
                QWidget* parent = nullptr);

    [[nodiscard]] const lab::Description& description() const { return description_; }

    [[nodiscard]] const lab::Preset& preset() const { return preset_; }

    /// Gives the miniature its data; it then plays once.
    void setMiniature(MiniatureData miniature);

    [[nodiscard]] bool hasMiniature() const { return !data_.kind.isEmpty(); }

    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    void play();

    const lab::Description& description_;
    const lab::Preset& preset_;
    MiniatureData data_;
    QTimer frames_;
    QElapsedTimer clock_;
    double progress_ = 1;
};

} // namespace psephos::ui
