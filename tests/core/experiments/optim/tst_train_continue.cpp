// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints of optim.train: interrupted, extended, forked.
#include "core/experiments/optim/train_harness.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace psephos;
using namespace psephos::test;

namespace {

/// A run of these settings that is cut off after `cut` steps and goes on in a new object.
Keeper runInTwoParts(const Settings& settings, std::int64_t cut) {
    const auto scenario = tinyScenario(settings);
    Keeper keeper;
    std::string bytes;
    {
        Session first(scenario, keeper);
        REQUIRE(first.start().ok());
        first.advanceTo(cut);
        bytes = first.save();
    }
    Session second(scenario, keeper);
    REQUIRE(second.restore(cut, bytes).ok());
    CHECK(second.advanceTo(scenario.knobs.integer("steps")) == lab::Advance::Done);
    return keeper;
}

/// A checkpoint after `cut` steps, and the frames up to there.
std::string checkpoint(const Settings& settings, std::int64_t cut, Keeper& keeper) {
    Session session(tinyScenario(settings), keeper);
    REQUIRE(session.start().ok());
    session.advanceTo(cut);
    return session.save();
}

std::string temporaryFolder() {
    std::string folder = (std::filesystem::temp_directory_path() / "psephos-train-XXXXXX").string();
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    return folder;
}

void write(const std::string& file, const std::string& content) {
    std::ofstream(file, std::ios::binary) << content;
}

/// A text of so many different lines.
std::string sentences(int lines) {
    std::string text;
    for (int i = 0; i < lines; ++i) {
        text += "line " + std::to_string(i * i) + " of the text\n";
    }
    return text;
}

} // namespace

TEST_CASE("train_interrupted_goesOnBitForBit") {
    for (const char* optimizer : {"sgd", "adamw", "shampoo", "soap", "muon", "adafactor"}) {
        for (const char* task : {"char_lm", "mnist1d", "conv", "matrix_factorisation"}) {
            const Settings settings{{"optimizer", word(optimizer)},
                                    {"task", word(task)},
                                    {"watch_every", std::int64_t{2}},
                                    {"soap.f", std::int64_t{4}},
                                    {"shampoo.f", std::int64_t{4}}};
            const auto undisturbed = runAll(tinyScenario(settings)).untimed();
            // k mod f = 0, 1 and f−1 for both, and the start.
            for (const std::int64_t cut : {0, 1, 3, 4, 5, 8}) {
                CHECK_MESSAGE(runInTwoParts(settings, cut).untimed() == undisturbed, optimizer, " ",
                              task, " cut after ", cut);
            }
        }
    }
}

TEST_CASE("train_extended_staysAtTheScheduleslastValueAndSaysSo") {
    Keeper keeper;
    const Settings settings{{"optimizer", word("soap")}, {"lr", 0.01}};
    const std::string bytes = checkpoint(settings, 12, keeper);
    Settings longer = settings;
    longer.emplace_back("steps", std::int64_t{20});
    Session session(tinyScenario(longer), keeper);
    REQUIRE(session.restore(12, bytes).ok());
    CHECK(session.advanceTo(20) == lab::Advance::Done);
    CHECK(keeper.rows.at("loss/train").size() == 20);
    for (std::size_t i = 11; i < 20; ++i) {
        CHECK(keeper.rows.at("lr")[i].second == doctest::Approx(0.001));
    }
    REQUIRE(keeper.notes.count("schedule") == 1);
    CHECK(keeper.notes.at("schedule").find("12 steps") != std::string::npos);
    // Extended once more the schedule is still the first one's.
    const std::string later = session.save();
    Settings longest = settings;
    longest.emplace_back("steps", std::int64_t{24});
    Session again(tinyScenario(longest), keeper);
    REQUIRE(again.restore(20, later).ok());
    again.advanceTo(24);
    CHECK(keeper.rows.at("lr").back().second == doctest::Approx(0.001));
}

TEST_CASE("train_extendedUnderAConstantRate_equalsALongRun") {
    const Settings settings{{"optimizer", word("soap")}, {"schedule", word("constant")}};
    Keeper keeper;
    const std::string bytes = checkpoint(settings, 12, keeper);
    Settings longer = settings;
    longer.emplace_back("steps", std::int64_t{20});
    Session session(tinyScenario(longer), keeper);
    REQUIRE(session.restore(12, bytes).ok());
    session.advanceTo(20);
    const Keeper whole = runAll(tinyScenario(longer));
    CHECK(keeper.rows.at("loss/train") == whole.rows.at("loss/train"));
    CHECK(keeper.rows.at("norm/update") == whole.rows.at("norm/update"));
    CHECK(keeper.notes.count("schedule") == 0);
}

TEST_CASE("train_forkedToAnotherOptimizer_startsFreshFromTheSameWeightsAndData") {
    Keeper soap;
    const Settings settings{{"optimizer", word("soap")}, {"schedule", word("constant")}};
    const std::string bytes = checkpoint(settings, 6, soap);
    const Keeper undisturbed = runAll(tinyScenario(settings));
    Keeper forked;
    Session session(tinyScenario({{"optimizer", word("adamw")}, {"schedule", word("constant")}}),
                    forked);
    REQUIRE(session.restore(6, bytes).ok());
    CHECK(forked.rows.empty());
    REQUIRE(forked.notes.count("fresh-state") == 1);
    session.advanceTo(12);
    // The loss before the first update is the same, then the ways part.
    CHECK(forked.rows.at("loss/train")[0] == undisturbed.rows.at("loss/train")[6]);
    CHECK(forked.rows.at("loss/train")[2] != undisturbed.rows.at("loss/train")[8]);
}

