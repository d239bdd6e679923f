# SPDX-License-Identifier: GPL-3.0-or-later
# cmake --install: PREFIX/bin, PREFIX/lib/psephos, and what a desktop needs to show the program.
# LibTorch stays in its cache folder, which the installed module names in its run path.
include(GNUInstallDirs)

foreach(target psephos psephos_app psephos_cli psephos-cli)
    if(TARGET ${target})
        install(TARGETS ${target} RUNTIME DESTINATION bin)
    endif()
endforeach()
foreach(target psephos_core psephos_torch psephos_cuda psephos_ui)
    if(TARGET ${target})
        get_target_property(type ${target} TYPE)
        if(type MATCHES "SHARED_LIBRARY|MODULE_LIBRARY")
            install(TARGETS ${target} LIBRARY DESTINATION ${PSEPHOS_INSTALL_LIBDIR})
        endif()
    endif()
endforeach()
install(PROGRAMS "${PSEPHOS_HIGHS}" DESTINATION ${PSEPHOS_INSTALL_LIBDIR})
install(DIRECTORY "${PSEPHOS_DEPS}/highs-${PSEPHOS_HIGHS_VERSION}/highspy-${PSEPHOS_HIGHS_VERSION}.dist-info/licenses/"
    DESTINATION ${CMAKE_INSTALL_DOCDIR}/highs)

set(_resources "${PROJECT_SOURCE_DIR}/resources/desktop")
install(FILES "${_resources}/psephos.metainfo.xml" DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/README.md" DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(PSEPHOS_WITH_QT)
    install(FILES "${_resources}/psephos.desktop" DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
    install(FILES "${_resources}/psephos.svg" DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps)
    install(FILES "${_resources}/psephos.png" DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/256x256/apps)
endif()
