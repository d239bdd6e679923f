# SPDX-License-Identifier: GPL-3.0-or-later
option(PSEPHOS_WITH_QT "Build the window (psephos); off: psephos-cli alone" ON)
option(PSEPHOS_WITH_TORCH "Build the LibTorch module" ON)
option(PSEPHOS_BUILD_TESTS "Build the tests" ON)
option(PSEPHOS_WERROR "Treat warnings as errors" OFF)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()

add_library(psephos_warnings INTERFACE)
target_compile_options(psephos_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    -Wnon-virtual-dtor -Wold-style-cast $<$<BOOL:${PSEPHOS_WERROR}>:-Werror>)
