// An 8-byte header (length, current profile), then features of 4 bytes header plus what they declare.
#include "mmc/configuration.h"

#include <algorithm>
#include <utility>

#include "core/bytes.h"
#include "mmc/decode.h"

namespace pressmark::mmc {

namespace {

constexpr std::size_t kConfigurationHeaderBytes = 8;
constexpr std::size_t kFeatureHeaderBytes = 4;

}  // namespace

Result<Configuration> decode_configuration(std::span<const std::byte> reply) {
  ByteReader in{reply};
  const std::size_t declared = std::size_t{in.be32(0)} + 4;
  Configuration configuration{.current_profile = in.be16(6)};
  if (in.truncated()) return fail(malformed("GET CONFIGURATION", "no header", reply.size()));

  const std::size_t end = std::min(declared, reply.size());
  configuration.truncated = declared > reply.size();
  for (std::size_t at = kConfigurationHeaderBytes; at < end;) {
    const std::span<const std::byte> rest = reply.subspan(at, end - at);
    ByteReader feature{rest};
    const std::uint16_t code = feature.be16(0);
    const std::uint8_t flags = feature.u8(2);
    const std::span<const std::byte> data = feature.slice(kFeatureHeaderBytes, feature.u8(3));
    if (feature.truncated()) {
      configuration.truncated = true;
      break;
    }
    configuration.features.push_back({.code = code,
                                      .version = static_cast<std::uint8_t>(flags >> 2U & 0x0FU),
                                      .persistent = (flags & 0x02U) != 0,
                                      .current = (flags & 0x01U) != 0,
                                      .data = {data.begin(), data.end()}});
    at += kFeatureHeaderBytes + data.size();
  }
  return configuration;
}

const Feature* Configuration::find(FeatureCode code) const {
  const auto it = std::ranges::find(features, std::to_underlying(code), &Feature::code);
  return it != features.end() ? &*it : nullptr;
}

std::string serial_number(const Configuration& configuration) {
  const Feature* feature = configuration.find(FeatureCode::serial_number);
  if (feature == nullptr) return {};
  return ByteReader{feature->data}.ascii(0, feature->data.size());
}

}  // namespace pressmark::mmc
