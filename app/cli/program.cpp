// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/program.hpp"

#include "app/cli/commands.hpp"
#include "lab/text.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <exception>
#include <functional>
#include <utility>

namespace psephos::cli {

namespace {

/// The whole grammar and what it read. The chosen command is called after parsing.
class Grammar {
  public:
    Grammar()
        : app_("A workbench for how optimizers descend and how groups choose", "psephos-cli") {
        app_.require_subcommand(1);
        app_.fallthrough();
        app_.set_version_flag("--version", "psephos " + version());
        app_.add_option("--store", common_.store,
                        "the store's file (default: PSEPHOS_STORE, else "
                        "the data folder of the user)");
        app_.add_flag("--json", common_.json, "one JSON document on stdout");
        app_.add_flag("--quiet", common_.quiet, "no progress on stderr");
        addLooking();
        addRunning();
        addStored();
        addChecking();
    }

    CLI::App& app() { return app_; }

    [[nodiscard]] const CommonOptions& common() const { return common_; }

    int call(Session& session) const { return command_(session); }

    /// The parser's words, or the word that is no command.
    [[nodiscard]] std::string explain(const CLI::ParseError& error) const {
        const CLI::App* deepest = &app_;
        while (!deepest->get_subcommands().empty()) {
            deepest = deepest->get_subcommands().back();
        }
        std::vector<std::string> known;
        for (const CLI::App* sub : deepest->get_subcommands([](const CLI::App*) { return true; })) {
            known.push_back(sub->get_name());
        }
        const std::vector<std::string> rest = app_.remaining(true);
        if (error.get_name() != "RequiredError" || known.empty()) {
            return error.what();
        }
        if (rest.empty()) {
            return "a command is missing; expected one of " + lab::joined(known);
        }
        const std::string hint = lab::nearestHint(rest.front(), known);
        const std::string kind = rest.front().starts_with('-') ? "option " : "command ";
        return "unknown " + kind + lab::inQuotes(rest.front()) +
               (hint.empty() ? std::string() : "; " + hint);
    }

  private:
    using Command = std::function<int(Session&)>;

    static std::string version() { return lab::versions().at("psephos").get<std::string>(); }

    CLI::App& add(CLI::App& parent, const std::string& name, const std::string& help,
                  Command command) {
        CLI::App* sub = parent.add_subcommand(name, help);
        sub->callback([this, command = std::move(command)] { command_ = command; });
        return *sub;
    }

    void addLooking() {
        add(app_, "list", "every experiment: id, title, paper", &listExperiments);
        CLI::App& sub = add(app_, "describe", "an experiment's knobs, channels, panels, presets",
                            [this](Session& s) { return describe(s, describe_); });
        sub.add_option("ID", describe_.experiment, "the experiment");
        sub.add_flag("--all", describe_.all, "every experiment");
        sub.add_flag("--markdown", describe_.markdown, "the reference page (with --all)");
        add(app_, "device", "what can compute here", &devices);
    }

    void addRunning() {
        CLI::App& sub = add(app_, "run", "run an experiment; a list lr=[1e-3,1e-2] expands",
                            [this](Session& s) { return run(s, run_); });
        sub.add_option("ID|FILE.json", run_.what, "an experiment's id, or a scenario's file")
            ->required();
        sub.add_option("KNOB=VALUE", run_.assignments, "knobs that are not at their default");
        addWord(sub, "--preset", run_.preset, "start from a preset of the experiment");
        addWord(sub, "--seed", run_.seed, "the seed of every random stream (default 0)");
        addWord(sub, "--device", run_.device, "cpu or cuda");
        addWord(sub, "--threads", run_.threads, "threads to compute with");
        addWord(sub, "--out", run_.out, "write one folder a run; absent or empty");

        CLI::App& resumed = add(app_, "resume", "go on with a paused or interrupted run",
                                [this](Session& s) { return resume(s, continue_); });
        addRun(resumed, continue_.run);
        addThreads(resumed);
        CLI::App& forked = add(app_, "fork", "a new run from a step of another one",
                               [this](Session& s) { return fork(s, continue_); });
        addRun(forked, continue_.run);
        addWord(forked, "--at", continue_.at, "the step from which it goes on")->required();
        forked.add_option("KNOB=VALUE", continue_.assignments, "knobs that are other from there");
        addThreads(forked);
        CLI::App& extended = add(app_, "extend", "go on to a larger number of steps",
                                 [this](Session& s) { return extend(s, continue_); });
        addRun(extended, continue_.run);
        addWord(extended, "--steps", continue_.steps, "where it ends now")->required();
        addThreads(extended);
    }

