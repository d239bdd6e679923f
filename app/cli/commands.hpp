// SPDX-License-Identifier: GPL-3.0-or-later
// The commands of psephos-cli, a struct of arguments and a function each; every function answers
// the exit code.
#pragma once

#include "app/cli/session.hpp"

#include <string>
#include <vector>

namespace psephos::cli {

int listExperiments(Session& session);

struct DescribeArguments {
    std::string experiment;
    bool all = false;
    bool markdown = false;
};

int describe(Session& session, const DescribeArguments& arguments);

/// Texts of options are empty where they were not given.
struct RunArguments {
    std::string what; ///< an experiment's id, or a file
    std::vector<std::string> assignments;
    std::string preset;
    std::string seed;
    std::string device;
    std::string threads;
    std::string out;
};

int run(Session& session, const RunArguments& arguments);

struct ContinueArguments {
    std::string run;
    std::string at;    ///< fork
    std::string steps; ///< extend
    std::string threads;
    std::vector<std::string> assignments;
};

int resume(Session& session, const ContinueArguments& arguments);
int fork(Session& session, const ContinueArguments& arguments);
int extend(Session& session, const ContinueArguments& arguments);

int listRuns(Session& session);
int show(Session& session, const std::string& run);
int exportRun(Session& session, const std::string& run, const std::string& directory);
int deleteRuns(Session& session, const std::vector<std::string>& runs);

struct CheckArguments {
    std::string area;
    std::string golden;
    std::string device;
    std::string out;
    bool isLong = false; ///< also the checks that take minutes
};

int verify(Session& session, const CheckArguments& arguments);
int bench(Session& session, const CheckArguments& arguments);

int listData(Session& session);
int checkData(Session& session, const std::string& path);
int devices(Session& session);

} // namespace psephos::cli
