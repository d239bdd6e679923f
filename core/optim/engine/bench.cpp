// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/bench.hpp"

#include "numerics/random.hpp"
#include "optim/engine/batched.hpp"
#include "optim/engine/floor.hpp"
#include "optim/engine/optimizer.hpp"
#include "optim/engine/peers.hpp"
#include "tensor/boundary.hpp"
#include "tensor/device.hpp"
#include "tensor/random.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace psephos::optim::engine {

namespace {

using lab::Json;
using lab::Result;
using tensor::Parameter;

constexpr int kDefaultThreads = 2;
constexpr std::uint64_t kGradientSets = 4;
constexpr double kSecondsARow = 1.0;
constexpr std::int64_t kLargestSideOfManyEigh = 1024;

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

/// SOAP by the way to a QR decomposition that is not taken on this device, for comparison.
BenchCase otherWayCase(int refreshPeriod, c10::Device device) {
    BenchCase other = soapCase(refreshPeriod);
    const bool isCholesky = fasterQr(device) == BasisRefresh::CholeskyQr2;
    other.optimizer = isCholesky ? "soap_householder" : "soap_cholesky_qr2";
    std::get<SoapConfig>(other.config).refresh =
        isCholesky ? BasisRefresh::Householder : BasisRefresh::CholeskyQr2;
    return other;
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
                                 otherWayCase(10, device),
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

std::vector<FloorBatch> batchesOf(const BenchShapes& shapes) {
    std::vector<FloorBatch> batches;
    for (const auto& [rows, cols] : shapes.block) {
        const auto known =
            std::find_if(batches.begin(), batches.end(), [&](const FloorBatch& batch) {
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
        , floor_(device) {}

    /// GFLOP/s of the rotations Q_LᵀG and GQ_R of all batches, together.
    double gemmRate(at::ScalarType type) {
        double work = 0.0;
        double spent = 0.0;
        for (const FloorBatch& batch : batches_) {
            work += StepFloor::rotationFlops(batch);
            spent += floor_.rotation(batch, type);
        }
        return work / spent * 1e-6;
    }

    double floorMilliseconds(const BenchCase& benchCase) {
        constexpr int kPassesOfAdam = 7;
        const auto total = [](const PhaseTimes& times) {
            return std::accumulate(times.begin(), times.end(), 0.0);
        };
        std::int64_t numbers = 0;
        double sum = 0.0;
        for (const FloorBatch& batch : batches_) {
            numbers += batch.count * batch.rows * batch.cols;
            if (benchCase.floor != Floor::Memory) {
                sum += total(floorOf(batch, benchCase));
            }
        }
        return benchCase.floor == Floor::Memory ? total(floor_.elementwise(numbers, kPassesOfAdam))
                                                : sum;
    }

  private:
    PhaseTimes floorOf(const FloorBatch& batch, const BenchCase& benchCase) {
        if (benchCase.floor == Floor::NewtonSchulz) {
            return floor_.orthogonalised(batch, benchCase.products);
        }
        return floor_.preconditioned(
            batch, benchCase.floor == Floor::Soap ? Preconditioner::Bases : Preconditioner::Roots,
            benchCase.refreshPeriod.value_or(1));
    }

    std::vector<FloorBatch> batches_;
    StepFloor floor_;
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

/// Makes one step with one set of gradients.
using StepOnce = std::function<Result<Stepped>(const std::vector<at::Tensor>&)>;

/// The steps of one contestant and what they took.
class StepTimer {
  public:
    StepTimer(StepOnce stepOnce, const BenchCase& benchCase)
        : stepOnce_(std::move(stepOnce))
        , period_(static_cast<std::size_t>(benchCase.refreshPeriod.value_or(1))) {}

    /// Steps through whole periods, at least one, until so much more time is spent.
    Result<void> burst(const Gradients& gradients, c10::Device device, double milliseconds) {
        const double until = spent_ + milliseconds;
        do {
            for (std::size_t i = 0; i < period_; ++i) {
                if (auto good = step(gradients[steps_ % gradients.size()], device); !good) {
                    return good;
                }
            }
        } while (spent_ < until);
        return {};
    }

    [[nodiscard]] double spent() const { return spent_; }

    [[nodiscard]] Timing timing() const {
        return {spent_ / static_cast<double>(steps_),
                median(offRefresh_.empty() ? lessRefresh_ : offRefresh_)};
    }

  private:
    Result<void> step(const std::vector<at::Tensor>& gradients, c10::Device device) {
        std::optional<Result<Stepped>> stepped;
        const double passed = millisecondsOf(device, [&] { stepped = stepOnce_(gradients); });
        if (!*stepped) {
            return stepped->error();
        }
        spent_ += passed;
        ++steps_;
        lessRefresh_.push_back(passed - (*stepped)->refreshMilliseconds);
        if (!(*stepped)->refreshed) {
            offRefresh_.push_back(passed);
        }
        return {};
    }

    StepOnce stepOnce_;
    std::size_t period_;
    std::size_t steps_ = 0;
    double spent_ = 0.0;
    std::vector<double> offRefresh_;
    std::vector<double> lessRefresh_;
};

/// Measures contestants in turn, a little at a time, so that what else goes on in the machine
/// befalls them alike.
Result<void> timeTogether(std::span<StepTimer> timers, const Gradients& gradients,
                          c10::Device device, double seconds) {
    constexpr double kRounds = 10.0;
    const auto isLate = [&](const StepTimer& timer) { return timer.spent() >= seconds * 1e3; };
    do {
        for (StepTimer& timer : timers) {
            if (auto good = timer.burst(gradients, device, seconds * 1e3 / kRounds); !good) {
                return good;
            }
        }
    } while (!std::all_of(timers.begin(), timers.end(), isLate));
    return {};
}

/// The state of SOAP with a basis: the first call's decompositions are made once for all f.
using Start = std::optional<tensor::Archive>;

/// An optimizer that has made its first call.
Result<std::unique_ptr<Optimizer>> begun(std::span<const Parameter> parameters,
                                         const BenchCase& benchCase, const Gradients& gradients,
                                         Start& start) {
    auto optimizer = Optimizer::make(benchCase.config, parameters);
    if (!optimizer) {
        return optimizer.error();
    }
    if (start) {
        const auto restored = (*optimizer)->restore(*start);
        if (!restored) {
            return restored.error();
        }
        if (*restored) {
            return optimizer;
        }
    }
    const auto first = (*optimizer)->step(gradients[0], Optimizer::rates(benchCase.config));
    if (!first) {
        return first.error();
    }
    if (benchCase.floor == Floor::Soap) {
        (*optimizer)->save(start.emplace());
    }
    return optimizer;
}

std::vector<Parameter> parametersOf(const BenchShapes& shapes, c10::Device device) {
    std::vector<Parameter> parameters;
    for (const at::Tensor& value : tensorsOf(shapes, "bench.weights", 0, device)) {
        parameters.push_back({"p" + std::to_string(parameters.size()), value});
    }
    return parameters;
}

/// The engine's own.
Result<StepTimer> contestant(const BenchShapes& shapes, const BenchCase& benchCase,
                             const Gradients& gradients, Start& start, c10::Device device) {
    const std::vector<Parameter> parameters = parametersOf(shapes, device);
    auto optimizer = begun(parameters, benchCase, gradients, start);
    if (!optimizer) {
        return optimizer.error();
    }
    const Rates rates = Optimizer::rates(benchCase.config);
    return StepTimer(
        [own = std::shared_ptr<Optimizer>(std::move(*optimizer)),
         rates](const std::vector<at::Tensor>& set) -> Result<Stepped> {
            const auto report = own->step(set, rates);
            if (!report) {
                return report.error();
            }
            return Stepped{report->refreshed, report->in(Phase::Refresh)};
        },
        benchCase);
}

/// Who does the same with LibTorch's operators, where somebody does.
Result<std::optional<StepTimer>> peerOf(const BenchShapes& shapes, const BenchCase& benchCase,
                                        const Gradients& gradients, Start& start,
                                        c10::Device device) {
    using Found = std::optional<StepTimer>;
    if (benchCase.optimizer == "adamw") {
        return Found(
            StepTimer([peer = FusedAdamWPeer(tensorsOf(shapes, "bench.weights", 0, device))](
                          const auto& set) mutable { return peer.step(set); },
                      benchCase));
    }
    if (benchCase.optimizer != "soap") {
        return Found();
    }
    const std::vector<Parameter> parameters = parametersOf(shapes, device);
    const auto first = begun(parameters, benchCase, gradients, start);
    if (!first) {
        return first.error();
    }
    std::vector<PlainSoapPeer::Matrix> matrices;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const auto state = [&](const char* name) { return (*first)->state(i, name).value(); };
        matrices.push_back({parameters[i].value.clone(),
                            {state("L"), state("R")},
                            {state("QL").contiguous(), state("QR").contiguous()}});
    }
    return Found(StepTimer(
        [peer = PlainSoapPeer(std::get<SoapConfig>(benchCase.config), std::move(matrices))](
            const auto& set) mutable { return peer.step(set); },
        benchCase));
}

Json rowOf(const BenchCase& benchCase, const BenchShapes& shapes, c10::Device device, int threads,
           const Timing& timing, Machine& machine) {
    Json row = Json::object();
    row["optimizer"] = benchCase.optimizer;
    row["f"] = benchCase.refreshPeriod ? Json(*benchCase.refreshPeriod) : Json();
    row["shapes"] = shapes.name;
    row["device"] = device.is_cuda() ? "cuda" : "cpu";
    row["threads"] = threads;
    row["ms_mean"] = timing.mean;
    row["ms_off_refresh"] = timing.offRefresh;
    row["floor_ms"] = machine.floorMilliseconds(benchCase);
    row["gemm_gflops"] = machine.gemmRate(benchCase.products);
    return row;
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
        auto own = contestant(shapes, benchCase, gradients, start, device);
        if (!own) {
            return own.error();
        }
        auto peer = peerOf(shapes, benchCase, gradients, start, device);
        if (!peer) {
            return peer.error();
        }
        std::vector<StepTimer> timers{std::move(*own)};
        if (*peer) {
            timers.push_back(std::move(**peer));
        }
        if (auto good = timeTogether(timers, gradients, device, seconds); !good) {
            return good.error();
        }
        BenchCase named = benchCase;
        for (const StepTimer& timer : timers) {
            rows.push_back(rowOf(named, shapes, device, threads, timer.timing(), machine));
            named.optimizer += "_libtorch";
        }
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
