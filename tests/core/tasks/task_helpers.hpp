// SPDX-License-Identifier: GPL-3.0-or-later
// Tiny models for the tests of tasks, and what is asked of all of them.
#pragma once

#include "optim/engine/optimizer.hpp"
#include "tasks/task.hpp"
#include "tensor/device.hpp"

#include <ATen/ATen.h>

#include <doctest/doctest.h>

#include <cstring>
#include <functional>
#include <memory>
#include <vector>

namespace psephos::test {

using MakeTask = std::function<std::unique_ptr<tasks::Task>(std::uint64_t seed)>;

inline bool isBitEqual(const at::Tensor& a, const at::Tensor& b) {
    const at::Tensor first = a.detach().contiguous();
    const at::Tensor second = b.detach().contiguous();
    return first.nbytes() == second.nbytes() &&
           std::memcmp(first.data_ptr(), second.data_ptr(), first.nbytes()) == 0;
}

/// Weights depend on the seed alone, batches on seed and step alone, whatever was drawn before.
inline void checkKeyedBySeedAndStep(const MakeTask& make) {
    tensor::useThreads(1);
    const auto one = make(1);
    const auto same = make(1);
    const auto other = make(2);
    REQUIRE(one->parameters().size() == same->parameters().size());
    bool allEqualToOther = true;
    for (std::size_t i = 0; i < one->parameters().size(); ++i) {
        CHECK(one->parameters()[i].name == same->parameters()[i].name);
        CHECK(isBitEqual(one->parameters()[i].value, same->parameters()[i].value));
        allEqualToOther =
            allEqualToOther && isBitEqual(one->parameters()[i].value, other->parameters()[i].value);
    }
    CHECK_FALSE(allEqualToOther);
    std::vector<at::Tensor> first;
    std::vector<at::Tensor> second;
    one->draw(7);
    const double loss = one->gradient(first);
    same->draw(3);
    const double elsewhere = same->gradient(second);
    CHECK(elsewhere != loss);
    same->draw(7);
    CHECK(same->gradient(second) == loss);
    for (std::size_t i = 0; i < first.size(); ++i) {
        CHECK(isBitEqual(first[i], second[i]));
    }
}

/// The gradient is the derivative of the loss, by differences in a few coordinates of every weight.
inline void checkGradient(const MakeTask& make) {
    const auto task = make(3);
    task->draw(1);
    std::vector<at::Tensor> gradients;
    static_cast<void>(task->gradient(gradients));
    std::vector<at::Tensor> ignored;
    constexpr double kStep = 1e-2; // float32: smaller steps drown in round-off
    for (std::size_t i = 0; i < gradients.size(); ++i) {
        const at::Tensor flat = task->parameters()[i].value.detach().view({-1});
        const at::Tensor direction = at::sign(gradients[i]).view({-1});
        const double slope = gradients[i].abs().sum().item<double>();
        const double scale = kStep / std::max(1.0, std::sqrt(static_cast<double>(flat.numel())));
        flat.add_(direction, scale);
        const double above = task->gradient(ignored);
        flat.sub_(direction, 2 * scale);
        const double below = task->gradient(ignored);
        flat.add_(direction, scale);
        const double measured = (above - below) / (2 * scale);
        CHECK_MESSAGE(std::abs(measured - slope) < 0.05 * slope + 2e-3,
                      task->parameters()[i].name << ": " << measured << " against " << slope);
    }
}

/// Some steps of SOAP make the held-out loss smaller; a restored model goes on bit for bit.
inline void checkLearnsAndRestores(const MakeTask& make, std::int64_t steps, double gain) {
    optim::SoapConfig config;
    config.learningRate = 1e-2;
    config.refreshPeriod = 2;
    const optim::engine::Routing routing{optim::AdamConfig{1e-2, 0.9, 0.95}};
    const auto run = [&](tasks::Task& task, optim::engine::Optimizer& optimizer, std::int64_t from,
                         std::int64_t to) {
        std::vector<at::Tensor> gradients;
        double loss = 0.0;
        for (std::int64_t step = from; step <= to; ++step) {
            task.draw(step);
            loss = task.gradient(gradients);
            REQUIRE(
                optimizer.step(gradients, optim::engine::Optimizer::rates(config, routing)).ok());
        }
        return loss;
    };
    const auto task = make(5);
    auto optimizer = optim::engine::Optimizer::make(config, task->parameters(), routing);
    REQUIRE(optimizer.ok());
    const double before = task->evaluate().loss;
    run(*task, **optimizer, 1, steps);
    tensor::Archive archive;
    task->save(archive);
    (*optimizer)->save(archive);
    const std::string bytes = archive.bytes();
    const double last = run(*task, **optimizer, steps + 1, steps + 3);
    CHECK(task->evaluate().loss < before - gain);
    CHECK(task->evaluate().loss == task->evaluate().loss);

    const auto again = make(6);
    auto fresh = optim::engine::Optimizer::make(config, again->parameters(), routing);
    REQUIRE(fresh.ok());
    const auto read = tensor::Archive::read(bytes);
    REQUIRE(read.ok());
    REQUIRE(again->restore(*read).ok());
    REQUIRE((*fresh)->restore(*read).ok());
    // The batches are another seed's: only the weights have to be the same.
    for (std::size_t i = 0; i < again->parameters().size(); ++i) {
        at::Tensor saved = at::zeros_like(again->parameters()[i].value).detach();
        REQUIRE(read->copyInto("model/" + again->parameters()[i].name, saved).ok());
        CHECK(isBitEqual(saved, again->parameters()[i].value));
    }
    const auto twin = make(5);
    auto twinOptimizer = optim::engine::Optimizer::make(config, twin->parameters(), routing);
    REQUIRE(twinOptimizer.ok());
    REQUIRE(twin->restore(*read).ok());
    REQUIRE((*twinOptimizer)->restore(*read).ok());
    CHECK(run(*twin, **twinOptimizer, steps + 1, steps + 3) == last);
}

} // namespace psephos::test
