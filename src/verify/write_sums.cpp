// Sum files as coreutils writes them: `HEX  NAME`, and where a name has a newline, return or backslash, these escaped_for_coreutils and a
// backslash before the line. SFV has no escapes: such names are refused.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "pressmark/sum_files.h"

#include "core/text.h"
#include "core/try.h"

namespace pressmark {
namespace {

struct EndingRow {
  DigestKind kind;
  std::string_view ending;
};
constexpr std::array kEndings{EndingRow{DigestKind::crc32, ".sfv"},     EndingRow{DigestKind::md5, ".md5"},
                              EndingRow{DigestKind::sha1, ".sha1"},     EndingRow{DigestKind::sha256, ".sha256"},
                              EndingRow{DigestKind::sha512, ".sha512"}, EndingRow{DigestKind::blake2b, ".b2"}};

std::string_view ending_of(DigestKind kind) {
  for (const EndingRow& row : kEndings)
    if (row.kind == kind) return row.ending;
  return {};
}

std::string escaped_for_coreutils(std::string_view name) {
  std::string result;
  for (char c : name) {
    if (c == '\\')
      result += "\\\\";
    else if (c == '\n')
      result += "\\n";
    else if (c == '\r')
      result += "\\r";
    else
      result += c;
  }
  return result;
}

std::unexpected<Error> refused(ErrorKind kind, const Path& path, std::string got, std::string next) {
  return fail({.kind = kind,
               .tried = "write the sum file",
               .where = path.string(),
               .got = std::move(got),
               .next = std::move(next)});
}

Result<void> write_one(Files& files, const Path& path, const std::string& text, bool overwrite) {
  if (files.exists(path) && !overwrite) {
    const auto there = read_text(files, path);
    if (there && *there == text) return {};
    return refused(ErrorKind::usage, path, "a file of this name is there and says something else",
                   "look at it, or write over it with --overwrite");
  }
  return replace_text(files, path, text);
}

}  // namespace

Result<std::string> format_sum_line(const Digest& digest, std::string_view name) {
  const std::string safe = escaped_for_coreutils(name);
  if (digest.kind == DigestKind::crc32) {
    if (name.find_first_of("\r\n") != std::string_view::npos || name.starts_with(';'))
      return refused(ErrorKind::unsupported, Path{name}, "an SFV file cannot hold this name", "write another kind");
    return fmt::format("{} {}\n", name, upper(digest.hex()));
  }
  return fmt::format("{}{}  {}\n", safe == name ? "" : "\\", digest.hex(), safe);
}

Result<std::vector<Path>> write_sum_files(Files& files, const VerifiedImage& image, const Path& path,
                                          const WriteSumsOptions& options) {
  if (!image.report.unreadable.empty())
    return refused(
        ErrorKind::unsupported, path,
        fmt::format("{} sectors could not be read: there is no digest to write", image.report.unreadable.sectors),
        "copy the image from where it can be read");
  if (image.never_read && !options.with_filler)
    return refused(ErrorKind::usage, path,
                   fmt::format("{} says that {} sectors were never read: the sum would be over filler",
                               image.never_read->told_by.string(), image.never_read->sectors.sectors),
                   "read them first, or write the sum all the same with --with-filler");
  const auto differs = [](const auto& outcome) { return outcome.answer == Answer::differs; };
  if (std::ranges::any_of(image.report.outcomes, differs) || std::ranges::any_of(image.report.seals, differs))
    return refused(ErrorKind::mismatch, path, "the image is not what it was held against",
                   "see what is wrong with it first");
  std::vector<Path> written;
  for (DigestKind kind : options.kinds) {
    Path sums = path;
    sums += ending_of(kind);
    for (const Digest& digest : image.report.digests) {
      if (digest.kind != kind) continue;
      TRY(const std::string line, format_sum_line(digest, path.filename().string()));
      CHECK(write_one(files, sums, line, options.overwrite));
      written.push_back(sums);
    }
  }
  return written;
}

}  // namespace pressmark
