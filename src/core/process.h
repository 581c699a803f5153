// Another program, run to its end: no shell, its own descriptors, nothing else handed down.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pressmark/error.h"

namespace pressmark {

struct ProcessRequest {
  std::string program;  ///< looked for in PATH where it has no '/'
  std::vector<std::string> arguments;
  std::string_view input;                ///< its standard input; a program that does not want all of it may close it
  std::size_t most_output = 16U << 20U;  ///< of each stream: a program that says more is ended
  unsigned timeout_s = 60;               ///< one that takes longer is ended
  std::function<bool()> stop;            ///< asked several times a second
};

struct ProcessResult {
  int exit_status = 0;  ///< 128 + signal where a signal ended it, as shells say it
  std::string output;   ///< descriptor 1
  std::string errors;   ///< descriptor 2
  std::string status;   ///< descriptor 3, for programs that write there what other programs should read
};

/// Fails: not_found (no such program), no_permission, timeout, unsupported (too much output), interrupted, io.
Result<ProcessResult> run_process(const ProcessRequest& request);

}  // namespace pressmark
