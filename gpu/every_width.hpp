// SPDX-License-Identifier: GPL-3.0-or-later
// Host loops for every width of vectors that a machine may have. Internal to gpu.
#pragma once

/// One version of a function a width of vectors, chosen when the library is loaded; what it calls
/// is built in. Compiled without contraction of products and sums, all of them round alike.
#ifdef __x86_64__
#define PSEPHOS_EVERY_WIDTH __attribute__((flatten, target_clones("default", "avx2", "avx512f")))
#else
#define PSEPHOS_EVERY_WIDTH
#endif
