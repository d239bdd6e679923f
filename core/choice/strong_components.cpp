// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/strong_components.hpp"

#include <algorithm>
#include <cassert>

namespace psephos::choice {

namespace {

constexpr std::size_t kUnseen = static_cast<std::size_t>(-1);

/// Tarjan's search without recursion: long chains must not exhaust the stack.
class Search {
  public:
    Search(std::span<const double> wins, std::size_t size)
        : wins_(wins)
        , size_(size)
        , number_(size, kUnseen)
        , lowest_(size, 0)
        , next_(size, 0)
        , isOpen_(size, false) {}

    /// Components, those first that reach nobody else.
    std::vector<std::vector<std::size_t>> run() {
        for (std::size_t root = 0; root < size_; ++root) {
            if (number_[root] == kUnseen) {
                visit(root);
            }
        }
        return std::move(found_);
    }

  private:
    void enter(std::size_t candidate) {
        number_[candidate] = lowest_[candidate] = count_++;
        isOpen_[candidate] = true;
        open_.push_back(candidate);
        path_.push_back(candidate);
    }

    void visit(std::size_t root) {
        enter(root);
        while (!path_.empty()) {
            const std::size_t here = path_.back();
            std::size_t& next = next_[here];
            while (next < size_ && !(next != here && wins_[here * size_ + next] > 0.0)) {
                ++next;
            }
            if (next == size_) {
                leave(here);
                continue;
            }
            const std::size_t beaten = next++;
            if (number_[beaten] == kUnseen) {
                enter(beaten);
            } else if (isOpen_[beaten]) {
                lowest_[here] = std::min(lowest_[here], number_[beaten]);
            }
        }
    }

    void leave(std::size_t candidate) {
        path_.pop_back();
        if (!path_.empty()) {
            lowest_[path_.back()] = std::min(lowest_[path_.back()], lowest_[candidate]);
        }
        if (lowest_[candidate] != number_[candidate]) {
            return;
        }
        std::vector<std::size_t>& component = found_.emplace_back();
        for (bool isLast = false; !isLast;) {
            const std::size_t member = open_.back();
            open_.pop_back();
            isOpen_[member] = false;
            component.push_back(member);
            isLast = member == candidate;
        }
        std::sort(component.begin(), component.end());
    }

    std::span<const double> wins_;
    std::size_t size_;
    std::size_t count_ = 0;
    std::vector<std::size_t> number_; ///< order of first visit
    std::vector<std::size_t> lowest_; ///< least number reached below it
    std::vector<std::size_t> next_;   ///< where its row is to be read on
    std::vector<bool> isOpen_;
    std::vector<std::size_t> open_;
    std::vector<std::size_t> path_;
    std::vector<std::vector<std::size_t>> found_;
};

} // namespace

StrongComponents strongComponents(std::span<const double> wins, std::size_t size) {
    assert(wins.size() == size * size);
    StrongComponents components;
    components.members = Search(wins, size).run();
    std::reverse(components.members.begin(), components.members.end());
    components.of.resize(size);
    for (std::size_t c = 0; c < components.size(); ++c) {
        for (const std::size_t member : components.members[c]) {
            components.of[member] = c;
        }
    }
    if (components.isConnected()) {
        return components;
    }
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < size; ++j) {
            if (components.of[i] != components.of[j] && wins[i * size + j] > 0.0) {
                components.edges.emplace_back(components.of[i], components.of[j]);
            }
        }
    }
    std::sort(components.edges.begin(), components.edges.end());
    components.edges.erase(std::unique(components.edges.begin(), components.edges.end()),
                           components.edges.end());
    return components;
}

std::vector<bool> reachableComponents(const StrongComponents& components) {
    const std::size_t count = components.size();
    std::vector<bool> reaches(count * count, false);
    // Edges lead to greater numbers: from the last to the first, what lies below is known.
    for (auto edge = components.edges.rbegin(); edge != components.edges.rend(); ++edge) {
        const auto [from, to] = *edge;
        reaches[from * count + to] = true;
        for (std::size_t below = to + 1; below < count; ++below) {
            if (reaches[to * count + below]) {
                reaches[from * count + below] = true;
            }
        }
    }
    return reaches;
}

} // namespace psephos::choice
