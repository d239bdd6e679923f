// SPDX-License-Identifier: GPL-3.0-or-later
// A lease: the proof that the process which computes a run is alive. It is a lock that the system
// holds for the process on a file beside the store and lets go when the process ends, however.
#pragma once

#include "lab/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace psephos::lab {

/// What is written down of a lease.
struct LeaseRecord {
    std::string name; ///< of the file beside the store
    std::int64_t process = 0;
    std::string boot; ///< of the machine's start-up, so that a process number means something
};

/// A lease of this process. One object may stand for many runs.
class Lease {
  public:
    /// Makes the file beside the store and locks it.
    [[nodiscard]] static Result<Lease> take(const std::filesystem::path& store);
    ~Lease(); ///< lets go and removes the file
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&&) = delete;

    [[nodiscard]] const LeaseRecord& record() const { return record_; }

  private:
    Lease(std::filesystem::path file, int descriptor, LeaseRecord record);

    std::filesystem::path file_;
    int descriptor_; ///< -1 after a move
    LeaseRecord record_;
};

/// Whether somebody holds the lease. Changes nothing. Where the file system knows no locks, a
/// process of that number since the same boot counts as the holder.
[[nodiscard]] bool isHeld(const std::filesystem::path& store, const LeaseRecord& lease);

/// Removes the file of a lease that nobody holds.
void removeDeadLease(const std::filesystem::path& store, const LeaseRecord& lease);

} // namespace psephos::lab
