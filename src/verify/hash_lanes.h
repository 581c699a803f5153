// Several digests of one stream, side by side on several cores (see hash_lanes.cpp).
#pragma once

#include <cstdint>
#include <span>

#include "pressmark/digest.h"
#include "pressmark/verify.h"

namespace pressmark {

/// Feeds every hasher with all that `next` gives; returns how many bytes that was. After a failure the hashers are of no use.
Result<std::uint64_t> feed(std::span<Hasher> hashers, const ByteSource& next, std::uint64_t bytes_expected,
                           const HashOptions& options);

}  // namespace pressmark
