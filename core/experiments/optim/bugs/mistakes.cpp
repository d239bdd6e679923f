// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/optim/bugs/mistakes.hpp"

#include <algorithm>
#include <cassert>

namespace psephos::experiments::bugs {

const std::vector<MistakeEntry>& mistakes() {
    static const std::vector<MistakeEntry> kMistakes{
        {Mistake::SoapNoPermute, Family::Soap, "soap_no_permute", "SOAP: V not permuted",
         "A refresh sorts the basis vectors, but not the second moment's rows and columns.",
         "Emerging-Optimizers #266, #300"},
        {Mistake::SoapStaleMomentum, Family::Soap, "soap_stale_momentum", "SOAP: M not turned",
         "After a refresh the momentum keeps its numbers of the old basis.", "HeavyBall #40, #42"},
        {Mistake::SoapAscending, Family::Soap, "soap_ascending", "SOAP: not flipped",
         "Eigenvectors stay in ascending order, at the start and at each refresh.",
         "the order of eigh; Distributed Shampoo's SOAP"},
        {Mistake::SoapGramFirst, Family::Soap, "soap_gram_first", "SOAP: own projection",
         "Gram matrices and refresh come before the step, so a gradient enters its own basis.",
         "Distributed Shampoo's SOAP; SOAP #6"},
        {Mistake::SoapFirstStep, Family::Soap, "soap_first_step", "SOAP: first call steps",
         "The call that finds the first basis also moves the weights.", "order of the reference"},
        {Mistake::SoapLostCall, Family::Soap, "soap_lost_call", "SOAP: lost call counted",
         "The call that only finds a basis counts as the first update.", "order of the reference"},
        {Mistake::SoapHatEps, Family::Soap, "soap_hat_eps", "SOAP: ε after correction",
         "ε is added to √V after its bias correction, not before.",
         "two conventions; Distributed Shampoo's SOAP"},
        {Mistake::SoapDecayByAlpha, Family::Soap, "soap_decay_alpha", "SOAP: decay by α",
         "Weights decay by α, which holds the bias corrections, and not by η.",
         "order of the reference"},
        {Mistake::ShampooNoCorrection, Family::Shampoo, "shampoo_no_correction",
         "Shampoo: L not corrected", "The averages L and R are not divided by 1−β₂ᵗ.",
         "2309.06497; its code"},
        {Mistake::ShampooHalfPower, Family::Shampoo, "shampoo_half_power", "Shampoo: ½ for ¼",
         "Each factor of a matrix gets the power −1/2 of a vector's.", "1802.09568 Algorithm 1"},
        {Mistake::ShampooRawGraft, Family::Shampoo, "shampoo_raw_graft", "Shampoo: raw graft",
         "The grafted length is that of the newest gradient, not of the filtered one.",
         "2309.06497; its code"},
        {Mistake::ShampooTf32, Family::Shampoo, "shampoo_tf32", "Shampoo: TF32 eigenvalues",
         "diag(QᵀLQ) is computed in products of 10-bit mantissas, as tensor cores do (emulated).",
         "NVIDIA's primer on gradient spikes"},
        {Mistake::MuonNoNormalisation, Family::Muon, "muon_no_norm", "Muon: not normalised",
         "Newton–Schulz starts from the momentum itself, not from it over its length.",
         "Muon's reference code"},
        {Mistake::MuonConvScale, Family::Muon, "muon_conv_scale", "Muon: filter's scale",
         "The scale max(1, m/n)^½ is taken from a filter's last two sides, which makes it 1.",
         "Muon's reference code, on four-sided weights"},
        {Mistake::AdamWZeroCount, Family::AdamW, "adamw_zero_count", "AdamW: counts from 0",
         "The first bias correction is that of step 0: a division by 1 − β⁰ = 0.",
         "1412.6980 Algorithm 1"},
        {Mistake::AdamWCoupledDecay, Family::AdamW, "adamw_coupled", "AdamW: decay in the gradient",
         "λW is added to the gradient, and so divided by √V.", "1711.05101"},
        {Mistake::SgdAverage, Family::Sgd, "sgd_average", "SGD: momentum as an average",
         "b ← μb + (1−μ)g instead of b ← μb + g: steps are 1−μ as long.",
         "torch.optim.SGD beside Muon's buffer"},
        {Mistake::ScheduleFreeAtY, Family::ScheduleFree, "schedule_free_at_y",
         "Schedule-Free: looked at y", "The model is evaluated at y, where gradients are taken.",
         "2405.15682"},
    };
    return kMistakes;
}

const MistakeEntry& mistakeOf(std::string_view id) {
    const auto found = std::find_if(mistakes().begin(), mistakes().end(),
                                    [id](const MistakeEntry& each) { return each.id == id; });
    assert(found != mistakes().end());
    return *found;
}

std::vector<std::string> idsOf(const std::vector<Family>& families) {
    std::vector<std::string> ids;
    for (const MistakeEntry& each : mistakes()) {
        if (std::find(families.begin(), families.end(), each.family) != families.end()) {
            ids.push_back(each.id);
        }
    }
    return ids;
}

} // namespace psephos::experiments::bugs
