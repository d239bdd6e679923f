// SPDX-License-Identifier: GPL-3.0-or-later
// A card that can be moved: a dock widget with our own header and a rounded frame.
#pragma once

#include <QDockWidget>

class QHBoxLayout;
class QLabel;

namespace psephos::ui {

class ElidedLabel;

/// Title, one muted line, and at the right what the card puts there. Dragging it moves the card.
class CardHeader : public QWidget {
    Q_OBJECT
  public:
    explicit CardHeader(const QString& title, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    /// Among tabs the title stands on the tab.
    void setTitleVisible(bool isVisible);
    void setMeaning(const QString& meaning);
    [[nodiscard]] QString meaning() const;
    /// Adds a widget at the right end.
    void add(QWidget* widget);

    /// Width at which nothing is cut, without one of the added widgets [px].
    [[nodiscard]] int widthWithout(const QWidget* widget) const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void resized();

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    QHBoxLayout* layout_;
    QLabel* title_;
    ElidedLabel* meaning_;
};

class CardDock : public QDockWidget {
    Q_OBJECT
  public:
    CardDock(const QString& objectName, const QString& title, QWidget* parent = nullptr);

    [[nodiscard]] CardHeader& header() { return *header_; }

    /// The card's content; a margin of one pixel keeps the frame visible.
    void setContent(QWidget* content);

  Q_SIGNALS:
    void headerDoubleClicked();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    CardHeader* header_;
    QWidget* frame_;
};

} // namespace psephos::ui
