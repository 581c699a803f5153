// Errors as values. A function that can fail returns Result<T>; a bug asserts.
//
// An Error tells a person four things: what was tried, where, what came back, and what to do next. Its
// kind tells the program. `describe` makes one line of it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "pressmark/lba.h"
#include "pressmark/sense.h"

namespace pressmark {

enum class ErrorKind : std::uint8_t {
  usage,           ///< the caller asked for something that makes no sense: exit 2
  not_found,       ///< no such file, drive, scenario
  no_permission,   ///< it is there, but not for us
  busy,            ///< somebody else holds it
  io,              ///< a file operation failed
  no_space,        ///< the file system is full (ENOSPC, EDQUOT, EFBIG)
  parse,           ///< a file or a reply is not of the form it should be
  sense,           ///< the drive answered CHECK CONDITION: `sense` says why
  timeout,         ///< no answer in time; the drive may need a reset
  bus,             ///< the transport failed in another way (reset, host or driver status): the data is not to be used
  device_gone,     ///< the drive is no longer there
  short_transfer,  ///< the drive said good and gave too few bytes
  no_medium,       ///< the tray is empty
  medium_changed,  ///< another disc than the one that was identified
  unsupported,     ///< this drive, disc or build cannot do it
  interrupted,     ///< the user or the system asked to stop; what was done is kept
  mismatch,        ///< two things that should be equal are not
};
[[nodiscard]] std::string_view to_string(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::io;
  std::string tried;  ///< "READ CD of 16 sectors"
  std::string where;  ///< "/dev/sr0, LBA 1200"
  std::string got;    ///< "03/11/05 L-EC uncorrectable error"
  std::string next;   ///< what the user can do; may be empty where nothing useful is known
  std::optional<Sense> sense;
  std::optional<Lba> lba;  ///< the first address known to have failed
};

/// "could not READ CD of 16 sectors (/dev/sr0, LBA 1200): 03/11/05 L-EC ...; clean the disc and run again"
[[nodiscard]] std::string describe(const Error& error);

/// The exit code that this error means when a command ends with it: 2 usage, 3 device or file trouble,
/// 4 interrupted. (0 and 1 are answers, not errors.)
[[nodiscard]] int exit_code(ErrorKind kind);

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }

}  // namespace pressmark
