// SPDX-License-Identifier: GPL-3.0-or-later
// The theme: contrast of text, distinguishable run colours, tabular figures, a whole style sheet.
#include "support/qt_test.hpp"
#include "ui/theme/icons.hpp"
#include "ui/theme/theme.hpp"

#include <QFontMetricsF>
#include <QImage>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

using namespace psephos::ui;

namespace {

using Vector3 = std::array<double, 3>;
using Matrix3 = std::array<Vector3, 3>;

Vector3 times(const Matrix3& m, const Vector3& v) {
    Vector3 result{};
    for (std::size_t i = 0; i < 3; ++i) {
        result[i] = m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2];
    }
    return result;
}

Vector3 linearRgb(const QColor& colour) {
    const auto linear = [](double c) {
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return {linear(colour.redF()), linear(colour.greenF()), linear(colour.blueF())};
}

// Source: Machado, Oliveira, Fernandes, 2009: severity 1.0.
constexpr Matrix3 kNormal{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
constexpr Matrix3 kProtan{{{0.152286, 1.052583, -0.204868},
                           {0.114503, 0.786281, 0.099216},
                           {-0.003882, -0.048116, 1.051998}}};
constexpr Matrix3 kDeutan{{{0.367322, 0.860646, -0.227968},
                           {0.280085, 0.672501, 0.047413},
                           {-0.011820, 0.042940, 0.968881}}};
constexpr Matrix3 kTritan{{{1.255528, -0.076749, -0.178779},
                           {-0.078411, 0.930809, 0.147602},
                           {0.004733, 0.691367, 0.303900}}};

Vector3 lab(const QColor& colour, const Matrix3& vision) {
    Vector3 rgb = times(vision, linearRgb(colour));
    for (double& channel : rgb) {
        channel = std::clamp(channel, 0.0, 1.0);
    }
    constexpr Matrix3 kToXyz{{{0.4124564, 0.3575761, 0.1804375},
                              {0.2126729, 0.7151522, 0.0721750},
                              {0.0193339, 0.1191920, 0.9503041}}};
    const Vector3 xyz = times(kToXyz, rgb);
    const auto f = [](double t) {
        return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116;
    };
    const double x = f(xyz[0] / 0.95047);
    const double y = f(xyz[1]);
    const double z = f(xyz[2] / 1.08883);
    return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

double hueDegrees(double b, double a) {
    if (a == 0 && b == 0) {
        return 0;
    }
    const double degrees = std::atan2(b, a) * 180 / std::numbers::pi;
    return degrees < 0 ? degrees + 360 : degrees;
}

double cosDegrees(double degrees) {
    return std::cos(degrees * std::numbers::pi / 180);
}

/// CIEDE2000. Source: Sharma, Wu, Dalal, 2005.
double distance(const Vector3& p, const Vector3& q) {
    const double c = (std::hypot(p[1], p[2]) + std::hypot(q[1], q[2])) / 2;
    const double g = 0.5 * (1 - std::sqrt(std::pow(c, 7) / (std::pow(c, 7) + std::pow(25.0, 7))));
    const double a1 = (1 + g) * p[1];
    const double a2 = (1 + g) * q[1];
    const double c1 = std::hypot(a1, p[2]);
    const double c2 = std::hypot(a2, q[2]);
    const double h1 = hueDegrees(p[2], a1);
    const double h2 = hueDegrees(q[2], a2);
    double dh = h2 - h1;
    if (c1 * c2 == 0) {
        dh = 0;
    } else if (dh > 180) {
        dh -= 360;
    } else if (dh < -180) {
        dh += 360;
    }
    const double bigDh = 2 * std::sqrt(c1 * c2) * std::sin(dh / 2 * std::numbers::pi / 180);
    const double l = (p[0] + q[0]) / 2;
    const double cm = (c1 + c2) / 2;
    double h = h1 + h2;
    if (c1 * c2 != 0) {
        if (std::abs(h1 - h2) <= 180) {
            h /= 2;
        } else {
            h = h < 360 ? (h + 360) / 2 : (h - 360) / 2;
        }
    }
    const double t = 1 - 0.17 * cosDegrees(h - 30) + 0.24 * cosDegrees(2 * h) +
                     0.32 * cosDegrees(3 * h + 6) - 0.20 * cosDegrees(4 * h - 63);
    const double sl = 1 + 0.015 * std::pow(l - 50, 2) / std::sqrt(20 + std::pow(l - 50, 2));
    const double sc = 1 + 0.045 * cm;
    const double sh = 1 + 0.015 * cm * t;
    const double rc = 2 * std::sqrt(std::pow(cm, 7) / (std::pow(cm, 7) + std::pow(25.0, 7)));
    const double angle = 60 * std::exp(-std::pow((h - 275) / 25, 2));
    const double rt = -rc * std::sin(angle * std::numbers::pi / 180);
    const double dl = (q[0] - p[0]) / sl;
    const double dc = (c2 - c1) / sc;
    const double dH = bigDh / sh;
    return std::sqrt(dl * dl + dc * dc + dH * dH + rt * dc * dH);
}

void addThemes() {
    QTest::addColumn<int>("kind");
    QTest::newRow("light") << static_cast<int>(ThemeKind::Light);
    QTest::newRow("dark") << static_cast<int>(ThemeKind::Dark);
    QTest::newRow("print") << static_cast<int>(ThemeKind::Print);
}

} // namespace

class TestTheme : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void init() { psephos::tests::failOnWarnings(); }

    void distance_publishedPair_agrees() {
        // Pair 1 and 17 of the table published with the formula.
        QVERIFY(std::abs(distance({50, 2.6772, -79.7751}, {50, 0, -82.7485}) - 2.0425) < 1e-4);
        QVERIFY(std::abs(distance({50, 2.5, 0}, {73, 25, -18}) - 27.1492) < 1e-4);
    }

    void text_everyTheme_isReadable_data() { addThemes(); }

    void text_everyTheme_isReadable() {
        QFETCH(int, kind);
        const Theme& theme = Theme::of(static_cast<ThemeKind>(kind));
        for (const QColor& ground : {theme.panel, theme.window}) {
            QVERIFY(contrast(theme.text, ground) >= 7.0);
            QVERIFY(contrast(theme.muted, ground) >= 4.5);
            QVERIFY(contrast(theme.accent, ground) >= 4.5);
            QVERIFY(contrast(theme.faint, ground) >= 2.8);
        }
        QVERIFY(contrast(theme.onAccent, theme.accent) >= 4.5);
        QVERIFY(contrast(theme.accent, theme.accentBackground) >= 4.5);
        QVERIFY(contrast(theme.warning, theme.warningBackground) >= 4.5);
        QVERIFY(contrast(theme.good, theme.panel) >= 4.5);
    }

    void runs_everyTheme_standOut_data() { addThemes(); }

    void runs_everyTheme_standOut() {
        QFETCH(int, kind);
        const Theme& theme = Theme::of(static_cast<ThemeKind>(kind));
        for (std::size_t number = 1; number <= theme.runs.size(); ++number) {
            const RunStyle style = runStyle(theme, number);
            QVERIFY(style.needsCasing || contrast(style.colour, theme.panel) >= 3.0);
            QCOMPARE(style.dash, 0);
            QCOMPARE(runStyle(theme, number + 7).colour, style.colour);
            QCOMPARE(runStyle(theme, number + 7).dash, 1);
        }
    }

    void runs_everyVision_areTold_data() { addThemes(); }

    void runs_everyVision_areTold() {
        QFETCH(int, kind);
        const Theme& theme = Theme::of(static_cast<ThemeKind>(kind));
        for (const Matrix3& vision : {kNormal, kProtan, kDeutan, kTritan}) {
            for (std::size_t i = 0; i < theme.runs.size(); ++i) {
                for (std::size_t j = i + 1; j < theme.runs.size(); ++j) {
                    const double apart =
                        distance(lab(theme.runs[i], vision), lab(theme.runs[j], vision));
                    QVERIFY2(
                        apart >= 10,
                        qPrintable(
                            QStringLiteral("runs %1 and %2: %3").arg(i + 1).arg(j + 1).arg(apart)));
                }
            }
        }
    }

    void ramps_ends_areTheStops() {
        QCOMPARE(viridis(0), QColor(0x44, 0x01, 0x54));
        QCOMPARE(viridis(2), QColor(0xfd, 0xe7, 0x25));
        QCOMPARE(viridis(std::nan("")), viridis(0));
        const Theme& theme = Theme::of(ThemeKind::Light);
        QCOMPARE(diverging(theme, 0), theme.divergingMiddle);
        QCOMPARE(diverging(theme, -1), theme.divergingLow);
        QCOMPARE(diverging(theme, 5), theme.divergingHigh);
        double lightness = -1;
        for (int i = 0; i <= 50; ++i) {
            const double next = lab(viridis(i / 50.0), kNormal)[0];
            QVERIFY(next > lightness);
            lightness = next;
        }
    }

    void fonts_figures_areTabular() {
        QCOMPARE(QFontInfo(textFont(13)).family(), textFont(13).family());
        QCOMPARE(QFontInfo(monoFont(12)).family(), QStringLiteral("JetBrains Mono"));
        for (const QFont::Weight weight : {QFont::Normal, QFont::DemiBold}) {
            const QFontMetricsF metrics(textFont(26, weight));
            const double width = metrics.horizontalAdvance(QStringLiteral("0000"));
            QCOMPARE(metrics.horizontalAdvance(QStringLiteral("1111")), width);
            QCOMPARE(metrics.horizontalAdvance(QStringLiteral("7171")), width);
        }
    }

    void styleSheet_everyTheme_hasNoRoleLeft_data() { addThemes(); }

    void styleSheet_everyTheme_hasNoRoleLeft() {
        QFETCH(int, kind);
        const QString sheet = styleSheet(Theme::of(static_cast<ThemeKind>(kind)));
        QVERIFY(!sheet.contains(u'@'));
        QPushButton button(QStringLiteral("Run"));
        button.setStyleSheet(sheet);
        button.ensurePolished();
        QCOMPARE(button.font().family(), textFont(13).family());
    }

    void icon_changeOfTheme_takesItsColour() {
        const QIcon icon = themedIcon(QStringLiteral("pause"));
        const auto colourOf = [&icon] { return icon.pixmap(16).toImage().pixelColor(5, 8).rgb(); };
        QCOMPARE(colourOf(), Theme::of(ThemeKind::Light).text.rgb());
        QSignalSpy changed(&ThemeHub::instance(), &ThemeHub::changed);
        ThemeHub::instance().setKind(ThemeKind::Dark);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(colourOf(), Theme::of(ThemeKind::Dark).text.rgb());
        ThemeHub::instance().setKind(ThemeKind::Light);
        QVERIFY(!iconPixmap(QStringLiteral("logo"), 22, Qt::black, 2).isNull());
        QCOMPARE(iconPixmap(QStringLiteral("logo"), 22, Qt::black, 2).width(), 44);
    }
};

PSEPHOS_QT_TEST(TestTheme)
#include "tst_theme.moc"
