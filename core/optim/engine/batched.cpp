// SPDX-License-Identifier: GPL-3.0-or-later
#include "optim/engine/batched.hpp"

#include "optim/engine/device_pass.hpp"
#include "optim/engine/host_pass.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

namespace psephos::optim::engine {

namespace {

constexpr double kBasisJitter = 1e-30;
constexpr double kRelativeRidge = 1e-6;

bool isFinite(const at::Tensor& matrices) {
    const at::Tensor rows = matrices.is_contiguous() ? matrices : matrices.transpose(-2, -1);
    const bool isQuick = hasHostPass(rows) && std::isfinite(squaredNorm({&rows, 1}));
    return isQuick || at::isfinite(matrices).all().item<bool>();
}

/// A with `ridge` [b] added to its diagonal.
at::Tensor withRidge(const at::Tensor& a, const at::Tensor& ridge) {
    at::Tensor result = a.clone();
    result.diagonal(0, 1, 2).add_(ridge.unsqueeze(1));
    return result;
}

at::Tensor relativeRidge(const at::Tensor& a) {
    return a.diagonal(0, 1, 2).mean(1).mul(kRelativeRidge);
}

/// Whether the items of a batch are better decomposed side by side, each on one thread: LAPACK
/// forks and joins hundreds of times inside a small matrix.
bool isSpread(const at::Tensor& batch) {
    return batch.device().is_cpu() && batch.size(0) > 1;
}

void forEachItem(std::int64_t count, const std::function<void(std::int64_t)>& work) {
    at::parallel_for(0, count, 1, [&work](std::int64_t begin, std::int64_t end) {
        const at::NoGradGuard noGradient; // a thread's own flag
        for (std::int64_t item = begin; item < end; ++item) {
            work(item);
        }
    });
}

std::tuple<at::Tensor, at::Tensor> eigh(const at::Tensor& a) {
    if (a.size(0) > 1 && hasDevicePass(a)) {
        if (auto all = eighOnDevice(a)) {
            return *all;
        }
    }
    if (!isSpread(a)) {
        return at::linalg_eigh(a);
    }
    const at::Tensor values = at::empty({a.size(0), a.size(1)}, a.options());
    const at::Tensor vectors = at::empty_like(a);
    forEachItem(a.size(0), [&](std::int64_t item) {
        const auto [itemValues, itemVectors] = at::linalg_eigh(a.select(0, item));
        values.select(0, item).copy_(itemValues);
        vectors.select(0, item).copy_(itemVectors);
    });
    return {values, vectors};
}

/// Eigenvalues [b,d] ascending and vectors [b,d,d]; none where LAPACK gives up on any item.
std::optional<std::tuple<at::Tensor, at::Tensor>> tryEigh(const at::Tensor& a) {
    if (!isFinite(a)) { // LAPACK need not come back from these
        return std::nullopt;
    }
    try {
        auto [values, vectors] = eigh(a);
        if (!isFinite(vectors)) {
            return std::nullopt;
        }
        return std::tuple{values, vectors};
    } catch (const c10::LinAlgError&) {
        return std::nullopt;
    }
}

/// Decomposes one item [1,d,d] as it is, in float64, and with a ridge, until one succeeds.
std::optional<std::tuple<at::Tensor, at::Tensor>> eighWithFallback(const at::Tensor& a) {
    if (auto first = tryEigh(a)) {
        return first;
    }
    const at::Tensor wide = a.to(at::kDouble);
    if (auto second = tryEigh(wide)) {
        return second;
    }
    return tryEigh(withRidge(wide, relativeRidge(wide)));
}

/// The columns by descending eigenvalue; the identity for a zero matrix.
void storeBasis(const at::Tensor& gram, const at::Tensor& vectors, const at::Tensor& basis) {
    basis.copy_(vectors.flip(2));
    const at::Tensor isZero = (gram == 0).all(2).all(1);
    if (isZero.any().item<bool>()) {
        const at::Tensor identity = at::eye(basis.size(1), basis.options()).expand_as(basis);
        basis.copy_(at::where(isZero.view({-1, 1, 1}), identity, basis));
    }
}

/// Q in the place of a [d,d] or [b,d,d], whose columns lie one after another.
void factorInPlace(at::Tensor a) {
    at::Tensor scales = at::empty(a.sizes().slice(0, a.dim() - 1), a.options());
    at::geqrf_out(a, scales, a);
    at::linalg_householder_product_out(a, a, scales);
}

struct Iterated {
    at::Tensor basis; ///< the new one
    at::Tensor order; ///< [b,d]
};

/// The Q of a QR decomposition, the cheap way where it works: in more digits where the matrices'
/// own are too few, which is still done side by side, and by Householder for the rest.
at::Tensor choleskyOrHouseholder(const at::Tensor& a) {
    CholeskyQ found = choleskyQr2(a);
    const auto failedOf = [](const CholeskyQ& each) {
        return each.isGood.logical_not().nonzero().squeeze(1);
    };
    at::Tensor left = failedOf(found);
    if (left.size(0) > 0 && a.scalar_type() != at::kDouble) {
        const CholeskyQ wide = choleskyQr2(a.index_select(0, left).to(at::kDouble));
        found.q.index_copy_(0, left, wide.q.to(a.scalar_type()));
        left = left.index_select(0, failedOf(wide));
    }
    if (left.size(0) > 0) {
        found.q.index_copy_(0, left, orthogonalFactor(a.index_select(0, left)));
    }
    return found.q;
}

/// A refresh for matrices whose columns lie one after another: rows of the transpose, which are
/// moved as a whole, and which LAPACK factors where they are.
Iterated iterateInPlace(const at::Tensor& gram, const at::Tensor& basis) {
    const at::Tensor turned = basis.transpose(1, 2);
    const at::Tensor image = product(turned, gram);
    const at::Tensor sorted = at::empty_like(image);
    const Iterated done{sorted.transpose(1, 2), at::empty({image.size(0), image.size(1)},
                                                          image.options().dtype(at::kLong))};
    forEachItem(image.size(0), [&](std::int64_t item) {
        sortRows(turned.select(0, item), image.select(0, item), done.order.select(0, item),
                 sorted.select(0, item));
        factorInPlace(done.basis.select(0, item));
    });
    return done;
}

/// A refresh without regard to what is not finite; the basis is undefined where eigh gives up.
Iterated iterate(const at::Tensor& gram, const at::Tensor& basis, BasisRefresh refresh) {
    const BasisRefresh way = refresh == BasisRefresh::Qr ? fasterQr(gram.device()) : refresh;
    if (way == BasisRefresh::Householder && hasHostPass(basis.transpose(1, 2))) {
        return iterateInPlace(gram, basis);
    }
    const at::Tensor image = product(gram, basis);
    const at::Tensor estimates = (basis * image).sum(1);
    const at::Tensor order = estimates.argsort(/*stable=*/true, /*dim=*/1, /*descending=*/true);
    if (way == BasisRefresh::Eigh) {
        const auto decomposed = tryEigh(gram);
        return {decomposed ? std::get<1>(*decomposed).flip(2) : at::Tensor(), order};
    }
    const at::Tensor sorted = image.gather(2, order.unsqueeze(1).expand_as(image));
    const bool isCholesky = way == BasisRefresh::CholeskyQr2;
    return {isCholesky ? choleskyOrHouseholder(sorted) : orthogonalFactor(sorted), order};
}

bool isGood(const Iterated& iterated) {
    return iterated.basis.defined() && isFinite(iterated.basis);
}

/// One item as it is, in float64, then with a ridge.
std::optional<Iterated> iterateWithFallback(const at::Tensor& gram, const at::Tensor& basis,
                                            BasisRefresh refresh) {
    if (!isFinite(gram)) {
        return std::nullopt;
    }
    const at::Tensor wideGram = gram.to(at::kDouble);
    const at::Tensor wideBasis = basis.to(at::kDouble);
    using Pair = std::pair<at::Tensor, at::Tensor>;
    for (const auto& [tried, from] :
         {Pair{gram, basis}, Pair{wideGram, wideBasis},
          Pair{withRidge(wideGram, relativeRidge(wideGram)), wideBasis}}) {
        Iterated iterated = iterate(tried, from, refresh);
        if (isGood(iterated)) {
            iterated.basis = iterated.basis.to(basis.scalar_type());
            return iterated;
        }
    }
    return std::nullopt;
}

} // namespace

// Householder's panels are matrix-vector products, and LibTorch takes the matrices of a batch one
// after another on CUDA (pytorch #143281); CholeskyQR2 is products and triangular solves alone. On
// two cores (AMD EPYC, MKL) Householder took 0.85-0.9 of CholeskyQR2's time at d = 64 to 256, 0.6
// at 384 and 0.85 at 512, where a failed try is not counted in.
BasisRefresh fasterQr(c10::Device device) {
    return device.is_cuda() ? BasisRefresh::CholeskyQr2 : BasisRefresh::Householder;
}

at::Tensor product(const at::Tensor& a, const at::Tensor& b) {
    if (a.size(0) == 1) {
        return at::mm(a.select(0, 0), b.select(0, 0)).unsqueeze(0);
    }
    return at::bmm(a, b);
}

void accumulateProduct(const at::Tensor& gram, const at::Tensor& a, const at::Tensor& b,
                       double scale, double weight) {
    if (gram.size(0) == 1) {
        gram.select(0, 0).addmm_(a.select(0, 0), b.select(0, 0), scale, weight);
    } else {
        gram.baddbmm_(a, b, scale, weight);
    }
}

namespace {

/// The lower blocks of gram ← scale·gram + weight·AAᵀ. All [d,d] and [d,k].
void accumulateLower(const at::Tensor& gram, const at::Tensor& a, double scale, double weight,
                     std::int64_t blocks) {
    const at::Tensor turned = a.t();
    const std::int64_t d = a.size(0);
    for (std::int64_t block = 0; block < blocks; ++block) {
        const std::int64_t from = d * block / blocks;
        const std::int64_t to = d * (block + 1) / blocks;
        gram.narrow(0, from, to - from)
            .narrow(1, 0, to)
            .addmm_(a.narrow(0, from, to - from), turned.narrow(1, 0, to), scale, weight);
    }
}

/// In how many blocks of rows accumulateGram() makes the lower half; 1: all of it at once.
std::int64_t gramBlocks(const at::Tensor& gram) {
    constexpr std::int64_t kLeastBlock = 64;
    constexpr std::int64_t kMostBlocks = 8; // 9/16 of the work
    return gram.device().is_cpu()
               ? std::clamp(gram.size(1) / kLeastBlock, std::int64_t{1}, kMostBlocks)
               : 1;
}

} // namespace

void accumulateGram(const at::Tensor& gram, const at::Tensor& gradients, bool isLeft, double scale,
                    double weight) {
    const at::Tensor turned = gradients.transpose(1, 2);
    const at::Tensor& a = isLeft ? gradients : turned;
    const std::int64_t blocks = gramBlocks(gram);
    if (blocks < 2) {
        accumulateProduct(gram, a, isLeft ? turned : gradients, scale, weight);
    } else if (isSpread(gram)) {
        forEachItem(gram.size(0), [&](std::int64_t item) {
            accumulateLower(gram.select(0, item), a.select(0, item), scale, weight, blocks);
        });
    } else {
        accumulateLower(gram.select(0, 0), a.select(0, 0), scale, weight, blocks);
    }
}

void mirrorGram(const at::Tensor& gram) {
    if (hasHostPass(gram)) {
        mirror(gram);
    } else {
        const std::int64_t d = gram.size(1);
        const at::Tensor isKept = at::ones({d, d}, gram.options().dtype(at::kBool)).tril();
        gram.copy_(at::where(isKept, gram, gram.transpose(1, 2))); // each bit of it
    }
}

at::Tensor orthogonalFactor(const at::Tensor& a) { // linalg_qr would make R as well
    const at::Tensor q = at::empty(a.sizes(), a.options()).transpose(1, 2);
    q.copy_(a);
    if (isSpread(q)) {
        forEachItem(q.size(0), [&q](std::int64_t item) { factorInPlace(q.select(0, item)); });
    } else {
        factorInPlace(q);
    }
    return q;
}

at::Tensor symmetrized(const at::Tensor& a) {
    return at::add(a, a.transpose(1, 2)).mul_(0.5);
}

at::Tensor finiteItems(const at::Tensor& matrices) {
    return at::isfinite(matrices).flatten(1).all(1);
}

bool eigenbases(const at::Tensor& gram, const at::Tensor& basis) {
    const at::Tensor shifted =
        withRidge(gram, at::full({gram.size(0)}, kBasisJitter, gram.options()));
    if (const auto all = tryEigh(shifted)) {
        storeBasis(gram, std::get<1>(*all), basis);
        return true;
    }
    bool good = true;
    for (std::int64_t item = 0; item < gram.size(0); ++item) {
        if (const auto one = eighWithFallback(shifted.narrow(0, item, 1))) {
            storeBasis(gram.narrow(0, item, 1), std::get<1>(*one), basis.narrow(0, item, 1));
        } else {
            good = false;
        }
    }
    return good;
}

CholeskyQ choleskyQr2(const at::Tensor& a) {
    constexpr double kUlps = 100.0;
    const double ulp = a.scalar_type() == at::kDouble ? 0x1p-52 : 0x1p-23;
    const double tolerance = kUlps * ulp * std::sqrt(static_cast<double>(a.size(1)));
    CholeskyQ found{a, at::ones({a.size(0)}, a.options().dtype(at::kBool))};
    for (int round = 0; round < 2; ++round) {
        const auto [factor, info] =
            at::linalg_cholesky_ex(product(found.q.transpose(1, 2), found.q), /*upper=*/true);
        found.isGood.logical_and_(info == 0);
        found.q = at::linalg_solve_triangular(factor, found.q, /*upper=*/true, /*left=*/false);
    }
    at::Tensor defect = product(found.q.transpose(1, 2), found.q);
    defect.diagonal(0, 1, 2).sub_(1.0);
    found.isGood.logical_and_(defect.abs_().flatten(1).amax(1) <= tolerance); // NaN is not
    return found;
}

bool refreshBases(const at::Tensor& gram, const at::Tensor& basis, BasisRefresh refresh,
                  const std::function<void(const BasisChange&)>& carry) {
    const Iterated all = iterate(gram, basis, refresh);
    if (isGood(all)) {
        carry({0, all.order, basis, all.basis});
        basis.copy_(all.basis);
        return true;
    }
    bool good = true;
    for (std::int64_t item = 0; item < gram.size(0); ++item) {
        const at::Tensor own = basis.narrow(0, item, 1);
        if (const auto one = iterateWithFallback(gram.narrow(0, item, 1), own, refresh)) {
            carry({item, one->order, own, one->basis});
            own.copy_(one->basis);
        } else {
            good = false;
        }
    }
    return good;
}

namespace {

/// Writes the powers of Q·diag(values)·Qᵀ of some items to their places.
void storeRoots(const at::Tensor& values, const at::Tensor& vectors, const at::Tensor& items,
                const RootOptions& options, const RootTargets& targets) {
    const auto store = [&items](const at::Tensor& target, const at::Tensor& value) {
        at::Tensor place = target;
        if (items.size(0) == target.size(0)) {
            place.copy_(value);
        } else {
            place.index_copy_(0, items, value.to(target.scalar_type()));
        }
    };
    const at::Tensor raised = values.clamp_min(options.floor);
    const auto power = [&](double exponent) {
        return product(vectors * raised.pow(exponent).unsqueeze(1), vectors.transpose(1, 2));
    };
    store(targets.root, power(options.exponent));
    if (targets.inverse.defined()) {
        store(targets.inverse, power(-1.0));
    }
    if (targets.basis.defined()) {
        store(targets.basis, vectors);
    }
}

/// New eigenvalues for the items whose eigenvectors may be kept. \return the others
at::Tensor keepBases(const at::Tensor& wide, const RootOptions& options, const RootTargets& targets,
                     RootsDone& done) {
    const at::Tensor all = at::arange(wide.size(0), at::kLong).to(wide.device());
    if (!targets.basis.defined()) {
        return all;
    }
    const at::Tensor q = targets.basis.to(at::kDouble);
    at::Tensor b = product(product(q.transpose(1, 2), wide), q);
    const at::Tensor whole = at::linalg_vector_norm(b, 2, at::IntArrayRef{1, 2});
    const at::Tensor values = b.diagonal(0, 1, 2).clone();
    b.diagonal(0, 1, 2).zero_();
    const at::Tensor rest = at::linalg_vector_norm(b, 2, at::IntArrayRef{1, 2});
    const at::Tensor residual = at::where(whole > 0, rest / whole, at::zeros_like(rest));
    const at::Tensor isThere = (q != 0).flatten(1).any(1);
    done.residual = at::where(isThere, residual, at::zeros_like(residual)).max().item<double>();
    const at::Tensor isKept = isThere.logical_and(residual <= options.tolerance);
    const at::Tensor kept = isKept.nonzero().squeeze(1);
    if (kept.size(0) > 0) {
        storeRoots(values.index_select(0, kept) + options.shift, q.index_select(0, kept), kept,
                   options, targets);
    }
    return isKept.logical_not().nonzero().squeeze(1);
}

} // namespace

RootsDone inverseRoots(const at::Tensor& a, const RootOptions& options,
                       const RootTargets& targets) {
    RootsDone done;
    const at::Tensor wide = symmetrized(a.to(at::kDouble));
    const at::Tensor items = keepBases(wide, options, targets, done);
    if (items.size(0) == 0) {
        return done;
    }
    const at::Tensor shifted = withRidge(wide, at::full({a.size(0)}, options.shift, wide.options()))
                                   .index_select(0, items);
    if (const auto all = tryEigh(shifted)) {
        storeRoots(std::get<0>(*all), std::get<1>(*all), items, options, targets);
        done.decomposed = true;
        return done;
    }
    for (std::int64_t i = 0; i < items.size(0); ++i) {
        if (const auto one = eighWithFallback(shifted.narrow(0, i, 1))) {
            storeRoots(std::get<0>(*one), std::get<1>(*one), items.narrow(0, i, 1), options,
                       targets);
            done.decomposed = true;
        } else {
            done.failed = true;
        }
    }
    return done;
}

} // namespace psephos::optim::engine
