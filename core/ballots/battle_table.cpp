// SPDX-License-Identifier: GPL-3.0-or-later
#include "ballots/battle_table.hpp"

#include "ballots/battle_chunk.hpp"
#include "ballots/battle_merge.hpp"
#include "ballots/json_rows.hpp"
#include "ballots/separator.hpp"
#include "lab/files/csv.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <new>
#include <optional>
#include <thread>
#include <utility>

namespace psephos::ballots {

namespace {

using lab::CsvReader;
using lab::Error;
using lab::Result;

constexpr std::size_t kMaxThreads = 8;
constexpr std::size_t kMaxColumns = 1000;
constexpr std::size_t kSamples = 100; ///< rows by which the columns are understood
constexpr std::size_t kHeadBytes = std::size_t{1} << 16; ///< the header's separators are within
constexpr std::string_view kBlanks = " \t\r\n";

/// What is wrong, and on which line of its block (from 1).
struct BlockFault {
    std::size_t line = 0;
    Error error;
};

using Fault = std::optional<BlockFault>;

std::size_t lineEnds(std::string_view text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

Fault notUtf8(std::string_view text) {
    std::size_t line = 1;
    for (std::size_t at = 0; at < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (!lab::isUtf8(text.substr(at, end - at))) {
            break;
        }
        at = end + 1;
    }
    return BlockFault{line, Error{"the file is not UTF-8 text",
                                  "if it is text in another encoding, convert it to UTF-8", ""}};
}

/// The rows of one block: cells and line of each, to `take`. A row that is no row goes to `spoil`.
/// `lines` becomes the number of line ends, unless there is a fault.
template <typename Take, typename Spoil>
Fault readCsv(const RecordBlock& block, char separator, std::size_t columns, const Take& take,
              const Spoil& spoil, std::size_t& lines) {
    CsvReader reader(block.text, separator);
    for (bool isHeader = block.sequence == 0;;) {
        const Result<bool> more = reader.next();
        if (!more) {
            return BlockFault{reader.line(), Error{more.error().message, more.error().hint, ""}};
        }
        if (!*more) {
            lines = reader.line() - 1;
            return std::nullopt;
        }
        if (reader.isBlank()) {
            continue;
        }
        if (isHeader) {
            isHeader = false;
            continue;
        }
        if (reader.cells().size() == columns) {
            take(reader.cells(), reader.line());
        } else {
            spoil(reader.line(), std::to_string(reader.cells().size()) + " cells, the header has " +
                                     std::to_string(columns));
        }
    }
}

template <typename Take, typename Spoil>
Fault readLines(const RecordBlock& block, JsonRows& rows, const Take& take, const Spoil& spoil,
                std::size_t& line) {
    line = 0;
    for (std::size_t from = 0; from < block.text.size();) {
        const std::size_t end = std::min(block.text.find('\n', from), block.text.size());
        const std::string_view text = block.text.substr(from, end - from);
        from = end + 1;
        ++line;
        if (text.find_first_not_of(kBlanks) == std::string_view::npos) {
            continue;
        }
        std::size_t at = 0;
        if (!rows.read(text, at)) {
            spoil(line, rows.error());
        } else if (text.find_first_not_of(kBlanks, at) != std::string_view::npos) {
            spoil(line, "text follows the object");
        } else {
            take(rows.cells(), line);
        }
    }
    return std::nullopt;
}

template <typename Take>
Fault readElements(const RecordBlock& block, JsonRows& rows, const Take& take, std::size_t& lines) {
    const std::string_view text = block.text;
    std::size_t at = std::min(text.find_first_not_of(kBlanks), text.size());
    std::size_t counted = 0; // line ends before `at`
    std::size_t seen = 0;
    const auto lineAt = [&](std::size_t position) {
        counted += lineEnds(text.substr(seen, position - seen));
        seen = position;
        return counted + 1;
    };
    const auto fault = [&](std::string message) {
        return BlockFault{lineAt(std::min(at, text.size())), Error{std::move(message), "", ""}};
    };
    while (at < text.size()) {
        const std::size_t line = lineAt(at);
        if (!rows.read(text, at)) {
            return fault(rows.error());
        }
        take(rows.cells(), line);
        at = text.find_first_not_of(kBlanks, at);
        if (at == std::string_view::npos) {
            break;
        }
        if (text[at] != ',') {
            return fault("expected a comma between two objects");
        }
        at = std::min(text.find_first_not_of(kBlanks, at + 1), text.size());
    }
    lines = lineAt(text.size()) - 1;
    return std::nullopt;
}

/// Reads one source from beginning to end.
class TableReader {
  public:
    TableReader(ByteSource& source, RecordKind kind, const ReadOptions& options,
                std::size_t blockBytes)
        : source_(source)
        , kind_(kind)
        , options_(options)
        , blockBytes_(blockBytes) {}

    Result<BattleTable> read();

  private:
    /// One thread's part.
    struct Worker {
        CollectedBattles part;
        std::unique_ptr<JsonRows> json;
        RecordBlock block;
        std::size_t lines = 0; ///< line ends in the block
        bool hasTooManyColumns = false;
        CodesSeen codes;
    };

    Result<RecordBlock> firstBlock();
    Result<void> findLayout();
    Result<void> sampleCsv(std::string_view text, std::vector<std::string>& names,
                           std::vector<std::vector<std::string>>& samples) const;
    void sampleJson(const RecordBlock& block, std::vector<std::string>& names,
                    std::vector<std::vector<std::string>>& samples) const;
    Result<void> findCoding(const RecordBlock& first);
    Result<void> run(bool findsCodes);
    bool takeBlock(Worker& worker, double& part);
    void work(Worker& worker, bool isCaller, bool findsCodes);
    Fault readBlock(Worker& worker, bool findsCodes);
    [[nodiscard]] std::unique_ptr<JsonRows> newJson(Worker& worker) const;
    Error failure() const;
    void fail(std::size_t sequence, BlockFault fault);

    ByteSource& source_;
    RecordKind kind_;
    const ReadOptions& options_;
    std::size_t blockBytes_;
    char separator_ = ',';
    std::optional<BattleLayout> layout_;
    std::vector<Worker> workers_;
    std::mutex mutex_; ///< guards what follows, while threads run
    std::unique_ptr<RecordBlocks> blocks_;
    std::vector<std::pair<std::size_t, BlockFault>> faults_; ///< with the blocks' sequence
    std::vector<std::size_t> lines_;                         ///< of each block
    std::atomic<bool> isOver_{false};
};

Result<RecordBlock> TableReader::firstBlock() {
    if (kind_ == RecordKind::Csv) {
        std::string head(kHeadBytes, '\0');
        source_.rewind();
        const Result<std::size_t> got = source_.read(head.data(), head.size());
        if (!got) {
            return got.error();
        }
        separator_ = separatorOf(std::string_view(head).substr(0, *got));
    }
    source_.rewind();
    RecordBlocks blocks(source_, kind_, blockBytes_, separator_);
    RecordBlock block;
    const Result<bool> more = blocks.next(block);
    if (!more) {
        return more.error();
    }
    if (!lab::isUtf8(block.text)) {
        const Fault fault = notUtf8(block.text);
        Error error = fault->error;
        error.place = source_.place() + ", line " + std::to_string(fault->line);
        return error;
    }
    return block;
}

Result<void> TableReader::sampleCsv(std::string_view text, std::vector<std::string>& names,
                                    std::vector<std::vector<std::string>>& samples) const {
    CsvReader reader(text, separator_);
    while (samples.size() < kSamples) {
        const Result<bool> more = reader.next();
        if (!more) {
            Error broken = more.error();
            broken.place = source_.place() + ", " + broken.place;
            return broken;
        }
        if (!*more) {
            break;
        }
        if (reader.isBlank()) {
            continue;
        }
        const auto cells = reader.cells();
        if (names.empty()) {
            names.assign(cells.begin(), cells.end());
        } else if (cells.size() == names.size()) {
            samples.emplace_back(cells.begin(), cells.end());
        }
    }
    if (names.size() > kMaxColumns) {
        return Error{"the header has " + std::to_string(names.size()) + " columns, at most " +
                         std::to_string(kMaxColumns) + " are read",
                     "", source_.place()};
    }
    return {};
}

void TableReader::sampleJson(const RecordBlock& block, std::vector<std::string>& names,
                             std::vector<std::vector<std::string>>& samples) const {
    JsonRows rows([&names](std::string_view path) {
        if (names.size() == kMaxColumns) {
            return JsonRows::kSkip;
        }
        names.emplace_back(path);
        return names.size() - 1;
    });
    const auto take = [&samples](std::span<const std::string_view> cells, std::size_t) {
        if (samples.size() < kSamples) {
            samples.emplace_back(cells.begin(), cells.end());
        }
    };
    std::size_t lines = 0;
    RecordBlock head;
    head.text = block.text.substr(0, std::size_t{1} << 20);
    if (kind_ == RecordKind::Lines) {
        readLines(
            head, rows, take, [](std::size_t, const std::string&) {}, lines);
    } else {
        readElements(head, rows, take, lines);
    }
    for (auto& sample : samples) {
        sample.resize(names.size());
    }
}

Result<void> TableReader::findLayout() {
    const Result<std::vector<ColumnRole>> told = parseColumnRoles(options_.columns);
    if (!told) {
        return told.error();
    }
    const Result<RecordBlock> first = firstBlock();
    if (!first) {
        return first.error();
    }
    std::vector<std::string> names;
    std::vector<std::vector<std::string>> samples;
    if (kind_ == RecordKind::Csv) {
        if (const auto sampled = sampleCsv(first->text, names, samples); !sampled) {
            return sampled.error();
        }
    } else {
        sampleJson(*first, names, samples);
    }
    Result<std::optional<BattleLayout>> layout = battleLayout(names, samples, *told);
    if (!layout) {
        Error error = layout.error();
        error.place = source_.place();
        return error;
    }
    if (!*layout) {
        return Error{names.empty() ? "the file has no row that can be read"
                                   : "this is no table of battles: there are columns " +
                                         lab::inQuotes(lab::joined(names), 120),
                     "name the columns: columns=a:COLUMN,b:COLUMN,winner:COLUMN", source_.place()};
    }
    layout_ = *std::move(*layout);
    return findCoding(*first);
}

// Numbers that stand for winners mean what they mean only all together.
Result<void> TableReader::findCoding(const RecordBlock& first) {
    if (layout_->winner == BattleLayout::kNone && layout_->votes.empty()) {
        return {};
    }
    Worker sampler;
    sampler.block.text = first.text;
    sampler.block.isLast = first.isLast;
    sampler.json = newJson(sampler);
    readBlock(sampler, true);
    CodesSeen codes = sampler.codes;
    if (codes.numbers > 0 && !first.isLast) {
        if (const auto ran = run(true); !ran) {
            return ran.error();
        }
        for (const Worker& worker : workers_) {
            codes.merge(worker.codes);
        }
    }
    layout_->coding = codes.coding();
    return {};
}

std::unique_ptr<JsonRows> TableReader::newJson(Worker& worker) const {
    if (kind_ == RecordKind::Csv) {
        return nullptr;
    }
    // Columns of the layout, and after them what turns up on the way.
    auto next = std::make_shared<std::size_t>(layout_->names.size());
    return std::make_unique<JsonRows>([this, &worker, next](std::string_view path) {
        const auto& names = layout_->names;
        const auto known = std::find(names.begin(), names.end(), path);
        if (known != names.end()) {
            return static_cast<std::size_t>(known - names.begin());
        }
        if (*next >= kMaxColumns || !worker.part.collector) {
            worker.hasTooManyColumns = *next >= kMaxColumns;
            return JsonRows::kSkip;
        }
        worker.part.collector->addExtra(*next, path);
        return (*next)++;
    });
}

Fault TableReader::readBlock(Worker& worker, bool findsCodes) {
    const RecordBlock& block = worker.block;
    if (!lab::isUtf8(block.text)) {
        return notUtf8(block.text);
    }
    const auto take = [&](std::span<const std::string_view> cells, std::size_t line) {
        if (!findsCodes) {
            worker.part.collector->add(cells, line);
            return;
        }
        const auto cellAt = [&cells](std::size_t column) {
            return column < cells.size() ? cells[column] : std::string_view();
        };
        const auto see = [&](std::size_t column) {
            worker.codes.see(cellAt(column), cellAt(layout_->first), cellAt(layout_->second));
        };
        see(layout_->winner);
        std::for_each(layout_->votes.begin(), layout_->votes.end(), see);
    };
    const auto spoil = [&](std::size_t line, std::string reason) {
        if (!findsCodes) {
            worker.part.collector->reject(line, std::move(reason));
        }
    };
    if (kind_ == RecordKind::Csv) {
        return readCsv(block, separator_, layout_->names.size(), take, spoil, worker.lines);
    }
    Fault fault = kind_ == RecordKind::Lines
                      ? readLines(block, *worker.json, take, spoil, worker.lines)
                      : readElements(block, *worker.json, take, worker.lines);
    if (!fault && worker.hasTooManyColumns) {
        fault = BlockFault{1, Error{"the objects have more than " + std::to_string(kMaxColumns) +
                                        " different keys",
                                    "", ""}};
    }
    return fault;
}

void TableReader::fail(std::size_t sequence, BlockFault fault) {
    const std::lock_guard lock(mutex_);
    faults_.emplace_back(sequence, std::move(fault));
    isOver_ = true;
}

// Hands out the next block. False: there is none, or reading is over.
bool TableReader::takeBlock(Worker& worker, double& part) {
    const bool isStopped = options_.stopRequested && options_.stopRequested();
    const std::lock_guard lock(mutex_);
    const Result<bool> more = isStopped ? Result<bool>(Error{"the reading was stopped", "", ""})
                                        : blocks_->next(worker.block);
    if (!more) {
        faults_.emplace_back(lines_.size(), BlockFault{0, more.error()});
    }
    if (!more || !*more) {
        isOver_ = true;
        return false;
    }
    lines_.push_back(0);
    part = static_cast<double>(source_.position()) /
           static_cast<double>(std::max<std::size_t>(source_.size(), 1));
    return true;
}

void TableReader::work(Worker& worker, bool isCaller, bool findsCodes) {
    try {
        double part = 0.0;
        while (!isOver_ && takeBlock(worker, part)) {
            const std::size_t sequence = worker.block.sequence;
            if (worker.part.collector) {
                worker.part.collector->begin(sequence);
            }
            Fault fault = readBlock(worker, findsCodes);
            if (worker.part.collector) {
                worker.part.chunks.push_back(worker.part.collector->finish(worker.lines));
            }
            if (fault) {
                fail(sequence, *std::move(fault));
            }
            {
                const std::lock_guard lock(mutex_);
                lines_[sequence] = worker.lines;
            }
            if (isCaller && options_.progress && !findsCodes) {
                options_.progress(std::min(part, 1.0));
            }
        }
    } catch (const std::bad_alloc&) {
        fail(0, BlockFault{0, Error{"the file does not fit into memory", "", ""}});
    }
}

/// The fault that stands first in the file.
Error TableReader::failure() const {
    const auto first =
        std::min_element(faults_.begin(), faults_.end(), [](const auto& one, const auto& other) {
            return one.first < other.first;
        });
    Error error = first->second.error;
    error.place = source_.place();
    if (std::size_t line = first->second.line; line > 0) {
        for (std::size_t block = 0; block < first->first; ++block) {
            line += lines_[block];
        }
        error.place += ", line " + std::to_string(line);
    }
    return error;
}

Result<void> TableReader::run(bool findsCodes) {
    const std::size_t machine = std::max(1U, std::thread::hardware_concurrency());
    std::size_t threads = options_.threads > 0 ? static_cast<std::size_t>(options_.threads)
                                               : std::min(machine, kMaxThreads);
    threads = std::clamp<std::size_t>(threads, 1, source_.size() / blockBytes_ + 1);
    workers_.clear();
    workers_.resize(threads);
    for (Worker& worker : workers_) {
        worker.part.collector = findsCodes ? nullptr : std::make_unique<BattleCollector>(*layout_);
        worker.json = newJson(worker);
    }
    source_.rewind();
    blocks_ = std::make_unique<RecordBlocks>(source_, kind_, blockBytes_, separator_);
    faults_.clear();
    lines_.clear();
    isOver_ = false;
    {
        std::vector<std::jthread> others;
        for (std::size_t t = 1; t < threads; ++t) {
            others.emplace_back([this, t, findsCodes] { work(workers_[t], false, findsCodes); });
        }
        work(workers_[0], true, findsCodes);
    }
    if (!faults_.empty()) {
        return failure();
    }
    return {};
}

Result<BattleTable> TableReader::read() {
    if (const auto found = findLayout(); !found) {
        return found.error();
    }
    if (const auto ran = run(false); !ran) {
        return ran.error();
    }
    std::vector<CollectedBattles> parts;
    for (Worker& worker : workers_) {
        parts.push_back(std::move(worker.part));
    }
    return mergeBattles(*layout_, parts, source_.place());
}

} // namespace

Result<BattleTable> readBattleTable(ByteSource& source, RecordKind kind, const ReadOptions& options,
                                    std::size_t blockBytes) {
    try {
        return TableReader(source, kind, options, blockBytes).read();
    } catch (const std::bad_alloc&) {
        return Error{"the file does not fit into memory", "", source.place()};
    }
}

} // namespace psephos::ballots
