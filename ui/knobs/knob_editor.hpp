// SPDX-License-Identifier: GPL-3.0-or-later
// The editor of one knob, generated from its declaration.
#pragma once

#include "ui/knobs/draft.hpp"

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QToolButton;
class QVBoxLayout;

namespace psephos::ui {

class ElidedLabel;

class KnobEditor : public QWidget {
    Q_OBJECT
  public:
    /// Knob and draft outlive the editor.
    KnobEditor(const lab::Knob& knob, Draft& draft, QWidget* parent);

    [[nodiscard]] const lab::Knob& knob() const { return knob_; }

    /// Shows what the draft says; called whenever the draft changes.
    void refresh();

    /// Whether the last entry was refused; its reason stands below the knob.
    [[nodiscard]] bool hasError() const;

  protected:
    [[nodiscard]] Draft& draft() const { return draft_; }

    /// The kind's own part of refresh().
    virtual void refreshValue() = 0;

    /// Another text in the label's line than the knob's label.
    void setLabelText(const QString& text);
    /// At the right end of the label's line.
    void addField(QWidget* field);
    /// Below the label's line, over the whole width.
    void addBelow(QWidget* widget);
    /// Shows why an entry was refused, or clears the last refusal.
    void judge(const lab::Result<void>& result);
    void showError(const QString& text);

    /// `knob-ID`, the base of the object names.
    [[nodiscard]] QString baseName() const;
    [[nodiscard]] QString label() const;

  private:
    const lab::Knob& knob_;
    Draft& draft_;
    QVBoxLayout* layout_;
    QHBoxLayout* header_;
    ElidedLabel* name_;
    QToolButton* dot_;
    QLabel* error_;
};

/// What a knob's tool tip says: help, what it takes, its unit, default and id.
[[nodiscard]] QString knobHelp(const lab::Knob& knob);

/// The editor for the knob's type.
[[nodiscard]] KnobEditor* makeKnobEditor(const lab::Knob& knob, Draft& draft, QWidget* parent);

} // namespace psephos::ui
