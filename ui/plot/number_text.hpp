// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as a plot writes them: short, with a true minus sign and powers of ten.
#pragma once

#include <QString>

namespace psephos::ui {

/// A value in few characters: "0.26", "1.3e−4", "−12", "1.2e6"; "–" for NaN, "∞" where infinite.
/// @param significant digits that are kept, 1 … 17
[[nodiscard]] QString shortNumber(double value, int significant = 3);

/// The same with an explicit sign, for margins: "+12", "−9", "0".
[[nodiscard]] QString signedNumber(double value, int significant = 3);

/// A count of steps or samples: exact below 100 000, with thin spaces from 10 000 on ("12 500").
[[nodiscard]] QString countText(double count);

/// "62 %", "0.4 %": at most one decimal, none from 10 % on.
[[nodiscard]] QString percentText(double fraction);

/// A number with so many decimals: "−1.50".
[[nodiscard]] QString fixedNumber(double value, int decimals);

/// Words with numbers in them as they are set for the eye: "lr 1e-4, at -2 %" has a true minus in
/// both, and the percent sign stays with its number, as "2 × 2" stays together. Names of files,
/// options and values that could be typed ("x=-1") stay as they are.
[[nodiscard]] QString typeset(QString words);

/// "10⁻³".
[[nodiscard]] QString powerOfTen(int exponent);

/// An axis title: "loss [nats]"; the label alone where there is no unit.
[[nodiscard]] QString axisTitle(const QString& label, const QString& unit);

/// One field of a CSV line, quoted where it must be; its minus signs and spaces are those that
/// programs read.
[[nodiscard]] QString csvField(QString text);

} // namespace psephos::ui
