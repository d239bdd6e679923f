// SPDX-License-Identifier: GPL-3.0-or-later
// The style sheet: one template whose @roles are replaced by the theme's colours. Widgets choose a
// variant by the dynamic property `kind` (primary, ghost, segment, field …).
#include "ui/theme/theme.hpp"

#include <array>
#include <utility>

namespace psephos::ui {

namespace {

constexpr const char* kWidgets = R"(
* { font-family: "Tally"; font-size: 13px; color: @text; outline: none; }
QMainWindow, QDialog, QMainWindow > QWidget#pages { background: @window; }
QMainWindow::separator { background: transparent; width: 8px; height: 8px; }
QMainWindow::separator:hover { background: @line; }
QToolTip { background: @panel; color: @text; border: 1px solid @strongLine; padding: 5px 7px;
  font-size: 12px; }
QLabel { background: transparent; }
QLabel[kind="muted"], QLabel[kind="muted"] * { color: @muted; }
QLabel[kind="faint"] { color: @faint; }
QLabel[kind="small"] { color: @muted; font-size: 12px; }
QLabel[kind="smallfaint"] { color: @faint; font-size: 12px; }
QLabel[kind="strong"] { font-weight: 600; }
QLabel[kind="title"] { font-size: 15px; font-weight: 600; }
QLabel[kind="question"] { font-size: 26px; font-weight: 700; }
QLabel[kind="heading"] { font-size: 18px; font-weight: 700; }
QLabel[kind="capitals"] { color: @muted; font-size: 11px; font-weight: 600; }
QLabel[kind="mono"] { font-family: "JetBrains Mono"; font-size: 12px; color: @muted; }
QLabel[kind="value"] { font-family: "JetBrains Mono"; font-size: 12px; color: @text; }
QLabel[kind="error"] { color: @warning; font-size: 12px; }
QLabel[kind="certificate"], QLabel[kind="information"] { background: @accentBackground;
  color: @text; border-radius: 6px; padding: 8px 10px; font-size: 12px; }
QLabel[kind="warning"] { background: @warningBackground; color: @warning; border-radius: 6px;
  padding: 8px 10px; font-size: 12px; }
)";

constexpr const char* kButtons = R"(
QPushButton { background: @panel; border: 1px solid @strongLine; border-radius: 6px;
  padding: 0 12px; min-height: 26px; max-height: 26px; font-weight: 500; }
QPushButton:hover { border-color: @faint; }
QPushButton:pressed { background: @window; }
QPushButton:focus { border-color: @accent; }
QPushButton:disabled { color: @faint; border-color: @line; }
QPushButton::menu-indicator { image: none; width: 0; }
QPushButton[kind="primary"] { background: @accent; border-color: @accent; color: @onAccent;
  font-weight: 600; }
QPushButton[kind="primary"]:hover { background: @accentHover; border-color: @accentHover; }
QPushButton[kind="primary"]:focus { border-color: @text; }
QPushButton[kind="primary"]:disabled { background: @line; border-color: @line; color: @faint; }
QPushButton[kind="search"] { background: @window; color: @faint; text-align: left; font-weight: 400;
  padding: 0 10px; }
QPushButton[kind="link"] { background: transparent; border: none; color: @accent; padding: 0 4px;
  min-height: 20px; max-height: 20px; }
QPushButton[kind="link"]:hover, QPushButton[kind="link"]:focus { text-decoration: underline; }
QPushButton[kind="home"], QPushButton[kind="crumb"] { background: transparent; border: none;
  padding: 0 2px; }
QPushButton[kind="home"] { font-size: 15px; font-weight: 700; }
QPushButton[kind="crumb"] { color: @muted; font-weight: 400; }
QPushButton[kind="home"]:focus, QPushButton[kind="crumb"]:hover, QPushButton[kind="crumb"]:focus {
  color: @accent; }
QPushButton[kind="fold"] { background: transparent; border: none; color: @muted; text-align: left;
  padding: 0; font-size: 12px; }
QPushButton[kind="fold"]:hover, QPushButton[kind="fold"]:focus { color: @accent; }
QPushButton[kind="status"] { background: transparent; border: none; color: @muted; padding: 0 6px;
  min-height: 22px; max-height: 22px; font-family: "JetBrains Mono"; font-size: 12px;
  font-weight: 400; text-align: right; }
QPushButton[kind="status"]:hover, QPushButton[kind="status"]:focus { color: @accent; }
QPushButton[kind="side"] { background: transparent; border: none; text-align: left; color: @muted;
  padding: 0 10px; min-height: 30px; max-height: 30px; font-weight: 400; }
QPushButton[kind="side"]:hover { background: @window; color: @text; }
QPushButton[kind="side"]:focus { color: @accent; }
QPushButton[kind="side"]:checked { background: @accentBackground; color: @accent; font-weight: 600; }
QPushButton[kind="chip"] { background: @panel; border: 1px solid @strongLine; border-radius: 11px;
  color: @muted; padding: 0 8px; min-height: 20px; max-height: 20px; font-size: 12px;
  font-weight: 500; }
QPushButton[kind="chip"]:hover { border-color: @faint; color: @text; }
QPushButton[kind="chip"]:focus { border-color: @accent; }
QPushButton[kind="chip"]:checked { background: @accentBackground; border-color: @accent;
  color: @accent; }
QPushButton[kind="segment"] { background: @panel; border: 1px solid @strongLine; border-radius: 0;
  color: @muted; padding: 0 8px; min-height: 20px; max-height: 20px; font-size: 12px;
  font-weight: 400; margin-left: -1px; }
QPushButton[kind="segment"]:hover { color: @text; }
QPushButton[kind="segment"]:focus { color: @accent; }
QPushButton[kind="segment"]:checked { background: @accentBackground; color: @accent;
  font-weight: 600; }
QPushButton[kind="segment"][place="first"], QPushButton[kind="segment"][place="only"] {
  border-top-left-radius: 5px; border-bottom-left-radius: 5px; margin-left: 0; }
QPushButton[kind="segment"][place="last"], QPushButton[kind="segment"][place="only"] {
  border-top-right-radius: 5px; border-bottom-right-radius: 5px; }
QToolButton { background: transparent; border: none; border-radius: 5px; padding: 3px; }
QToolButton:hover { background: @window; }
QToolButton:pressed, QToolButton:checked { background: @accentBackground; }
QToolButton:focus { background: @accentBackground; }
QToolButton::menu-indicator { image: none; width: 0; }
QToolButton[kind="boxed"] { background: @panel; border: 1px solid @strongLine; border-radius: 6px;
  padding: 0; min-width: 26px; max-width: 26px; min-height: 26px; max-height: 26px; }
QToolButton[kind="boxed"]:hover { border-color: @faint; }
QToolButton[kind="boxed"]:focus { border-color: @accent; }
QToolButton[kind="boxed"]:disabled { border-color: @line; }
)";

