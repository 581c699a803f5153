// A line a fact: `[GNUPG:] KEYWORD arguments`. The keyword that gives the verdict opens a signature; VALIDSIG, which comes after,
// completes it.
#include "verify/gpgv_status.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/text.h"

namespace pressmark {
namespace {

constexpr std::string_view kPrefix = "[GNUPG:] ";
constexpr std::size_t kMostSignatures = 64;

using Kind = GpgvSignature::Kind;
struct VerdictRow {
  std::string_view keyword;
  Kind kind;
};
constexpr std::array kVerdicts{VerdictRow{"GOODSIG", Kind::good},      VerdictRow{"EXPKEYSIG", Kind::expired_key},
                               VerdictRow{"BADSIG", Kind::bad},        VerdictRow{"EXPSIG", Kind::expired},
                               VerdictRow{"REVKEYSIG", Kind::revoked}, VerdictRow{"ERRSIG", Kind::failed}};

std::string_view next_word(std::string_view& rest) {
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  return word;
}

/// User IDs come with '%' escapes (%25, %0A) for what would break the line.
std::string user_id(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2])) {
      c = static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    }
    result += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
  }
  return result;
}

bool all_hex(std::string_view word) { return !word.empty() && std::ranges::all_of(word, is_hex); }

class StatusParser {
 public:
  void take(std::string_view line) {
    if (!line.starts_with(kPrefix)) return;
    line.remove_prefix(kPrefix.size());
    const std::string_view keyword = next_word(line);
    if (keyword == "NODATA") status.no_data = true;
    if (keyword == "VALIDSIG") valid(line);
    if (keyword == "ERRSIG") return error(line);
    for (const VerdictRow& row : kVerdicts)
      if (row.keyword == keyword) verdict(row.kind, line);
  }

  /// A verdict of good without what makes it valid is none.
  GpgvStatus finish() {
    for (std::size_t i = 0; i < status.signatures.size(); ++i) {
      GpgvSignature& signature = status.signatures[i];
      const bool needs_proof = signature.kind == Kind::good || signature.kind == Kind::expired_key;
      if (needs_proof && !validated_[i]) signature.kind = Kind::failed;
    }
    return std::move(status);
  }

  GpgvStatus status;

 private:
  GpgvSignature* open(Kind kind) {
    if (status.signatures.size() >= kMostSignatures) return nullptr;
    validated_.push_back(false);
    return &status.signatures.emplace_back(GpgvSignature{.kind = kind});
  }

  void verdict(Kind kind, std::string_view rest) {
    GpgvSignature* signature = open(kind);
    if (signature == nullptr) return;
    signature->key = next_word(rest);
    signature->signer = user_id(rest);
  }

  /// ERRSIG keyid pkalgo hashalgo class time rc: rc 9 is a key that is not there.
  void error(std::string_view rest) {
    GpgvSignature* signature = open(Kind::failed);
    if (signature == nullptr) return;
    signature->key = next_word(rest);
    for (int i = 0; i < 4; ++i) (void)next_word(rest);
    if (next_word(rest) == "9") signature->kind = Kind::no_key;
  }

  /// VALIDSIG fingerprint date timestamp ...
  void valid(std::string_view rest) {
    if (status.signatures.empty() || validated_.back()) return;
    const std::string_view fingerprint = next_word(rest);
    const std::string_view date = next_word(rest);
    GpgvSignature& signature = status.signatures.back();
    // The key ID of the verdict is the end of its fingerprint: another signature's proof is none.
    if (!all_hex(fingerprint) || signature.key.empty() || !fingerprint.ends_with(signature.key)) return;
    validated_.back() = true;
    // People know a key by the fingerprint of its primary key, the last word.
    const std::string_view primary = rest.substr(rest.rfind(' ') + 1);
    signature.key = all_hex(primary) && primary.size() >= fingerprint.size() ? primary : fingerprint;
    constexpr std::string_view kForm = "0000-00-00";
    const bool is_date = std::ranges::equal(
        date, kForm, [](char c, char form) { return form == '0' ? c >= '0' && c <= '9' : c == form; });
    if (is_date) signature.made = date;
  }

  std::vector<bool> validated_;
};

}  // namespace

GpgvStatus parse_gpgv_status(std::string_view text) {
  StatusParser parser;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    parser.take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parser.finish();
}

}  // namespace pressmark
