# SPDX-License-Identifier: GPL-3.0-or-later
# CUDA is found or left out by itself. A toolkit without a GPU still compiles every kernel.
#
#   PSEPHOS_WITH_CUDA   ON where nvcc is found (CUDACXX, PATH, CUDA_HOME, /usr/local/cuda)
#
# All device code is in the module psephos-cuda.so (target psephos_cuda, gpu/CMakeLists.txt). It carries
# CUDA's runtime inside, so that nothing else needs CUDA to start.

find_program(PSEPHOS_NVCC nvcc HINTS "$ENV{CUDACXX}" "$ENV{CUDA_HOME}/bin" "$ENV{CUDA_PATH}/bin"
    PATHS /usr/local/cuda/bin /opt/cuda/bin)
if(PSEPHOS_NVCC AND NOT PSEPHOS_SANITIZE)
    set(_cuda_default ON)
else()
    set(_cuda_default OFF)
endif()
option(PSEPHOS_WITH_CUDA "Build the CUDA module" ${_cuda_default})

if(PSEPHOS_WITH_CUDA)
    if(NOT DEFINED CMAKE_CUDA_COMPILER AND PSEPHOS_NVCC)
        set(CMAKE_CUDA_COMPILER "${PSEPHOS_NVCC}")
    endif()
    if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
        set(CMAKE_CUDA_ARCHITECTURES 80-real 90) # A100 and newer; PTX of 90 serves what comes after
    endif()
    enable_language(CUDA)
    if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION) # CMake 3.25 does not know that nvcc >= 12 has it
        set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
        set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
    endif()
    set(CMAKE_CUDA_STANDARD 20)
    set(CMAKE_CUDA_STANDARD_REQUIRED ON)
    set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
endif()
