# Builds that are made to be run here and thrown away (asan, tsan; and what clang-tidy reads) compile the files of a folder as
# one (CMAKE_UNITY_BUILD in CMakePresets.json): templates are instantiated once and not in each file, in half the time.
# So two files of one folder may not give one name to two things, not even in an anonymous namespace. What is installed is
# compiled file by file (release; there only the tests are not), which finds a forgotten include.
if((CMAKE_UNITY_BUILD OR PRESSMARK_UNITY_TESTS) AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Types of an anonymous namespace in a class of the same file look like another file's here.
  target_compile_options(pressmark_warnings INTERFACE -Wno-subobject-linkage)
endif()

# pressmark_one_group_a_folder(TARGET): its files are grouped by their folder.
function(pressmark_one_group_a_folder target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(RELATIVE_PATH folder BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
    string(REPLACE "/" "_" folder ${folder})
    set_source_files_properties(${source} TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP ${folder})
  endforeach()
endfunction()