TEST_CASE("train_forkedToAnotherPeriod_keepsItsState") {
    const auto everySteps = [](int period) {
        return Settings{
            {"optimizer", word("soap")}, {"lr", 0.01}, {"soap.f", std::int64_t{period}}};
    };
    const Settings settings = everySteps(4);
    Keeper keeper;
    const std::string bytes = checkpoint(settings, 6, keeper);
    const Keeper parent = runAll(tinyScenario(settings));
    // With f = 1 the momentum is kept in the gradient's space: it comes over but for rounding,
    // which shows where V is next to nothing.
    for (const auto& [period, bound] : {std::pair{2, 0.0}, {1, 1e-3}}) {
        CAPTURE(period);
        Keeper forked;
        Session session(tinyScenario(everySteps(period)), forked);
        REQUIRE(session.restore(6, bytes).ok());
        CHECK(forked.notes.count("fresh-state") == 0);
        session.advanceTo(12);
        CHECK(forked.rows.at("loss/train").size() == 6);
        // The period counts only at the end of a step: the first one is the parent's, the basis
        // and both moments with it.
        const auto distance = [&](const char* name, std::size_t row) {
            const double theirs = parent.rows.at(name)[row + 6].second;
            return std::abs(forked.rows.at(name)[row].second - theirs) / std::abs(theirs);
        };
        CHECK(distance("loss/train", 0) == 0.0);
        CHECK(distance("norm/update", 0) <= bound);
        CHECK(distance("loss/train", 1) <= bound);
        CHECK(distance("norm/update", 5) > 2e-3);
    }
}

TEST_CASE("train_forkedToAnotherMemory_keepsItsState") {
    for (const auto& [optimizer, knob] :
         {std::pair{"adamw", "adamw.beta2"}, {"soap", "soap.beta2"}, {"lion", "lion.beta2"}}) {
        CAPTURE(knob);
        const Settings settings{{"optimizer", word(optimizer)}};
        Keeper keeper;
        const std::string bytes = checkpoint(settings, 6, keeper);
        const Keeper parent = runAll(tinyScenario(settings));
        Keeper forked;
        Settings other = settings;
        other.emplace_back(knob, 0.9);
        Session session(tinyScenario(other), forked);
        REQUIRE(session.restore(6, bytes).ok());
        CHECK(forked.notes.count("fresh-state") == 0);
        session.advanceTo(12);
        CHECK(forked.rows.at("loss/train")[0] == parent.rows.at("loss/train")[6]);
        CHECK(forked.rows.at("loss/train")[4] != parent.rows.at("loss/train")[10]);
    }
}

TEST_CASE("train_forkedToAnotherSchedule_saysSo") {
    Keeper keeper;
    const std::string bytes = checkpoint({{"lr", 0.01}}, 6, keeper);
    Keeper forked;
    Session session(tinyScenario({{"lr", 0.01}, {"schedule", word("constant")}}), forked);
    REQUIRE(session.restore(6, bytes).ok());
    CHECK(forked.notes.count("schedule") == 1);
    session.advanceTo(7);
    CHECK(forked.rows.at("lr")[0].second == doctest::Approx(0.01));
}

TEST_CASE("train_dataThatHaveChanged_areRefusedAndOtherDataAreSaid") {
    const std::string folder = temporaryFolder();
    const std::string file = folder + "/text.txt";
    const std::string content = sentences(40);
    write(file, content);
    const Settings settings{{"data", file}};
    Keeper keeper;
    const std::string bytes = checkpoint(settings, 6, keeper);
    std::string other = content;
    std::swap(other[3], other[200]); // the same bytes in another order: the same alphabet
    REQUIRE(other != content);
    write(file, other);
    {
        Session session(tinyScenario(settings), keeper);
        const auto restored = session.restore(6, bytes);
        REQUIRE_FALSE(restored.ok());
        CHECK(restored.error().place == file);
        CHECK(restored.error().message.find("have changed") != std::string::npos);
    }
    write(folder + "/other.txt", other);
    Keeper forked;
    Session fork(tinyScenario({{"data", folder + "/other.txt"}}), forked);
    REQUIRE(fork.restore(6, bytes).ok());
    REQUIRE(forked.notes.count("data") == 1);
    CHECK(forked.notes.at("data").find("other.txt, before on " + file) != std::string::npos);
    write(folder + "/copy.txt", content);
    Keeper copied;
    Session copy(tinyScenario({{"data", folder + "/copy.txt"}}), copied);
    REQUIRE(copy.restore(6, bytes).ok());
    CHECK(copied.notes.count("data") == 0);
    std::filesystem::remove_all(folder);
}

TEST_CASE("train_checkpointThatDoesNotFit_isRefused") {
    Keeper keeper;
    const std::string bytes = checkpoint({}, 3, keeper);
    const auto refused = [&keeper](const Settings& settings, std::string_view given) {
        Session session(tinyScenario(settings), keeper);
        const auto restored = session.restore(3, given);
        REQUIRE_FALSE(restored.ok());
        return restored.error().line();
    };
    CHECK(refused({{"char_lm.width", std::int64_t{32}}}, bytes).find("do not fit") !=
          std::string::npos);
    CHECK(refused({{"task", word("mnist1d")}}, bytes).find("do not fit") != std::string::npos);
    CHECK_FALSE(refused({}, "").empty());
    CHECK_FALSE(refused({}, std::string_view(bytes).substr(0, bytes.size() / 2)).empty());
}
