// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the panels beside those in tests/golden/ui. A picture equals its golden when no more
// than one pixel in a thousand differs by more than 8 in any channel.
//
// PSEPHOS_GOLDEN_UPDATE=1 writes the goldens anew; PSEPHOS_PICTURES=DIR also draws every view
// large, for looking at.
#include "ui/panels/panels.hpp"
#include "ui/plot/plot.hpp"
#include "ui/support/fake_inside.hpp"
#include "ui/support/fake_runs.hpp"
#include "ui/support/fake_vote.hpp"
#include "ui/support/qt_test.hpp"

#include <QDir>
#include <QFileInfo>
#include <QScopeGuard>

#include <array>
#include <memory>

using namespace psephos;
using namespace psephos::tests;

namespace {

constexpr std::array kVotePanels{"intervals", "dumbbells",  "scatter", "curves",
                                 "ternary",   "tournament", "marks",   "verdicts"};

QString goldenFolder() {
    return QStringLiteral(PSEPHOS_GOLDEN_UI);
}

const char* nameOf(ui::ThemeKind kind) {
    return kind == ui::ThemeKind::Light ? "light" : kind == ui::ThemeKind::Dark ? "dark" : "print";
}

std::unique_ptr<ui::PanelView> viewOf(const lab::Panel& panel, FakeComparison& comparison,
                                      const QSize& size) {
    std::unique_ptr<ui::PanelView> view(
        ui::PanelRegistry::instance().create(panel, comparison.model(), nullptr));
    view->resize(size);
    view->refreshNow();
    return view;
}

/// How many pixels differ by more than 8 in a channel; all, where the sizes differ.
int differingPixels(const QImage& a, const QImage& b, QImage& difference) {
    if (a.size() != b.size()) {
        return a.width() * a.height();
    }
    difference = QImage(a.size(), QImage::Format_ARGB32);
    int count = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QRgb p = a.pixel(x, y);
            const QRgb q = b.pixel(x, y);
            const int most = std::max({std::abs(qRed(p) - qRed(q)), std::abs(qGreen(p) - qGreen(q)),
                                       std::abs(qBlue(p) - qBlue(q))});
            count += most > 8 ? 1 : 0;
            difference.setPixel(x, y, most > 8 ? qRgb(255, 0, 0) : qRgb(most, most, most));
        }
    }
    return count;
}

void saveAtBothScales(ui::PanelView& view, const QString& path, ui::ThemeKind kind) {
    for (const double scale : {1.0, 2.0}) {
        QVERIFY(view.image(scale).save(
            QStringLiteral("%1-%2@%3x.png").arg(path, QLatin1String(nameOf(kind))).arg(scale)));
    }
}

void compareWithGolden(const QImage& actual, const QString& folder, const QString& file) {
    const QString path = goldenFolder() + QLatin1Char('/') + folder + QLatin1Char('/') + file;
    if (qEnvironmentVariableIsSet("PSEPHOS_GOLDEN_UPDATE")) {
        QDir().mkpath(QFileInfo(path).path());
        QVERIFY(actual.save(path));
        return;
    }
    const QImage expected(path);
    QVERIFY2(!expected.isNull(), qPrintable(path + QStringLiteral(" is missing")));
    QImage difference;
    const int differing = differingPixels(actual, expected, difference);
    if (differing * 1000 > expected.width() * expected.height()) {
        const QString name = folder + QLatin1Char('-') + file;
        actual.save(QStringLiteral("actual-") + name);
        difference.save(QStringLiteral("difference-") + name);
        QFAIL(qPrintable(
            QStringLiteral("%1 pixels of %2 differ; see actual-%2").arg(differing).arg(name)));
    }
}

} // namespace

class TestPanelPictures : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void init() { failOnWarnings(); }

    void cleanup() { ui::ThemeHub::instance().setKind(ui::ThemeKind::Light); }

    void picture_ofEachPanel_isItsGolden_data();
    void picture_ofEachPanel_isItsGolden();
    void picture_ofEachVotePanel_isItsGolden_data();
    void picture_ofEachVotePanel_isItsGolden();
    void picture_ofEachInsidePanel_isItsGolden_data();
    void picture_ofEachInsidePanel_isItsGolden();
};

/// Draws every view large, for looking at: no test, and no part of the test program's list.
class LargePictures : public QObject {
    Q_OBJECT

