// A sum file has names and digests and no games. What belongs to one disc is told by its names: Redump's tracks "X (Track 1).bin"
// and their sheet "X.cue", or "X.bin" and "X.cue". The order of the file is kept.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

#include "catalog/dat_parser.h"
#include "core/printable.h"
#include "core/text.h"
#include "core/try.h"
#include "verify/sums.h"

namespace pressmark {
namespace {

constexpr std::array<std::string_view, 4> kTrackExtensions{".bin", ".wav", ".raw", ".img"};
constexpr std::array kHeld{DigestKind::crc32, DigestKind::md5, DigestKind::sha1, DigestKind::sha256};

/// "X (Track 07)" is X.
std::string_view without_track(std::string_view stem) {
  constexpr std::string_view kTrack = " (Track ";
  const std::size_t open = stem.rfind(kTrack);
  if (open == std::string_view::npos || !stem.ends_with(')')) return stem;
  const std::string_view number = stem.substr(open + kTrack.size(), stem.size() - 1 - open - kTrack.size());
  const bool digits = !number.empty() && std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
  return digits ? stem.substr(0, open) : stem;
}

/// What the names of one disc's files have in common.
std::string_view disc_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || name.find('/', dot) != std::string_view::npos) return name;
  const std::string extension = lower(name.substr(dot));
  const bool track = std::ranges::find(kTrackExtensions, extension) != kTrackExtensions.end();
  if (track) return without_track(name.substr(0, dot));
  return extension == ".cue" ? name.substr(0, dot) : name;
}

class Grouping {
 public:
  explicit Grouping(std::string_view where) : where_(where) {}

  Result<void> add(const SumLine& line) {
    if (line.name.size() > kLongestField) return bad_dat(where_, line.line, "its name is too long");
    if (!line.digest || std::ranges::find(kHeld, line.digest->kind) == kHeld.end()) return {};
    KnownRom& rom = rom_of(line.name);
    const auto known = std::ranges::find(rom.digests, line.digest->kind, &Digest::kind);
    if (known != rom.digests.end()) {
      if (*known == *line.digest) return {};
      return bad_dat(where_, line.line,
                     fmt::format("it gives another {} for {} than a line before", to_string(line.digest->kind),
                                 in_quotes(printable(line.name))));
    }
    rom.digests.push_back(*line.digest);
    rom.bytes = line.bytes;
    return {};
  }

  Result<void> hand_over(DatSink& sink) {
    for (KnownGame& game : games_) CHECK(sink.game(std::move(game)));
    return {};
  }
  [[nodiscard]] bool empty() const { return games_.empty(); }

 private:
  struct Place {
    std::size_t game = 0, rom = 0;
  };

  KnownRom& rom_of(const std::string& name) {
    if (const auto known = roms_.find(name); known != roms_.end())
      return games_[known->second.game].roms[known->second.rom];
    const std::string disc{disc_of(name)};
    const auto [at, fresh] = discs_.try_emplace(disc, games_.size());
    if (fresh) games_.push_back({.name = disc});
    KnownGame& game = games_[at->second];
    roms_.emplace(name, Place{at->second, game.roms.size()});
    return game.roms.emplace_back(KnownRom{.name = name});
  }

  std::string_view where_;
  std::vector<KnownGame> games_;
  std::map<std::string, std::size_t> discs_;
  std::map<std::string, Place> roms_;
};

}  // namespace

Result<void> parse_sum_dat(std::string_view text, std::string_view where, DatSink& sink) {
  TRY(auto lines, parse_sums(text, where));
  // A bare digest is about the file that the sum file is named after.
  for (SumLine& line : lines)
    if (line.name.empty()) line.name = Path{where}.stem().string();
  Grouping grouping{where};
  for (const SumLine& line : lines) CHECK(grouping.add(line));
  if (grouping.empty())
    return fail({.kind = ErrorKind::unsupported,
                 .tried = "import the sum file",
                 .where = std::string{where},
                 .got = lines.empty() ? "it gives no digest" : "none of its digests is a CRC-32, MD5, SHA-1 or SHA-256",
                 .next = "find a DAT, or a sum file of one of these kinds"});
  CHECK(sink.header({.format = DatFormat::sums}));
  return grouping.hand_over(sink);
}

}  // namespace pressmark
