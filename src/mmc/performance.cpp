// A GET PERFORMANCE reply is a length, flags, and descriptors of 16 bytes; the type asked for says what they mean.
#include "mmc/performance.h"

#include <algorithm>

#include "core/bytes.h"
#include "core/try.h"
#include "mmc/decode.h"

namespace pressmark::mmc {

namespace {

constexpr std::string_view kPerformanceReply = "GET PERFORMANCE";
constexpr std::size_t kPerformanceHeaderBytes = 8;
constexpr std::size_t kDescriptorBytes = 16;

/// The whole descriptors that came; the declared length may count more than were asked for.
Result<std::span<const std::byte>> descriptors_of(std::span<const std::byte> reply) {
  ByteReader in{reply};
  const std::size_t declared = std::size_t{in.be32(0)} + 4;
  if (!in.holds(0, kPerformanceHeaderBytes)) return fail(malformed(kPerformanceReply, "no header", reply.size()));
  if (declared < kPerformanceHeaderBytes)
    return fail(malformed(kPerformanceReply, "declares less than its header", reply.size()));
  const auto descriptors = reply.first(std::min(declared, reply.size())).subspan(kPerformanceHeaderBytes);
  return descriptors.first(descriptors.size() / kDescriptorBytes * kDescriptorBytes);
}

Lba lba_at(ByteReader& in, std::size_t at) { return Lba{static_cast<std::int32_t>(in.be32(at))}; }

}  // namespace

Result<std::vector<NominalPerformance>> decode_nominal_performance(std::span<const std::byte> reply) {
  TRY(const auto bytes, descriptors_of(reply));
  std::vector<NominalPerformance> list;
  for (std::size_t at = 0; at < bytes.size(); at += kDescriptorBytes) {
    ByteReader in{bytes.subspan(at, kDescriptorBytes)};
    const Lba first = lba_at(in, 0), last = lba_at(in, 8);
    if (last < first) return fail(malformed(kPerformanceReply, "a range ends before it begins", reply.size()));
    list.push_back({.range = {first, last - first + 1},
                    .start_kilobytes_per_second = in.be32(4),
                    .end_kilobytes_per_second = in.be32(12)});
  }
  return list;
}

Result<std::vector<SpeedDescriptor>> decode_speed_descriptors(std::span<const std::byte> reply) {
  TRY(const auto bytes, descriptors_of(reply));
  std::vector<SpeedDescriptor> list;
  for (std::size_t at = 0; at < bytes.size(); at += kDescriptorBytes) {
    ByteReader in{bytes.subspan(at, kDescriptorBytes)};
    list.push_back({.exact = (in.u8(0) & 0x02U) != 0,
                    .end = lba_at(in, 4),
                    .read_kilobytes_per_second = in.be32(8),
                    .write_kilobytes_per_second = in.be32(12)});
  }
  return list;
}

std::array<std::byte, kStreamingBytes> encode_streaming(const StreamingRequest& request) {
  constexpr std::uint32_t kOneSecondMs = 1000;
  std::array<std::byte, kStreamingBytes> list{};
  put_be(list, 0, 1, (request.exact ? 0x02U : 0U) | (request.restore_defaults ? 0x04U : 0U));
  put_be(list, 4, 4, static_cast<std::uint32_t>(request.first.value));
  put_be(list, 8, 4, static_cast<std::uint32_t>(request.last.value));
  put_be(list, 12, 4, request.read_kilobytes_per_second);
  put_be(list, 16, 4, kOneSecondMs);
  put_be(list, 20, 4, request.read_kilobytes_per_second);
  put_be(list, 24, 4, kOneSecondMs);
  return list;
}

}  // namespace pressmark::mmc
