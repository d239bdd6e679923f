// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/paired_model.hpp"

#include "choice/bradley_terry.hpp"

#include <Eigen/Cholesky>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <utility>

namespace psephos::choice {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using lab::Error;
using lab::Result;

constexpr double kLongestStep = 2.0;
constexpr double kLastStep = 1e-8; ///< what a Newton step of this length leaves is its square
constexpr int kMostIterations = 100;
constexpr double kSingular = 1e-13; ///< reciprocal condition below which nothing is told apart

/// Parameters in a row: θ, β, then ln ν or ln η.
struct Layout {
    Index candidates = 0;
    Index features = 0;
    bool hasTie = false;

    [[nodiscard]] Index size() const { return candidates + features + (hasTie ? 1 : 0); }

    [[nodiscard]] Index tie() const { return candidates + features; }
};

/// The derivatives of the penalised log-likelihood at one point.
struct Slopes {
    double value = 0.0; ///< log-likelihood, without the penalty
    VectorXd score;
    MatrixXd information; ///< minus the Hessian
};

/// One fit: the data, which parameters are held to fix the gauge, and the equations.
class Equations {
  public:
    Equations(const PairedData& data, TieModel ties, double ridge,
              const StrongComponents& components, bool hasTie, bool isHeld = true)
        : data_(data)
        , ties_(ties)
        , ridge_(ridge)
        , isHeld_(isHeld && ridge == 0.0)
        , components_(components)
        , layout_{Index(data.candidates), Index(data.features), hasTie} {}

    [[nodiscard]] const Layout& layout() const { return layout_; }

    [[nodiscard]] bool isUsed(const PairedCell& cell) const {
        return components_.of[cell.first] == components_.of[cell.second];
    }

    /// Calls visit(cell, law, columns, values) for each cell in use; columns and values are the
    /// derivative of its advantage by the parameters.
    template <typename Visit>
    void eachCell(const VectorXd& at, Visit visit) const {
        std::vector<Index> columns(2 + data_.features);
        std::vector<double> values(2 + data_.features);
        const double tie = layout_.hasTie ? at[layout_.tie()] : 0.0;
        for (std::size_t c = 0; c < data_.cells.size(); ++c) {
            const PairedCell& cell = data_.cells[c];
            if (!isUsed(cell)) {
                continue;
            }
            columns[0] = Index(cell.first);
            columns[1] = Index(cell.second);
            values[0] = 1.0;
            values[1] = -1.0;
            double advantage = at[columns[0]] - at[columns[1]];
            for (std::size_t f = 0; f < data_.features; ++f) {
                columns[2 + f] = layout_.candidates + Index(f);
                values[2 + f] = data_.x[c * data_.features + f];
                advantage += values[2 + f] * at[columns[2 + f]];
            }
            visit(cell, outcomeLaw(law(), advantage, tie), columns, values);
        }
    }

    [[nodiscard]] Slopes slopes(const VectorXd& at) const {
        const Index size = layout_.size();
        Slopes slopes{0.0, VectorXd::Zero(size), MatrixXd::Zero(size, size)};
        eachCell(at, [&](const PairedCell& cell, const OutcomeLaw& law,
                         const std::vector<Index>& columns, const std::vector<double>& values) {
            double d = 0.0, t = 0.0, dd = 0.0, dt = 0.0, tt = 0.0;
            for (std::size_t o = 0; o < 3; ++o) {
                if (cell.counts[o] > 0.0) {
                    slopes.value += cell.counts[o] * law.log[o];
                    d += cell.counts[o] * law.d[o];
                    t += cell.counts[o] * law.t[o];
                    dd += cell.counts[o] * law.dd[o];
                    dt += cell.counts[o] * law.dt[o];
                    tt += cell.counts[o] * law.tt[o];
                }
            }
            for (std::size_t a = 0; a < columns.size(); ++a) {
                slopes.score[columns[a]] += d * values[a];
                for (std::size_t b = 0; b < columns.size(); ++b) {
                    slopes.information(columns[a], columns[b]) -= dd * values[a] * values[b];
                }
                if (layout_.hasTie) {
                    slopes.information(columns[a], layout_.tie()) -= dt * values[a];
                    slopes.information(layout_.tie(), columns[a]) -= dt * values[a];
                }
            }
            if (layout_.hasTie) {
                slopes.score[layout_.tie()] += t;
                slopes.information(layout_.tie(), layout_.tie()) -= tt;
            }
        });
        const Index penalised = layout_.candidates + layout_.features;
        slopes.score.head(penalised) -= ridge_ * at.head(penalised);
        slopes.information.diagonal().head(penalised).array() += ridge_;
        holdGauge(slopes.score, slopes.information);
        return slopes;
    }

