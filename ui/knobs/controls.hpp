// SPDX-License-Identifier: GPL-3.0-or-later
// Small controls that knobs and cards share: segments, chips, a switch, a combo box with an arrow.
#pragma once

#include <QAbstractButton>
#include <QComboBox>
#include <QStringList>
#include <QWidget>

#include <vector>

class QPushButton;

namespace psephos::ui {

/// Sets the dynamic property `kind`, by which the style sheet chooses a variant.
template <typename W>
W* withKind(W* widget, const char* kind) {
    widget->setProperty("kind", QString::fromLatin1(kind));
    return widget;
}

/// Names a widget for tests (objectName) and for people (accessible name, tool tip).
void describe(QWidget* widget, const QString& objectName, const QString& name,
              const QString& toolTip = {});

/// Sets a dynamic property and lets the style sheet look again.
void restyle(QWidget* widget, const char* property, const QVariant& value);

/// A row of labels of which one is chosen.
class Segments : public QWidget {
    Q_OBJECT
  public:
    Segments(const QStringList& labels, int current, QWidget* parent = nullptr);

    [[nodiscard]] int current() const { return current_; }

    void setCurrent(int index);
    /// Names the buttons NAME-0, NAME-1 …
    void setName(const QString& name);

  Q_SIGNALS:
    void chosen(int index);

  private:
    std::vector<QPushButton*> buttons_;
    int current_;
};

/// Words of which any number is chosen; they wrap.
class Chips : public QWidget {
    Q_OBJECT
  public:
    Chips(const QStringList& labels, const QStringList& toolTips, QWidget* parent = nullptr);

    void setChosen(const std::vector<int>& indices);
    [[nodiscard]] std::vector<int> chosen() const;
    void setName(const QString& name);

    [[nodiscard]] bool hasHeightForWidth() const override { return true; }

    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void toggled();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    int arrange(int width, bool apply) const;

    std::vector<QPushButton*> buttons_;
};

/// On or off.
class Switch : public QAbstractButton {
    Q_OBJECT
  public:
    explicit Switch(QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
};

/// A combo box that ignores the wheel unless chosen and draws its arrow in the theme's colour.
class Combo : public QComboBox {
    Q_OBJECT
  public:
    explicit Combo(QWidget* parent = nullptr);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
};

} // namespace psephos::ui
