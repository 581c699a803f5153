// Errors as people and exit codes see them. One row a kind; the static_assert keeps table and enum in step.
#include "pressmark/error.h"

#include <array>
#include <fmt/format.h>

namespace pressmark {
namespace {

struct KindRow {
  ErrorKind kind;
  std::string_view name;
  int exit_code;
};

constexpr std::array kKinds{
    KindRow{ErrorKind::usage, "usage", 2},
    KindRow{ErrorKind::not_found, "not found", 3},
    KindRow{ErrorKind::no_permission, "no permission", 3},
    KindRow{ErrorKind::busy, "busy", 3},
    KindRow{ErrorKind::io, "input/output", 3},
    KindRow{ErrorKind::no_space, "no space", 3},
    KindRow{ErrorKind::parse, "malformed", 3},
    KindRow{ErrorKind::sense, "sense", 3},
    KindRow{ErrorKind::timeout, "time-out", 3},
    KindRow{ErrorKind::bus, "bus", 3},
    KindRow{ErrorKind::device_gone, "device gone", 3},
    KindRow{ErrorKind::short_transfer, "short transfer", 3},
    KindRow{ErrorKind::no_medium, "no medium", 3},
    KindRow{ErrorKind::medium_changed, "medium changed", 3},
    KindRow{ErrorKind::unsupported, "unsupported", 3},
    KindRow{ErrorKind::interrupted, "interrupted", 4},
    KindRow{ErrorKind::mismatch, "mismatch", 1},
};

constexpr bool rows_follow_enum() {
  for (std::size_t i = 0; i < kKinds.size(); ++i)
    if (static_cast<std::size_t>(kKinds[i].kind) != i) return false;
  return true;
}
static_assert(rows_follow_enum() && kKinds.size() == static_cast<std::size_t>(ErrorKind::mismatch) + 1);

}  // namespace

std::string_view to_string(ErrorKind kind) { return kKinds[static_cast<std::size_t>(kind)].name; }

int exit_code(ErrorKind kind) { return kKinds[static_cast<std::size_t>(kind)].exit_code; }

std::string describe(const Error& error) {
  std::string line = "could not " + error.tried;
  if (!error.where.empty()) line += fmt::format(" ({})", error.where);
  if (!error.got.empty()) line += ": " + error.got;
  if (!error.next.empty()) line += "; " + error.next;
  return line;
}

}  // namespace pressmark
