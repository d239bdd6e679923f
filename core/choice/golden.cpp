// SPDX-License-Identifier: GPL-3.0-or-later
#include "choice/golden.hpp"

#include "choice/golden_rules.hpp"
#include "choice/golden_sections.hpp"
#include "embedded/goldenVoting.hpp"
#include "lab/files/json.hpp"
#include "lab/text.hpp"

#include <array>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

namespace psephos::choice {

namespace {

using lab::Json;
using lab::Result;

constexpr const char* kDocument = "voting.json";

/// Every section of the format, in the order of the document.
constexpr std::array<std::string_view, 22> kSections = {"matrix_games",
                                                        "ml_monotonicity_failure",
                                                        "profiles",
                                                        "bradley_terry",
                                                        "bt_iterations",
                                                        "tie_models",
                                                        "elo_online",
                                                        "robust_two_candidates",
                                                        "robust_tv",
                                                        "worst_tv_weights",
                                                        "edge_box",
                                                        "missing_pair_as_tie",
                                                        "drop_non_support",
                                                        "gap_certificate",
                                                        "bt_with_ties_half_and_sandwich",
                                                        "z_975",
                                                        "bt_equals_borda_when_balanced",
                                                        "finite_sample_eps",
                                                        "io",
                                                        "axiom_counterexamples",
                                                        "robust_miniature_statistical",
                                                        "central_path"};

/// Checks one document; entries of a section are told apart by their name, else by their number.
class GoldenDocument {
  public:
    GoldenDocument(const Json& document, const std::string& name, std::vector<lab::CheckRow>& rows)
        : document_(document)
        , name_(name)
        , rows_(rows) {}

    Result<void> check() {
        if (!document_.is_object()) {
            return error("is not an object with a section a key");
        }
        bool isOfVoting = false;
        for (const std::string_view section : kSections) {
            const auto found = document_.find(section);
            if (found == document_.end()) {
                continue;
            }
            isOfVoting = true;
            if (auto checked = checkSection(std::string(section), *found); !checked) {
                return checked;
            }
        }
        return isOfVoting ? Result<void>{} : error("holds no section of voting");
    }

  private:
    using EntryCheck = std::function<Result<void>(GoldenEntry&)>;

    lab::Error error(std::string message) const {
        return lab::Error{.message = std::move(message), .hint = {}, .place = name_};
    }

    /// What checks an entry of this section; none where its algorithm is not built.
    EntryCheck checkOf(const std::string& section) const {
        const auto withDocument = [this](auto of) {
            return [this, of](GoldenEntry& entry) { return of(entry, document_); };
        };
        const std::map<std::string, EntryCheck> checks{
            {"matrix_games", checkMatrixGame},
            {"profiles", checkProfile},
            {"ml_monotonicity_failure", checkMonotonicityFailure},
            {"missing_pair_as_tie", checkMissingPair},
            {"gap_certificate", checkGapCertificate},
            {"bradley_terry", checkBradleyTerry},
            {"bt_iterations", withDocument(checkIterations)},
            {"tie_models", checkTieModels},
            {"bt_with_ties_half_and_sandwich", checkSandwich},
            {"elo_online", checkElo},
            {"bt_equals_borda_when_balanced", withDocument(checkBalanced)},
            {"axiom_counterexamples", checkAxiomCounterexample},
            {"robust_tv", checkRobust},
            {"robust_two_candidates", checkTwoGroups},
            {"worst_tv_weights", checkWorstMix},
            {"edge_box", checkEdgeBox},
            {"robust_miniature_statistical",
             [this](GoldenEntry& entry) { return checkMiniature(entry, rows_); }},
            {"finite_sample_eps", checkErrorBound},
            {"drop_non_support", withDocument(checkDropNonSupport)}};
        const auto found = checks.find(section);
        return found == checks.end() ? EntryCheck() : found->second;
    }

