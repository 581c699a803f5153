// A name is tried as written, then as another system would have understood it, then by comparing folded names with what
// the folder holds. The exact name always wins, so that a file system that tells case apart is taken at its word.
#include "medium/file_names.h"

#include <array>
#include <fmt/format.h>
#include <vector>

#include "core/text.h"

namespace pressmark {
namespace {

namespace fs = std::filesystem;

struct Utf8Form {
  unsigned char mask, lead;
  std::size_t more;     // continuation bytes
  std::uint32_t least;  // smaller values are overlong
};
constexpr std::array kUtf8Forms{Utf8Form{0x80, 0x00, 0, 0}, Utf8Form{0xE0, 0xC0, 1, 0x80},
                                Utf8Form{0xF0, 0xE0, 2, 0x800}, Utf8Form{0xF8, 0xF0, 3, 0x10000}};

/// Bytes of the UTF-8 character at the start of `text`, 0 if there is none (RFC 3629).
std::size_t utf8_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  for (const Utf8Form& form : kUtf8Forms) {
    if ((lead & form.mask) != form.lead) continue;
    if (text.size() <= form.more) return 0;
    std::uint32_t value = lead & static_cast<unsigned char>(~form.mask);
    for (std::size_t i = 1; i <= form.more; ++i) {
      const auto next = static_cast<unsigned char>(text[i]);
      if ((next & 0xC0) != 0x80) return 0;
      value = value << 6 | (next & 0x3FU);
    }
    const bool surrogate = value >= 0xD800 && value < 0xE000;
    return value >= form.least && value < 0x110000 && !surrogate ? form.more + 1 : 0;
  }
  return 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// Lower case for ASCII and, in UTF-8, for U+00C0 to U+00DE, which ISO 8859-1 has and which are C3 80 to C3 9E.
std::string folded(std::string_view name) {
  std::string text = as_utf8(name);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool after_c3 = i > 0 && static_cast<unsigned char>(text[i - 1]) == 0xC3;
    const bool latin_capital = after_c3 && c >= 0x80 && c <= 0x9E && c != 0x97;  // 97: the multiplication sign
    if ((c >= 'A' && c <= 'Z') || latin_capital) text[i] = static_cast<char>(c + 0x20);
  }
  return text;
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// Every regular file of `folder` whose name is `name` but for case.
std::vector<fs::path> alike(const fs::path& folder, const std::string& name) {
  std::vector<fs::path> found;
  std::error_code error;
  const std::string wanted = folded(name);
  for (fs::directory_iterator at(folder.empty() ? fs::path{"."} : folder, error), end; !error && at != end;
       at.increment(error))
    if (folded(at->path().filename().string()) == wanted && is_file(at->path()))
      found.push_back(folder / at->path().filename());
  return found;
}

}  // namespace

std::string as_utf8(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (is_utf8(text)) return std::string{text};
  std::string converted;
  for (char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x80) {
      converted += c;
    } else {
      converted += static_cast<char>(0xC0 | code >> 6);
      converted += static_cast<char>(0x80 | (code & 0x3F));
    }
  }
  return converted;
}

Result<fs::path> find_named_file(const fs::path& folder, std::string_view name, std::string_view where) {
  std::string slashes{name};
  for (char& c : slashes)
    if (c == '\\') c = '/';
  const std::array candidates{folder / fs::path{name}, folder / slashes, folder / fs::path{slashes}.filename()};
  for (const fs::path& path : candidates)
    if (path.has_filename() && is_file(path)) return path;
  for (const fs::path& path : candidates) {
    if (!path.has_filename()) continue;
    const auto found = alike(path.parent_path(), path.filename().string());
    if (found.size() == 1) return found.front();
    if (found.size() > 1)
      return fail({.kind = ErrorKind::usage,
                   .tried = fmt::format("find the file {}", in_quotes(name)),
                   .where = std::string{where},
                   .got = fmt::format("{} and {} differ in case only, and neither is written so",
                                      in_quotes(found[0].filename().string()), in_quotes(found[1].filename().string())),
                   .next = "write the name in the sheet as the file has it"});
  }
  return fail({.kind = ErrorKind::not_found,
               .tried = fmt::format("find the file {}", in_quotes(name)),
               .where = std::string{where},
               .got = fmt::format("no such file in {}", in_quotes(folder.empty() ? "." : folder.string())),
               .next = "put the file beside the sheet, or correct the name in the sheet"});
}

}  // namespace pressmark
