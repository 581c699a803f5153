// The three kinds of optical disc.
#pragma once

#include <cstdint>
#include <string_view>

namespace pressmark {

enum class MediaKind : std::uint8_t { none, cd, dvd, bd };
[[nodiscard]] std::string_view to_string(MediaKind kind);  // "CD"

/// The kind of disc that would carry an image of this many bytes: CD up to 99 minutes (ECMA-130), DVD up to a
/// dual layer disc (8.55 GB, ECMA-267), BD above.
[[nodiscard]] MediaKind kind_for_size(std::uint64_t bytes);

}  // namespace pressmark
