// What is really on a disc, taken from the pristine medium and nowhere else.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "pressmark/simulated.h"

namespace pressmark::simulation {

class Truth {
 public:
  /// `drive` is asked for its pristine medium and for fates; no command is ever sent to it.
  explicit Truth(std::unique_ptr<SimulatedDrive> drive);

  [[nodiscard]] MediaKind kind() const { return kind_; }
  [[nodiscard]] Lba end() const { return Lba{std::ssize(held_)}; }
  /// The 2048 user bytes at `lba`; nothing where the disc has none (audio, gaps, beyond its end).
  [[nodiscard]] std::optional<std::span<const std::byte>> user(Lba lba) const;
  /// Bytes of a raw sector before its user data.
  [[nodiscard]] std::size_t user_offset(Lba lba) const;
  /// Beyond data tracks nothing can be read as data.
  [[nodiscard]] SectorFate fate(Lba lba) const;

 private:
  enum class Holds : std::uint8_t { nothing, mode1, mode2 };
  std::unique_ptr<SimulatedDrive> drive_;
  MediaKind kind_;
  std::vector<Holds> held_;
  std::vector<std::byte> bytes_;
};

}  // namespace pressmark::simulation
