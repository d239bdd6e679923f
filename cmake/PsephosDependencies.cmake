# SPDX-License-Identifier: GPL-3.0-or-later
# Every library of others, found once. Debian packages by find_package; what comes as a wheel from the
# cache that setup/fetch fills, by imported targets of our own:
#
#   psephos::libtorch   libtorch_cpu and libc10 (the wheel's own package file insists on a CUDA toolkit)
#   psephos::highs      libhighs.so.1; its functions are declared in a header of our own
if(DEFINED ENV{PSEPHOS_DEPS})
    set(_deps "$ENV{PSEPHOS_DEPS}")
elseif(DEFINED ENV{XDG_CACHE_HOME})
    set(_deps "$ENV{XDG_CACHE_HOME}/psephos")
else()
    set(_deps "$ENV{HOME}/.cache/psephos")
endif()
set(PSEPHOS_DEPS "${_deps}" CACHE PATH "What setup/fetch unpacked, or a folder that setup/bundle filled")
if(EXISTS "${PSEPHOS_DEPS}/include/eigen3") # a bundle is a prefix
    get_filename_component(_prefix "${PSEPHOS_DEPS}" ABSOLUTE BASE_DIR "${PROJECT_SOURCE_DIR}")
    list(PREPEND CMAKE_PREFIX_PATH "${_prefix}")
endif()

find_package(Threads REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)
# Distributions compile static libraries for executables: in a shared one their data may not be seen from
# outside, or they don't link.
set(PSEPHOS_STATIC_LIBRARIES "")
foreach(library IN ITEMS "${SQLite3_LIBRARY}" "${ZLIB_LIBRARY_RELEASE}")
    if(library MATCHES "\\.a$")
        get_filename_component(name "${library}" NAME)
        list(APPEND PSEPHOS_STATIC_LIBRARIES "${name}")
    endif()
endforeach()
if(PSEPHOS_STATIC_LIBRARIES)
    list(JOIN PSEPHOS_STATIC_LIBRARIES ":" _names)
    add_link_options("LINKER:--exclude-libs,${_names}")
endif()
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

psephos_pinned(torch torch PSEPHOS_TORCH_VERSION)
psephos_pinned(highs highspy PSEPHOS_HIGHS_VERSION)
set(PSEPHOS_TORCH "" CACHE PATH "An installed torch wheel: its folder torch/; empty: what setup/fetch unpacked")
set(PSEPHOS_HIGHS "${PSEPHOS_DEPS}/highs-${PSEPHOS_HIGHS_VERSION}/highspy/libhighs.so.1")

function(psephos_require_fetched file what)
    if(NOT EXISTS "${file}")
        message(FATAL_ERROR "${what} is not in ${PSEPHOS_DEPS}: run setup/fetch (or give -DPSEPHOS_DEPS=FOLDER)")
    endif()
endfunction()

# psephos_installed_torch(FOLDER out): the folder with lib/ and include/ of an installed wheel, of the
# pinned series (major and minor): another one's headers and operators differ.
function(psephos_installed_torch folder out)
    foreach(candidate IN ITEMS "${folder}" "${folder}/torch")
        if(EXISTS "${candidate}/lib/libtorch_cpu.so" AND EXISTS "${candidate}/include/ATen/ATen.h")
            set(found "${candidate}")
            break()
        endif()
    endforeach()
    if(NOT found)
        message(FATAL_ERROR "PSEPHOS_TORCH=${folder}: no lib/libtorch_cpu.so and include/ATen/ATen.h in it")
    endif()
    set(version "of another series")
    set(header "${found}/include/torch/headeronly/version.h")
    if(EXISTS "${header}")
        file(STRINGS "${header}" lines REGEX "define TORCH_VERSION_(MAJOR|MINOR) ")
        if(lines MATCHES "MAJOR ([0-9]+).*MINOR ([0-9]+)")
            set(version "${CMAKE_MATCH_1}.${CMAKE_MATCH_2}")
        endif()
    endif()
    string(REGEX MATCH "^[0-9]+\\.[0-9]+" wanted "${PSEPHOS_TORCH_VERSION}")
    if(NOT version STREQUAL wanted)
        message(FATAL_ERROR "PSEPHOS_TORCH=${folder}: torch ${version} where ${wanted} is needed")
    endif()
    set(${out} "${found}" PARENT_SCOPE)
endfunction()

psephos_require_fetched("${PSEPHOS_HIGHS}" "HiGHS ${PSEPHOS_HIGHS_VERSION}")
add_library(psephos_highs SHARED IMPORTED GLOBAL)
set_target_properties(psephos_highs PROPERTIES
    IMPORTED_LOCATION "${PSEPHOS_HIGHS}" IMPORTED_SONAME libhighs.so.1)
add_library(psephos::highs ALIAS psephos_highs)

if(PSEPHOS_WITH_TORCH)
    if(PSEPHOS_TORCH)
        psephos_installed_torch("${PSEPHOS_TORCH}" _torch)
    else()
        set(_fetched "${PSEPHOS_DEPS}/torch-${PSEPHOS_TORCH_VERSION}")
        set(_torch "${_fetched}/torch")
        psephos_require_fetched("${_torch}/lib/libtorch_cpu.so" "LibTorch ${PSEPHOS_TORCH_VERSION}")
        psephos_require_fetched("${_fetched}/nvidia/cu13/lib/libcudart.so.13"
            "The CUDA runtime of LibTorch ${PSEPHOS_TORCH_VERSION}")
    endif()
    set(_lib "${_torch}/lib")
    set(_include "${_torch}/include")
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
