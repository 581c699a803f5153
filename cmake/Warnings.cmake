# Warnings are errors in our own code; dependencies come in as system headers. Members that a designated initialiser
# leaves out take their defaults: that is the style here, not an oversight.
add_library(pressmark_warnings INTERFACE)
target_compile_options(pressmark_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wcast-align -Wformat=2
  -Wimplicit-fallthrough -Wno-missing-field-initializers -Wnon-virtual-dtor -Woverloaded-virtual -Wnull-dereference -Wswitch-enum)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these inside its own headers when inlining (GCC bugs 105329, 105651).
  target_compile_options(pressmark_warnings INTERFACE -Wno-restrict -Wno-stringop-overflow -Wno-null-dereference)
else()
  # libstdc++ 12 calls what it has itself deprecated (std::get_temporary_buffer in std::stable_sort).
  target_compile_options(pressmark_warnings INTERFACE -Wno-deprecated-declarations)
endif()
