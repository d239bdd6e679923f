# SPDX-License-Identifier: GPL-3.0-or-later
option(PSEPHOS_WITH_QT "Build the window (psephos); off: psephos-cli alone" ON)
option(PSEPHOS_WITH_TORCH "Build the LibTorch module" ON)
option(PSEPHOS_BUILD_TESTS "Build the tests" ON)
option(PSEPHOS_WERROR "Treat warnings as errors" OFF)
set(PSEPHOS_SANITIZE "" CACHE STRING "Sanitizers, comma-separated: address,undefined or thread")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()
# Release is optimised with assertions on: this program's first promise is that a wrong number is noticed.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")

add_library(psephos_warnings INTERFACE)
target_compile_options(psephos_warnings INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast>
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${PSEPHOS_WERROR}>>:-Werror>)

# Torch's headers use the identifier `slots`: Qt's keywords are off everywhere.
add_compile_definitions($<$<COMPILE_LANGUAGE:CXX>:QT_NO_KEYWORDS>)

# Messages and debug information name files from the repository's root, whatever folder it lies in.
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=>)

if(PSEPHOS_SANITIZE)
    add_compile_options(-fsanitize=${PSEPHOS_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${PSEPHOS_SANITIZE})
    # What the sanitizers insert hides from g++ 12 that a variant's member is set before it is read.
    target_compile_options(psephos_warnings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized>)
    if(PSEPHOS_SANITIZE MATCHES "undefined")
        add_compile_options(-fno-sanitize-recover=undefined)
    endif()
else() # a library that uses what it does not name is a fault of linking, not of start-up
    add_link_options(LINKER:-z,defs)
endif()

# mold links in a tenth of the time; ccache makes a second clone and a switched branch cheap.
option(PSEPHOS_WITH_MOLD "Link with mold where it is found" ON)
find_program(PSEPHOS_MOLD mold)
if(PSEPHOS_WITH_MOLD AND PSEPHOS_MOLD)
    add_link_options(-fuse-ld=mold)
endif()
option(PSEPHOS_WITH_CCACHE "Compile through ccache where it is found" ON)
find_program(PSEPHOS_CCACHE ccache)
if(PSEPHOS_WITH_CCACHE AND PSEPHOS_CCACHE)
    # Precompiled headers need these sloppinesses (see ccache's manual); the base folder
    # makes paths relative, so that clones in different places share the cache.
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros
        "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${PSEPHOS_CCACHE}")
    set(CMAKE_CUDA_COMPILER_LAUNCHER "${CMAKE_CXX_COMPILER_LAUNCHER}")
endif()

# Where things find each other: build/bin and build/lib, PREFIX/bin and PREFIX/lib/psephos. The modules
# (psephos-torch.so, psephos-cuda.so) always lie beside libpsephos.so.
set(PSEPHOS_INSTALL_LIBDIR "lib/psephos")
set(CMAKE_INSTALL_RPATH "$ORIGIN;$ORIGIN/../${PSEPHOS_INSTALL_LIBDIR}")
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON) # LibTorch stays in its cache folder
