// SPDX-License-Identifier: GPL-3.0-or-later
// One run of the run list.
#pragma once

#include "lab/run.hpp"

#include <QWidget>

class QMenu;
class QPainter;
class QToolButton;

namespace psephos::ui {

class Session;

class RunRow : public QWidget {
    Q_OBJECT
  public:
    static constexpr int kHeight = 54;
    static constexpr int kCompactHeight = 34; ///< of one among many: without its settings

    /// @param height kHeight or kCompactHeight
    RunRow(Session& session, lab::RunPtr run, bool isLast, int height, QWidget* parent);

    /// Reads the run and repaints what changed.
    void refresh();

    [[nodiscard]] QString stateText() const { return state_; }

    [[nodiscard]] QString valueText() const { return value_; }

  protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void addButton(QToolButton*& button, const char* name, const QString& objectName);
    void placeButtons();
    void paintSettings(QPainter& painter) const;

    /// Whether the state stands where the value would.
    [[nodiscard]] bool tellsState() const { return isCompact_ && (isTrouble_ || value_.isEmpty()); }

    /// Everything that can be done with the run.
    void fillMenu(QMenu& menu) const;
    void openMenu(const QPoint& at);
    [[nodiscard]] bool showsButtons() const;
    [[nodiscard]] QString stateNow(const lab::RunStatus& status) const;

    Session& session_;
    lab::RunPtr run_;
    bool isLast_;
    bool isCompact_;
    QString name_;
    QString settings_;
    QString value_;
    QString state_;
    double progress_ = 0;
    lab::RunState runState_ = lab::RunState::Queued;
    bool isTrouble_ = false;
    QToolButton* pause_ = nullptr;
    QToolButton* cancel_ = nullptr;
    QToolButton* more_ = nullptr;
};

} // namespace psephos::ui
