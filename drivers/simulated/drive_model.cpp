// The first row is the model all others are told from. Figures are those of the drives people own: 48x CD, 16x DVD and
// 12x BD at constant angular velocity, seeks of 60 to 180 ms, 5 to 10 s to spin up, 0.1 to 10 s for a read that fails.
#include "drivers/simulated/drive_model.h"

#include <algorithm>
#include <array>

namespace pressmark::simulated {
namespace {

constexpr std::array kModels{
    ModelRow{"sound-modern", "48x CD, 16x DVD, 12x BD; honest C2, honours mode pages; a failed read costs 1 s",
             [](DriveModel&) {}},
    ModelRow{"slow-retrier",
             "tries a bad block for 10 s, ignores the retry count, stays at 8x (DVD 4x) for two minutes after",
             [](DriveModel& d) {
               d.product = "SIM RETRIER";
               d.honours_retry_count = false;
               d.failed_read_s = d.failed_read_min_s = 10;
               d.slow_down_x = 4;
               d.slow_down_s = 120;
               d.spin_up_s = 9;
             }},
    ModelRow{"quick-failer", "gives up on a bad block within 0.1 s",
             [](DriveModel& d) {
               d.product = "SIM QUICK";
               d.failed_read_s = 0.1;
               d.failed_read_min_s = 0.05;
             }},
    ModelRow{"liar", "claims C2 and never sets a bit, says good to MODE SELECT and FUA and heeds neither",
             [](DriveModel& d) {
               d.product = "SIM LIAR";
               d.c2_honesty = C2Honesty::silent;
               d.accepts_mode_select = false;
               d.honours_retry_count = false;
               d.honours_fua = false;
             }},
    ModelRow{"descriptor-sense", "reports in descriptor sense format; C2 and subchannel not together",
             [](DriveModel& d) {
               d.product = "SIM DESCRIPTOR";
               d.sense_format = SenseFormat::descriptor;
               d.c2_with_subchannel = false;
             }},
    ModelRow{"no-read-cd", "knows READ(10) and READ(12) but not READ CD, and no speed setting",
             [](DriveModel& d) {
               d.product = "SIM NO READ CD";
               d.read_cd = false;
               d.c2 = false;
               d.sets_speed = false;
             }},
    ModelRow{"raw-refuser", "raw CD reads of damaged sectors fail instead of returning them; no C2",
             [](DriveModel& d) {
               d.product = "SIM RAW REFUSER";
               d.raw_damage = RawDamage::fails;
               d.c2 = false;
             }},
};

}  // namespace

const SpeedTable& DriveModel::speeds(MediaKind kind) const {
  switch (kind) {
    case MediaKind::none:
    case MediaKind::cd: return cd;
    case MediaKind::dvd: return dvd;
    case MediaKind::bd: return bd;
  }
  return cd;
}

std::span<const ModelRow> drive_models() { return kModels; }

const ModelRow* find_model(std::string_view name) {
  const auto* row = std::ranges::find(kModels, name, &ModelRow::name);
  return row == kModels.end() ? nullptr : row;
}

DriveModel make_model(const ModelRow& row) {
  DriveModel model;
  model.model = row.name;
  row.apply(model);
  return model;
}

}  // namespace pressmark::simulated
