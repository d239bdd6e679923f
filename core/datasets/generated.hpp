// SPDX-License-Identifier: GPL-3.0-or-later
// Labelled sets that the program makes itself. The same numbers always: they depend on no seed of a
// run.
#pragma once

#include "datasets/labelled.hpp"

namespace psephos::datasets {

/// How many rows the program makes unless told otherwise.
inline constexpr std::size_t kSeriesRows = 20000;
inline constexpr std::size_t kPaintedRows = 10000;
inline constexpr std::size_t kHouseNumberRows = 5000;

/// Series of 40 numbers in 10 classes, in the manner of MNIST-1D: a template of a few points is
/// padded, scaled, shifted, sheared and made noisy, smoothed noise included, then resampled. The
/// templates are our own.
/// \param rows at least 10
/// Source: Greydanus & Kobak 2020 (2011.14439) for the recipe.
[[nodiscard]] Labelled seriesDigits(std::size_t rows = kSeriesRows);

/// Grey images of 12 x 12 pixels in 10 classes: the digits of a small font, moved, turned, sheared
/// and scaled at random, with noise.
/// \param rows at least 10
[[nodiscard]] Labelled paintedDigits(std::size_t rows = kPaintedRows);

/// Colour images of 16 x 16 pixels in 10 classes: the painted digits in a random colour on a wall
/// of another. Colour and which of the two is the lighter say nothing of the class: only shape
/// does. \param rows at least 10
[[nodiscard]] Labelled houseNumbers(std::size_t rows = kHouseNumberRows);

} // namespace psephos::datasets