constexpr const char* kFields = R"(
QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit { background: @panel;
  border: 1px solid @strongLine; border-radius: 5px; padding: 0 7px; min-height: 22px;
  max-height: 22px; selection-background-color: @accent; selection-color: @onAccent; }
QPlainTextEdit { max-height: 400px; padding: 5px; }
QLineEdit:hover, QComboBox:hover { border-color: @faint; }
QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus { border-color: @accent; }
QLineEdit:disabled, QComboBox:disabled { color: @faint; border-color: @line; }
QLineEdit[kind="number"], QLineEdit[kind="mono"] { font-family: "JetBrains Mono"; font-size: 12px; }
QLineEdit[invalid="true"], QComboBox[invalid="true"] { border-color: @warning; color: @warning;
  background: @warningBackground; }
QLineEdit[kind="palette"] { border: none; border-radius: 0; font-size: 15px; min-height: 40px;
  max-height: 40px; padding: 0 14px; background: transparent; }
QComboBox { font-family: "JetBrains Mono"; font-size: 12px; padding-right: 4px; }
QComboBox::drop-down { border: none; width: 16px; }
QComboBox::down-arrow { image: none; width: 0; height: 0; }
QComboBox QAbstractItemView { background: @panel; border: 1px solid @strongLine;
  selection-background-color: @accentBackground; selection-color: @accent; padding: 3px; }
