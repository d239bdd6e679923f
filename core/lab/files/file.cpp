// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/files/file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <system_error>
#include <zlib.h>

namespace psephos::lab {

namespace {

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

using FileHandle = std::unique_ptr<std::FILE, CloseFile>;

/// The state of zlib, ended whatever happens.
class Inflater {
  public:
    Inflater() { ready_ = inflateInit2(&stream_, MAX_WBITS + 16) == Z_OK; }

    ~Inflater() {
        if (ready_) {
            inflateEnd(&stream_);
        }
    }

    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    [[nodiscard]] bool ready() const { return ready_; }

    z_stream& stream() { return stream_; }

  private:
    z_stream stream_{};
    bool ready_ = false;
};

Error tooLarge(const std::string& place, std::size_t maxBytes) {
    return Error{.message = "the file holds more than " + std::to_string(maxBytes) + " bytes",
                 .hint = "the limit protects the memory of this machine",
                 .place = place};
}

Error noMemory(const std::string& place) {
    return Error{.message = "the file does not fit into memory", .hint = {}, .place = place};
}

Result<std::string> readAll(std::FILE* file, const std::string& place, std::size_t sizeHint,
                            std::size_t maxBytes) {
    constexpr std::size_t kChunkBytes = std::size_t{1} << 18;
    std::string content;
    std::size_t used = 0;
    content.resize(std::min(sizeHint, maxBytes) + 1);
    for (;;) {
        if (used == content.size()) {
            content.resize(used + std::max(kChunkBytes, used / 2));
        }
        const std::size_t got = std::fread(content.data() + used, 1, content.size() - used, file);
        used += got;
        if (used > maxBytes) {
            return tooLarge(place, maxBytes);
        }
        if (got == 0) {
            break;
        }
    }
    if (std::ferror(file) != 0) {
        return Error{.message = "the file can't be read: " + std::generic_category().message(errno),
                     .hint = {},
                     .place = place};
    }
    content.resize(used);
    return content;
}

/// One member of the archive, appended to `content`; `input` is moved past it.
Result<void> inflateMember(Inflater& inflater, std::string& content, std::size_t& used,
                           const std::string& place, std::size_t maxBytes) {
    z_stream& stream = inflater.stream();
    for (;;) {
        if (used == content.size()) {
            content.resize(std::min(maxBytes + 1, used + std::max(used, std::size_t{1} << 16)));
        }
        const std::size_t room =
            std::min<std::size_t>(content.size() - used, std::numeric_limits<uInt>::max());
        stream.next_out = reinterpret_cast<Bytef*>(content.data() + used);
        stream.avail_out = static_cast<uInt>(room);
        const int status = inflate(&stream, Z_NO_FLUSH);
        used += room - stream.avail_out;
        if (used > maxBytes) {
            return tooLarge(place, maxBytes);
        }
        if (status == Z_STREAM_END) {
            return {};
        }
        if (status == Z_BUF_ERROR ||
            (status == Z_OK && stream.avail_in == 0 && stream.avail_out != 0)) {
            return Error{.message = "the file is truncated: its gzip data ends too early",
                         .hint = "copy or download it again",
                         .place = place};
        }
        if (status == Z_MEM_ERROR) {
            return noMemory(place);
        }
        if (status != Z_OK) {
            const char* reason = stream.msg != nullptr ? stream.msg : "unknown fault";
            return Error{.message = std::string("the file is damaged gzip data: ") + reason,
                         .hint = "copy or download it again",
                         .place = place};
        }
    }
}

bool hasGzipMagic(const std::string& bytes, std::size_t at) {
    return bytes.size() - at >= 2 && bytes[at] == '\x1f' && bytes[at + 1] == '\x8b';
}

} // namespace

Result<std::string> inflateGzip(const std::string& packed, const std::string& place,
                                std::size_t maxBytes) {
    if (!hasGzipMagic(packed, 0)) {
        return Error{.message = "the file is not gzip data, though its name ends in .gz",
                     .hint = "rename it, or compress it with gzip",
                     .place = place};
    }
    if (packed.size() > std::numeric_limits<uInt>::max()) {
        return tooLarge(place, std::numeric_limits<uInt>::max());
    }
    try {
        Inflater inflater;
        if (!inflater.ready()) {
            return noMemory(place);
        }
        z_stream& stream = inflater.stream();
        // zlib's interface lacks const; it does not write through next_in.
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
        stream.avail_in = static_cast<uInt>(packed.size());
        std::string content;
        std::size_t used = 0;
        for (;;) {
            if (auto member = inflateMember(inflater, content, used, place, maxBytes); !member) {
                return member.error();
            }
            const std::size_t at = packed.size() - stream.avail_in;
            if (packed.find_first_not_of('\0', at) == std::string::npos) {
                break; // the end, or the zero padding of a tape block
            }
            if (!hasGzipMagic(packed, at)) {
                return Error{.message = "the file has bytes after the end of its gzip data",
                             .hint = "copy or download it again",
                             .place = place};
            }
            inflateReset(&stream);
        }
        content.resize(used);
        return content;
    } catch (const std::bad_alloc&) {
        return noMemory(place);
    }
}

Result<std::string> readFile(const std::filesystem::path& path, std::size_t maxBytes) {
    const std::string place = path.string();
    if (path.empty()) {
        return Error{.message = "no file is named", .hint = {}, .place = {}};
    }
    std::error_code code;
    const std::filesystem::file_status status = std::filesystem::status(path, code);
    if (code && status.type() != std::filesystem::file_type::not_found) {
        return Error{
            .message = "the file can't be opened: " + code.message(), .hint = {}, .place = place};
    }
    if (!std::filesystem::exists(status)) {
        return Error{.message = "no such file", .hint = {}, .place = place};
    }
    if (std::filesystem::is_directory(status)) {
        return Error{.message = "this is a folder, not a file", .hint = {}, .place = place};
    }
    const FileHandle file(std::fopen(path.c_str(), "rb"));
    if (!file) {
        return Error{.message =
                         "the file can't be opened: " + std::generic_category().message(errno),
                     .hint = {},
                     .place = place};
    }
    std::size_t sizeHint = 0;
    if (const auto size = std::filesystem::file_size(path, code); !code) {
        sizeHint = static_cast<std::size_t>(size);
    }
    try {
        auto content = readAll(file.get(), place, sizeHint, maxBytes);
        if (!content) {
            return content;
        }
        if (!content->empty() && path.extension() == ".gz") {
            content = inflateGzip(*content, place, maxBytes);
        }
        if (content.ok() && content->empty()) {
            return Error{.message = "the file is empty", .hint = {}, .place = place};
        }
        return content;
    } catch (const std::bad_alloc&) {
        return noMemory(place);
    } catch (const std::length_error&) {
        return noMemory(place);
    }
}

} // namespace psephos::lab
