// Several digests of one stream, side by side on several cores (see hash_lanes.cpp).
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "pressmark/digest.h"
#include "pressmark/verify.h"

namespace pressmark {

/// Takes a stream's bytes in order, one thread at a time.
using Lane = std::function<void(std::span<const std::byte>)>;

/// Feeds every lane with all that `next` gives; returns how many bytes that was.
Result<std::uint64_t> feed_lanes(std::span<const Lane> lanes, const ByteSource& next, std::uint64_t bytes_expected,
                                 const HashOptions& options);

/// Feeds every hasher with all that `next` gives; returns how many bytes that was. After a failure the hashers are of no use.
Result<std::uint64_t> feed(std::span<Hasher> hashers, const ByteSource& next, std::uint64_t bytes_expected,
                           const HashOptions& options);

}  // namespace pressmark
