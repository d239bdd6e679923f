// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/textbook/optimizer.hpp"

#include "optim/textbook/adafactor.hpp"
#include "optim/textbook/adam.hpp"
#include "optim/textbook/lion.hpp"
#include "optim/textbook/muon.hpp"
#include "optim/textbook/schedule_free.hpp"
#include "optim/textbook/sgd.hpp"
#include "optim/textbook/shampoo.hpp"
#include "optim/textbook/soap.hpp"

#include <cassert>
#include <string>

namespace psephos::optim::textbook {

namespace {

using Made = std::unique_ptr<Optimizer>;

std::string shapeText(Eigen::Index rows, Eigen::Index cols) {
    return std::to_string(rows) + " x " + std::to_string(cols);
}

Made make(const SgdConfig& config, Eigen::Index rows, Eigen::Index cols) {
    return std::make_unique<Sgd>(config, rows, cols);
}

Made make(const AdamConfig& config, Eigen::Index rows, Eigen::Index cols) {
    return std::make_unique<Adam>(config, rows, cols);
}

Made make(const ShampooConfig& config, Eigen::Index rows, Eigen::Index cols) {
    if (isBlocked(config, static_cast<long>(rows), static_cast<long>(cols))) {
        return std::make_unique<BlockedShampoo>(config, rows, cols);
    }
    if (!Shampoo::preconditions(config, rows, cols)) {
        return make(vectorRule(config), rows, cols);
    }
    return std::make_unique<Shampoo>(config, rows, cols);
}

Made make(const SoapConfig& config, Eigen::Index rows, Eigen::Index cols) {
    return std::make_unique<Soap>(config, rows, cols);
}

Made make(const MuonConfig& config, Eigen::Index rows, Eigen::Index cols) {
    if (parameterClass(rows, cols) == ParameterClass::Vector && !config.orthogonalize1d) {
        return make(config.aux, rows, cols);
    }
    return std::make_unique<Muon>(config, rows, cols);
}

Made make(const LionConfig& config, Eigen::Index rows, Eigen::Index cols) {
    return std::make_unique<Lion>(config, rows, cols);
}

Made make(const AdafactorConfig& config, Eigen::Index rows, Eigen::Index cols) {
    return std::make_unique<Adafactor>(config, rows, cols);
}

Made make(const FactoredAdamConfig& config, Eigen::Index rows, Eigen::Index cols) {
    return std::make_unique<FactoredAdam>(config, rows, cols);
}

Made make(const ScheduleFreeConfig& config, Eigen::Index rows, Eigen::Index cols) {
    return std::make_unique<ScheduleFreeAdamW>(config, rows, cols);
}

} // namespace

Optimizer::Optimizer(Eigen::Index rows, Eigen::Index cols)
    : before_(Matrix::Zero(rows, cols)) {}

lab::Result<StepReport> Optimizer::step(Matrix& w, const Matrix& g, double scheduleFactor) {
    assert(scheduleFactor >= 0.0);
    for (const Matrix* given : {static_cast<const Matrix*>(&w), &g}) {
        if (given->rows() != rows() || given->cols() != cols()) {
            return lab::Error{"step: " + std::string(given == &g ? "gradient" : "parameter") +
                                  " of shape " + shapeText(given->rows(), given->cols()) +
                                  ", expected " + shapeText(rows(), cols()),
                              {},
                              {}};
        }
    }
    StepReport report;
    if (!g.allFinite()) {
        report.skippedNonfinite = true;
        report.gradientNorm = g.norm();
        report.parameterNorm = w.norm();
        return report;
    }
    before_ = w;
    update(w, g, scheduleFactor, report);
    report.gradientNorm = g.norm();
    report.parameterNorm = w.norm();
    before_ -= w;
    report.updateNorm = before_.norm();
    const double scale = report.updateNorm * report.gradientNorm;
    report.cosine = scale > 0.0 ? before_.cwiseProduct(g).sum() / scale : 0.0;
    return report;
}

lab::Result<std::unique_ptr<Optimizer>> makeOptimizer(const OptimizerConfig& config,
                                                      Eigen::Index rows, Eigen::Index cols) {
    if (rows < 1 || cols < 1) {
        return lab::Error{"a parameter of shape " + shapeText(rows, cols), {}, {}};
    }
    if (const auto valid = validate(config); !valid) {
        return valid.error();
    }
    return std::visit([rows, cols](const auto& values) { return make(values, rows, cols); },
                      config);
}

} // namespace psephos::optim::textbook
