// SPDX-License-Identifier: GPL-3.0-or-later
// What every Qt test here begins with: fonts, Fusion, the style sheet, and warnings as failures.
#pragma once

#include "ui/theme/theme.hpp"

#include <QApplication>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QStyleFactory>
#include <QTest>

#include <functional>

namespace psephos::tests {

/// Makes any Qt warning fail the running test function; call it from init().
inline void failOnWarnings() {
    // The offscreen platform says this of every window that is resized or raised.
    QTest::failOnWarning(QRegularExpression(
        QStringLiteral("^(?!This plugin does not support (propagateSizeHints|raise|grabbing)).*")));
}

/// Runs the test class under the application's own look.
/// @param afterwards answers the exit code, given the number of failures; in the same application
template <typename Test>
int runQtTest(int argc, char** argv, const std::function<int(int)>& afterwards = {}) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QStandardPaths::setTestModeEnabled(true);
    QApplication app(argc, argv);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setEffectEnabled(Qt::UI_AnimateMenu, false);
    ui::loadFonts();
    app.setFont(ui::textFont(13));
    app.setStyleSheet(ui::styleSheet(ui::ThemeHub::instance().theme()));
    Test test;
    const int failures = QTest::qExec(&test, argc, argv);
    return afterwards ? afterwards(failures) : failures;
}

} // namespace psephos::tests

/// The main function of a Qt test; the file ends with `#include "NAME.moc"`.
#define PSEPHOS_QT_TEST(Test)                                                                      \
    int main(int argc, char** argv) {                                                              \
        return psephos::tests::runQtTest<Test>(argc, argv);                                        \
    }
