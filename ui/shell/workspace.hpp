// SPDX-License-Identifier: GPL-3.0-or-later
// The three zones of an open experiment: what is compared, what is seen, what can be turned; and
// the timeline below.
#pragma once

#include <QByteArray>
#include <QMainWindow>
#include <QTimer>

#include <vector>

class QLabel;
class QPushButton;
class QSettings;

namespace psephos::ui {

class CardDock;
class KnobPanel;
class PanelArea;
class PanelCard;
class RunList;
class Session;
class Timeline;

class Workspace : public QWidget {
    Q_OBJECT
  public:
    /// The session outlives the workspace.
    explicit Workspace(Session& session, QWidget* parent = nullptr);

    /// All cards, the middle ones first.
    [[nodiscard]] std::vector<PanelCard*> cards() const;

    /// Whether a card shows the notes; else they stand below the knobs.
    [[nodiscard]] bool hasNotesCard() const;

    /// Shows only what is compared and what is seen: for pictures.
    void setPresenting(bool isPresenting);

    /// How much taller the cards' room must be for every run, note and row of a table to show
    /// unscrolled, where it is `room` tall [px].
    [[nodiscard]] int missingHeight(int room) const;

    /// The room that the cards share [px].
    [[nodiscard]] int cardsHeight() const;

    /// Keeps here, for each experiment, where the user moved cards and lines. The settings outlive
    /// the workspace.
    void setSettings(QSettings* settings);
    void keepLayout();

    /// Gives the middle to one panel alone; again: to all. Of an unknown id nothing happens.
    void showAlone(const QString& panel);

    /// Every card back to its declared place and size.
    void resetLayout();

  Q_SIGNALS:
    void troubled(const QString& text);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void rebuild();
    void buildRight();
    [[nodiscard]] bool hasRunList() const;
    void placeLeft();
    void shareLeft();
    void placeRight();
    /// Knobs above, notes below them.
    void shareRight();
    void refreshHeaders();
    [[nodiscard]] QString layoutKey() const;
    void restoreLayout();
    /// Notices when the user takes the card out of its place.
    void watch(CardDock* card);

    Session& session_;
    QMainWindow* docks_;
    PanelArea* area_;
    CardDock* runsDock_;
    RunList* runList_;
    CardDock* knobsDock_ = nullptr;
    KnobPanel* knobs_ = nullptr;
    QWidget* notes_ = nullptr;
    QPushButton* changed_ = nullptr;
    QLabel* runCount_;
    Timeline* timeline_;
    QTimer rate_; ///< reads how fast the runs go
    std::vector<PanelCard*> leftCards_;
    PanelCard* rightNotes_ = nullptr; ///< where notes are all that would stand at the left
    QSettings* settings_ = nullptr;
    QString experiment_;     ///< whose cards stand here
    bool isTouched_ = false; ///< the user has moved something
    bool isPresenting_ = false;
    bool isPlacing_ = false;      ///< cards are being added: sizes are shared out afterwards
    bool isLeftTouched_ = false;  ///< the user has shared out the left column
    bool isRightTouched_ = false; ///< likewise
};

} // namespace psephos::ui
