// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/appearance.hpp"

#include "ui/theme/theme.hpp"

#include <QApplication>
#include <QEvent>
#include <QPalette>

#include <array>

namespace psephos::ui {

namespace {
constexpr std::array kAppearances{Appearance::Auto, Appearance::Light, Appearance::Dark,
                                  Appearance::Print};
} // namespace

QString name(Appearance appearance) {
    switch (appearance) {
    case Appearance::Auto:
        return QStringLiteral("auto");
    case Appearance::Light:
        return QStringLiteral("light");
    case Appearance::Dark:
        return QStringLiteral("dark");
    case Appearance::Print:
        return QStringLiteral("print");
    }
    return {};
}

std::optional<Appearance> appearanceFromName(const QString& text) {
    for (const Appearance appearance : kAppearances) {
        if (name(appearance) == text) {
            return appearance;
        }
    }
    return std::nullopt;
}

AppearanceKeeper::AppearanceKeeper(Appearance appearance, QObject* parent)
    : QObject(parent)
    , appearance_(appearance)
    , desktopIsDark_(QApplication::palette().color(QPalette::Window).lightnessF() < 0.5) {
    qApp->installEventFilter(this);
    apply();
}

void AppearanceKeeper::set(Appearance appearance) {
    if (appearance != appearance_) {
        appearance_ = appearance;
        apply();
    }
}

void AppearanceKeeper::apply() {
    ThemeKind kind = desktopIsDark_ ? ThemeKind::Dark : ThemeKind::Light;
    if (appearance_ != Appearance::Auto) {
        kind = appearance_ == Appearance::Dark    ? ThemeKind::Dark
               : appearance_ == Appearance::Print ? ThemeKind::Print
                                                  : ThemeKind::Light;
    }
    ThemeHub& hub = ThemeHub::instance();
    hub.setKind(kind);
    const Theme& theme = hub.theme();
    isApplying_ = true;
    QPalette palette;
    palette.setColor(QPalette::Window, theme.window);
    palette.setColor(QPalette::WindowText, theme.text);
    palette.setColor(QPalette::Base, theme.panel);
    palette.setColor(QPalette::AlternateBase, theme.window);
    palette.setColor(QPalette::Text, theme.text);
    palette.setColor(QPalette::PlaceholderText, theme.faint);
    palette.setColor(QPalette::Button, theme.panel);
    palette.setColor(QPalette::ButtonText, theme.text);
    palette.setColor(QPalette::Highlight, theme.accent);
    palette.setColor(QPalette::HighlightedText, theme.onAccent);
    palette.setColor(QPalette::ToolTipBase, theme.panel);
    palette.setColor(QPalette::ToolTipText, theme.text);
    QApplication::setPalette(palette);
    qApp->setStyleSheet(styleSheet(theme));
    isApplying_ = false;
    Q_EMIT changed();
}

bool AppearanceKeeper::eventFilter(QObject* watched, QEvent* event) {
    if (watched == qApp && event->type() == QEvent::ThemeChange && !isApplying_) {
        // The desktop's own palette, not the one set here.
        desktopIsDark_ = QApplication::palette().color(QPalette::Window).lightnessF() < 0.5;
        if (appearance_ == Appearance::Auto) {
            apply();
        }
    }
    return QObject::eventFilter(watched, event);
}

} // namespace psephos::ui
