// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/frame.hpp"

#include <doctest/doctest.h>

#include <memory>

using namespace psephos::lab;

TEST_CASE("frame_payload_tellsItsKind") {
    CHECK(kindOf(Payload(1.0)) == FrameKind::Scalar);
    CHECK(kindOf(Payload(std::make_shared<const Table>())) == FrameKind::Table);
    CHECK(kindOf(Payload(std::make_shared<const Grid>())) == FrameKind::Grid);
    CHECK(kindOf(Payload(std::make_shared<const std::string>("x"))) == FrameKind::Text);
    CHECK(name(FrameKind::Scalar) == "scalar");
    CHECK(name(FrameKind::Text) == "text");
}

TEST_CASE("table_rows_areThoseOfItsColumns") {
    Table table;
    CHECK(table.rows() == 0);
    table.columns = {std::vector<std::string>{"a", "b"}, std::vector<double>{1, 2}};
    CHECK(table.rows() == 2);
    CHECK(table.texts(0)[1] == "b");
    CHECK(table.numbers(1)[0] == 1);
}

TEST_CASE("frame_memory_countsWhatItHolds") {
    Grid grid;
    grid.x.at.resize(100);
    grid.y.names.resize(10, "a name that is too long to be stored in place");
    grid.values.resize(1000);
    const Frame frame{1, 0.5, std::make_shared<const Grid>(grid)};
    CHECK(memoryBytes(frame) > 1100 * sizeof(double));
    CHECK(memoryBytes(frame) < 4 * 1100 * sizeof(double));
    CHECK(grid.x.size() == 100);
    CHECK(grid.y.size() == 10);
    CHECK(memoryBytes(Frame{0, 0, 1.0}) == sizeof(Frame));
    const Frame text{0, 0, std::make_shared<const std::string>(std::string(5000, 'x'))};
    CHECK(memoryBytes(text) > 5000);
}
