// SPDX-License-Identifier: GPL-3.0-or-later
// Parameters that are stepped together as one tensor. Internal to the engine.
#pragma once

#include "optim/engine/host_pass.hpp"
#include "optim/engine/insight.hpp"
#include "optim/engine/phases.hpp"
#include "tensor/archive.hpp"
#include "tensor/parameter.hpp"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace psephos::optim::engine {

/// Part of a group's tensors along their first dimension, and which of its calls this is (from 1).
struct Slice {
    std::int64_t first = 0;
    std::int64_t count = 0;
    std::int64_t call = 1;
};

/// What a group's compute() has done.
enum class Computed {
    Nothing, ///< this call changes no weight
    Update,  ///< W_new − W_old is in update()
    Step,    ///< the weights are stepped as well; GroupReport::squaredUpdate is the update's Σ²
};

/// What the groups' updates have to tell.
struct GroupReport {
    double squaredUpdate = 0.0; ///< of the last Computed::Step
    bool refreshed = false;
    bool refreshFailed = false;
    double refreshResidual = 0.0; ///< largest ‖B − diag B‖/‖B‖ that was measured
    PhaseClock clock;
};

/// The slice of a tensor; the tensor itself where the slice is all of it.
[[nodiscard]] at::Tensor part(const at::Tensor& tensor, const Slice& slice);

/// How parameters lie in a group's tensors.
enum class Packing {
    Batched, ///< [b,m,n]: all of one shape
    Flat,    ///< [total]: one after another
};

/// A parameter as a group sees it: [rows, cols]; a vector of length d is [d,1].
struct Shape {
    std::int64_t rows = 1;
    std::int64_t cols = 1;

    friend auto operator<=>(const Shape&, const Shape&) = default;
};

/// The shape of a tensor of any number of dimensions: what follows the first is one side.
[[nodiscard]] Shape shapeOf(const at::Tensor& tensor);

/// Weights, gradients and state of parameters that are stepped together. Derived classes are the
/// algorithms: they turn a gradient into an update of the weights.
class Group {
  public:
    /// Whether the group's learning rate is the optimizer's own or the auxiliary AdamW's.
    enum class Rate { Main, Auxiliary };

    Group(std::string algorithm, Packing packing, Rate rate);
    virtual ~Group() = default;
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

    /// Adds a parameter before assemble(). \return its number in the group
    std::size_t add(const tensor::Parameter& parameter);

    /// Moves the parameters' values into one tensor and allocates the state.
    void assemble();

    [[nodiscard]] Rate rate() const { return rate_; }

    /// Copies gradients in; a member without one sits out this step.
    void gather(std::size_t member, const at::Tensor& gradient);
    void startGathering();
    void finishGathering();

    /// ‖gradients‖ of the members that take part, one float64 scalar tensor a part.
    void gradientNorms(std::vector<at::Tensor>& norms) const;

    /// Are all gathered gradients finite?
    [[nodiscard]] bool gradientsAreFinite() const;

    /// Steps the members that take part; appends the updates' norms.
    void step(double learningRate, GroupReport& report, std::vector<at::Tensor>& norms);

    /// Puts the weights of members that have been stepped where the model is to be evaluated, and
    /// back. In between, no step.
    void enterEvaluation();
    void leaveEvaluation();

    /// A named part of a member's state.
    [[nodiscard]] std::optional<at::Tensor> state(std::size_t member, std::string_view name) const;

    [[nodiscard]] std::string layout() const;
    [[nodiscard]] std::size_t stateBytes() const;

    /// What is kept of a member, as views.
    [[nodiscard]] Insight insight(std::size_t member) const;
    /// Adds what the group holds.
    void addMemory(MemoryUse& use) const;
    void save(tensor::Archive& archive, const std::string& prefix) const;
    [[nodiscard]] lab::Result<void> restore(const tensor::Archive& archive,
                                            const std::string& prefix);

  protected:
    /// Called once by assemble(), when shape() and size() are known.
    virtual void allocate() = 0;

    /// Writes W_new − W_old to part(update(), slice).
    virtual Computed compute(const Slice& slice, double learningRate, GroupReport& report) = 0;

    /// Whether compute() reads memberGradients() alone: there are no gradients() then.
    [[nodiscard]] virtual bool readsGradientsInPlace() const { return false; }

