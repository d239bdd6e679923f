# SPDX-License-Identifier: GPL-3.0-or-later
# The house's folders as targets.
#
# psephos_folder(core/lab SEES ... LINKS ... SOURCES ...)
#   declares the folder as an object library `psephos_lab` (alias psephos::lab). Its headers are
#   reached as "lab/knob.hpp" through an include directory that holds a link to this one folder and
#   nothing else, so a folder that does not name another one in SEES can't include its headers: the
#   arrows of the house are checked by the compiler.
#
#   SEES   folders (by their path below core/, or ui/..., gpu) whose headers may be included;
#          usage requirements pass on, because headers include headers.
#   NAME   another target name, where a folder has two targets (describe and compute).
#   LINKS  imported targets of libraries (Eigen3::Eigen, torch ...).
#
# psephos_folder_name(core/optim/textbook name)  ->  optim_textbook

function(psephos_folder_name path out)
    string(REGEX REPLACE "^core/" "" name "${path}")
    string(REPLACE "/" "_" name "${name}")
    set(${out} "${name}" PARENT_SCOPE)
endfunction()

# Makes build/include/NAME hold exactly the headers of one folder (or, with FILES, single files).
function(psephos_include_root path name out)
    string(REGEX REPLACE "^core/" "" inside "${path}")
    set(root "${PROJECT_BINARY_DIR}/include/${name}")
    get_filename_component(parent "${root}/${inside}" DIRECTORY)
    if(ARGN)
        file(MAKE_DIRECTORY "${root}/${inside}")
        foreach(file IN LISTS ARGN)
            file(CREATE_LINK "${PROJECT_SOURCE_DIR}/${path}/${file}" "${root}/${inside}/${file}" SYMBOLIC)
        endforeach()
    else()
        file(MAKE_DIRECTORY "${parent}")
        if(NOT EXISTS "${root}/${inside}")
            file(CREATE_LINK "${PROJECT_SOURCE_DIR}/${path}" "${root}/${inside}" SYMBOLIC)
        endif()
    endif()
    set(${out} "${root}" PARENT_SCOPE)
endfunction()

function(psephos_folder path)
    cmake_parse_arguments(F "" "NAME" "SEES;LINKS;SOURCES;HEADERS_ONLY_FILES" ${ARGN})
    psephos_folder_name("${path}" name)
    if(F_NAME)
        set(name "${F_NAME}")
    endif()
    psephos_include_root("${path}" "${name}" root ${F_HEADERS_ONLY_FILES})
    if(F_SOURCES)
        list(TRANSFORM F_SOURCES PREPEND "${PROJECT_SOURCE_DIR}/${path}/")
        add_library(psephos_${name} OBJECT ${F_SOURCES})
        set(scope PUBLIC)
        target_link_libraries(psephos_${name} PRIVATE psephos_warnings)
        set_target_properties(psephos_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    else()
        add_library(psephos_${name} INTERFACE)
        set(scope INTERFACE)
    endif()
    add_library(psephos::${name} ALIAS psephos_${name})
    target_compile_features(psephos_${name} ${scope} cxx_std_20)
    target_include_directories(psephos_${name} ${scope} "${root}")
    foreach(seen IN LISTS F_SEES)
        psephos_folder_name("${seen}" seen_name)
        psephos_see(psephos_${name} ${scope} psephos_${seen_name})
    endforeach()
    foreach(link IN LISTS F_LINKS)
        target_link_libraries(psephos_${name} ${scope} ${link})
        if(TARGET ${link}) # whoever sees this folder sees the library's headers as a system's too
            target_include_directories(psephos_${name} SYSTEM ${scope}
                $<TARGET_PROPERTY:${link},INTERFACE_INCLUDE_DIRECTORIES>)
        endif()
    endforeach()
endfunction()

# psephos_see(TARGET SCOPE SEEN): TARGET may include the headers of the folder SEEN and those of the libraries
# that these include. Headers only: object files are gathered by the library that the folder belongs to.
function(psephos_see target scope seen)
    target_include_directories(${target} ${scope} $<TARGET_PROPERTY:${seen},INTERFACE_INCLUDE_DIRECTORIES>)
    target_include_directories(${target} SYSTEM ${scope}
        $<TARGET_PROPERTY:${seen},INTERFACE_SYSTEM_INCLUDE_DIRECTORIES>)
    target_compile_definitions(${target} ${scope} $<TARGET_PROPERTY:${seen},INTERFACE_COMPILE_DEFINITIONS>)
endfunction()

# psephos_doctest(NAME SOURCES tests/... LINKS targets... SEES folders...): one executable psephos_test_NAME.
# psephos_qttest(NAME ...): the same with Qt Test; the sources bring their own main (QTEST_MAIN).
function(psephos_doctest name)
    if(NOT TARGET psephos_doctest_main)
        add_library(psephos_doctest_main OBJECT "${PROJECT_SOURCE_DIR}/tests/doctest_main.cpp")
        target_link_libraries(psephos_doctest_main PUBLIC doctest::doctest)
    endif()
    psephos_test_program(${name} doctest ${ARGN})
    target_link_libraries(psephos_test_${name} PRIVATE psephos_doctest_main)
endfunction()

function(psephos_qttest name)
    psephos_test_program(${name} qttest ${ARGN})
    target_link_libraries(psephos_test_${name} PRIVATE Qt6::Test)
    psephos_qt(psephos_test_${name})
endfunction()

function(psephos_test_program name kind)
    cmake_parse_arguments(T "" "" "SEES;SOURCES;LINKS" ${ARGN})
    list(TRANSFORM T_SOURCES PREPEND "${PROJECT_SOURCE_DIR}/tests/")
    add_executable(psephos_test_${name} ${T_SOURCES})
    foreach(seen IN LISTS T_SEES)
        psephos_folder_name("${seen}" seen_name)
        psephos_see(psephos_test_${name} PRIVATE psephos_${seen_name})
    endforeach()
    target_include_directories(psephos_test_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
    target_link_libraries(psephos_test_${name} PRIVATE ${T_LINKS} psephos_warnings)
    add_test(NAME ${name} COMMAND psephos_test_${name})
    # The label tells setup/run-tests how to count the cases inside.
    set_tests_properties(${name} PROPERTIES LABELS ${kind} TIMEOUT 600
        ENVIRONMENT "${PSEPHOS_TEST_ENVIRONMENT}")
endfunction()
