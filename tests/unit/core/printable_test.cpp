#include "core/printable.h"

#include <gtest/gtest.h>

namespace pressmark {
namespace {

TEST(Printable, TextStaysAsItIs) {
  for (const char* text : {"", "Game (Europe) [!].bin", "\xC3\x84pfel \xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x92\xBF"})
    EXPECT_EQ(printable(text), text);
}

TEST(Printable, WhatATerminalMightObeyIsReplaced) {
  EXPECT_EQ(printable("a\x1B[31mb\r\nc\x7F"), "a?[31mb??c?");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a?b");
  EXPECT_EQ(printable("\xC2\x9B"
                      "2J"),
            "?2J");                                           // CSI as one character
  EXPECT_EQ(printable("x\xE2\x80\xAEnib.exe"), "x?nib.exe");  // right-to-left override
  EXPECT_EQ(printable("\xE2\x80\xA8"), "?");                  // line separator
}

TEST(Printable, WhatIsNoUtf8IsReplacedByteByByte) {
  EXPECT_EQ(printable("\xFF"), "?");
  EXPECT_EQ(printable("\xC0\xAF"), "??");            // overlong
  EXPECT_EQ(printable("\xE0\x80\xAF"), "???");       // overlong
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "????");  // past 10FFFFh
  EXPECT_EQ(printable("a\xE6\x97"), "a??");          // cut short
  EXPECT_EQ(printable("\xED\xA0\x80"), "?");         // half of a pair: well-formed, and no character
}

}  // namespace
}  // namespace pressmark
