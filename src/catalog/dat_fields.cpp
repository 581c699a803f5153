// What all forms of DATs have in common: the fields of a rom, and how the forms are told apart.
#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

#include "catalog/dat_parser.h"
#include "core/printable.h"
#include "core/text.h"

namespace pressmark {
namespace {

struct DigestRow {
  std::string_view field;
  DigestKind kind;
};
constexpr std::array kDigestFields{DigestRow{"crc", DigestKind::crc32}, DigestRow{"md5", DigestKind::md5},
                                   DigestRow{"sha1", DigestKind::sha1}, DigestRow{"sha256", DigestKind::sha256},
                                   DigestRow{"crc32", DigestKind::crc32}};

struct StatusRow {
  DumpStatus status;
  std::string_view word;
};
constexpr std::array kStatuses{StatusRow{DumpStatus::good, "good"}, StatusRow{DumpStatus::verified, "verified"},
                               StatusRow{DumpStatus::bad, "baddump"}, StatusRow{DumpStatus::none, "nodump"}};

struct FormatRow {
  DatFormat format;
  std::string_view word;
};
constexpr std::array kFormats{FormatRow{DatFormat::logiqx, "logiqx"}, FormatRow{DatFormat::clrmamepro, "clrmamepro"},
                              FormatRow{DatFormat::sums, "sums"}};

/// Files that come with a disc's image and hold none of its sectors.
constexpr std::array<std::string_view, 14> kCompanions{".cue", ".gdi", ".ccd", ".toc", ".mds", ".sbi", ".lsd",
                                                       ".m3u", ".txt", ".log", ".nfo", ".xml", ".pdf", ".jpg"};

constexpr std::uint64_t kLargestRom = 1ULL << 60U;

std::string set_size(KnownRom& rom, std::string_view value) {
  std::uint64_t bytes = 0;
  const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), bytes);
  if (code != std::errc{} || end != value.data() + value.size() || bytes > kLargestRom)
    return fmt::format("its size {} is no number of bytes", in_quotes(printable(value)));
  rom.bytes = bytes;
  return {};
}

std::string set_digest(KnownRom& rom, DigestKind kind, std::string_view value) {
  std::string hex{value};
  // Programs that wrote numbers left out the zeros in front.
  if (kind == DigestKind::crc32 && hex.size() < 8) hex.insert(0, 8 - hex.size(), '0');
  auto digest = parse_digest(std::string{to_string(kind)} + ':' + hex);
  if (!digest) return fmt::format("its {} {} is no such digest", to_string(kind), in_quotes(printable(value)));
  const auto known = std::ranges::find(rom.digests, kind, &Digest::kind);
  if (known != rom.digests.end()) return fmt::format("it has two digests of kind {}", to_string(kind));
  rom.digests.push_back(std::move(*digest));
  return {};
}

/// ClrMamePro's `flags` hold other words as well.
std::string set_status(KnownRom& rom, std::string_view field, std::string_view value) {
  const std::string word = lower(value);
  const auto row = std::ranges::find(kStatuses, std::string_view{word}, &StatusRow::word);
  if (row == kStatuses.end())
    return field == "flags" ? std::string{} : fmt::format("its status {} is not known", in_quotes(printable(value)));
  rom.status = row->status;
  return {};
}

}  // namespace

std::string_view to_string(DumpStatus status) { return std::ranges::find(kStatuses, status, &StatusRow::status)->word; }
std::string_view to_string(DatFormat format) { return std::ranges::find(kFormats, format, &FormatRow::format)->word; }

bool KnownRom::is_track() const {
  const std::string folded = lower(name);
  return std::ranges::none_of(kCompanions, [&](std::string_view end) { return folded.ends_with(end); });
}

std::string set_field(KnownRom& rom, std::string_view field, std::string_view value) {
  if (value.size() > kLongestField)
    return fmt::format("its {} has {} bytes", in_quotes(printable(field)), value.size());
  if (field == "name") rom.name = value;
  if (field == "serial") rom.serial = value;
  value = trimmed(value);
  if (value.empty() || value == "-") return {};  // said to be unknown
  if (field == "size") return set_size(rom, value);
  if (field == "status" || field == "flags") return set_status(rom, field, value);
  const auto row = std::ranges::find(kDigestFields, field, &DigestRow::field);
  return row == kDigestFields.end() ? std::string{} : set_digest(rom, row->kind, value);
}

std::unexpected<Error> bad_dat(std::string_view where, std::uint64_t line, std::string got) {
  return fail({.kind = ErrorKind::parse,
               .tried = "read the DAT",
               .where = fmt::format("{}, line {}", where, line),
               .got = std::move(got),
               .next = "get it again from where it came; nothing of it was imported"});
}

DatFormat sniff_dat(std::string_view head) {
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF")) return DatFormat::logiqx;  // UTF-16
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  const auto space = [](char c) { return is_blank(c) || c == '\n' || c == '\r'; };
  head.remove_prefix(static_cast<std::size_t>(std::ranges::find_if_not(head, space) - head.begin()));
  if (head.starts_with('<')) return DatFormat::logiqx;
  constexpr std::array<std::string_view, 6> kBlocks{"clrmamepro", "game",     "machine",
                                                    "resource",   "emulator", "romvault"};
  const std::string word =
      lower(head.substr(0, static_cast<std::size_t>(std::ranges::find_if(head, space) - head.begin())));
  head.remove_prefix(word.size());
  head.remove_prefix(static_cast<std::size_t>(std::ranges::find_if_not(head, space) - head.begin()));
  const bool block = head.starts_with('(') && std::ranges::find(kBlocks, word) != kBlocks.end();
  return block ? DatFormat::clrmamepro : DatFormat::sums;
}

}  // namespace pressmark
