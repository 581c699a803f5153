// What a person should know of a scenario before they trust a drive that does not exist.
#include <array>
#include <fmt/format.h>

#include "drivers/simulated/machine.h"

namespace pressmark::simulated {
namespace {

std::string_view name(Shape shape) {
  switch (shape) {
    case Shape::radial: return "radial scratch";
    case Shape::oblique: return "oblique scratch";
    case Shape::arc: return "circumferential scratch";
    case Shape::edge_rot: return "edge rot";
    case Shape::pits: return "pits";
    case Shape::fingerprint: return "fingerprint";
  }
  return "damage";
}

std::string where(const DamageSpec& d) {
  switch (d.shape) {
    case Shape::radial:
    case Shape::oblique:
      return fmt::format("from {} mm over {} mm, {} mm wide, at {} degrees", d.from_mm, d.length_mm, d.width_mm,
                         d.angle_deg);
    case Shape::arc:
      return fmt::format("at {} mm, {} mm wide, from {} degrees over {}", d.from_mm, d.width_mm, d.angle_deg,
                         d.span_deg);
    case Shape::edge_rot: return fmt::format("over the last {} mm", d.width_mm);
    case Shape::pits: return fmt::format("{} of {} mm", d.count, d.diameter_mm);
    case Shape::fingerprint:
      return fmt::format("of {} mm around {} mm, {} degrees", d.diameter_mm, d.from_mm, d.angle_deg);
  }
  return {};
}

std::string_view name(FaultKind kind) {
  switch (kind) {
    case FaultKind::dead: return "dead";
    case FaultKind::marginal: return "marginal";
    case FaultKind::false_good: return "wrong bytes, status good";
    case FaultKind::stale_cache: return "stale cache";
    case FaultKind::wrong_lba: return "wrong sector, status good";
    case FaultKind::short_transfer: return "short transfer";
    case FaultKind::hang: return "hang";
    case FaultKind::sense: return "sense of choice";
    case FaultKind::bus_reset: return "bus reset";
    case FaultKind::unit_attention: return "unit attention";
    case FaultKind::medium_change: return "another disc";
    case FaultKind::eject: return "tray comes out";
    case FaultKind::pulled_cable: return "cable pulled";
  }
  return "fault";
}

std::string where(const FaultSpec& f) {
  if (f.when.command) return fmt::format("at command {}", *f.when.command);
  if (f.when.seconds) return fmt::format("at {} s", *f.when.seconds);
  if (f.when.lba) return fmt::format("when LBA {} is read", *f.when.lba);
  if (f.range.count == 1) return fmt::format("LBA {}", f.range.first.value);
  return fmt::format("LBA {}-{}", f.range.first.value, f.range.end().value - 1);
}

std::string_view cure_words(DriveModel::Cure cure) {
  switch (cure) {
    case DriveModel::Cure::time: return "";
    case DriveModel::Cure::set_speed: return ", or until its speed is set";
    case DriveModel::Cure::stand_still: return ", or until it has stood still";
  }
  return "";
}

std::string describe_drive(const DriveModel& d, MediaKind kind) {
  std::string text =
      fmt::format("drive   {} {} ({}), {}x\n", d.vendor, d.product, d.model, d.speeds(kind).speeds_x.back());
  text += fmt::format("        a failed read takes {} s, without retries {} s{}\n", d.failed_read_s,
                      d.failed_read_min_s, d.honours_retry_count ? "" : " (but the retry count is ignored)");
  if (d.slow_down_x > 0)
    text += fmt::format("        {}x for {} s after an error{}\n", d.slow_down_x, d.slow_down_s,
                        cure_words(d.slow_down_cure));
  return text;
}

}  // namespace

/// Sectors of each fate, in the order of SectorFate. Sound stretches are not walked through.
std::array<std::uint64_t, 4> Machine::count_fates() const {
  std::array<std::uint64_t, 4> count{};
  const std::uint32_t block_sectors = first_disc_->form().block_sectors, end = first_disc_->end();
  const std::uint32_t blocks = (end + block_sectors - 1) / block_sectors;
  const DamageMap& damage = first_disc_->damage();
  for (std::uint32_t b = damage.next_suspect(0, blocks); b < blocks; b = damage.next_suspect(b + 1, blocks))
    count[static_cast<std::size_t>(surface_fate(*first_disc_, b))] += std::min(block_sectors, end - b * block_sectors);
  return count;
}

std::string Machine::description() const {
  const LoadedDisc& disc = *first_disc_;
  const auto fates = count_fates();
  const auto of = [&](SectorFate fate) { return fates[static_cast<std::size_t>(fate)]; };
  const std::uint64_t bad = of(SectorFate::dead) + of(SectorFate::marginal);

  std::string text = fmt::format("{}{}{}\n", scenario_.name, scenario_.title.empty() ? "" : ": ", scenario_.title);
  text += fmt::format("disc    {}, {} sectors, {} layer{}, data from {:.2f} to {:.2f} mm\n", to_string(disc.kind()),
                      disc.end(), disc.spiral().layers(), disc.spiral().layers() == 1 ? "" : "s",
                      disc.spiral().options().inner_mm, disc.spiral().data_edge_mm());
  text += fmt::format("        {} sectors sound, {} marginal, {} dead\n", disc.end() - bad, of(SectorFate::marginal),
                      of(SectorFate::dead));
  text += describe_drive(scenario_.drive, disc.kind());
  for (const DamageSpec& d : scenario_.damage) text += fmt::format("damage  {} {}\n", name(d.shape), where(d));
  for (const FaultSpec& f : scenario_.faults) text += fmt::format("fault   {}: {}\n", name(f.kind), where(f));
  text += fmt::format("seed    {}\n", scenario_.seed);
  return text;
}

}  // namespace pressmark::simulated
