// Digests of images: CRC-32 (IEEE 802.3, as in ZIP and DAT files), MD5, SHA-1, SHA-256, SHA-512, BLAKE2b-512.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/error.h"

namespace pressmark {

enum class DigestKind : std::uint8_t { crc32, md5, sha1, sha256, sha512, blake2b };
inline constexpr std::array kAllDigests{DigestKind::crc32,  DigestKind::md5,    DigestKind::sha1,
                                        DigestKind::sha256, DigestKind::sha512, DigestKind::blake2b};
/// What rip and verify compute unless told otherwise: what Redump, No-Intro and coreutils users compare.
inline constexpr std::array kDefaultDigests{DigestKind::crc32, DigestKind::md5, DigestKind::sha1, DigestKind::sha256};

[[nodiscard]] std::string_view to_string(DigestKind kind);                   // "sha256"
[[nodiscard]] std::optional<DigestKind> digest_kind(std::string_view name);  // any case, "SHA-256" too
[[nodiscard]] std::size_t digest_bytes(DigestKind kind);

/// A finished digest. CRC-32 is 4 bytes, most significant first, as people write it.
struct Digest {
  DigestKind kind = DigestKind::crc32;
  std::vector<std::byte> bytes;
  [[nodiscard]] std::string hex() const;  ///< lower case
  friend bool operator==(const Digest&, const Digest&) = default;
};

/// "sha1:da39...", or bare hex whose length tells the kind (128 digits: SHA-512; BLAKE2b must be named). Fails: usage.
Result<Digest> parse_digest(std::string_view text);

/// One digest in the making. Feed bytes in order, then finish once.
class Hasher {
 public:
  explicit Hasher(DigestKind kind);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  void update(std::span<const std::byte> bytes);
  /// Of what has been fed so far; more may follow.
  [[nodiscard]] Digest so_far() const;
  [[nodiscard]] Digest finish();
  [[nodiscard]] DigestKind kind() const { return kind_; }

 private:
  struct State;
  DigestKind kind_;
  std::unique_ptr<State> state_;
};

/// Several digests of the same bytes, fed piece by piece so that each piece is still in cache for the next one.
class HashSet {
 public:
  explicit HashSet(std::span<const DigestKind> kinds);
  void update(std::span<const std::byte> bytes);
  [[nodiscard]] std::vector<Digest> finish();
  [[nodiscard]] std::uint64_t bytes_seen() const { return bytes_seen_; }
  /// For whoever feeds the digests side by side: each is fed the same bytes, which are then counted with `note_fed`.
  [[nodiscard]] std::span<Hasher> hashers() { return hashers_; }
  void note_fed(std::uint64_t bytes) { bytes_seen_ += bytes; }

 private:
  std::vector<Hasher> hashers_;
  std::uint64_t bytes_seen_ = 0;
};

}  // namespace pressmark