QCheckBox { spacing: 7px; }
QMenu { background: @panel; border: 1px solid @strongLine; border-radius: 6px; padding: 4px; }
QMenu::item { padding: 5px 22px 5px 10px; border-radius: 4px; }
QMenu::icon { padding-left: 6px; }
QMenu::item:selected { background: @accentBackground; color: @accent; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @line; margin: 4px 6px; }
QScrollArea, QScrollArea > QWidget > QWidget#scrolled { background: transparent; border: none; }
QAbstractScrollArea { border: none; }
QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 8px; margin: 0; }
QScrollBar::handle { background: @strongLine; border-radius: 3px; }
QScrollBar::handle:vertical { min-height: 28px; margin: 1px; }
QScrollBar::handle:horizontal { min-width: 28px; margin: 1px; }
QScrollBar::handle:hover { background: @faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QListView, QTableView, QTreeView { background: transparent; border: none;
  selection-background-color: @accentBackground; selection-color: @text;
  alternate-background-color: @window; gridline-color: @line; }
QListView::item { border-radius: 5px; padding: 5px 8px; }
QListView::item:selected { background: @accentBackground; color: @accent; }
QTableView::item { border: none; padding: 0px 2px; }
QHeaderView { background: transparent; }
QHeaderView::section { background: transparent; border: none; border-bottom: 1px solid @line;
  color: @muted; font-size: 12px; font-weight: 500; padding: 4px 5px; }
)";

constexpr const char* kTabs = R"(
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; border: none; color: @muted; font-size: 13px;
  padding: 0 10px; min-height: 24px; max-height: 24px; margin: 0 2px 4px 0; border-radius: 5px; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { background: @accentBackground; color: @accent; font-weight: 600; }
QTabBar::tab:focus { color: @accent; }
QTabBar QToolButton { background: @window; }
)";

constexpr const char* kPlaces = R"(
QWidget#bar, QWidget#sideBar { background: @panel; }
QWidget#bar { border-bottom: 1px solid @line; }
QWidget#sideBar { border-right: 1px solid @line; }
QWidget#statusLine { background: @panel; border-top: 1px solid @line; }
QWidget#statusLine QLabel { font-size: 12px; color: @muted; }
QWidget#statusLine QLabel[trouble="true"] { color: @warning; }
QWidget#messageBar { background: @warningBackground; border-bottom: 1px solid @line; }
QWidget#messageBar QLabel { color: @warning; }
QFrame#popup { background: @panel; border: 1px solid @strongLine; border-radius: 8px; }
)";

QColor accentHover(const Theme& theme) {
    return theme.kind == ThemeKind::Dark ? theme.accent.lighter(110) : theme.accent.darker(112);
}

} // namespace

QString styleSheet(const Theme& theme) {
    QString sheet;
    for (const char* part : {kWidgets, kButtons, kFields, kTabs, kPlaces}) {
        sheet += QString::fromLatin1(part);
    }
    // A role that begins another one's name comes after it.
    const std::array<std::pair<const char*, QColor>, 15> roles{{
        {"@window", theme.window},
        {"@panel", theme.panel},
        {"@line", theme.line},
        {"@strongLine", theme.strongLine},
        {"@text", theme.text},
        {"@muted", theme.muted},
        {"@faint", theme.faint},
        {"@accentBackground", theme.accentBackground},
        {"@accentHover", accentHover(theme)},
        {"@accent", theme.accent},
        {"@onAccent", theme.onAccent},
        {"@warningBackground", theme.warningBackground},
        {"@warning", theme.warning},
        {"@good", theme.good},
        {"@plotGrid", theme.plotGrid},
    }};
    for (const auto& [role, colour] : roles) {
        sheet.replace(QLatin1String(role), colour.name());
    }
    return sheet;
}

} // namespace psephos::ui
