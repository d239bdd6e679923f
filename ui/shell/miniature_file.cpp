// SPDX-License-Identifier: GPL-3.0-or-later
// Recorded miniatures: curves of real runs, for presets that take too long to be run unasked.
#include "ui/shell/miniature.hpp"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cmath>

namespace psephos::ui {

namespace {

/// Four digits are more than a miniature shows; what is not finite becomes null.
QJsonArray numbers(const std::vector<double>& values) {
    QJsonArray array;
    for (const double value : values) {
        if (std::isfinite(value)) {
            array.append(QString::number(value, 'g', 4).toDouble());
        } else {
            array.append(QJsonValue());
        }
    }
    return array;
}

std::vector<double> numbers(const QJsonArray& array) {
    std::vector<double> values;
    for (const QJsonValue& value : array) {
        values.push_back(value.toDouble(std::nan("")));
    }
    return values;
}

} // namespace

QByteArray writeMiniature(const MiniatureData& data, const QString& origin) {
    QJsonArray curves;
    for (const MiniatureData::Curve& curve : data.curves) {
        curves.append(QJsonObject{{QStringLiteral("run"), static_cast<qint64>(curve.number)},
                                  {QStringLiteral("x"), numbers(curve.x)},
                                  {QStringLiteral("y"), numbers(curve.y)}});
    }
    const QJsonObject object{{QStringLiteral("recorded"), origin},
                             {QStringLiteral("kind"), data.kind},
                             {QStringLiteral("log"), data.isLog},
                             {QStringLiteral("curves"), curves},
                             {QStringLiteral("bars"), numbers(data.bars)}};
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + "\n";
}

MiniatureData readMiniature(const QByteArray& bytes) {
    const QJsonObject object = QJsonDocument::fromJson(bytes).object();
    MiniatureData data;
    data.kind = object.value(QStringLiteral("kind")).toString();
    data.isLog = object.value(QStringLiteral("log")).toBool();
    data.bars = numbers(object.value(QStringLiteral("bars")).toArray());
    for (const QJsonValue& value : object.value(QStringLiteral("curves")).toArray()) {
        const QJsonObject curve = value.toObject();
        data.curves.push_back(
            {static_cast<std::size_t>(curve.value(QStringLiteral("run")).toInt(1)),
             numbers(curve.value(QStringLiteral("x")).toArray()),
             numbers(curve.value(QStringLiteral("y")).toArray())});
    }
    return data;
}

QString miniatureFile(const std::string& experiment, const std::string& preset) {
    return QString::fromStdString(experiment + "-" + preset + ".json");
}

} // namespace psephos::ui
