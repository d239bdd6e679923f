// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/status_line.hpp"

#include "ui/knobs/controls.hpp"
#include "ui/plot/number_text.hpp"
#include "ui/shell/session.hpp"
#include "ui/theme/theme.hpp"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolTip>

#include <algorithm>

namespace psephos::ui {

namespace {

QString secondsText(double seconds) {
    if (seconds < 1) {
        return StatusLine::tr("%1 ms").arg(shortNumber(seconds * 1e3, 3));
    }
    if (seconds < 120) {
        return StatusLine::tr("%1 s").arg(seconds, 0, 'f', seconds < 10 ? 1 : 0);
    }
    return StatusLine::tr("%1 min").arg(seconds / 60, 0, 'f', 1);
}

QString bytesText(std::uintmax_t bytes) {
    const double megabytes = static_cast<double>(bytes) / 1e6;
    return megabytes < 1 ? StatusLine::tr("%1 kB").arg(megabytes * 1e3, 0, 'f', 0)
                         : StatusLine::tr("%1 MB").arg(megabytes, 0, 'f', megabytes < 10 ? 1 : 0);
}

} // namespace

StatusLine::StatusLine(Session& session, int threads, QWidget* parent)
    : QWidget(parent)
    , session_(session)
    , threads_(threads)
    , dot_(new QLabel(QStringLiteral("●"), this))
    , device_(new QLabel(this))
    , compute_(new QLabel(this))
    , store_(new QLabel(this))
    , seed_(new QLabel(this))
    , command_(withKind(new QPushButton(this), "status")) {
    setObjectName(QStringLiteral("statusLine"));
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(metrics::kStatus);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(16, 0, 10, 0);
    layout->setSpacing(6);
    dot_->setObjectName(QStringLiteral("status-dot"));
    layout->addWidget(dot_);
    layout->addWidget(device_);
    for (QLabel* label : {compute_, store_}) {
        layout->addSpacing(14);
        layout->addWidget(label);
    }
    layout->addStretch(1);
    layout->addWidget(seed_);
    layout->addSpacing(8);
    layout->addWidget(command_);
    device_->setObjectName(QStringLiteral("status-device"));
    compute_->setObjectName(QStringLiteral("status-compute"));
    store_->setObjectName(QStringLiteral("status-store"));
    seed_->setObjectName(QStringLiteral("status-seed"));
    describe(command_, QStringLiteral("status-command"), tr("Command line"),
             tr("The command that does the same. Click to copy."));
    command_->setCursor(Qt::PointingHandCursor);
    command_->setFocusPolicy(Qt::TabFocus);
    connect(command_, &QPushButton::clicked, this, [this] {
        QApplication::clipboard()->setText(session_.commandLine());
        QToolTip::showText(command_->mapToGlobal(QPoint(0, -32)), tr("Copied"), command_);
    });
    connect(&session_, &Session::opened, this, &StatusLine::refreshCommand);
    connect(&session_, &Session::closed, this, &StatusLine::refreshCommand);
    connect(&session_.draft(), &Draft::changed, this, &StatusLine::refreshCommand);
    connect(&session_.model(), &ComparisonModel::framesChanged, this, &StatusLine::refresh);
    connect(&session_.model(), &ComparisonModel::runsChanged, this, &StatusLine::refresh);
    timer_.setInterval(500);
    connect(&timer_, &QTimer::timeout, this, &StatusLine::refresh);
    timer_.start();
    refreshCommand();
}

void StatusLine::setLoading(bool isLoading) {
    isLoading_ = isLoading;
    refresh();
}

QString StatusLine::computeText() const {
    const auto& runs = session_.model().runs();
    if (runs.empty()) {
        return isLoading_ ? tr("loading LibTorch in the background") : QString();
    }
    double seconds = 0;
    std::int64_t steps = 0;
    for (const lab::RunPtr& run : runs) {
        const lab::RunStatus status = run->status();
        seconds += status.computeSeconds;
        steps = std::max(steps, status.step);
    }
    QStringList parts;
    parts << (runs.size() == 1 ? tr("1 run") : tr("%1 runs").arg(runs.size()));
    if (session_.hasTime()) {
        parts << tr("%1 steps").arg(countText(static_cast<double>(steps)));
    }
    parts << tr("%1 compute").arg(secondsText(seconds));
    return parts.join(QStringLiteral(" · "));
}

QString StatusLine::storeText() const {
    lab::Workbench& workbench = session_.workbench();
    if (!workbench.storeTrouble().empty()) {
        return tr("not stored: %1").arg(QString::fromStdString(workbench.storeTrouble()));
    }
    if (const auto ago = workbench.secondsSinceStored(); ago && !session_.model().runs().empty()) {
        return *ago < 60 ? tr("stored %1 s ago").arg(*ago, 0, 'f', *ago < 10 ? 1 : 0)
                         : tr("stored");
    }
    return {};
}

QString StatusLine::homeText() const {
    const std::uintmax_t bytes = session_.workbench().storeBytes();
    return bytes > 0 ? tr("%1 in the store").arg(bytesText(bytes)) : tr("nothing stored yet");
}

void StatusLine::refresh() {
    const Theme& theme = ThemeHub::instance().theme();
    const bool isTrouble = !session_.workbench().storeTrouble().empty();
    dot_->setStyleSheet(QStringLiteral("color: %1; font-size: 11px;")
                            .arg((isTrouble ? theme.warning : theme.good).name()));
    const bool isGpu = session_.draft().scenario().device == "cuda";
    device_->setText(
        isGpu ? tr("GPU")
              : tr("CPU, %1 %2").arg(threads_).arg(threads_ == 1 ? tr("thread") : tr("threads")));
    compute_->setText(computeText());
    store_->setText(storeText());
    if (session_.description() == nullptr) {
        seed_->setText(homeText());
    }
    restyle(store_, "trouble", isTrouble);
}

void StatusLine::refreshCommand() {
    const QString command = session_.commandLine();
    const auto& seeds = session_.draft().scenario().seeds;
    const bool isOpen = session_.description() != nullptr;
    seed_->setText(!isOpen             ? homeText()
                   : seeds.size() == 1 ? tr("seed %1").arg(seeds.front())
                                       : tr("%1 seeds").arg(seeds.size()));
    command_->setVisible(isOpen);
    const int room = std::max(120, width() - 620);
    command_->setText(command_->fontMetrics().elidedText(command, Qt::ElideRight, room));
    command_->setToolTip(command + u'\n' + tr("Click to copy."));
    refresh();
}

void StatusLine::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    refreshCommand();
}

} // namespace psephos::ui
