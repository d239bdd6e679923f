// SPDX-License-Identifier: GPL-3.0-or-later
// Ratings that were published, checked where their data are at hand.
#include "ballots/electorate.hpp"
#include "choice/golden.hpp"
#include "choice/ratings.hpp"
#include "lab/files/csv.hpp"
#include "lab/files/file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

namespace psephos::choice {

namespace {

using lab::Json;
using lab::Result;

constexpr double kFourDecimals = 5e-5; ///< of printed figures
constexpr double kFiveDecimals = 5e-6;
constexpr double kSixDecimals = 5e-7;
constexpr double kAllDecimals = 1e-12;

/// Rows of one case.
class Case {
  public:
    Case(std::string name, std::vector<lab::CheckRow>& rows)
        : name_(std::move(name))
        , rows_(rows) {}

    void compare(std::string quantity, Json computed, Json expected, double tolerance) {
        lab::CheckRow row;
        row.area = "voting";
        row.caseName = name_;
        row.quantity = std::move(quantity);
        lab::compare(row, std::move(computed), std::move(expected), tolerance);
        rows_.push_back(std::move(row));
    }

  private:
    std::string name_;
    std::vector<lab::CheckRow>& rows_;
};

/// Ratings on the natural scale, with the candidates' names.
struct Rated {
    std::vector<std::string> names;
    Ratings ratings;

    [[nodiscard]] double of(const std::string& name) const {
        const auto found = std::find(names.begin(), names.end(), name);
        return found == names.end()
                   ? std::nan("")
                   : ratings.rows[static_cast<std::size_t>(found - names.begin())].rating;
    }

