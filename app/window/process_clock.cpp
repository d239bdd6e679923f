// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/process_clock.hpp"

#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>

namespace psephos::window {

lab::Result<double> millisecondsSinceStart() {
    std::ifstream file("/proc/self/stat");
    std::string line;
    if (!std::getline(file, line)) {
        return lab::Error{"the start of the process is not known", "", "/proc/self/stat"};
    }
    // The second field is the program's name in brackets and may hold blanks; the start is
    // field 22.
    const std::size_t bracket = line.rfind(')');
    if (bracket == std::string::npos) {
        return lab::Error{"the start of the process is not known", "", "/proc/self/stat"};
    }
    std::istringstream fields(line.substr(bracket + 1));
    std::string field;
    for (int i = 3; i <= 21; ++i) {
        fields >> field;
    }
    double ticks = 0;
    fields >> ticks;
    timespec now{};
    if (!fields || clock_gettime(CLOCK_BOOTTIME, &now) != 0) {
        return lab::Error{"the start of the process is not known", "", "/proc/self/stat"};
    }
    const double seconds =
        static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
    const double started = ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
    return (seconds - started) * 1e3;
}

} // namespace psephos::window
