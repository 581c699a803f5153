// Each line is tried as each of the forms, most particular first: BSD has its parentheses, GNU begins with a digest, SFV
// ends with one. A line that is none of them is an error, not skipped: it might have been the one that mattered.
#include "verify/sums.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

#include "core/text.h"
#include "core/try.h"

namespace pressmark {
namespace {

/// Digests told by the length of their hex alone.
struct LengthRow {
  std::size_t digits;
  std::string_view kind;
};
constexpr std::array kLengths{LengthRow{8, "crc32"},   LengthRow{32, "md5"},    LengthRow{40, "sha1"},
                              LengthRow{56, "sha224"}, LengthRow{64, "sha256"}, LengthRow{96, "sha384"},
                              LengthRow{128, "sha512"}};

/// Other digests have the same lengths; the sum file's own name tells them.
struct HintRow {
  std::string_view extension;
  std::string_view start;
  std::string_view kind;
};
constexpr std::array kHints{HintRow{".b2", "b2sum", "blake2b"},        HintRow{".blake2", "blake2", "blake2b"},
                            HintRow{".blake2b", "blake2b", "blake2b"}, HintRow{".b3", "b3sum", "blake3"},
                            HintRow{".blake3", "blake3", "blake3"},    HintRow{".sha3", "sha3", "sha3"}};

std::string_view last_part(std::string_view name, std::string_view separators) {
  return name.substr(name.find_last_of(separators) + 1);  // npos + 1 is 0
}

std::string_view kind_by_length(std::size_t digits) {
  const auto row = std::ranges::find(kLengths, digits, &LengthRow::digits);
  return row == kLengths.end() ? std::string_view{} : row->kind;
}

/// coreutils writes a name with a newline, return or backslash in it escaped, and a backslash before the line.
std::optional<std::string> unescaped(std::string_view name) {
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '\\') {
      result += name[i];
      continue;
    }
    if (++i == name.size()) return std::nullopt;
    switch (name[i]) {
      case 'n': result += '\n'; break;
      case 'r': result += '\r'; break;
      case '\\': result += '\\'; break;
      default: return std::nullopt;
    }
  }
  return result;
}

/// Takes a digest's hex off the start of `text`; empty if it is not followed by a blank or the end, or is of no known length.
std::string_view take_hex(std::string_view& text) {
  const auto length = static_cast<std::size_t>(std::ranges::find_if_not(text, is_hex) - text.begin());
  const bool ends = length == text.size() || is_blank(text[length]);
  if (!ends || kind_by_length(length).empty()) return {};
  const std::string_view hex = text.substr(0, length);
  text.remove_prefix(length);
  return hex;
}

/// One line taken apart; the digest is still text.
struct Parts {
  std::string_view kind;  // empty: by length
  std::string_view hex;
  std::string_view name;
};

std::optional<Parts> bsd(std::string_view line) {
  const std::size_t open = line.find('(');
  const std::size_t close = line.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  const std::string_view kind = trimmed(line.substr(0, open));
  std::string_view rest = trimmed(line.substr(close + 1));
  const bool word = !kind.empty() && std::ranges::none_of(kind, is_blank);
  if (!word || !rest.starts_with('=')) return std::nullopt;
  rest = trimmed(rest.substr(1));
  if (rest.empty() || !std::ranges::all_of(rest, is_hex)) return std::nullopt;
  return Parts{.kind = kind, .hex = rest, .name = line.substr(open + 1, close - open - 1)};
}

std::optional<Parts> sfv(std::string_view line) {
  line = trimmed(line);
  const std::size_t blank = line.find_last_of(" \t");
  if (blank == std::string_view::npos) return std::nullopt;
  const std::string_view hex = line.substr(blank + 1);
  if (hex.size() != 8 || !std::ranges::all_of(hex, is_hex)) return std::nullopt;
  return Parts{.kind = "crc32", .hex = hex, .name = trimmed(line.substr(0, blank))};
}

std::optional<Parts> gnu(std::string_view line) {
  const std::string_view hex = take_hex(line);
  if (hex.empty()) return std::nullopt;
  if (trimmed(line).empty()) return Parts{.hex = hex};
  line.remove_prefix(1);
  // The second blank, or '*', says text or binary; `md5 -r` has a single blank.
  if (line.starts_with(' ') || line.starts_with('*')) line.remove_prefix(1);
  if (line.empty()) return std::nullopt;
  return Parts{.hex = hex, .name = line};
}

