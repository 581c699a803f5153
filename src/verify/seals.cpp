// Which seals there are, and what they share.
#include "verify/seals.h"

#include <algorithm>
#include <array>

#include "core/bytes.h"
#include "verify/descriptors.h"
#include "verify/isomd5.h"
#include "verify/libisofs.h"

namespace pressmark {

std::string_view to_string(SealKind kind) {
  constexpr std::array<std::string_view, 5> kNames{"isomd5sum", "libisofs relocated superblock", "libisofs superblock",
                                                   "libisofs tree", "libisofs session"};
  static_assert(kNames.size() == static_cast<std::size_t>(SealKind::libisofs_session) + 1);
  return kNames[static_cast<std::size_t>(kind)];
}

std::optional<std::size_t> primary_descriptor(std::span<const std::byte> head) {
  constexpr std::uint8_t kPrimary = 1;
  constexpr std::uint8_t kTerminator = 255;
  for (std::size_t at = 16 * std::size_t{kUserBytes}; at + kUserBytes <= head.size(); at += kUserBytes) {
    ByteReader in{head.subspan(at, kUserBytes)};
    const std::uint8_t type = in.u8(0);
    if (in.ascii(1, 5) != "CD001" || type == kTerminator) return std::nullopt;
    if (type == kPrimary) return at;
  }
  return std::nullopt;
}

std::span<const std::byte> with_blanks(std::span<const std::byte> bytes, std::uint64_t offset, Blanks blanks,
                                       std::vector<std::byte>& room) {
  const std::uint64_t from = std::max(offset, blanks.at);
  const std::uint64_t to = std::min(offset + bytes.size(), blanks.at + blanks.bytes);
  if (from >= to) return bytes;
  room.assign(bytes.begin(), bytes.end());
  std::ranges::fill(
      std::span{room}.subspan(static_cast<std::size_t>(from - offset), static_cast<std::size_t>(to - from)),
      std::byte{' '});
  return room;
}

std::vector<std::unique_ptr<SealCheck>> find_seals(std::span<const std::byte> head) {
  std::vector<std::unique_ptr<SealCheck>> seals;
  Blanks written_later;
  if (auto seal = find_isomd5(head)) {
    written_later = seal->field;
    seals.push_back(isomd5_check(std::move(*seal)));
  }
  seals.push_back(libisofs_check(written_later));
  return seals;
}

}  // namespace pressmark
