// From what a user types to a transport: `/dev/sr0`, `sim:demo`, `game.iso`, `replay:session.jsonl`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "pressmark/drive.h"
#include "pressmark/error.h"
#include "pressmark/files.h"
#include "pressmark/simulated.h"
#include "pressmark/transport.h"

namespace pressmark {

struct SourceOptions {
  std::string driver = "auto";        ///< "auto", "linux_sg" or "libcdio", for device paths
  std::optional<Path> record;         ///< write a transcript of every command there (docs/transcript.md)
  std::optional<std::uint64_t> seed;  ///< replaces a scenario's own
};

struct Source {
  std::string name;  ///< as typed, or as found
  std::unique_ptr<Transport> transport;
  /// The drive behind it, where it is a simulated one; lives as long as this Source or a transport of it.
  SimulatedDrive* simulated = nullptr;
  /// Another transport to the drive of this identity, wherever it is now: a device by its old path first, then by
  /// every other that is there. What is no device (a simulated drive, a transcript) is asked again as it is. A transcript
  /// that is being recorded goes on. The transports before it must not be used any more. Fails: not_found, and what opening
  /// fails with.
  std::function<Result<std::unique_ptr<Transport>>(const DriveIdentity&)> reopen;
};

/// `sim:NAME` (built-in, scenario, image), `replay:FILE`, an image (*.iso, *.cue) in a sound simulated drive, or a device. An empty
/// name: the one drive with a disc in it. Fails: usage (no drive, or several: lists them), and what opening fails with.
Result<Source> open_source(const std::string& name, const SourceOptions& options = {});

}  // namespace pressmark