    void addStored() {
        add(app_, "runs", "the runs in the store", &listRuns);
        CLI::App& shown = add(app_, "show", "everything about a run",
                              [this](Session& s) { return show(s, one_); });
        addRun(shown, one_);
        CLI::App& exported = add(app_, "export", "write a run's frames into a folder",
                                 [this](Session& s) { return exportRun(s, one_, directory_); });
        addRun(exported, one_);
        exported.add_option("DIR", directory_, "the folder; absent or empty")->required();
        CLI::App& deleted = add(app_, "delete", "remove runs from the store",
                                [this](Session& s) { return deleteRuns(s, several_); });
        deleted.add_option("RUN", several_, "the numbers of the runs")->required();
    }

    void addChecking() {
        CLI::App& verified = add(app_, "verify", "closed forms and golden cases",
                                 [this](Session& s) { return verify(s, check_); });
        verified.add_option("AREA", check_.area, "optim, voting …; all of them if left out");
        addWord(verified, "--golden", check_.golden, "a file in the format of tests/golden");
        addWord(verified, "--device", check_.device, "cpu or cuda");
        verified.add_flag("--long", check_.isLong, "also the checks that take minutes");
        CLI::App& measured = add(app_, "bench", "measure how fast it is",
                                 [this](Session& s) { return bench(s, check_); });
        measured.add_option("AREA", check_.area, "optim, voting …; all of them if left out");
        addWord(measured, "--device", check_.device, "cpu or cuda");
        addWord(measured, "--out", check_.out, "write the results as JSON");

        CLI::App* data = app_.add_subcommand("data", "the data sets at hand");
        data->require_subcommand(1);
        add(*data, "list", "built in, and found below PSEPHOS_DATA", &listData);
        CLI::App& checked = add(*data, "check", "what a file is and what is wrong with it",
                                [this](Session& s) { return checkData(s, one_); });
        checked.add_option("PATH", one_, "the file")->required();
    }

    /// An option whose value may not be empty.
    static CLI::Option* addWord(CLI::App& sub, const std::string& name, std::string& word,
                                const std::string& help) {
        return sub.add_option(name, word, help)->check([](const std::string& value) {
            return value.empty() ? std::string("a value is missing") : std::string();
        });
    }

    static void addRun(CLI::App& sub, std::string& run) {
        sub.add_option("RUN", run, "the number of a run")->required();
    }

    void addThreads(CLI::App& sub) {
        addWord(sub, "--threads", continue_.threads, "threads to compute with");
    }

    CLI::App app_;
    CommonOptions common_;
    Command command_;
    DescribeArguments describe_;
    RunArguments run_;
    ContinueArguments continue_;
    CheckArguments check_;
    std::string one_;
    std::string directory_;
    std::vector<std::string> several_;
};

int refuse(const std::string& what) {
    std::fprintf(stderr, "error: %s (see psephos-cli --help)\n", lab::onOneLine(what).c_str());
    return kRefused;
}

} // namespace

int runProgram(int argc, const char* const* argv, Registration registration) {
    // Neither a reader that goes away nor a limit on the size of files ends a run: writing fails.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    try {
        Grammar grammar;
        try {
            grammar.app().parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            if (error.get_exit_code() != 0) {
                return refuse(grammar.explain(error));
            }
            return grammar.app().exit(error) == 0 ? kDone : kRefused; // --help, --version
        }
        Session session(grammar.common(), std::move(registration));
        return session.finish(grammar.call(session));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "error: %s\n", lab::onOneLine(error.what()).c_str());
        return kFailed;
    }
}

} // namespace psephos::cli
