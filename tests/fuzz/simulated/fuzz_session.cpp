// A session of any CDBs: each takes 20 bytes of input (16 CDB, length, direction, buffer size). The drive answers all of them, never
// with more than fits, and its clock never runs back.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "pressmark/simulated.h"

namespace {

constexpr std::string_view kScenario = R"({"disc": {"tracks": [{"sectors": 2000},
    {"mode": "audio", "sectors": 500, "pregap": 10}, {"mode": "mode2", "session": 2, "sectors": 500}]},
  "damage": [{"shape": "radial", "from_mm": 25.1, "length_mm": 0.1, "width_mm": 4, "marginal": 1}],
  "faults": [{"fault": "wrong-lba", "first": 0, "count": 20, "offset": -3}, {"fault": "false-good", "first": 30, "count": 9},
             {"fault": "stale-cache", "first": 50, "count": 9}, {"fault": "hang", "first": 70, "times": 1},
             {"fault": "medium-change", "when": {"lba": 90}, "disc": {"kind": "dvd"}}]})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pressmark;
  const auto drive = open_scenario(kScenario).value();
  std::vector<std::byte> buffer(70'000);
  Duration before{0};
  for (; size >= 20; data += 20, size -= 20) {
    constexpr std::array<std::uint8_t, 4> kLengths{6, 10, 12, 16};
    Command command{.cdb_length = kLengths[data[16] % 4],
                    .direction = static_cast<Direction>(data[17] % 3),
                    .data = std::span{buffer}.first((data[18] * 256U + data[19]))};
    std::transform(data, data + 16, command.cdb.begin(), [](std::uint8_t b) { return static_cast<std::byte>(b); });
    const auto reply = drive->execute(command);
    if (reply && reply->transferred > command.data.size()) std::abort();
    if (drive->clock().now() < before) std::abort();
    before = drive->clock().now();
  }
  return 0;
}
