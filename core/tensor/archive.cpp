// SPDX-License-Identifier: GPL-3.0-or-later
#include "tensor/archive.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <limits>

namespace psephos::tensor {

namespace {

constexpr std::string_view kMagic = "PSARCH01";
constexpr std::size_t kChecksumBytes = 8;
constexpr std::size_t kMaxDimensions = 8;

/// Number types by their place in this list: the code in the file.
constexpr std::array<at::ScalarType, 6> kTypes{at::kFloat, at::kDouble, at::kLong,
                                               at::kInt,   at::kByte,   at::kBool};

/// Mixes 8 bytes at a time (the constants are FNV-1a's); finds damage, resists no attacker.
std::uint64_t checksum(std::string_view bytes) {
    std::uint64_t hash = 0xcbf29ce484222325ULL ^ bytes.size();
    std::size_t at = 0;
    while (at < bytes.size()) {
        std::uint64_t word = 0;
        const std::size_t count = std::min<std::size_t>(8, bytes.size() - at);
        std::memcpy(&word, bytes.data() + at, count);
        hash = (hash ^ word) * 0x100000001b3ULL;
        hash ^= hash >> 29;
        at += count;
    }
    return hash;
}

template <typename T>
void put(std::string& out, T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void putText(std::string& out, std::string_view text) {
    put(out, static_cast<std::uint64_t>(text.size()));
    out.append(text);
}

void putTensor(std::string& out, const at::Tensor& tensor) {
    const at::Tensor plain = tensor.detach().cpu().contiguous();
    const auto* code = std::find(kTypes.begin(), kTypes.end(), plain.scalar_type());
    assert(code != kTypes.end());
    put(out, static_cast<std::uint8_t>(code - kTypes.begin()));
    put(out, static_cast<std::uint8_t>(plain.dim()));
    for (const std::int64_t size : plain.sizes()) {
        put(out, size);
    }
    out.append(static_cast<const char*>(plain.data_ptr()), plain.nbytes());
}

lab::Error damaged(std::string why) {
    return {"the checkpoint is " + std::move(why), "go on from an earlier one", ""};
}

/// Takes values off the front of the bytes; once something is missing, everything is.
class Cursor {
  public:
    explicit Cursor(std::string_view bytes)
        : rest_(bytes) {}

    [[nodiscard]] bool ok() const { return ok_; }

    [[nodiscard]] bool atEnd() const { return rest_.empty(); }

    void fail() { ok_ = false; }

    template <typename T>
    T take() {
        T value{};
        const std::string_view bytes = takeBytes(sizeof value);
        if (bytes.size() == sizeof value) {
            std::memcpy(&value, bytes.data(), sizeof value);
        }
        return value;
    }

    std::string_view takeBytes(std::uint64_t count) {
        if (!ok_ || count > rest_.size()) {
            ok_ = false;
            return {};
        }
        const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(count));
        rest_.remove_prefix(static_cast<std::size_t>(count));
        return taken;
    }

    std::string takeText() { return std::string(takeBytes(take<std::uint64_t>())); }

    at::Tensor takeTensor() {
        const auto code = take<std::uint8_t>();
        const auto dimensions = take<std::uint8_t>();
        if (!ok_ || code >= kTypes.size() || dimensions > kMaxDimensions) {
            ok_ = false;
            return {};
        }
        std::vector<std::int64_t> sizes;
        std::uint64_t count = 1;
        for (std::uint8_t i = 0; i < dimensions; ++i) {
            const auto size = take<std::int64_t>();
            // The product can't overflow: it never passes the number of bytes that are left.
            if (size < 0 || (size > 0 && count > rest_.size() / static_cast<std::uint64_t>(size))) {
                ok_ = false;
                return {};
            }
            count *= static_cast<std::uint64_t>(size);
            sizes.push_back(size);
        }
        const std::string_view bytes = takeBytes(count * at::elementSize(kTypes[code]));
        if (!ok_) {
            return {};
        }
        at::Tensor tensor = at::empty(sizes, at::TensorOptions(kTypes[code]));
        if (!bytes.empty()) {
            std::memcpy(tensor.data_ptr(), bytes.data(), bytes.size());
        }
        return tensor;
    }

  private:
    std::string_view rest_;
    bool ok_ = true;
};

} // namespace

void Archive::set(std::string name, Entry entry) {
    for (auto& [known, value] : entries_) {
        if (known == name) {
            value = std::move(entry);
            return;
        }
    }
    entries_.emplace_back(std::move(name), std::move(entry));
}

const Archive::Entry* Archive::find(std::string_view name) const {
    for (const auto& [known, value] : entries_) {
        if (known == name) {
            return &value;
        }
    }
    return nullptr;
}

bool Archive::contains(std::string_view name) const {
    return find(name) != nullptr;
}

template <typename T>
lab::Result<T> Archive::typed(std::string_view name, std::string_view kind) const {
    const Entry* entry = find(name);
    if (entry == nullptr) {
        return damaged("without '" + std::string(name) + "'");
    }
    if (const T* value = std::get_if<T>(entry)) {
        return *value;
    }
    return damaged("odd: '" + std::string(name) + "' is not " + std::string(kind));
}

lab::Result<at::Tensor> Archive::tensor(std::string_view name) const {
    return typed<at::Tensor>(name, "a tensor");
}

lab::Result<std::int64_t> Archive::integer(std::string_view name) const {
    return typed<std::int64_t>(name, "an integer");
}

lab::Result<double> Archive::real(std::string_view name) const {
    return typed<double>(name, "a number");
}

lab::Result<std::string> Archive::text(std::string_view name) const {
    return typed<std::string>(name, "a text");
}

lab::Result<void> Archive::copyInto(std::string_view name, at::Tensor& target) const {
    const auto source = tensor(name);
    if (!source) {
        return source.error();
    }
    if (source->sizes() != target.sizes() || source->scalar_type() != target.scalar_type()) {
        return damaged("of another shape at '" + std::string(name) + "'");
    }
    const at::NoGradGuard noGradient;
    target.copy_(*source);
    return {};
}

std::string Archive::bytes() const {
    std::string out(kMagic);
    put(out, static_cast<std::uint32_t>(entries_.size()));
    for (const auto& [name, entry] : entries_) {
        putText(out, name);
        put(out, static_cast<std::uint8_t>(entry.index()));
        if (const auto* tensor = std::get_if<at::Tensor>(&entry)) {
            putTensor(out, *tensor);
        } else if (const auto* integer = std::get_if<std::int64_t>(&entry)) {
            put(out, *integer);
        } else if (const auto* real = std::get_if<double>(&entry)) {
            put(out, *real);
        } else {
            putText(out, std::get<std::string>(entry));
        }
    }
    put(out, checksum(out));
    return out;
}

lab::Result<Archive> Archive::read(std::string_view bytes) {
    if (bytes.size() < kMagic.size() + sizeof(std::uint32_t) + kChecksumBytes) {
        return damaged("truncated");
    }
    if (bytes.substr(0, kMagic.size()) != kMagic) {
        return damaged("of another version of Psephos, or none at all");
    }
    std::uint64_t expected = 0;
    std::memcpy(&expected, bytes.data() + bytes.size() - kChecksumBytes, kChecksumBytes);
    bytes.remove_suffix(kChecksumBytes);
    if (checksum(bytes) != expected) {
        return damaged("damaged or truncated");
    }
    Cursor cursor(bytes.substr(kMagic.size()));
    Archive archive;
    const auto count = cursor.take<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && cursor.ok(); ++i) {
        std::string name = cursor.takeText();
        const auto kind = cursor.take<std::uint8_t>();
        switch (kind) {
        case 0:
            archive.set(std::move(name), cursor.takeTensor());
            break;
        case 1:
            archive.set(std::move(name), cursor.take<std::int64_t>());
            break;
        case 2:
            archive.set(std::move(name), cursor.take<double>());
            break;
        case 3:
            archive.set(std::move(name), cursor.takeText());
            break;
        default:
            cursor.fail();
        }
    }
    if (!cursor.ok() || !cursor.atEnd()) {
        return damaged("damaged");
    }
    return archive;
}

} // namespace psephos::tensor
