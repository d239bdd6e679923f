// SPDX-License-Identifier: GPL-3.0-or-later
// Large tables in pieces: blocks of whole records, so that several threads may read one file.
#pragma once

#include "lab/result.hpp"

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace psephos::ballots {

/// How a text is made of records.
enum class RecordKind {
    Csv,      ///< RFC 4180: a line end within quotes ends no record
    Lines,    ///< a line each (JSONL)
    JsonArray ///< the elements of one JSON array
};

/// Bytes from a file or from memory, in order.
class ByteSource {
  public:
    /// From memory, which must outlive the source.
    explicit ByteSource(std::string_view text, std::string place);

    /// From a file. A name that ends in `.gz` is unpacked into memory. Errors: those of
    /// lab::readFile(); an empty file is no error here.
    [[nodiscard]] static lab::Result<ByteSource> open(const std::filesystem::path& path);

    /// Reads up to `count` bytes; fewer only at the end. Errors: the file can't be read.
    lab::Result<std::size_t> read(char* to, std::size_t count);

    /// Goes back to the start.
    void rewind();

    /// All bytes of it, at most lab::kMaxFileBytes. Errors: it can't be read, or is larger.
    [[nodiscard]] lab::Result<std::string> readAll();

    [[nodiscard]] std::size_t size() const { return size_; }

    [[nodiscard]] std::size_t position() const { return position_; }

    /// What errors name.
    [[nodiscard]] const std::string& place() const { return place_; }

  private:
    struct CloseFile {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    std::string place_;
    std::unique_ptr<std::string> unpacked_; ///< what text_ shows of a `.gz`
    std::string_view text_;
    std::unique_ptr<std::FILE, CloseFile> file_; ///< null: text_
    std::size_t size_ = 0;
    std::size_t position_ = 0;
};

/// One block: whole records, a line end included.
struct RecordBlock {
    std::string buffer;       ///< memory that is used again for the next block
    std::string_view text;    ///< its records, in `buffer`
    std::size_t sequence = 0; ///< from 0
    bool isLast = false;      ///< nothing follows
};

/// Cuts the bytes of a source into blocks. next() is called by one thread at a time.
class RecordBlocks {
  public:
    static constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
    /// A longer record is refused: a quote that is never closed must not swallow the memory.
    static constexpr std::size_t kMaxRecordBytes = std::size_t{64} << 20;

    /// \param source    outlives this; read from where it stands, a UTF-8 byte order mark skipped
    /// \param separator between the cells of CSV
    RecordBlocks(ByteSource& source, RecordKind kind, std::size_t blockBytes = kBlockBytes,
                 char separator = ',');

    /// The next block. False: there is none left.
    ///
    /// \errors the source's; a record longer than kMaxRecordBytes; what stands before or after a
    ///         JSON array, or an array that is not closed
    lab::Result<bool> next(RecordBlock& block);

  private:
    /// Length of the whole records at the front of a text that begins with one.
    std::size_t wholeRecords(std::string_view text, bool isLast);
    std::size_t wholeElements(std::string_view text);
    lab::Result<void> openArray(std::string_view& text);
    lab::Result<void> finishArray(std::string_view rest);
    [[nodiscard]] lab::Error error(std::string message, std::string hint = {}) const;

    ByteSource& source_;
    RecordKind kind_;
    std::size_t blockBytes_;
    char separator_;
    std::string carry_; ///< the start of a record that goes on in the next bytes
    std::size_t sequence_ = 0;
    bool isEnd_ = false;
    bool isArrayClosed_ = false;
};

} // namespace psephos::ballots
