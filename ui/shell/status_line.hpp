// SPDX-License-Identifier: GPL-3.0-or-later
// The status line says what it costs: device, compute time, stored when, and the command line that
// does the same.
#pragma once

#include <QTimer>
#include <QWidget>

class QLabel;
class QPushButton;

namespace psephos::ui {

class Session;

class StatusLine : public QWidget {
    Q_OBJECT
  public:
    /// The session outlives the line. `threads`: what runs compute with.
    StatusLine(Session& session, int threads, QWidget* parent = nullptr);

    /// Whether the heavy libraries are still being loaded.
    void setLoading(bool isLoading);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void refresh();
    void refreshCommand();
    [[nodiscard]] QString computeText() const;
    [[nodiscard]] QString storeText() const;
    [[nodiscard]] QString homeText() const;

    Session& session_;
    int threads_;
    bool isLoading_ = false;
    QLabel* dot_;
    QLabel* device_;
    QLabel* compute_;
    QLabel* store_;
    QLabel* seed_;
    QPushButton* command_;
    QTimer timer_;
};

} // namespace psephos::ui
