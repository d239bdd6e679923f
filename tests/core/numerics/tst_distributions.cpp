// SPDX-License-Identifier: GPL-3.0-or-later
#include "numerics/distributions.hpp"
#include "numerics/multinomial.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace psephos::numerics;

namespace {

double logChoose(double n, double k) {
    return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

/// Pearson's statistic of `draws` draws against the exact distribution, over its degrees of
/// freedom; outcomes expected less than 5 times are pooled.
double misfit(std::uint64_t n, double p, int draws) {
    RandomStream random(11, "binomial", n);
    std::vector<double> seen(n + 1, 0.0);
    for (int i = 0; i < draws; ++i) {
        const std::uint64_t k = binomial(random, n, p);
        REQUIRE(k <= n);
        seen[k] += 1.0;
    }
    double statistic = 0.0;
    double expected = 0.0;
    double observed = 0.0;
    int cells = -1;
    for (std::uint64_t k = 0; k <= n; ++k) {
        const auto at = static_cast<double>(k);
        const auto of = static_cast<double>(n);
        expected +=
            draws * std::exp(logChoose(of, at) + at * std::log(p) + (of - at) * std::log1p(-p));
        observed += seen[k];
        if (expected >= 5.0) {
            statistic += (observed - expected) * (observed - expected) / expected;
            expected = observed = 0.0;
            ++cells;
        }
    }
    return statistic / cells;
}

} // namespace

TEST_CASE("binomial_everyRegime_fitsTheExactDistribution") {
    constexpr int kDraws = 200000;
    for (const auto& [n, p] :
         {std::pair{7ULL, 0.3}, std::pair{40ULL, 0.2}, std::pair{40ULL, 0.4}, std::pair{40ULL, 0.6},
          std::pair{25ULL, 0.4}, std::pair{300ULL, 0.05}, std::pair{5000ULL, 0.01},
          std::pair{20000ULL, 0.5}}) {
        CAPTURE(n);
        CAPTURE(p);
        // Over d degrees of freedom the ratio is 1 ± √(2/d); d ≥ 6 here.
        const double ratio = misfit(n, p, kDraws);
        CHECK(ratio > 0.1);
        CHECK(ratio < 2.6);
    }
}

TEST_CASE("binomial_edges_areCertain") {
    RandomStream random(1, "edge");
    CHECK(binomial(random, 0, 0.5) == 0);
    CHECK(binomial(random, 9, 0.0) == 0);
    CHECK(binomial(random, 9, 1.0) == 9);
    for (int i = 0; i < 1000; ++i) {
        CHECK(binomial(random, 1ULL << 40, 1e-300) == 0);
    }
}

TEST_CASE("multinomial_draws_allFallAndFollowTheWeights") {
    const std::vector<double> weights{3, 0, 1, 6, 0};
    std::vector<double> counts(5);
    std::vector<double> sums(5, 0.0);
    for (std::uint64_t step = 0; step < 2000; ++step) {
        RandomStream random(3, "cells", step);
        multinomial(random, 50, weights, counts);
        double total = 0.0;
        for (std::size_t c = 0; c < 5; ++c) {
            total += counts[c];
            sums[c] += counts[c] / 2000.0;
        }
        REQUIRE(total == 50.0);
    }
    CHECK(sums[1] == 0.0);
    CHECK(sums[4] == 0.0);
    CHECK(sums[0] == doctest::Approx(15).epsilon(0.02));
    CHECK(sums[2] == doctest::Approx(5).epsilon(0.04));
    CHECK(sums[3] == doctest::Approx(30).epsilon(0.02));
}

TEST_CASE("multinomial_fractionalWeights_loseNoDraw") {
    const std::vector<double> weights{0.1, 0.2, 0.3, 0.1 + 0.2, 1e-17};
    std::vector<double> counts(5);
    for (std::uint64_t step = 0; step < 500; ++step) {
        RandomStream random(4, "cells", step);
        multinomial(random, 7, weights, counts);
        CHECK(counts[0] + counts[1] + counts[2] + counts[3] + counts[4] == 7.0);
    }
}

TEST_CASE("aliasTable_draws_followTheWeights") {
    const std::vector<double> weights{0, 5, 1, 0.5, 0, 3.5};
    const AliasTable table(weights);
    RandomStream random(5, "alias");
    std::vector<double> seen(6, 0.0);
    constexpr int kDraws = 400000;
    for (int i = 0; i < kDraws; ++i) {
        seen[table.draw(random)] += 1.0;
    }
    CHECK(seen[0] == 0.0);
    CHECK(seen[4] == 0.0);
    for (std::size_t c = 0; c < 6; ++c) {
        const double expected = kDraws * weights[c] / 10.0;
        CHECK(std::abs(seen[c] - expected) <= 4.5 * std::sqrt(expected));
    }
}

TEST_CASE("multinomialSampler_everyRegime_hasTheMomentsOfTheMultinomial") {
    // Mean n p, variance n p (1 − p), covariance −n p q: the last tells a multinomial from
    // independent numbers.
    std::vector<double> manyKinds;
    for (int c = 0; c < 6; ++c) {
        manyKinds.push_back(1.0 + 0.001 * c);
    }
    for (const auto& [n, weights] :
         {std::pair{std::uint64_t{12}, std::vector<double>{3, 1, 0, 2, 3, 1}},
          std::pair{std::uint64_t{400}, std::vector<double>{3, 1, 0, 2, 3, 1}},
          std::pair{std::uint64_t{100000}, std::vector<double>{3, 1, 0, 2, 3, 1}},
          std::pair{std::uint64_t{900}, manyKinds}}) {
        CAPTURE(n);
        const MultinomialSampler sampler(n, weights);
        double sum = 0.0;
        for (const double weight : weights) {
            sum += weight;
        }
        constexpr int kReplicates = 20000;
        std::vector<double> counts(6);
        std::vector<double> means(6, 0.0);
        double variance = 0.0;
        double covariance = 0.0;
        const auto of = static_cast<double>(n);
        const double p = weights[0] / sum;
        const double q = weights[4] / sum;
        for (std::uint64_t r = 0; r < kReplicates; ++r) {
            RandomStream random(8, "sampler", r);
            sampler.draw(random, counts);
            double total = 0.0;
            for (std::size_t c = 0; c < 6; ++c) {
                total += counts[c];
                means[c] += counts[c] / kReplicates;
            }
            REQUIRE(total == of);
            variance += (counts[0] - of * p) * (counts[0] - of * p) / kReplicates;
            covariance += (counts[0] - of * p) * (counts[4] - of * q) / kReplicates;
        }
        for (std::size_t c = 0; c < 6; ++c) {
            const double share = weights[c] / sum;
            CHECK(std::abs(means[c] - of * share) <=
                  4.5 * std::sqrt(of * share * (1 - share) / kReplicates));
        }
        CHECK(variance == doctest::Approx(of * p * (1 - p)).epsilon(0.05));
        CHECK(covariance == doctest::Approx(-of * p * q).epsilon(0.12));
    }
}

TEST_CASE("multinomialSampler_fractionalWeightsOfManyKinds_areDrawnToo") {
    std::vector<double> weights;
    for (int c = 0; c < 20000; ++c) {
        weights.push_back(1000.0 + 0.37 * c);
    }
    const MultinomialSampler sampler(3'000'000, weights);
    std::vector<double> counts(weights.size());
    RandomStream random(2, "kinds");
    sampler.draw(random, counts);
    double total = 0.0;
    for (const double count : counts) {
        total += count;
    }
    CHECK(total == 3e6);
}

TEST_CASE("normalQuantile_tails_invertTheDistribution") {
    CHECK(normalQuantile(0.5) == doctest::Approx(0.0).epsilon(1e-15));
    CHECK(std::abs(normalQuantile(0.975) - 1.959963984540054) < 1e-14);
    CHECK(std::abs(normalQuantile(0.025) + 1.959963984540054) < 1e-14);
    for (const double chance : {1e-100, 1e-12, 0.01, 0.2, 0.4999, 0.7, 0.999}) {
        const double back = 0.5 * std::erfc(-normalQuantile(chance) / std::sqrt(2.0));
        CHECK(back == doctest::Approx(chance).epsilon(1e-12));
    }
}

TEST_CASE("sortedQuantile_betweenValues_interpolates") {
    const std::vector<double> values{1, 2, 4, 8};
    CHECK(sortedQuantile(values, 0.0) == 1.0);
    CHECK(sortedQuantile(values, 1.0) == 8.0);
    CHECK(sortedQuantile(values, 0.5) == 3.0);
    CHECK(sortedQuantile(std::vector<double>{7}, 0.3) == 7.0);
}
