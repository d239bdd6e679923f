# SPDX-License-Identifier: GPL-3.0-or-later
# Every library of others, found once. Debian packages by find_package; what comes as a wheel from the
# cache that setup/fetch fills, by imported targets of our own:
#
#   psephos::libtorch   libtorch_cpu and libc10 (the wheel's own package file insists on a CUDA toolkit)
#   psephos::highs      libhighs.so.1; its functions are declared in a header of our own
find_package(Threads REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)
if(PSEPHOS_BUILD_TESTS)
    find_package(doctest REQUIRED)
endif()
if(PSEPHOS_WITH_QT)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Widgets PrintSupport Svg Test)
    find_package(QCustomPlotQt6 REQUIRED)
endif()

# psephos_pinned(LOCK PACKAGE out): the version that setup/wheels/LOCK.lock pins.
function(psephos_pinned lock package out)
    set(file "${PROJECT_SOURCE_DIR}/setup/wheels/${lock}.lock")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    file(STRINGS "${file}" pin REGEX "^${package}==")
    string(REGEX REPLACE "^${package}==([^ ]+).*" "\\1" version "${pin}")
    set(${out} "${version}" PARENT_SCOPE)
endfunction()

if(DEFINED ENV{PSEPHOS_DEPS})
    set(_deps "$ENV{PSEPHOS_DEPS}")
elseif(DEFINED ENV{XDG_CACHE_HOME})
    set(_deps "$ENV{XDG_CACHE_HOME}/psephos")
else()
    set(_deps "$ENV{HOME}/.cache/psephos")
endif()
set(PSEPHOS_DEPS "${_deps}" CACHE PATH "Where setup/fetch unpacks the libraries that come as wheels")
psephos_pinned(torch torch PSEPHOS_TORCH_VERSION)
psephos_pinned(highs highspy PSEPHOS_HIGHS_VERSION)
set(PSEPHOS_TORCH "${PSEPHOS_DEPS}/torch-${PSEPHOS_TORCH_VERSION}")
set(PSEPHOS_HIGHS "${PSEPHOS_DEPS}/highs-${PSEPHOS_HIGHS_VERSION}/highspy/libhighs.so.1")

function(psephos_require_fetched file what)
    if(NOT EXISTS "${file}")
        message(FATAL_ERROR "${what} is not in ${PSEPHOS_DEPS}: run setup/fetch (or give -DPSEPHOS_DEPS=FOLDER)")
    endif()
endfunction()

psephos_require_fetched("${PSEPHOS_HIGHS}" "HiGHS ${PSEPHOS_HIGHS_VERSION}")
add_library(psephos_highs SHARED IMPORTED GLOBAL)
set_target_properties(psephos_highs PROPERTIES
    IMPORTED_LOCATION "${PSEPHOS_HIGHS}" IMPORTED_SONAME libhighs.so.1)
add_library(psephos::highs ALIAS psephos_highs)

if(PSEPHOS_WITH_TORCH)
    set(_lib "${PSEPHOS_TORCH}/torch/lib")
    set(_include "${PSEPHOS_TORCH}/torch/include")
    psephos_require_fetched("${_lib}/libtorch_cpu.so" "LibTorch ${PSEPHOS_TORCH_VERSION}")
    psephos_require_fetched("${PSEPHOS_TORCH}/nvidia/cu13/lib/libcudart.so.13"
        "The CUDA runtime of LibTorch ${PSEPHOS_TORCH_VERSION}")
    add_library(psephos_libc10 SHARED IMPORTED GLOBAL)
    set_target_properties(psephos_libc10 PROPERTIES
        IMPORTED_LOCATION "${_lib}/libc10.so" IMPORTED_SONAME libc10.so)
    # The wheel's libraries carry an RPATH to ../../nvidia/*/lib: unpacked side by side they find
    # libcudart and libcupti by themselves, without LD_LIBRARY_PATH.
    add_library(psephos_libtorch SHARED IMPORTED GLOBAL)
    set_target_properties(psephos_libtorch PROPERTIES
        IMPORTED_LOCATION "${_lib}/libtorch_cpu.so" IMPORTED_SONAME libtorch_cpu.so
        INTERFACE_INCLUDE_DIRECTORIES "${_include};${_include}/torch/csrc/api/include"
        INTERFACE_COMPILE_DEFINITIONS _GLIBCXX_USE_CXX11_ABI=1
        INTERFACE_LINK_LIBRARIES "psephos_libc10;Threads::Threads")
    add_library(psephos::libtorch ALIAS psephos_libtorch)
endif()
