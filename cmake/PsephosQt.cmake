# SPDX-License-Identifier: GPL-3.0-or-later
# psephos_qt(TARGETS...): Qt without its keywords and without silent casts from narrow strings, and its
# headers (with QCustomPlot's) precompiled once for all targets: 4.9 s a source file became 1.4 s.
#
# A precompiled header is accepted only where each macro of its command line has the same value, so it
# is compiled with those alone that every target here has.

function(psephos_qt)
    if(NOT TARGET psephos_qt_headers)
        file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/pch/qt_headers.cpp" CONTENT
            "// Compiles nothing: it carries the precompiled Qt headers.\n")
        add_library(psephos_qt_headers OBJECT "${PROJECT_BINARY_DIR}/pch/qt_headers.cpp")
        set_target_properties(psephos_qt_headers PROPERTIES POSITION_INDEPENDENT_CODE ON)
        target_compile_features(psephos_qt_headers PUBLIC cxx_std_20)
        target_link_libraries(psephos_qt_headers PRIVATE Qt6::Widgets psephos_warnings)
        target_include_directories(psephos_qt_headers SYSTEM PRIVATE
            $<TARGET_PROPERTY:Qt6::PrintSupport,INTERFACE_INCLUDE_DIRECTORIES>)
        target_compile_options(psephos_qt_headers PRIVATE -fpch-preprocess)
        psephos_qt_definitions(psephos_qt_headers)
        target_precompile_headers(psephos_qt_headers PRIVATE
            <QtWidgets/QtWidgets> "${PROJECT_SOURCE_DIR}/ui/plot/qcp.hpp"
            <vector> <string> <map> <memory> <functional> <span> <optional> <variant> <algorithm> <cmath>)
    endif()
    foreach(target IN LISTS ARGN)
        set_target_properties(${target} PROPERTIES AUTOMOC ON)
        psephos_qt_definitions(${target})
        get_target_property(type ${target} TYPE)
        if(type STREQUAL "EXECUTABLE")
            target_compile_options(${target} PRIVATE -fPIC)
        endif()
        target_compile_options(${target} PRIVATE -fpch-preprocess -Winvalid-pch)
        target_precompile_headers(${target} REUSE_FROM psephos_qt_headers)
    endforeach()
endfunction()

function(psephos_qt_definitions target)
    target_compile_definitions(${target} PRIVATE QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII
        QT_NO_CAST_TO_ASCII QT_DISABLE_DEPRECATED_BEFORE=0x060400)
endfunction()
