#include "files/glob.h"

#include <gtest/gtest.h>
#include <string>

namespace pressmark::files {
namespace {

bool matches(std::string_view pattern, std::string_view path) { return Glob{pattern}.matches(path); }

TEST(GlobTest, NamesInEveryDirectory) {
  EXPECT_TRUE(matches("setup.exe", "setup.exe"));
  EXPECT_TRUE(matches("setup.exe", "a/b/setup.exe"));
  EXPECT_TRUE(matches("*.exe", "a/b/setup.exe"));
  EXPECT_FALSE(matches("*.exe", "a/b/setup.exe.txt"));
  EXPECT_FALSE(matches("setup.exe", "mysetup.exe"));
  EXPECT_FALSE(matches("setup.exe", "setup.ex"));
  EXPECT_TRUE(matches("*", "anything"));
}

TEST(GlobTest, PathsFromTheRoot) {
  EXPECT_TRUE(matches("/setup.exe", "setup.exe"));
  EXPECT_FALSE(matches("/setup.exe", "a/setup.exe"));
  EXPECT_TRUE(matches("a/*.bin", "a/x.bin"));
  EXPECT_FALSE(matches("a/*.bin", "a/b/x.bin")) << "one star stays within a name";
  EXPECT_FALSE(matches("a/*.bin", "c/a/x.bin"));
  EXPECT_TRUE(matches("a/?/x", "a/b/x"));
  EXPECT_FALSE(matches("a?b", "a/b"));
  EXPECT_FALSE(matches("a[/]b", "a/b"));
}

TEST(GlobTest, TwoStarsCrossDirectories) {
  EXPECT_TRUE(matches("a/**/x.bin", "a/x.bin"));
  EXPECT_TRUE(matches("a/**/x.bin", "a/b/c/x.bin"));
  EXPECT_FALSE(matches("a/**/x.bin", "a/b/cx.bin"));
  EXPECT_TRUE(matches("**/x.bin", "x.bin"));
  EXPECT_TRUE(matches("a/**", "a/b/c"));
  EXPECT_TRUE(matches("a**z", "a/b/z"));
  EXPECT_FALSE(matches("a**z", "a/b/y"));
  EXPECT_TRUE(matches("**", "a/b/c"));
}

TEST(GlobTest, ADirectoryMeansAllThatIsInIt) {
  EXPECT_TRUE(matches("/data", "data/a/b.bin"));
  EXPECT_TRUE(matches("data/", "x/data/a/b.bin"));
  EXPECT_TRUE(matches("d*a", "data/a"));
  EXPECT_FALSE(matches("/data", "database/a"));
}

TEST(GlobTest, SetsAndEscapes) {
  EXPECT_TRUE(matches("disc[1-3].img", "disc2.img"));
  EXPECT_FALSE(matches("disc[1-3].img", "disc4.img"));
  EXPECT_TRUE(matches("disc[!1-3].img", "disc4.img"));
  EXPECT_FALSE(matches("disc[^1-3].img", "disc2.img"));
  EXPECT_TRUE(matches("[]x]", "]"));
  EXPECT_TRUE(matches("[a-]", "-"));
  EXPECT_TRUE(matches("a[b", "a[b")) << "no set without its end";
  EXPECT_TRUE(matches("[", "["));
  EXPECT_TRUE(matches(R"(a\*b)", "a*b"));
  EXPECT_FALSE(matches(R"(a\*b)", "axb"));
  EXPECT_TRUE(matches("a\\", "a\\"));
}

TEST(GlobTest, CaseOfAToZDoesNotCount) {
  EXPECT_TRUE(matches("*.TXT", "readme.txt"));
  EXPECT_TRUE(matches("readme.*", "README.TXT"));
  EXPECT_TRUE(matches("[a-c]", "B"));
}

TEST(GlobTest, CharactersNotBytes) {
  EXPECT_TRUE(matches("?.txt", "語.txt"));
  EXPECT_TRUE(matches("[日-本].txt", "日.txt"));
  EXPECT_FALSE(matches("??.txt", "語.txt"));
  EXPECT_TRUE(matches("Ünï/*", "Ünï/x"));
}

TEST(GlobTest, NoPatternIsSlow) {
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "a*";
  EXPECT_FALSE(matches(pattern + "b", std::string(2000, 'a'))) << "a matcher that backtracks never gets here";
  EXPECT_FALSE(matches("", "a"));
}

}  // namespace
}  // namespace pressmark::files