    /// The scores of the three outcomes of a cell.
    struct CellScores {
        std::vector<Index> columns;
        std::array<std::vector<double>, 3> values; ///< by outcome
    };

    /// Calls visit(number of the cell, scores) for each cell in use.
    template <typename Visit>
    void eachScore(const VectorXd& at, Visit visit) const {
        CellScores scores;
        eachCell(at, [&](const PairedCell& cell, const OutcomeLaw& law,
                         const std::vector<Index>& columns, const std::vector<double>& values) {
            scores.columns = columns;
            for (std::size_t o = 0; o < 3; ++o) {
                scores.values[o] = values;
                for (double& value : scores.values[o]) {
                    value *= law.d[o];
                }
                if (layout_.hasTie) {
                    scores.values[o].push_back(law.t[o]);
                }
            }
            if (layout_.hasTie) {
                scores.columns.push_back(layout_.tie());
            }
            visit(static_cast<std::size_t>(&cell - data_.cells.data()), scores);
        });
    }

    /// Σ count · score scoreᵀ over single battles.
    [[nodiscard]] MatrixXd scatter(const VectorXd& at) const {
        MatrixXd sum = MatrixXd::Zero(layout_.size(), layout_.size());
        eachScore(at, [&](std::size_t cell, const CellScores& scores) {
            for (std::size_t o = 0; o < 3; ++o) {
                const double count = data_.cells[cell].counts[o];
                for (std::size_t a = 0; a < scores.columns.size(); ++a) {
                    for (std::size_t b = 0; b < scores.columns.size(); ++b) {
                        sum(scores.columns[a], scores.columns[b]) +=
                            count * scores.values[o][a] * scores.values[o][b];
                    }
                }
            }
        });
        return held(std::move(sum));
    }

    /// Σ (Σ score)(Σ score)ᵀ, the inner sums over the battles of a cluster.
    [[nodiscard]] MatrixXd scatter(const VectorXd& at, const Resampling& clusters) const {
        std::vector<CellScores> scoresOf(data_.cells.size());
        eachScore(at, [&](std::size_t cell, const CellScores& scores) { scoresOf[cell] = scores; });
        MatrixXd sums = MatrixXd::Zero(layout_.size(), Index(clusters.clusters()));
        for (std::size_t k = 0; k < clusters.clusters(); ++k) {
            for (std::size_t p = clusters.begins[k]; p < clusters.begins[k + 1]; ++p) {
                const CellScores& scores = scoresOf[clusters.parts[p].cell / 3];
                const std::vector<double>& values = scores.values[clusters.parts[p].cell % 3];
                for (std::size_t a = 0; a < scores.columns.size(); ++a) {
                    sums(scores.columns[a], Index(k)) += clusters.parts[p].count * values[a];
                }
            }
        }
        return held(sums * sums.transpose());
    }

    /// From strengths with one held at 0 in every component to those of mean 0; with a ridge too.
    void centre(VectorXd& at) const {
        for (const auto& members : components_.members) {
            double sum = 0.0;
            for (const std::size_t member : members) {
                sum += at[Index(member)];
            }
            for (const std::size_t member : members) {
                at[Index(member)] -= sum / static_cast<double>(members.size());
            }
        }
    }

