// SPDX-License-Identifier: GPL-3.0-or-later
#include "datasets/labelled.hpp"
#include "lab/files/csv.hpp"
#include "lab/files/file.hpp"
#include "lab/value.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <optional>

namespace psephos::datasets {

namespace {

constexpr double kLargest = 3.4e38; // of single precision

constexpr std::array<std::string_view, 5> kLabelNames{"label", "class", "target", "digit", "y"};

std::string lowerCase(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
        return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    return lower;
}

bool isHeader(std::span<const std::string_view> cells) {
    return std::any_of(cells.begin(), cells.end(), [](std::string_view cell) {
        return !cell.empty() && !lab::parseNumber(cell);
    });
}

/// The column that a header names as the label; the last one where it names none.
std::size_t labelColumn(std::span<const std::string_view> header) {
    for (const std::string_view name : kLabelNames) {
        for (std::size_t i = 0; i < header.size(); ++i) {
            if (lowerCase(header[i]) == name) {
                return i;
            }
        }
    }
    return header.size() - 1;
}

/// Reads rows one after another into a labelled set.
class Builder {
  public:
    explicit Builder(std::string name) { set_.name = std::move(name); }

    void setColumns(std::size_t columns, std::size_t label) {
        columns_ = columns;
        label_ = label;
        set_.features = columns - 1;
    }

    [[nodiscard]] bool hasColumns() const { return columns_ > 0; }

    lab::Result<void> add(std::span<const std::string_view> cells, std::size_t line) {
        if (cells.size() != columns_) {
            return fail(line, std::to_string(cells.size()) + " cells, expected " +
                                  std::to_string(columns_));
        }
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const auto number = lab::parseNumber(cells[i]);
            if (!number || !std::isfinite(*number)) {
                return fail(line, "column " + std::to_string(i + 1) + ": " +
                                      (cells[i].empty() ? std::string("a missing value")
                                                        : "'" + std::string(cells[i]) +
                                                              "' is no finite number"));
            }
            if (i != label_) {
                if (std::abs(*number) > kLargest) {
                    return fail(line, "column " + std::to_string(i + 1) + ": " +
                                          std::string(cells[i]) + " is above " +
                                          lab::toText(kLargest) + " in size");
                }
                set_.values.push_back(static_cast<float>(*number));
            } else if (*number < 0.0 || *number >= static_cast<double>(kMaxClasses) ||
                       *number != std::floor(*number)) {
                return fail(line, "the label " + std::string(cells[i]) +
                                      " is no whole number in 0 … " +
                                      std::to_string(kMaxClasses - 1));
            } else {
                set_.labels.push_back(static_cast<std::uint16_t>(*number));
            }
        }
        return {};
    }

    lab::Result<Labelled> finish() { return prepared(std::move(set_)); }

  private:
    [[nodiscard]] lab::Error fail(std::size_t line, std::string what) const {
        return {std::move(what), "", set_.name + ":" + std::to_string(line)};
    }

    Labelled set_;
    std::size_t columns_ = 0;
    std::size_t label_ = 0;
};

} // namespace

lab::Result<Labelled> readLabelledCsv(const std::filesystem::path& path) {
    const auto content = lab::readFile(path);
    if (!content) {
        return content.error();
    }
    lab::CsvReader reader(*content);
    Builder builder(path.string());
    for (;;) {
        const auto more = reader.next();
        if (!more) {
            lab::Error error = more.error();
            error.place = path.string() + (error.place.empty() ? "" : ", " + error.place);
            return error;
        }
        if (!*more) {
            break;
        }
        if (reader.isBlank()) {
            continue;
        }
        const auto cells = reader.cells();
        if (!builder.hasColumns()) {
            if (cells.size() < 2) {
                return lab::Error{"one column: expected numbers and a label, separated by commas",
                                  "", path.string()};
            }
            const bool header = isHeader(cells);
            builder.setColumns(cells.size(), header ? labelColumn(cells) : cells.size() - 1);
            if (header) {
                continue;
            }
        }
        if (auto added = builder.add(cells, reader.line()); !added) {
            return added.error();
        }
    }
    return builder.finish();
}

} // namespace psephos::datasets
