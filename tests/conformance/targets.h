// The transports that the conformance suite is run on.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "pressmark/transport.h"

namespace pressmark::test {

struct Target {
  std::string name;
  /// A drive with a data disc in it, newly opened.
  std::function<Result<std::unique_ptr<Transport>>()> open;
  /// Run each case twice: against `open` with a recorder around it, then against the recording.
  bool replayed = false;
  /// `transferred` may be three bytes too low, or too high up to the end of a page (libcdio drops the residual).
  bool transferred_is_estimate = false;
};

/// GoogleTest's way to a readable test name.
void PrintTo(const Target& target, std::ostream* out);

/// Without --device: every transport that needs no device.
[[nodiscard]] std::vector<Target>& targets();

/// "linux_sg:/dev/sr0", "libcdio:/dev/sr0". Fails: usage.
Result<Target> target_of(const std::string& device);

}  // namespace pressmark::test