    /// The same for both sides of a covariance.
    void centre(MatrixXd& covariance) const {
        for (int side = 0; side < 2; ++side) {
            for (Index column = 0; column < covariance.cols(); ++column) {
                VectorXd each = covariance.col(column);
                centre(each);
                covariance.col(column) = each;
            }
            covariance.transposeInPlace();
        }
    }

    /// Without ties a tie model is Bradley and Terry's.
    [[nodiscard]] TieModel law() const {
        const bool needsTie = ties_ == TieModel::Davidson || ties_ == TieModel::RaoKupper;
        return needsTie && !layout_.hasTie ? TieModel::Half : ties_;
    }

    /// 1 + Σ count |x| of each equation: what its residual is measured by.
    [[nodiscard]] VectorXd sizes() const {
        VectorXd sizes = VectorXd::Ones(layout_.size());
        eachCell(VectorXd::Constant(layout_.size(), 1.0),
                 [&](const PairedCell& cell, const OutcomeLaw&, const std::vector<Index>& columns,
                     const std::vector<double>& values) {
                     const double count = cell.counts[0] + cell.counts[1] + cell.counts[2];
                     for (std::size_t a = 0; a < columns.size(); ++a) {
                         sizes[columns[a]] += count * std::abs(values[a]);
                     }
                     if (layout_.hasTie) {
                         sizes[layout_.tie()] += count;
                     }
                 });
        return sizes;
    }

  private:
    /// Without the parameters that do not move.
    [[nodiscard]] MatrixXd held(MatrixXd scatter) const {
        if (isHeld_) {
            for (const auto& members : components_.members) {
                scatter.row(Index(members.front())).setZero();
                scatter.col(Index(members.front())).setZero();
            }
        }
        return scatter;
    }

    /// Without a ridge a common shift changes nothing: the first of every component stays.
    void holdGauge(VectorXd& score, MatrixXd& information) const {
        if (!isHeld_) {
            return;
        }
        for (const auto& members : components_.members) {
            const auto held = Index(members.front());
            score[held] = 0.0;
            information.row(held).setZero();
            information.col(held).setZero();
            information(held, held) = 1.0;
        }
    }

    const PairedData& data_;
    TieModel ties_;
    double ridge_;
    bool isHeld_; ///< one strength of every component stays where it is
    const StrongComponents& components_;
    Layout layout_;
};

/// Counts of won, tied and lost battles in use.
std::array<double, 3> totals(const PairedData& data, const Equations& equations) {
    std::array<double, 3> sums{};
    for (const PairedCell& cell : data.cells) {
        for (std::size_t o = 0; o < 3 && equations.isUsed(cell); ++o) {
            sums[o] += cell.counts[o];
        }
    }
    return sums;
}

bool hasTieParameter(const PairedData& data, TieModel ties, const StrongComponents& components) {
    return (ties == TieModel::Davidson || ties == TieModel::RaoKupper) &&
           totals(data, Equations(data, ties, 0.0, components, false))[1] > 0.0;
}

VectorXd pointOf(const PairedFit& fit, const Layout& layout) {
    VectorXd at(layout.size());
    at.head(layout.candidates) = VectorXd::Map(fit.strengths.data(), layout.candidates);
    at.segment(layout.candidates, layout.features) =
        VectorXd::Map(fit.coefficients.data(), layout.features);
    if (layout.hasTie) {
        at[layout.tie()] = std::log(fit.tie);
    }
    return at;
}

/// ln ν or ln η where all strengths are equal.
double firstTie(TieModel ties, const std::array<double, 3>& sums) {
    const double odds = sums[1] / (sums[0] + sums[2]);
    return ties == TieModel::Davidson ? std::log(2.0 * odds) : std::log1p(2.0 * odds);
}

Error noMaximum(int iterations) {
    return Error{"no strengths fit best: after " + std::to_string(iterations) +
                     " Newton steps the likelihood still grows",
                 "what decides every battle, or ties alone, leaves an estimate without end; give a "
                 "ridge, or other covariates",
                 ""};
}

/// A factorization of a positive definite matrix, its diagonal scaled to 1: candidates with few and
/// with many battles then weigh alike.
class ScaledFactor {
  public:
    explicit ScaledFactor(const MatrixXd& matrix)
        : scale_(matrix.diagonal().cwiseSqrt().cwiseInverse())
        , factor_(scale_.asDiagonal() * matrix * scale_.asDiagonal()) {}

