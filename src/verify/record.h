// The rip record (docs/rip-record.md) as something to verify against. Pure: text in, values out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pressmark/error.h"
#include "pressmark/verify_files.h"

namespace pressmark {

inline constexpr std::uint64_t kLargestRecordBytes = 64U << 20U;

/// True if `head`, the beginning of a file, may be of a rip record.
[[nodiscard]] bool looks_like_record(std::string_view head);

/// Fails: parse (says which member); unsupported (a later schema version).
Result<RecordedImage> parse_record(std::string_view text, std::string_view where);

}  // namespace pressmark
