// SPDX-License-Identifier: GPL-3.0-or-later
// All knobs of a draft: generated editors under the headings that the knobs declare, advanced ones
// folded, those that do not apply hidden.
#pragma once

#include "ui/knobs/draft.hpp"

#include <QWidget>

#include <vector>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace psephos::ui {

class KnobEditor;

class KnobPanel : public QWidget {
    Q_OBJECT
  public:
    /// The draft outlives the panel.
    explicit KnobPanel(Draft& draft, QWidget* parent = nullptr);

    /// The editor of a knob; null where there is none.
    [[nodiscard]] KnobEditor* editor(std::string_view knob) const;

    /// Where the caller puts what belongs below the knobs (notes).
    [[nodiscard]] QVBoxLayout& footer() { return *footer_; }

  private:
    struct Group {
        QLabel* heading = nullptr;
        std::vector<KnobEditor*> basic;
        QPushButton* fold = nullptr; ///< null where no knob of the group is advanced
        std::vector<KnobEditor*> advanced;
        bool isOpen = false;
    };

    void rebuild();
    void refresh();
    void refreshGroup(Group& group);
    Group& group(const QString& title);
    void addRunGroup();

    Draft& draft_;
    QVBoxLayout* list_;
    QVBoxLayout* footer_;
    std::vector<std::pair<QString, Group>> groups_;
    QWidget* runGroup_ = nullptr;
};

} // namespace psephos::ui