    [[nodiscard]] bool isRegular() const {
        return factor_.info() == Eigen::Success && scale_.allFinite() &&
               factor_.rcond() >= kSingular;
    }

    [[nodiscard]] MatrixXd solve(const MatrixXd& right) const {
        return scale_.asDiagonal() * factor_.solve(scale_.asDiagonal() * right);
    }

  private:
    VectorXd scale_;
    Eigen::LLT<MatrixXd> factor_;
};

/// Newton's method from `at`; the rule for too long a step is that of BradleyTerryNewton.
Result<PairedFit> climb(const Equations& equations, VectorXd at, const VectorXd& sizes) {
    const Layout& layout = equations.layout();
    PairedFit fit;
    VectorXd step = VectorXd::Zero(layout.size());
    double slope = 0.0;
    bool isLast = false;
    for (;;) {
        const Slopes slopes = equations.slopes(at);
        if (!isLast && fit.iterations > 0 && slopes.score.dot(step) < -0.5 * slope) {
            step *= 0.5;
            slope *= 0.5;
            at -= step;
            continue;
        }
        fit.residual = (slopes.score.array().abs() / sizes.array()).maxCoeff();
        fit.logLikelihood = slopes.value;
        if (isLast) {
            break;
        }
        if (fit.iterations == kMostIterations || !slopes.score.allFinite()) {
            return noMaximum(fit.iterations);
        }
        const ScaledFactor factor(slopes.information);
        if (!factor.isRegular()) {
            return Error{"the strengths can't be told apart from the covariates, or these from one "
                         "another",
                         "leave a covariate out, or give a ridge", ""};
        }
        step = factor.solve(slopes.score);
        ++fit.iterations;
        const double longest = step.cwiseAbs().maxCoeff();
        isLast = longest < kLastStep;
        step *= std::min(1.0, kLongestStep / std::max(longest, kLongestStep));
        if (layout.hasTie && equations.law() == TieModel::RaoKupper) {
            const double tie = at[layout.tie()]; // stays positive
            const double change = step[layout.tie()];
            step *= change < -0.9 * tie ? -0.9 * tie / change : 1.0;
        }
        slope = slopes.score.dot(step);
        at += step;
    }
    equations.centre(at);
    fit.strengths.assign(at.begin(), at.begin() + layout.candidates);
    fit.coefficients.assign(at.begin() + layout.candidates,
                            at.begin() + layout.candidates + layout.features);
    if (layout.hasTie) {
        fit.tie = std::exp(at[layout.tie()]);
    }
    if (!(fit.residual <= kScoreTolerance) || !at.allFinite()) {
        return noMaximum(fit.iterations);
    }
    return fit;
}

std::vector<double> rowMajor(const MatrixXd& symmetric) {
    return {symmetric.data(), symmetric.data() + symmetric.size()};
}

} // namespace

PairedData pairedData(const ballots::PairCounts& counts) {
    PairedData data;
    data.candidates = counts.size();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        for (std::size_t j = i + 1; j < counts.size(); ++j) {
            if (counts.compared(i, j) > 0.0) {
                data.cells.push_back({std::uint32_t(i),
                                      std::uint32_t(j),
                                      {counts.win(i, j), counts.tie(i, j), counts.win(j, i)}});
            }
        }
    }
    return data;
}

