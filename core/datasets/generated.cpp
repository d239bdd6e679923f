// SPDX-License-Identifier: GPL-3.0-or-later
#include "datasets/generated.hpp"

#include "numerics/random.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <string_view>

namespace psephos::datasets {

namespace {

using numerics::RandomStream;

constexpr std::size_t kClasses = 10;
constexpr std::uint64_t kSeed = 0; // the data's own: the same for every run

// Series.

constexpr std::size_t kTemplatePoints = 12;
constexpr std::size_t kPadded = 72;
constexpr std::size_t kSeriesLength = 40;

/// The outline of each digit as a walk from its top: right is up, left is down.
constexpr std::array<std::array<double, kTemplatePoints>, kClasses> kTemplates{{
    {0, 3, 5, 6, 6, 5, -5, -6, -6, -5, -3, 0},
    {0, 1, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4},
    {1, 4, 6, 5, 3, 1, -1, -3, -4, -5, 2, 6},
    {0, 4, 6, 4, 1, 3, 6, 7, 5, 2, -2, -4},
    {-4, -4, -3, -2, -1, 6, 6, 2, 2, 2, 2, 2},
    {6, 2, -4, -4, -3, 3, 6, 6, 4, 1, -3, -5},
    {4, 0, -3, -5, -6, -6, -4, 2, 5, 3, -2, -5},
    {-5, -1, 3, 6, 5, 4, 3, 2, 1, 0, -1, -2},
    {0, 4, 4, 0, -4, -4, 0, 5, 6, 0, -6, -5},
    {1, 5, 6, 2, -3, -4, 1, 5, 5, 5, 5, 4},
}};

double lerp(double a, double b, double t) {
    return a + (b - a) * t;
}

/// The series at a fractional place; beyond its ends it repeats the end.
template <std::size_t N>
double sampleAt(const std::array<double, N>& series, double at) {
    const double clamped = std::clamp(at, 0.0, static_cast<double>(N - 1));
    const auto left = static_cast<std::size_t>(clamped);
    const std::size_t right = std::min(left + 1, N - 1);
    return lerp(series[left], series[right], clamped - static_cast<double>(left));
}

/// White noise, smoothed by a moving average and brought to deviation 1.
std::array<double, kPadded> smoothNoise(RandomStream& stream) {
    constexpr int kReach = 4;
    std::array<double, kPadded> white{};
    stream.fillNormal(white);
    std::array<double, kPadded> smooth{};
    for (std::size_t i = 0; i < kPadded; ++i) {
        for (int d = -kReach; d <= kReach; ++d) { // around the end: every place has all neighbours
            const auto from = static_cast<std::size_t>(
                (static_cast<int>(i) + d + static_cast<int>(kPadded)) % static_cast<int>(kPadded));
            smooth[i] += white[from];
        }
        smooth[i] /= std::sqrt(2.0 * kReach + 1.0);
    }
    return smooth;
}

void paintSeries(std::size_t digit, RandomStream stream, std::span<float> out) {
    constexpr double kHeight = 1.0 / 6.0;
    const double height = kHeight * (1.0 + 0.4 * stream.normal());
    const auto length = static_cast<double>(20 + stream.below(13)); // of 72 places
    const auto start = static_cast<double>(stream.below(kPadded));
    const double shear = 0.75 * stream.normal() / static_cast<double>(kPadded);
    const auto noise = smoothNoise(stream);
    std::array<double, kPadded> series{};
    for (std::size_t i = 0; i < kPadded; ++i) {
        const double place =
            std::fmod(static_cast<double>(i) - start + static_cast<double>(kPadded),
                      static_cast<double>(kPadded));
        if (place < length) { // else padding
            series[i] = height * sampleAt(kTemplates[digit],
                                          place / (length - 1.0) * (kTemplatePoints - 1.0));
        }
        series[i] += 0.25 * noise[i] + 0.02 * stream.normal() +
                     shear * (static_cast<double>(i) - 0.5 * static_cast<double>(kPadded));
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        const double at = static_cast<double>(i) * static_cast<double>(kPadded - 1) /
                          static_cast<double>(out.size() - 1);
        out[i] = static_cast<float>(sampleAt(series, at));
    }
}

// Images.

constexpr std::size_t kSide = 12;
constexpr std::size_t kColourSide = 16;
constexpr std::size_t kColourPlanes = 3;
constexpr std::size_t kGlyphRows = 7;
constexpr std::size_t kGlyphColumns = 5;

using Glyph = std::array<std::string_view, kGlyphRows>;

constexpr std::array<Glyph, kClasses> kGlyphs{{
    {".###.", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."},
    {"..#..", ".##..", "#.#..", "..#..", "..#..", "..#..", "#####"},
    {".###.", "#...#", "....#", "...#.", "..#..", ".#...", "#####"},
    {".###.", "#...#", "....#", "..##.", "....#", "#...#", ".###."},
    {"...#.", "..##.", ".#.#.", "#..#.", "#####", "...#.", "...#."},
    {"#####", "#....", "####.", "....#", "....#", "#...#", ".###."},
    {"..##.", ".#...", "#....", "####.", "#...#", "#...#", ".###."},
    {"#####", "....#", "...#.", "...#.", "..#..", "..#..", "..#.."},
    {".###.", "#...#", "#...#", ".###.", "#...#", "#...#", ".###."},
    {".###.", "#...#", "#...#", ".####", "....#", "...#.", ".##.."},
}};

double inkAt(const Glyph& glyph, int row, int column) {
    if (row < 0 || column < 0 || row >= static_cast<int>(kGlyphRows) ||
        column >= static_cast<int>(kGlyphColumns)) {
        return 0.0;
    }
    return glyph[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)] == '#' ? 1.0
                                                                                         : 0.0;
}

/// Ink between the glyph's pixels, bilinear.
double inkAt(const Glyph& glyph, double row, double column) {
    const double top = std::floor(row);
    const double left = std::floor(column);
    const int r = static_cast<int>(top);
    const int c = static_cast<int>(left);
    const double above = lerp(inkAt(glyph, r, c), inkAt(glyph, r, c + 1), column - left);
    const double below = lerp(inkAt(glyph, r + 1, c), inkAt(glyph, r + 1, c + 1), column - left);
    return lerp(above, below, row - top);
}

/// Where a glyph stands in an image.
struct Pose {
    double angleRad = 0.0;
    double shear = 0.0;
    double scaleDown = 1.0; ///< glyph pixels an image pixel
    double scaleAcross = 1.0;
    double moveDown = 0.0; ///< from the middle, in pixels
    double moveAcross = 0.0;

