#include "conformance/targets.h"

#include <ostream>

#include "pressmark/simulated.h"

#include "drivers/libcdio/libcdio.h"
#include "drivers/linux_sg/linux_sg.h"

namespace pressmark::test {
namespace {

Result<std::unique_ptr<Transport>> open_sim(const char* name) { return open_simulated(name); }

}  // namespace

void PrintTo(const Target& target, std::ostream* out) { *out << target.name; }

std::vector<Target>& targets() {
  static std::vector<Target> all{
      {.name = "simulated_cd", .open = [] { return open_sim("demo"); }},
      {.name = "simulated_dvd", .open = [] { return open_sim("clean-dvd"); }},
      {.name = "replay_of_simulated_cd", .open = [] { return open_sim("demo"); }, .replayed = true},
  };
  return all;
}

Result<Target> target_of(const std::string& device) {
  const auto colon = device.find(':');
  const std::string driver = device.substr(0, colon);
  const std::string path = colon == std::string::npos ? "" : device.substr(colon + 1);
  if (driver == "linux_sg") return Target{.name = driver, .open = [path] { return open_linux_sg(path); }};
  if (driver == "libcdio") {
    return Target{.name = driver, .open = [path] { return open_libcdio(path); }, .transferred_is_estimate = true};
  }
  return fail({.kind = ErrorKind::usage,
               .tried = "choose a transport",
               .where = device,
               .got = "unknown",
               .next = "give linux_sg:/dev/sr0 or libcdio:/dev/sr0"});
}

}  // namespace pressmark::test
