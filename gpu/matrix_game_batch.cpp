// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/matrix_game_batch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace psephos::gpu::host {

namespace {

/// One game with its workspace; the kernel follows the same steps. A point p, s > 0 with
/// s = Mᵀp + t; on the path p_i s_i = mu and t = n mu.
class Path {
  public:
    explicit Path(const MatrixGameBatch& problem)
        : problem_(problem)
        , n_(problem.size)
        , game_(n_ * n_)
        , system_(n_ * n_)
        , p_(n_)
        , s_(n_)
        , root_(n_)
        , right_(n_)
        , stepP_(n_)
        , stepS_(n_) {}

    double run(const double* margins, double* lottery) {
        double largest = 0;
        bool isFinite = true;
        for (std::size_t i = 0; i < n_ * n_; ++i) {
            largest = std::max(largest, std::abs(margins[i]));
            isFinite = isFinite && std::isfinite(margins[i]);
        }
        const double scale = largest > 0 ? largest : 1;
        for (std::size_t i = 0; i < n_ * n_; ++i) {
            game_[i] = margins[i] / scale;
        }
        std::fill(p_.begin(), p_.end(), 1.0 / static_cast<double>(n_));
        pay(p_, s_);
        shift_ = std::max(-2 * *std::min_element(s_.begin(), s_.end()), 1e-3);
        for (double& each : s_) {
            each += shift_;
        }
        const auto n = static_cast<double>(n_);
        for (int step = 0; step < problem_.maxIterations && isFinite; ++step) {
            if (n * mu() <= problem_.tolerance / 2 || !descend()) {
                break;
            }
        }
        double sum = 0;
        for (const double each : p_) {
            sum += each;
        }
        for (std::size_t i = 0; i < n_; ++i) {
            lottery[i] = p_[i] / sum;
            right_[i] = lottery[i];
        }
        pay(right_, stepS_);
        const double gap = -*std::min_element(stepS_.begin(), stepS_.end());
        return isFinite && std::isfinite(sum) ? std::max(0.0, gap)
                                              : std::numeric_limits<double>::quiet_NaN();
    }

  private:
    /// Mᵀx.
    void pay(const std::vector<double>& x, std::vector<double>& out) const {
        std::fill(out.begin(), out.end(), 0.0);
        for (std::size_t i = 0; i < n_; ++i) {
            for (std::size_t j = 0; j < n_; ++j) {
                out[j] += x[i] * game_[i * n_ + j];
            }
        }
    }

    [[nodiscard]] double mu() const {
        double sum = 0;
        for (std::size_t i = 0; i < n_; ++i) {
            sum += p_[i] * s_[i];
        }
        return sum / static_cast<double>(n_);
    }

    /// One step; false where the equations have no solution.
    bool descend() {
        if (!factorize()) {
            return false;
        }
        const double now = mu();
        for (std::size_t i = 0; i < n_; ++i) {
            right_[i] = -p_[i] * s_[i];
        }
        direct(-shift_);
        const double reach = std::min(1.0, longest());
        double after = 0;
        for (std::size_t i = 0; i < n_; ++i) {
            after += (p_[i] + reach * stepP_[i]) * (s_[i] + reach * stepS_[i]);
        }
        const double ratio = std::clamp(after / (static_cast<double>(n_) * now), 0.0, 1.0);
        const double sigma = std::max(ratio * ratio * ratio, 1e-8);
        for (std::size_t i = 0; i < n_; ++i) {
            right_[i] = sigma * now - p_[i] * s_[i] - stepP_[i] * stepS_[i];
        }
        const double shift = (sigma - 1) * shift_;
        direct(shift);
        const double damping = std::clamp(1 - now, 0.9, 0.995);
        const double length = std::min(1.0, damping * longest());
        for (std::size_t i = 0; i < n_; ++i) {
            p_[i] += length * stepP_[i];
            s_[i] += length * stepS_[i];
        }
        shift_ += length * shift;
        return std::isfinite(length);
    }

