// For somebody with a scratched disc in hand: first what is gone, by file, then where it lies.
#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "pressmark/files_report.h"

#include "report/text.h"

namespace pressmark {
namespace {

constexpr std::size_t kPartsShown = 50;
constexpr std::size_t kTroublesShown = 10;

std::string head(const FilesReport& report) {
  std::string views;
  for (const VolumeSummary& view : report.volume->views()) {
    views += fmt::format("{}{}", views.empty() ? "" : "; ", view.version);
    if (report.volume->sessions() > 1) views += fmt::format(" (session {})", view.session);
  }
  if (views.empty()) return fmt::format("{}: no file system that is known here\n", report.source);
  const std::string& id = report.volume->views()[0].volume_id;
  return fmt::format("{}: {}{}\n", report.source, id.empty() ? "" : fmt::format("volume {}, ", id), views);
}

std::string trouble_words(const Volume& volume) {
  if (volume.trouble_count() == 0) return {};
  std::string text = "The file system could not be followed everywhere:\n";
  const std::size_t shown = std::min(volume.troubles().size(), kTroublesShown);
  for (const VolumeTrouble& trouble : volume.troubles().first(shown)) text += fmt::format("  {}\n", trouble.text);
  if (volume.trouble_count() > shown) text += fmt::format("  and {} more\n", volume.trouble_count() - shown);
  return text;
}

// ------------------------------------------------------------------------------------------------ the list

std::string place_words(const Volume& volume, const VolumeFile& file) {
  const auto ranges = volume.sectors(file);
  if (ranges.empty()) return "-";
  return plain_sectors(ranges[0]) + (ranges.size() > 1 ? fmt::format(" +{}", ranges.size() - 1) : "");
}

std::string file_line(const Volume& volume, const VolumeFile& file) {
  std::string line = fmt::format("{:>14}  {:<20} {}", file.bytes, place_words(volume, file), volume.path(file));
  if (file.symbolic_link) line += "  (symbolic link)";
  if (volume.session(file) < volume.sessions()) line += fmt::format("  (session {} only)", volume.session(file));
  if (const std::uint64_t missing = missing_bytes(volume, file); missing > 0)
    line += fmt::format("  ({} bytes of it are not on the image)", missing);
  return line + "\n";
}

void list(const FilesReport& report, const TextOutput& out) {
  const Volume& volume = *report.volume;
  if (volume.views().empty()) return;
  out(fmt::format("{:>14}  {:<20} {}\n", "bytes", "sectors", "file"));
  for (std::uint32_t number : volume.by_path()) out(file_line(volume, volume.files()[number]));
  if (!report.structures) return;
  std::vector<VolumeStructure> structures{volume.structures().begin(), volume.structures().end()};
  std::ranges::stable_sort(structures, {}, &VolumeStructure::where);
  out(fmt::format("{:>14}  {:<20} {}\n", "bytes", "sectors", "structure"));
  for (const VolumeStructure& structure : structures)
    out(fmt::format("{:>14}  {:<20} {}\n", structure.where.count * kUserBytes, plain_sectors(structure.where),
                    volume.name(structure)));
}

// ------------------------------------------------------------------------------------------------ damage

std::string loss_words(const VolumeFile& file, const FileHit& hit) {
  if (hit.bytes == file.bytes) return fmt::format("all of its {} bytes", file.bytes);
  return fmt::format("{} of its {} bytes ({:.2g}%), the first at byte {}", hit.bytes, file.bytes,
                     100.0 * static_cast<double>(hit.bytes) / static_cast<double>(file.bytes), hit.offset);
}

std::string part_words(const Volume& volume, const OwnedPart& part) {
  switch (part.by) {
    case OwnerKind::file:
      return part.bytes == 0 ? volume.path(volume.files()[part.number])
                             : fmt::format("{}, bytes {} to {}", volume.path(volume.files()[part.number]), part.offset,
                                           part.offset + part.bytes - 1);
    case OwnerKind::structure: return volume.name(volume.structures()[part.number]);
    case OwnerKind::unallocated: return "nobody's: unallocated";
    case OwnerKind::padding: return "nobody's: padding behind the last file";
    case OwnerKind::unknown: return "not known: no file system";
    case OwnerKind::outside: return "beyond the end of the image";
  }
  return {};
}

void files_hit(const FilesReport& report, const TextOutput& out) {
  const Volume& volume = *report.volume;
  const Damage& damage = *report.damage;
  if (damage.files.empty()) return;
  out(fmt::format("{} {} of {} files:\n", report.asked ? "They belong to" : "They have hit", damage.files.size(),
                  volume.files().size()));
  for (const FileHit& hit : damage.files) {
    const VolumeFile& file = volume.files()[hit.file];
    out(fmt::format("  {}{}\n    {}, {}\n", volume.path(file),
                    volume.session(file) < volume.sessions() ? fmt::format(" (session {})", volume.session(file)) : "",
                    loss_words(file, hit), counted(hit.sectors, "sector")));
  }
}

void structures_hit(const FilesReport& report, const TextOutput& out) {
  const Damage& damage = *report.damage;
  if (damage.structures.empty()) return;
  out(report.asked ? "Structures of the file system:\n" : "Structures of the file system that they have hit:\n");
  for (const StructureHit& hit : damage.structures) {
    const VolumeStructure& structure = report.volume->structures()[hit.structure];
    out(fmt::format("  {}: {} of {}\n", report.volume->name(structure), hit.sectors,
                    counted(structure.where.count, "sector")));
  }
}

void nobodys(const Damage& damage, const TextOutput& out) {
  if (damage.unallocated > 0) out(fmt::format("Nobody's, unallocated: {}\n", counted(damage.unallocated, "sector")));
  if (damage.padding > 0)
    out(fmt::format("Nobody's, padding behind the last file: {}\n", counted(damage.padding, "sector")));
  if (damage.unknown > 0)
    out(fmt::format("Not known, for want of a file system: {}\n", counted(damage.unknown, "sector")));
  if (damage.outside > 0) out(fmt::format("Beyond the end of the image: {}\n", counted(damage.outside, "sector")));
}

void cut_off(const Volume& volume, const TextOutput& out) {
  bool told = false;
  for (const VolumeFile& file : volume.files()) {
    const std::uint64_t missing = missing_bytes(volume, file);
    if (missing == 0) continue;
    if (!std::exchange(told, true)) out("Files that the image does not hold whole:\n");
    out(fmt::format("  {}: {} of {} bytes are not on it\n", volume.path(file), missing, file.bytes));
  }
}

void damage_text(const FilesReport& report, const TextOutput& out) {
  const Damage& damage = *report.damage;
  const std::string size = fmt::format("{} in {}", counted(damage.sectors, "sector"),
                                       counted(static_cast<std::int64_t>(damage.ranges.size()), "range"));
  if (damage.ranges.empty())
    out(fmt::format("No bad sectors ({})\n", report.evidence));
  else
    out(fmt::format("{} {} ({})\n", size, report.asked ? "were asked for" : "are bad", report.evidence));
  files_hit(report, out);
  structures_hit(report, out);
  nobodys(damage, out);
  cut_off(*report.volume, out);
  if (!damage.ranges.empty() && damage.files.empty() && damage.unknown == 0)
    out(damage.certain ? "No file is hit.\n" : "No file that is known is hit.\n");
  if (damage.parts.empty()) return;
  out("By sector:\n");
  const std::size_t shown = report.asked ? damage.parts.size() : std::min(damage.parts.size(), kPartsShown);
  for (const OwnedPart& part : std::span{damage.parts}.first(shown))
    out(fmt::format("  {:<20} {}\n", plain_sectors(part.where), part_words(*report.volume, part)));
  const std::uint64_t hidden = damage.parts.size() - shown + damage.parts_omitted;
  if (hidden > 0) out(fmt::format("  and {} more; --json lists them\n", hidden));
}

}  // namespace

std::uint64_t missing_bytes(const Volume& volume, const VolumeFile& file) {
  if (file.whole) return 0;
  std::uint64_t there = 0;
  for (const VolumeExtent& extent : volume.extents(file)) there += extent.bytes;
  return file.bytes - std::min(there, file.bytes);
}

std::string lost_words(std::span<const LostPart> lost) {
  std::string text;
  const std::size_t shown = std::min(lost.size(), kPartsShown);
  for (const LostPart& part : lost.first(shown))
    text += fmt::format("    bytes {} to {}{}\n", part.offset, part.offset + part.bytes - 1,
                        part.sector ? fmt::format(", from sector {}", *part.sector) : ", not on the image");
  if (lost.size() > shown) text += fmt::format("    and {} more ranges\n", lost.size() - shown);
  return text;
}

std::string extract_text(const ExtractReport& report) {
  std::string text;
  for (const ExtractedFile& file : report.remarks) {
    if (!file.written_as.empty()) text += fmt::format("{}: written as {}\n", file.path, file.written_as);
    if (file.error)
      text += fmt::format("{}: NOT WRITTEN: {}\n", file.path, describe(*file.error));
    else if (!file.lost.empty())
      text += fmt::format("{}: DAMAGED, filler at\n{}", file.path, lost_words(file.lost));
  }
  if (report.remarks_omitted > 0) text += fmt::format("and {} more files\n", report.remarks_omitted);
  if (report.links > 0)
    text += fmt::format("{} left out\n", counted(static_cast<std::int64_t>(report.links), "symbolic link"));
  return text;
}

bool is_bad_news(const FilesReport& report) {
  const auto harmless = [](const VolumeTrouble& trouble) { return trouble.kind == VolumeTrouble::Kind::unsupported; };
  const bool followed = report.volume->trouble_count() == report.volume->troubles().size() &&
                        std::ranges::all_of(report.volume->troubles(), harmless);
  if (report.damage == nullptr || report.asked) return !followed;
  const Damage& damage = *report.damage;
  const auto system_area = [&](const StructureHit& hit) {
    return report.volume->structures()[hit.structure].kind == StructureKind::system_area;
  };
  const bool structures = !std::ranges::all_of(damage.structures, system_area);
  return !damage.files.empty() || structures || damage.unknown > 0 || !followed;
}

void files_text(const FilesReport& report, const TextOutput& out) {
  out(head(report));
  if (report.damage != nullptr)
    damage_text(report, out);
  else
    list(report, out);
  out(trouble_words(*report.volume));
}

}  // namespace pressmark