std::optional<Parts> take_apart(std::string_view line) {
  if (auto parts = bsd(line)) return parts;
  // `name 1234ABCD` against `1234abcd  name`: only a CRC-32 can be meant by either end.
  auto by_gnu = gnu(line);
  if (by_gnu && by_gnu->hex.size() != 8) return by_gnu;
  if (auto parts = sfv(line)) return parts;
  return by_gnu;
}

constexpr std::string_view kHashdeep = "%%%%";
constexpr std::size_t kMostColumns = 10;  // size, every digest that hashdeep has, filename

std::vector<std::string> split_at_commas(std::string_view text, std::size_t most) {
  std::vector<std::string> parts;
  while (parts.size() + 1 < most && text.contains(',')) {
    parts.emplace_back(text.substr(0, text.find(',')));
    text.remove_prefix(parts.back().size() + 1);
  }
  parts.emplace_back(text);
  return parts;
}

class SumParser {
 public:
  explicit SumParser(std::string_view where) : where_(where) {
    const std::string file = lower(last_part(where, "/"));
    for (const HintRow& row : kHints)
      if (file.ends_with(row.extension) || file.starts_with(row.start)) hint_ = row.kind;
  }

  Result<std::vector<SumLine>> parse(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (!text.empty()) {
      ++number_;
      const std::size_t end = std::min(text.find('\n'), text.size());
      std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      CHECK(take(line));
    }
    return std::move(lines_);
  }

 private:
  enum class Part : std::uint8_t { plain, armor_headers, signature };

  Result<void> take(std::string_view line) {
    if (line.size() > kLongestSumLine) return bad(fmt::format("the line has {} bytes", line.size()));
    if (line.find('\0') != std::string_view::npos) return bad("the line contains NUL bytes");
    if (line == "-----BEGIN PGP SIGNED MESSAGE-----") part_ = Part::armor_headers;
    if (line == "-----BEGIN PGP SIGNATURE-----") part_ = Part::signature;
    switch (part_) {
      case Part::plain: break;
      case Part::armor_headers:
        if (line.empty()) part_ = Part::plain;
        return {};
      case Part::signature:
        if (line == "-----END PGP SIGNATURE-----") part_ = Part::plain;
        return {};
    }
    if (line.starts_with("- ")) line.remove_prefix(2);  // dash-escaped
    if (trimmed(line).empty() || line.starts_with('#') || line.starts_with(';')) return {};
    return digest_line(line);
  }

  /// "%%%% HASHDEEP-1.0", then "%%%% size,md5,...,filename", which says what the columns are.
  Result<void> hashdeep_header(std::string_view line) {
    line = trimmed(line.substr(kHashdeep.size()));
    if (line.starts_with("HASHDEEP-")) return {};
    columns_ = split_at_commas(line, kMostColumns);
    if (columns_.size() < 3 || columns_.size() > kMostColumns || columns_.front() != "size" ||
        columns_.back() != "filename")
      return bad("it does not name hashdeep's columns, from size to filename");
    return {};
  }

  Result<void> hashdeep_line(std::string_view line) {
    const auto values = split_at_commas(line, columns_.size());  // commas behind the last belong to the name
    if (values.size() != columns_.size())
      return bad(fmt::format("it has not the {} columns of its header", columns_.size()));
    std::uint64_t bytes = 0;
    const std::string& size = values.front();
    const auto [end, code] = std::from_chars(size.data(), size.data() + size.size(), bytes);
    if (code != std::errc{} || end != size.data() + size.size()) return bad("it does not begin with a size");
    for (std::size_t i = 1; i + 1 < values.size(); ++i)
      CHECK(add({.kind = lower(columns_[i]), .name = values.back(), .line = number_, .bytes = bytes}, values[i]));
    return {};
  }

  Result<void> digest_line(std::string_view line) {
    if (line.starts_with(kHashdeep)) return hashdeep_header(line);
    if (!columns_.empty()) return hashdeep_line(line);
    const bool escaped = line.starts_with('\\');
    if (escaped) line.remove_prefix(1);
    const auto parts = take_apart(line);
    if (!parts) return bad("it is neither `HEX  NAME`, `KIND (NAME) = HEX` nor `NAME CRC32`");
    auto name = escaped ? unescaped(parts->name) : std::string{parts->name};
    if (!name) return bad("its name has an escape other than \\n, \\r and \\\\");

    return add({.kind = kind_of(*parts), .name = std::move(*name), .line = number_}, parts->hex);
  }

