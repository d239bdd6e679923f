// SPDX-License-Identifier: GPL-3.0-or-later
#include "datasets/generated.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

using namespace psephos;
using datasets::Labelled;

namespace {

/// Share of held-out rows whose nearest training row (Euclidean) is of the same class.
double nearestNeighbourAccuracy(const Labelled& set) {
    std::size_t right = 0;
    for (const auto held : set.heldOut) {
        double best = std::numeric_limits<double>::infinity();
        std::size_t label = 0;
        for (const auto known : set.training) {
            double distance = 0;
            for (std::size_t i = 0; i < set.features; ++i) {
                const double d = set.row(held)[i] - set.row(known)[i];
                distance += d * d;
            }
            if (distance < best) {
                best = distance;
                label = set.labels[known];
            }
        }
        right += label == set.labels[held] ? 1 : 0;
    }
    return static_cast<double>(right) / static_cast<double>(set.heldOut.size());
}

} // namespace

TEST_CASE("generated_sets_areBalancedAndFinite") {
    for (const Labelled& set :
         {datasets::seriesDigits(500), datasets::paintedDigits(500), datasets::houseNumbers(500)}) {
        CHECK(set.rows() == 500);
        CHECK(set.classes == 10);
        for (const float value : set.values) {
            REQUIRE(std::isfinite(value));
        }
    }
    CHECK(datasets::seriesDigits(500).features == 40);
    CHECK(datasets::paintedDigits(500).features == 144);
    CHECK(datasets::houseNumbers(500).features == 3 * 256);
    CHECK(*datasets::houseNumbers(500).image == datasets::ImageShape{3, 16, 16});
    CHECK_FALSE(datasets::seriesDigits(500).image.has_value());
}

TEST_CASE("generated_sets_areTheSameEveryTimeAndGrowByAppending") {
    const Labelled once = datasets::seriesDigits(100);
    const Labelled again = datasets::seriesDigits(100);
    CHECK(once.values == again.values);
    CHECK(once.heldOut == again.heldOut);
    CHECK(once.row(0)[3] != once.row(10)[3]);
}

TEST_CASE("generatedHouseNumbers_colour_saysNothingOfTheClass") {
    // The mean colour of a picture tells no class from another: a nearest neighbour by it guesses.
    Labelled set = datasets::houseNumbers(1000);
    const std::size_t plane = set.features / 3;
    std::vector<float> means;
    for (std::size_t i = 0; i < set.rows(); ++i) {
        for (std::size_t c = 0; c < 3; ++c) {
            const auto part = set.row(i).subspan(c * plane, plane);
            means.push_back(std::accumulate(part.begin(), part.end(), 0.0F));
        }
    }
    const double whole = nearestNeighbourAccuracy(set);
    set.values = means;
    set.features = 3;
    CHECK(nearestNeighbourAccuracy(set) < 0.25);
    CHECK(whole > 0.1);
    MESSAGE("1-nearest-neighbour accuracy of whole pictures: ", whole);
}

TEST_CASE("generated_sets_canBeLearnedButNotByHeart") {
    const double painted = nearestNeighbourAccuracy(datasets::paintedDigits(1000));
    CHECK(painted > 0.5);
    CHECK(painted < 0.99);
    const double series = nearestNeighbourAccuracy(datasets::seriesDigits(1000));
    CHECK(series > 0.15);
    CHECK(series < 0.9);
    MESSAGE("1-nearest-neighbour accuracy: painted ", painted, ", series ", series);
}
