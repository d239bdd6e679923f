// SPDX-License-Identifier: GPL-3.0-or-later
// The bundled faces. Inter's tabular figures are an optional feature of the font (`tnum`), which
// this Qt can't ask for; the copy in memory gets that feature renamed to one that every text shaper
// applies (`rlig`), so that numbers never jitter. It also gets a family name of its own, because an
// Inter installed on the machine would win over it.
#include "ui/theme/theme.hpp"

#include <QByteArray>
#include <QFile>
#include <QFontDatabase>

#include <array>
#include <cstdint>
#include <cstring>

static void initResources() {
    Q_INIT_RESOURCE(psephos_fonts);
}

namespace psephos::ui {

namespace {

std::uint32_t bigEndian(const QByteArray& data, qsizetype at, int bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i) {
        const qsizetype index = at + i;
        const auto byte = index < data.size() ? static_cast<unsigned char>(data[index]) : 0u;
        value = (value << 8) | byte;
    }
    return value;
}

/// Offset of a table of an OpenType file; 0 where it has none.
qsizetype tableOffset(const QByteArray& font, const char* tag) {
    const auto tables = static_cast<qsizetype>(bigEndian(font, 4, 2));
    for (qsizetype i = 0; i < tables; ++i) {
        const qsizetype record = 12 + 16 * i;
        if (record + 16 <= font.size() && std::memcmp(font.constData() + record, tag, 4) == 0) {
            return static_cast<qsizetype>(bigEndian(font, record + 8, 4));
        }
    }
    return 0;
}

/// Renames every feature `from` of the substitution table. Source: OpenType 1.9, GSUB FeatureList.
void renameFeature(QByteArray& font, const char* from, const char* to) {
    const qsizetype gsub = tableOffset(font, "GSUB");
    if (gsub == 0) {
        return;
    }
    const qsizetype list = gsub + static_cast<qsizetype>(bigEndian(font, gsub + 6, 2));
    const auto features = static_cast<qsizetype>(bigEndian(font, list, 2));
    for (qsizetype i = 0; i < features; ++i) {
        const qsizetype record = list + 2 + 6 * i;
        if (record + 6 > font.size()) {
            return;
        }
        if (std::memcmp(font.constData() + record, from, 4) == 0) {
            std::memcpy(font.data() + record, to, 4);
        }
    }
}

/// Writes another name of the same length over every occurrence of a family's name, which the
/// `name` table holds as UTF-16.
void renameFamily(QByteArray& font, const QByteArray& from, const QByteArray& to) {
    const auto wide = [](const QByteArray& text) {
        QByteArray result;
        for (const char letter : text) {
            result.append('\0').append(letter);
        }
        return result;
    };
    font.replace(wide(from), wide(to));
}

QFont face(const char* family, int pixelSize, QFont::Weight weight) {
    QFont font(QString::fromLatin1(family));
    font.setPixelSize(pixelSize);
    font.setWeight(weight);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

} // namespace

QFont textFont(int pixelSize, QFont::Weight weight) {
    return face("Tally", pixelSize, weight);
}

QFont monoFont(int pixelSize, QFont::Weight weight) {
    return face("JetBrains Mono", pixelSize, weight);
}

void loadFonts() {
    initResources();
    static constexpr std::array kFaces{
        "Inter-Regular.otf", "Inter-Medium.otf",          "Inter-SemiBold.otf",
        "Inter-Bold.otf",    "JetBrainsMono-Regular.ttf", "JetBrainsMono-Medium.ttf",
    };
    for (const char* name : kFaces) {
        QFile file(QStringLiteral(":/fonts/") + QLatin1String(name));
        if (!file.open(QIODevice::ReadOnly)) {
            continue;
        }
        QByteArray font = file.readAll();
        renameFeature(font, "tnum", "rlig");
        renameFamily(font, "Inter", "Tally");
        QFontDatabase::addApplicationFontFromData(font);
    }
}

} // namespace psephos::ui
