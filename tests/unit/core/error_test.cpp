#include "pressmark/error.h"

#include <gtest/gtest.h>

namespace pressmark {
namespace {

TEST(Error, SaysWhatWhereWhyAndWhatNext) {
  const Error error{.kind = ErrorKind::io,
                    .tried = "read a sector",
                    .where = "/dev/sr0, LBA 7",
                    .got = "no answer",
                    .next = "try again"};
  EXPECT_EQ(describe(error), "could not read a sector (/dev/sr0, LBA 7): no answer; try again");
  EXPECT_EQ(describe({.tried = "think"}), "could not think");
}

TEST(Error, ExitCodesAreTheDocumentedOnes) {
  EXPECT_EQ(exit_code(ErrorKind::usage), 2);
  EXPECT_EQ(exit_code(ErrorKind::device_gone), 3);
  EXPECT_EQ(exit_code(ErrorKind::no_space), 3);
  EXPECT_EQ(exit_code(ErrorKind::interrupted), 4);
  EXPECT_EQ(exit_code(ErrorKind::mismatch), 1);
}

}  // namespace
}  // namespace pressmark
