// The one macro of the project: take the value of a Result or return its error. C++23's expected has no other
// early return, and GCC 12 lacks and_then.
#pragma once

#include <utility>

#define PRESSMARK_JOIN2(a, b) a##b
#define PRESSMARK_JOIN(a, b) PRESSMARK_JOIN2(a, b)

/// TRY(auto x, f()): declares x with f's value, or returns f's error.
#define TRY(declaration, ...)                                                     \
  auto PRESSMARK_JOIN(result_, __LINE__) = (__VA_ARGS__);                         \
  if (!PRESSMARK_JOIN(result_, __LINE__))                                         \
    return std::unexpected(std::move(PRESSMARK_JOIN(result_, __LINE__)).error()); \
  declaration = std::move(*PRESSMARK_JOIN(result_, __LINE__))

/// CHECK(f()): for a Result<void>, or a value nobody wants.
#define CHECK(...)                                                                                                 \
  do {                                                                                                             \
    if (auto check_result = (__VA_ARGS__); !check_result) return std::unexpected(std::move(check_result).error()); \
  } while (false)
