// Strings of one type and block run through consecutive packs, each ended by a NUL, one track after the other. A pack
// says which track its first character belongs to and how many characters of that string came before, so that after a
// lost pack the next pack that starts a string (position 0) is a place to go on from.
#include "mmc/cd_text.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/bytes.h"
#include "core/try.h"
#include "mmc/decode.h"

namespace pressmark::mmc {

namespace {

constexpr std::size_t kTextHeaderBytes = 4;
constexpr std::size_t kPackBytes = 18;
constexpr std::size_t kPackCrcAt = 16;
constexpr std::uint8_t kLastTrack = 99;

bool is_text(std::uint8_t type) {
  return (type >= std::to_underlying(CdTextType::title) && type <= std::to_underlying(CdTextType::disc_id)) ||
         type == std::to_underlying(CdTextType::code);
}

void append_utf8(std::string& out, std::uint8_t latin1) {
  if (latin1 < 0x80) {
    out += static_cast<char>(latin1);
  } else {
    out += static_cast<char>(0xC0U | latin1 >> 6U);
    out += static_cast<char>(0x80U | (latin1 & 0x3FU));
  }
}

/// Strings of one type and block, pack by pack.
class Assembler {
 public:
  Assembler(std::uint8_t type, std::uint8_t block) : type_(type), block_(block) {}

  void take(const CdTextPack& pack) {
    if (pack.crc == PackCrc::wrong || pack.double_byte) {
      whole_ = false;
      return;
    }
    const bool starts_string = pack.position == 0;
    if (starts_string || !whole_) {  // the pack's own word on where it is, wherever ours cannot be trusted
      text_.clear();
      track_ = pack.track;
      whole_ = starts_string;
    }
    for (const std::byte b : pack.data) take(std::to_integer<std::uint8_t>(b));
  }

  std::vector<CdTextItem> items;

 private:
  void take(std::uint8_t character) {
    if (character != 0) {
      append_utf8(text_, character);
      return;
    }
    if (text_ == "\t" && !items.empty()) text_ = items.back().text;
    if (whole_ && !text_.empty() && track_ <= kLastTrack)
      items.push_back({.type = CdTextType{type_}, .block = block_, .track = track_, .text = text_});
    text_.clear();
    whole_ = true;
    if (track_ <= kLastTrack) ++track_;
  }

  std::uint8_t type_, block_;
  std::uint8_t track_ = 0;
  std::string text_;
  bool whole_ = false;  ///< nothing of the current string is missing
};

}  // namespace

std::uint16_t cd_text_crc(std::span<const std::byte> bytes) {
  std::uint32_t crc = 0;
  for (const std::byte b : bytes) {
    crc ^= std::to_integer<std::uint32_t>(b) << 8U;
    for (int i = 0; i < 8; ++i) crc = (crc & 0x8000U) != 0 ? crc << 1U ^ 0x1021U : crc << 1U;
  }
  return static_cast<std::uint16_t>(~crc & 0xFFFFU);
}

Result<std::vector<CdTextPack>> decode_cd_text(std::span<const std::byte> reply) {
  constexpr std::string_view kWhat = "READ TOC format 5";
  ByteReader header{reply};
  const std::size_t declared = std::size_t{header.be16(0)} + 2;
  if (header.truncated()) return fail(malformed(kWhat, "no header", reply.size()));
  TRY(const auto whole, declared_part(kWhat, reply, declared, kTextHeaderBytes));
  const auto bytes = whole.subspan(kTextHeaderBytes);
  std::vector<CdTextPack> packs;
  for (std::size_t at = 0; at + kPackBytes <= bytes.size(); at += kPackBytes) {
    ByteReader in{bytes.subspan(at, kPackBytes)};
    const std::uint8_t place = in.u8(3);
    CdTextPack pack{.type = in.u8(0),
                    .track = static_cast<std::uint8_t>(in.u8(1) & 0x7FU),
                    .sequence = in.u8(2),
                    .block = static_cast<std::uint8_t>(place >> 4U & 0x07U),
                    .double_byte = (place & 0x80U) != 0,
                    .position = static_cast<std::uint8_t>(place & 0x0FU)};
    const auto data = in.slice(4, pack.data.size());
    std::ranges::copy(data, pack.data.begin());
    const std::uint16_t crc = in.be16(kPackCrcAt);
    const bool holds = crc == cd_text_crc(in.slice(0, kPackCrcAt));
    pack.crc = holds ? PackCrc::holds : crc == 0 ? PackCrc::absent : PackCrc::wrong;
    packs.push_back(pack);
  }
  return packs;
}

std::vector<CdTextItem> cd_text_items(std::span<const CdTextPack> packs) {
  std::map<std::pair<std::uint8_t, std::uint8_t>, Assembler> assemblers;
  for (const CdTextPack& pack : packs) {
    if (!is_text(pack.type)) continue;
    const auto key = std::pair{pack.block, pack.type};
    assemblers.try_emplace(key, pack.type, pack.block).first->second.take(pack);
  }
  std::vector<CdTextItem> items;
  for (auto& [key, assembler] : assemblers) items.insert(items.end(), assembler.items.begin(), assembler.items.end());
  return items;
}

}  // namespace pressmark::mmc
