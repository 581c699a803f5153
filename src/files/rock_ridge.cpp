// A system use area is a row of entries: two letters, length, version, data (SUSP 4). Unknown letters are passed over.
#include "files/rock_ridge.h"

#include <string_view>

#include "core/bytes.h"
#include "files/timestamps.h"

namespace pressmark::files {

namespace {

constexpr std::size_t kHead = 4;
enum NameFlag : std::uint8_t { name_is_self = 2, name_is_parent = 4 };  // RRIP 4.1.4

/// RRIP 4.1.6: the times that the flags name, in the order of the flags.
std::int64_t modify_time(std::span<const std::byte> entry) {
  constexpr unsigned kCreation = 1, kModify = 2, kLongForm = 0x80;
  const auto flags = std::to_integer<unsigned>(entry[kHead]);
  const std::size_t length = (flags & kLongForm) != 0 ? 17 : 7;
  const std::size_t at = kHead + 1 + ((flags & kCreation) != 0 ? length : 0);
  if ((flags & kModify) == 0 || entry.size() < at + length) return VolumeFile::kNoTime;
  const auto time = entry.subspan(at, length);
  return (flags & kLongForm) != 0 ? iso_long_time(time) : iso_time(time);
}

std::string_view signature(std::span<const std::byte> entry) {
  return {reinterpret_cast<const char*>(entry.data()), 2};
}

}  // namespace

std::optional<std::size_t> susp_skip(std::span<const std::byte> system_use) {
  // CD-ROM XA puts 14 bytes of its own in front.
  for (std::size_t at : {std::size_t{0}, std::size_t{14}}) {
    ByteReader in{system_use};
    if (in.holds(at, 7) && in.be16(at) == 0x5350 && in.u8(at + 2) == 7 && in.be16(at + 4) == 0xBEEF)
      return in.u8(at + 6);
  }
  return std::nullopt;
}

std::optional<SystemUse::Continuation> SystemUse::enter(std::span<const std::byte> area, RockRidge& found) {
  std::optional<Continuation> next;
  while (area.size() >= kHead) {
    ByteReader in{area};
    const std::size_t length = in.u8(2);
    if (length < kHead || length > area.size()) break;  // padding, or the end
    const std::string_view sign = signature(area);
    if (sign == "NM" && length > kHead) {
      if ((in.u8(kHead) & (name_is_self | name_is_parent)) == 0)
        found.name.append(reinterpret_cast<const char*>(area.data()) + kHead + 1, length - kHead - 1);
    } else if (sign == "CL" && length >= 12) {
      found.child_link = in.le32(kHead);
    } else if (sign == "RE") {
      found.relocated = true;
    } else if (sign == "SL") {
      found.symbolic_link = true;
    } else if (sign == "TF" && length > kHead) {
      found.modified = modify_time(area.first(length));
    } else if (sign == "CE" && length >= 28) {
      next = Continuation{in.le32(kHead), in.le32(kHead + 8), in.le32(kHead + 16)};
    } else if (sign == "ST") {
      break;
    }
    area = area.subspan(length);
  }
  return next;
}

}  // namespace pressmark::files
