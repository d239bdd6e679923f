// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/surfaces.hpp"

#include <charconv>
#include <cmath>
#include <numbers>
#include <optional>

namespace psephos::optim::textbook {

namespace {

constexpr double kTwoPi = 2.0 * std::numbers::pi;

constexpr double squared(double x) {
    return x * x;
}

/// Reads a number off the front of `text`.
std::optional<double> takeNumber(std::string_view& text) {
    double number = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

/// κ and angle in degrees of "quad_k100_30deg".
std::optional<Point2> parseQuadratic(std::string_view name) {
    constexpr std::string_view kPrefix = "quad_k";
    if (!name.starts_with(kPrefix)) {
        return std::nullopt;
    }
    name.remove_prefix(kPrefix.size());
    const auto kappa = takeNumber(name);
    if (!kappa || !name.starts_with('_')) {
        return std::nullopt;
    }
    name.remove_prefix(1);
    const auto degrees = takeNumber(name);
    if (!degrees || name != "deg") {
        return std::nullopt;
    }
    return Point2{*kappa, *degrees};
}

} // namespace

Surface Surface::quadratic(double kappa, double angleRad) {
    Surface surface(SurfaceKind::Quadratic);
    surface.kappa_ = kappa;
    surface.steepAxis_ = {std::cos(angleRad), std::sin(angleRad)};
    return surface;
}

lab::Result<Surface> Surface::byName(std::string_view name) {
    using enum SurfaceKind;
    static constexpr std::array<std::pair<std::string_view, SurfaceKind>, 6> kNames{
        {{"rosenbrock", Rosenbrock},
         {"beale", Beale},
         {"himmelblau", Himmelblau},
         {"rastrigin", Rastrigin},
         {"booth", Booth},
         {"quadratic", Quadratic}}};
    for (const auto& [known, kind] : kNames) {
        if (name == known) {
            return Surface(kind);
        }
    }
    if (const auto parameters = parseQuadratic(name)) {
        return quadratic((*parameters)[0], (*parameters)[1] / 180.0 * std::numbers::pi);
    }
    return lab::Error{"there is no surface '" + std::string(name) + "'", {}, {}};
}

double Surface::value(const Point2& p) const {
    const auto [x, y] = p;
    switch (kind_) {
    case SurfaceKind::Rosenbrock:
        return squared(1.0 - x) + 100.0 * squared(y - x * x);
    case SurfaceKind::Beale:
        return squared(1.5 - x + x * y) + squared(2.25 - x + x * y * y) +
               squared(2.625 - x + x * y * y * y);
    case SurfaceKind::Himmelblau:
        return squared(x * x + y - 11.0) + squared(x + y * y - 7.0);
    case SurfaceKind::Rastrigin:
        return 20.0 + x * x - 10.0 * std::cos(kTwoPi * x) + y * y - 10.0 * std::cos(kTwoPi * y);
    case SurfaceKind::Booth:
        return squared(x + 2.0 * y - 7.0) + squared(2.0 * x + y - 5.0);
    case SurfaceKind::Quadratic:
        break;
    }
    const double steep = steepAxis_[0] * x + steepAxis_[1] * y;
    const double flat = steepAxis_[0] * y - steepAxis_[1] * x;
    return 0.5 * (kappa_ * steep * steep + flat * flat);
}

Point2 Surface::gradient(const Point2& p) const {
    const auto [x, y] = p;
    switch (kind_) {
    case SurfaceKind::Rosenbrock:
        return {-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)};
    case SurfaceKind::Beale: {
        const double a = 1.5 - x + x * y;
        const double b = 2.25 - x + x * y * y;
        const double c = 2.625 - x + x * y * y * y;
        return {2.0 * (a * (y - 1.0) + b * (y * y - 1.0) + c * (y * y * y - 1.0)),
                2.0 * x * (a + 2.0 * b * y + 3.0 * c * y * y)};
    }
    case SurfaceKind::Himmelblau: {
        const double a = x * x + y - 11.0;
        const double b = x + y * y - 7.0;
        return {4.0 * x * a + 2.0 * b, 2.0 * a + 4.0 * y * b};
    }
    case SurfaceKind::Rastrigin:
        return {2.0 * x + 10.0 * kTwoPi * std::sin(kTwoPi * x),
                2.0 * y + 10.0 * kTwoPi * std::sin(kTwoPi * y)};
    case SurfaceKind::Booth: {
        const double a = x + 2.0 * y - 7.0;
        const double b = 2.0 * x + y - 5.0;
        return {2.0 * a + 4.0 * b, 4.0 * a + 2.0 * b};
    }
    case SurfaceKind::Quadratic:
        break;
    }
    const auto [c, s] = steepAxis_;
    const double steep = kappa_ * (c * x + s * y);
    const double flat = c * y - s * x;
    return {steep * c - flat * s, steep * s + flat * c};
}

std::vector<SurfaceMinimum> Surface::minima() const {
    switch (kind_) {
    case SurfaceKind::Rosenbrock:
        return {{{1.0, 1.0}, "(1, 1)"}};
    case SurfaceKind::Beale:
        return {{{3.0, 0.5}, "(3, 0.5)"}};
    case SurfaceKind::Himmelblau:
        return {{{3.0, 2.0}, "(3, 2)"},
                {{-2.805118086952745, 3.131312518250573}, "(−2.81, 3.13)"},
                {{-3.779310253377747, -3.283185991286170}, "(−3.78, −3.28)"},
                {{3.584428340330492, -1.848126526964404}, "(3.58, −1.85)"}};
    case SurfaceKind::Booth:
        return {{{1.0, 3.0}, "(1, 3)"}};
    case SurfaceKind::Rastrigin:
    case SurfaceKind::Quadratic:
        break;
    }
    return {{{0.0, 0.0}, "(0, 0)"}};
}

SurfaceView Surface::view() const {
    switch (kind_) {
    case SurfaceKind::Rosenbrock:
        return {-2.2, 2.2, -0.8, 2.4};
    case SurfaceKind::Beale:
        return {-1.5, 4.5, -2.0, 2.5};
    case SurfaceKind::Himmelblau:
        return {-6.0, 6.0, -5.2, 5.2};
    case SurfaceKind::Rastrigin:
        return {-5.12, 5.12, -4.2, 4.2};
    case SurfaceKind::Booth:
        return {-8.0, 10.0, -4.0, 10.0};
    case SurfaceKind::Quadratic:
        break;
    }
    return {-3.2, 3.2, -2.4, 2.4};
}

} // namespace psephos::optim::textbook
