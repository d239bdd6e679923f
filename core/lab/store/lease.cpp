// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab/store/lease.hpp"

#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <random>
#include <signal.h>
#include <unistd.h>
#include <utility>

namespace psephos::lab {

namespace {

std::string bootId() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string boot;
    std::getline(file, boot);
    return boot;
}

std::filesystem::path fileOf(const std::filesystem::path& store, const std::string& name) {
    return store.parent_path() / name;
}

/// A name that neither this process nor an earlier one of its number has used.
std::string newName(const std::filesystem::path& store) {
    std::random_device random;
    return store.filename().string() + "-lease-" + std::to_string(::getpid()) + "-" +
           std::to_string(random());
}

bool isAliveByNumber(const LeaseRecord& lease) {
    return lease.boot == bootId() &&
           (::kill(static_cast<pid_t>(lease.process), 0) == 0 || errno == EPERM);
}

} // namespace

Lease::Lease(std::filesystem::path file, int descriptor, LeaseRecord record)
    : file_(std::move(file))
    , descriptor_(descriptor)
    , record_(std::move(record)) {}

Lease::Lease(Lease&& other) noexcept
    : file_(std::move(other.file_))
    , descriptor_(std::exchange(other.descriptor_, -1))
    , record_(std::move(other.record_)) {}

Lease::~Lease() {
    if (descriptor_ >= 0) {
        ::unlink(file_.c_str());
        ::close(descriptor_);
    }
}

Result<Lease> Lease::take(const std::filesystem::path& store) {
    LeaseRecord record{newName(store), static_cast<std::int64_t>(::getpid()), bootId()};
    const auto file = fileOf(store, record.name);
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        return Error{std::string("the store's folder can't be written: ") + std::strerror(errno),
                     "check its rights and the room on its disk", store.parent_path().string()};
    }
    // A file system without locks: isHeld() then goes by the process number.
    (void)::flock(descriptor, LOCK_EX | LOCK_NB);
    return Lease(file, descriptor, std::move(record));
}

bool isHeld(const std::filesystem::path& store, const LeaseRecord& lease) {
    if (lease.name.empty() || lease.name.find('/') != std::string::npos) {
        return false;
    }
    const int descriptor = ::open(fileOf(store, lease.name).c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return errno != ENOENT && isAliveByNumber(lease);
    }
    const int locked = ::flock(descriptor, LOCK_SH | LOCK_NB);
    const int code = errno;
    ::close(descriptor);
    if (locked == 0) {
        return false;
    }
    return code == EWOULDBLOCK || isAliveByNumber(lease);
}

void removeDeadLease(const std::filesystem::path& store, const LeaseRecord& lease) {
    if (!lease.name.empty() && lease.name.find('/') == std::string::npos && !isHeld(store, lease)) {
        ::unlink(fileOf(store, lease.name).c_str());
    }
}

} // namespace psephos::lab
