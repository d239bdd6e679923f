// SPDX-License-Identifier: GPL-3.0-or-later
// A label of one line that shortens its text with an ellipsis and then says all of it in a tool
// tip.
#pragma once

#include <QLabel>

namespace psephos::ui {

class ElidedLabel : public QLabel {
    Q_OBJECT
  public:
    explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr);

    void setFullText(const QString& text);

    [[nodiscard]] const QString& fullText() const { return full_; }

    /// With less room than this [px], and too little for all of it, the text is left out.
    void setLeastRoom(int width);
    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void elide();

    QString full_;
    int leastRoom_ = 0;
};

} // namespace psephos::ui
