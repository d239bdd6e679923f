# SPDX-License-Identifier: GPL-3.0-or-later
# psephos_embed(TARGET FILE SYMBOL): puts the bytes of a file (by its path from the repository's root) into
# a target. C++ reads them as
#
#     #include "embedded/SYMBOL.hpp"
#     std::string_view bytes = psephos::embedded::SYMBOL();
#
# The target is compiled again when the file changes.

function(psephos_embed target file symbol)
    set(source "${PROJECT_SOURCE_DIR}/${file}")
    set(root "${PROJECT_BINARY_DIR}/embedded/${target}")
    if(NOT EXISTS "${source}")
        message(FATAL_ERROR "psephos_embed: there is no ${file}")
    endif()
    file(CONFIGURE OUTPUT "${root}/embedded/${symbol}.hpp" @ONLY CONTENT [[
// Generated from @file@.
#pragma once
#include <string_view>
namespace psephos::embedded {
/// The bytes of @file@; they live as long as the program.
std::string_view @symbol@();
} // namespace psephos::embedded
]])
    file(CONFIGURE OUTPUT "${root}/${symbol}.cpp" @ONLY CONTENT [[
// Generated from @file@.
#include "embedded/@symbol@.hpp"
asm(".pushsection .rodata\n"
    ".balign 16\n"
    "psephos_embedded_@symbol@: .incbin \"@source@\"\n"
    "psephos_embedded_@symbol@_end: .byte 0\n"
    ".popsection\n");
extern "C" {
extern const char bytesBegin[] asm("psephos_embedded_@symbol@");
extern const char bytesEnd[] asm("psephos_embedded_@symbol@_end");
}
namespace psephos::embedded {
std::string_view @symbol@() {
    return {bytesBegin, bytesEnd};
}
} // namespace psephos::embedded
]])
    set_source_files_properties("${root}/${symbol}.cpp" PROPERTIES OBJECT_DEPENDS "${source}" SKIP_AUTOGEN ON)
    target_sources(${target} PRIVATE "${root}/${symbol}.cpp")
    target_include_directories(${target} PRIVATE "${root}")
endfunction()
