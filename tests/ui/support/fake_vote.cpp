// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/support/fake_vote.hpp"

#include <cmath>
#include <limits>

namespace psephos::tests {

namespace {

using Numbers = std::vector<double>;
using Words = std::vector<std::string>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

} // namespace

lab::Panel votePanel(const std::string& kind) {
    if (kind == "intervals") {
        lab::Panel panel = fakePanel(kind, {{"ratings", ""}});
        panel.x.label = "rating";
        panel.x.unit = "Elo";
        return panel;
    }
    if (kind == "dumbbells") {
        lab::Panel panel = fakePanel(kind, {{"groups", ""}});
        panel.x.label = "win rate against the worst opponent";
        panel.x.unit = "%";
        return panel;
    }
    if (kind == "scatter") {
        lab::Panel panel = fakePanel(kind, {{"points", ""}});
        panel.x.label = "rating";
        panel.y.label = "probability";
        panel.y.unit = "%";
        return panel;
    }
    if (kind == "curves") {
        lab::Panel panel = fakePanel(kind, {{"sweep", ""}});
        panel.x.label = "ρ";
        panel.y.label = "win rate";
        panel.y.unit = "%";
        panel.edits = {{"x", "rho"}};
        return panel;
    }
    if (kind == "ternary") {
        lab::Panel panel =
            fakePanel(kind, {{"simplex", "field"}, {"walk", "path"}, {"corners", "corners"}});
        panel.y.label = "worst case";
        return panel;
    }
    if (kind == "marks") {
        lab::Panel panel = fakePanel(kind, {{"elected", "share"}});
        panel.words = {{"full", "elected", "%row elects %column"},
                       {"part", "tied, or by chance", "%row elects %column: %value"},
                       {"none", "", "%row does not elect %column"}};
        panel.edits = {{"pick-row", "rule"}};
        return panel;
    }
    if (kind == "verdicts") {
        lab::Panel panel = fakePanel(kind, {{"verdicts", "verdict"}});
        panel.kind = "marks";
        panel.words = {{"kept", "holds", "%row keeps %column"},
                       {"violated", "broken", "%row violates %column: click for it"},
                       {"open", "not known", "%row and %column: not known"}};
        panel.edits = {{"pick-row", "rule"}, {"pick-column", "axiom"}, {"play", "change"}};
        return panel;
    }
    return fakePanel(kind, {{"edges", "edges"}, {"nodes", "nodes"}});
}

lab::Table lattice(int n) {
    Numbers a;
    Numbers b;
    Numbers c;
    Numbers value;
    for (int i = 0; i <= n; ++i) {
        for (int j = 0; i + j <= n; ++j) {
            a.push_back(static_cast<double>(i) / n);
            b.push_back(static_cast<double>(j) / n);
            c.push_back(static_cast<double>(n - i - j) / n);
            value.push_back(a.back() - b.back());
        }
    }
    return {{a, b, c, value}};
}

std::unique_ptr<FakeComparison> fakeVote(std::size_t runs) {
    Words names{"one"};
    for (std::size_t run = 1; run < runs; ++run) {
        names.push_back("run " + std::to_string(run + 1));
    }
    auto made = std::make_unique<FakeComparison>(names);
    for (std::size_t run = 0; run < runs; ++run) {
        const double shift = 30.0 * static_cast<double>(run);
        Words models;
        Numbers value;
        Numbers low;
        Numbers high;
        Numbers chance;
        for (int i = 0; i < 40; ++i) {
            models.push_back("model " + std::to_string(i + 1));
            value.push_back(1000 + 200 * std::sin(i * 1.7) + shift);
            low.push_back(value.back() - 12 - i);
            high.push_back(value.back() + 12 + i);
            chance.push_back(i % 9 == 0 ? 0.2 : 0.0);
        }
        made->table(run, "ratings", 1, {{models, value, low, high}});
        made->table(run, "points", 1, {{models, value, chance}});
        made->table(run, "groups", 1,
                    {{Words{"English", "Code", "Spanish", "Chinese"}, Numbers{0.7, 0.12, 0.1, 0.08},
                      Numbers{0.53, 0.31, 0.46, 0.35}, Numbers{0.52, 0.4, 0.47, 0.43}}});
        Words series;
        Numbers x;
        Numbers y;
        Numbers below;
        Numbers above;
        for (const char* name : {"nominal", "worst case"}) {
            for (int i = 0; i <= 10; ++i) {
                series.emplace_back(name);
                x.push_back(i / 10.0);
                y.push_back((series.back() == "nominal" ? 0.5 - 0.05 * x.back() * x.back()
                                                        : 0.5 - 0.08 * x.back()) +
                            shift / 1000);
                below.push_back(y.back() - 0.01);
                above.push_back(y.back() + 0.01);
            }
        }
        made->table(run, "sweep", 1, {{series, x, y, below, above}});
        made->table(
            run, "edges", 1,
            {{Words{"Aspen", "Birch", "Aspen", "Cedar", "Maple"},
              Words{"Birch", "Cedar", "Cedar", "Maple", "Aspen"}, Numbers{12, 7, -9, 30, -22}}});
        made->table(run, "nodes", 1,
                    {{Words{"Aspen", "Birch", "Cedar", "Maple", "Oak"}, Numbers{1, 1, 1, 0, 0}}});
        lab::Grid elected;
        elected.x.names = {"Aspen", "Birch", "Cedar", "Douglas fir"};
        elected.y.names = {"Plurality", "Instant runoff", "Borda",
                           "Schulze",   "Smith set",      "Random dictatorship"};
        elected.values = {1, 0, 0, 0, 0, 0,   1,   0,   0,   0,   0,    1,
                          1, 0, 0, 0, 0, 0.5, 0.5, 0.0, 0.4, 0.3, 0.25, 0.05};
        made->grid(run, "elected", 1, std::move(elected));
        lab::Grid verdicts;
        verdicts.x.names = {"Condorcet winner", "Smith", "Monotonicity"};
        verdicts.y.names = {"Instant runoff", "Borda", "Schulze"};
        verdicts.values = {-1, -1, -1, -1, kNan, 1, 1, 1, 0};
        made->grid(run, "verdicts", 1, std::move(verdicts));
        made->table(run, "corners", 1, {{Words{"Aspen", "Birch", "Cedar"}}});
        made->table(run, "simplex", 1, lattice(24));
        made->table(run, "walk", 1,
                    {{Numbers{1, 0.6, 0.4}, Numbers{0, 0.2, 0.3}, Numbers{0, 0.2, 0.3},
                      Words{"ρ = 0", "", "ρ = 1"}}});
    }
    made->finish();
    return made;
}

} // namespace psephos::tests
