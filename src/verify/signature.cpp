// gpgv is given the text through a pipe, not by name: what it checks is what is then used, whatever happens to the file.
#include "pressmark/signature.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "core/process.h"
#include "core/text.h"
#include "core/try.h"
#include "verify/gpgv_status.h"

namespace pressmark {
namespace {

constexpr std::array<std::string_view, 4> kSignatureEndings{".gpg", ".asc", ".sig", ".sign"};
constexpr std::string_view kClearSigned = "-----BEGIN PGP SIGNED MESSAGE-----";

std::optional<Path> signature_beside(Files& files, const Path& path) {
  for (std::string_view ending : kSignatureEndings) {
    Path beside = path;
    beside += ending;
    if (files.exists(beside)) return beside;
  }
  return std::nullopt;
}

bool is_clear_signed(std::string_view text) {
  return text.starts_with(kClearSigned) || text.find("\n" + std::string{kClearSigned}) != std::string_view::npos;
}

/// Also keeps a name that begins with '-' from being an option.
Path absolute_of(const Path& path) {
  std::error_code failed;
  Path full = std::filesystem::absolute(path, failed);
  return failed ? Path{"."} / path : full;
}

class Gpgv {
 public:
  Gpgv(Files& files, Path signature, const SignatureOptions& options)
      : files_(files), signature_(std::move(signature)), options_(options) {}

  /// `output`: the signed text of a clear-signed file, which comes back; otherwise what a detached signature is of.
  Result<ProcessResult> run(std::string_view text, bool clear_signed) const {
    ProcessRequest request{.program = options_.program, .arguments = {"--status-fd", "3"}, .input = text};
    for (const Path& keyring : options_.keyrings) {
      if (!files_.exists(keyring))
        return wrong(ErrorKind::not_found, fmt::format("there is no keyring {}", keyring.string()),
                     "give the signer's public key as `gpg --export` writes it");
      request.arguments.insert(request.arguments.end(), {"--keyring", absolute_of(keyring).string()});
    }
    if (clear_signed)
      request.arguments.insert(request.arguments.end(), {"--output", "-", "--", "-"});
    else
      request.arguments.insert(request.arguments.end(), {"--", absolute_of(signature_).string(), "-"});
    request.stop = options_.stop;
    auto result = run_process(request);
    if (!result && result.error().kind == ErrorKind::not_found)
      return wrong(ErrorKind::not_found, fmt::format("the program {} is not there", options_.program),
                   "install the package gpgv, or go without the signature with --no-signature");
    return result;
  }

  [[nodiscard]] Result<Signature> verdict(const ProcessResult& result) const {
    const GpgvStatus status = parse_gpgv_status(result.status);
    const auto find = [&](GpgvSignature::Kind kind) {
      return std::ranges::find(status.signatures, kind, &GpgvSignature::kind);
    };
    const auto none = status.signatures.end();
    if (const auto bad = find(GpgvSignature::Kind::bad); bad != none) return told(*bad, SignatureState::bad, status);
    if (const auto good = find(GpgvSignature::Kind::good); good != none)
      return told(*good, SignatureState::good, status);
    if (const auto good = find(GpgvSignature::Kind::expired_key); good != none)
      return told(*good, SignatureState::good, status);
    if (const auto revoked = find(GpgvSignature::Kind::revoked); revoked != none)
      return told(*revoked, SignatureState::revoked, status);
    if (const auto expired = find(GpgvSignature::Kind::expired); expired != none)
      return told(*expired, SignatureState::expired, status);
    if (const auto unknown = find(GpgvSignature::Kind::no_key); unknown != none)
      return wrong(ErrorKind::not_found, fmt::format("it is by the key {}, which is not in the keyring", unknown->key),
                   "give the signer's public key with --keyring FILE (`gpg --export KEY > FILE`), or go without the "
                   "signature with --no-signature");
    if (status.no_data)
      return wrong(ErrorKind::parse, "there is no OpenPGP signature in it",
                   "get the signature file again, or go without it with --no-signature");
    return wrong(ErrorKind::unsupported, fmt::format("{} could not check it: {}", options_.program, last_words(result)),
                 "go without the signature with --no-signature");
  }

 private:
  static std::string last_words(const ProcessResult& result) {
    std::string_view text = result.errors;
    while (text.ends_with('\n')) text.remove_suffix(1);
    const std::string_view line = text.substr(text.rfind('\n') + 1);
    return line.empty() ? fmt::format("exit status {}", result.exit_status) : in_quotes(line);
  }

  [[nodiscard]] Signature told(const GpgvSignature& from, SignatureState state, const GpgvStatus& status) const {
    Signature signature{
        .state = state, .signer = from.signer, .fingerprint = from.key, .made = from.made, .file = signature_};
    if (from.kind == GpgvSignature::Kind::expired_key) signature.notes.emplace_back("its key has expired since");
    for (const GpgvSignature& other : status.signatures)
      if (&other != &from) signature.notes.push_back(note_of(other));
    return signature;
  }

  static std::string note_of(const GpgvSignature& other) {
    constexpr std::array<std::string_view, 7> kWords{
        "good",    "good, its key has expired since",     "bad",          "expired",
        "revoked", "by a key that is not in the keyring", "not checkable"};
    return fmt::format("another signature, by {}, is {}", other.key, kWords[static_cast<std::size_t>(other.kind)]);
  }

  [[nodiscard]] std::unexpected<Error> wrong(ErrorKind kind, std::string got, std::string next) const {
    return fail({.kind = kind,
                 .tried = "check the signature",
                 .where = signature_.string(),
                 .got = std::move(got),
                 .next = std::move(next)});
  }

  Files& files_;
  Path signature_;
  const SignatureOptions& options_;
};

}  // namespace

std::string_view to_string(SignatureState state) {
  switch (state) {
    case SignatureState::good: return "good";
    case SignatureState::bad: return "bad";
    case SignatureState::expired: return "expired";
    case SignatureState::revoked: return "revoked";
  }
  return "bad";
}

Result<SignedText> read_signed(Files& files, const Path& path, std::uint64_t limit_bytes,
                               const SignatureOptions& options) {
  SignedText result;
  TRY(result.text, read_text(files, path, limit_bytes));
  if (!options.check) return result;
  const auto beside = signature_beside(files, path);
  const bool clear_signed = !beside && is_clear_signed(result.text);
  if (!beside && !clear_signed) return result;

  const Gpgv gpgv{files, beside.value_or(path), options};
  TRY(ProcessResult checked, gpgv.run(result.text, clear_signed));
  TRY(result.signature, gpgv.verdict(checked));
  if (clear_signed && result.signature->state == SignatureState::good) result.text = std::move(checked.output);
  return result;
}

}  // namespace pressmark
