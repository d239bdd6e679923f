// SPDX-License-Identifier: GPL-3.0-or-later
// Knob editors by mouse and keyboard: each type, invalid entries, sweeps, conditions, undo.
#include "support/qt_test.hpp"
#include "ui/knobs/controls.hpp"
#include "ui/knobs/draft.hpp"
#include "ui/knobs/evidence_popup.hpp"
#include "ui/knobs/knob_editor.hpp"
#include "ui/knobs/knob_panel.hpp"
#include "ui/knobs/number_field.hpp"
#include "ui/knobs/number_scale.hpp"
#include "ui/knobs/slider.hpp"

#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMouseEvent>
#include <QSignalSpy>

#include <cmath>

using namespace psephos;
using namespace psephos::ui;

namespace {

lab::Knob number(std::string id, double low, double high, double value, lab::Scale scale) {
    lab::Knob knob;
    knob.id = std::move(id);
    knob.label = knob.id;
    knob.type = lab::KnobType::Real;
    knob.min = low;
    knob.max = high;
    knob.defaultValue = value;
    knob.scale = scale;
    return knob;
}

lab::Description description() {
    lab::Description result;
    result.id = "test.all";
    result.title = "All knobs";
    lab::Knob lr = number("lr", 1e-6, 1, 1e-2, lab::Scale::Log);
    lr.group = "Optimizer";
    lr.specials.push_back(
        {"auto", "auto", "what the sweep found",
         [](const lab::KnobValues&) -> lab::Result<lab::Value> { return lab::Value(0.003); },
         [](const lab::KnobValues&) -> std::optional<lab::Evidence> {
             return lab::Evidence{"loss after 100 steps",
                                  "lr",
                                  "loss",
                                  lab::Scale::Log,
                                  {1e-3, 3e-3, 1e-2},
                                  {2, 1, NAN},
                                  3e-3,
                                  "measured",
                                  false};
         }});
    lab::Knob steps = number("steps", 1, 10000, 0, lab::Scale::Log);
    steps.type = lab::KnobType::Integer;
    steps.defaultValue = std::int64_t{500};
    lab::Knob optimizer;
    optimizer.id = "optimizer";
    optimizer.type = lab::KnobType::Choice;
    optimizer.group = "Optimizer";
    optimizer.choices = {{"sgd", "SGD", ""}, {"adamw", "AdamW", ""}, {"soap", "SOAP", ""}};
    optimizer.defaultValue = std::string("sgd");
    lab::Knob refresh = number("soap.f", 1, 100, 0, lab::Scale::Linear);
    refresh.type = lab::KnobType::Integer;
    refresh.defaultValue = std::int64_t{10};
    refresh.when = {{"optimizer", {"soap"}}};
    refresh.group = "SOAP";
    lab::Knob nesterov;
    nesterov.id = "nesterov";
    nesterov.type = lab::KnobType::Flag;
    nesterov.defaultValue = false;
    nesterov.level = lab::Level::Advanced;
    nesterov.group = "Optimizer";
    lab::Knob start = number("start", -5, 5, 0, lab::Scale::Linear);
    start.type = lab::KnobType::Point;
    start.coordinates = {"x", "y"};
    start.defaultValue = lab::PointValue{1, 2};
    lab::Knob data;
    data.id = "data";
    data.type = lab::KnobType::File;
    data.defaultValue = std::string();
    data.optional = true;
    data.suffixes = {"csv"};
    lab::Knob rules;
    rules.id = "rules";
    rules.type = lab::KnobType::Choices;
    rules.choices = {{"borda", "Borda", ""}, {"copeland", "Copeland", ""}};
    rules.defaultValue = lab::ChoicesValue{"borda"};
    lab::Knob cells;
    cells.id = "cells";
    cells.type = lab::KnobType::Matrix;
    cells.optional = true;
    cells.resetBy = {"data", "optimizer"};
    cells.defaultValue = lab::MatrixValue{};
    result.knobs = {lr, steps, optimizer, refresh, nesterov, start, data, rules, cells};
    return result;
}

} // namespace

