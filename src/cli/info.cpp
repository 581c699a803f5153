// pressmark info: what drive and disc say of themselves, without reading the disc through.
#include <fmt/format.h>

#include "pressmark/drive.h"

#include "cli/common.h"
#include "core/try.h"

namespace pressmark::cli {
namespace {

struct InfoArgs : DriveArgs {};

std::string describe_disc(const Disc& disc) {
  std::string text = fmt::format("disc      {}: {}\n", disc.profile.name, describe_layout(disc));
  const auto out = std::back_inserter(text);
  if (!disc.volume_id.empty()) fmt::format_to(out, "volume    {}\n", disc.volume_id);
  fmt::format_to(out, "sectors   {} ({})\n", disc.sectors, disc.size_reason);
  for (const SizeOpinion& size : disc.sizes)
    fmt::format_to(out, "  {:<24}{}{}\n", size.source, size.sectors, size.sectors == disc.sectors ? "" : "   differs");
  if (disc.layers > 1)
    fmt::format_to(out, "layers    {}, {} track path{}\n", disc.layers,
                   disc.opposite_track_path ? "opposite" : "parallel",
                   disc.layer_break ? fmt::format(", break at LBA {}", disc.layer_break->value) : "");
  for (const Track& track : disc.tracks)
    fmt::format_to(out, "track {:>2}  session {}  {:<5}  LBA {:>8}  {:>8} sectors\n", track.number, track.session,
                   track.is_data() ? "data" : "audio", track.start.value, track.sectors);
  fmt::format_to(out, "identity  {}\n", disc.identity);
  return text;
}

Result<void> show(const InfoArgs& args) {
  TRY(Source source, open(args));
  TRY(const auto drive, Drive::open(std::move(source.transport)));
  const DriveIdentity& id = drive->identity();
  print(fmt::format("drive     {} {} {}{}  ({})\n", id.vendor, id.product, id.revision,
                    id.serial.empty() ? "" : ", serial " + id.serial, drive->transport().info().path));
  CHECK(drive->wait_ready(std::chrono::seconds{90}, [](const ReadyProgress&) { return !stop_requested(); }));
  TRY(const Disc disc, drive->identify());
  print(describe_disc(disc));
  return {};
}

int run(const InfoArgs& args) {
  catch_signals();
  const auto shown = show(args);
  return shown ? kAllGood : report(shown.error());
}

}  // namespace

CommandSpec info_command() {
  return command<InfoArgs>(
      "info", "say what the drive and its disc are",
      "Asks the drive who it is and what disc it holds: kind, tracks, layers, and every opinion on its size.",
      drive_rows<InfoArgs>(), run);
}

}  // namespace pressmark::cli