StrongComponents pairedComponents(const PairedData& data, TieModel ties) {
    const std::size_t n = data.candidates;
    std::vector<double> wins(n * n, 0.0);
    for (const PairedCell& cell : data.cells) {
        const double tied = ties == TieModel::Dropped ? 0.0 : cell.counts[1];
        wins[cell.first * n + cell.second] += cell.counts[0] + tied;
        wins[cell.second * n + cell.first] += cell.counts[2] + tied;
    }
    return strongComponents(wins, n);
}

StrongComponents oneComponent(std::size_t candidates) {
    StrongComponents one;
    one.of.assign(candidates, 0);
    if (candidates > 0) {
        one.members.emplace_back(candidates);
        std::iota(one.members[0].begin(), one.members[0].end(), std::size_t{0});
    }
    return one;
}

PairedModel::PairedModel(TieModel ties, double ridge, StrongComponents components)
    : ties_(ties)
    , ridge_(ridge)
    , components_(ridge > 0.0 ? oneComponent(components.of.size()) : std::move(components)) {}

Result<PairedFit> PairedModel::fit(const PairedData& data, const PairedFit* start) const {
    assert(components_.of.size() == data.candidates);
    if (data.candidates == 0) {
        return Error{"there is no candidate to rate", "", ""};
    }
    const bool hasTie = hasTieParameter(data, ties_, components_);
    const Equations equations(data, ties_, ridge_, components_, hasTie);
    const std::array<double, 3> sums = totals(data, equations);
    if (hasTie && sums[0] + sums[2] == 0.0) {
        return Error{"every battle is a tie: the tie parameter has no estimate",
                     "count ties as halves", ""};
    }
    VectorXd at = VectorXd::Zero(equations.layout().size());
    if (hasTie) {
        at[equations.layout().tie()] = firstTie(ties_, sums);
    }
    if (start != nullptr && !(hasTie && !std::isfinite(std::log(start->tie)))) {
        at = pointOf(*start, equations.layout());
        if (hasTie && ties_ == TieModel::RaoKupper && !(at[equations.layout().tie()] > 0.0)) {
            at[equations.layout().tie()] = firstTie(ties_, sums);
        }
    }
    Result<PairedFit> fit = climb(equations, std::move(at), equations.sizes());
    if (fit && !hasTie && ties_ == TieModel::Davidson) {
        fit->tie = 0.0;
    }
    if (fit && !hasTie && ties_ == TieModel::RaoKupper) {
        fit->tie = 1.0;
    }
    return fit;
}

Result<PairedModel::Covariance> PairedModel::covariance(const PairedData& data,
                                                        const PairedFit& fit, double extraRidge,
                                                        const Resampling* clusters) const {
    const Equations equations(data, ties_, ridge_, components_,
                              hasTieParameter(data, ties_, components_), extraRidge == 0.0);
    const VectorXd at = pointOf(fit, equations.layout());
    Slopes slopes = equations.slopes(at);
    slopes.information.diagonal().array() += extraRidge;
    const ScaledFactor factor(slopes.information);
    if (!factor.isRegular()) {
        return Error{"the uncertainty of the strengths can't be computed: the information matrix "
                     "is singular",
                     "give a ridge", ""};
    }
    const Index size = slopes.information.rows();
    MatrixXd fisher = factor.solve(MatrixXd::Identity(size, size));
    const MatrixXd scatter =
        clusters == nullptr ? equations.scatter(at) : equations.scatter(at, *clusters);
    MatrixXd sandwich = fisher * scatter * fisher;
    if (ridge_ == 0.0 && extraRidge == 0.0) {
        for (const auto& members : components_.members) {
            fisher(Index(members.front()), Index(members.front())) = 0.0; // it is held
        }
    }
    equations.centre(fisher);
    equations.centre(sandwich);
    return Covariance{std::size_t(size), rowMajor(fisher), rowMajor(sandwich)};
}

} // namespace psephos::choice
