// SPDX-License-Identifier: GPL-3.0-or-later
// The bar at the top: where one is, the search field, and what can be done with what is open.
#pragma once

#include <QWidget>

class QLabel;
class QMenu;
class QPushButton;

namespace psephos::ui {

class ElidedLabel;
class Session;

class Bar : public QWidget {
    Q_OBJECT
  public:
    /// The session outlives the bar.
    explicit Bar(Session& session, QWidget* parent = nullptr);

    void setShareMenu(QMenu* menu);
    void setThemeMenu(QMenu* menu);
    void setOpenMenu(QMenu* menu);
    /// What the theme button says.
    void setThemeText(const QString& text);
    /// Whether the place is an experiment; else home.
    void refresh(bool isHome, const QString& homeTitle);

  Q_SIGNALS:
    void homeAsked();
    void searchAsked();
    void runAsked();

  private:
    void refreshRun();

    Session& session_;
    QLabel* logo_;
    QPushButton* place_;
    QLabel* separator_;
    QLabel* title_;
    ElidedLabel* question_;
    QPushButton* search_;
    QPushButton* open_;
    QPushButton* share_;
    QPushButton* theme_;
    QPushButton* run_;
};

} // namespace psephos::ui
