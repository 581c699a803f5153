// Addresses on a disc.
//
// An `Lba` counts sectors of 2048 user bytes from the start of the program area (MMC-6 4.2.3); on CD it may
// be negative (lead-in and the pre-gap of track 1, down to -151). An `Msf` is the same place on a CD as
// minutes, seconds and frames of absolute time: LBA 0 is 00:02:00 (MMC-6 table 618, ECMA-130 clause 22).
// A count of sectors and a count of bytes are plain integers whose names end in what they count.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace pressmark {

/// Bytes of user data in a sector of every kind that Pressmark turns into an image.
inline constexpr std::uint32_t kUserBytes = 2048;
/// Bytes of a raw CD sector: sync, header, data, EDC and ECC (ECMA-130 clause 14).
inline constexpr std::uint32_t kRawBytes = 2352;
/// Bytes of raw P-W subchannel that belong to a CD sector (MMC-6 6.15.3.2).
inline constexpr std::uint32_t kSubchannelBytes = 96;

/// A logical block address. Arithmetic with a plain integer moves by sectors; the difference of two is a count.
struct Lba {
  std::int32_t value = 0;

  constexpr Lba() = default;
  constexpr explicit Lba(std::int64_t v) : value(static_cast<std::int32_t>(v)) {}
  friend constexpr auto operator<=>(Lba, Lba) = default;
  friend constexpr Lba operator+(Lba a, std::int64_t sectors) { return Lba{a.value + sectors}; }
  friend constexpr Lba operator-(Lba a, std::int64_t sectors) { return Lba{a.value - sectors}; }
  friend constexpr std::int64_t operator-(Lba a, Lba b) { return std::int64_t{a.value} - b.value; }
  constexpr Lba& operator+=(std::int64_t sectors) { return *this = *this + sectors; }
  /// Byte offset of this sector in an image of 2048-byte sectors. The address must not be negative.
  [[nodiscard]] constexpr std::uint64_t byte_offset() const { return static_cast<std::uint64_t>(value) * kUserBytes; }
};

/// A half-open run of sectors: `first`, ..., `first + count - 1`.
struct LbaRange {
  Lba first;
  std::int64_t count = 0;

  [[nodiscard]] constexpr Lba end() const { return first + count; }
  [[nodiscard]] constexpr bool contains(Lba lba) const { return lba >= first && lba < end(); }
  friend constexpr bool operator==(LbaRange, LbaRange) = default;
};

/// A half-open run of an *image's* sectors, counted from the image's own start: `first`, ..., `first + count - 1`.
struct SectorRange {
  std::int64_t first = 0;
  std::int64_t count = 0;

  [[nodiscard]] constexpr std::int64_t end() const { return first + count; }
  friend constexpr auto operator<=>(SectorRange, SectorRange) = default;
};

/// Absolute time on a CD. `minute` 0..99, `second` 0..59, `frame` 0..74; plain binary, not BCD.
struct Msf {
  std::uint8_t minute = 0, second = 0, frame = 0;
  friend constexpr auto operator<=>(const Msf&, const Msf&) = default;
};

/// MMC-6 table 618: addresses from 90:00:00 on stand for the lead-in, i.e. negative LBAs.
[[nodiscard]] constexpr Lba to_lba(Msf t) {
  const std::int64_t frames = (std::int64_t{t.minute} * 60 + t.second) * 75 + t.frame;
  return Lba{t.minute >= 90 ? frames - 450150 : frames - 150};
}
[[nodiscard]] constexpr Msf to_msf(Lba lba) {
  const std::int64_t frames = lba.value >= -150 ? std::int64_t{lba.value} + 150 : std::int64_t{lba.value} + 450150;
  return Msf{static_cast<std::uint8_t>(frames / 4500), static_cast<std::uint8_t>(frames / 75 % 60),
             static_cast<std::uint8_t>(frames % 75)};
}
/// Packed BCD as CD headers and Q subchannels carry it. `value` 0..99.
[[nodiscard]] constexpr std::uint8_t to_bcd(std::uint8_t value) {
  return static_cast<std::uint8_t>((value / 10) << 4 | value % 10);
}
/// Nothing if a nibble is above 9.
[[nodiscard]] constexpr std::optional<std::uint8_t> from_bcd(std::uint8_t bcd) {
  if ((bcd >> 4) > 9 || (bcd & 15) > 9) return std::nullopt;
  return static_cast<std::uint8_t>((bcd >> 4) * 10 + (bcd & 15));
}

static_assert(to_lba(Msf{0, 2, 0}) == Lba{0} && to_msf(Lba{16}) == Msf{0, 2, 16});
static_assert(to_msf(Lba{-151}).minute == 99 && to_lba(to_msf(Lba{-151})) == Lba{-151});

}  // namespace pressmark
