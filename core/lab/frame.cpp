// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/frame.hpp"

#include <cassert>

namespace psephos::lab {

namespace {

std::size_t bytesOf(const std::vector<double>& numbers) {
    return numbers.capacity() * sizeof(double);
}

std::size_t bytesOf(const std::vector<std::string>& texts) {
    std::size_t bytes = texts.capacity() * sizeof(std::string);
    for (const std::string& text : texts) {
        bytes += text.capacity();
    }
    return bytes;
}

} // namespace

std::string_view name(FrameKind kind) {
    switch (kind) {
    case FrameKind::Scalar:
        return "scalar";
    case FrameKind::Table:
        return "table";
    case FrameKind::Grid:
        return "grid";
    case FrameKind::Text:
        return "text";
    }
    return "";
}

std::size_t Table::rows() const {
    if (columns.empty()) {
        return 0;
    }
    return std::visit([](const auto& cells) { return cells.size(); }, columns.front());
}

const std::vector<double>& Table::numbers(std::size_t column) const {
    assert(column < columns.size());
    return std::get<std::vector<double>>(columns[column]);
}

const std::vector<std::string>& Table::texts(std::size_t column) const {
    assert(column < columns.size());
    return std::get<std::vector<std::string>>(columns[column]);
}

FrameKind kindOf(const Payload& payload) {
    constexpr FrameKind kKinds[] = {FrameKind::Scalar, FrameKind::Table, FrameKind::Grid,
                                    FrameKind::Text};
    return kKinds[payload.index()];
}

std::size_t memoryBytes(const Frame& frame) {
    std::size_t bytes = sizeof(Frame);
    if (const auto* table = std::get_if<TablePtr>(&frame.payload); table != nullptr && *table) {
        bytes += sizeof(Table) + (*table)->columns.capacity() * sizeof(Column);
        for (const Column& column : (*table)->columns) {
            bytes += std::visit([](const auto& cells) { return bytesOf(cells); }, column);
        }
    } else if (const auto* grid = std::get_if<GridPtr>(&frame.payload); grid != nullptr && *grid) {
        bytes += sizeof(Grid) + bytesOf((*grid)->values);
        for (const GridAxis* axis : {&(*grid)->x, &(*grid)->y}) {
            bytes += bytesOf(axis->at) + bytesOf(axis->names);
        }
    } else if (const auto* text = std::get_if<TextPtr>(&frame.payload); text != nullptr && *text) {
        bytes += sizeof(std::string) + (*text)->capacity();
    }
    return bytes;
}

} // namespace psephos::lab
