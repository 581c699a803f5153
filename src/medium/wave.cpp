// Walks the chunks of a RIFF file up to `data`. Lengths are believed only as far as the file reaches: a program that
// writes WAVE to a pipe leaves FFFFFFFFh or 0 there.
#include "medium/wave.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "core/bytes.h"
#include "core/try.h"

namespace pressmark {
namespace {

constexpr int kMostChunks = 1000;
constexpr std::uint32_t kUnknownLength = 0xFFFFFFFF;
constexpr std::uint16_t kPcm = 1;
constexpr std::uint16_t kExtensible = 0xFFFE;  // the format is then the first word of a GUID at 24

std::unexpected<Error> bad(ErrorKind kind, std::string_view where, std::string got) {
  return fail({.kind = kind,
               .tried = "read the WAVE file",
               .where = std::string{where},
               .got = std::move(got),
               .next = "a CD carries 44,100 Hz, 2 channels, 16 bits PCM: convert the file to that"});
}

Result<void> check_format(std::span<const std::byte> chunk, std::string_view where) {
  ByteReader in{chunk};
  std::uint16_t format = in.le16(0);
  const std::uint16_t channels = in.le16(2);
  const std::uint32_t rate = in.le32(4);
  const std::uint16_t bits = in.le16(14);
  if (format == kExtensible) format = in.le16(24);
  if (in.truncated()) return bad(ErrorKind::parse, where, "its 'fmt ' chunk is too short");
  if (format != kPcm || channels != 2 || rate != 44'100 || bits != 16)
    return bad(ErrorKind::unsupported, where,
               fmt::format("format {}, {} Hz, {} channels, {} bits", format, rate, channels, bits));
  return {};
}

}  // namespace

Result<WaveSamples> find_wave_samples(File& file, std::string_view where) {
  TRY(const std::uint64_t size, file.size());
  std::array<std::byte, 40> buffer{};
  TRY(const std::size_t got, file.read_at(0, std::span{buffer}.first(12)));
  ByteReader riff{std::span{buffer}.first(got)};
  if (riff.be32(0) != 0x52494646 /* RIFF */ || riff.be32(8) != 0x57415645 /* WAVE */)
    return bad(ErrorKind::parse, where, "it does not begin with RIFF and WAVE");

  bool format_known = false;
  std::uint64_t at = 12;
  for (int chunks = 0; chunks < kMostChunks && at < size; ++chunks) {
    TRY(const std::size_t n, file.read_at(at, buffer));
    ByteReader head{std::span{buffer}.first(n)};
    const std::uint32_t id = head.be32(0);
    const std::uint32_t length = head.le32(4);
    if (head.truncated()) break;
    at += 8;
    if (id == 0x666D7420 /* fmt */) {
      CHECK(check_format(std::span{buffer}.first(n).subspan(8, std::min<std::size_t>(length, n - 8)), where));
      format_known = true;
    } else if (id == 0x64617461 /* data */) {
      if (!format_known) return bad(ErrorKind::parse, where, "its samples come before their format");
      const std::uint64_t rest = size - at;
      const bool to_the_end = length == kUnknownLength || length == 0;
      return WaveSamples{.offset = at, .bytes = to_the_end ? rest : std::min<std::uint64_t>(length, rest)};
    }
    at += std::uint64_t{length} + (length & 1);  // chunks start at even offsets
  }
  return bad(ErrorKind::parse, where, "it has no 'data' chunk");
}

}  // namespace pressmark
