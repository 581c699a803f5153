// When a file was last changed, as the file systems of discs write it down. Pure. Each gives seconds since 1970-01-01 UTC, or kNoTime for
// what is not set, is no date, or is cut short.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "pressmark/filesystem.h"

namespace pressmark::files {

/// ECMA-119 9.1.5, also the short form of Rock Ridge: seven numbers in binary; the last is the distance from UTC in quarters of an hour.
[[nodiscard]] std::int64_t iso_time(std::span<const std::byte> bytes);
/// ECMA-119 8.4.26.1, the long form of Rock Ridge: sixteen digits, then the distance from UTC.
[[nodiscard]] std::int64_t iso_long_time(std::span<const std::byte> bytes);
/// ECMA-167 1/7.3, twelve bytes. A time zone that is not given is taken for UTC.
[[nodiscard]] std::int64_t udf_time(std::span<const std::byte> bytes);
/// Seconds since 1904: of UTC on HFS+ (TN1150, "HFS Plus Dates"), of the clock of whoever wrote it on HFS, taken for UTC.
[[nodiscard]] std::int64_t hfs_time(std::uint32_t seconds);

}  // namespace pressmark::files
