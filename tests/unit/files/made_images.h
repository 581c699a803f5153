// A folder of files, and images that other programs make of it.
#pragma once

#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>

#include "unit/files/image.h"
#include "unit/temp_folder.h"

namespace pressmark {

class MadeImages : public TempFolderTest {
 protected:
  /// Runs a shell command in the test's folder; its output must be had without error.
  std::string run(const std::string& command) {
    const std::string line =
        "cd '" + folder_.string() + "' && PATH=$PATH:/usr/sbin LC_ALL=C.UTF-8 " + command + " 2>errors.txt";
    FILE* pipe = ::popen(line.c_str(), "r");
    std::string text;
    char part[4096];
    for (std::size_t n = 0; (n = std::fread(part, 1, sizeof part, pipe)) > 0;) text.append(part, n);
    const int status = ::pclose(pipe);
    std::ifstream errors(folder_ / "errors.txt");
    EXPECT_EQ(status, 0) << command << "\n" << std::string{std::istreambuf_iterator<char>(errors), {}};
    return text;
  }

  void make_tree() {
    std::uint32_t state = 1;
    const auto noise = [&](std::size_t bytes) {
      std::string text;
      while (text.size() < bytes) text += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
      return text;
    };
    add("hello.txt", "hello\n");
    add("a/data.bin", noise(5000));
    add("a/A rather long file name, with commas.data", noise(2048));
    add("a/b/c/d/e/f/g/h/i/j/deep.bin", noise(3000));
    add("Ünï/日本語.txt", noise(9000));
    add("empty.txt", "");
    for (std::size_t i = 0; i < 120; ++i) add("many/file number " + std::to_string(i) + ".txt", noise(10 + i));
    std::filesystem::create_symlink("../hello.txt", folder_ / "tree/a/link");
  }
  void add(const std::string& path, const std::string& text) {
    write("tree/" + path, text);
    tree_[path] = text;
  }

  /// The view holds exactly the tree (symbolic links apart), and its bytes.
  void expect_tree(const Image& image, const Volume& volume, VolumeView view) {
    auto found = files_of(volume, view);
    found.erase("a/link");
    for (const auto& [path, text] : tree_) {
      if (text.empty()) continue;  // shown by the preferred view alone
      ASSERT_TRUE(found.contains(path)) << to_string(view) << " " << path;
      EXPECT_EQ(found[path]->bytes, text.size()) << path;
      EXPECT_EQ(content(image, volume, *found[path]), text) << path;
    }
    for (const auto& [path, file] : found) EXPECT_TRUE(tree_.contains(path)) << to_string(view) << " " << path;
  }

  std::map<std::string, std::string> tree_;
};

}  // namespace pressmark
