// Stands between the program and a simulated drive: counts what passes, remembers every reading of every sector that
// the drive called good, and ends a conversation that has no end.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "pressmark/simulated.h"

#include "simulation/truth.h"

namespace pressmark::simulation {

/// What passed through all taps of a story.
struct Traffic {
  bool told = false;                        ///< each command on standard output
  std::uint64_t limit = ~std::uint64_t{0};  ///< of commands: every further one fails with device_gone
  std::uint64_t commands = 0, timeouts = 0, bus_failures = 0, gone = 0, senses = 0, attentions = 0;
};

/// Every reading of a sector that a drive called good, by a hash of its user bytes. Right ones are only counted.
class Readings {
 public:
  struct Of {
    std::uint64_t right = 0;
    std::map<std::uint64_t, std::uint64_t> wrong;  ///< hash of the bytes -> how often
  };
  void enter(Lba lba, std::span<const std::byte> user, const Truth& truth);
  [[nodiscard]] const Of& of(Lba lba) const;
  [[nodiscard]] static std::uint64_t hash(std::span<const std::byte> bytes);

 private:
  std::map<std::int32_t, Of> of_;
};

class Tap final : public Transport {
 public:
  struct Ears {
    const Truth& truth;
    Readings& readings;
    Traffic& traffic;
  };
  /// `drive` outlives this.
  Tap(SimulatedDrive& drive, Ears ears) : drive_(drive), ears_(ears) {}

  Result<Reply> execute(const Command& command) override;
  [[nodiscard]] const TransportInfo& info() const override { return drive_.info(); }
  [[nodiscard]] Clock& clock() override { return drive_.clock(); }

 private:
  void listen(const Command& command, const Reply& reply);
  void tell(const Command& command, const Result<Reply>& reply) const;

  SimulatedDrive& drive_;
  Ears ears_;
};

}  // namespace pressmark::simulation
