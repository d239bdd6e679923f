// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/knobs/number_row.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/knobs/number_field.hpp"
#include "ui/knobs/slider.hpp"

#include <QSignalBlocker>
#include <QVBoxLayout>

namespace psephos::ui {

namespace {
constexpr int kFieldWidth = 76;
constexpr int kWideFieldWidth = 148;
constexpr int kRestMilliseconds = 400;
} // namespace

NumberRow::NumberRow(const lab::Knob& knob, const QString& name, const QString& label,
                     QWidget* parent)
    : QWidget(parent)
    , scale_(knob)
    , unit_(QString::fromStdString(knob.unit))
    , field_(new NumberField(this)) {
    const QString tip =
        tr("%1: %2. Drag sideways, use the arrow keys, or type; [a, b] compares several.")
            .arg(label, QString::fromStdString(knob.expectation()));
    describe(field_, name + QStringLiteral("-field"), label, tip);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    rest_.setSingleShot(true);
    rest_.setInterval(kRestMilliseconds);
    connect(&rest_, &QTimer::timeout, this, &NumberRow::rested);
    connect(field_, &NumberField::textEntered, this, &NumberRow::textEntered);
    connect(field_, &NumberField::stepped, this, [this](int notches) {
        rest_.start();
        Q_EMIT turned(scale_.stepped(value_, notches), false);
    });
    connect(field_, &NumberField::scrubEnded, this, [this] { rest_.start(); });
    if (!scale_.isBounded()) {
        return;
    }
    slider_ = new Slider(this);
    slider_->setRange(0, NumberScale::kSteps);
    slider_->setSingleStep(10);
    slider_->setPageStep(50);
    describe(slider_, name + QStringLiteral("-slider"), label,
             QString::fromStdString(knob.expectation()));
    layout->addWidget(slider_);
    connect(slider_, &QAbstractSlider::valueChanged, this, [this](int position) {
        rest_.start();
        Q_EMIT turned(scale_.value(position), false);
    });
    connect(slider_, &QAbstractSlider::sliderReleased, this, [this] {
        rest_.stop();
        Q_EMIT rested();
    });
}

void NumberRow::show(double value) {
    value_ = value;
    field_->setFixedWidth(kFieldWidth);
    field_->show(numberText(value), unit_);
    if (slider_ != nullptr) {
        slider_->setVisible(true);
        if (!slider_->isSliderDown()) {
            const QSignalBlocker blocker(slider_);
            slider_->setValue(scale_.position(value));
            slider_->update();
        }
    }
}

void NumberRow::showText(const QString& text, bool isWide) {
    field_->setFixedWidth(isWide ? kWideFieldWidth : kFieldWidth);
    field_->show(text, QString());
    if (slider_ != nullptr) {
        slider_->setVisible(false);
    }
}

} // namespace psephos::ui
