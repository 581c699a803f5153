// GET PERFORMANCE and SET STREAMING (MMC-6): how fast a disc can be read, and asking for it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "pressmark/error.h"
#include "pressmark/lba.h"

namespace pressmark::mmc {

/// Header of 8 bytes and up to `kPerformanceDescriptors` of 16.
inline constexpr std::uint16_t kPerformanceDescriptors = 64;
inline constexpr std::uint16_t kPerformanceBytes = 8 + 16 * kPerformanceDescriptors;

/// Type 00h, nominal: the speed goes evenly from one end of a range to the other. kB/s are 1000 bytes.
struct NominalPerformance {
  LbaRange range;
  std::uint32_t start_kilobytes_per_second = 0, end_kilobytes_per_second = 0;
  friend bool operator==(const NominalPerformance&, const NominalPerformance&) = default;
};
Result<std::vector<NominalPerformance>> decode_nominal_performance(std::span<const std::byte> reply);

/// Type 03h: combinations of read and write speed the drive can be set to for this disc.
struct SpeedDescriptor {
  bool exact = false;
  Lba end;
  std::uint32_t read_kilobytes_per_second = 0, write_kilobytes_per_second = 0;
  friend bool operator==(const SpeedDescriptor&, const SpeedDescriptor&) = default;
};
Result<std::vector<SpeedDescriptor>> decode_speed_descriptors(std::span<const std::byte> reply);

/// The 28 bytes that SET STREAMING sends.
struct StreamingRequest {
  bool exact = false;             ///< fail rather than round
  bool restore_defaults = false;  ///< the rest is ignored then
  Lba first, last;
  std::uint32_t read_kilobytes_per_second = 0;
};
inline constexpr std::size_t kStreamingBytes = 28;
[[nodiscard]] std::array<std::byte, kStreamingBytes> encode_streaming(const StreamingRequest& request);

}  // namespace pressmark::mmc
