// Sense data in both formats, and the table that says what to do about it.
//
// Fixed format (SPC-4 4.5.3): key at byte 2, INFORMATION at 3..6 if VALID (bit 7 of byte 0), ASC and ASCQ at 12 and 13,
// where byte 7 says how many bytes follow it. Descriptor format (4.5.2): key, ASC, ASCQ at 1..3, then descriptors of
// type, length, content from byte 8 on, where type 0 is INFORMATION with a VALID bit of its own. Drives cut replies
// short, so every field is taken only if both the drive's own length and the bytes that came cover it.
#include "pressmark/sense.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

#include "core/bytes.h"
#include "mmc/sense_table.h"

namespace pressmark {

namespace {

using mmc::kAny;
using mmc::kSense;
using mmc::SenseRow;

constexpr std::size_t kSenseHeaderBytes = 8;

/// The part of `bytes` that the additional length in byte 7 speaks for.
std::span<const std::byte> declared(std::span<const std::byte> bytes) {
  if (bytes.size() < kSenseHeaderBytes) return bytes;
  return bytes.first(std::min(bytes.size(), kSenseHeaderBytes + std::to_integer<std::size_t>(bytes[7])));
}

Sense decode_fixed(std::span<const std::byte> bytes, bool deferred) {
  ByteReader in{bytes};
  Sense sense{.key = static_cast<std::uint8_t>(in.u8(2) & 0x0FU), .deferred = deferred};
  if (bytes.size() > 12) sense.asc = in.u8(12);
  if (bytes.size() > 13) sense.ascq = in.u8(13);
  if (bytes.size() > 6 && (in.u8(0) & 0x80U) != 0) sense.information = in.be32(3);
  return sense;
}

std::optional<std::uint64_t> find_information(std::span<const std::byte> bytes) {
  constexpr std::uint8_t kInformation = 0x00;
  std::size_t at = kSenseHeaderBytes;
  while (bytes.size() >= at + 2) {
    const std::size_t length = std::to_integer<std::size_t>(bytes[at + 1]) + 2;
    if (bytes.size() < at + length) return std::nullopt;
    ByteReader in{bytes.subspan(at, length)};
    if (in.u8(0) == kInformation && length >= 12 && (in.u8(2) & 0x80U) != 0) {
      return std::uint64_t{in.be32(4)} << 32U | in.be32(8);
    }
    at += length;
  }
  return std::nullopt;
}

/// 0 if the row does not speak for this sense, else more the closer it fits.
int fit(const SenseRow& row, const Sense& sense) {
  if (row.key != sense.key) return 0;
  if (row.asc == kAny) return 1;
  if (row.asc != sense.asc) return 0;
  if (row.ascq == kAny) return 2;
  return row.ascq == sense.ascq ? 3 : 0;
}

const SenseRow& best_row(const Sense& sense) {
  return *std::ranges::max_element(kSense, {}, [&](const SenseRow& row) { return fit(row, sense); });
}

}  // namespace

std::optional<Sense> decode_sense(std::span<const std::byte> bytes) {
  if (bytes.empty()) return std::nullopt;
  const std::span<const std::byte> content = declared(bytes);
  switch (std::to_integer<unsigned>(bytes[0]) & 0x7FU) {
    case 0x70:
    case 0x71:
      if (content.size() < 3) return std::nullopt;
      return decode_fixed(content, (std::to_integer<unsigned>(bytes[0]) & 1U) != 0);
    case 0x72:
    case 0x73: {
      if (content.size() < 4) return std::nullopt;
      ByteReader in{content};
      return Sense{.key = static_cast<std::uint8_t>(in.u8(1) & 0x0FU),
                   .asc = in.u8(2),
                   .ascq = in.u8(3),
                   .deferred = (in.u8(0) & 1U) != 0,
                   .information = find_information(content)};
    }
    default: return std::nullopt;
  }
}

Verdict advise(const Sense& sense) { return best_row(sense).verdict; }

std::string_view meaning(const Sense& sense) {
  const SenseRow& row = best_row(sense);
  if (row.asc != kAny || sense.asc == 0) return row.words;
  // An ASC means the same under every key: better another key's words than the key's alone.
  const auto same = std::ranges::find_if(
      kSense, [&](const SenseRow& r) { return r.asc == sense.asc && r.ascq == sense.ascq && r.asc != kAny; });
  return same != kSense.end() ? same->words : row.words;
}

std::string to_string(const Sense& sense) {
  return fmt::format("{:02X}/{:02X}/{:02X}", sense.key, sense.asc, sense.ascq);
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::none: return "none";
    case Verdict::give_up: return "give up";
    case Verdict::wait: return "wait";
    case Verdict::later: return "later";
    case Verdict::retry: return "retry";
    case Verdict::identify: return "identify";
    case Verdict::stop: return "stop";
  }
  return "unknown";
}

}  // namespace pressmark
