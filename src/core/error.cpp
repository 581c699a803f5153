// Errors as people and exit codes see them. One row a kind; the static_assert keeps table and enum in step.
#include "pressmark/error.h"

#include <array>
#include <fmt/format.h>

namespace pressmark {
namespace {

struct ErrorRow {
  ErrorKind kind;
  std::string_view name;
  int exit_code;
};

constexpr std::array kErrors{
    ErrorRow{ErrorKind::usage, "usage", 2},
    ErrorRow{ErrorKind::not_found, "not found", 3},
    ErrorRow{ErrorKind::no_permission, "no permission", 3},
    ErrorRow{ErrorKind::busy, "busy", 3},
    ErrorRow{ErrorKind::io, "input/output", 3},
    ErrorRow{ErrorKind::no_space, "no space", 3},
    ErrorRow{ErrorKind::parse, "malformed", 3},
    ErrorRow{ErrorKind::sense, "sense", 3},
    ErrorRow{ErrorKind::timeout, "time-out", 3},
    ErrorRow{ErrorKind::bus, "bus", 3},
    ErrorRow{ErrorKind::device_gone, "device gone", 3},
    ErrorRow{ErrorKind::short_transfer, "short transfer", 3},
    ErrorRow{ErrorKind::no_medium, "no medium", 3},
    ErrorRow{ErrorKind::medium_changed, "medium changed", 3},
    ErrorRow{ErrorKind::unsupported, "unsupported", 3},
    ErrorRow{ErrorKind::interrupted, "interrupted", 4},
    ErrorRow{ErrorKind::mismatch, "mismatch", 1},
};

constexpr bool errors_follow_enum() {
  for (std::size_t i = 0; i < kErrors.size(); ++i)
    if (static_cast<std::size_t>(kErrors[i].kind) != i) return false;
  return true;
}
static_assert(errors_follow_enum() && kErrors.size() == static_cast<std::size_t>(ErrorKind::mismatch) + 1);

}  // namespace

std::string_view to_string(ErrorKind kind) { return kErrors[static_cast<std::size_t>(kind)].name; }

int exit_code(ErrorKind kind) { return kErrors[static_cast<std::size_t>(kind)].exit_code; }

std::string describe(const Error& error) {
  std::string line = "could not " + error.tried;
  if (!error.where.empty()) line += fmt::format(" ({})", error.where);
  if (!error.got.empty()) line += ": " + error.got;
  if (!error.next.empty()) line += "; " + error.next;
  return line;
}

}  // namespace pressmark
