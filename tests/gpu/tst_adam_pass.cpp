// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/adam_pass.hpp"
#include "gpu/cuda_kernels.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

using namespace psephos::gpu;

namespace {

// Adam as printed (1412.6980, Algorithm 1), one number at a time.
struct PrintedAdam {
    double m = 0;
    double v = 0;
    int t = 0;

    double direction(double g, double beta1, double beta2, double epsilon) {
        ++t;
        m = beta1 * m + (1 - beta1) * g;
        v = beta2 * v + (1 - beta2) * g * g;
        return m / (1 - std::pow(beta1, t)) / (std::sqrt(v / (1 - std::pow(beta2, t))) + epsilon);
    }
};

} // namespace

TEST_CASE("adamPass_seriesOfGradients_equalsAdamAsPrinted") {
    constexpr std::size_t kCount = 37; // no multiple of a vector's width
    std::vector<PrintedAdam> printed(kCount);
    std::vector<double> m(kCount), v(kCount), g(kCount), direction(kCount);
    std::vector<float> mf(kCount), vf(kCount), gf(kCount), directionf(kCount);
    for (int t = 1; t <= 20; ++t) {
        for (std::size_t i = 0; i < kCount; ++i) {
            g[i] = std::sin(0.3 * static_cast<double>(i) + t) * std::pow(10.0, double(i % 5) - 2);
            gf[i] = static_cast<float>(g[i]);
        }
        AdamPass pass{.beta1 = 0.9, .beta2 = 0.99, .epsilon = 1e-8};
        pass.mScale = 1 / (1 - std::pow(pass.beta1, t));
        pass.vScale = 1 / (1 - std::pow(pass.beta2, t));
        host::adamPass(pass, kCount, g.data(), m.data(), v.data(), direction.data());
        host::adamPass(pass, kCount, gf.data(), mf.data(), vf.data(), directionf.data());
        for (std::size_t i = 0; i < kCount; ++i) {
            const double expected = printed[i].direction(g[i], 0.9, 0.99, 1e-8);
            CHECK(direction[i] == doctest::Approx(expected).epsilon(1e-13));
            CHECK(static_cast<double>(directionf[i]) == doctest::Approx(expected).epsilon(2e-5));
        }
    }
}

TEST_CASE("adamPass_zeroGradientAndZeroEpsilon_givesZeroNotNan") {
    double g = 0, m = 0, v = 0, direction = 1;
    host::adamPass({.epsilon = 0}, 1, &g, &m, &v, &direction);
    CHECK(direction == 0);
}

TEST_CASE("adamPass_clampedEpsilon_boundsTheDenominatorFromBelow") {
    double g = 1e-6, m = 0, v = 0, direction = 0;
    host::adamPass({.beta1 = 0, .beta2 = 0, .epsilon = 1e-3, .mode = AdamEpsilon::Clamped}, 1, &g,
                   &m, &v, &direction);
    CHECK(direction == doctest::Approx(1e-3));
    g = 2;
    host::adamPass({.beta1 = 0, .beta2 = 0, .epsilon = 1e-3, .mode = AdamEpsilon::Clamped}, 1, &g,
                   &m, &v, &direction);
    CHECK(direction == doctest::Approx(1));
}

TEST_CASE("adamPass_directionInPlaceOfGradient_isTheSame") {
    std::vector<float> g{1, -2, 3}, m(3), v(3), m2(3), v2(3), direction(3);
    std::vector<float> inPlace = g;
    host::adamPass({}, 3, g.data(), m.data(), v.data(), direction.data());
    host::adamPass({}, 3, inPlace.data(), m2.data(), v2.data(), inPlace.data());
    CHECK(inPlace == direction);
}

TEST_CASE("cudaKernels_onAnyMachine_areThereOrSayWhyNot") {
    const auto kernels = cuda::kernels();
    if (kernels) {
        CHECK(((*kernels)->adamPassFloat != nullptr && (*kernels)->adamPassDouble != nullptr));
    } else {
        CHECK(!kernels.error().message.empty());
    }
}