    /// Whether update() exists; without it compute() steps the weights and lastUpdate() tells.
    [[nodiscard]] virtual bool keepsUpdate() const { return true; }

    /// W_new − W_old of a slice's last step; undefined where it is not known.
    [[nodiscard]] virtual at::Tensor lastUpdate(const Slice& slice) const;

    /// This step's gradients of a slice as they were handed in, one a member, contiguous.
    [[nodiscard]] std::vector<at::Tensor> memberGradients(const Slice& slice) const;

    /// Ends compute(): W_new − W_old = scale·direction − decay·W. `direction` may be part(update(),
    /// slice).
    [[nodiscard]] Computed finish(const Slice& slice, const at::Tensor& direction,
                                  const gpu::UpdatePass& scale, GroupReport& report) const;

    /// Where the model is to be evaluated, in the shape of the slice's weights; not defined: at the
    /// weights.
    [[nodiscard]] virtual at::Tensor evaluationPoint(const Slice& slice) const;

    /// State that is not kept as such, of one member (slice.count is its extent); goes before what
    /// is kept under that name.
    [[nodiscard]] virtual std::optional<at::Tensor> derivedState(std::string_view name,
                                                                 const Slice& slice) const;

    /// Makes whole what compute() leaves in part; called before anyone else reads the state. What
    /// compute() reads stays as it is.
    virtual void settle(const Slice& slice) const;

    /// What tells how to read the saved state; restoreDerived() is called when it is back.
    virtual void saveDerived(tensor::Archive& archive, const std::string& prefix) const;
    [[nodiscard]] virtual lab::Result<void> restoreDerived(const tensor::Archive& archive,
                                                           const std::string& prefix);

    /// Fills in what the algorithm keeps; slice.call counts the calls so far.
    virtual void look(const Slice& slice, Insight& insight) const;

    /// A zeroed state tensor whose first dimension runs along the members: saved, restored and
    /// found by its name. `tail` are the dimensions after the first.
    [[nodiscard]] at::Tensor makeState(std::string name, at::IntArrayRef tail);
    /// The same with [d,d] a member, column after column in memory as LAPACK has matrices.
    [[nodiscard]] at::Tensor makeColumnsState(std::string name, std::int64_t d);
    /// The same in the shape of the weights.
    [[nodiscard]] at::Tensor makeStateLikeWeights(std::string name);

    [[nodiscard]] Shape shape() const { return shape_; }

    [[nodiscard]] std::size_t memberCount() const { return members_.size(); }

    /// The sizes that a member has outside the group.
    [[nodiscard]] at::IntArrayRef sizesOf(std::size_t member) const;

    [[nodiscard]] const at::Tensor& weights() const { return weights_; }

    /// This step's gradients; the algorithm may overwrite them.
    [[nodiscard]] const at::Tensor& gradients() const { return gradients_; }

    [[nodiscard]] const at::Tensor& update() const { return update_; }

  private:
    friend class BlockedGroup; // steps groups that have no members of their own

    /// Tensors for `count` matrices that belong to no parameter, and the state.
    void assembleDetached(Shape shape, std::int64_t count, at::TensorOptions options);

    struct Member {
        tensor::Parameter parameter;
        std::int64_t first = 0;
        std::int64_t extent = 1;
        std::int64_t calls = 0;
        at::Tensor gradient; ///< while gathering
        bool takesPart = false;
    };

    /// One slice for all where all take part and have made the same number of calls, else one a
    /// member; calls are counted up from `calls`.
    [[nodiscard]] std::vector<Slice> slices() const;
    [[nodiscard]] Slice sliceOf(const Member& member) const;

    std::string algorithm_;
    Packing packing_;
    Rate rate_;
    Shape shape_;
    std::vector<Member> members_;
    at::Tensor weights_;
    at::Tensor gradients_;         ///< empty where they are read in place
    at::Tensor update_;            ///< empty where it is not kept
    double gradientSquares_ = 0.0; ///< Σ² of what was gathered by a host pass
    bool hasGradientSquares_ = false;
    at::Tensor held_; ///< the weights while evaluating elsewhere, else undefined
    std::vector<std::pair<std::string, at::Tensor>> states_;
};

} // namespace psephos::optim::engine
