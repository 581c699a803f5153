// A Logiqx DAT entry: what a disc's files are, in the form that preservation projects exchange (Redump, No-Intro, TOSEC).
//
//   <game name="X"><description>X</description><rom name="X.bin" size="1" crc="8 hex" md5="32 hex" sha1="40 hex"/></game>
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/digest.h"
#include "pressmark/error.h"
#include "pressmark/files.h"

namespace pressmark {

struct DatRom {
  std::string name;  ///< without folders
  std::uint64_t size = 0;
  std::vector<Digest> digests;  ///< CRC-32, MD5, SHA-1, SHA-256; others are left out
};

struct DatGame {
  std::string name;
  std::vector<DatRom> roms;
};

/// XML as UTF-8. Fails: unsupported (a name that XML cannot hold: control characters, bytes that are no UTF-8).
Result<std::string> format_dat_game(const DatGame& game);
/// A whole document with a header; `tool` made it.
Result<std::string> format_datafile(std::string_view name, std::string_view tool, std::span<const DatGame> games);

struct DatGameOptions {
  std::string name;  ///< empty: the file's name without its ending
  std::vector<DigestKind> kinds{DigestKind::crc32, DigestKind::md5, DigestKind::sha1};
  bool with_filler = false;  ///< take digests of images whose record or map says that not all of them was read
  std::function<bool()> stop;
};

/// An image, or a cue sheet and every file that it names. Fails: usage (filler), io, not_found, parse, interrupted.
Result<DatGame> dat_game_of(Files& files, const Path& path, const DatGameOptions& options);

}  // namespace pressmark
