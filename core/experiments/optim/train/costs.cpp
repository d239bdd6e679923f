// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/train/costs.hpp"

#include "optim/engine/floor.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace psephos::experiments::train {

namespace {

using optim::engine::Insight;
using optim::engine::Optimizer;
using optim::engine::Phase;
using optim::engine::PhaseTimes;
using optim::engine::StepFloor;

constexpr double kMegabyte = 1e6;

/// In the order of Phase, then the gradient.
const std::vector<std::string>& rowNames() {
    static const std::vector<std::string> kNames{"Gram matrices", "project", "elementwise",
                                                 "project back",  "refresh", "orthogonalise",
                                                 "other",         "gradient"};
    return kNames;
}

std::pair<std::int64_t, std::int64_t> sidesOf(const at::Tensor& value) {
    const std::int64_t rows = value.dim() > 0 ? value.size(0) : 1;
    return {rows, value.numel() / rows};
}

/// Passes over memory that a step of an elementwise method can't do without: numbers read and
/// written for each weight. 0: not known.
int passesOf(const std::string& algorithm, bool hasMomentum) {
    static const std::map<std::string, int> kPasses{
        {"adam", 7},                 // G, M, V, W; M, V, W
        {"lion", 5},                 // G, M, W; M, W
        {"adafactor_simple", 5},     // G, M, W; M, W
        {"schedule_free_adamw", 9}}; // G, X, Z, V, Y; X, Z, V, Y
    if (algorithm == "sgd") {
        return hasMomentum ? 5 : 3; // G, B, W; B, W
    }
    const auto found = kPasses.find(algorithm);
    return found == kPasses.end() ? 0 : found->second;
}

/// What a step of an optimizer has to do, by what is done together.
struct Work {
    using Key = std::tuple<std::string, std::int64_t, std::int64_t, bool, bool>;
    std::map<Key, std::int64_t> batches;     ///< algorithm, rows, cols, sides → matrices
    std::map<int, std::int64_t> elementwise; ///< passes → numbers
};

Work workOf(const Optimizer& optimizer, std::span<const tensor::Parameter> parameters) {
    Work work;
    const bool hasMomentum = optimizer.memory().firstMoments > 0;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const Insight insight = optimizer.insight(i);
        const auto [rows, cols] = sidesOf(parameters[i].value);
        const bool hasLeft = insight.left.isThere();
        const bool hasRight = insight.right.isThere();
        if (hasLeft || hasRight || insight.algorithm == "muon") {
            ++work.batches[{insight.algorithm, rows, cols, hasLeft, hasRight}];
        } else if (const int passes = passesOf(insight.algorithm, hasMomentum); passes > 0) {
            work.elementwise[passes] += rows * cols;
        }
    }
    return work;
}

/// The least times of the work, each refresh in full. What was measured once in this process, with
/// as many threads on that device, is not measured again.
PhaseTimes leastTimes(const Work& work, c10::Device device) {
    constexpr double kEnough = 4.0;
    static std::mutex mutex;
    static std::map<std::pair<std::string, int>, StepFloor> machines;
    const std::lock_guard lock(mutex);
    StepFloor& machine =
        machines.try_emplace({device.str(), at::get_num_threads()}, device, kEnough).first->second;
    PhaseTimes sum{};
    const auto add = [&sum](const PhaseTimes& times) {
        std::transform(sum.begin(), sum.end(), times.begin(), sum.begin(), std::plus<>());
    };
    for (const auto& [key, count] : work.batches) {
        const auto& [algorithm, rows, cols, hasLeft, hasRight] = key;
        if (algorithm == "muon") {
            add(machine.orthogonalised({count, rows, cols}, at::kFloat));
        } else {
            const bool isSoap = algorithm == "soap";
            add(machine.preconditioned({count, rows, cols, hasLeft, hasRight},
                                       isSoap ? optim::engine::Preconditioner::Bases
                                              : optim::engine::Preconditioner::Roots,
                                       1));
        }
    }
    for (const auto& [passes, numbers] : work.elementwise) {
        add(machine.elementwise(numbers, passes));
    }
    return sum;
}

} // namespace

optim::engine::PhaseTiming Costs::timingOf(bool isDue, bool refreshesNext,
                                           c10::Device device) const {
    constexpr double kFewRefreshes = 20;
    const bool isWanted = isDue || (refreshesNext && sums_[1].measured < kFewRefreshes);
    return device.is_cuda() && isWanted ? optim::engine::PhaseTiming::Device
                                        : optim::engine::PhaseTiming::Queue;
}

