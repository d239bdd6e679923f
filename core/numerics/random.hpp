// SPDX-License-Identifier: GPL-3.0-or-later
// Random streams keyed by (seed, stream, step): any step of any stream can be replayed alone, and
// no draw of one stream moves another. Plain C++: everybody may include this.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace psephos::numerics {

/// The Philox4x32-10 block function: 128 random bits for a counter and a key.
/// Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
[[nodiscard]] std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                                      std::array<std::uint32_t, 2> key);

/// The number that stands for a stream's name ("batch", "init/weights"): 64-bit FNV-1a.
[[nodiscard]] constexpr std::uint64_t streamId(std::string_view name) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : name) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
    return hash;
}

/// An endless sequence of random numbers, fixed by (seed, stream, step) alone. Values, not a
/// shared generator: copy it to draw the same numbers twice. Not thread-safe.
class RandomStream {
  public:
    RandomStream(std::uint64_t seed, std::string_view stream, std::uint64_t step = 0)
        : RandomStream(seed, streamId(stream), step) {}

    RandomStream(std::uint64_t seed, std::uint64_t stream, std::uint64_t step);

    /// 32 or 64 uniform random bits.
    [[nodiscard]] std::uint32_t bits32();
    [[nodiscard]] std::uint64_t bits64();

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    [[nodiscard]] double uniform();

    /// Uniform in [low, high).
    [[nodiscard]] double uniform(double low, double high);

    /// Standard normal, by Box–Muller; |value| < 8.6.
    [[nodiscard]] double normal();

    /// Uniform in {0, …, n−1} without bias (Lemire's rejection); n ≥ 1 (asserted).
    [[nodiscard]] std::uint64_t below(std::uint64_t n);

    /// Fills with standard normals.
    void fillNormal(std::span<double> values);
    void fillNormal(std::span<float> values);

    /// A uniformly random permutation of {0, …, n−1} (Fisher–Yates).
    [[nodiscard]] std::vector<std::uint64_t> permutation(std::uint64_t n);

  private:
    std::array<std::uint32_t, 2> key_{};
    std::uint64_t step_;
    std::uint64_t block_ = 0;               ///< number of the next block of this step
    std::array<std::uint32_t, 4> buffer_{}; ///< the last block
    unsigned used_ = 4;                     ///< words of it handed out
    double spareNormal_ = 0.0;              ///< Box–Muller's second value
    bool hasSpareNormal_ = false;
};

} // namespace psephos::numerics
