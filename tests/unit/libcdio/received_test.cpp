// Telling what arrived by the marks that are gone, and opening what is no drive.
#include "drivers/libcdio/received.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

#include "drivers/libcdio/libcdio.h"

namespace pressmark::libcdio {
namespace {

TEST(Received, NothingWrittenIsNothingReceived) {
  std::vector<std::byte> buffer(4096);
  for (std::uint64_t seed = 1; seed < 100; ++seed) {
    mark(buffer, seed);
    EXPECT_EQ(received(buffer, seed), 0U);
  }
}

TEST(Received, WrittenBytesCountUpToTheLast) {
  std::vector<std::byte> buffer(2048);
  for (const std::size_t n : {1U, 8U, 36U, 1000U, 2047U, 2048U}) {
    mark(buffer, 7);
    const std::byte other = ~buffer[n - 1];
    std::fill_n(buffer.begin(), n, std::byte{0});
    buffer[n - 1] = other;
    EXPECT_EQ(received(buffer, 7), n);
  }
}

TEST(Received, NeverMoreThanWasWritten) {
  std::vector<std::byte> buffer(512);
  for (std::uint64_t seed = 1; seed < 2000; ++seed) {
    mark(buffer, seed);
    std::fill_n(buffer.begin(), 100, std::byte{0});
    EXPECT_LE(received(buffer, seed), 100U);
    EXPECT_GE(received(buffer, seed), 97U);
  }
}

TEST(Received, OppositeSeedsAgreeInNoByte) {
  std::vector<std::byte> one(4096), other(4096);
  for (std::uint64_t seed = 1; seed < 50; ++seed) {
    mark(one, seed);
    mark(other, ~seed);
    for (std::size_t i = 0; i < one.size(); ++i) ASSERT_EQ(one[i], ~other[i]);
  }
}

TEST(Received, EachCommandHasItsOwnMarks) {
  std::vector<std::byte> one(64), other(64);
  mark(one, 1);
  mark(other, 2);
  EXPECT_NE(one, other);
}

TEST(OpenLibcdio, WhatIsNoDriveIsRefused) {
  EXPECT_EQ(open_libcdio("/dev/there-is-no-such-drive").error().kind, ErrorKind::not_found);
  EXPECT_EQ(open_libcdio("/").error().kind, ErrorKind::usage);
  EXPECT_EQ(open_libcdio("/dev/null").error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace pressmark::libcdio
