// Digests by well-kept libraries: OpenSSL's EVP for the cryptographic ones, ISA-L for CRC-32 (six times zlib's speed).
#include "pressmark/digest.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <fmt/format.h>
#include <isa-l/crc.h>
#include <new>
#include <openssl/evp.h>

#include "core/bytes.h"

namespace pressmark {
namespace {

struct KindRow {
  DigestKind kind;
  std::string_view name;
  std::size_t bytes;
  const EVP_MD* (*evp)();  // null: not OpenSSL's
};

constexpr std::array kKinds{
    KindRow{DigestKind::crc32, "crc32", 4, nullptr},       KindRow{DigestKind::md5, "md5", 16, EVP_md5},
    KindRow{DigestKind::sha1, "sha1", 20, EVP_sha1},       KindRow{DigestKind::sha256, "sha256", 32, EVP_sha256},
    KindRow{DigestKind::sha512, "sha512", 64, EVP_sha512}, KindRow{DigestKind::blake2b, "blake2b", 64, EVP_blake2b512},
};
constexpr bool rows_follow_enum() {
  for (std::size_t i = 0; i < kKinds.size(); ++i)
    if (static_cast<std::size_t>(kKinds[i].kind) != i || kAllDigests[i] != kKinds[i].kind) return false;
  return true;
}
static_assert(rows_follow_enum() && kKinds.size() == kAllDigests.size());

const KindRow& row(DigestKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

std::optional<std::vector<std::byte>> from_hex(std::string_view text) {
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  if (text.size() % 2 != 0) return std::nullopt;
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<std::byte>(high << 4 | low));
  }
  return bytes;
}

/// The kind whose digest has this many bytes; BLAKE2b shares SHA-512's length and must be named.
std::optional<DigestKind> kind_by_length(std::size_t bytes) {
  for (const KindRow& r : kKinds)
    if (r.bytes == bytes) return r.kind;
  return std::nullopt;
}

}  // namespace

std::string_view to_string(DigestKind kind) { return row(kind).name; }
std::size_t digest_bytes(DigestKind kind) { return row(kind).bytes; }

std::optional<DigestKind> digest_kind(std::string_view name) {
  std::string plain;
  for (char c : name)
    if (c != '-' && c != '_') plain += (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
  if (plain == "blake2b512") plain = "blake2b";
  if (plain == "crc") plain = "crc32";
  for (const KindRow& r : kKinds)
    if (r.name == plain) return r.kind;
  return std::nullopt;
}

std::string Digest::hex() const {
  std::string text;
  for (std::byte b : bytes) fmt::format_to(std::back_inserter(text), "{:02x}", std::to_integer<unsigned>(b));
  return text;
}

Result<Digest> parse_digest(std::string_view text) {
  const auto bad = [&](std::string got) {
    return fail(
        {.kind = ErrorKind::usage,
         .tried = "read a digest",
         .where = std::string{text.substr(0, 160)},
         .got = std::move(got),
         .next = "give it as KIND:HEX with a KIND of crc32, md5, sha1, sha256, sha512 or blake2b, or as bare hex"});
  };
  std::optional<DigestKind> kind;
  std::string_view hex = text;
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    kind = digest_kind(text.substr(0, colon));
    if (!kind) return bad(fmt::format("'{}' is no kind of digest", text.substr(0, std::min<std::size_t>(colon, 40))));
    hex = text.substr(colon + 1);
  }
  auto bytes = from_hex(hex);
  if (!bytes) return bad("not an even number of hexadecimal digits");
  if (!kind) kind = kind_by_length(bytes->size());
  if (!kind) return bad(fmt::format("no digest has {} digits", hex.size()));
  if (bytes->size() != digest_bytes(*kind))
    return bad(fmt::format("{} has {} digits, not {}", to_string(*kind), 2 * digest_bytes(*kind), hex.size()));
  return Digest{*kind, std::move(*bytes)};
}

struct Hasher::State {
  EVP_MD_CTX* context = nullptr;
  std::uint32_t crc = 0;
  ~State() { EVP_MD_CTX_free(context); }
};

Hasher::Hasher(DigestKind kind) : kind_(kind), state_(std::make_unique<State>()) {
  if (row(kind).evp == nullptr) return;
  state_->context = EVP_MD_CTX_new();
  // Fails only without memory, or in a FIPS build that has no MD5: neither can be carried on from.
  if (state_->context == nullptr || EVP_DigestInit_ex(state_->context, row(kind).evp(), nullptr) != 1)
    throw std::bad_alloc{};
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(std::span<const std::byte> bytes) {
  if (state_->context != nullptr) {
    EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
    return;
  }
  // ISA-L wants a mutable pointer that it does not write through.
  auto* data = const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(bytes.data()));
  state_->crc = crc32_gzip_refl(state_->crc, data, bytes.size());
}

Digest Hasher::so_far() const {
  Hasher copy{kind_};
  copy.state_->crc = state_->crc;
  if (state_->context != nullptr && EVP_MD_CTX_copy_ex(copy.state_->context, state_->context) != 1)
    throw std::bad_alloc{};
  return copy.finish();
}

Digest Hasher::finish() {
  Digest digest{kind_, std::vector<std::byte>(digest_bytes(kind_))};
  if (state_->context != nullptr)
    EVP_DigestFinal_ex(state_->context, reinterpret_cast<unsigned char*>(digest.bytes.data()), nullptr);
  else
    put_be(digest.bytes, 0, 4, state_->crc);
  return digest;
}

HashSet::HashSet(std::span<const DigestKind> kinds) {
  for (DigestKind kind : kinds) hashers_.emplace_back(kind);
}

void HashSet::update(std::span<const std::byte> bytes) {
  constexpr std::size_t kPiece = 64 * 1024;  // stays in the second-level cache for all digests
  bytes_seen_ += bytes.size();
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(kPiece, bytes.size())))
    for (Hasher& hasher : hashers_) hasher.update(bytes.first(std::min(kPiece, bytes.size())));
}

std::vector<Digest> HashSet::finish() {
  std::vector<Digest> digests;
  for (Hasher& hasher : hashers_) digests.push_back(hasher.finish());
  return digests;
}

}  // namespace pressmark
