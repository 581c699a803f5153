# cmake --install: the command, the library with its headers, pkg-config file and CMake package, manual pages, the udev rule and
# shell completions. tests/install uses what comes out.
include(CMakePackageConfigHelpers)

set(PRESSMARK_UDEV_RULES_DIR lib/udev/rules.d CACHE PATH "Where udev rules go, below the prefix")

# --- library and command

set_target_properties(pressmark PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
install(TARGETS pressmark EXPORT PressmarkTargets)
install(TARGETS pressmark_command)
install(DIRECTORY include/pressmark DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Pressmark)
install(EXPORT PressmarkTargets NAMESPACE Pressmark:: DESTINATION ${package_dir})
configure_package_config_file(cmake/PressmarkConfig.cmake.in PressmarkConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(PressmarkConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/PressmarkConfig.cmake ${PROJECT_BINARY_DIR}/PressmarkConfigVersion.cmake
        DESTINATION ${package_dir})

# A static library's users link what it needs; a shared one brings it along.
get_target_property(library_type pressmark TYPE)
set(PC_REQUIRES_FIELD Requires)
if(library_type STREQUAL "SHARED_LIBRARY")
  set(PC_REQUIRES_FIELD Requires.private)
endif()
# Relative to the file itself, so that `cmake --install --prefix` may put the tree anywhere.
file(RELATIVE_PATH PC_TO_PREFIX /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
configure_file(cmake/pressmark.pc.in pressmark.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/pressmark.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# --- pages and completions, made by the command itself from its table of options

set(generated ${PROJECT_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${generated})
function(pressmark_generates file)
  add_custom_command(OUTPUT ${generated}/${file} COMMAND pressmark_command ${ARGN} > ${generated}/${file}
                     DEPENDS pressmark_command ${PROJECT_SOURCE_DIR}/man/pressmark.1.in VERBATIM)
endfunction()
pressmark_generates(pressmark.1 generate ${PROJECT_SOURCE_DIR}/man/pressmark.1.in)
foreach(shell bash zsh fish)
  pressmark_generates(completion.${shell} completion ${shell})
endforeach()
add_custom_target(pressmark_generated ALL
  DEPENDS ${generated}/pressmark.1 ${generated}/completion.bash ${generated}/completion.zsh ${generated}/completion.fish)

install(FILES ${generated}/pressmark.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES man/pressmark-map.5 man/pressmark-rip-record.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES ${generated}/completion.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME pressmark)
install(FILES ${generated}/completion.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _pressmark)
install(FILES ${generated}/completion.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME pressmark.fish)
install(FILES udev-rules/60-pressmark.rules DESTINATION ${PRESSMARK_UDEV_RULES_DIR})
