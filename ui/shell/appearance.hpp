// SPDX-License-Identifier: GPL-3.0-or-later
// Which theme is in force: the user's choice, or what the desktop has.
#pragma once

#include <QObject>
#include <QString>

#include <optional>

namespace psephos::ui {

enum class Appearance { Auto, Light, Dark, Print };

/// `auto`, `light`, `dark`, `print`.
[[nodiscard]] QString name(Appearance appearance);
[[nodiscard]] std::optional<Appearance> appearanceFromName(const QString& name);

/// Puts a theme on the whole application: colours, style sheet, palette.
class AppearanceKeeper : public QObject {
    Q_OBJECT
  public:
    explicit AppearanceKeeper(Appearance appearance, QObject* parent = nullptr);

    [[nodiscard]] Appearance appearance() const { return appearance_; }

    void set(Appearance appearance);

  Q_SIGNALS:
    void changed();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void apply();

    Appearance appearance_;
    bool desktopIsDark_ = false;
    bool isApplying_ = false;
};

} // namespace psephos::ui
