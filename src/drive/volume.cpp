// Every UDF descriptor starts with a tag of 16 bytes whose checksum (byte 4) tells a descriptor from chance bytes.
#include "drive/volume.h"

#include "core/bytes.h"

namespace pressmark::drive {

namespace {

constexpr std::uint16_t kAnchorTag = 2, kPartitionTag = 5, kTerminatingTag = 8;

/// ECMA-167 3/7.2: the identifier of a tag whose checksum holds.
std::optional<std::uint16_t> udf_tag(std::span<const std::byte> sector) {
  constexpr std::size_t kTagBytes = 16, kChecksumAt = 4;
  ByteReader in{sector};
  std::uint8_t sum = 0;
  for (std::size_t i = 0; i < kTagBytes; ++i)
    if (i != kChecksumAt) sum = static_cast<std::uint8_t>(sum + in.u8(i));
  const std::uint16_t id = in.le16(0);
  if (in.truncated() || sum != in.u8(kChecksumAt) || id == 0) return std::nullopt;
  return id;
}

}  // namespace

std::optional<IsoVolume> decode_primary_descriptor(std::span<const std::byte> sector) {
  ByteReader in{sector};
  const bool primary = in.u8(0) == 1 && in.ascii(1, 5) == "CD001";
  const std::uint32_t size = in.le32(80);
  const bool consistent = size == in.be32(84);
  IsoVolume volume{.id = in.ascii(40, 32), .sectors = size};
  if (in.truncated() || !primary || !consistent) return std::nullopt;
  return volume;
}

std::optional<LbaRange> decode_udf_anchor(std::span<const std::byte> sector) {
  if (udf_tag(sector) != kAnchorTag) return std::nullopt;
  ByteReader in{sector};
  const std::uint32_t bytes = in.le32(16), first = in.le32(20);
  if (in.truncated() || first > INT32_MAX) return std::nullopt;
  return LbaRange{Lba{first}, bytes / kUserBytes};
}

std::optional<std::int64_t> decode_udf_partition_end(std::span<const std::byte> sector) {
  if (udf_tag(sector) != kPartitionTag) return std::nullopt;
  ByteReader in{sector};
  const std::int64_t end = std::int64_t{in.le32(188)} + in.le32(192);
  if (in.truncated()) return std::nullopt;
  return end;
}

bool ends_udf_sequence(std::span<const std::byte> sector) {
  const auto tag = udf_tag(sector);
  return !tag || *tag == kTerminatingTag;
}

}  // namespace pressmark::drive
