// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/files/export.hpp"

#include "lab/experiment.hpp"
#include "lab/files/csv.hpp"
#include "lab/files/json.hpp"
#include "lab/sample_chunk.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <set>
#include <system_error>
#include <unistd.h>

namespace psephos::lab {

namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

Error cannotWrite(const std::filesystem::path& path, const std::string& why) {
    return {"could not be written: " + why, "choose another folder, or make room", path.string()};
}

/// A new file that is written through a buffer.
class Output {
  public:
    explicit Output(std::filesystem::path path)
        : path_(std::move(path))
        , descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644))
        , code_(descriptor_ < 0 ? errno : 0) {}

    ~Output() { close(); }

    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    void write(std::string_view text) {
        buffer_ += text;
        if (buffer_.size() >= kBufferBytes) {
            flush();
        }
    }

    /// Writes what is left; the error of the first write that failed.
    [[nodiscard]] Result<void> finish() {
        flush();
        close();
        return code_ == 0 ? Result<void>() : cannotWrite(path_, std::strerror(code_));
    }

  private:
    void flush() {
        std::string_view rest = buffer_;
        while (!rest.empty() && code_ == 0) {
            const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
            if (written >= 0) {
                rest.remove_prefix(static_cast<std::size_t>(written));
            } else if (errno != EINTR) {
                code_ = errno;
            }
        }
        buffer_.clear();
    }

    void close() {
        if (descriptor_ >= 0 && ::close(descriptor_) != 0 && code_ == 0) {
            code_ = errno;
        }
        descriptor_ = -1;
    }

    std::filesystem::path path_;
    int descriptor_;
    int code_;
    std::string buffer_;
};

Json numberJson(double number) {
    return std::isfinite(number) ? Json(number) : Json(nullptr);
}

Json axisJson(const GridAxis& axis) {
    if (!axis.names.empty()) {
        return Json(axis.names);
    }
    Json numbers = Json::array();
    for (const double at : axis.at) {
        numbers.push_back(numberJson(at));
    }
    return numbers;
}

Json gridJson(const Frame& frame) {
    const Grid& grid = *std::get<GridPtr>(frame.payload);
    Json values = Json::array();
    for (std::size_t row = 0; row < grid.y.size(); ++row) {
        Json cells = Json::array();
        for (std::size_t column = 0; column < grid.x.size(); ++column) {
            cells.push_back(numberJson(grid.at(row, column)));
        }
        values.push_back(std::move(cells));
    }
    return {{"step", frame.step},
            {"seconds", numberJson(frame.seconds)},
            {"x", axisJson(grid.x)},
            {"y", axisJson(grid.y)},
            {"values", std::move(values)}};
}

Json textJson(const Frame& frame) {
    return {{"step", frame.step},
            {"seconds", numberJson(frame.seconds)},
            {"text", *std::get<TextPtr>(frame.payload)}};
}

void writeTable(Output& output, const Frame& frame) {
    const Table& table = *std::get<TablePtr>(frame.payload);
    const std::string stamp = std::to_string(frame.step) + "," + toText(frame.seconds);
    for (std::size_t row = 0; row < table.rows(); ++row) {
        std::string line = stamp;
        for (const Column& column : table.columns) {
            line += ',';
            if (const auto* numbers = std::get_if<std::vector<double>>(&column)) {
                line += toText((*numbers)[row]);
            } else {
                appendCsvCell(line, std::get<std::vector<std::string>>(column)[row]);
            }
        }
        output.write(line + "\n");
    }
}

Error lostFrames(const Channel& channel) {
    return {"frames of channel '" + channel.id + "' can't be read back from the store", "", ""};
}

Result<void> writeScalars(Output& output, const History& history, const Channel& channel) {
    output.write("step,seconds,value\n");
    const std::size_t count = history.extent(channel.id)->count;
    for (std::size_t first = 0; first < count;) {
        const auto samples = history.samples(
            channel.id, first, std::min(count - first, detail::SampleChunk::kSamples));
        if (samples.empty()) {
            return lostFrames(channel);
        }
        for (const Sample& sample : samples) {
            output.write(std::to_string(sample.step) + "," + toText(sample.seconds) + "," +
                         toText(sample.value) + "\n");
        }
        first += samples.size();
    }
    return {};
}

