// SPDX-License-Identifier: GPL-3.0-or-later
// The columns of a run's table by the words of a panel.
#pragma once

#include "ui/panels/reading.hpp"

#include <QString>

#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace psephos::ui {

/// A table at the play head, read by parts ("name", "value"): by the source's mapping, else by the
/// columns' own ids. Empty where the run has no such frame yet.
class TableParts {
  public:
    TableParts(const ComparisonModel& model, const lab::Run& run, const lab::PanelSource& source)
        : TableParts(run, source, tableAtHead(model, run, source.channel)) {}

    /// The same of the run's newest frame.
    TableParts(const lab::Run& run, const lab::PanelSource& source)
        : TableParts(run, source, newestTable(run, source.channel)) {}

    [[nodiscard]] std::size_t rows() const { return table_ == nullptr ? 0 : table_->rows(); }

    [[nodiscard]] bool hasNumbers(std::string_view part) const {
        return find(part, false).has_value();
    }

    [[nodiscard]] bool hasTexts(std::string_view part) const {
        return find(part, true).has_value();
    }

    /// NaN where the part is missing or is text.
    [[nodiscard]] double number(std::string_view part, std::size_t row) const {
        const auto column = find(part, false);
        return column ? table_->numbers(*column)[row] : std::numeric_limits<double>::quiet_NaN();
    }

    /// Empty where the part is missing; numbers with all their digits.
    [[nodiscard]] QString words(std::string_view part, std::size_t row) const {
        const auto column = table_ == nullptr ? std::nullopt : columnFor(*channel_, source_, part);
        return column ? cellText(*table_, *column, row) : QString();
    }

  private:
    TableParts(const lab::Run& run, const lab::PanelSource& source, lab::TablePtr table)
        : source_(source)
        , channel_(declared(run, source.channel))
        , table_(channel_ == nullptr ? nullptr : std::move(table)) {}

    [[nodiscard]] std::optional<std::size_t> find(std::string_view part, bool isText) const {
        if (table_ == nullptr) {
            return std::nullopt;
        }
        const auto column = columnFor(*channel_, source_, part);
        return column && channel_->columns[*column].isText == isText ? column : std::nullopt;
    }

    const lab::PanelSource& source_;
    const lab::Channel* channel_;
    lab::TablePtr table_;
};

} // namespace psephos::ui