class TestKnobs : public QObject {
    Q_OBJECT

    std::unique_ptr<lab::Description> description_;
    std::unique_ptr<Draft> draft_;
    std::unique_ptr<KnobPanel> panel_;

    template <typename T>
    T* child(const char* name) {
        T* found = panel_->findChild<T*>(QString::fromLatin1(name));
        if (found == nullptr) {
            qFatal("no child %s", name);
        }
        return found;
    }

    void type(const char* field, const QString& text) {
        auto* line = child<QLineEdit>(field);
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, text);
        QTest::keyClick(line, Qt::Key_Return);
    }

    double real(const char* knob) { return std::get<double>(draft_->value(knob)); }

  private Q_SLOTS:

    void init() {
        psephos::tests::failOnWarnings();
        description_ = std::make_unique<lab::Description>(description());
        draft_ = std::make_unique<Draft>();
        panel_ = std::make_unique<KnobPanel>(*draft_);
        lab::Scenario scenario;
        scenario.experiment = "test.all";
        draft_->show(*description_, scenario);
        panel_->resize(280, 900);
        panel_->show();
        QVERIFY(QTest::qWaitForWindowActive(panel_.get()));
    }

    void cleanup() {
        panel_.reset();
        draft_.reset();
        description_.reset();
    }

    void scale_positions_roundTrip() {
        const NumberScale log(number("lr", 1e-6, 1, 1e-2, lab::Scale::Log));
        for (int i = 0; i <= NumberScale::kSteps; i += 7) {
            QVERIFY(std::abs(log.position(log.value(i)) - i) <= 4);
        }
        QCOMPARE(log.value(0), 1e-6);
        QCOMPARE(log.value(NumberScale::kSteps), 1.0);
        QCOMPARE(log.value(500), 1e-3);
        const NumberScale linear(number("x", -5, 5, 0, lab::Scale::Linear));
        QCOMPARE(linear.value(500), 0.0);
        QCOMPARE(linear.stepped(0.1, 1), 0.12);
        QCOMPARE(linear.stepped(5, 3), 5.0);
        lab::Knob batch = number("batch", 1, 1024, 0, lab::Scale::PowerOfTwo);
        batch.type = lab::KnobType::Integer;
        const NumberScale power(batch);
        QCOMPARE(power.stepped(32, 1), 64.0);
        QCOMPARE(power.value(500), 32.0);
        lab::Knob noise = number("noise", 0, 1, 0, lab::Scale::Log);
        QCOMPARE(NumberScale(noise).value(0), 0.0);
        QCOMPARE(NumberScale(noise).position(0), 0);
        QVERIFY(NumberScale(noise).stepped(0, 1) > 0);
    }

    void number_typed_changesTheDraft() {
        QSignalSpy changed(draft_.get(), &Draft::changed);
        type("knob-lr-field", QStringLiteral("3e-3"));
        QCOMPARE(real("lr"), 3e-3);
        QCOMPARE(changed.last().at(1).toBool(), true);
        QVERIFY(child<QWidget>("knob-lr-reset")->isVisible());
        QTest::mouseClick(child<QWidget>("knob-lr-reset"), Qt::LeftButton);
        QCOMPARE(real("lr"), 1e-2);
        QVERIFY(!child<QWidget>("knob-lr-reset")->isVisible());
    }

    void number_outOfRange_isRefusedInline_data() {
        QTest::addColumn<QString>("text");
        QTest::newRow("above") << QStringLiteral("7");
        QTest::newRow("below") << QStringLiteral("-1");
        QTest::newRow("word") << QStringLiteral("fast");
        QTest::newRow("nan") << QStringLiteral("nan");
    }

    void number_outOfRange_isRefusedInline() {
        QFETCH(QString, text);
        type("knob-lr-field", text);
        QCOMPARE(real("lr"), 1e-2);
        auto* error = child<QLabel>("knob-lr-error");
        QVERIFY(error->isVisible());
        QVERIFY2(error->text().contains(QStringLiteral("lr")), qPrintable(error->text()));
        type("knob-lr-field", QStringLiteral("0.5"));
        QVERIFY(!error->isVisible());
        QCOMPARE(real("lr"), 0.5);
    }

    void number_sliderDrag_turnsUnsettledThenSettles() {
        auto* slider = child<Slider>("knob-lr-slider");
        QSignalSpy changed(draft_.get(), &Draft::changed);
        const int middle = slider->height() / 2;
        QTest::mousePress(slider, Qt::LeftButton, {}, QPoint(slider->width() / 2, middle));
        QMouseEvent move(QEvent::MouseMove, QPointF(slider->width() * 0.75, middle),
                         slider->mapToGlobal(QPointF(slider->width() * 0.75, middle)), Qt::NoButton,
                         Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(slider, &move);
        QVERIFY(changed.count() >= 2);
        QCOMPARE(changed.last().at(1).toBool(), false);
        QTest::mouseRelease(slider, Qt::LeftButton, {}, QPoint(slider->width() * 3 / 4, middle));
        QCOMPARE(changed.last().at(1).toBool(), true);
        QVERIFY(real("lr") > 0.01 && real("lr") < 0.1);
        // One drag is one step of undo.
        QCOMPARE(draft_->undoStack().count(), 1);
        draft_->undoStack().undo();
        QCOMPARE(real("lr"), 1e-2);
        draft_->undoStack().redo();
        QVERIFY(real("lr") > 0.01);
    }

    void draft_severalSetAtOnce_areOneStepOfUndo() {
        QSignalSpy changed(draft_.get(), &Draft::changed);
        QVERIFY(draft_->set({{"optimizer", std::string("soap")}, {"lr", 0.02}}).ok());
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed.last().at(0).toString(), QString()); // several
        QCOMPARE(real("lr"), 0.02);
        QCOMPARE(draft_->undoStack().count(), 1);
        // One that does not fit: none is set.
        QVERIFY(!draft_->set({{"lr", 0.03}, {"optimizer", std::string("none such")}}).ok());
        QCOMPARE(real("lr"), 0.02);
        QCOMPARE(changed.count(), 1);
        draft_->undoStack().undo();
        QCOMPARE(real("lr"), 1e-2);
        QVERIFY(!draft_->isChanged("optimizer"));
    }

    void number_handRests_settlesByItself() {
        QSignalSpy changed(draft_.get(), &Draft::changed);
        QTest::keyClick(child<Slider>("knob-lr-slider"), Qt::Key_Right);
        QCOMPARE(changed.last().at(1).toBool(), false);
        QTRY_COMPARE_WITH_TIMEOUT(changed.last().at(1).toBool(), true, 2000);
    }

    void number_scrubbed_movesByNotches() {
        auto* field = child<NumberField>("knob-start-x-field");
        panel_->setFocus();
        QTest::mousePress(field, Qt::LeftButton, {}, QPoint(20, 10));
        QMouseEvent move(QEvent::MouseMove, QPointF(60, 10), field->mapToGlobal(QPointF(60, 10)),
                         Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(field, &move);
        QTest::mouseRelease(field, Qt::LeftButton, {}, QPoint(60, 10));
        QCOMPARE(std::get<lab::PointValue>(draft_->value("start"))[0], 1.2);
        QCOMPARE(std::get<lab::PointValue>(draft_->value("start"))[1], 2.0);
    }

    void integer_arrowKeys_stepAndClamp() {
        auto* field = child<NumberField>("knob-steps-field");
        field->setFocus();
        QTest::keyClick(field, Qt::Key_Up);
        QCOMPARE(std::get<std::int64_t>(draft_->value("steps")), 560);
        type("knob-steps-field", QStringLiteral("12.5"));
        QCOMPARE(std::get<std::int64_t>(draft_->value("steps")), 560);
        QVERIFY(child<QLabel>("knob-steps-error")->isVisible());
    }

    void number_list_sweeps() {
        type("knob-lr-field", QStringLiteral("[1e-3,1e-2]"));
        QVERIFY(draft_->isSweep("lr"));
        QCOMPARE(draft_->values("lr").size(), std::size_t{2});
        QVERIFY(!child<Slider>("knob-lr-slider")->isVisible());
        type("knob-lr-field", QStringLiteral("0.1"));
        QVERIFY(!draft_->isSweep("lr"));
        QVERIFY(child<Slider>("knob-lr-slider")->isVisible());
    }

    void special_clicked_holdsTheWordAndShowsItsEvidence() {
        auto* chip = child<QAbstractButton>("knob-lr-auto");
        QTest::mouseClick(chip, Qt::LeftButton);
        QVERIFY(std::holds_alternative<lab::Special>(draft_->value("lr")));
        QCOMPARE(child<QLineEdit>("knob-lr-field")->text(), QStringLiteral("0.003"));
        QTest::mouseClick(child<QWidget>("knob-lr-evidence"), Qt::LeftButton);
        auto* popup = panel_->findChild<EvidencePopup*>();
        QVERIFY(popup != nullptr);
        QVERIFY(popup->isVisible());
        QVERIFY(!popup->grab().isNull());
        popup->close();
        QTest::mouseClick(chip, Qt::LeftButton);
        QCOMPARE(real("lr"), 0.003);
    }

    void knob_thatIsAboutAnother_isResetWithIt() {
        const lab::Value edited = lab::MatrixValue{1, 1, {2.0}};
        const auto cells = [this] { return draft_->value("cells"); };
        QVERIFY(draft_->set("cells", edited).ok());
        QVERIFY(draft_->set("nesterov", true).ok());
        QVERIFY(cells() == edited);
        // The same value again is no turn.
        QVERIFY(draft_->set("optimizer", std::string("sgd")).ok());
        QVERIFY(cells() == edited);
        QVERIFY(draft_->set("optimizer", std::string("soap")).ok());
        QVERIFY(!draft_->isChanged("cells"));
        // One step of undo, there and back.
        draft_->undoStack().undo();
        QVERIFY(cells() == edited);
        QCOMPARE(std::get<std::string>(draft_->value("optimizer")), std::string("sgd"));
        draft_->undoStack().redo();
        QVERIFY(!draft_->isChanged("cells"));
        // Whichever way the other is turned.
        QVERIFY(draft_->set("cells", edited).ok());
        draft_->reset("optimizer");
        QVERIFY(!draft_->isChanged("cells"));
        QVERIFY(draft_->set("cells", edited).ok());
        QVERIFY(draft_->setText("optimizer", QStringLiteral("[sgd,soap]")).ok());
        QVERIFY(!draft_->isChanged("cells"));
        // A scenario that says both is shown as it is.
        lab::Scenario both = draft_->scenario();
        both.set("cells", edited);
        draft_->show(*description_, both);
        QVERIFY(cells() == edited);
    }

    void choice_combo_sets_and_chipsSweep() {
        auto* combo = child<QComboBox>("knob-optimizer-combo");
        combo->setFocus();
        QTest::keyClick(combo, Qt::Key_Down);
        QCOMPARE(std::get<std::string>(draft_->value("optimizer")), std::string("adamw"));
        QVERIFY(!child<QWidget>("knob-soap.f")->isVisible());
        QTest::mouseClick(child<QWidget>("knob-optimizer-several"), Qt::LeftButton);
        QVERIFY(draft_->isSweep("optimizer"));
        QTest::mouseClick(child<QWidget>("knob-optimizer-chip-2"), Qt::LeftButton);
        QTest::mouseClick(child<QWidget>("knob-optimizer-chip-0"), Qt::LeftButton);
        // In the order in which they were chosen.
        const std::vector<lab::Value> expected{std::string("adamw"), std::string("soap"),
                                               std::string("sgd")};
        QVERIFY(draft_->values("optimizer") == expected);
        // A condition that one of the runs meets shows the knob.
        QVERIFY(child<QWidget>("knob-soap.f")->isVisible());
        for (const char* chip :
             {"knob-optimizer-chip-0", "knob-optimizer-chip-1", "knob-optimizer-chip-2"}) {
            QTest::mouseClick(child<QWidget>(chip), Qt::LeftButton);
        }
        // The last one stays, and the editor says why.
        QCOMPARE(draft_->values("optimizer").size(), std::size_t{1});
        QVERIFY(child<QLabel>("knob-optimizer-error")->isVisible());
    }

    void choices_chips_areOneValue() {
        QTest::mouseClick(child<QWidget>("knob-rules-chip-1"), Qt::LeftButton);
        QVERIFY(draft_->value("rules") == lab::Value(lab::ChoicesValue{"borda", "copeland"}));
        QVERIFY(!draft_->isSweep("rules"));
    }

    void advanced_folded_untilOpenedOrChanged() {
        QVERIFY(!child<QWidget>("knob-nesterov")->isVisible());
        QTest::mouseClick(child<QWidget>("fold-Optimizer"), Qt::LeftButton);
        QVERIFY(child<QWidget>("knob-nesterov")->isVisible());
        QTest::mouseClick(child<QWidget>("knob-nesterov-switch"), Qt::LeftButton);
        QCOMPARE(std::get<bool>(draft_->value("nesterov")), true);
        QTest::mouseClick(child<QWidget>("fold-Optimizer"), Qt::LeftButton);
        QVERIFY(child<QWidget>("knob-nesterov")->isVisible());
        QCOMPARE(draft_->changedCount(), 1);
    }

    void file_missing_isRefusedInline() {
        type("knob-data-line", QStringLiteral("/no/such/file.csv"));
        QVERIFY(child<QLabel>("knob-data-error")->isVisible());
        QVERIFY(
            child<QLabel>("knob-data-error")->text().contains(QStringLiteral("/no/such/file.csv")));
        QCOMPARE(std::get<std::string>(draft_->value("data")), std::string());
        type("knob-data-line", QCoreApplication::applicationFilePath());
        QCOMPARE(std::get<std::string>(draft_->value("data")),
                 QCoreApplication::applicationFilePath().toStdString());
        QVERIFY(!child<QLabel>("knob-data-error")->isVisible());
    }

    void point_outOfRange_isRefusedInline() {
        type("knob-start-y-field", QStringLiteral("-4.5"));
        QVERIFY(draft_->value("start") == lab::Value(lab::PointValue{1, -4.5}));
        type("knob-start-y-field", QStringLiteral("99"));
        QVERIFY(draft_->value("start") == lab::Value(lab::PointValue{1, -4.5}));
        QVERIFY(child<QLabel>("knob-start-error")->isVisible());
    }

    void matrix_dragged_canBeCleared() {
        auto* clear = child<QAbstractButton>("knob-cells-clear");
        QVERIFY(!clear->isEnabled());
        QVERIFY(draft_->set("cells", lab::MatrixValue{1, 2, {3, NAN}}).ok());
        QVERIFY(clear->isEnabled());
        QTest::mouseClick(clear, Qt::LeftButton);
        QVERIFY(!draft_->isChanged("cells"));
    }

    void seeds_typed_areRead() {
        type("knob-seed-field", QStringLiteral("3, 4"));
        QVERIFY((draft_->scenario().seeds == std::vector<std::uint64_t>{3, 4}));
        type("knob-seed-field", QStringLiteral("x"));
        QVERIFY(child<QLabel>("knob-seed-error")->isVisible());
        QVERIFY((draft_->scenario().seeds == std::vector<std::uint64_t>{3, 4}));
        QTest::mouseClick(child<QWidget>("knob-device-1"), Qt::LeftButton);
        QCOMPARE(draft_->scenario().device, std::string("cuda"));
    }

    void everyControl_isNamed() {
        for (const QWidget* widget : panel_->findChildren<QWidget*>()) {
            if (widget->focusPolicy() == Qt::NoFocus || widget->objectName().startsWith(u"qt_") ||
                widget->inherits("QComboBoxListView")) {
                continue;
            }
            QVERIFY2(!widget->objectName().isEmpty(), widget->metaObject()->className());
            QVERIFY2(!widget->toolTip().isEmpty(), qPrintable(widget->objectName()));
        }
    }
};

PSEPHOS_QT_TEST(TestKnobs)
#include "tst_knobs.moc"
