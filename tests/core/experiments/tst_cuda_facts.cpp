// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiments/cuda_facts.hpp"

#include <doctest/doctest.h>

using psephos::experiments::cudaFacts;

TEST_CASE("cudaFacts_asTheDriverSays") {
    const auto facts = cudaFacts(PSEPHOS_FAKE_DRIVER);
    REQUIRE(facts.ok());
    CHECK(facts->dump() == R"({"name":"Imaginary GPU","memory_bytes":8589934592,)"
                           R"("compute_capability":"9.0","driver":"13.1"})");
}

TEST_CASE("cudaFacts_withoutDriverOrGpu_saysWhichIsMissing") {
    CHECK(cudaFacts("libnowhere.so.1").error().line() ==
          "device 'cuda': no CUDA device: the NVIDIA driver (libcuda.so.1) is not installed "
          "(compute with device cpu)");
    CHECK(cudaFacts(PSEPHOS_EMPTY_DRIVER).error().message ==
          "no CUDA device: the driver reports no GPU");
    CHECK(cudaFacts("libz.so.1").error().message ==
          "no CUDA device: libcuda.so.1 is not the NVIDIA driver");
}