void Costs::add(double gradientMilliseconds, const optim::engine::StepReport& report,
                bool isMeasured) {
    Sums& sums = sums_[report.refreshed ? 1 : 0];
    sums.all += 1;
    if (!isMeasured) {
        return;
    }
    sums.measured += 1;
    for (std::size_t i = 0; i < optim::engine::kPhases; ++i) {
        sums.milliseconds[i] += report.phases[i];
    }
    sums.milliseconds.back() += gradientMilliseconds;
}

std::array<double, Costs::kRows> Costs::mean() const {
    std::array<double, kRows> result{};
    double steps = 0;
    for (const Sums& sums : sums_) {
        steps += sums.measured > 0 ? sums.all : 0;
    }
    for (const Sums& sums : sums_) {
        for (std::size_t i = 0; i < kRows && sums.measured > 0; ++i) {
            result[i] += sums.milliseconds[i] / sums.measured * (sums.all / steps);
        }
    }
    return result;
}

std::array<double, Costs::kRows> Costs::floor(const Optimizer& optimizer,
                                              std::span<const tensor::Parameter> parameters) const {
    const PhaseTimes least =
        leastTimes(workOf(optimizer, parameters), parameters.front().value.device());
    const double steps = sums_[0].all + sums_[1].all;
    std::array<double, kRows> result{};
    result.fill(std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < least.size(); ++i) {
        const bool isRefresh = i == static_cast<std::size_t>(Phase::Refresh);
        const double share = isRefresh ? sums_[1].all / steps : 1.0;
        if (least[i] > 0.0) {
            result[i] = least[i] * share;
        }
    }
    return result;
}

void Costs::show(lab::RunContext& context, const Optimizer& optimizer,
                 std::span<const tensor::Parameter> parameters) {
    if (sums_[0].measured + sums_[1].measured > 0) {
        const auto times = mean();
        const auto least = floor(optimizer, parameters);
        context.emit("time/phases",
                     lab::Table{{rowNames(), std::vector<double>(times.begin(), times.end()),
                                 std::vector<double>(least.begin(), least.end())}});
    }
    const optim::engine::MemoryUse use = optimizer.memory();
    std::vector<std::string> names;
    std::vector<double> sizes;
    for (const auto& [name, bytes] : {std::pair{"gradients", use.gradients},
                                      {"first moment", use.firstMoments},
                                      {"second moment", use.secondMoments},
                                      {"Gram matrices", use.grams},
                                      {"bases and roots", use.bases},
                                      {"other state", use.others},
                                      {"last update", use.updates},
                                      {"weights", use.weights}}) {
        names.emplace_back(name);
        sizes.push_back(static_cast<double>(bytes) / kMegabyte);
    }
    context.emit("memory", lab::Table{{names, sizes}});
    if (const auto bytes = formulaBytes(optimizer, parameters)) {
        context.emit("memory/formula", *bytes / kMegabyte);
    }
}

void Costs::save(tensor::Archive& archive) const {
    std::vector<double> numbers;
    for (const Sums& sums : sums_) {
        numbers.insert(numbers.end(), sums.milliseconds.begin(), sums.milliseconds.end());
        numbers.insert(numbers.end(), {sums.measured, sums.all});
    }
    archive.set("costs", at::tensor(numbers, at::kDouble));
}

void Costs::restore(const tensor::Archive& archive) {
    constexpr std::size_t kNumbers = kRows + 2;
    const auto saved = archive.tensor("costs");
    if (!saved || saved->numel() != static_cast<std::int64_t>(2 * kNumbers)) {
        return; // of before there were any
    }
    const double* numbers = saved->data_ptr<double>();
    for (Sums& sums : sums_) {
        std::copy_n(numbers, kRows, sums.milliseconds.begin());
        sums.measured = numbers[kRows];
        sums.all = numbers[kRows + 1];
        numbers += kNumbers;
    }
}

std::optional<double> formulaBytes(const Optimizer& optimizer,
                                   std::span<const tensor::Parameter> parameters) {
    double numbers = 0;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const Insight insight = optimizer.insight(i);
        const auto [rows, cols] = sidesOf(parameters[i].value);
        const auto m = static_cast<double>(rows);
        const auto n = static_cast<double>(cols);
        const bool isPreconditioned =
            insight.algorithm == "soap" ||
            (insight.algorithm == "shampoo" && insight.secondMoment.defined());
        if (isPreconditioned) {
            numbers += (insight.left.isThere() ? 2 * m * m : 0) +
                       (insight.right.isThere() ? 2 * n * n : 0) +
                       (insight.isMomentFactored ? 2 * m * n + m + n : 3 * m * n);
        } else if (insight.algorithm == "adam") {
            numbers += 3 * m * n;
        } else {
            return std::nullopt;
        }
    }
    return numbers * static_cast<double>(parameters.front().value.element_size());
}

} // namespace psephos::experiments::train