    /// A random one for images of kSide x kSide pixels.
    static Pose drawn(RandomStream& stream) {
        Pose pose;
        pose.angleRad = 0.15 * stream.normal();
        pose.shear = 0.15 * stream.normal();
        pose.scaleDown = 0.68 * std::exp(0.1 * stream.normal());
        pose.scaleAcross = 0.62 * std::exp(0.1 * stream.normal());
        pose.moveDown = stream.normal();
        pose.moveAcross = stream.normal();
        return pose;
    }

    /// The glyph's ink in a pixel of an image of `side` x `side`.
    [[nodiscard]] double ink(const Glyph& glyph, std::size_t side, std::size_t row,
                             std::size_t column) const {
        const double centre = 0.5 * (static_cast<double>(side) - 1.0);
        const double down = static_cast<double>(row) - centre - moveDown;
        const double across = static_cast<double>(column) - centre - moveAcross;
        const double turnedDown = std::cos(angleRad) * down - std::sin(angleRad) * across;
        const double turnedAcross = std::sin(angleRad) * down + std::cos(angleRad) * across;
        return inkAt(glyph, 3.0 + scaleDown * turnedDown,
                     2.0 + scaleAcross * (turnedAcross + shear * turnedDown));
    }
};

void paintImage(std::size_t digit, RandomStream stream, std::span<float> out) {
    const Pose pose = Pose::drawn(stream);
    const double ink = 0.7 + 0.3 * stream.uniform();
    for (std::size_t row = 0; row < kSide; ++row) {
        for (std::size_t column = 0; column < kSide; ++column) {
            const double value =
                ink * pose.ink(kGlyphs[digit], kSide, row, column) + 0.12 * stream.normal();
            out[row * kSide + column] = static_cast<float>(std::clamp(value, 0.0, 1.0));
        }
    }
}

// Coloured images.

using Colour = std::array<double, kColourPlanes>;

/// How bright a colour is, by the weights of ITU-R BT.601.
double brightness(const Colour& colour) {
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
}

Colour anyColour(RandomStream& stream) {
    Colour colour{};
    for (double& part : colour) {
        part = stream.uniform();
    }
    return colour;
}

/// A number on a wall: neither its colour nor the wall's says which one it is, and it may be the
/// lighter or the darker of the two. The wall fades from one corner to the other.
void paintHouseNumber(std::size_t digit, RandomStream stream, std::span<float> out) {
    constexpr double kLeastContrast = 0.3;
    constexpr double kNoise = 0.06;
    Pose pose = Pose::drawn(stream);
    const double larger = static_cast<double>(kSide) / static_cast<double>(kColourSide);
    pose.scaleDown *= larger;
    pose.scaleAcross *= larger;
    const Colour wall = anyColour(stream);
    const double fade = 0.2 * stream.normal();
    Colour paint = anyColour(stream);
    while (std::abs(brightness(paint) - brightness(wall)) < kLeastContrast) {
        paint = anyColour(stream);
    }
    constexpr std::size_t kPixels = kColourSide * kColourSide;
    for (std::size_t row = 0; row < kColourSide; ++row) {
        for (std::size_t column = 0; column < kColourSide; ++column) {
            const double share = pose.ink(kGlyphs[digit], kColourSide, row, column);
            const double light =
                fade * (static_cast<double>(row + column) / static_cast<double>(kColourSide) - 1.0);
            for (std::size_t plane = 0; plane < kColourPlanes; ++plane) {
                const double value =
                    lerp(wall[plane] + light, paint[plane], share) + kNoise * stream.normal();
                out[plane * kPixels + row * kColourSide + column] =
                    static_cast<float>(std::clamp(value, 0.0, 1.0));
            }
        }
    }
}

using Paint = void (*)(std::size_t, RandomStream, std::span<float>);

Labelled paint(std::string name, std::string_view streamName, std::size_t rows,
               std::size_t features, Paint paintRow, std::optional<ImageShape> image) {
    assert(rows >= kClasses);
    Labelled set;
    set.name = std::move(name);
    set.features = features;
    set.image = image;
    set.values.resize(rows * features);
    for (std::size_t i = 0; i < rows; ++i) {
        const std::size_t digit = i % kClasses;
        set.labels.push_back(static_cast<std::uint16_t>(digit));
        paintRow(digit, RandomStream(kSeed, streamName, i),
                 std::span(set.values).subspan(i * features, features));
    }
    return prepared(std::move(set)).value();
}

} // namespace

Labelled seriesDigits(std::size_t rows) {
    return paint("generated series (MNIST-1D-like)", "datasets/series", rows, kSeriesLength,
                 paintSeries, std::nullopt);
}

Labelled paintedDigits(std::size_t rows) {
    return paint("painted digits (12 x 12)", "datasets/painted", rows, kSide * kSide, paintImage,
                 ImageShape{1, kSide, kSide});
}

Labelled houseNumbers(std::size_t rows) {
    return paint("house numbers (16 x 16, in colour)", "datasets/house-numbers", rows,
                 kColourPlanes * kColourSide * kColourSide, paintHouseNumber,
                 ImageShape{kColourPlanes, kColourSide, kColourSide});
}

} // namespace psephos::datasets
