// How far a disc's file system says it reaches: enough of ISO 9660 and UDF for an opinion, no more. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "pressmark/lba.h"

namespace pressmark::drive {

/// ECMA-119 8.4: the primary volume descriptor, 16 sectors into a session.
inline constexpr std::int64_t kPrimaryDescriptorSector = 16;
struct IsoVolume {
  std::string id;  ///< trimmed
  std::int64_t sectors = 0;
};
/// Nothing if this is no primary volume descriptor, or its two byte orders disagree on the size.
[[nodiscard]] std::optional<IsoVolume> decode_primary_descriptor(std::span<const std::byte> sector);

/// ECMA-167 3/10.2: the anchor, at sector 256, names where the volume descriptors are.
inline constexpr Lba kUdfAnchor{256};
[[nodiscard]] std::optional<LbaRange> decode_udf_anchor(std::span<const std::byte> sector);

/// ECMA-167 3/10.5: the first sector behind a partition; nothing if the sector is another descriptor.
[[nodiscard]] std::optional<std::int64_t> decode_udf_partition_end(std::span<const std::byte> sector);

/// True for the terminating descriptor (3/10.9), or what is no valid descriptor: where a walk ends.
[[nodiscard]] bool ends_udf_sequence(std::span<const std::byte> sector);

}  // namespace pressmark::drive