  public:
    explicit LargePictures(QString folder)
        : folder_(std::move(folder)) {
        QDir().mkpath(folder_);
    }

  private Q_SLOTS:

    void cleanup() { ui::ThemeHub::instance().setKind(ui::ThemeKind::Light); }

    void largePictures();
    void largePicturesUnderTheHand();

  private:
    QString folder_;
};

void TestPanelPictures::picture_ofEachPanel_isItsGolden_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("theme");
    QTest::addColumn<double>("scale");
    using enum ui::ThemeKind;
    for (const char* name : {"line", "training", "landscape", "heatmap", "bars", "leaders", "notes",
                             "empty", "one-point", "not-finite"}) {
        for (const auto& [theme, scale] :
             {std::pair{Light, 1.0}, std::pair{Dark, 1.0}, std::pair{Light, 2.0}}) {
            const bool isBasic = theme == Light && scale == 1.0;
            const bool isDrawn = qstrcmp(name, "line") == 0 || qstrcmp(name, "landscape") == 0 ||
                                 qstrcmp(name, "heatmap") == 0;
            if (isBasic || isDrawn) {
                QTest::addRow("%s %s@%gx", name, nameOf(theme), scale)
                    << QString::fromLatin1(name) << static_cast<int>(theme) << scale;
            }
        }
    }
}

void TestPanelPictures::picture_ofEachVotePanel_isItsGolden_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("theme");
    for (const char* name : kVotePanels) {
        for (const auto theme : {ui::ThemeKind::Light, ui::ThemeKind::Dark}) {
            QTest::addRow("%s %s", name, nameOf(theme))
                << QString::fromLatin1(name) << static_cast<int>(theme);
        }
    }
}

void TestPanelPictures::picture_ofEachVotePanel_isItsGolden() {
    QFETCH(QString, name);
    QFETCH(int, theme);
    const auto kind = static_cast<ui::ThemeKind>(theme);
    ui::ThemeHub::instance().setKind(kind);
    const auto vote = fakeVote();
    const auto view = viewOf(votePanel(name.toStdString()), *vote, QSize(420, 300));
    compareWithGolden(view->image(1), name,
                      QStringLiteral("%1@1x.png").arg(QLatin1String(nameOf(kind))));
}

void TestPanelPictures::picture_ofEachInsidePanel_isItsGolden_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("theme");
    for (const char* name : {"stacks", "maps", "saw", "fork"}) {
        for (const auto theme : {ui::ThemeKind::Light, ui::ThemeKind::Dark}) {
            QTest::addRow("%s %s", name, nameOf(theme))
                << QString::fromLatin1(name) << static_cast<int>(theme);
        }
    }
}

void TestPanelPictures::picture_ofEachInsidePanel_isItsGolden() {
    QFETCH(QString, name);
    QFETCH(int, theme);
    const auto kind = static_cast<ui::ThemeKind>(theme);
    ui::ThemeHub::instance().setKind(kind);
    const auto inside = fakeInside();
    const auto view = viewOf(insidePanel(name.toStdString()), *inside, QSize(460, 260));
    compareWithGolden(view->image(1), name,
                      QStringLiteral("%1@1x.png").arg(QLatin1String(nameOf(kind))));
}

