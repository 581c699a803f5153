// What an argument of --against is: a digest by its form, a sum file by its name or first line, an image otherwise.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "pressmark/verify.h"

#include "core/text.h"
#include "core/try.h"
#include "verify/sums.h"

namespace pressmark {
namespace {

constexpr std::array<std::string_view, 14> kSumExtensions{".md5",    ".sha1", ".sha256",  ".sha512", ".sha224",
                                                          ".sha384", ".b2",   ".blake2b", ".b3",     ".sha3",
                                                          ".crc32",  ".sfv",  ".sum",     ".sums"};
constexpr std::array<std::string_view, 5> kImageExtensions{".iso", ".bin", ".img", ".raw", ".udf"};
constexpr std::size_t kSniffedBytes = 4096;

bool has_extension(const std::string& name, std::span<const std::string_view> extensions) {
  return std::ranges::any_of(extensions, [&](std::string_view e) { return name.ends_with(e); });
}

/// "kind:..." with a kind of digest, or hex as long as one.
bool is_digest(std::string_view x) {
  if (const auto colon = x.find(':'); colon != std::string_view::npos)
    return digest_kind(x.substr(0, colon)).has_value();
  return std::ranges::all_of(x, is_hex) &&
         std::ranges::any_of(kAllDigests, [&](DigestKind kind) { return x.size() == 2 * digest_bytes(kind); });
}

/// The first line that is not blank or a comment; empty if `head` is not text.
std::string_view first_line(std::string_view head) {
  const auto odd = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && !is_blank(c) && c != '\n' && c != '\r';
  };
  if (std::ranges::any_of(head, odd)) return {};
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find_first_of("\r\n"));
    if (!trimmed(line).empty() && !line.starts_with('#') && !line.starts_with(';')) return line;
    head.remove_prefix(std::min(line.size() + 1, head.size()));
  }
  return {};
}

/// By name where it says, otherwise by whether the first line gives a digest.
Result<bool> is_sum_file(Files& files, const Path& path) {
  const std::string name = lower(path.filename().string());
  if (has_extension(name, kImageExtensions)) return false;
  if (has_extension(name, kSumExtensions) || name.ends_with("sum") || name.ends_with("sums")) return true;
  TRY(auto file, files.open(path, OpenMode::read));
  std::string head(kSniffedBytes, '\0');
  TRY(const std::size_t got, file->read_at(0, std::as_writable_bytes(std::span{head})));
  const std::string_view line = first_line(std::string_view{head}.substr(0, got));
  if (line.starts_with("-----BEGIN PGP SIGNED MESSAGE-----") || line.starts_with("%%%% HASHDEEP-")) return true;
  const auto parsed = parse_sums(line, name);
  return parsed && !parsed->empty();
}

Result<std::vector<Expectation>> read_sum_file(Files& files, const Path& path, std::string_view image_name) {
  const std::string where = path.string();
  TRY(const std::string text, read_text(files, path, kLargestSumsBytes));
  TRY(const auto all, parse_sums(text, where));
  TRY(const auto lines, lines_about(all, image_name, where));
  std::vector<Expectation> expectations;
  for (const SumLine& line : lines)
    expectations.emplace_back(ExpectedDigest{
        .digest = *line.digest, .given_by = fmt::format("{}, line {}", where, line.line), .name = line.name});
  return expectations;
}

}  // namespace

Result<std::vector<Expectation>> read_expectations(Files& files, std::string_view x, std::string_view image_name) {
  if (is_digest(x)) {
    TRY(Digest digest, parse_digest(x));
    return std::vector<Expectation>{ExpectedDigest{.digest = std::move(digest), .given_by = std::string{x}}};
  }
  const Path path{x};
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored))
    return fail({.kind = ErrorKind::not_found,
                 .tried = "find what to verify against",
                 .where = std::string{x.substr(0, 160)},
                 .got = files.exists(path) ? "it is neither a digest nor a regular file"
                                           : "it is no digest, and there is no such file",
                 .next = "give a digest as KIND:HEX or as bare hex, a sum file, or another image"});
  TRY(const bool sums, is_sum_file(files, path));
  if (sums) return read_sum_file(files, path, image_name);
  return std::vector<Expectation>{ExpectedImage{.path = path}};
}

}  // namespace pressmark
