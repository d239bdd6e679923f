// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/knobs/controls.hpp"
#include "ui/knobs/editors.hpp"
#include "ui/theme/icons.hpp"

#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace psephos::ui {

namespace {

QString textOf(const lab::Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text == nullptr ? QString::fromStdString(lab::toText(value))
                           : QString::fromStdString(*text);
}

/// Text: a line to type into, below the label.
class TextEditor : public KnobEditor {
  public:
    TextEditor(const lab::Knob& knob, Draft& draft, QWidget* parent)
        : KnobEditor(knob, draft, parent)
        , line_(withKind(new QLineEdit(this), "mono")) {
        describe(line_, baseName() + QStringLiteral("-line"), label(), knobHelp(knob));
        connect(line_, &QLineEdit::editingFinished, this, [this] {
            if (line_->text() != textOf(this->draft().value(this->knob().id))) {
                enter(line_->text());
            }
        });
        addBelow(line_);
    }

  protected:
    void refreshValue() override {
        const std::vector<lab::Value> values = draft().values(knob().id);
        QStringList texts;
        for (const lab::Value& value : values) {
            texts << textOf(value);
        }
        const bool isSweep = values.size() > 1;
        line_->setReadOnly(isSweep);
        if (!line_->hasFocus() || isSweep) {
            line_->setText(isSweep ? u'[' + texts.join(u',') + u']' : texts.front());
        }
    }

    virtual void enter(const QString& text) {
        judge(draft().set(knob().id, text.toStdString()));
        restyle(line_, "invalid", hasError());
    }

    [[nodiscard]] QLineEdit& line() { return *line_; }

  private:
    QLineEdit* line_;
};

/// A path, or the name of a data set that is built in.
class FileEditor final : public TextEditor {
  public:
    FileEditor(const lab::Knob& knob, Draft& draft, QWidget* parent)
        : TextEditor(knob, draft, parent) {
        auto* choose = new QToolButton(this);
        choose->setIcon(themedIcon(QStringLiteral("open"), IconRole::Muted));
        choose->setCursor(Qt::PointingHandCursor);
        describe(choose, baseName() + QStringLiteral("-choose"), tr("Choose a file"),
                 tr("Choose a file for %1, or drop one here").arg(label()));
        connect(choose, &QToolButton::clicked, this, &FileEditor::choose);
        addField(choose);
        if (knob.optional) {
            line().setPlaceholderText(tr("built in"));
        }
        setAcceptDrops(true);
        line().setAcceptDrops(false);
    }

  protected:
    void enter(const QString& text) override {
        if (const QString trouble = troubleWith(text); !trouble.isEmpty()) {
            showError(trouble);
            restyle(&line(), "invalid", true);
            return;
        }
        TextEditor::enter(text);
    }

    void dragEnterEvent(QDragEnterEvent* event) override {
        if (event->mimeData()->hasUrls()) {
            event->acceptProposedAction();
        }
    }

    void dropEvent(QDropEvent* event) override {
        const QList<QUrl> urls = event->mimeData()->urls();
        if (!urls.isEmpty() && urls.front().isLocalFile()) {
            line().setText(urls.front().toLocalFile());
            enter(line().text());
        }
    }

  private:
    [[nodiscard]] QString troubleWith(const QString& text) const {
        if (text.isEmpty()) {
            return knob().optional ? QString() : tr("A file is needed here.");
        }
        const bool isBuiltIn = std::ranges::find(knob().choices, text.toStdString(),
                                                 &lab::ChoiceOption::id) != knob().choices.end();
        if (isBuiltIn) {
            return {};
        }
        const QFileInfo info(text);
        if (!info.exists()) {
            return tr("There is no file '%1'.").arg(text);
        }
        if (info.isDir()) {
            return tr("'%1' is a folder; a file is needed.").arg(text);
        }
        if (!info.isReadable()) {
            return tr("'%1' can't be read.").arg(text);
        }
        return {};
    }

    void choose() {
        QStringList patterns;
        for (const std::string& suffix : knob().suffixes) {
            const QString text = QString::fromStdString(suffix);
            patterns << QStringLiteral("*.") + text << QStringLiteral("*.%1.gz").arg(text);
        }
        const QString filter = patterns.isEmpty()
                                   ? QString()
                                   : tr("Data (%1);;All files (*)").arg(patterns.join(u' '));
        const QString file = QFileDialog::getOpenFileName(
            this, tr("%1: choose a file").arg(label()), QFileInfo(line().text()).path(), filter);
        if (!file.isEmpty()) {
            line().setText(file);
            enter(file);
        }
    }
};

/// A matrix is edited by dragging its cells in a panel: here stands how many are set.
class MatrixEditor final : public KnobEditor {
  public:
    MatrixEditor(const lab::Knob& knob, Draft& draft, QWidget* parent)
        : KnobEditor(knob, draft, parent)
        , clear_(withKind(new QPushButton(this), "chip")) {
        clear_->setCursor(Qt::PointingHandCursor);
        describe(clear_, baseName() + QStringLiteral("-clear"), tr("Clear %1").arg(label()),
                 tr("Cells are dragged in the panel. Click to undo all of them."));
        connect(clear_, &QPushButton::clicked, this,
                [this] { this->draft().reset(this->knob().id); });
        addField(clear_);
    }

  protected:
    void refreshValue() override {
        const lab::Value value = draft().value(knob().id);
        const auto* matrix = std::get_if<lab::MatrixValue>(&value);
        std::ptrdiff_t set = 0;
        if (matrix != nullptr) {
            set = std::ranges::count_if(matrix->values,
                                        [](double cell) { return !std::isnan(cell); });
        }
        clear_->setEnabled(set > 0);
        clear_->setText(set == 0 ? tr("none dragged")
                                 : tr("%n cells", nullptr, static_cast<int>(set)));
    }

  private:
    QPushButton* clear_;
};

} // namespace

KnobEditor* makeTextEditor(const lab::Knob& knob, Draft& draft, QWidget* parent) {
    return new TextEditor(knob, draft, parent);
}

KnobEditor* makeFileEditor(const lab::Knob& knob, Draft& draft, QWidget* parent) {
    return new FileEditor(knob, draft, parent);
}

KnobEditor* makeMatrixEditor(const lab::Knob& knob, Draft& draft, QWidget* parent) {
    return new MatrixEditor(knob, draft, parent);
}

} // namespace psephos::ui
