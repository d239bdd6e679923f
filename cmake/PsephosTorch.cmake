# SPDX-License-Identifier: GPL-3.0-or-later
# psephos_torch_pch(target...): <ATen/ATen.h> costs six seconds a source file, so it is precompiled once
# and shared by all targets that use LibTorch, tests too. Every target that compiles Torch code calls it.
#
# The header is compiled with -fPIC and the warnings of the project (-Wpedantic changes predefined macros);
# a target that reuses it links psephos_warnings, and an executable is compiled with -fPIC too.

function(psephos_torch_pch)
    if(NOT TARGET psephos_torch_headers)
        file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/pch/torch_headers.cpp" CONTENT
            "// Compiles nothing: it carries the precompiled LibTorch headers.\n")
        add_library(psephos_torch_headers OBJECT "${PROJECT_BINARY_DIR}/pch/torch_headers.cpp")
        set_target_properties(psephos_torch_headers PROPERTIES POSITION_INDEPENDENT_CODE ON)
        target_compile_features(psephos_torch_headers PUBLIC cxx_std_20)
        target_link_libraries(psephos_torch_headers PRIVATE psephos::libtorch psephos_warnings)
        target_compile_options(psephos_torch_headers PRIVATE -fpch-preprocess)
        target_precompile_headers(psephos_torch_headers PRIVATE
            <ATen/ATen.h>
            <torch/csrc/autograd/grad_mode.h>
            <torch/csrc/autograd/autograd.h>
            <torch/csrc/autograd/variable.h>
            <ATen/CPUGeneratorImpl.h>
            <ATen/Parallel.h>
            <vector> <string> <map> <memory> <functional> <span> <optional> <variant> <algorithm> <cmath>)
    endif()
    foreach(target IN LISTS ARGN)
        get_target_property(type ${target} TYPE)
        if(type STREQUAL "EXECUTABLE")
            target_compile_options(${target} PRIVATE -fPIC)
        endif()
        target_compile_options(${target} PRIVATE -fpch-preprocess -Winvalid-pch)
        target_precompile_headers(${target} REUSE_FROM psephos_torch_headers)
    endforeach()
endfunction()
