// Signatures of sum files: who vouches for the digests.
//
// A signature stands beside the file (SHA256SUMS.gpg, .asc, .sig, .sign) or around its text (a clear-signed file, RFC 4880
// section 7). GnuPG's `gpgv` checks it, against the keys that the user gives; it is given the very bytes that are then used, and
// of a clear-signed file only what it says was signed is used.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/error.h"
#include "pressmark/files.h"

namespace pressmark {

enum class SignatureState : std::uint8_t {
  good,     ///< at least one signature is good, and none is bad
  bad,      ///< the text is not what was signed
  expired,  ///< the signature itself was good up to a day that has passed
  revoked,  ///< its key was called back by its owner
};
[[nodiscard]] std::string_view to_string(SignatureState state);

struct Signature {
  SignatureState state = SignatureState::bad;
  std::string signer;              ///< the key's user ID, as UTF-8; control characters are '?'
  std::string fingerprint;         ///< of the key, in hex; of a bad signature only the key ID
  std::string made;                ///< "2026-11-25"; empty if unknown
  Path file;                       ///< where the signature stands
  std::vector<std::string> notes;  ///< "its key has expired since", "a second signature is by an unknown key 1234ABCD"
};

struct SignatureOptions {
  bool check = true;
  std::vector<Path> keyrings;  ///< binary keyrings, as `gpg --export` writes them; none: gpgv's own (trustedkeys.kbx)
  std::string program = "gpgv";
  std::function<bool()> stop;
};

/// A file's text, and what its signature says of it.
struct SignedText {
  std::string text;                    ///< of a clear-signed file whose signature was checked: what was signed
  std::optional<Signature> signature;  ///< none: it has none, or was not to be checked
};

/// Reads `path` (at most `limit_bytes`) and checks its signature, if it has one.
/// Fails: what reading fails with; not_found (no gpgv; none of the signers' keys), parse (no signature in the file that should hold
/// it), interrupted, timeout. A signature that cannot be checked is an error, not an answer.
Result<SignedText> read_signed(Files& files, const Path& path, std::uint64_t limit_bytes,
                               const SignatureOptions& options);

}  // namespace pressmark
