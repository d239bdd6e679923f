// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/bradley_terry_batch.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace psephos::gpu::host {

namespace {

constexpr double kLongestStep = 2.0;
constexpr double kEnoughResidual = 1e-9; // of 1 + wins: what is called a maximum

/// One problem with its workspace; the kernel follows the same steps.
class Fit {
  public:
    explicit Fit(const BradleyTerryBatch& problem)
        : problem_(problem)
        , n_(problem.size)
        , information_(n_ * n_)
        , score_(n_)
        , step_(n_)
        , won_(n_) {}

    int run(const double* wins, double* theta) {
        int iterations = 0;
        double slope = 0;
        bool isLast = false;
        std::fill(step_.begin(), step_.end(), 0.0);
        for (;;) {
            assemble(wins, theta);
            const double slopeAfter = dot(score_, step_);
            if (!isLast && iterations > 0 && slopeAfter < -0.5 * slope) {
                slope *= 0.5;
                for (std::size_t i = 0; i < n_; ++i) {
                    step_[i] *= 0.5;
                    theta[i] -= step_[i];
                }
                continue;
            }
            if (isLast) {
                break;
            }
            if (iterations == problem_.maxIterations || !solve()) {
                return -1;
            }
            ++iterations;
            double longest = 0;
            for (const double each : step_) {
                longest = std::max(longest, std::abs(each));
            }
            const double factor = longest > kLongestStep ? kLongestStep / longest : 1.0;
            for (std::size_t i = 0; i < n_; ++i) {
                step_[i] *= factor;
                theta[i] += step_[i];
            }
            isLast = longest < problem_.tolerance;
            slope = dot(score_, step_);
        }
        double sum = 0;
        double residual = 0;
        for (std::size_t i = 0; i < n_; ++i) {
            sum += theta[i];
            residual = std::max(residual, std::abs(score_[i]) / (1 + won_[i]));
        }
        for (std::size_t i = 0; i < n_ && problem_.ridge == 0; ++i) {
            theta[i] -= sum / static_cast<double>(n_);
        }
        return residual <= kEnoughResidual ? iterations : -1;
    }

  private:
    static double dot(const std::vector<double>& a, const std::vector<double>& b) {
        double sum = 0;
        for (std::size_t i = 0; i < a.size(); ++i) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /// Score, wins, and the lower triangle of minus the Hessian.
    void assemble(const double* wins, const double* theta) {
        for (std::size_t i = 0; i < n_; ++i) {
            double score = -problem_.ridge * theta[i];
            double weight = problem_.ridge;
            double won = 0;
            for (std::size_t j = 0; j < n_; ++j) {
                if (j == i) {
                    continue;
                }
                const double over = wins[i * n_ + j];
                const double under = wins[j * n_ + i];
                const double p = 1 / (1 + std::exp(theta[j] - theta[i]));
                const double q = 1 / (1 + std::exp(theta[i] - theta[j]));
                const double w = (over + under) * p * q;
                score += over * q - under * p;
                weight += w;
                won += over;
                if (j < i) {
                    information_[i * n_ + j] = -w;
                }
            }
            score_[i] = score;
            won_[i] = won;
            information_[i * n_ + i] = weight;
        }
    }

    /// Cholesky in place, then both triangles; without a ridge the first strength stays, and the
    /// step is shifted to a mean of 0.
    bool solve() {
        const std::size_t held = problem_.ridge == 0 ? 1 : 0;
        double* a = information_.data();
        for (std::size_t k = held; k < n_; ++k) {
            if (!(a[k * n_ + k] > 0)) {
                return false;
            }
            const double pivot = std::sqrt(a[k * n_ + k]);
            a[k * n_ + k] = pivot;
            for (std::size_t i = k + 1; i < n_; ++i) {
                a[i * n_ + k] /= pivot;
            }
            for (std::size_t i = k + 1; i < n_; ++i) {
                for (std::size_t j = k + 1; j <= i; ++j) {
                    a[i * n_ + j] -= a[i * n_ + k] * a[j * n_ + k];
                }
            }
        }
        step_ = score_;
        step_[0] = held == 1 ? 0.0 : step_[0];
        for (std::size_t k = held; k < n_; ++k) {
            step_[k] /= a[k * n_ + k];
            for (std::size_t i = k + 1; i < n_; ++i) {
                step_[i] -= a[i * n_ + k] * step_[k];
            }
        }
        for (std::size_t k = n_; k-- > held;) {
            step_[k] /= a[k * n_ + k];
            for (std::size_t i = held; i < k; ++i) {
                step_[i] -= a[k * n_ + i] * step_[k];
            }
        }
        double sum = 0;
        for (const double each : step_) {
            sum += each;
        }
        for (double& each : step_) {
            each -= held == 1 ? sum / static_cast<double>(n_) : 0.0;
        }
        return std::isfinite(sum);
    }

    const BradleyTerryBatch& problem_;
    std::size_t n_;
    std::vector<double> information_;
    std::vector<double> score_;
    std::vector<double> step_;
    std::vector<double> won_;
};

} // namespace

void bradleyTerryBatch(const BradleyTerryBatch& problem, const double* wins, double* strengths,
                       int* iterations) {
    if (problem.size == 0) {
        std::fill(iterations, iterations + problem.batch, 0);
        return;
    }
    Fit fit(problem);
    for (std::size_t b = 0; b < problem.batch; ++b) {
        iterations[b] =
            fit.run(wins + b * problem.size * problem.size, strengths + b * problem.size);
    }
}

} // namespace psephos::gpu::host
