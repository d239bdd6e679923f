// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/bar.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/knobs/elided_label.hpp"
#include "ui/shell/session.hpp"
#include "ui/theme/icons.hpp"
#include "ui/theme/theme.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

namespace psephos::ui {

namespace {

/// The search field's look: a magnifying glass left, the keys in a small frame right.
class SearchButton final : public QPushButton {
  public:
    explicit SearchButton(QWidget* parent)
        : QPushButton(parent) {
        setText(tr("Find an experiment, a command, a run"));
        setMinimumWidth(150);
        setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    }

    [[nodiscard]] QSize sizeHint() const override { return {320, metrics::kButton}; }

    [[nodiscard]] QSize minimumSizeHint() const override { return {150, metrics::kButton}; }

  protected:
    void paintEvent(QPaintEvent* event) override {
        QPushButton::paintEvent(event);
        const Theme& theme = ThemeHub::instance().theme();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setFont(monoFont(11));
        painter.setPen(theme.strongLine);
        painter.setBrush(theme.panel);
        const QRectF box(width() - 58.5, (height() - 18) / 2.0, 50, 18);
        painter.drawRoundedRect(box, 4, 4);
        painter.setPen(theme.faint);
        painter.drawText(box, Qt::AlignCenter, QStringLiteral("Ctrl K"));
    }
};

QString groupTitle(const lab::Description& description) {
    return QString::fromStdString(description.group);
}

} // namespace

Bar::Bar(Session& session, QWidget* parent)
    : QWidget(parent)
    , session_(session)
    , logo_(new QLabel(this))
    , place_(withKind(new QPushButton(this), "crumb"))
    , separator_(withKind(new QLabel(QStringLiteral("›"), this), "faint"))
    , title_(withKind(new QLabel(this), "strong"))
    , question_(withKind(new ElidedLabel({}, this), "faint"))
    , search_(withKind(new SearchButton(this), "search"))
    , open_(new QPushButton(tr("Open…"), this))
    , share_(new QPushButton(tr("Share"), this))
    , theme_(new QPushButton(this))
    , run_(withKind(new QPushButton(this), "primary")) {
    setObjectName(QStringLiteral("bar"));
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(metrics::kBar);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(16, 0, 16, 0);
    layout->setSpacing(8);
    auto* home = withKind(new QPushButton(QStringLiteral("Psephos"), this), "home");
    describe(home, QStringLiteral("bar-home"), tr("Gallery"), tr("To the gallery"));
    connect(home, &QPushButton::clicked, this, &Bar::homeAsked);
    layout->addWidget(logo_);
    layout->addWidget(home);
    layout->addSpacing(4);
    describe(place_, QStringLiteral("bar-place"), tr("Back to the gallery"));
    connect(place_, &QPushButton::clicked, this, &Bar::homeAsked);
    layout->addWidget(place_);
    layout->addWidget(separator_);
    layout->addWidget(title_);
    layout->addSpacing(6);
    layout->addWidget(question_, 1);
    layout->addSpacing(8);
    layout->addWidget(search_);
    for (QPushButton* button : {open_, share_, theme_, run_}) {
        layout->addWidget(button);
    }
    describe(search_, QStringLiteral("bar-search"), tr("Find"),
             tr("Find an experiment, a command or a run (Ctrl+K)"));
    describe(open_, QStringLiteral("bar-open"), tr("Open"), tr("Open a scenario or a data file"));
    describe(share_, QStringLiteral("bar-share"), tr("Share"),
             tr("Copy as a command line, save the scenario or the pictures"));
    describe(theme_, QStringLiteral("bar-theme"), tr("Theme"), tr("Light, dark or print"));
    describe(run_, QStringLiteral("bar-run"), tr("Run"), tr("Start with these knobs (Ctrl+Enter)"));
    for (QPushButton* button : {home, place_, search_, open_, share_, theme_, run_}) {
        button->setFocusPolicy(Qt::TabFocus);
        button->setCursor(Qt::PointingHandCursor);
    }
    connect(search_, &QPushButton::clicked, this, &Bar::searchAsked);
    connect(run_, &QPushButton::clicked, this, &Bar::runAsked);
    connect(&session_, &Session::runActionChanged, this, &Bar::refreshRun);
    connect(&session_.playback(), &Playback::stateChanged, this, &Bar::refreshRun);
    const auto drawLogo = [this] {
        logo_->setPixmap(iconPixmap(QStringLiteral("logo"), 20, ThemeHub::instance().theme().accent,
                                    devicePixelRatioF()));
    };
    connect(&ThemeHub::instance(), &ThemeHub::changed, this, drawLogo);
    drawLogo();
    refresh(true, {});
}

void Bar::setShareMenu(QMenu* menu) {
    share_->setMenu(menu);
}

void Bar::setThemeMenu(QMenu* menu) {
    theme_->setMenu(menu);
}

void Bar::setOpenMenu(QMenu* menu) {
    open_->setMenu(menu);
}

void Bar::setThemeText(const QString& text) {
    theme_->setText(text + QStringLiteral("  ▾"));
}

void Bar::refresh(bool isHome, const QString& homeTitle) {
    const lab::Description* description = session_.description();
    const bool isOpen = !isHome && description != nullptr;
    place_->setVisible(isOpen);
    separator_->setVisible(isOpen);
    title_->setVisible(isOpen || !homeTitle.isEmpty());
    title_->setText(homeTitle);
    question_->setFullText({});
    if (isOpen) {
        const lab::Preset* preset = session_.preset();
        const std::string& title = preset != nullptr ? preset->title : description->title;
        const std::string& question = preset != nullptr && !preset->question.empty()
                                          ? preset->question
                                          : description->question;
        place_->setText(groupTitle(*description));
        title_->setText(QString::fromStdString(title));
        question_->setFullText(QString::fromStdString(question));
    }
    open_->setVisible(!isOpen);
    share_->setVisible(isOpen);
    run_->setVisible(isOpen && (!session_.isReactive() || session_.hasTime()));
    refreshRun();
}

void Bar::refreshRun() {
    const auto show = [this](const QString& text, const char* icon) {
        run_->setText(text);
        run_->setAccessibleName(text);
        run_->setIcon(themedIcon(QString::fromLatin1(icon), IconRole::OnAccent));
        run_->setIconSize(QSize(12, 12));
    };
    switch (session_.runAction()) {
    case RunAction::Run:
        show(session_.isReactive() && session_.hasTime() ? tr("Play") : tr("Run"), "play");
        break;
    case RunAction::Pause:
        show(tr("Pause"), "pause");
        break;
    case RunAction::Continue:
        show(tr("Continue"), "play");
        break;
    }
}

} // namespace psephos::ui
