// The MD5 over everything decides. Fragment sums only place the damage: small images have parts shorter than the pieces in which
// the sums are taken, and what their makers write there is not to be relied on.
#include "verify/isomd5.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "core/bytes.h"
#include "core/text.h"
#include "verify/descriptors.h"

namespace pressmark {
namespace {

constexpr std::size_t kFieldAt = 883;
constexpr std::size_t kFieldBytes = 512;
constexpr std::size_t kVolumeSizeAt = 84;  // big-endian half of the both-byte-order field (ECMA-119 8.4.8)
constexpr std::uint64_t kHashedAtOnce = 32 * 1024;
constexpr std::size_t kAllSums = 60;  // characters

/// What stands between `key` and the next ';'.
std::optional<std::string_view> value_of(std::string_view field, std::string_view key) {
  const std::size_t at = field.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = field.substr(at + key.size());
  const std::size_t end = rest.find(';');
  if (end == std::string_view::npos) return std::nullopt;
  return trimmed(rest.substr(0, end));
}

std::optional<std::uint32_t> number_of(std::string_view field, std::string_view key) {
  const auto text = value_of(field, key);
  if (!text) return std::nullopt;
  std::uint32_t value = 0;
  const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (code != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return value;
}

/// As many characters of `md5` as a fragment has, written as the makers of the format write them.
std::string fragment_sum(const Digest& md5, std::size_t characters) {
  std::string text;
  for (std::size_t i = 0; i < std::min(characters, md5.bytes.size()); ++i)
    text += fmt::format("{:x}", std::to_integer<unsigned>(md5.bytes[i])).front();
  return text;
}

void take_fragments(std::string_view field, IsoMd5Seal& seal) {
  const auto count = number_of(field, "FRAGMENT COUNT = ");
  const auto sums = value_of(field, "FRAGMENT SUMS = ");
  if (!count || !sums || *count == 0 || *count > kAllSums) return;
  const bool worth_it = seal.covered_bytes / (*count + 1) >= kHashedAtOnce;
  if (!worth_it || sums->size() != *count * (kAllSums / *count) || !std::ranges::all_of(*sums, is_hex)) return;
  seal.fragments = *count;
  seal.fragment_sums = lower(*sums);
}

class IsoMd5Check final : public SealCheck {
 public:
  explicit IsoMd5Check(IsoMd5Seal seal) : seal_(std::move(seal)) {}

  void take(std::span<const std::byte> bytes) override {
    bytes = bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), seal_.covered_bytes - done_)));
    bytes = with_blanks(bytes, done_, seal_.field, room_);
    while (!bytes.empty()) {
      const std::uint64_t piece = done_ / kHashedAtOnce * kHashedAtOnce;
      const std::uint64_t end = std::min(piece + kHashedAtOnce, seal_.covered_bytes);
      const auto part = bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), end - done_)));
      md5_.update(part);
      done_ += part.size();
      bytes = bytes.subspan(part.size());
      if (done_ == end) end_piece(piece);
    }
  }

  std::vector<SealOutcome> outcomes(std::uint64_t image_bytes) override {
    SealOutcome outcome{.kind = SealKind::isomd5sum,
                        .covers = {0, static_cast<std::int64_t>(seal_.covered_bytes / kUserBytes)},
                        .expected = seal_.md5};
    if (done_ == seal_.covered_bytes) {
      outcome.computed = md5_.so_far();
      outcome.answer = *outcome.computed == seal_.md5 ? Answer::matched : Answer::differs;
    } else if (image_bytes < seal_.covered_bytes) {
      outcome.answer = Answer::differs;
      outcome.note =
          fmt::format("the image ends {} bytes before what the seal covers", seal_.covered_bytes - image_bytes);
    }
    if (first_wrong_end_)
      outcome.damage = sectors(last_right_end_, *first_wrong_end_);
    else if (outcome.answer == Answer::differs && done_ == seal_.covered_bytes)
      outcome.damage = sectors(last_right_end_, done_);
    if (outcome.answer == Answer::matched) outcome.damage.reset();
    return {std::move(outcome)};
  }

 private:
  static SectorRange sectors(std::uint64_t from, std::uint64_t to) {
    return {static_cast<std::int64_t>(from / kUserBytes), static_cast<std::int64_t>((to - from) / kUserBytes)};
  }

  void end_piece(std::uint64_t piece) {
    if (seal_.fragments == 0 || first_wrong_end_) return;
    const std::uint64_t fragment = piece * (seal_.fragments + 1) / seal_.covered_bytes;
    if (fragment == fragment_) return;
    fragment_ = fragment;
    const std::size_t characters = kAllSums / seal_.fragments;
    const std::string sum = fragment_sum(md5_.so_far(), characters);
    const std::string_view expected =
        std::string_view{seal_.fragment_sums}.substr((fragment - 1) * characters, sum.size());
    if (sum == expected)
      last_right_end_ = done_;
    else
      first_wrong_end_ = done_;
  }

  IsoMd5Seal seal_;
  Hasher md5_{DigestKind::md5};
  std::vector<std::byte> room_;
  std::uint64_t done_ = 0;
  std::uint64_t fragment_ = 0;
  std::uint64_t last_right_end_ = 0;
  std::optional<std::uint64_t> first_wrong_end_;
};

}  // namespace

std::optional<IsoMd5Seal> find_isomd5(std::span<const std::byte> head) {
  const auto at = primary_descriptor(head);
  if (!at) return std::nullopt;
  ByteReader descriptor{head.subspan(*at, kUserBytes)};
  const auto field_bytes = descriptor.slice(kFieldAt, kFieldBytes);
  std::string field;
  for (std::byte b : field_bytes) field += static_cast<char>(b);
  const auto hex = value_of(field, "ISO MD5SUM = ");
  const auto skipped = number_of(field, "SKIPSECTORS = ");
  if (!hex || !skipped) return std::nullopt;
  auto md5 = parse_digest("md5:" + std::string{*hex});
  const std::uint64_t volume = descriptor.be32(kVolumeSizeAt);
  if (!md5 || descriptor.truncated() || volume <= *skipped) return std::nullopt;
  IsoMd5Seal seal{.md5 = std::move(*md5),
                  .covered_bytes = (volume - *skipped) * kUserBytes,
                  .field = {*at + kFieldAt, kFieldBytes}};
  if (seal.covered_bytes < seal.field.at + seal.field.bytes) return std::nullopt;
  take_fragments(field, seal);
  return seal;
}

std::unique_ptr<SealCheck> isomd5_check(IsoMd5Seal seal) { return std::make_unique<IsoMd5Check>(std::move(seal)); }

}  // namespace pressmark
