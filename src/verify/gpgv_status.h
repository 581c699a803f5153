// What gpgv says on its status descriptor (GnuPG, doc/DETAILS). Pure: text in, values out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pressmark {

/// One signature that gpgv looked at.
struct GpgvSignature {
  enum class Kind : std::uint8_t { good, expired_key, bad, expired, revoked, no_key, failed } kind = Kind::failed;
  std::string key;     ///< fingerprint where it is told, key ID otherwise
  std::string signer;  ///< UTF-8, without control characters
  std::string made;    ///< "2026-11-25"
};

struct GpgvStatus {
  std::vector<GpgvSignature> signatures;
  bool no_data = false;  ///< what should be a signature is none
};

/// Lines that mean nothing here are passed over. A good signature counts only with its VALIDSIG.
GpgvStatus parse_gpgv_status(std::string_view text);

}  // namespace pressmark
