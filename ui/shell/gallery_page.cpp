// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/gallery_page.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/shell/gallery_card.hpp"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace psephos::ui {

namespace {
constexpr int kCardWidth = 236; ///< least width of a card [px]
constexpr int kSpacing = 14;
constexpr int kMargin = 28;
} // namespace

QString headingOf(lab::Theme theme) {
    return theme == lab::Theme::Descend ? GalleryPage::tr("How optimizers descend")
                                        : GalleryPage::tr("How groups choose");
}

GalleryPage::GalleryPage(lab::Registry& registry, QWidget* parent)
    : QWidget(parent) {
    setObjectName(QStringLiteral("galleryPage"));
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    outer->addWidget(scroll);
    auto* content = new QWidget(scroll);
    content->setObjectName(QStringLiteral("scrolled"));
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(kMargin, 22, kMargin, 22);
    layout->setSpacing(0);
    auto* top = new QHBoxLayout;
    auto* words = new QVBoxLayout;
    words->setSpacing(6);
    words->addWidget(withKind(new QLabel(tr("What would you like to see?"), content), "question"));
    words->addWidget(withKind(
        new QLabel(tr("Every card runs on this machine. Click one and it moves."), content),
        "muted"));
    top->addLayout(words, 1);
    auto* open = new QPushButton(tr("Open a data file…"), content);
    describe(open, QStringLiteral("gallery-open"), tr("Open a data file"),
             tr("A text to learn from, or ballots to count"));
    open->setCursor(Qt::PointingHandCursor);
    connect(open, &QPushButton::clicked, this, &GalleryPage::openFileAsked);
    top->addWidget(open, 0, Qt::AlignVCenter);
    layout->addLayout(top);
    for (const lab::Theme theme : {lab::Theme::Descend, lab::Theme::Choose}) {
        addSection(theme, registry, *layout);
    }
    layout->addStretch(1);
    scroll->setWidget(content);
}

void GalleryPage::addSection(lab::Theme theme, const lab::Registry& registry, QVBoxLayout& layout) {
    Section section;
    section.theme = theme;
    section.header = new QWidget(this);
    auto* header = new QHBoxLayout(section.header);
    header->setContentsMargins(0, 26, 0, 12);
    header->setSpacing(10);
    header->addWidget(withKind(new QLabel(headingOf(theme), section.header), "heading"));
    section.count = withKind(new QLabel(section.header), "faint");
    header->addWidget(section.count, 0, Qt::AlignBottom);
    header->addStretch(1);
    layout.addWidget(section.header);
    section.grid = new QGridLayout;
    section.grid->setSpacing(kSpacing);
    section.grid->setColumnStretch(6, 1);
    layout.addLayout(section.grid);
    for (const auto& description : registry.all()) {
        if (description->theme != theme) {
            continue;
        }
        for (const lab::Preset& preset : description->presets) {
            if (!preset.inGallery) {
                continue;
            }
            auto* card = new GalleryCard(*description, preset, this);
            connect(card, &QAbstractButton::clicked, this,
                    [this, card] { Q_EMIT chosen(card->description(), card->preset()); });
            section.cards.push_back(card);
            cards_.push_back(card);
        }
    }
    sections_.push_back(section);
}

void GalleryPage::setGroup(const QString& group) {
    group_ = group;
    columns_ = 0;
    arrange();
}

void GalleryPage::arrange() {
    const int room = width() - 2 * kMargin - 8;
    const int columns = std::clamp((room + kSpacing) / (kCardWidth + kSpacing), 1, 6);
    const int width = (room - (columns - 1) * kSpacing) / columns;
    for (GalleryCard* card : cards_) {
        card->setFixedWidth(width);
    }
    if (columns == columns_) {
        return;
    }
    columns_ = columns;
    for (Section& section : sections_) {
        int shown = 0;
        for (GalleryCard* card : section.cards) {
            section.grid->removeWidget(card);
            const bool isShown =
                group_.isEmpty() || QString::fromStdString(card->description().group) == group_;
            card->setVisible(isShown);
            if (isShown) {
                section.grid->addWidget(card, shown / columns, shown % columns,
                                        Qt::AlignLeft | Qt::AlignTop);
                ++shown;
            }
        }
        section.header->setVisible(shown > 0);
        section.count->setText(QString::number(shown));
    }
}

void GalleryPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

} // namespace psephos::ui
