// SPDX-License-Identifier: GPL-3.0-or-later
// Loss surfaces over the plane, with their gradients and minima in closed form.
#pragma once

#include "lab/result.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::optim::textbook {

using Point2 = std::array<double, 2>;

enum class SurfaceKind { Rosenbrock, Beale, Himmelblau, Rastrigin, Booth, Quadratic };

/// A global minimum; f is 0 at every one of them.
struct SurfaceMinimum {
    Point2 at;
    std::string label; ///< "(1, 1)"
};

/// A window of the plane worth looking at.
struct SurfaceView {
    double xMin = 0, xMax = 0, yMin = 0, yMax = 0;
};

/// One surface f(x, y) ≥ 0 with minimum value f* = 0. A value; any thread, const.
class Surface {
  public:
    /// A surface without parameters, or the quadratic with its defaults.
    explicit Surface(SurfaceKind kind)
        : kind_(kind) {}

    /// ½ pᵀ Q diag(κ, 1) Qᵀ p, whose steep axis (curvature κ ≥ 1) lies at `angleRad` from the
    /// x axis and whose flat axis (curvature 1) is perpendicular to it.
    [[nodiscard]] static Surface quadratic(double kappa, double angleRad);

    /// By name: "rosenbrock", "beale", "himmelblau", "rastrigin", "booth", "quadratic" and
    /// "quad_k100_30deg", which carries κ and the angle. Errors: any other.
    [[nodiscard]] static lab::Result<Surface> byName(std::string_view name);

    [[nodiscard]] SurfaceKind kind() const { return kind_; }

    [[nodiscard]] double value(const Point2& p) const;
    [[nodiscard]] Point2 gradient(const Point2& p) const;
    [[nodiscard]] std::vector<SurfaceMinimum> minima() const;
    [[nodiscard]] SurfaceView view() const;

  private:
    SurfaceKind kind_;
    double kappa_ = 100.0;
    Point2 steepAxis_{1.0, 0.0};
};

} // namespace psephos::optim::textbook
