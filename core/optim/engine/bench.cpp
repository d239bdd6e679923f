// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/bench.hpp"

#include "numerics/random.hpp"
#include "optim/engine/batched.hpp"
#include "optim/engine/optimizer.hpp"
#include "tensor/boundary.hpp"
#include "tensor/device.hpp"
#include "tensor/random.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <string_view>
#include <tuple>

namespace psephos::optim::engine {

namespace {

using lab::Json;
using lab::Result;
using tensor::Parameter;

constexpr int kDefaultThreads = 2;
constexpr std::uint64_t kGradientSets = 4;
constexpr double kSecondsARow = 1.0;
constexpr std::int64_t kLargestSideOfManyEigh = 1024;

double millisecondsOf(c10::Device device, const std::function<void()>& work) {
    tensor::synchronize(device);
    const auto from = std::chrono::steady_clock::now();
    work();
    tensor::synchronize(device);
    const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - from;
    return spent.count();
}

/// The least of a few, after one that does not count unless it was long: what the machine can do.
double leastMilliseconds(c10::Device device, const std::function<void()>& work) {
    constexpr double kLong = 300.0;
    constexpr double kEnough = 50.0;
    constexpr int kMost = 50;
    const double first = millisecondsOf(device, work);
    if (first > kLong) {
        return first;
    }
    double least = std::numeric_limits<double>::infinity();
    double spent = 0.0;
    for (int i = 0; i < kMost && (i < 3 || spent < kEnough); ++i) {
        const double one = millisecondsOf(device, work);
        least = std::min(least, one);
        spent += one;
    }
    return least;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// What an optimizer's step is measured against.
enum class Floor { Memory, NewtonSchulz, Soap, Shampoo };

struct BenchCase {
    std::string optimizer;
    std::optional<int> refreshPeriod;
    OptimizerConfig config;
    Floor floor = Floor::Soap;
    at::ScalarType products = at::kFloat; ///< the number type of its products
};

BenchCase muonCase(std::string name, NsPrecision precision, at::ScalarType products) {
    MuonConfig muon;
    muon.precision = precision;
    return {std::move(name), std::nullopt, muon, Floor::NewtonSchulz, products};
}

BenchCase soapCase(int refreshPeriod) {
    SoapConfig soap;
    soap.refreshPeriod = refreshPeriod;
    return {"soap", refreshPeriod, soap, Floor::Soap};
}

/// Its first refresh is at update f, so that there is one in the first period as in every other.
BenchCase shampooCase(int refreshPeriod) {
    ShampooConfig shampoo;
    shampoo.refreshPeriod = refreshPeriod;
    shampoo.startsGrafted = true;
    return {"shampoo", refreshPeriod, shampoo, Floor::Shampoo};
}

std::vector<BenchCase> casesOf(const BenchShapes& shapes, c10::Device device) {
    AdamConfig adamw;
    adamw.decoupledWeightDecay = 0.01;
    std::vector<BenchCase> cases{{"adamw", std::nullopt, adamw, Floor::Memory},
                                 muonCase("muon", NsPrecision::BFloat16, at::kBFloat16),
                                 muonCase("muon_float32", NsPrecision::Float32, at::kFloat),
                                 soapCase(1),
                                 soapCase(10),
                                 shampooCase(10)};
    const bool hasLongSide =
        std::any_of(shapes.block.begin(), shapes.block.end(), [](const auto& sides) {
            return std::max(sides.first, sides.second) > kLargestSideOfManyEigh;
        });
    if (!hasLongSide || device.is_cuda()) {
        cases.push_back(shampooCase(1));
    }
    return cases;
}

/// Matrices of one shape, as the engine batches them.
struct Batch {
    std::int64_t count = 0;
    std::int64_t rows = 0;
    std::int64_t cols = 0;
};

std::vector<Batch> batchesOf(const BenchShapes& shapes) {
    std::vector<Batch> batches;
    for (const auto& [rows, cols] : shapes.block) {
        const auto known = std::find_if(batches.begin(), batches.end(), [&](const Batch& batch) {
            return batch.rows == rows && batch.cols == cols;
        });
        if (known == batches.end()) {
            batches.push_back({shapes.copies, rows, cols});
        } else {
            known->count += shapes.copies;
        }
    }
    return batches;
}

at::Tensor randomTensor(std::vector<std::int64_t> sizes, std::string_view stream,
                        std::uint64_t step, c10::Device device) {
    return tensor::normal(sizes, 1.0, numerics::RandomStream(1, stream, step), at::kFloat, device);
}

/// What the machine does with these sizes; measured when first asked for.
class Machine {
  public:
    Machine(const BenchShapes& shapes, c10::Device device)
        : batches_(batchesOf(shapes))
        , device_(device) {}

    /// GFLOP/s of the rotations Q_LᵀG and GQ_R of all batches, together.
    double gemmRate(at::ScalarType type) {
        const auto work = std::accumulate(
            batches_.begin(), batches_.end(), 0.0,
            [](double sum, const Batch& batch) { return sum + rotationFlops(batch); });
        double spent = 0.0;
        for (const Batch& batch : batches_) {
            spent += rotationMilliseconds(batch, type);
        }
        return work / spent * 1e-6;
    }

    double floorMilliseconds(const BenchCase& benchCase) {
        double sum = 0.0;
        for (const Batch& batch : batches_) {
            sum += benchCase.floor == Floor::Memory ? adamMilliseconds(batch)
                                                    : productMilliseconds(batch, benchCase);
        }
        return sum;
    }

  private:
    /// 2mn(m+n) a matrix.
    static double rotationFlops(const Batch& batch) {
        return 2.0 * static_cast<double>(batch.count) * static_cast<double>(batch.rows) *
               static_cast<double>(batch.cols) * static_cast<double>(batch.rows + batch.cols);
    }

    double productMilliseconds(const Batch& batch, const BenchCase& benchCase) {
        const double rotation = rotationMilliseconds(batch, benchCase.products);
        const double flops = rotationFlops(batch);
        const auto count = static_cast<double>(batch.count);
        const auto a = static_cast<double>(std::min(batch.rows, batch.cols));
        const auto b = static_cast<double>(std::max(batch.rows, batch.cols));
        if (benchCase.floor == Floor::NewtonSchulz) {
            return rotation * count * (20.0 * a * a * b + 10.0 * a * a * a) / flops;
        }
        const bool isSoap = benchCase.floor == Floor::Soap;
        const double images = rotation * count * 2.0 * (a * a * a + b * b * b) / flops;
        const double refresh = qrMilliseconds(batch.count, batch.rows) +
                               qrMilliseconds(batch.count, batch.cols) + images +
                               (isSoap ? rotation : 0.0);
        return rotation * (isSoap ? 2.5 : 1.5) + refresh / benchCase.refreshPeriod.value_or(1);
    }

    /// Of Q_LᵀG and GQ_R.
    double rotationMilliseconds(const Batch& batch, at::ScalarType type) {
        const auto [place, isNew] =
            rotations_.try_emplace({batch.rows, batch.cols, type == at::kFloat}, 0.0);
        if (isNew) {
            const auto make = [&](std::int64_t rows, std::int64_t cols) {
                return randomTensor({batch.count, rows, cols}, "bench.product", 0, device_)
                    .to(type);
            };
            const at::Tensor g = make(batch.rows, batch.cols);
            const at::Tensor left = make(batch.rows, batch.rows).transpose(1, 2);
            const at::Tensor right = make(batch.cols, batch.cols);
            place->second = leastMilliseconds(device_, [&] { (void)product(left, g); }) +
                            leastMilliseconds(device_, [&] { (void)product(g, right); });
        }
        return place->second;
    }

    double qrMilliseconds(std::int64_t count, std::int64_t side) {
        const auto [place, isNew] = decompositions_.try_emplace({count, side}, 0.0);
        if (isNew) {
            const at::Tensor a = randomTensor({count, side, side}, "bench.qr", 0, device_);
            place->second = leastMilliseconds(device_, [&] { (void)orthogonalFactor(a); });
        }
        return place->second;
    }

    /// Seven passes: G, M, V and W are read, M, V and W written. A copy makes two.
    double adamMilliseconds(const Batch& batch) {
        if (copyMilliseconds_ == 0.0) {
            const std::int64_t all = std::accumulate(
                batches_.begin(), batches_.end(), std::int64_t{0}, [](auto sum, const auto& each) {
                    return sum + each.count * each.rows * each.cols;
                });
            const at::Tensor from = at::ones({all}, at::TensorOptions(at::kFloat).device(device_));
            const at::Tensor to = at::zeros_like(from);
            copyMilliseconds_ =
                leastMilliseconds(device_, [&] { to.copy_(from); }) / static_cast<double>(2 * all);
        }
        return 7.0 * copyMilliseconds_ * static_cast<double>(batch.count * batch.rows * batch.cols);
    }

    std::vector<Batch> batches_;
    c10::Device device_;
    std::map<std::tuple<std::int64_t, std::int64_t, bool>, double> rotations_;
    std::map<std::pair<std::int64_t, std::int64_t>, double> decompositions_;
    double copyMilliseconds_ = 0.0; ///< a number and pass
};

using Gradients = std::vector<std::vector<at::Tensor>>;

std::vector<at::Tensor> tensorsOf(const BenchShapes& shapes, std::string_view stream,
                                  std::uint64_t step, c10::Device device) {
    std::vector<at::Tensor> tensors;
    for (int copy = 0; copy < shapes.copies; ++copy) {
        for (const auto& [rows, cols] : shapes.block) {
            const std::string name = std::string(stream) + std::to_string(tensors.size());
            tensors.push_back(randomTensor({rows, cols}, name, step, device));
        }
    }
    return tensors;
}

struct Timing {
    double mean = 0.0;
    double offRefresh = 0.0;
};

/// Steps through whole periods, at least one, until the time is spent.
Result<Timing> timeSteps(Optimizer& optimizer, const BenchCase& benchCase,
                         const Gradients& gradients, c10::Device device, double seconds) {
    constexpr std::size_t kMostSteps = 2000;
    const Rates rates = Optimizer::rates(benchCase.config);
    const auto period = static_cast<std::size_t>(benchCase.refreshPeriod.value_or(1));
    std::vector<double> offRefresh;
    std::vector<double> lessRefresh;
    double spent = 0.0;
    std::size_t steps = 0;
    while (steps % period != 0 || steps == 0 || (spent < seconds * 1e3 && steps < kMostSteps)) {
        std::optional<Result<StepReport>> report;
        const double passed = millisecondsOf(
            device, [&] { report = optimizer.step(gradients[steps % gradients.size()], rates); });
        if (!*report) {
            return report->error();
        }
        spent += passed;
        ++steps;
        lessRefresh.push_back(passed - (*report)->refreshMilliseconds);
        if (!(*report)->refreshed) {
            offRefresh.push_back(passed);
        }
    }
    return Timing{spent / static_cast<double>(steps),
                  median(offRefresh.empty() ? lessRefresh : offRefresh)};
}

/// The state of SOAP with a basis: the first call's decompositions are made once for all f.
using Start = std::optional<tensor::Archive>;

Result<Timing> timeCase(const BenchShapes& shapes, const BenchCase& benchCase,
                        const Gradients& gradients, Start& start, c10::Device device,
                        double seconds) {
    std::vector<Parameter> parameters;
    for (const at::Tensor& value : tensorsOf(shapes, "bench.weights", 0, device)) {
        parameters.push_back({"p" + std::to_string(parameters.size()), value});
    }
    auto optimizer = Optimizer::make(benchCase.config, parameters);
    if (!optimizer) {
        return optimizer.error();
    }
    bool isWarm = false;
    if (start) {
        const auto restored = (*optimizer)->restore(*start);
        if (!restored) {
            return restored.error();
        }
        isWarm = *restored;
    }
    if (!isWarm) {
        const auto first = (*optimizer)->step(gradients[0], Optimizer::rates(benchCase.config));
        if (!first) {
            return first.error();
        }
        if (benchCase.floor == Floor::Soap) {
            (*optimizer)->save(start.emplace());
        }
    }
    return timeSteps(**optimizer, benchCase, gradients, device, seconds);
}

Result<Json> benchCases(const BenchShapes& shapes, c10::Device device, int threads,
                        double seconds) {
    const at::NoGradGuard noGradient;
    Machine machine(shapes, device);
    Gradients gradients;
    for (std::uint64_t set = 0; set < kGradientSets; ++set) {
        gradients.push_back(tensorsOf(shapes, "bench.gradients", set, device));
    }
    Start start;
    Json rows = Json::array();
    for (const BenchCase& benchCase : casesOf(shapes, device)) {
        const auto timing = timeCase(shapes, benchCase, gradients, start, device, seconds);
        if (!timing) {
            return timing.error();
        }
        Json row = Json::object();
        row["optimizer"] = benchCase.optimizer;
        row["f"] = benchCase.refreshPeriod ? Json(*benchCase.refreshPeriod) : Json();
        row["shapes"] = shapes.name;
        row["device"] = device.is_cuda() ? "cuda" : "cpu";
        row["threads"] = threads;
        row["ms_mean"] = timing->mean;
        row["ms_off_refresh"] = timing->offRefresh;
        row["floor_ms"] = machine.floorMilliseconds(benchCase);
        row["gemm_gflops"] = machine.gemmRate(benchCase.products);
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace

BenchShapes smallShapes() {
    return {"small", {{384, 128}, {128, 128}, {512, 128}, {128, 512}}, 4};
}

BenchShapes gpt2Shapes(std::string name, int copies) {
    return {std::move(name), {{2304, 768}, {768, 768}, {3072, 768}, {768, 3072}}, copies};
}

Result<Json> benchSteps(const BenchShapes& shapes, const lab::BenchOptions& options,
                        double seconds) {
    const auto device = tensor::openDevice(options.device);
    if (!device) {
        return device.error();
    }
    const int threads = options.threads > 0 ? options.threads : kDefaultThreads;
    tensor::useThreads(threads);
    return tensor::guarded("measuring the optimizers' steps",
                           [&]() { return benchCases(shapes, *device, threads, seconds); });
}

void registerBenchmarks(lab::CheckRegistry& registry) {
    registry.add(lab::Bench{"optim", "steps, small", [](const lab::BenchOptions& options) {
                                return benchSteps(smallShapes(), options, kSecondsARow);
                            }});
    registry.add(lab::Bench{"optim", "steps, gpt2-block", [](const lab::BenchOptions& options) {
                                return benchSteps(gpt2Shapes("gpt2-block", 1), options,
                                                  kSecondsARow);
                            }});
    registry.add(lab::Bench{"optim", "steps, gpt2-124m", [](const lab::BenchOptions& options) {
                                return options.device == "cuda"
                                           ? benchSteps(gpt2Shapes("gpt2-124m", 12), options,
                                                        kSecondsARow)
                                           : Result<Json>(Json::array());
                            }});
}

} // namespace psephos::optim::engine
