// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/message_bar.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/theme/icons.hpp"
#include "ui/theme/theme.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include <algorithm>

namespace psephos::ui {

MessageBar::MessageBar(QWidget* parent)
    : QWidget(parent)
    , icon_(new QLabel(this))
    , label_(new QLabel(this)) {
    setObjectName(QStringLiteral("messageBar"));
    setAttribute(Qt::WA_StyledBackground);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(16, 6, 12, 6);
    layout->setSpacing(10);
    layout->addWidget(icon_, 0, Qt::AlignTop);
    label_->setObjectName(QStringLiteral("message"));
    label_->setWordWrap(true);
    label_->setTextFormat(Qt::PlainText);
    label_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(label_, 1);
    auto* close = new QToolButton(this);
    close->setIcon(themedIcon(QStringLiteral("close"), IconRole::Warning));
    close->setIconSize(QSize(12, 12));
    describe(close, QStringLiteral("message-close"), tr("Close this message"));
    connect(close, &QToolButton::clicked, this, [this] {
        if (!messages_.empty()) {
            messages_.pop_back();
        }
        refresh();
    });
    layout->addWidget(close, 0, Qt::AlignTop);
    connect(&ThemeHub::instance(), &ThemeHub::changed, this, &MessageBar::refresh);
    refresh();
}

void MessageBar::raiseMessage(const Message& message) {
    std::erase_if(messages_, [&](const Message& other) { return other.id == message.id; });
    messages_.push_back(message);
    refresh();
}

void MessageBar::clearMessage(const QString& id) {
    if (std::erase_if(messages_, [&](const Message& other) { return other.id == id; }) > 0) {
        refresh();
    }
}

QString MessageBar::text() const {
    return messages_.empty() ? QString() : label_->text();
}

void MessageBar::refresh() {
    setVisible(!messages_.empty());
    if (messages_.empty()) {
        return;
    }
    const Message& last = messages_.back();
    QString text = last.text;
    if (!last.hint.isEmpty()) {
        text += (text.endsWith(u'.') ? QStringLiteral(" ") : QStringLiteral(". ")) + last.hint;
    }
    label_->setText(text);
    const Theme& theme = ThemeHub::instance().theme();
    const bool isWarning = last.severity == Severity::Warning;
    icon_->setPixmap(iconPixmap(isWarning ? QStringLiteral("warning") : QStringLiteral("info"), 16,
                                theme.warning, devicePixelRatioF()));
}

} // namespace psephos::ui
