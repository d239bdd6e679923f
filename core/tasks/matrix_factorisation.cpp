// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/matrix_factorisation.hpp"

#include "numerics/random.hpp"
#include "tensor/random.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <span>

namespace psephos::tasks {

namespace {

using tensor::ParameterRole;

constexpr std::uint64_t kSeed = 0;        // the matrix's own: the same for every run
constexpr std::size_t kHeldOutShare = 10; // one in so many
constexpr std::size_t kMostEvaluationEntries = std::size_t{1} << 16;
constexpr std::int64_t kSampleEntries = 8;

/// Columns that are orthonormal and otherwise random [size, count] in float64.
at::Tensor randomBasis(const char* name, std::int64_t size, std::int64_t count) {
    const numerics::RandomStream stream(kSeed, std::string("factorisation/") + name);
    const at::Tensor normal =
        tensor::normal(std::array{size, count}, 1.0, stream, at::kDouble, c10::Device(at::kCPU));
    return std::get<0>(at::linalg_qr(normal));
}

std::string listed(const at::Tensor& numbers) {
    const at::Tensor plain = numbers.cpu().to(at::kDouble).contiguous();
    std::string text;
    for (std::int64_t i = 0; i < plain.numel(); ++i) {
        char number[32];
        const double value = plain.data_ptr<double>()[i];
        std::snprintf(number, sizeof number, "%.2f", std::abs(value));
        text += (value < 0.0 ? " −" : " ") + std::string(number);
    }
    return text;
}

class MatrixFactorisation final : public Task {
  public:
    MatrixFactorisation(const MatrixFactorisationConfig& config, const TaskOptions& options)
        : Task(options)
        , config_(config) {
        makeMatrix();
        splitEntries();
        u_ = addNormal("U", {config.rows, config.rank}, config.startDeviation,
                       ParameterRole::Hidden);
        v_ = addNormal("V", {config.columns, config.rank}, config.startDeviation,
                       ParameterRole::Hidden);
    }

    void draw(std::int64_t step) override {
        numerics::RandomStream stream(options().seed, "batch", static_cast<std::uint64_t>(step));
        std::vector<std::uint64_t> numbers;
        for (std::int64_t i = 0; i < config_.batch; ++i) {
            numbers.push_back(training_[stream.below(training_.size())]);
        }
        drawn_ = entries(numbers);
    }

    Evaluation evaluate() override {
        const at::NoGradGuard noGradient;
        return {error(evaluation_).item<double>(), std::nullopt};
    }

    /// The first held-out entries and what the product has in their place.
    std::string sample(std::int64_t) override {
        const at::NoGradGuard noGradient;
        const std::int64_t count = std::min(kSampleEntries, evaluation_.values.size(0));
        return "shown" + listed(evaluation_.values.narrow(0, 0, count)) + ", says" +
               listed(product(evaluation_).narrow(0, 0, count));
    }

    [[nodiscard]] std::optional<double> referenceLoss() const override {
        const at::Tensor left =
            left_.narrow(1, 0, config_.rank) * sigma_.narrow(0, 0, config_.rank);
        const at::Tensor best = at::matmul(left, right_.narrow(1, 0, config_.rank).t());
        const at::Tensor there = best.view({-1}).index_select(0, evaluation_.places);
        const at::Tensor truth = evaluation_.values.cpu().to(at::kDouble);
        return (there - truth).square().mean().item<double>();
    }

    /// pₖᵀ(UVᵀ)qₖ/σₖ for A = Σ σₖ pₖ qₖᵀ, of twice as many directions as the product can hold.
    [[nodiscard]] std::vector<double> learnedShares() override {
        const at::NoGradGuard noGradient;
        const std::int64_t count = std::min(2 * config_.rank, sigma_.size(0));
        const auto plain = [](const at::Tensor& weight) {
            return weight.detach().cpu().to(at::kDouble);
        };
        const at::Tensor fromLeft = at::matmul(left_.narrow(1, 0, count).t(), plain(u_));
        const at::Tensor fromRight = at::matmul(right_.narrow(1, 0, count).t(), plain(v_));
        const at::Tensor shares =
            ((fromLeft * fromRight).sum(1) / sigma_.narrow(0, 0, count)).contiguous();
        return {shares.data_ptr<double>(), shares.data_ptr<double>() + count};
    }

