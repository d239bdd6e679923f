// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/process.hpp"

#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <system_error>
#include <unistd.h>

namespace psephos::test {

namespace {

std::atomic<int> made = 0;

void redirect(const std::filesystem::path& file, int descriptor) {
    const int opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(opened, descriptor);
    ::close(opened);
}

} // namespace

TemporaryFolder::TemporaryFolder()
    : path_(std::filesystem::temp_directory_path() /
            ("psephos-cli-" + std::to_string(::getpid()) + "-" + std::to_string(++made))) {
    std::filesystem::create_directories(path_);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return (path_ / name).string();
}

Process::Process(const std::vector<std::string>& arguments,
                 const std::vector<std::pair<std::string, std::string>>& environment,
                 const std::filesystem::path& folder)
    : out_(folder / ("out" + std::to_string(++made)))
    , err_(folder / ("err" + std::to_string(made))) {
    id_ = ::fork();
    if (id_ != 0) {
        return;
    }
    for (const auto& [name, value] : environment) {
        ::setenv(name.c_str(), value.c_str(), 1);
    }
    redirect("/dev/null", STDIN_FILENO);
    redirect(out_, STDOUT_FILENO);
    redirect(err_, STDERR_FILENO);
    std::vector<char*> words;
    for (const std::string& argument : arguments) {
        words.push_back(const_cast<char*>(argument.c_str()));
    }
    words.push_back(nullptr);
    ::execv(words[0], words.data());
    ::_exit(127);
}

Process::~Process() {
    if (isRunning()) {
        signal(SIGKILL);
        static_cast<void>(wait());
    }
}

void Process::signal(int number) const {
    ::kill(id_, number);
}

bool Process::isRunning() {
    if (id_ > 0 && ::waitpid(id_, &status_, WNOHANG) == id_) {
        id_ = -1;
    }
    return id_ > 0;
}

Outcome Process::wait() {
    if (id_ > 0) {
        ::waitpid(id_, &status_, 0);
        id_ = -1;
    }
    Outcome outcome;
    outcome.code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
    outcome.out = contentOf(out_);
    outcome.err = contentOf(err_);
    return outcome;
}

std::string Process::errSoFar() const {
    return contentOf(err_);
}

std::string contentOf(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    std::size_t from = 0;
    while (from < text.size()) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        lines.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    return lines;
}

} // namespace psephos::test
