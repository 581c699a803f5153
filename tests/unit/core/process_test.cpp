// Against the programs of every Unix.
#include "core/process.h"

#include <gtest/gtest.h>

namespace pressmark {
namespace {

Result<ProcessResult> shell(std::string script, std::string_view input = {}, std::size_t most = 1 << 20) {
  return run_process(
      {.program = "sh", .arguments = {"-c", std::move(script)}, .input = input, .most_output = most, .stop = {}});
}

TEST(ProcessTest, EachStreamIsItsOwn) {
  const auto result = shell("cat; echo out; echo err >&2; echo status >&3; exit 7", "in\n");
  ASSERT_TRUE(result) << describe(result.error());
  EXPECT_EQ(result->output, "in\nout\n");
  EXPECT_EQ(result->errors, "err\n");
  EXPECT_EQ(result->status, "status\n");
  EXPECT_EQ(result->exit_status, 7);
}

TEST(ProcessTest, MoreThanAPipeHoldsGoesBothWaysAtOnce) {
  const std::string input(3'000'000, 'x');
  const auto result = shell("cat; echo done >&3", input, 4'000'000);
  ASSERT_TRUE(result) << describe(result.error());
  EXPECT_EQ(result->output, input);
  EXPECT_EQ(result->status, "done\n");
}

TEST(ProcessTest, AProgramMayEndWithoutReading) {
  const auto result = shell("exit 0", std::string(1'000'000, 'x'));
  ASSERT_TRUE(result) << describe(result.error());
  EXPECT_EQ(result->exit_status, 0);
}

TEST(ProcessTest, ArgumentsAreWordsAndNotShell) {
  const auto result =
      run_process({.program = "printf", .arguments = {"%s|", "a b", "$(id)", "'"}, .input = {}, .stop = {}});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output, "a b|$(id)|'|");
}

TEST(ProcessTest, WhatGoesWrongIsTold) {
  EXPECT_EQ(run_process({.program = "no-such-program", .arguments = {}, .input = {}, .stop = {}}).error().kind,
            ErrorKind::not_found);
  EXPECT_EQ(shell("yes", {}, 100'000).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(shell("kill -9 $$")->exit_status, 137);
  const auto stopped =
      run_process({.program = "sleep", .arguments = {"600"}, .input = {}, .stop = [] { return true; }});
  EXPECT_EQ(stopped.error().kind, ErrorKind::interrupted);
}

}  // namespace
}  // namespace pressmark
