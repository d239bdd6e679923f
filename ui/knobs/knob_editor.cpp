// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/knobs/knob_editor.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/knobs/editors.hpp"
#include "ui/knobs/elided_label.hpp"
#include "ui/theme/theme.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace psephos::ui {

namespace {

/// The mark of a changed knob: a small disc in the accent; a click resets.
class ChangedDot final : public QToolButton {
  public:
    using QToolButton::QToolButton;

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ThemeHub::instance().theme().accent);
        const double radius = underMouse() || hasFocus() ? 4.0 : 3.0;
        painter.drawEllipse(QRectF(rect()).center(), radius, radius);
    }
};

} // namespace

QString knobHelp(const lab::Knob& knob) {
    QStringList lines;
    if (!knob.help.empty()) {
        lines << QString::fromStdString(knob.help);
    }
    QString takes = QString::fromStdString(knob.expectation());
    if (!knob.unit.empty()) {
        takes += QStringLiteral(" [%1]").arg(QString::fromStdString(knob.unit));
    }
    lines << takes;
    lines << QObject::tr("%1, by default %2")
                 .arg(QString::fromStdString(knob.id),
                      QString::fromStdString(lab::toText(knob.defaultValue)).left(60));
    if (knob.live) {
        lines << QObject::tr("May be turned while a run runs.");
    }
    return lines.join(u'\n');
}

KnobEditor::KnobEditor(const lab::Knob& knob, Draft& draft, QWidget* parent)
    : QWidget(parent)
    , knob_(knob)
    , draft_(draft)
    , layout_(new QVBoxLayout(this))
    , header_(new QHBoxLayout)
    , name_(new ElidedLabel(label(), this))
    , dot_(new ChangedDot(this))
    , error_(withKind(new QLabel(this), "error")) {
    describe(this, baseName(), label(), knobHelp(knob));
    layout_->setContentsMargins(0, 0, 0, 0);
    layout_->setSpacing(4);
    header_->setContentsMargins(0, 0, 0, 0);
    header_->setSpacing(4);
    name_->setToolTip(knobHelp(knob));
    name_->setMinimumHeight(metrics::kField);
    header_->addWidget(name_);
    dot_->setFixedSize(14, 14);
    QSizePolicy keep = dot_->sizePolicy();
    keep.setRetainSizeWhenHidden(true);
    dot_->setSizePolicy(keep);
    describe(dot_, baseName() + QStringLiteral("-reset"), tr("Reset %1").arg(label()),
             tr("Changed. Click to go back to %1.")
                 .arg(QString::fromStdString(lab::toText(knob.defaultValue)).left(60)));
    connect(dot_, &QToolButton::clicked, this, [this] {
        judge({});
        draft_.reset(knob_.id);
    });
    header_->addWidget(dot_);
    header_->addStretch(1);
    layout_->addLayout(header_);
    error_->setObjectName(baseName() + QStringLiteral("-error"));
    error_->setWordWrap(true);
    error_->hide();
    layout_->addWidget(error_);
}

QString KnobEditor::baseName() const {
    return QStringLiteral("knob-") + QString::fromStdString(knob_.id);
}

QString KnobEditor::label() const {
    return QString::fromStdString(knob_.label.empty() ? knob_.id : knob_.label);
}

void KnobEditor::refresh() {
    dot_->setVisible(draft_.isChanged(knob_.id));
    refreshValue();
}

bool KnobEditor::hasError() const {
    return !error_->isHidden();
}

void KnobEditor::setLabelText(const QString& text) {
    name_->setFullText(text);
}

void KnobEditor::addField(QWidget* field) {
    header_->addWidget(field, 0, Qt::AlignRight | Qt::AlignVCenter);
}

void KnobEditor::addBelow(QWidget* widget) {
    layout_->insertWidget(layout_->count() - 1, widget);
}

void KnobEditor::judge(const lab::Result<void>& result) {
    if (result) {
        error_->hide();
        return;
    }
    QString text = QString::fromStdString(result.error().message);
    if (!result.error().hint.empty()) {
        text += QStringLiteral(". ") + QString::fromStdString(result.error().hint);
    }
    showError(text);
}

void KnobEditor::showError(const QString& text) {
    error_->setText(text);
    error_->show();
}

KnobEditor* makeKnobEditor(const lab::Knob& knob, Draft& draft, QWidget* parent) {
    switch (knob.type) {
    case lab::KnobType::Integer:
    case lab::KnobType::Real:
        return makeNumberEditor(knob, draft, parent);
    case lab::KnobType::Choice:
        return makeChoiceEditor(knob, draft, parent);
    case lab::KnobType::Choices:
        return makeChoicesEditor(knob, draft, parent);
    case lab::KnobType::Flag:
        return makeFlagEditor(knob, draft, parent);
    case lab::KnobType::File:
    case lab::KnobType::DataSet:
        return makeFileEditor(knob, draft, parent);
    case lab::KnobType::Text:
        return makeTextEditor(knob, draft, parent);
    case lab::KnobType::Point:
        return makePointEditor(knob, draft, parent);
    case lab::KnobType::Matrix:
        return makeMatrixEditor(knob, draft, parent);
    }
    return makeTextEditor(knob, draft, parent);
}

} // namespace psephos::ui
