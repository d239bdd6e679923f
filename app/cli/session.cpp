// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/session.hpp"

#include "lab/files/json.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <system_error>
#include <utility>

namespace psephos::cli {

namespace {

/// Columns that a text takes on a terminal, near enough: its characters.
std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
    }));
}

std::string formatted(const char* format, auto... values) {
    std::array<char, 64> buffer{};
    std::snprintf(buffer.data(), buffer.size(), format, values...);
    return buffer.data();
}

} // namespace

Session::Session(CommonOptions options, Registration registration)
    : options_(std::move(options))
    , registration_(std::move(registration)) {}

lab::Workbench& Session::bench() {
    if (workbench_ != nullptr) {
        return *workbench_;
    }
    if (bench_ == nullptr) {
        bench_ = *lab::Workbench::open({}); // without a store there is nothing that can fail
        registration_.experiments(bench_->registry(), bench_->checks());
    }
    return *bench_;
}

lab::Result<lab::Workbench*> Session::workbench(int threads) {
    if (workbench_ == nullptr) {
        lab::WorkbenchOptions options;
        options.store = storeFile();
        options.threads = threads;
        auto opened = lab::Workbench::open(std::move(options));
        if (!opened) {
            return opened.error();
        }
        workbench_ = *std::move(opened);
        registration_.experiments(workbench_->registry(), workbench_->checks());
    }
    return workbench_.get();
}

const lab::DataRegistry& Session::data() {
    if (data_ == nullptr) {
        data_ = std::make_unique<lab::DataRegistry>();
        registration_.data(*data_);
    }
    return *data_;
}

std::filesystem::path Session::storeFile() const {
    return options_.store.empty() ? lab::defaultStore() : std::filesystem::path(options_.store);
}

void Session::print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

void Session::printJson(const lab::Json& json) {
    print(lab::dumpJson(json) + "\n");
}

int Session::refuse(const lab::Error& error) {
    std::fprintf(stderr, "error: %s\n", lab::onOneLine(error.line()).c_str());
    return kRefused;
}

int Session::fail(const lab::Error& error) {
    refuse(error);
    return kFailed;
}

void Session::warn(const std::string& text) {
    std::fprintf(stderr, "warning: %s\n", lab::onOneLine(text).c_str());
}

void Session::say(const std::string& text) {
    if (!options_.quiet) {
        std::fprintf(stderr, "%s\n", lab::onOneLine(text).c_str());
    }
}

int Session::finish(int code) {
    const bool isWritten = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (!isWritten && errno != EPIPE) {
        return fail({"stdout can't be written: " + std::generic_category().message(errno), "", ""});
    }
    return code;
}

lab::Result<lab::RunId> runIdOf(std::string_view text) {
    lab::RunId id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || end != text.data() + text.size() || id <= 0) {
        return lab::Error{"run " + lab::inQuotes(text) + " is not the number of a run",
                          "see psephos-cli runs", ""};
    }
    return id;
}

lab::Result<std::int64_t> integerOf(std::string_view option, std::string_view text,
                                    std::int64_t low, std::int64_t high) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < low || number > high) {
        return lab::Error{
            std::string(option) + " " + lab::inQuotes(text) + " is not usable",
            "expected an integer in " + std::to_string(low) + " … " + std::to_string(high), ""};
    }
    return number;
}

std::string tableText(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()), 0);
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], width(row[i]));
        }
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i];
            line.append(widths[i] - width(row[i]) + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

std::string shortNumber(double number) {
    if (!std::isfinite(number)) {
        return lab::toText(number);
    }
    return formatted("%.4g", number);
}

std::string durationText(double seconds) {
    if (!(seconds >= 0) || seconds > 1e9) {
        return "?";
    }
    if (seconds < 0.0995) {
        return formatted("%.2g ms", 1000 * seconds);
    }
    if (seconds < 9.95) {
        return formatted("%.1f s", seconds);
    }
    const auto whole = static_cast<long>(seconds + 0.5);
    if (whole < 60) {
        return formatted("%ld s", whole);
    }
    if (whole < 3600) {
        return formatted("%ld min %02ld s", whole / 60, whole % 60);
    }
    return formatted("%ld h %02ld min", whole / 3600, whole % 3600 / 60);
}

} // namespace psephos::cli