void TestPanelPictures::picture_ofEachPanel_isItsGolden() {
    QFETCH(QString, name);
    QFETCH(int, theme);
    QFETCH(double, scale);
    const auto kind = static_cast<ui::ThemeKind>(theme);
    ui::ThemeHub::instance().setKind(kind);
    std::unique_ptr<FakeComparison> comparison;
    lab::Panel panel = racePanel();
    if (name == QStringLiteral("training")) {
        comparison = fakeTraining(200);
        panel = trainingPanel();
    } else if (name == QStringLiteral("heatmap") || name == QStringLiteral("bars")) {
        comparison = fakeLottery(6);
        panel = name == QStringLiteral("bars") ? barsPanel() : heatmapPanel();
    } else if (name == QStringLiteral("empty")) {
        comparison = std::make_unique<FakeComparison>(std::vector<std::string>{"SGD"});
    } else if (name == QStringLiteral("one-point")) {
        comparison = std::make_unique<FakeComparison>(std::vector<std::string>{"SGD"});
        comparison->scalar(0, "loss", 0, 0, 2.5);
        comparison->finish();
    } else if (name == QStringLiteral("not-finite")) {
        comparison = std::make_unique<FakeComparison>(std::vector<std::string>{"SGD", "AdamW"});
        for (int step = 0; step <= 40; ++step) {
            comparison->scalar(0, "loss", step, step, step < 25 ? std::exp(step * 0.4) : HUGE_VAL);
            comparison->scalar(1, "loss", step, step, step % 10 == 5 ? std::nan("") : 30.0 - step);
        }
        comparison->finish();
    } else {
        comparison = fakeRace(200);
        panel = name == QStringLiteral("landscape") ? landscapePanel()
                : name == QStringLiteral("leaders") ? leadersPanel()
                : name == QStringLiteral("notes")   ? notesPanel()
                                                    : racePanel();
        comparison->run(0).accept(lab::Note{
            "lr", lab::NoteKind::Warning, "The best learning rate lies at the edge of its grid."});
        comparison->run(3).accept(
            lab::Note{"gap", lab::NoteKind::Certificate, "Certified. The gap is below 1e-12."});
        comparison->model().poll();
    }
    const auto view = viewOf(panel, *comparison, QSize(360, 220));
    compareWithGolden(view->image(scale), name,
                      QStringLiteral("%1@%2x.png").arg(QLatin1String(nameOf(kind))).arg(scale));
}

void LargePictures::largePictures() {
    const auto race = fakeRace();
    const auto training = fakeTraining();
    const auto lottery = fakeLottery();
    const auto crowd = fakeLottery(50);
    const auto vote = fakeVote();
    const auto twoVotes = fakeVote(2);
    race->run(1).accept(lab::Note{"a", lab::NoteKind::Information,
                                  "In two dimensions SOAP and Shampoo see one vector of length 2: "
                                  "they precondition it with a full 2 × 2 matrix."});
    race->run(2).accept(lab::Note{"b", lab::NoteKind::Warning,
                                  "One seed only: who leads may be chance. Run three seeds."});
    race->run(3).accept(lab::Note{"c", lab::NoteKind::Certificate,
                                  "Certified. Worst case between −0.0412 and −0.0412; gap 3e−12."});
    race->model().poll();

    // Drawn in every theme and at both scales.
    struct Shot {
        const char* name;
        lab::Panel panel;
        FakeComparison* comparison;
        QSize size;
        double playHead;
        const char* switchId = "";
    };

    const std::vector<Shot> shots{
        {"landscape", landscapePanel(), race.get(), QSize(1012, 432), 312},
        {"landscape-end", landscapePanel(), race.get(), QSize(600, 500), -1},
        {"landscape-gradient", landscapePanel(), race.get(), QSize(1012, 432), 312, "look"},
        {"race", racePanel(), race.get(), QSize(1012, 340), 312},
        {"race-end", racePanel(), race.get(), QSize(1012, 340), -1},
        {"leaders", leadersPanel(), race.get(), QSize(262, 240), 312},
        {"training", trainingPanel(), training.get(), QSize(1012, 420), -1},
        {"training-head", trainingPanel(), training.get(), QSize(1012, 420), 150},
        {"heatmap", heatmapPanel(), lottery.get(), QSize(518, 480), -1},
        {"bars", barsPanel(), lottery.get(), QSize(758, 360), -1},
        {"heatmap-50", heatmapPanel(), crowd.get(), QSize(700, 600), -1},
        {"bars-50", barsPanel(), crowd.get(), QSize(758, 360), -1},
        {"notes", notesPanel(), race.get(), QSize(262, 300), -1},
        {"intervals", votePanel("intervals"), vote.get(), QSize(600, 420), -1},
        {"dumbbells", votePanel("dumbbells"), vote.get(), QSize(500, 320), -1},
        {"scatter", votePanel("scatter"), vote.get(), QSize(600, 360), -1},
        {"curves", votePanel("curves"), vote.get(), QSize(600, 360), -1},
        {"ternary", votePanel("ternary"), vote.get(), QSize(660, 460), -1},
        {"marks", votePanel("marks"), vote.get(), QSize(560, 320), -1},
        {"verdicts", votePanel("verdicts"), vote.get(), QSize(420, 320), -1},
        {"tournament", votePanel("tournament"), vote.get(), QSize(500, 420), -1},
        {"intervals-two", votePanel("intervals"), twoVotes.get(), QSize(600, 420), -1},
        {"curves-two", votePanel("curves"), twoVotes.get(), QSize(600, 360), -1},
    };
    for (const Shot& shot : shots) {
        for (const auto kind : {ui::ThemeKind::Light, ui::ThemeKind::Dark, ui::ThemeKind::Print}) {
            ui::ThemeHub::instance().setKind(kind);
            if (shot.playHead >= 0) {
                shot.comparison->model().setPlayHead(shot.playHead);
            } else {
                shot.comparison->model().followNewest();
            }
            const auto view = viewOf(shot.panel, *shot.comparison, shot.size);
            view->setSwitch(QString::fromLatin1(shot.switchId), 1);
            saveAtBothScales(*view, folder_ + QLatin1Char('/') + QLatin1String(shot.name), kind);
        }
    }
}

