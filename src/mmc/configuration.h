// GET CONFIGURATION (MMC-6): the current profile and the features the drive claims. Claims, not facts: whoever depends
// on a command tries it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "pressmark/error.h"

namespace pressmark::mmc {

inline constexpr std::uint16_t kConfigurationBytes = 8192;

/// Profiles that stand for a kind of disc (MMC-6 5.3.1).
namespace profile {
inline constexpr std::uint16_t cd_rom = 0x0008, dvd_rom = 0x0010, bd_rom = 0x0040;
}

/// Feature codes Pressmark looks at (MMC-6 5.3).
enum class FeatureCode : std::uint16_t {
  profile_list = 0x0000,
  core = 0x0001,
  removable_medium = 0x0003,
  random_readable = 0x0010,
  multi_read = 0x001D,
  cd_read = 0x001E,
  dvd_read = 0x001F,
  bd_read = 0x0040,
  real_time_streaming = 0x0107,
  serial_number = 0x0108,
};

struct Feature {
  std::uint16_t code = 0;
  std::uint8_t version = 0;
  bool persistent = false;
  bool current = false;
  std::vector<std::byte> data;  ///< what is particular to the feature
  friend bool operator==(const Feature&, const Feature&) = default;
};

struct Configuration {
  std::uint16_t current_profile = 0;
  std::vector<Feature> features;
  /// The drive has more to tell than came: its features do not fit the allocation, or the last one was cut.
  bool truncated = false;
  friend bool operator==(const Configuration&, const Configuration&) = default;

  [[nodiscard]] const Feature* find(FeatureCode code) const;
};

/// Needs the header of 8 bytes; takes the features that are whole.
Result<Configuration> decode_configuration(std::span<const std::byte> reply);

/// Feature 0108h; empty where there is none.
[[nodiscard]] std::string serial_number(const Configuration& configuration);

}  // namespace pressmark::mmc
