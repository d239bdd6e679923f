// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/files/json.hpp"

#include "lab/files/file.hpp"
#include "lab/text.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace psephos::lab {

namespace {

/// `file:line:column` of a byte of the text.
std::string placeOf(std::string_view text, std::size_t byte, const std::string& place) {
    const std::string_view before = text.substr(0, std::min(byte, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t lineStart = before.rfind('\n') + 1; // npos + 1 is 0
    return place + ":" + std::to_string(line) + ":" +
           std::to_string(before.size() - lineStart + (byte > text.size() ? 1 : 0));
}

/// What the library says after "parse error at line …: ".
std::string reasonOf(const std::exception& exception) {
    const std::string_view what = exception.what();
    constexpr std::string_view kMark = "syntax error while parsing ";
    const std::size_t at = what.find(kMark);
    if (at != std::string_view::npos) {
        return "not valid JSON: " + onOneLine(what.substr(at + kMark.size()));
    }
    const std::size_t end = what.starts_with('[') ? what.find("] ") : std::string_view::npos;
    return "not valid JSON: " +
           onOneLine(end == std::string_view::npos ? what : what.substr(end + 2));
}

Error writeError(const std::filesystem::path& file, int code) {
    return Error{"can't be written: " + std::generic_category().message(code), "", file.string()};
}

bool writeAll(int descriptor, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0) {
            if (errno == EINTR) {
                continue;
            }
            return false;
        }
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

} // namespace

Result<Json> parseJson(std::string_view text, const std::string& place) {
    bool isTooDeep = false;
    const auto watchDepth = [&isTooDeep](int depth, Json::parse_event_t, Json&) {
        isTooDeep = isTooDeep || depth > kMaxJsonDepth;
        return !isTooDeep;
    };
    try {
        Json json = Json::parse(text.begin(), text.end(), watchDepth);
        if (isTooDeep) {
            return Error{"nested deeper than " + std::to_string(kMaxJsonDepth) + " levels", "",
                         place};
        }
        return json;
    } catch (const Json::parse_error& error) {
        return Error{reasonOf(error), "", placeOf(text, error.byte, place)};
    } catch (const std::exception& error) {
        return Error{reasonOf(error), "", place};
    }
}

Result<Json> readJson(const std::filesystem::path& file) {
    constexpr std::size_t kMaxBytes = std::size_t{256} << 20;
    const Result<std::string> text = readFile(file, kMaxBytes);
    if (!text) {
        return text.error();
    }
    return parseJson(*text, file.string());
}

std::string dumpJson(const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Result<void> writeFile(const std::filesystem::path& file, std::string_view content) {
    const std::string temporary = file.string() + ".tmp" + std::to_string(::getpid());
    const int descriptor =
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        return writeError(file, errno);
    }
    int code = writeAll(descriptor, content) ? 0 : errno;
    if (::close(descriptor) != 0 && code == 0) {
        code = errno;
    }
    if (code == 0 && ::rename(temporary.c_str(), file.c_str()) != 0) {
        code = errno;
    }
    if (code != 0) {
        ::unlink(temporary.c_str());
        return writeError(file, code);
    }
    return {};
}

} // namespace psephos::lab