void LargePictures::largePicturesUnderTheHand() {
    const auto race = fakeRace();
    const auto lottery = fakeLottery();
    std::vector<std::string> names;
    for (int i = 1; i <= 11; ++i) {
        names.push_back("lr " + std::to_string(i) + "e-3");
    }
    FakeComparison many(names);
    for (std::size_t run = 0; run < names.size(); ++run) {
        const double rate = 0.002 * static_cast<double>(run + 1);
        for (int step = 0; step <= 300; ++step) {
            const double value = run == 10 ? 5 * std::exp(step * 0.02) : 5 * std::exp(-rate * step);
            many.scalar(run, "loss", step, step * 0.01, run == 10 && step > 180 ? HUGE_VAL : value);
        }
    }
    many.finish();
    const auto shoot = [&](const char* name, const lab::Panel& panel, FakeComparison& comparison,
                           const QSize& size, const QPoint& at, bool pressed) {
        for (const auto kind : {ui::ThemeKind::Light, ui::ThemeKind::Dark}) {
            ui::ThemeHub::instance().setKind(kind);
            const auto view = viewOf(panel, comparison, size);
            view->show();
            view->refreshNow();
            auto* plot = view->findChild<ui::Plot*>();
            QWidget* target = plot;
            if (target == nullptr) {
                target = view.get();
            }
            QTest::mouseMove(target, at);
            if (pressed) {
                QTest::mousePress(target, Qt::LeftButton, {}, at);
                QTest::mouseMove(target, at + QPoint(3, -40));
            }
            QImage image(size, QImage::Format_RGB32);
            const auto release =
                qScopeGuard([&] { QTest::mouseRelease(target, Qt::LeftButton, {}, at); });
            image.fill(ui::ThemeHub::instance().theme().panel);
            view->render(&image, QPoint(), QRegion(), QWidget::DrawChildren);
            QVERIFY(
                image.save(QStringLiteral("%1/hand-%2-%3.png")
                               .arg(folder_, QLatin1String(name), QLatin1String(nameOf(kind)))));
        }
    };
    shoot("race", racePanel(), *race, QSize(1012, 340), QPoint(400, 150), false);
    shoot("heatmap", heatmapPanel(), *lottery, QSize(518, 480), QPoint(256, 150), false);
    shoot("heatmap-drag", heatmapPanel(), *lottery, QSize(518, 480), QPoint(256, 150), true);
    shoot("bars", barsPanel(), *lottery, QSize(758, 360), QPoint(190, 250), false);
    shoot("landscape", landscapePanel(), *race, QSize(1012, 432), QPoint(700, 250), false);
    shoot("landscape-drag", landscapePanel(), *race, QSize(1012, 432), QPoint(165, 121), true);
    shoot("many", racePanel(), many, QSize(1012, 340), QPoint(300, 100), false);
    lab::Panel linear = racePanel();
    linear.y.scale = lab::Scale::Linear;
    many.model().setKey(lab::Key::Seconds);
    shoot("many-linear", linear, many, QSize(1012, 340), QPoint(5, 5), false);
    race->model().setKey(lab::Key::Seconds);
    shoot("race-seconds", racePanel(), *race, QSize(1012, 340), QPoint(5, 5), false);
}

int main(int argc, char** argv) {
    const QString folder = qEnvironmentVariable("PSEPHOS_PICTURES");
    return runQtTest<TestPanelPictures>(argc, argv, [&](int failures) {
        if (folder.isEmpty()) {
            return failures;
        }
        LargePictures pictures(folder);
        return failures + QTest::qExec(&pictures, QStringList{QString::fromLocal8Bit(argv[0])});
    });
}

#include "tst_panels_pictures.moc"
