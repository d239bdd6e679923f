// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/adam_pass.hpp"
#include "gpu/update_pass.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using namespace psephos::gpu;

namespace {

template <typename Scalar>
std::vector<Scalar> numbers(std::size_t count, double phase) {
    std::vector<Scalar> made(count);
    for (std::size_t i = 0; i < count; ++i) {
        made[i] = static_cast<Scalar>(std::sin(1.7 * static_cast<double>(i) + phase));
    }
    return made;
}

template <typename Scalar>
void checkStepIsPassAndUpdate(std::size_t count) {
    const UpdatePass step{.scale = -0.25, .decay = 0.125};
    const AdamPass pass{.beta1 = 0.75, .beta2 = 0.5, .epsilon = 1e-3, .mScale = 2, .vScale = 3};
    const auto g = numbers<Scalar>(count, 0.1);
    auto m = numbers<Scalar>(count, 0.2);
    auto v = numbers<Scalar>(count, 0.3);
    for (Scalar& each : v) {
        each *= each;
    }
    auto weights = numbers<Scalar>(count, 0.4);
    auto fusedM = m;
    auto fusedV = v;
    auto fusedWeights = weights;
    std::vector<Scalar> direction(count), update(count);
    host::adamPass(pass, count, g.data(), m.data(), v.data(), direction.data());
    const double squares =
        host::updatePass(step, count, direction.data(), weights.data(), update.data());
    const double fused = host::adamStep(pass, step, count, g.data(), fusedM.data(), fusedV.data(),
                                        fusedWeights.data());
    CHECK(fused == doctest::Approx(squares).epsilon(1e-12));
    CHECK(fusedM == m);
    CHECK(fusedV == v);
    CHECK(fusedWeights == weights);
}

} // namespace

TEST_CASE("updatePass_isTheFormulaAndTellsItsSquares") {
    constexpr std::size_t kCount = 53; // no multiple of a vector's width
    for (const double decay : {0.0, 0.125}) {
        const auto direction = numbers<double>(kCount, 0.1);
        const auto before = numbers<double>(kCount, 0.2);
        auto weights = before;
        std::vector<double> update(kCount);
        const double squares = host::updatePass({.scale = -0.5, .decay = decay}, kCount,
                                                direction.data(), weights.data(), update.data());
        double sum = 0;
        for (std::size_t i = 0; i < kCount; ++i) {
            const double change = -0.5 * direction[i] - decay * before[i];
            CHECK(update[i] == change);
            CHECK(weights[i] == before[i] + change);
            sum += change * change;
        }
        CHECK(squares == doctest::Approx(sum).epsilon(1e-14));
    }
}

TEST_CASE("updatePass_withoutDecay_doesNotReadAnInfiniteWeight") {
    const float direction = 1;
    float weights = std::numeric_limits<float>::infinity();
    float update = 0;
    CHECK(host::updatePass({.scale = 2}, 1, &direction, &weights, &update) == 4.0);
    CHECK(update == 2.0F);
}

TEST_CASE("adamStep_isThePassAndTheUpdate") {
    for (const std::size_t count :
         {std::size_t{0}, std::size_t{5}, std::size_t{512}, std::size_t{1300}}) {
        CAPTURE(count);
        checkStepIsPassAndUpdate<float>(count);
        checkStepIsPassAndUpdate<double>(count);
    }
}

TEST_CASE("dot_ofFloats_addsInDoublePrecision") {
    // 2^24 + 1 is no float.
    std::vector<float> a(40, 0.0F), b(40, 1.0F);
    a[0] = 16777216.0F;
    a[39] = 1.0F;
    CHECK(host::dot(a.size(), a.data(), b.data()) == 16777217.0);
    CHECK(host::dot(0, a.data(), b.data()) == 0.0);
    const auto x = numbers<double>(1001, 0.5);
    const auto y = numbers<double>(1001, 0.6);
    double expected = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        expected += x[i] * y[i];
    }
    CHECK(host::dot(x.size(), x.data(), y.data()) == doctest::Approx(expected).epsilon(1e-12));
}
