// From what a user types to a transport: `/dev/sr0`, `sim:demo`, `game.iso`, `replay:session.jsonl`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

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
  SimulatedDrive* simulated =
      nullptr;  ///< the drive behind it, where it is a simulated one; lives as long as the transport
};

/// `sim:NAME` (built-in, scenario, image), `replay:FILE`, an image (*.iso, *.cue) in a sound simulated drive, or a device. An empty
/// name: the one drive with a disc in it. Fails: usage (no drive, or several: lists them), and what opening fails with.
Result<Source> open_source(const std::string& name, const SourceOptions& options = {});

}  // namespace pressmark
