#include "report/text.h"

#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pressmark/report.h"

namespace pressmark {
namespace {

using Phase = RipProgress::Phase;

std::string words(const RipBegun& begun) {
  std::string text =
      fmt::format("{} {} {} in {}\n", begun.drive.vendor, begun.drive.product, begun.drive.revision, begun.source);
  const auto bytes = static_cast<std::uint64_t>(begun.range.count) * kUserBytes;
  text += fmt::format("{}{}{}: {} sectors, {}; {}", begun.disc.profile.name, begun.disc.volume_id.empty() ? "" : " ",
                      begun.disc.volume_id, begun.range.count, format_bytes(bytes),
                      begun.raw ? "read raw and checked sector by sector" : "read as 2048-byte sectors");
  for (const SizeOpinion& size : begun.disc.sizes)
    if (size.sectors != begun.disc.sectors)
      text += fmt::format("\n{} says {} sectors, not {} ({})", size.source, size.sectors, begun.disc.sectors,
                          begun.disc.size_reason);
  if (begun.resumed) text += fmt::format("\ncontinuing: {} of {} sectors are there", begun.good, begun.range.count);
  return text;
}

std::string words(const PhaseBegun& begun) {
  if (begun.sectors == 0 || begun.phase == Phase::confirm || begun.phase == Phase::finished) return {};
  const std::string speed = begun.speed_kb_per_s == 0 ? "full speed" : fmt::format("{} kB/s", begun.speed_kb_per_s);
  return fmt::format("{}{}{}: {} sectors at {}", phase_words(begun.phase, begun.round), begun.part.empty() ? "" : " ",
                     begun.part, begun.sectors, speed);
}

std::string words(const ReadFailed& failed) { return range_words(failed.range) + ": " + failed.error.got; }
std::string words(const Recovered& recovered) {
  return fmt::format("{}: read now ({})", range_words(recovered.range), to_string(recovered.grade));
}
std::string words(const Note& note) { return note.level == Note::Level::warning ? "warning: " + note.text : note.text; }
std::string words(const FilesFound& found) {
  std::string text = fmt::format("file system: {}; {} files", fmt::join(found.views, ", "), found.files);
  if (found.wanted > 0) text += fmt::format(", {} of them wanted", found.wanted);
  const auto size = [](std::int64_t sectors) { return format_bytes(static_cast<std::uint64_t>(sectors) * kUserBytes); };
  text += fmt::format("\nfirst {} of structures", size(found.structure_sectors));
  if (found.wanted > 0) text += fmt::format(", then {} of wanted files", size(found.wanted_sectors));
  return text + fmt::format(", then {} of {}files, then the rest", size(found.other_sectors),
                            found.wanted > 0 ? "other " : "");
}
std::string words(const Progress&) { return {}; }
std::string words(const Committed&) { return {}; }
std::string words(const Digesting&) { return {}; }
std::string words(const Stopped&) { return {}; }   // whoever began the rip tells of its error
std::string words(const Finished&) { return {}; }  // the summary says it all

}  // namespace

namespace {

std::string stream_words(std::uint32_t sweep) {
  if (sweep == 0) return "streaming";
  return sweep + 1 == RipProgress::kStreamSweeps ? "streaming near damage" : "streaming towards damage";
}

}  // namespace

std::string phase_words(Phase phase, std::uint32_t round) {
  switch (phase) {
    case Phase::stream: return stream_words(round % RipProgress::kStreamSweeps);
    case Phase::gather: return "gathering";
    case Phase::split: return "splitting";
    case Phase::retry: return round == 0 ? "trying longer" : fmt::format("retry {}", round);
    case Phase::confirm: return "confirming";
    case Phase::finished: return "done";
  }
  return {};
}

std::string file_words(const FileCount& files) {
  std::string text = fmt::format("files {}/{}", files.whole, files.files);
  if (files.hit > 0) text += fmt::format(" hit {}", files.hit);
  if (files.wanted > 0) text += fmt::format(" wanted {}/{}", files.wanted_whole, files.wanted);
  if (files.wanted_hit > 0) text += fmt::format(" hit {}", files.wanted_hit);
  return text;
}

std::string counted(std::int64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string plain_sectors(SectorRange range) {
  return range.count == 1 ? fmt::to_string(range.first) : fmt::format("{}-{}", range.first, range.end() - 1);
}

std::string named_sectors(SectorRange range) {
  return (range.count == 1 ? "sector " : "sectors ") + plain_sectors(range);
}

std::string range_words(LbaRange range) {
  if (range.count == 1) return fmt::format("LBA {}", range.first.value);
  return fmt::format("LBA {}-{}", range.first.value, range.end().value - 1);
}

std::string event_words(const Event& event) {
  return std::visit([](const auto& e) { return words(e); }, event);
}

std::string format_duration(std::optional<Duration> duration) {
  if (!duration) return "-";
  const auto total = static_cast<std::int64_t>(std::lround(seconds(*duration)));
  return fmt::format("{}:{:02}:{:02}", total / 3600, total / 60 % 60, total % 60);
}

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::string_view kUnits[]{"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < std::size(kUnits); ++unit) value /= 1000;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.2f} {}", value, kUnits[unit]);
}

}  // namespace pressmark
