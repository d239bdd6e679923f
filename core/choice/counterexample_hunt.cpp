// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/counterexample_hunt.hpp"

#include "choice/letter_ballots.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <utility>

namespace psephos::choice {

namespace {

using ballots::Ballot;
using ballots::Profile;
using lab::Result;

constexpr std::size_t kMostExhausted = 4; ///< candidates; five have 120 orders

std::vector<std::string> allOrders(std::size_t candidates) {
    std::string order;
    for (std::size_t i = 0; i < candidates; ++i) {
        order += letterOf(i);
    }
    std::vector<std::string> orders;
    do {
        orders.push_back(order);
    } while (std::next_permutation(order.begin(), order.end()));
    return orders;
}

Profile emptyElection(std::size_t candidates) {
    Profile profile;
    for (std::size_t i = 0; i < candidates; ++i) {
        profile.names.push_back(letterOf(i));
    }
    return profile;
}

void addVoters(Profile& profile, const std::string& order, std::int64_t count) {
    const auto same = std::find_if(profile.ballots.begin(), profile.ballots.end(),
                                   [&](const Ballot& each) { return rankingOf(each) == order; });
    if (same != profile.ballots.end()) {
        same->count += count;
    } else {
        profile.ballots.push_back(*parseRanking(order, count, profile.names.size()));
    }
}

/// A ballot with the candidate lifted by so many places.
std::string raised(const std::string& order, std::size_t from, std::size_t by) {
    std::string lifted = order;
    const auto at = lifted.begin() + static_cast<std::ptrdiff_t>(from);
    std::rotate(at - static_cast<std::ptrdiff_t>(by), at, at + 1);
    return lifted;
}

/// The candidates a and b change places on all ballots.
void exchange(Profile& profile, std::size_t a, std::size_t b) {
    for (Ballot& ballot : profile.ballots) {
        for (std::uint32_t& candidate : ballot.candidates) {
            if (candidate == a || candidate == b) {
                candidate = static_cast<std::uint32_t>(candidate == a ? b : a);
            }
        }
    }
}

/// Number of multisets of `size` from `kinds`, no more than `most`.
std::uint64_t multisets(std::uint64_t kinds, std::int64_t size, std::uint64_t most) {
    std::uint64_t number = 1;
    for (std::int64_t k = 1; k <= size && number <= most; ++k) {
        number =
            number * (kinds + static_cast<std::uint64_t>(k) - 1) / static_cast<std::uint64_t>(k);
    }
    return std::min(number, most + 1);
}

/// Elections that the rule decides for one that is looked at, about.
std::uint64_t changesOf(Axiom axiom, std::size_t orders, std::int64_t voters) {
    const auto count = static_cast<std::uint64_t>(voters);
    switch (axiom) {
    case Axiom::Participation:
        return 1 + orders * count;
    case Axiom::Monotonicity:
        return 1 + 2 * count;
    case Axiom::CloneIndependence:
        return 25;
    case Axiom::Reinforcement:
        return 40;
    default:
        return 2;
    }
}

} // namespace

CounterexampleHunt::CounterexampleHunt(HuntOptions options)
    : options_(std::move(options))
    , engine_(options_.seed)
    , covered_(options_.mostCandidates + 1, 0) {
    startLevel();
}

Result<bool> CounterexampleHunt::advance(std::uint64_t elections, const StopRequest& stop) {
    const std::uint64_t until = std::min(looked_ + elections, options_.budget);
    while (looked_ < until) {
        if (options_.mostVoters < 1 || (isExhausting_ && level_.voters > options_.mostVoters)) {
            return false; // nothing smaller is left
        }
        if (stop && stop()) {
            return stopped();
        }
        if (const auto stepped = step(); !stepped) {
            return stepped.error();
        }
    }
    return looked_ < options_.budget;
}

Result<void> CounterexampleHunt::step() {
    if (!isExhausting_) {
        return lookAt(randomElection(), true);
    }
    if (auto looked = lookAt(election(), false); !looked) {
        return looked;
    }
    if (!nextElection()) {
        covered_[level_.candidates] = level_.voters;
        nextLevel();
    }
    return {};
}

void CounterexampleHunt::startLevel() {
    orders_ = allOrders(level_.candidates);
    chosen_.assign(static_cast<std::size_t>(level_.voters), 0);
    // The first voter's order names the candidates.
    const std::uint64_t left = options_.budget / 2 - std::min(looked_, options_.budget / 2);
    const std::uint64_t elections = multisets(orders_.size(), level_.voters - 1, left);
    isExhausting_ = elections * changesOf(options_.axiom, orders_.size(), level_.voters) <= left;
}

void CounterexampleHunt::nextLevel() {
    const std::size_t most = std::min(options_.mostCandidates, kMostExhausted);
    if (level_.candidates < most) {
        ++level_.candidates;
    } else {
        ++level_.voters;
        level_.candidates = 2;
    }
    startLevel();
}

bool CounterexampleHunt::nextElection() {
    for (std::size_t k = chosen_.size(); k-- > 1;) {
        if (chosen_[k] + 1 < orders_.size()) {
            std::fill(chosen_.begin() + static_cast<std::ptrdiff_t>(k), chosen_.end(),
                      chosen_[k] + 1);
            return true;
        }
    }
    return false;
}

Profile CounterexampleHunt::election() const {
    Profile profile = emptyElection(level_.candidates);
    for (const std::size_t order : chosen_) {
        addVoters(profile, orders_[order], 1);
    }
    return profile;
}

bool CounterexampleHunt::isSmaller(const Profile& before) const {
    if (!found_) {
        return before.voters() <= options_.mostVoters;
    }
    const auto voters = found_->before.voters();
    return before.voters() < voters ||
           (before.voters() == voters && before.names.size() < found_->before.names.size());
}

Result<std::vector<std::size_t>> CounterexampleHunt::decide(const Profile& profile) {
    ++looked_;
    return winnersBy(options_.rule, profile);
}

Result<void> CounterexampleHunt::lookAt(Profile before, bool isRandom) {
    ++looked_; // even what is passed over takes its turn
    if (!isSmaller(before)) {
        return {};
    }
    const auto winners = decide(before);
    if (!winners) {
        return winners.error();
    }
    Result<void> looked;
    switch (options_.axiom) {
    case Axiom::Participation:
        looked = winners->size() == 1 ? lookAtJoining(before, winners->front()) : looked;
        break;
    case Axiom::Monotonicity:
        looked = winners->size() == 1 ? lookAtRaising(before, winners->front()) : looked;
        break;
    case Axiom::CloneIndependence:
        looked = winners->size() == 1 ? lookAtClones(before) : looked;
        break;
    case Axiom::Reinforcement:
        looked = winners->size() == 1 ? lookAtUnions(before, winners->front()) : looked;
        break;
    default: {
        const auto considered =
            consider(plainCase(options_.rule, options_.axiom, std::move(before)));
        looked = considered ? looked : Result<void>(considered.error());
        break;
    }
    }
    return looked && isRandom && found_ ? shrink() : looked;
}

Result<bool> CounterexampleHunt::consider(const AxiomCase& example) {
    looked_ += 1 + (example.second ? 1 : 0);
    const auto winners = winnersOf(example);
    if (!winners) {
        return winners.error();
    }
    if (!isSmaller(example.before) || !breaksAxiom(example, *winners)) {
        return false;
    }
    found_ = example;
    foundWinners_ = *winners;
    options_.mostVoters = example.before.voters() - (isExhausting_ ? 1 : 0);
    return true;
}

Result<void> CounterexampleHunt::lookAtJoining(const Profile& before, std::size_t winner) {
    const std::size_t n = before.names.size();
    for (const std::string& order : allOrders(n)) {
        if (order.back() == letterOf(winner)[0]) {
            continue; // nothing is worse for them
        }
        for (std::int64_t count = 1; count <= before.voters(); ++count) {
            const auto broken =
                consider(joinedCase(options_.rule, before, *parseRanking(order, count, n)));
            if (!broken || *broken) {
                return broken ? Result<void>{} : Result<void>(broken.error());
            }
        }
    }
    return {};
}

Result<void> CounterexampleHunt::lookAtRaising(const Profile& before, std::size_t winner) {
    for (const Ballot& ballot : before.ballots) {
        const std::string order = rankingOf(ballot);
        const std::size_t place = order.find(letterOf(winner));
        for (std::size_t by = 1; by <= place; ++by) {
            for (std::int64_t count = 1; count <= ballot.count; ++count) {
                const auto example =
                    raisedCase(options_.rule, before, order, raised(order, place, by), count);
                const auto broken = consider(*example);
                if (!broken || *broken) {
                    return broken ? Result<void>{} : Result<void>(broken.error());
                }
            }
        }
    }
    return {};
}

Result<void> CounterexampleHunt::lookAtClones(const Profile& before) {
    constexpr int kSamples = 8;
    const std::size_t n = before.names.size();
    for (std::size_t cloned = 0; cloned < n; ++cloned) {
        for (int sample = 0; sample < kSamples; ++sample) {
            const std::size_t copies = 1 + below(2);
            std::string group = letterOf(cloned);
            for (std::size_t c = 0; c < copies; ++c) {
                group += letterOf(n + c);
            }
            Profile after = emptyElection(n + copies);
            for (const Ballot& ballot : before.ballots) {
                for (std::int64_t voter = 0; voter < ballot.count; ++voter) {
                    std::shuffle(group.begin(), group.end(), engine_);
                    std::string order = rankingOf(ballot);
                    order.replace(order.find(letterOf(cloned)), 1, group);
                    addVoters(after, order, 1);
                }
            }
            const auto broken =
                consider(clonedCase(options_.rule, before, std::move(after), cloned));
            if (!broken || *broken) {
                return broken ? Result<void>{} : Result<void>(broken.error());
            }
        }
    }
    return {};
}

Result<void> CounterexampleHunt::lookAtUnions(const Profile& before, std::size_t winner) {
    constexpr int kSamples = 12;
    for (int sample = 0; sample < kSamples; ++sample) {
        Profile second = randomSecond(before.names.size());
        const auto winners = decide(second);
        if (!winners) {
            return winners.error();
        }
        if (winners->size() != 1) {
            continue;
        }
        exchange(second, winners->front(), winner); // rules don't look at names
        const auto broken = consider(unitedCase(options_.rule, before, std::move(second)));
        if (!broken || *broken) {
            return broken ? Result<void>{} : Result<void>(broken.error());
        }
    }
    return {};
}

/// Takes a voter away from each kind of ballot in turn, as long as the axiom stays broken.
Result<void> CounterexampleHunt::shrink() {
    const bool canShrink = options_.axiom != Axiom::CloneIndependence;
    for (std::size_t b = 0; canShrink && b < found_->before.ballots.size();) {
        const AxiomCase larger = *found_;
        Profile before = larger.before;
        if (--before.ballots[b].count == 0) {
            before.ballots.erase(before.ballots.begin() + static_cast<std::ptrdiff_t>(b));
        }
        if (before.ballots.empty()) {
            return {};
        }
        Result<bool> broken = false;
        if (larger.joined) {
            broken = consider(joinedCase(options_.rule, std::move(before), *larger.joined));
        } else if (larger.second) {
            broken = consider(unitedCase(options_.rule, std::move(before), *larger.second));
        } else if (options_.axiom == Axiom::Monotonicity) {
            return {}; // the raise belongs to its ballots
        } else {
            broken = consider(plainCase(options_.rule, options_.axiom, std::move(before)));
        }
        if (!broken) {
            return broken.error();
        }
        b = *broken ? 0 : b + 1;
    }
    return {};
}

Profile CounterexampleHunt::randomElection() {
    const std::size_t fewest = std::min<std::size_t>(3, options_.mostCandidates);
    const std::size_t candidates = fewest + below(options_.mostCandidates - fewest + 1);
    Profile profile = emptyElection(candidates);
    std::string order = allOrders(candidates).front();
    auto left = static_cast<std::int64_t>(
        1 + below(static_cast<std::uint64_t>(std::max<std::int64_t>(options_.mostVoters, 1))));
    // Few kinds of ballots with many voters each are where rules stumble.
    for (std::uint64_t kinds = 2 + below(4); left > 0; --kinds) {
        const auto count =
            kinds <= 1 ? left
                       : static_cast<std::int64_t>(1 + below(static_cast<std::uint64_t>(left)));
        std::shuffle(order.begin(), order.end(), engine_);
        addVoters(profile, order, count);
        left -= count;
    }
    return profile;
}

Profile CounterexampleHunt::randomSecond(std::size_t candidates) {
    Profile profile = emptyElection(candidates);
    std::string order = allOrders(candidates).front();
    const std::uint64_t kinds = 1 + below(4);
    for (std::uint64_t k = 0; k < kinds; ++k) {
        std::shuffle(order.begin(), order.end(), engine_);
        addVoters(profile, order, static_cast<std::int64_t>(1 + below(6)));
    }
    return profile;
}

std::string CounterexampleHunt::coverage() const {
    std::string all;
    for (std::size_t n = 2; n < covered_.size(); ++n) {
        if (covered_[n] > 0) {
            all += (all.empty() ? "" : ", ") + std::to_string(n) + " candidates and up to " +
                   std::to_string(covered_[n]) + (covered_[n] == 1 ? " voter" : " voters");
        }
    }
    std::string text = "The rule decided " + std::to_string(looked_) + " elections";
    if (!all.empty()) {
        text += ": all with " + all;
        if (options_.axiom == Axiom::CloneIndependence || options_.axiom == Axiom::Reinforcement) {
            text += " (each with a sample of the changes)";
        }
    }
    return text + (isExhausting_ ? "." : (all.empty() ? ", all random." : ", then random ones."));
}

} // namespace psephos::choice
