// SPDX-License-Identifier: GPL-3.0-or-later
// The command palette: everything that can be done or opened, found by a few letters.
#pragma once

#include <QFrame>
#include <QString>

#include <functional>
#include <vector>

class QLineEdit;
class QListWidget;

namespace psephos::ui {

struct PaletteItem {
    QString title;
    QString detail; ///< muted, beside it
    QString keys;   ///< shortcut, at the right
    std::function<void()> action;
};

/// How well the letters of `query` occur in order in `text`; 0 where they don't. Begins of words
/// and runs of letters count more.
[[nodiscard]] int fuzzyScore(const QString& query, const QString& text);

class Palette : public QFrame {
    Q_OBJECT
  public:
    explicit Palette(QWidget* window);

    /// Opens over the window's upper middle; the items are asked for at that moment.
    void open(std::vector<PaletteItem> items);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void filter();
    void accept();

    QLineEdit* query_;
    QListWidget* list_;
    std::vector<PaletteItem> items_;
    std::vector<std::size_t> shown_;
};

} // namespace psephos::ui
