// SPDX-License-Identifier: GPL-3.0-or-later
// A driver with one GPU of 8 GiB and compute capability 9.0, or (where macro PSEPHOS_NO_GPU is set)
// without any.
#include <cstddef>
#include <cstring>

extern "C" {

int cuInit(unsigned) {
#ifdef PSEPHOS_NO_GPU
    return 100;
#else
    return 0;
#endif
}

int cuDeviceGet(int* device, int ordinal) {
    *device = ordinal;
    return 0;
}

int cuDeviceGetName(char* name, int length, int) {
    std::strncpy(name, "Imaginary GPU", static_cast<std::size_t>(length));
    return 0;
}

int cuDeviceTotalMem_v2(std::size_t* bytes, int) {
    *bytes = std::size_t{8} << 30;
    return 0;
}

int cuDeviceGetAttribute(int* value, int attribute, int) {
    *value = attribute == 75 ? 9 : 0;
    return 0;
}

int cuDriverGetVersion(int* version) {
    *version = 13010;
    return 0;
}
}
