// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/notes_view.hpp"

#include "ui/panels/comparison_model.hpp"
#include "ui/panels/reading.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/theme/theme.hpp"

#include <QPainter>
#include <QScrollArea>
#include <QTextCharFormat>
#include <QTextCursor>
#include <QTextOption>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <utility>

namespace psephos::ui {

namespace {

constexpr int kPad = 10;
constexpr int kLaterMs = 250;
/// What the line height leaves under the last line.
constexpr int kBelowLastLine = 5;

struct CalloutColours {
    QColor ground;
    QColor words;
};

CalloutColours coloursOf(lab::NoteKind kind, const Theme& theme) {
    switch (kind) {
    case lab::NoteKind::Warning:
        return {theme.warningBackground, theme.warning};
    case lab::NoteKind::Certificate:
        return {theme.accentBackground, theme.text};
    case lab::NoteKind::Information:
        break;
    }
    return {theme.window, theme.text};
}

QString nameOf(lab::NoteKind kind) {
    switch (kind) {
    case lab::NoteKind::Warning:
        return QStringLiteral("warning");
    case lab::NoteKind::Certificate:
        return QStringLiteral("certificate");
    case lab::NoteKind::Information:
        break;
    }
    return QStringLiteral("information");
}

/// Sets the text; what stands before the first full stop or colon is bold where it is a short lead
/// ("Certified.", "SOAP, Muon:").
void fill(QTextDocument& document, const QString& words, const QColor& colour, int width) {
    document.setDocumentMargin(0);
    document.setDefaultFont(textFont(12));
    QTextOption option;
    option.setWrapMode(QTextOption::WordWrap);
    document.setDefaultTextOption(option);
    document.setTextWidth(width);
    QTextCursor cursor(&document);
    QTextBlockFormat block;
    block.setLineHeight(130, QTextBlockFormat::ProportionalHeight);
    cursor.setBlockFormat(block);
    QTextCharFormat plain;
    plain.setForeground(colour);
    QTextCharFormat bold = plain;
    bold.setFontWeight(QFont::DemiBold);
    qsizetype lead = -1;
    for (qsizetype at = 0; at < std::min<qsizetype>(words.size(), 48) && lead < 0; ++at) {
        const bool ends = words[at] == QLatin1Char('.') || words[at] == QLatin1Char(':');
        if (ends && (at + 1 == words.size() || words[at + 1].isSpace())) {
            lead = words.left(at).count(QLatin1Char(' ')) <= 3 ? at + 1 : 0;
        }
    }
    lead = std::max<qsizetype>(lead, 0);
    cursor.insertText(words.left(lead), bold);
    cursor.insertText(words.mid(lead), plain);
}

} // namespace

Callout::Callout(QWidget* parent)
    : QWidget(parent) {
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void Callout::setNote(lab::NoteKind kind, const QString& words) {
    kind_ = kind;
    words_ = words;
    setAccessibleName(words);
    updateGeometry();
    update();
}

QSize Callout::sizeHint() const {
    return {200, heightForWidth(200)};
}

int Callout::heightForWidth(int width) const {
    QTextDocument document;
    fill(document, words_, QColor(), std::max(40, width - 2 * kPad));
    return static_cast<int>(std::ceil(document.size().height())) + 2 * kPad - kBelowLastLine;
}

void Callout::paintEvent(QPaintEvent* /*event*/) {
    const CalloutColours colours = coloursOf(kind_, ThemeHub::instance().theme());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours.ground);
    painter.drawRoundedRect(QRectF(rect()), 5, 5);
    QTextDocument document;
    fill(document, words_, colours.words, width() - 2 * kPad);
    painter.translate(kPad, kPad);
    document.drawContents(&painter);
}

NotesView::NotesView(const lab::Panel& panel, ComparisonModel& shown, QWidget* parent)
    : LiveView(panel, shown, parent)
    , scroll_(new QScrollArea(this)) {
    setMinimumHeight(40);
    auto* content = new QWidget;
    column_ = new QVBoxLayout(content);
    column_->setContentsMargins(12, 12, 12, 12);
    column_->setSpacing(metrics::kGap);
    column_->addStretch(1);
    scroll_->setObjectName(objectName() + QStringLiteral(".scroll"));
    scroll_->setWidget(content);
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    later_.setSingleShot(true);
    later_.setInterval(kLaterMs);
    connect(&later_, &QTimer::timeout, this, [this] {
        readEntries();
        fillCallouts();
    });
    scroll_->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
}

QString NotesView::emptyText() const {
    switch (model().runs().size()) {
    case 0:
        return tr("Certificates and warnings about these runs appear here.");
    case 1:
        return tr("Nothing to note about this run.");
    default:
        return tr("Nothing to note about these runs.");
    }
}

void NotesView::layOut() {
    scroll_->setGeometry(rect());
}

void NotesView::refresh(bool atOnce) {
    if (!atOnce && !entries_.empty()) {
        if (!later_.isActive()) {
            later_.start();
        }
        return;
    }
    later_.stop();
    readEntries();
    fillCallouts();
}

void NotesView::readEntries() {
    std::vector<Entry> entries;
    const auto add = [&entries](const lab::Note& note, const QString& run) {
        const QString words = said(note.text);
        const auto known = std::ranges::find_if(entries, [&](const Entry& entry) {
            return entry.kind == note.kind && entry.words == words;
        });
        if (known == entries.end()) {
            entries.push_back({note.kind, words, {}});
            if (!run.isEmpty()) {
                entries.back().runs.push_back(run);
            }
        } else if (!run.isEmpty()) {
            known->runs.push_back(run);
        }
    };
    if (!model().runs().empty()) {
        for (const lab::Note& note : model().workbench().notes(model().comparison().id)) {
            add(note, QString());
        }
    }
    for (const lab::RunPtr& run : model().runs()) {
        for (const lab::Note& note : run->status().notes) {
            add(note, said(run->name()));
        }
    }
    std::stable_partition(entries.begin(), entries.end(),
                          [](const Entry& entry) { return entry.kind == lab::NoteKind::Warning; });
    entries_ = std::move(entries);
}

void NotesView::fillCallouts() {
    const std::size_t runCount = model().runs().size();
    while (callouts_.size() < entries_.size()) {
        callouts_.push_back(new Callout(scroll_->widget()));
        column_->insertWidget(static_cast<int>(callouts_.size()) - 1, callouts_.back());
    }
    for (std::size_t i = 0; i < callouts_.size(); ++i) {
        callouts_[i]->setVisible(i < entries_.size());
        if (i >= entries_.size()) {
            continue;
        }
        const Entry& entry = entries_[i];
        const bool ofAll = entry.runs.empty() || entry.runs.size() == runCount;
        QStringList names(entry.runs.begin(), entry.runs.end());
        callouts_[i]->setNote(entry.kind, ofAll ? entry.words
                                                : names.join(QStringLiteral(", ")) +
                                                      QStringLiteral(": ") + entry.words);
    }
    setEmpty(entries_.empty(), scroll_);
    if (const int height = contentHeight(); std::exchange(toldHeight_, height) != height) {
        Q_EMIT contentHeightChanged();
    }
}

int NotesView::contentHeight() const {
    if (entries_.empty()) {
        return 0;
    }
    const QMargins margins = column_->contentsMargins();
    const int inside = width() - margins.left() - margins.right();
    int height = margins.top() + margins.bottom() - metrics::kGap;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        height += callouts_[i]->heightForWidth(inside) + metrics::kGap;
    }
    return height;
}

QString NotesView::csv() const {
    QString out = QStringLiteral("kind,runs,note\n");
    for (const Entry& entry : entries_) {
        const QStringList names(entry.runs.begin(), entry.runs.end());
        out += nameOf(entry.kind) + QLatin1Char(',') + csvField(names.join(QStringLiteral("; "))) +
               QLatin1Char(',') + csvField(entry.words) + QLatin1Char('\n');
    }
    return out;
}

} // namespace psephos::ui
