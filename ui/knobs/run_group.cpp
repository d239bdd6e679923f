// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/knobs/run_group.hpp"

#include "ui/knobs/controls.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace psephos::ui {

RunGroup::RunGroup(Draft& draft, QWidget* parent)
    : QWidget(parent)
    , draft_(draft)
    , seeds_(withKind(new QLineEdit(this), "number"))
    , device_(new Segments({tr("CPU"), tr("GPU")}, 0, this))
    , deviceRow_(nullptr)
    , error_(withKind(new QLabel(this), "error")) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    const auto line = [&](const QString& label, QWidget* field) {
        auto* row = new QWidget(this);
        auto* across = new QHBoxLayout(row);
        across->setContentsMargins(0, 0, 0, 0);
        across->addWidget(new QLabel(label, row), 1);
        across->addWidget(field);
        layout->addWidget(row);
        return row;
    };
    seeds_->setAlignment(Qt::AlignRight);
    seeds_->setFixedWidth(76);
    describe(seeds_, QStringLiteral("knob-seed-field"), tr("Seed"),
             tr("What all randomness starts from: a whole number. Several, separated by commas, "
                "give one run each."));
    connect(seeds_, &QLineEdit::editingFinished, this, &RunGroup::enterSeeds);
    line(tr("Seed"), seeds_);
    error_->setObjectName(QStringLiteral("knob-seed-error"));
    error_->setWordWrap(true);
    error_->hide();
    layout->addWidget(error_);
    device_->setName(QStringLiteral("knob-device"));
    device_->setToolTip(tr("Where the runs compute"));
    connect(device_, &Segments::chosen, this, [this](int index) {
        draft_.setDevice(index == 0 ? QStringLiteral("cpu") : QStringLiteral("cuda"));
    });
    deviceRow_ = line(tr("Device"), device_);
    refresh();
}

void RunGroup::refresh() {
    QStringList seeds;
    for (const std::uint64_t seed : draft_.scenario().seeds) {
        seeds << QString::number(seed);
    }
    if (!seeds_->hasFocus()) {
        seeds_->setText(seeds.join(u','));
    }
    // Reactive experiments answer from their own thread, whatever the device.
    deviceRow_->setVisible(draft_.description() != nullptr &&
                           draft_.description()->lane == lab::Lane::Long);
    device_->setCurrent(draft_.scenario().device == "cuda" ? 1 : 0);
}

void RunGroup::enterSeeds() {
    QString text = seeds_->text().trimmed();
    if (text.startsWith(u'[') && text.endsWith(u']')) {
        text = text.mid(1, text.size() - 2);
    }
    std::vector<std::uint64_t> seeds;
    for (const QString& part : text.split(u',', Qt::SkipEmptyParts)) {
        bool isNumber = false;
        const qulonglong seed = part.trimmed().toULongLong(&isNumber);
        if (!isNumber) {
            error_->setText(tr("'%1' is not a seed: a whole number from 0 on").arg(part.trimmed()));
            error_->show();
            restyle(seeds_, "invalid", true);
            return;
        }
        seeds.push_back(seed);
    }
    error_->hide();
    restyle(seeds_, "invalid", false);
    if (!seeds.empty() && seeds != draft_.scenario().seeds) {
        draft_.setSeeds(std::move(seeds));
    }
}

} // namespace psephos::ui
