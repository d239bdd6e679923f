// SPDX-License-Identifier: GPL-3.0-or-later
// psephos as a program: pictures without a screen, the measured start, and what it refuses.
#include <QDir>
#include <QFile>
#include <QImage>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace {

struct Outcome {
    int code = -1;
    QString out;
    QString err;
};

} // namespace

class TestWindowProgram : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    Outcome run(QStringList arguments) {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("PSEPHOS_STORE"),
                           folder_.filePath(QStringLiteral("runs.db")));
        // Whoever starts the test by hand has no screen for its windows either.
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(folder_.path());
        process.start(QStringLiteral(PSEPHOS_WINDOW), arguments);
        if (!process.waitForFinished(60000)) {
            process.kill();
            process.waitForFinished();
            return {-1, {}, QStringLiteral("did not end")};
        }
        return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()),
                QString::fromUtf8(process.readAllStandardError())};
    }

    /// Share of pixels that differ from the corner's colour: what was drawn at all.
    static double inked(const QImage& image) {
        const QRgb ground = image.pixel(2, 2);
        qint64 other = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                other += image.pixel(x, y) != ground ? 1 : 0;
            }
        }
        return static_cast<double>(other) / (static_cast<double>(image.width()) * image.height());
    }

  private Q_SLOTS:

    void help_callsTheProgramByItsName() {
        const Outcome outcome = run({QStringLiteral("--help")});
        QCOMPARE(outcome.code, 0);
        QVERIFY2(outcome.out.contains(QStringLiteral("Usage: psephos [OPTIONS]")),
                 qPrintable(outcome.out));
    }

    void measureStart_printsOneNumber() {
        const Outcome outcome = run({QStringLiteral("--measure-start")});
        QCOMPARE(outcome.code, 0);
        const QJsonObject object = QJsonDocument::fromJson(outcome.out.toUtf8()).object();
        const double elapsed =
            object.value(QStringLiteral("process_to_first_paint_ms")).toDouble(-1);
        QVERIFY2(elapsed > 0 && elapsed < 10000, qPrintable(outcome.out));
    }

    void measureDrag_answersEveryMove() {
        const Outcome outcome =
            run({QStringLiteral("--measure-drag"), QStringLiteral("optim.surface:race"),
                 QStringLiteral("--store"), folder_.filePath(QStringLiteral("drag.db"))});
        QCOMPARE(outcome.code, 0);
        const QJsonObject told = QJsonDocument::fromJson(outcome.out.toUtf8()).object();
        QCOMPARE(told.value(QStringLiteral("moves")).toInt(), 200);
        const double median = told.value(QStringLiteral("median_ms")).toDouble();
        QVERIFY2(median > 0 && median < 100, qPrintable(QString::number(median)));
    }

    void shot_everyThemeAndScale_isDrawn_data() {
        QTest::addColumn<QString>("theme");
        QTest::addColumn<int>("scale");
        QTest::newRow("light") << QStringLiteral("light") << 1;
        QTest::newRow("dark, twice") << QStringLiteral("dark") << 2;
        QTest::newRow("print") << QStringLiteral("print") << 1;
    }

    void shot_everyThemeAndScale_isDrawn() {
        QFETCH(QString, theme);
        QFETCH(int, scale);
        const Outcome outcome =
            run({QStringLiteral("shot"), QStringLiteral("optim.surface"), QStringLiteral("--out"),
                 QStringLiteral("shot.png"), QStringLiteral("--theme"), theme,
                 QStringLiteral("--scale"), QString::number(scale),
                 QStringLiteral("optimizer=[sgd,soap]"), QStringLiteral("steps=50")});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        QCOMPARE(outcome.err, QString());
        const QImage image(folder_.filePath(QStringLiteral("shot.png")));
        QCOMPARE(image.size(), QSize(1440, 900) * scale);
        const bool isDark = image.pixelColor(2, 2).lightness() < 128;
        QCOMPARE(isDark, theme == QStringLiteral("dark"));
        QVERIFY(inked(image) > 0.1);
    }

    void shot_ofManyRuns_isTaller() {
        const Outcome outcome =
            run({QStringLiteral("shot"), QStringLiteral("optim.surface"), QStringLiteral("--out"),
                 QStringLiteral("many.png"), QStringLiteral("steps=20"),
                 QStringLiteral("optimizer=[sgd,adamw,shampoo,soap,muon]"),
                 QStringLiteral("surface=[rosenbrock,beale,himmelblau,rastrigin]")});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        const QImage image(folder_.filePath(QStringLiteral("many.png")));
        QCOMPARE(image.width(), 1440);
        QVERIFY2(image.height() > 1100 && image.height() <= 1800,
                 qPrintable(QString::number(image.height())));
    }

    void shot_ofOnePanel_isAnotherPicture() {
        QByteArray all;
        for (const char* panel : {"", "distribution", "lottery"}) {
            QStringList arguments{QStringLiteral("shot"), QStringLiteral("voting.maximal_lottery"),
                                  QStringLiteral("--out"), QStringLiteral("panel.png")};
            if (*panel != 0) {
                arguments << QStringLiteral("--panel") << QString::fromLatin1(panel);
            }
            const Outcome outcome = run(arguments);
            QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
            QFile file(folder_.filePath(QStringLiteral("panel.png")));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            QVERIFY(bytes != all);
            all = bytes;
        }
        const Outcome outcome =
            run({QStringLiteral("shot"), QStringLiteral("voting.maximal_lottery"),
                 QStringLiteral("--out"), QStringLiteral("panel.png"), QStringLiteral("--panel"),
                 QStringLiteral("notes")});
        QCOMPARE(outcome.code, 2);
        QVERIFY2(outcome.err.contains(QStringLiteral("margins, scores, lottery, distribution")),
                 qPrintable(outcome.err));
    }

    void shot_ofTheSameScenario_isTheSamePicture() {
        QByteArray first;
        for (int i = 0; i < 2; ++i) {
            const Outcome outcome =
                run({QStringLiteral("shot"), QStringLiteral("voting.maximal_lottery"),
                     QStringLiteral("--out"), QStringLiteral("same.png")});
            QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
            QFile file(folder_.filePath(QStringLiteral("same.png")));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            QVERIFY(i == 0 || bytes == first);
            first = bytes;
        }
    }

    void refused_oneLineAndTheCode_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("names");
        const QStringList out{QStringLiteral("--out"), QStringLiteral("x.png")};
        QTest::newRow("unknown experiment")
            << QStringList{QStringLiteral("shot"), QStringLiteral("no.such")} + out
            << QStringLiteral("no.such");
        QTest::newRow("unknown preset")
            << QStringList{QStringLiteral("shot"), QStringLiteral("optim.surface"),
                           QStringLiteral("--preset"), QStringLiteral("nix")} +
                   out
            << QStringLiteral("nix");
        QTest::newRow("unknown knob")
            << QStringList{QStringLiteral("shot"), QStringLiteral("optim.surface"),
                           QStringLiteral("stepps=3")} +
                   out
            << QStringLiteral("stepps");
        QTest::newRow("out of range")
            << QStringList{QStringLiteral("shot"), QStringLiteral("optim.surface"),
                           QStringLiteral("steps=-3")} +
                   out
            << QStringLiteral("steps");
        QTest::newRow("no such run")
            << QStringList{QStringLiteral("shot"), QStringLiteral("77")} + out
            << QStringLiteral("77");
        QTest::newRow("no out") << QStringList{QStringLiteral("shot"),
                                               QStringLiteral("optim.surface")}
                                << QStringLiteral("--out");
        QTest::newRow("no such theme")
            << QStringList{QStringLiteral("--theme"), QStringLiteral("pink")}
            << QStringLiteral("pink");
    }

    void refused_oneLineAndTheCode() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, names);
        const Outcome outcome = run(arguments);
        QCOMPARE(outcome.code, 2);
        QCOMPARE(outcome.out, QString());
        QCOMPARE(outcome.err.count(u'\n'), 1);
        QVERIFY2(outcome.err.startsWith(QStringLiteral("error: ")), qPrintable(outcome.err));
        QVERIFY2(outcome.err.contains(names), qPrintable(outcome.err));
        QVERIFY(!QFile::exists(folder_.filePath(QStringLiteral("x.png"))));
    }

    void shot_unwritable_fails() {
        const Outcome outcome =
            run({QStringLiteral("shot"), QStringLiteral("voting.maximal_lottery"),
                 QStringLiteral("--out"), QStringLiteral("/no/such/folder/x.png")});
        QCOMPARE(outcome.code, 1);
        QCOMPARE(outcome.err.count(u'\n'), 1);
        QVERIFY(outcome.err.contains(QStringLiteral("/no/such/folder/x.png")));
    }

    void shot_failedRun_saysWhy() {
        QFile file(folder_.filePath(QStringLiteral("votes.csv")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("x\n");
        file.close();
        const Outcome outcome = run(
            {QStringLiteral("shot"), QStringLiteral("voting.maximal_lottery"),
             QStringLiteral("--out"), QStringLiteral("x.png"), QStringLiteral("data=votes.csv")});
        QVERIFY(outcome.code == 1 || outcome.code == 2);
        QVERIFY2(outcome.err.contains(QStringLiteral("votes.csv")), qPrintable(outcome.err));
        QCOMPARE(outcome.err.count(u'\n'), 1);
    }

    void foreignStore_isToldAndTheWindowOpens() {
        QFile file(folder_.filePath(QStringLiteral("foreign.db")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("this is not a database, but a text of some length to be sure\n");
        file.close();
        const Outcome outcome =
            run({QStringLiteral("--store"), QStringLiteral("foreign.db"), QStringLiteral("--grab"),
                 QStringLiteral("window.png"), QStringLiteral("--after"), QStringLiteral("300")});
        QCOMPARE(outcome.code, 0);
        QVERIFY(!QImage(folder_.filePath(QStringLiteral("window.png"))).isNull());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().startsWith("this is not"));
    }
};

QTEST_APPLESS_MAIN(TestWindowProgram)
#include "tst_window_program.moc"
