#include "pressmark/dat_entry.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "pressmark/verify_files.h"

#include "core/text.h"
#include "core/try.h"
#include "medium/cue_sheet.h"
#include "medium/file_names.h"

namespace pressmark {
namespace {

/// Logiqx' own names; the order is that of the attributes.
struct AttributeRow {
  DigestKind kind;
  std::string_view name;
};
constexpr std::array kAttributes{AttributeRow{DigestKind::crc32, "crc"}, AttributeRow{DigestKind::md5, "md5"},
                                 AttributeRow{DigestKind::sha1, "sha1"}, AttributeRow{DigestKind::sha256, "sha256"}};

std::unexpected<Error> cannot_hold(std::string_view text, std::string got) {
  return fail({.kind = ErrorKind::unsupported,
               .tried = "write a DAT entry",
               .where = in_quotes(text),
               .got = std::move(got),
               .next = "rename the file, or give another name with --name"});
}

/// How many bytes a character of well-formed UTF-8 has that XML 1.0 may hold (2.2 Char); 0: it is none.
std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return first >= 0x20 || first == '\t' || first == '\n' || first == '\r' ? 1 : 0;
  const std::size_t count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < count) return 0;
  std::uint32_t value = first & (0x7FU >> count);
  for (std::size_t i = 1; i < count; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
    value = value << 6 | (byte(i) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  const bool no_character = value == 0xFFFE || value == 0xFFFF || value > 0x10FFFF;
  return value < kLeast[count] || surrogate || no_character ? 0 : count;
}

Result<std::string> escaped_for_xml(std::string_view text) {
  std::string result;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t count = character_bytes(rest);
    if (count == 0) return cannot_hold(text, "XML cannot hold a control character or bytes that are no UTF-8");
    switch (rest.front()) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      case '\t':
      case '\n':
      case '\r': result += fmt::format("&#{};", static_cast<int>(rest.front())); break;
      default: result += rest.substr(0, count);
    }
    rest.remove_prefix(count);
  }
  return result;
}

Result<DatRom> rom_of(Files& files, const Path& path, const DatGameOptions& options) {
  TRY(const auto source, open_file_source(files, path));
  VerifyOptions verify_options{.kinds = options.kinds, .seals = false};
  verify_options.hash.progress = [&](const VerifyProgress&) { return !(options.stop && options.stop()); };
  TRY(VerifyReport report, verify(*source, {}, files, verify_options));
  if (!report.unreadable.empty())
    return fail({.kind = ErrorKind::io,
                 .tried = "take digests for a DAT entry",
                 .where = path.string(),
                 .got = fmt::format("{} sectors could not be read", report.unreadable.sectors),
                 .next = "copy the file from where it can be read"});
  return DatRom{.name = path.filename().string(), .size = report.bytes, .digests = std::move(report.digests)};
}

Result<void> refuse_filler(Files& files, const Path& path) {
  TRY(const auto filler, never_read(files, path));
  if (!filler) return {};
  return fail({.kind = ErrorKind::usage,
               .tried = "take digests for a DAT entry",
               .where = path.string(),
               .got = fmt::format("{} says that {} sectors were never read: the digests would be over filler",
                                  filler->told_by.string(), filler->sectors.sectors),
               .next = "read them first, or write the entry all the same with --with-filler"});
}

/// The sheet first, as Redump's entries have it.
Result<std::vector<Path>> files_of(Files& files, const Path& path) {
  std::vector<Path> paths{path};
  if (lower(path.extension().string()) != ".cue") return paths;
  TRY(const std::string text, read_text(files, path, kLargestCueBytes));
  TRY(const CueSheet sheet, parse_cue(text, path.string()));
  for (const CueFile& file : sheet.files) {
    TRY(Path found, find_named_file(path.parent_path(), file.name, at_line(path.string(), file.line)));
    if (std::ranges::find(paths, found) == paths.end()) paths.push_back(std::move(found));
  }
  return paths;
}

}  // namespace

Result<std::string> format_dat_game(const DatGame& game) {
  TRY(const std::string name, escaped_for_xml(game.name));
  std::string text = fmt::format("\t<game name=\"{}\">\n\t\t<description>{}</description>\n", name, name);
  for (const DatRom& rom : game.roms) {
    TRY(const std::string rom_name, escaped_for_xml(rom.name));
    text += fmt::format("\t\t<rom name=\"{}\" size=\"{}\"", rom_name, rom.size);
    for (const AttributeRow& row : kAttributes)
      for (const Digest& digest : rom.digests)
        if (digest.kind == row.kind) text += fmt::format(" {}=\"{}\"", row.name, digest.hex());
    text += " />\n";
  }
  return text + "\t</game>\n";
}

Result<std::string> format_datafile(std::string_view name, std::string_view tool, std::span<const DatGame> games) {
  TRY(const std::string title, escaped_for_xml(name));
  TRY(const std::string by, escaped_for_xml(tool));
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<datafile>\n\t<header>\n\t\t<name>{}</name>\n"
      "\t\t<description>{}</description>\n\t\t<author>{}</author>\n\t</header>\n",
      title, title, by);
  for (const DatGame& game : games) {
    TRY(const std::string entry, format_dat_game(game));
    text += entry;
  }
  return text + "</datafile>\n";
}

Result<DatGame> dat_game_of(Files& files, const Path& path, const DatGameOptions& options) {
  if (!options.with_filler) CHECK(refuse_filler(files, path));
  DatGame game{.name = options.name.empty() ? path.stem().string() : options.name, .roms = {}};
  TRY(const auto paths, files_of(files, path));
  for (const Path& one : paths) {
    TRY(DatRom rom, rom_of(files, one, options));
    game.roms.push_back(std::move(rom));
  }
  return game;
}

}  // namespace pressmark