Result<void> writeFrames(Output& output, const History& history, const Channel& channel) {
    const bool isTable = channel.kind == FrameKind::Table;
    if (isTable) {
        std::string header = "step,seconds";
        for (const ColumnSpec& column : channel.columns) {
            header += ',';
            appendCsvCell(header, column.id);
        }
        output.write(header + "\n");
    } else {
        output.write("[");
    }
    const std::size_t count = history.extent(channel.id)->count;
    for (std::size_t i = 0; i < count; ++i) {
        const auto frame = history.frame(channel.id, i);
        if (!frame) {
            return lostFrames(channel);
        }
        if (isTable) {
            writeTable(output, *frame);
            continue;
        }
        const Json json = channel.kind == FrameKind::Grid ? gridJson(*frame) : textJson(*frame);
        output.write((i == 0 ? "\n" : ",\n") + dumpJson(json, -1));
    }
    if (!isTable) {
        output.write(count == 0 ? "]\n" : "\n]\n");
    }
    return {};
}

Result<void> exportRun(const Run& run, const std::filesystem::path& folder) {
    std::error_code failed;
    if (!std::filesystem::create_directories(folder, failed) && failed) {
        return cannotWrite(folder, failed.message());
    }
    const auto history = run.history();
    for (const Channel& channel : history->channels()) {
        Output output(folder / channelFile(channel));
        const auto written = channel.kind == FrameKind::Scalar
                                 ? writeScalars(output, *history, channel)
                                 : writeFrames(output, *history, channel);
        if (!written) {
            return written;
        }
        if (auto finished = output.finish(); !finished) {
            return finished;
        }
    }
    Output output(folder / "run.json");
    output.write(dumpJson(runDocument(run)) + "\n");
    return output.finish();
}

/// That the directory may be written to: absent or an empty folder.
Result<void> checkDirectory(const std::filesystem::path& directory) {
    std::error_code failed;
    const auto status = std::filesystem::status(directory, failed);
    if (status.type() == std::filesystem::file_type::not_found) {
        return {};
    }
    if (!std::filesystem::is_directory(status)) {
        return Error{"is not a folder", "give a folder that is absent or empty",
                     directory.string()};
    }
    const bool isEmpty = std::filesystem::is_empty(directory, failed);
    if (failed) {
        return Error{"can't be read: " + failed.message(), "", directory.string()};
    }
    return isEmpty ? Result<void>()
                   : Error{"the folder is not empty", "give a folder that is absent or empty",
                           directory.string()};
}

} // namespace

Json runDocument(RunId id, ComparisonId comparison, Json scenario, const RunRecord& record,
                 const std::vector<std::pair<std::string, double>>& finals) {
    Json last = Json::object();
    for (const auto& [channel, value] : finals) {
        last[channel] = numberJson(value);
    }
    if (record.divergedAt) {
        last["diverged_at"] = *record.divergedAt;
    }
    Json document = Json::object();
    document["id"] = id;
    document["comparison"] = comparison;
    document["scenario"] = std::move(scenario);
    document["state"] = name(record.state);
    document["versions"] = record.versions;
    document["threads"] = record.threads;
    document["clock"] = {{"seconds", numberJson(record.computeSeconds)},
                         {"other_lane_was_busy", record.otherLaneWasBusy}};
    document["final"] = std::move(last);
    return document;
}

Json runDocument(const Run& run) {
    return runDocument(run.id(), run.comparison(), toJson(run.scenario()), run.record(),
                       run.status().finals);
}

std::string channelFile(const Channel& channel) {
    std::string file = channel.id;
    std::replace(file.begin(), file.end(), '/', '.');
    const bool isCsv = channel.kind == FrameKind::Scalar || channel.kind == FrameKind::Table;
    return file + (isCsv ? ".csv" : ".json");
}

Result<void> exportRuns(const std::vector<RunPtr>& runs, const std::filesystem::path& directory) {
    if (auto checked = checkDirectory(directory); !checked) {
        return checked;
    }
    std::error_code failed;
    std::filesystem::create_directories(directory, failed);
    if (failed) {
        return cannotWrite(directory, failed.message());
    }
    std::set<std::size_t> numbers;
    for (const RunPtr& run : runs) {
        numbers.insert(run->number());
    }
    const bool areDistinct = numbers.size() == runs.size();
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const std::size_t number = areDistinct ? runs[i]->number() : i + 1;
        const auto folder = directory / folderName(number, runs[i]->scenario());
        if (auto exported = exportRun(*runs[i], folder); !exported) {
            return exported;
        }
    }
    return {};
}

} // namespace psephos::lab
