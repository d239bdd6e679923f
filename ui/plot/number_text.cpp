// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/number_text.hpp"

#include <QRegularExpression>

#include <cmath>

namespace psephos::ui {

namespace {

constexpr QChar kMinus{0x2212};

/// Replaces ASCII hyphens of a number by a true minus sign.
QString withTrueMinus(QString text) {
    return text.replace(QLatin1Char('-'), kMinus);
}

/// "1.50" → "1.5", "2.00" → "2"; leaves numbers without a decimal point alone.
QString withoutTrailingZeros(QString text) {
    if (!text.contains(QLatin1Char('.'))) {
        return text;
    }
    while (text.endsWith(QLatin1Char('0'))) {
        text.chop(1);
    }
    if (text.endsWith(QLatin1Char('.'))) {
        text.chop(1);
    }
    return text;
}

} // namespace

QString shortNumber(double value, int significant) {
    if (std::isnan(value)) {
        return QStringLiteral("–");
    }
    if (std::isinf(value)) {
        return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    }
    if (value == 0) {
        return QStringLiteral("0");
    }
    // Rounding first: 999.7 with three digits is 1000, not 1e3.
    const QString rounded = QString::number(value, 'e', significant - 1);
    const int exponent = QStringView(rounded).mid(rounded.indexOf(QLatin1Char('e')) + 1).toInt();
    if (exponent >= -3 && exponent < 5) {
        const int decimals = std::max(0, significant - 1 - exponent);
        return withTrueMinus(withoutTrailingZeros(QString::number(value, 'f', decimals)));
    }
    const QString mantissa = withoutTrailingZeros(rounded.section(QLatin1Char('e'), 0, 0));
    return withTrueMinus(mantissa + QLatin1Char('e') + QString::number(exponent));
}

QString signedNumber(double value, int significant) {
    const QString text = shortNumber(value, significant);
    return value > 0 ? QLatin1Char('+') + text : text;
}

QString countText(double count) {
    const double rounded = std::round(count);
    QString digits = QString::number(std::abs(rounded), 'f', 0);
    if (digits.size() > 4) {
        for (qsizetype at = digits.size() - 3; at > 0; at -= 3) {
            digits.insert(at, QChar{0x2009});
        }
    }
    return rounded < 0 ? kMinus + digits : digits;
}

QString percentText(double fraction) {
    if (!std::isfinite(fraction)) {
        return shortNumber(fraction);
    }
    const double percent = fraction * 100;
    const double size = std::abs(percent);
    if (size > 0 && size < 0.05) {
        return (percent < 0 ? QStringLiteral("> −0.1") : QStringLiteral("< 0.1")) +
               QStringLiteral("\u2009%");
    }
    const int decimals = size < 9.95 ? 1 : 0;
    return withTrueMinus(withoutTrailingZeros(QString::number(percent, 'f', decimals))) +
           QStringLiteral("\u2009%");
}

QString fixedNumber(double value, int decimals) {
    return withTrueMinus(QString::number(value == 0 ? 0.0 : value, 'f', decimals));
}

QString typeset(QString words) {
    // Of a number alone: "-2", "1e-4"; a part of a word, a path or an assignment is none.
    static const QRegularExpression kMinusSign(QStringLiteral("(?<![\\w./=-])-(?=\\.?\\d)"));
    static const QRegularExpression kExponent(
        QStringLiteral("(?<![\\w./=-])([-\u2212]?\\d*\\.?\\d+e)-(?=\\d)"));
    static const QRegularExpression kPercent(QStringLiteral("(?<=\\d) %(?!\\w)"));
    static const QRegularExpression kTimes(QStringLiteral("(?<=\\d) \u00d7 (?=\\d)"));
    words.replace(kTimes, QStringLiteral("\u00a0\u00d7\u00a0"));
    words.replace(kMinusSign, QString(kMinus));
    words.replace(kExponent, QStringLiteral("\\1\u2212"));
    return words.replace(kPercent, QStringLiteral("\u00a0%"));
}

QString powerOfTen(int exponent) {
    static const QString kSuperscripts = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString text = QStringLiteral("10");
    if (exponent < 0) {
        text += QChar{0x207B};
    }
    for (const QChar digit : QString::number(std::abs(exponent))) {
        text += kSuperscripts[digit.digitValue()];
    }
    return text;
}

QString axisTitle(const QString& label, const QString& unit) {
    if (unit.isEmpty()) {
        return label;
    }
    return label.isEmpty() ? QLatin1Char('[') + unit + QLatin1Char(']')
                           : label + QStringLiteral(" [") + unit + QLatin1Char(']');
}

QString csvField(QString text) {
    static const QString kSpecial = QStringLiteral(",\"\n\r");
    text.replace(kMinus, QLatin1Char('-')).replace(QChar::Nbsp, QLatin1Char(' '));
    for (const QChar c : text) {
        if (kSpecial.contains(c)) {
            QString quoted = text;
            quoted.replace(QLatin1Char('"'), QStringLiteral("\"\""));
            return QLatin1Char('"') + quoted + QLatin1Char('"');
        }
    }
    return text;
}

} // namespace psephos::ui