    /// exp(θ) as shares of their sum, by the order of these names.
    [[nodiscard]] Json shares(const std::vector<std::string>& wanted) const {
        double sum = 0.0;
        for (const Rating& row : ratings.rows) {
            sum += std::exp(row.rating);
        }
        Json json = Json::array();
        for (const std::string& name : wanted) {
            json.push_back(std::exp(of(name)) / sum);
        }
        return json;
    }
};

Result<Rated> rated(const std::filesystem::path& path, const std::string& columns,
                    RatingOptions options) {
    const auto electorate = ballots::readElectorate(path, {.columns = columns});
    if (!electorate) {
        return electorate.error();
    }
    options.scale = RatingScale::Natural;
    Result<Ratings> ratings =
        rate(electorate->pairs, electorate->battles ? &*electorate->battles : nullptr, options);
    if (!ratings) {
        return ratings.error();
    }
    return Rated{electorate->pairs.names, *std::move(ratings)};
}

/// Source: A. Agresti, "Categorical data analysis", on the American League of 1987.
Result<void> checkBaseball(const std::filesystem::path& path, std::vector<lab::CheckRow>& rows) {
    const std::string columns = "a:home.team,b:away.team,wins_a:home.wins,wins_b:away.wins";
    const auto plain = rated(path, columns, {.anchor = "Baltimore"});
    const auto home = rated(path, columns, {.anchor = "Baltimore", .terms = {{"home", "", ""}}});
    if (!plain || !home) {
        return (plain ? home : plain).error();
    }
    Case baseball("baseball 1987", rows);
    baseball.compare("Milwaukee", plain->of("Milwaukee"), 1.5814, kFourDecimals);
    baseball.compare("with_home.Milwaukee", home->of("Milwaukee"), 1.6196, kFourDecimals);
    baseball.compare("with_home.home", home->ratings.fit.coefficients.front(), 0.3023,
                     kFourDecimals);
    return {};
}

/// Source: the data of R. R. Davidson, JASA 65 (1970); the figures are those of the equations there
/// at convergence.
Result<void> checkPudding(const std::filesystem::path& path, std::vector<lab::CheckRow>& rows) {
    const auto pudding = rated(path, "a:i,b:j,wins_a:w_ij,wins_b:w_ji,ties:t_ij,nothing:r_ij",
                               {.ties = TieModel::Davidson});
    if (!pudding) {
        return pudding.error();
    }
    Case davidson("pudding 1970", rows);
    davidson.compare("pi", pudding->shares({"1", "2", "3", "4", "5", "6"}),
                     {0.13880, 0.17300, 0.16175, 0.16537, 0.15869, 0.20239}, kFiveDecimals);
    davidson.compare("nu", pudding->ratings.fit.tie, 0.746823, kSixDecimals);
    return {};
}

/// Source: the scores that the Evalica library keeps for these votes (llmfao-golden.csv): first,
/// second and last of 59.
Result<void> checkCrowd(const std::filesystem::path& path, std::vector<lab::CheckRow>& rows) {
    const auto crowd = rated(path, "", {});
    if (!crowd) {
        return crowd.error();
    }
    Case("llmfao crowd", rows)
        .compare("score", crowd->shares({"GPT 4", "Platypus-2 Instruct (70B)", "Dolly v2 (3B)"}),
                 {0.04121787368330589, 0.02923317841210955, 0.006293634508067855}, kAllDecimals);
    return {};
}

/// Win rates against the reference, in per cent, beside the published board.
Result<void> checkAlpacaEval(const std::filesystem::path& path, std::vector<lab::CheckRow>& rows) {
    const auto electorate = ballots::readElectorate(path);
    const auto board = lab::readFile(path.parent_path() / "leaderboard_published.csv");
    if (!electorate || !board) {
        return electorate ? board.error() : electorate.error();
    }
    if (electorate->meanScores.size() != electorate->pairs.size()) {
        return lab::Error{"is not read as a judge's preferences", "", path.string()};
    }
    Json computed = Json::array();
    Json published = Json::array();
    lab::CsvReader reader(*board);
    for (bool isHeader = true;; isHeader = false) {
        const Result<bool> more = reader.next();
        if (!more) {
            return more.error();
        }
        if (!*more) {
            break;
        }
        const auto& cells = reader.cells();
        const auto& names = electorate->pairs.names;
        const std::string name(isHeader || cells.size() < 2 ? "" : cells[0]);
        const auto found = std::find(names.begin(), names.end(), name);
        if (name.empty() || found == names.end()) {
            continue;
        }
        computed.push_back(100.0 *
                           electorate->meanScores[static_cast<std::size_t>(found - names.begin())]);
        published.push_back(lab::parseNumber(cells[1]).value_or(std::nan("")));
    }
    Case("AlpacaEval 2", rows)
        .compare("win_rate", std::move(computed), std::move(published), kFourDecimals);
    return {};
}

using RealCheck = Result<void> (*)(const std::filesystem::path&, std::vector<lab::CheckRow>&);

constexpr std::pair<const char*, RealCheck> kReal[] = {
    {"bradley_terry_classics/baseball_1987.csv", checkBaseball},
    {"bradley_terry_classics/pudding.csv", checkPudding},
    {"llmfao/crowd-comparisons.csv", checkCrowd},
    {"alpacaeval2/preferences.csv.gz", checkAlpacaEval},
};

} // namespace

void registerRealRatings(lab::CheckRegistry& registry) {
    lab::Check real;
    real.area = "voting";
    real.name = "real ratings";
    real.run = [](const lab::CheckOptions&, std::vector<lab::CheckRow>& rows) -> Result<void> {
        const char* const folder = std::getenv("PSEPHOS_DATA");
        for (const auto& [file, check] : kReal) {
            std::error_code ignored;
            const auto path = std::filesystem::path(folder != nullptr ? folder : "") / file;
            if (folder == nullptr || !std::filesystem::exists(path, ignored)) {
                continue;
            }
            if (auto checked = check(path, rows); !checked) {
                return checked;
            }
        }
        return {};
    };
    registry.add(std::move(real));
}

} // namespace psephos::choice
