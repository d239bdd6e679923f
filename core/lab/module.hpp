// SPDX-License-Identifier: GPL-3.0-or-later
// Modules: shared libraries that are opened only when something needs them (LibTorch, CUDA).
#pragma once

#include "lab/result.hpp"

#include <string>
#include <string_view>

namespace psephos::lab {

class CheckRegistry;
class Registry;

/// What a module exports as `extern "C" psephosRegisterModule`. It must let no exception out;
/// it returns null, or why it could not register (static text).
using RegisterModule = const char* (*)(Registry&, CheckRegistry&);

/// To be called first in main(), while there is one thread. The threads of OpenMP (LibTorch's) then
/// sleep at their barriers after a quarter of a millisecond instead of spinning on: on a machine
/// that is busy elsewhere, if only with the window, spinning made a training step 40 times slower
/// (50 ms against 2 s, measured; so bounded it costs as much as sleeping at once). Only the
/// environment can say so, before the library is loaded. A user's own setting is kept.
void prepareForModules();

/// Opens `psephos-NAME.so` from the folder of libpsephos (or beside it, as installed) and lets it
/// register. The module is never unloaded. Thread-safe; a second call for the same name waits for
/// the first and answers the same.
[[nodiscard]] Result<void> openModule(std::string_view name, Registry& registry,
                                      CheckRegistry& checks);

} // namespace psephos::lab
