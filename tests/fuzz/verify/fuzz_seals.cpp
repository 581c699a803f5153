// Any bytes as an image with seals. So that the fuzzer gets past digests that it cannot guess, the bytes are a recipe: an image of
// sectors with descriptors, an implanted field and tags, whose `self` (and, where the recipe says so, `md5`) is made right.
// Whatever comes: an answer lies within the image, and how the bytes are cut into pieces changes nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "verify/isomd5.h"
#include "verify/libisofs.h"

namespace {

using namespace pressmark;
using Bytes = std::vector<std::byte>;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string md5_hex(std::span<const std::byte> bytes) {
  Hasher hasher{DigestKind::md5};
  hasher.update(bytes);
  return hasher.finish().hex();
}

class Recipe {
 public:
  Recipe(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const std::uint8_t value = rest_.front();
    rest_ = rest_.subspan(1);
    return value;
  }
  std::string text(std::size_t most) {
    std::string result;
    for (std::size_t i = 0; i < most && !rest_.empty(); ++i) result += static_cast<char>(byte());
    return result;
  }

 private:
  std::span<const std::uint8_t> rest_;
};

void put(Bytes& image, std::size_t at, std::string_view text) {
  for (std::size_t i = 0; i < text.size() && at + i < image.size(); ++i)
    image[at + i] = static_cast<std::byte>(text[i]);
}

void put_tag(Bytes& image, Recipe& recipe) {
  constexpr const char* kWords[] = {"", "sb_", "tree_", "rlsb32_"};
  const std::size_t sectors = image.size() / kUserBytes;
  const std::size_t position = recipe.byte() % sectors;
  const std::uint8_t how = recipe.byte();
  const std::size_t start = std::min<std::size_t>(recipe.byte(), position);
  const std::size_t next = recipe.byte();
  const bool honest = (how & 4U) != 0;
  const auto range = std::span<const std::byte>{image}.subspan(start * kUserBytes, (position - start) * kUserBytes);
  std::string line =
      fmt::format("libisofs_{}checksum_tag_v1 pos={} range_start={} range_size={} {}={} md5={}", kWords[how & 3U],
                  position + (how >> 3 & 1U), start, position - start, (how & 3U) == 3 ? "session_start" : "next", next,
                  honest ? md5_hex(range) : std::string(32, 'e'));
  line += fmt::format(" self={}\n", md5_hex(std::as_bytes(std::span{line})));
  put(image, position * kUserBytes, line);
}

Bytes image_of(Recipe recipe) {
  Bytes image((20 + recipe.byte() % 160U) * std::size_t{kUserBytes});
  const std::size_t descriptor = (16 + recipe.byte() % 3U) * std::size_t{kUserBytes};
  for (std::size_t at = 16 * std::size_t{kUserBytes}; at <= descriptor; at += kUserBytes) put(image, at, "\2CD001");
  put(image, descriptor, "\1CD001");
  image[descriptor + 86] = static_cast<std::byte>(recipe.byte() & 1U);
  image[descriptor + 87] = static_cast<std::byte>(recipe.byte());
  const std::uint8_t form = recipe.byte();
  if (form < 80)
    put(image, descriptor + 883, recipe.text(512));
  else if (form < 200)
    put(image, descriptor + 883,
        fmt::format("ISO MD5SUM = {};SKIPSECTORS = {};RHLISOSTATUS=0;FRAGMENT SUMS = {};FRAGMENT COUNT = {};",
                    std::string(32, 'a'), recipe.byte(), std::string(recipe.byte() % 64U, '1'), recipe.byte() % 64U));
  while (!recipe.empty()) put_tag(image, recipe);
  return image;
}

std::vector<SealOutcome> checked(const Bytes& image, std::size_t piece, std::size_t taken) {
  std::vector<SealOutcome> all;
  const auto bytes = std::span{image};
  for (const auto& seal : find_seals(bytes.first(std::min(bytes.size(), kSealHeadBytes)))) {
    for (std::size_t at = 0; at < taken; at += piece) seal->take(bytes.subspan(at, std::min(piece, taken - at)));
    for (SealOutcome& outcome : seal->outcomes(bytes.size())) all.push_back(std::move(outcome));
  }
  return all;
}

void require_sound(const std::vector<SealOutcome>& seals, bool whole) {
  for (const SealOutcome& seal : seals) {
    require(seal.covers.first >= 0 && seal.covers.count >= 0);
    require(seal.answer != Answer::matched || (seal.computed && seal.computed == seal.expected && !seal.damage));
    require(!whole || seal.answer != Answer::unknown);
    if (seal.damage) require(seal.damage->count > 0 && seal.damage->first >= 0);
  }
}

void raw(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(size);
  if (size > 0) std::memcpy(bytes.data(), data, size);
  (void)find_isomd5(bytes);
  (void)parse_libisofs_tag(bytes);
  bytes.resize(kUserBytes);
  (void)parse_libisofs_tag(bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 2048) return 0;
  raw(data, size);
  const Bytes image = image_of(Recipe{data, size});
  const auto whole = checked(image, 128 * std::size_t{kUserBytes}, image.size());
  require_sound(whole, true);
  for (const std::size_t sectors : {1U, 3U, 70U}) {
    const auto pieces = checked(image, sectors * kUserBytes, image.size());
    require(pieces.size() == whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i)
      require(pieces[i].answer == whole[i].answer && pieces[i].kind == whole[i].kind &&
              pieces[i].covers == whole[i].covers && pieces[i].damage == whole[i].damage);
  }
  require_sound(checked(image, 64 * std::size_t{kUserBytes}, image.size() / 2 / kUserBytes * kUserBytes), false);
  return 0;
}
