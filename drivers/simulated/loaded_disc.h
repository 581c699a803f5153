// A disc in the tray: content, geometry, damage, and the mechanism that reads it.
#pragma once

#include <memory>

#include "pressmark/medium.h"

#include "drivers/simulated/damage.h"
#include "drivers/simulated/mechanism.h"
#include "drivers/simulated/scenario.h"

namespace pressmark::simulated {

/// Held by pointer: its parts refer to each other.
class LoadedDisc {
 public:
  /// `scenario` is borrowed and outlives this. `damaged`: its damage and faults are on this disc.
  LoadedDisc(const Scenario& scenario, const DiscSpec& spec, std::unique_ptr<Medium> medium, bool damaged);
  LoadedDisc(const LoadedDisc&) = delete;
  LoadedDisc& operator=(const LoadedDisc&) = delete;

  [[nodiscard]] const DiscSpec& spec() const { return spec_; }
  [[nodiscard]] Medium& medium() { return *medium_; }
  [[nodiscard]] const Medium& medium() const { return *medium_; }
  [[nodiscard]] MediaKind kind() const { return form_.kind; }
  [[nodiscard]] const DiscForm& form() const { return form_; }
  [[nodiscard]] const Spiral& spiral() const { return spiral_; }
  [[nodiscard]] const DamageMap& damage() const { return damage_; }
  [[nodiscard]] Mechanism& mechanism() { return mechanism_; }
  [[nodiscard]] const Mechanism& mechanism() const { return mechanism_; }
  [[nodiscard]] std::uint32_t end() const { return static_cast<std::uint32_t>(medium_->end().value); }
  /// The track whose pre-gap or sectors hold `lba`; null if none.
  [[nodiscard]] const MediumTrack* track_at(Lba lba) const;

 private:
  DiscSpec spec_;
  std::unique_ptr<Medium> medium_;
  const DiscForm& form_;
  Spiral spiral_;
  DamageMap damage_;
  Mechanism mechanism_;
};

/// Opens or generates the content of `spec` and puts it in a LoadedDisc. Fails: as open_iso and open_cue do.
Result<std::unique_ptr<LoadedDisc>> load_disc(const Scenario& scenario, const DiscSpec& spec, bool damaged);

}  // namespace pressmark::simulated