    Result<void> checkSection(const std::string& section, const Json& json) {
        if (section == "central_path") {
            return checkCentralPath(json);
        }
        if (section == "io") {
            return checkReaders(json);
        }
        if (section == "z_975") {
            checkNormalQuantile(json, rows_);
            return {};
        }
        if (json.is_object()) {
            return checkEntry(json, section, section, "", checkOf(section));
        }
        if (!json.is_array()) {
            lab::CheckRow row;
            row.area = "voting";
            row.caseName = section;
            row.quantity = section;
            row.expected = json;
            rows_.push_back(std::move(row));
            return {};
        }
        for (std::size_t i = 0; i < json.size(); ++i) {
            const std::string number = std::to_string(i);
            const bool isNamed =
                json[i].is_object() && json[i].contains("name") && json[i]["name"].is_string();
            const std::string name = isNamed ? json[i]["name"].get<std::string>() : section;
            auto checked = checkEntry(json[i], section + "." + (isNamed ? name : number), name,
                                      isNamed ? "" : number + ".", checkOf(section));
            if (!checked) {
                return checked;
            }
        }
        return {};
    }

    Result<void> checkEntry(const Json& json, const std::string& path, const std::string& name,
                            const std::string& prefix, const EntryCheck& check) {
        const std::size_t before = rows_.size();
        GoldenEntry entry(json, name_, path, name, prefix, rows_);
        if (!json.is_object()) {
            return entry.error("", "is not an object");
        }
        if (check) {
            if (auto checked = check(entry); !checked) {
                rows_.resize(before);
                return checked;
            }
        }
        entry.finish();
        return {};
    }

    Result<void> checkCentralPath(const Json& json) {
        if (!json.is_object()) {
            return error("central_path is not an object");
        }
        if (const auto rows = json.find("rows"); rows != json.end() && rows->is_array()) {
            for (std::size_t i = 0; i < rows->size(); ++i) {
                const std::string path = "rows." + std::to_string(i);
                auto checked = checkEntry(
                    (*rows)[i], "central_path." + path, "central_path", path + ".",
                    [this](GoldenEntry& entry) { return checkCentralPathRow(entry, document_); });
                if (!checked) {
                    return checked;
                }
            }
        }
        return checkEntry(json, "central_path", "central_path", "", [this](GoldenEntry& entry) {
            if (entry.has("rows")) {
                (void)entry.input("rows");
            }
            return checkCentralPathLimit(entry, document_);
        });
    }

    Result<void> checkReaders(const Json& json) {
        if (!json.is_object()) {
            return error("io is not an object");
        }
        for (const auto& [key, value] : json.items()) {
            const EntryCheck check = key == "preflib_toc"     ? EntryCheck(checkPrefLib)
                                     : key == "battles_jsonl" ? EntryCheck(checkBattles)
                                                              : EntryCheck();
            auto checked = checkEntry(value, "io." + key, "io", key + ".", check);
            if (!checked) {
                return checked;
            }
        }
        return {};
    }

    const Json& document_;
    const std::string& name_;
    std::vector<lab::CheckRow>& rows_;
};

} // namespace

Result<void> checkGolden(const Json& document, const std::string& name,
                         std::vector<lab::CheckRow>& rows) {
    return GoldenDocument(document, name, rows).check();
}

Result<Json> embeddedGolden() {
    return lab::parseJson(embedded::goldenVoting(), kDocument);
}

void registerChecks(lab::CheckRegistry& registry) {
    lab::Check check;
    check.area = "voting";
    check.name = "golden cases";
    check.takesGolden = true;
    check.run = [](const lab::CheckOptions& options,
                   std::vector<lab::CheckRow>& rows) -> Result<void> {
        if (!options.golden.is_null()) {
            return checkGolden(options.golden, options.goldenName, rows);
        }
        const Result<Json> document = embeddedGolden();
        if (!document) {
            return document.error();
        }
        return checkGolden(*document, kDocument, rows);
    };
    check.sections.assign(kSections.begin(), kSections.end());
    registry.add(std::move(check));
}

} // namespace psephos::choice
