// A Transport shown to the running Linux as a real drive: /dev/srN and /dev/sgN, by the kernel's own target framework
// (TCMU and tcm_loop). So any program can be put on a simulated disc, and this one on the kernel's real path.
//
// Needs root, configfs, and the modules target_core_user, tcm_loop, sr_mod, and sg for the second node.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pressmark/error.h"
#include "pressmark/transport.h"

namespace pressmark {

struct AttachOptions {
  /// A FIFO to make here and remove at the end, mode 0600; lines written to it are done in turn:
  /// `unplug`, `replug`, `eject`, `load SOURCE`, `status`. Each is answered by one line to `say`.
  std::optional<std::filesystem::path> control;
  /// Opens SOURCE for `load`; without it `load` is refused.
  std::function<Result<std::unique_ptr<Transport>>(const std::string& source)> open_source;
  /// Takes one line for each event: "unplugged", "status: ...". Called from the thread in `serve_until` only. May be empty.
  std::function<void(std::string_view line)> say;
};

/// A drive as the kernel shows it. `generic` is empty without the sg module.
struct DevicePaths {
  std::string block;    ///< "/dev/sr0"
  std::string generic;  ///< "/dev/sg0"
};

/// The drive is there from `attach` to `detach` (or the destructor), which takes it away cleanly: first the device, then what
/// carried it. A thread of its own passes commands to the Transport, one at a time.
///
/// What the Transport fails with becomes what a real drive of that fault looks like:
/// - timeout: no answer. The kernel's own time-out ends the command (host status 03).
/// - bus: the command and all for a tenth of a second fail with a host status (0Eh); the target then reports 06/29.
/// - device_gone: the device vanishes; when the Transport answers again (asked some times a second) it comes back.
/// - usage (more than the Transport can move): 05/24/00. Anything else: 04/44/00, and a line to `say`.
///
/// A virtual clock runs at least as fast as the real one: idle time passes on it too. It never slows an answer.
///
/// After SIGKILL nobody answers and the device stays; the next `attach` on this machine clears it away.
class Attachment {
 public:
  /// Fails: no_permission (not root), unsupported (module missing, configfs not mounted: says what to type), timeout (the kernel made
  /// no device), io, usage (the control path exists).
  static Result<std::unique_ptr<Attachment>> attach(std::unique_ptr<Transport> drive, AttachOptions options = {});
  ~Attachment();
  Attachment(const Attachment&) = delete;
  Attachment& operator=(const Attachment&) = delete;

  [[nodiscard]] DevicePaths paths() const;

  /// What the drive has done, on one line: "seconds=73.803 commands=380 reads=.. failing_reads=.. seeks=..". Since `load`, if
  /// there was one.
  [[nodiscard]] std::string status();

  /// Returns when `stop` (a signalfd, eventfd, pipe) becomes readable; until then does what control lines ask and the
  /// Transport's faults demand. Fails: io.
  Result<void> serve_until(int stop);

  /// Takes the device away. Safe to call twice. Fails: io (says what was left behind).
  Result<void> detach();

 private:
  struct Impl;
  explicit Attachment(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pressmark
