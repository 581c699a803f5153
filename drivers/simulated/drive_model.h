// Drives to choose from: what a model is called, how fast it is, and how it behaves when things go wrong.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/medium.h"

namespace pressmark::simulated {

enum class SenseFormat : std::uint8_t { fixed, descriptor };
enum class Rotation : std::uint8_t { cav, clv };

/// What becomes of damaged CD sectors when all 2352 bytes are asked for.
enum class RawDamage : std::uint8_t {
  fails,     ///< 03/11/05, as for user data
  returned,  ///< wrong bytes, and C2 bits where they are asked for
};

enum class C2Honesty : std::uint8_t {
  honest,  ///< wrong bytes are flagged, but for the share `c2_unflagged`
  silent,  ///< no bit is ever set
  noisy,   ///< bits are set anywhere
};

enum class C2Order : std::uint8_t { c2_then_sub, sub_then_c2 };

/// How fast a drive plays one kind of disc.
struct SpeedTable {
  std::vector<double> speeds_x;  ///< supported speeds, slowest first; at CAV the speed reached at 58 mm
  double clv_up_to_x = 0;        ///< speeds up to this one keep the linear velocity constant
};

struct DriveModel {
  std::string model = "sound-modern";
  std::string vendor = "PRSSMARK", product = "SIM BD-ROM 12X", revision = "1.00", serial = "SIM00000001";

  // Personality.
  SenseFormat sense_format = SenseFormat::fixed;
  bool read_cd = true;             ///< knows READ CD (BEh)
  bool c2 = true;                  ///< claims and gives C2 pointers
  bool c2_with_subchannel = true;  ///< gives both in one read
  C2Honesty c2_honesty = C2Honesty::honest;
  C2Order c2_order = C2Order::c2_then_sub;
  double c2_unflagged = 0.01;  ///< share of wrong bytes that an honest drive misses
  RawDamage raw_damage = RawDamage::returned;
  std::uint32_t raw_answers = 3;    ///< different answers a damaged raw sector cycles through
  bool honours_retry_count = true;  ///< mode page 01h byte 3 shortens failing reads
  bool accepts_mode_select = true;  ///< else it says good and changes nothing
  bool honours_fua = true;
  bool reports_information = true;                 ///< sense carries the failing LBA
  bool sets_speed = true;                          ///< SET CD SPEED and SET STREAMING do something
  std::uint32_t max_transfer_bytes = 1024 * 1024;  ///< what Linux allows most host adapters

  // Time.
  SpeedTable cd{{1, 4, 8, 16, 24, 32, 40, 48}, 8};
  SpeedTable dvd{{1, 2, 4, 8, 12, 16}, 2};
  SpeedTable bd{{1, 2, 4, 6, 8, 12}, 2};
  double spin_up_s = 6;
  double load_s = 2;          ///< tray in, before the spin-up
  double seek_min_ms = 60;    ///< to somewhere else at all
  double seek_full_ms = 180;  ///< from edge to edge
  double jump_ms = 5;         ///< over at most `jump_turns` turns
  double jump_turns = 100;
  double layer_change_ms = 80;
  double command_ms = 0.15;  ///< what every command costs
  double interface_mb_per_s = 150;
  std::uint32_t cache_kib = 2048;
  std::uint8_t default_retries = 20;
  double failed_read_s = 1.0;      ///< at the default retry count
  double failed_read_min_s = 0.1;  ///< at no retries
  double slow_down_x = 0;          ///< speed after an error; 0: unchanged
  double slow_down_s = 60;         ///< until so long after the last error
  /// What ends that sooner, if anything.
  enum class Cure : std::uint8_t { time, set_speed, stand_still } slow_down_cure = Cure::time;
  double idle_spin_down_s = 0;  ///< 0: never

  [[nodiscard]] const SpeedTable& speeds(MediaKind kind) const;
};

/// A row of the table of models: what it is and how it differs from the first.
struct ModelRow {
  std::string_view name;
  std::string_view summary;
  void (*apply)(DriveModel&);
};
[[nodiscard]] std::span<const ModelRow> drive_models();
/// Null if there is none of this name.
[[nodiscard]] const ModelRow* find_model(std::string_view name);
[[nodiscard]] DriveModel make_model(const ModelRow& row);

}  // namespace pressmark::simulated
