// What an argument of --against is: a digest by its form, a record or a sum file by its name or beginning, an image otherwise.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>
#include <unordered_map>

#include "pressmark/verify_files.h"

#include "core/text.h"
#include "core/try.h"
#include "verify/record.h"
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

enum class FileForm : std::uint8_t { sums, record, image };

/// By name where it says, otherwise by how it begins.
Result<FileForm> form_of(Files& files, const Path& path) {
  const std::string name = lower(path.filename().string());
  if (has_extension(name, kImageExtensions)) return FileForm::image;
  if (name.ends_with(".rip.json")) return FileForm::record;
  if (has_extension(name, kSumExtensions) || name.ends_with("sum") || name.ends_with("sums")) return FileForm::sums;
  TRY(auto file, files.open(path, OpenMode::read));
  std::string head(kSniffedBytes, '\0');
  TRY(const std::size_t got, file->read_at(0, std::as_writable_bytes(std::span{head})));
  head.resize(got);
  if (looks_like_record(head)) return FileForm::record;
  const std::string_view line = first_line(head);
  if (line.starts_with("-----BEGIN PGP SIGNED MESSAGE-----") || line.starts_with("%%%% HASHDEEP-"))
    return FileForm::sums;
  const auto parsed = parse_sums(line, name);
  return parsed && !parsed->empty() ? FileForm::sums : FileForm::image;
}

struct SumFile {
  std::vector<SumLine> lines;
  std::optional<Signature> signature;
  /// By where each name leads from the sum file: two folders may hold files of one name.
  std::unordered_map<std::string, std::vector<std::size_t>> by_path;
};

std::string place_of(const Path& path) { return path.lexically_normal().string(); }

SumFile sum_file(std::vector<SumLine> lines, std::optional<Signature> signature, const Path& path) {
  SumFile sums{.lines = std::move(lines), .signature = std::move(signature), .by_path = {}};
  for (std::size_t i = 0; i < sums.lines.size(); ++i)
    if (!sums.lines[i].name.empty()) sums.by_path[place_of(path.parent_path() / sums.lines[i].name)].push_back(i);
  return sums;
}

/// The lines about this very file, or else those that lines_about finds among all.
Result<std::vector<SumLine>> nearest_lines(const SumFile& sums, std::string_view image_name, std::string_view where) {
  const auto found = sums.by_path.find(place_of(Path{image_name}));
  if (found == sums.by_path.end()) return lines_about(sums.lines, image_name, where);
  std::vector<SumLine> lines;
  for (std::size_t i : found->second) lines.push_back(sums.lines[i]);
  return lines_about(lines, image_name, where);
}

}  // namespace

struct Against::Content {
  std::string name;
  std::variant<ExpectedDigest, SumFile, RecordedImage, ExpectedImage> what;
};

Result<Against> Against::read(Files& files, std::string_view x, const SignatureOptions& signature) {
  Against against;
  const auto keep = [&](auto what) {
    against.content_ = std::make_shared<const Content>(Content{std::string{x}, std::move(what)});
    return against;
  };
  if (is_digest(x)) {
    TRY(Digest digest, parse_digest(x));
    return keep(ExpectedDigest{.digest = std::move(digest), .given_by = std::string{x}});
  }
  const Path path{x};
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored))
    return fail({.kind = ErrorKind::not_found,
                 .tried = "find what to verify against",
                 .where = std::string{x.substr(0, 160)},
                 .got = files.exists(path) ? "it is neither a digest nor a regular file"
                                           : "it is no digest, and there is no such file",
                 .next = "give a digest as KIND:HEX or as bare hex, a sum file, a rip record, or another image"});
  TRY(const FileForm form, form_of(files, path));
  switch (form) {
    case FileForm::image: return keep(ExpectedImage{.path = path});
    case FileForm::record: {
      TRY(const std::string text, read_text(files, path, kLargestRecordBytes));
      TRY(RecordedImage record, parse_record(text, path.string()));
      return keep(std::move(record));
    }
    case FileForm::sums: {
      TRY(SignedText text, read_signed(files, path, kLargestSumsBytes, signature));
      TRY(auto lines, parse_sums(text.text, path.string()));
      return keep(sum_file(std::move(lines), std::move(text.signature), path));
    }
  }
  return keep(ExpectedImage{.path = path});
}

Result<std::vector<Expectation>> Against::about(std::string_view image_name) const {
  std::vector<Expectation> expectations;
  if (const auto* sums = std::get_if<SumFile>(&content_->what)) {
    TRY(const auto lines, nearest_lines(*sums, image_name, content_->name));
    for (const SumLine& line : lines)
      expectations.emplace_back(ExpectedDigest{.digest = *line.digest,
                                               .given_by = fmt::format("{}, line {}", content_->name, line.line),
                                               .name = line.name});
  } else if (const RecordedImage* recorded = record()) {
    for (const Digest& digest : recorded->digests)
      expectations.emplace_back(ExpectedDigest{.digest = digest, .given_by = content_->name, .name = recorded->file});
  } else if (const auto* image = std::get_if<ExpectedImage>(&content_->what)) {
    expectations.emplace_back(*image);
  } else {
    expectations.emplace_back(std::get<ExpectedDigest>(content_->what));
  }
  return expectations;
}

bool Against::is_sum_file() const { return std::holds_alternative<SumFile>(content_->what); }

std::vector<std::string> Against::names() const {
  std::vector<std::string> names;
  const auto* sums = std::get_if<SumFile>(&content_->what);
  if (sums == nullptr) return names;
  std::set<std::string_view> seen;
  for (const SumLine& line : sums->lines)
    if (!line.name.empty() && seen.insert(line.name).second) names.push_back(line.name);
  return names;
}

const std::optional<Signature>& Against::signature() const {
  static const std::optional<Signature> none;
  const auto* sums = std::get_if<SumFile>(&content_->what);
  return sums != nullptr ? sums->signature : none;
}

const RecordedImage* Against::record() const { return std::get_if<RecordedImage>(&content_->what); }
const std::string& Against::name() const { return content_->name; }

Result<std::vector<Expectation>> read_expectations(Files& files, std::string_view x, std::string_view image_name) {
  TRY(const Against against, Against::read(files, x, {.check = false}));
  return against.about(image_name);
}

}  // namespace pressmark
