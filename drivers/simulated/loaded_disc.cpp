// How a disc's length and kind become a spiral: layers as the format has them, and the spread of real pressings.
#include "drivers/simulated/loaded_disc.h"

#include <algorithm>

#include "drivers/simulated/random.h"

namespace pressmark::simulated {
namespace {

std::uint32_t round_up(std::uint32_t n, std::uint32_t unit) { return (n + unit - 1) / unit * unit; }

SpiralOptions lay_spiral(const Scenario& scenario, const DiscSpec& spec, const DiscForm& form, std::uint32_t sectors) {
  const std::uint32_t needed = (sectors + layer_capacity(form.kind) - 1) / layer_capacity(form.kind);
  const std::uint32_t layers = spec.layers != 0 ? spec.layers : std::max(1U, needed);
  Random random(draw({scenario.seed, spec.content_seed, 0x5350495241ULL}));
  const auto spread = [&](double nominal) { return nominal * (1 + spec.spread * random.between(-1, 1)); };

  SpiralOptions o{.outer_mm = form.outer_mm, .layer_sectors = {}, .path = spec.path, .layer_phase = {}};
  o.pitch_mm = spread(form.pitch_mm);
  o.sector_mm = spread(layers > 1 ? form.dual_layer_sector_mm : form.sector_mm);
  o.inner_mm = form.inner_mm - 20 * spec.spread * random.uniform();  // 0.1 mm at a spread of 0.005
  if (spec.pitch_um) o.pitch_mm = *spec.pitch_um / 1000;
  if (spec.sector_mm) o.sector_mm = *spec.sector_mm;
  if (spec.inner_mm) o.inner_mm = *spec.inner_mm;

  std::uint32_t left = sectors;
  for (std::uint32_t i = 0; i < layers; ++i) {
    std::uint32_t here = round_up(left / (layers - i), form.block_sectors);
    if (i == 0 && spec.layer_break) here = *spec.layer_break;
    here = i + 1 == layers ? left : std::min(here, left);
    o.layer_sectors.push_back(here);
    o.layer_phase.push_back(spec.spread > 0 || i > 0 ? random.uniform() : 0);
    left -= here;
  }
  return o;
}

}  // namespace

LoadedDisc::LoadedDisc(const Scenario& scenario, const DiscSpec& spec, std::unique_ptr<Medium> medium, bool damaged)
    : spec_(spec),
      medium_(std::move(medium)),
      form_(disc_form(medium_->kind())),
      spiral_(lay_spiral(scenario, spec, form_, end())),
      damage_({.seed = scenario.seed,
               .shapes = damaged ? scenario.damage : std::vector<DamageSpec>{},
               .faults = damaged ? scenario.faults : std::vector<FaultSpec>{},
               .sectors = end()},
              spiral_, form_),
      mechanism_(scenario.drive, {spiral_, form_, damage_, end(), scenario.seed}) {}

const MediumTrack* LoadedDisc::track_at(Lba lba) const {
  for (const MediumTrack& t : medium_->tracks())
    if (lba >= t.start - t.pregap && lba < t.start + t.sectors) return &t;
  return nullptr;
}

Result<std::unique_ptr<LoadedDisc>> load_disc(const Scenario& scenario, const DiscSpec& spec, bool damaged) {
  if (spec.image.empty()) {
    GeneratedOptions options{
        .kind = spec.kind, .tracks = spec.tracks, .volume_id = spec.volume_id, .seed = spec.content_seed};
    return std::make_unique<LoadedDisc>(scenario, spec, generate_medium(options), damaged);
  }
  const bool cue = spec.image.extension() == ".cue" || spec.image.extension() == ".CUE";
  auto medium = cue ? open_cue(spec.image) : open_iso(spec.image, spec.kind);
  if (!medium) return fail(std::move(medium).error());
  return std::make_unique<LoadedDisc>(scenario, spec, std::move(*medium), damaged);
}

}  // namespace pressmark::simulated