  Result<void> add(SumLine line, std::string_view hex) {
    if (digest_kind(line.kind)) {
      auto digest = parse_digest(line.kind + ':' + std::string{hex});
      if (!digest) return bad(digest.error().got);
      line.digest = std::move(*digest);
    }
    lines_.push_back(std::move(line));
    return {};
  }

  [[nodiscard]] std::string kind_of(const Parts& parts) const {
    const std::string kind = lower(parts.kind);
    if (kind.starts_with("sha2-")) return "sha" + kind.substr(5);  // OpenSSL 3 says SHA2-256
    if (!kind.empty()) return kind;
    if (hint_ == "blake2b" && parts.hex.size() != 128) return "shortened blake2b";
    return std::string{hint_.empty() ? kind_by_length(parts.hex.size()) : hint_};
  }

  [[nodiscard]] std::unexpected<Error> bad(std::string got) const {
    return fail({.kind = ErrorKind::parse,
                 .tried = "read the sum file",
                 .where = fmt::format("{}, line {}", where_, number_),
                 .got = std::move(got),
                 .next = "correct or remove the line, or give the digest itself as KIND:HEX"});
  }

  std::string_view where_;
  std::string_view hint_;
  std::size_t number_ = 0;
  Part part_ = Part::plain;
  std::vector<std::string> columns_;  // of hashdeep
  std::vector<SumLine> lines_;
};

using Lines = std::vector<SumLine>;

template <class Same>
Lines chosen(const Lines& lines, const Same& same) {
  Lines result;
  std::ranges::copy_if(lines, std::back_inserter(result), [&](const SumLine& line) { return same(line.name); });
  return result;
}

/// Programs on other systems separate folders by '\', which here may also be part of a name: both readings count.
Lines by_name(const Lines& lines, std::string_view image_name) {
  const std::string_view wanted = last_part(image_name, "/");
  if (wanted.empty()) return {};
  auto found = chosen(
      lines, [&](std::string_view name) { return last_part(name, "/") == wanted || last_part(name, "/\\") == wanted; });
  if (!found.empty()) return found;
  return chosen(lines, [&](std::string_view name) { return lower(last_part(name, "/\\")) == lower(wanted); });
}

Result<void> refuse_contradictions(const Lines& lines, std::string_view where) {
  std::array<const SumLine*, kAllDigests.size()> seen{};
  for (const SumLine& line : lines) {
    if (!line.digest) continue;
    const SumLine*& first = seen[static_cast<std::size_t>(line.digest->kind)];
    if (first == nullptr) first = &line;
    if (*first->digest != *line.digest)
      return fail({.kind = ErrorKind::usage,
                   .tried = "find the digest in the sum file",
                   .where = std::string{where},
                   .got = fmt::format("lines {} and {} give different {} digests for {}", first->line, line.line,
                                      line.kind, in_quotes(line.name)),
                   .next = "give the digest you mean itself, as KIND:HEX"});
  }
  return {};
}

}  // namespace

Result<std::vector<SumLine>> parse_sums(std::string_view text, std::string_view where) {
  return SumParser{where}.parse(text);
}

Result<std::vector<SumLine>> lines_about(const std::vector<SumLine>& lines, std::string_view image_name,
                                         std::string_view where) {
  Lines found = by_name(lines, image_name);
  const auto same_name = [&](const SumLine& line) { return line.name == lines.front().name; };
  if (found.empty() && std::ranges::all_of(lines, same_name)) found = lines;
  if (found.empty())
    return fail(
        {.kind = ErrorKind::not_found,
         .tried = "find the digest in the sum file",
         .where = std::string{where},
         .got = fmt::format("none of its {} digests is for {}", lines.size(), in_quotes(last_part(image_name, "/"))),
         .next = "give the digest itself as KIND:HEX"});
  CHECK(refuse_contradictions(found, where));
  const SumLine first = found.front();
  std::erase_if(found, [](const SumLine& line) { return !line.digest; });
  if (found.empty())
    return fail({.kind = ErrorKind::unsupported,
                 .tried = "find the digest in the sum file",
                 .where = fmt::format("{}, line {}", where, first.line),
                 .got = fmt::format("digests of kind {} are not computed here", in_quotes(first.kind)),
                 .next = "find a sum file with crc32, md5, sha1, sha256, sha512 or blake2b"});
  return found;
}

}  // namespace pressmark
