// The same scenario, seed and commands give the same answers, times and bytes, on every machine; and no CDB breaks the
// drive.
#include "host.h"

namespace pressmark {
namespace {

constexpr std::string_view kEverything = R"({"seed": 11, "start": "cold",
  "disc": {"kind": "dvd", "sectors": 100000, "layers": 2, "layer_break": 50000, "spread": 0.005},
  "damage": [{"shape": "oblique", "from_mm": 24.2, "length_mm": 0.4, "width_mm": 1, "dead": 0.5, "marginal": 0.5},
             {"shape": "pits", "count": 20, "diameter_mm": 0.05}, {"shape": "fingerprint", "from_mm": 25, "diameter_mm": 0.5}],
  "faults": [{"fault": "false-good", "first": 3000, "count": 50, "probability": 0.5},
             {"fault": "hang", "when": {"command": 40}}, {"fault": "bus-reset", "when": {"lba": 20000}}]})";

/// Some hundreds of commands of every kind, chosen by a small generator of the test's own.
std::uint64_t exercise(std::string_view json, std::uint64_t seed) {
  Host host{open_scenario(json, seed).value()};
  std::uint32_t state = 12345;
  const auto next = [&](std::uint32_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
  };
  for (int i = 0; i < 600; ++i) {
    switch (next(6)) {
      case 0: host.ready(); break;
      case 1: host.in({0x43, 0, 0, 0, 0, 0, 0, 0, 64, 0}, 64); break;
      case 2: host.drive().clock().sleep_for(std::chrono::milliseconds{next(3000)}); break;
      case 3: host.none({0xBB, 0, static_cast<int>(next(80)), 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0}); break;
      default: {  // drawn one after the other: the order of arguments is the compiler's
        const std::uint32_t lba = next(99000), count = 1 + next(64);
        host.read10(lba, count, next(4) == 0);
        break;
      }
    }
  }
  return host.drive().log().trace_hash;
}

TEST(Determinism, SameSeedGivesTheSameTraceAndAnotherSeedAnother) {
  const std::uint64_t trace = exercise(kEverything, 11);
  EXPECT_EQ(exercise(kEverything, 11), trace);
  EXPECT_NE(exercise(kEverything, 12), trace);
}

TEST(Determinism, TraceIsTheOneOfEveryOtherMachine) {
  // Written down once; a change here is a change of every recorded seed.
  EXPECT_EQ(exercise(kEverything, 11), 7133804388087244773U);
}

TEST(Determinism, GeneratedContentNeverChanges) {
  Host host = Host::of(R"({"disc": {"kind": "dvd", "sectors": 20000}})");
  std::uint64_t fnv = 14695981039346656037U;
  for (const std::byte b : host.truth(0, 4000)) fnv = (fnv ^ std::to_integer<std::uint64_t>(b)) * 1099511628211U;
  EXPECT_EQ(fnv, 10545509558407243541U);
}

TEST(Garbage, NoCdbOfAnyLengthBreaksTheDrive) {
  for (
      const std::string_view json :
      {R"({"disc": {"tracks": [{"sectors": 3000}, {"mode": "audio", "sectors": 500, "pregap": 10}, {"mode": "mode2", "session": 2}]},
                                          "faults": [{"fault": "dead", "first": 5, "count": 9}, {"fault": "wrong-lba", "first": 0, "count": 5000, "offset": 900},
                                                     {"fault": "stale-cache", "first": 0, "count": 5000}, {"fault": "false-good", "first": 0, "count": 5000}]})",
       R"({"disc": {"kind": "dvd"}, "drive": {"sense_format": "descriptor"}})",
       R"({"start": "empty", "disc": {"kind": "bd"}})"}) {
    auto drive = open_scenario(json).value();
    std::uint64_t state = 99;
    const auto next = [&] {
      state = state * 6364136223846793005U + 1442695040888963407U;
      return state >> 33;
    };
    for (int i = 0; i < 60000; ++i) {
      Bytes buffer(next() % 3 == 0 ? 0 : next() % 70000);
      Command command{.cdb_length = static_cast<std::uint8_t>(std::array{6, 10, 12, 16}[next() % 4]),
                      .direction = static_cast<Direction>(next() % 3),
                      .data = buffer};
      for (std::byte& b : command.cdb) b = static_cast<std::byte>(next() % 4 == 0 ? next() : next() % 5);
      constexpr std::array kOpcodes{0x00, 0x03, 0x12, 0x1B, 0x1E, 0x25, 0x28, 0x43, 0x46, 0x4A, 0x51, 0x52,
                                    0x55, 0x5A, 0xA0, 0xA8, 0xAC, 0xAD, 0xB6, 0xBB, 0xBD, 0xBE, 0xBE, 0x28};
      if (next() % 8 != 0) command.cdb[0] = static_cast<std::byte>(kOpcodes[next() % kOpcodes.size()]);
      const auto reply = drive->execute(command);
      ASSERT_LE(reply ? reply->transferred : 0, buffer.size());
    }
  }
}

TEST(Garbage, ShortCdbIsNotReadPastItsEnd) {
  Host host = Host::of(R"({"disc": {}})");
  EXPECT_EQ(host.in({0x28, 0, 0, 0, 0, 1}, 2048).verdict(), "05/20/00");  // READ(10) in six bytes
}

}  // namespace
}  // namespace pressmark
