// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline: scrubs over steps or compute seconds, plays at a chosen speed.
#pragma once

#include <QWidget>

class QLabel;
class QToolButton;

namespace psephos::ui {

class Segments;
class Session;
class Slider;

class Timeline : public QWidget {
    Q_OBJECT
  public:
    /// The session outlives the timeline.
    explicit Timeline(Session& session, QWidget* parent = nullptr);

    /// "step 312 / 500"
    [[nodiscard]] QString readOut() const;

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QToolButton* addButton(const QString& icon, const QString& name, const QString& text,
                           const QString& toolTip);
    /// Where the line ends: the last step that the runs will reach, or the last second so far.
    [[nodiscard]] double whole() const;
    void refresh();
    void refreshState();

    Session& session_;
    QToolButton* play_;
    Slider* slider_;
    QLabel* readOut_;
    Segments* key_;
    Segments* speed_;
};

} // namespace psephos::ui
