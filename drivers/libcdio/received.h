// How much of a buffer was written to by somebody who does not say: the part of the driver that needs no device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pressmark::libcdio {

/// Fills `buffer` with bytes that follow from `seed`; no two seeds that are complements of each other agree in any byte.
void mark(std::span<std::byte> buffer, std::uint64_t seed);

/// The number of bytes up to the last one that differs from the marks: what arrived, or a little less, where the data ends in bytes
/// that happen to be the marks (1 in 256 for one byte, 1 in 65,536 for two).
[[nodiscard]] std::size_t received(std::span<const std::byte> buffer, std::uint64_t seed);

}  // namespace pressmark::libcdio
