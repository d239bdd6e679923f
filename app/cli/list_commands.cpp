// SPDX-License-Identifier: GPL-3.0-or-later
// list, describe: what there is.
#include "app/cli/commands.hpp"
#include "lab/reference.hpp"
#include "lab/text.hpp"

namespace psephos::cli {

namespace {

lab::Error unknownExperiment(const lab::Registry& registry, const std::string& id) {
    std::vector<std::string> known;
    for (const auto& description : registry.all()) {
        known.push_back(description->id);
    }
    const std::string hint = lab::nearestHint(id, known);
    return {"unknown experiment " + lab::inQuotes(id), hint.empty() ? "see psephos-cli list" : hint,
            ""};
}

std::string paperText(const lab::Paper& paper) {
    return paper.shortName + (paper.arxiv.empty() ? "" : " (arXiv " + paper.arxiv + ")");
}

} // namespace

int listExperiments(Session& session) {
    const lab::Registry& registry = session.bench().registry();
    if (session.options().json) {
        lab::Json list = lab::Json::array();
        for (const auto& description : registry.all()) {
            list.push_back(lab::Json{{"id", description->id},
                                     {"title", description->title},
                                     {"question", description->question},
                                     {"paper", description->paper.citation},
                                     {"arxiv", description->paper.arxiv}});
        }
        session.printJson(list);
        return kDone;
    }
    std::vector<std::vector<std::string>> rows = {{"id", "title", "paper"}};
    for (const auto& description : registry.all()) {
        rows.push_back({description->id, description->title, paperText(description->paper)});
    }
    session.print(tableText(rows));
    return kDone;
}

int describe(Session& session, const DescribeArguments& arguments) {
    const lab::Registry& registry = session.bench().registry();
    if (arguments.all && arguments.markdown) {
        session.print(lab::referenceMarkdown(registry));
        return kDone;
    }
    if (arguments.all == !arguments.experiment.empty() || arguments.markdown) {
        return session.refuse({"describe takes the id of one experiment",
                               "or --all, which --markdown goes with", ""});
    }
    if (arguments.all) {
        lab::Json list = lab::Json::array();
        for (const auto& description : registry.all()) {
            list.push_back(lab::toJson(*description));
            if (!session.options().json) {
                session.print(lab::referenceText(*description) + "\n");
            }
        }
        if (session.options().json) {
            session.printJson(list);
        }
        return kDone;
    }
    const lab::Description* description = registry.find(arguments.experiment);
    if (description == nullptr) {
        return session.refuse(unknownExperiment(registry, arguments.experiment));
    }
    if (session.options().json) {
        session.printJson(lab::toJson(*description));
    } else {
        session.print(lab::referenceText(*description));
    }
    return kDone;
}

} // namespace psephos::cli
