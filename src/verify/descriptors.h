// Where an image's primary volume descriptor is (ECMA-119 clause 8).
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace pressmark {

/// Its byte in `head`, the first sectors of an image. Nothing if none stands between sector 16 and the set's terminator.
std::optional<std::size_t> primary_descriptor(std::span<const std::byte> head);

}  // namespace pressmark
