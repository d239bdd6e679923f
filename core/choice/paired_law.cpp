// SPDX-License-Identifier: GPL-3.0-or-later
// The laws of the three outcomes.
#include "choice/bradley_terry.hpp"
#include "choice/paired_model.hpp"

#include <algorithm>
#include <cmath>

namespace psephos::choice {

namespace {

OutcomeLaw logisticLaw(TieModel ties, double d) {
    const double p = logistic(d);
    const double q = logistic(-d);
    OutcomeLaw law;
    law.log = {logLogistic(d), 0.0, logLogistic(-d)};
    law.d = {q, 0.0, -p};
    law.dd = {-p * q, 0.0, -p * q};
    if (ties == TieModel::Half) {
        law.log[1] = 0.5 * (law.log[0] + law.log[2]);
        law.d[1] = 0.5 * (q - p);
        law.dd[1] = -p * q;
    }
    return law;
}

OutcomeLaw davidsonLaw(double d, double t) {
    const double largest = std::max(std::abs(d) / 2, t);
    const double sum =
        std::exp(d / 2 - largest) + std::exp(-d / 2 - largest) + std::exp(t - largest);
    const double logSum = largest + std::log(sum);
    OutcomeLaw law;
    law.log = {d / 2 - logSum, t - logSum, -d / 2 - logSum};
    const double won = std::exp(law.log[0]);
    const double tied = std::exp(law.log[1]);
    const double lost = std::exp(law.log[2]);
    const double mean = (won - lost) / 2; // of the derivative of the exponent by d
    law.d = {0.5 - mean, -mean, -0.5 - mean};
    law.t = {-tied, won + lost, -tied};
    law.dd.fill(mean * mean - (won + lost) / 4);
    law.dt.fill(mean * tied);
    law.tt.fill(-tied * (won + lost));
    return law;
}

OutcomeLaw raoKupperLaw(double d, double t) {
    const double won = logistic(d - t);
    const double notWon = logistic(t - d);
    const double lost = logistic(-d - t);
    const double notLost = logistic(d + t);
    // P(tie) = (η² − 1) P(first) P(second), η = exp(t)
    const double square = std::expm1(2 * t);
    OutcomeLaw law;
    law.log = {logLogistic(d - t), 0.0, logLogistic(-d - t)};
    law.d = {notWon, 0.0, -notLost};
    law.t = {-notWon, 0.0, -notLost};
    law.dd = {-won * notWon, 0.0, -lost * notLost};
    law.dt = {won * notWon, 0.0, -lost * notLost};
    law.tt = {-won * notWon, 0.0, -lost * notLost};
    for (auto* part : {&law.log, &law.d, &law.t, &law.dd, &law.dt, &law.tt}) {
        (*part)[1] = (*part)[0] + (*part)[2];
    }
    law.log[1] += std::log(square);
    law.t[1] += 2 * (square + 1) / square;
    law.tt[1] -= 4 * (square + 1) / (square * square);
    return law;
}

} // namespace

OutcomeLaw outcomeLaw(TieModel ties, double d, double t) {
    switch (ties) {
    case TieModel::Davidson:
        return davidsonLaw(d, t);
    case TieModel::RaoKupper:
        return raoKupperLaw(d, t);
    case TieModel::Half:
    case TieModel::Dropped:
        break;
    }
    return logisticLaw(ties, d);
}

} // namespace psephos::choice
