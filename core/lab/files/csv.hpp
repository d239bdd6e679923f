// SPDX-License-Identifier: GPL-3.0-or-later
// Comma-separated values (RFC 4180) in one pass over a buffer, and the writing of a cell.
#pragma once

#include "lab/result.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::lab {

/// Reads the records of a text one after another.
///
/// The grammar is RFC 4180: cells separated by a comma, records ended by LF or CR LF (the last one
/// may lack it); a cell that starts with a quote runs to the closing quote, may hold separators and
/// line ends, and `""` in it stands for one quote. A quote inside an unquoted cell is an ordinary
/// character. Blanks are kept. A UTF-8 byte order mark at the start is skipped. Nothing is copied
/// but cells with doubled quotes.
///
/// The cost is one pass: 64 bytes at a time are turned into a bit mask of the bytes that matter.
/// One object belongs to one thread.
class CsvReader {
  public:
    /// \param text      the whole text; must outlive the reader and the cells that it hands out
    /// \param separator between cells; neither a quote nor a line end
    explicit CsvReader(std::string_view text, char separator = ',');

    /// Moves to the next record.
    ///
    /// \return true: cells() holds it; false: there is none left
    /// \errors a quoted cell that is never closed, or text after a closing quote; Error::place is
    ///         "line N" (prepend the file's name), and the reader is then at its end
    Result<bool> next();

    /// The cells of this record, valid until the next call of next(). Never empty after next() gave
    /// true; a line with nothing in it is a record of one empty cell (see isBlank()).
    [[nodiscard]] std::span<const std::string_view> cells() const { return cells_; }

    /// Is this record a line without any character?
    [[nodiscard]] bool isBlank() const { return cells_.size() == 1 && cellsAreEmpty_; }

    /// The line on which this record starts, from 1.
    [[nodiscard]] std::size_t line() const { return recordLine_; }

    /// Bytes of the text that have been read, for a progress bar.
    [[nodiscard]] std::size_t offset() const { return position_; }

  private:
    [[nodiscard]] std::size_t nextSpecial();
    [[nodiscard]] std::uint64_t specialsAt(std::size_t base) const;
    Result<bool> readQuoted();
    bool endCell(std::size_t from, std::size_t to);
    Error fail(std::string message, std::size_t line);

    std::string_view text_;
    char separator_;
    std::size_t position_ = 0; // start of the cell that is read next
    std::size_t block_ = 0;    // first byte of the 64 that mask_ describes
    std::uint64_t mask_ = 0;   // separators, quotes and line feeds there that were not used yet
    std::size_t line_ = 1;     // line of position_
    std::size_t recordLine_ = 0;
    bool cellsAreEmpty_ = false;
    std::vector<std::string_view> cells_;
    std::deque<std::string> unescaped_; // stable homes of cells with doubled quotes
    std::size_t unescapedUsed_ = 0;
};

/// A cell as a number: decimal or scientific, a leading plus and surrounding blanks allowed; `nan`
/// and `inf` are read as such. Nothing if the cell is empty, has anything else in it or is out of
/// range.
[[nodiscard]] std::optional<double> parseNumber(std::string_view cell);

/// Appends a cell to a line of CSV, quoted only where RFC 4180 asks for it.
void appendCsvCell(std::string& line, std::string_view cell);

} // namespace psephos::lab