    [[nodiscard]] double multiplications() const override {
        return static_cast<double>(config_.batch * config_.rank);
    }

  protected:
    at::Tensor loss() override { return error(drawn_); }

  private:
    struct Entries {
        at::Tensor places; ///< [entries] of int64 on the CPU: row · columns + column
        at::Tensor rows;   ///< [entries] of int64
        at::Tensor columns;
        at::Tensor values; ///< [entries]
    };

    void makeMatrix() {
        const std::int64_t full = std::min(config_.rows, config_.columns);
        left_ = randomBasis("left", config_.rows, full);
        right_ = randomBasis("right", config_.columns, full);
        sigma_ = at::pow(at::arange(1, full + 1, at::kDouble), -config_.exponent);
        sigma_ *= std::sqrt(static_cast<double>(config_.rows * config_.columns)) /
                  at::linalg_vector_norm(sigma_).item<double>();
        matrix_ = at::matmul(left_ * sigma_, right_.t()).view({-1});
    }

    void splitEntries() {
        const auto count = static_cast<std::uint64_t>(matrix_.numel());
        numerics::RandomStream stream(kSeed, "factorisation/held-out", count);
        const std::vector<std::uint64_t> order = stream.permutation(count);
        const std::size_t held = (order.size() + kHeldOutShare - 1) / kHeldOutShare;
        training_.assign(order.begin() + static_cast<std::ptrdiff_t>(held), order.end());
        evaluation_ = entries(std::span(order).first(std::min(held, kMostEvaluationEntries)));
    }

    [[nodiscard]] Entries entries(std::span<const std::uint64_t> places) const {
        const at::Tensor made = at::empty({static_cast<std::int64_t>(places.size())}, at::kLong);
        std::copy(places.begin(), places.end(), made.data_ptr<std::int64_t>());
        const c10::Device device = options().device;
        return {made, at::floor_divide(made, config_.columns).to(device),
                at::remainder(made, config_.columns).to(device),
                matrix_.index_select(0, made).to(device, at::kFloat)};
    }

    /// The entries of UVᵀ in these places.
    [[nodiscard]] at::Tensor product(const Entries& wanted) const {
        return (u_.index_select(0, wanted.rows) * v_.index_select(0, wanted.columns)).sum(1);
    }

    [[nodiscard]] at::Tensor error(const Entries& wanted) const {
        return (product(wanted) - wanted.values).square().mean();
    }

    MatrixFactorisationConfig config_;
    at::Tensor left_;   ///< singular vectors of A [rows, full], float64 on the CPU like all of A
    at::Tensor right_;  ///< [columns, full]
    at::Tensor sigma_;  ///< singular values [full], descending
    at::Tensor matrix_; ///< A, row after row
    std::vector<std::uint64_t> training_; ///< places of the entries that are not held out
    Entries drawn_;
    Entries evaluation_;
    at::Tensor u_;
    at::Tensor v_;
};

} // namespace

lab::Result<void> validate(const MatrixFactorisationConfig& config) {
    const std::int64_t most = std::min(config.rows, config.columns);
    if (config.rank <= most) {
        return {};
    }
    return lab::Error{"knob 'matrix_factorisation.rank': " + std::to_string(config.rank) +
                          " is more than a matrix of " + std::to_string(config.rows) + " x " +
                          std::to_string(config.columns) + " can have",
                      "take at most " + std::to_string(most), ""};
}

std::unique_ptr<Task> makeMatrixFactorisation(const MatrixFactorisationConfig& config,
                                              const TaskOptions& options) {
    return std::make_unique<MatrixFactorisation>(config, options);
}

} // namespace psephos::tasks