    /// I + w_i Mᵀ_ij w_j with w = sqrt(p / s), and its LU factors with row exchanges.
    bool factorize() {
        for (std::size_t i = 0; i < n_; ++i) {
            root_[i] = std::sqrt(p_[i] / s_[i]);
        }
        for (std::size_t i = 0; i < n_; ++i) {
            for (std::size_t j = 0; j < n_; ++j) {
                system_[i * n_ + j] = i == j ? 1.0 : root_[i] * game_[j * n_ + i] * root_[j];
            }
        }
        pivots_.resize(n_);
        for (std::size_t k = 0; k < n_; ++k) {
            std::size_t pivot = k;
            for (std::size_t i = k + 1; i < n_; ++i) {
                if (std::abs(system_[i * n_ + k]) > std::abs(system_[pivot * n_ + k])) {
                    pivot = i;
                }
            }
            pivots_[k] = pivot;
            if (!(std::abs(system_[pivot * n_ + k]) > 0)) {
                return false;
            }
            for (std::size_t j = 0; j < n_ && pivot != k; ++j) {
                std::swap(system_[k * n_ + j], system_[pivot * n_ + j]);
            }
            for (std::size_t i = k + 1; i < n_; ++i) {
                const double factor = system_[i * n_ + k] / system_[k * n_ + k];
                system_[i * n_ + k] = factor;
                for (std::size_t j = k + 1; j < n_; ++j) {
                    system_[i * n_ + j] -= factor * system_[k * n_ + j];
                }
            }
        }
        return true;
    }

    /// The direction with s dp + p ds = right_ and ds = Mᵀdp + shift.
    void direct(double shift) {
        std::vector<double>& x = stepP_;
        for (std::size_t i = 0; i < n_; ++i) {
            x[i] = (right_[i] - p_[i] * shift) / std::sqrt(p_[i] * s_[i]);
        }
        for (std::size_t k = 0; k < n_; ++k) {
            std::swap(x[k], x[pivots_[k]]);
        }
        for (std::size_t k = 0; k < n_; ++k) {
            for (std::size_t i = k + 1; i < n_; ++i) {
                x[i] -= system_[i * n_ + k] * x[k];
            }
        }
        for (std::size_t k = n_; k-- > 0;) {
            x[k] /= system_[k * n_ + k];
            for (std::size_t i = 0; i < k; ++i) {
                x[i] -= system_[i * n_ + k] * x[k];
            }
        }
        for (std::size_t i = 0; i < n_; ++i) {
            x[i] *= root_[i];
        }
        pay(stepP_, stepS_);
        // Each slack by the equation in which rounding is harmless.
        for (std::size_t i = 0; i < n_; ++i) {
            stepS_[i] = s_[i] < p_[i] ? (right_[i] - s_[i] * stepP_[i]) / p_[i] : stepS_[i] + shift;
        }
    }

    /// How far the point may go until a coordinate is 0.
    [[nodiscard]] double longest() const {
        double shrink = 0;
        for (std::size_t i = 0; i < n_; ++i) {
            shrink = std::max({shrink, -stepP_[i] / p_[i], -stepS_[i] / s_[i]});
        }
        return shrink > 0 ? 1 / shrink : 1e300;
    }

    const MatrixGameBatch& problem_;
    std::size_t n_;
    std::vector<double> game_;
    std::vector<double> system_;
    std::vector<double> p_;
    std::vector<double> s_;
    std::vector<double> root_;
    std::vector<double> right_;
    std::vector<double> stepP_;
    std::vector<double> stepS_;
    std::vector<std::size_t> pivots_;
    double shift_ = 0;
};

} // namespace

void matrixGameBatch(const MatrixGameBatch& problem, const double* margins, double* lotteries,
                     double* gaps) {
    if (problem.size == 0) {
        std::fill(gaps, gaps + problem.batch, 0.0);
        return;
    }
    Path path(problem);
    const std::size_t n = problem.size;
    for (std::size_t b = 0; b < problem.batch; ++b) {
        gaps[b] = path.run(margins + b * n * n, lotteries + b * n);
    }
}

} // namespace psephos::gpu::host
