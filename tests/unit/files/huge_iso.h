// An ISO 9660 volume of half a million files with Rock Ridge names, whose sectors are made when they are asked for: the image itself takes
// no memory.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>

#include "unit/files/iso_image.h"

namespace pressmark {

class HugeIso {
 public:
  static constexpr std::uint32_t kFolders = 1000, kFilesEach = 500, kFiles = kFolders * kFilesEach;
  static constexpr std::uint32_t kFolderSectors = 32, kFirstFolder = 100;
  static constexpr std::uint32_t kFirstFile = kFirstFolder + kFolders * kFolderSectors;  ///< each file has one sector
  static constexpr std::int64_t kSectors = std::int64_t{kFirstFile} + kFiles;

  HugeIso() {
    std::string root;
    append(root, record_bytes(
                     {std::string(1, '\0'), kRoot, kRootSectors * 2048, 2, susp("SP", std::string("\xBE\xEF\0", 3))}));
    for (std::uint32_t i = 0; i < kFolders; ++i)
      append(root,
             record_bytes({"D" + std::to_string(i), kFirstFolder + i * kFolderSectors, kFolderSectors * 2048, 2, ""}));
    root.resize(std::size_t{kRootSectors} * 2048);
    for (std::size_t at = 0; at < root.size(); at += 2048)
      made_.put(kRoot + static_cast<std::int64_t>(at / 2048), 0, std::string_view{root}.substr(at, 2048));
    image_ = &made_.finish();
    made_.put(16, 156, record_bytes({std::string(1, '\0'), kRoot, kRootSectors * 2048, 2, ""}));
  }

  ReadSectors reader() {
    return [this](std::int64_t first, std::uint32_t count, std::span<std::byte> out) -> Result<bool> {
      for (std::uint32_t i = 0; i < count; ++i) {
        const std::byte* from = sector(first + i);
        if (from == nullptr) return false;
        std::memcpy(out.data() + i * kUserBytes, from, kUserBytes);
      }
      return true;
    };
  }

 private:
  static constexpr std::uint32_t kRoot = 30, kRootSectors = 64;

  static void append(std::string& folder, const std::string& record) {
    const std::size_t left = 2048 - folder.size() % 2048;
    if (record.size() > left) folder.append(left, '\0');
    folder += record;
  }
  static std::string folder_bytes(std::uint32_t folder) {
    std::string text;
    append(text,
           record_bytes({std::string(1, '\0'), kFirstFolder + folder * kFolderSectors, kFolderSectors * 2048, 2, ""}));
    for (std::uint32_t i = 0; i < kFilesEach; ++i) {
      const std::string name = "a file of ordinary name " + std::to_string(i);
      append(text, record_bytes({"FILE" + std::to_string(i) + ".;1", kFirstFile + folder * kFilesEach + i, 1500 + i, 0,
                                 susp("NM", '\0' + name)}));
    }
    text.resize(std::size_t{kFolderSectors} * 2048);
    return text;
  }
  const std::byte* sector(std::int64_t at) {
    if (at < kFirstFolder) return image_->at(at);
    const auto folder = static_cast<std::uint32_t>(at - kFirstFolder) / kFolderSectors;
    if (folder >= kFolders) return nullptr;
    if (folder != at_folder_) bytes_ = folder_bytes(at_folder_ = folder);
    return reinterpret_cast<const std::byte*>(bytes_.data()) + (at - kFirstFolder) % kFolderSectors * 2048;
  }

  IsoImage made_{kFirstFolder};
  Image* image_ = nullptr;
  std::uint32_t at_folder_ = kFolders;
  std::string bytes_;
};

}  // namespace pressmark
