// Writes small ISO 9660 volumes record by record (ECMA-119 8.4, 9.1), sound ones and ones that no tool would make.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "unit/files/image.h"

namespace pressmark {

struct IsoRecordToWrite {
  std::string name;
  std::uint32_t block = 0, bytes = 0;
  std::uint8_t flags = 0;
  std::string system_use;  ///< SUSP entries, as bytes
};

inline std::string le_be(std::uint32_t value) {
  std::string text;
  for (int i = 0; i < 4; ++i) text += static_cast<char>(value >> (8 * i));
  for (int i = 3; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
  return text;
}

inline std::string record_bytes(const IsoRecordToWrite& record) {
  std::string text(33, '\0');
  text.replace(2, 8, le_be(record.block));
  text.replace(10, 8, le_be(record.bytes));
  text[25] = static_cast<char>(record.flags);
  text[28] = 1;
  text[31] = 1;
  text[32] = static_cast<char>(record.name.size());
  text += record.name;
  if (record.name.size() % 2 == 0) text += '\0';
  text += record.system_use;
  if (text.size() % 2 != 0) text += '\0';
  text[0] = static_cast<char>(text.size());
  return text;
}

/// A SUSP entry: two letters, length, version 1, data.
inline std::string susp(std::string_view sign, const std::string& data) {
  return std::string{sign} + static_cast<char>(data.size() + 4) + '\1' + data;
}

class IsoImage {
 public:
  static constexpr std::uint32_t kRoot = 20;  ///< one sector

  explicit IsoImage(std::int64_t sectors = 100) { image_.at(sectors - 1); }

  void put(std::int64_t sector, std::size_t offset, std::string_view text) {
    std::memcpy(image_.at(sector) + offset, text.data(), text.size());
  }
  /// A directory of one sector, after the records of itself and its parent.
  void directory(std::uint32_t sector, const std::vector<IsoRecordToWrite>& records, const std::string& self_use = "") {
    std::string text = record_bytes({std::string(1, '\0'), sector, 2048, 2, self_use}) +
                       record_bytes({std::string(1, '\1'), kRoot, 2048, 2, ""});
    for (const IsoRecordToWrite& record : records) text += record_bytes(record);
    put(sector, 0, text);
  }
  Image& finish() {
    std::string primary(2048, '\0');
    primary.replace(0, 7, std::string("\1CD001\1"));
    primary.replace(40, 32, std::string(32, ' '));
    primary.replace(40, 4, "MADE");
    primary.replace(80, 8, le_be(static_cast<std::uint32_t>(image_.sectors())));
    primary.replace(128, 4, std::string("\0\x08\x08\0", 4));
    primary.replace(156, 34, record_bytes({std::string(1, '\0'), kRoot, 2048, 2, ""}));
    put(16, 0, primary);
    put(17, 0,
        "\xFF"
        "CD001\1");
    return image_;
  }

 private:
  Image image_;
};

}  // namespace pressmark
