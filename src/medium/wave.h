// The samples of a WAVE file (RIFF, Microsoft's multimedia programming interface 1.0), as far as a CD can carry them.
#pragma once

#include <cstdint>
#include <string_view>

#include "pressmark/error.h"
#include "pressmark/files.h"

namespace pressmark {

struct WaveSamples {
  std::uint64_t offset = 0;  ///< of the first sample in the file
  std::uint64_t bytes = 0;   ///< never past the end of the file
};

/// Finds the samples. Fails: parse (not a WAVE file, or one without `fmt ` or `data`), unsupported (anything but 44,100 Hz, two
/// channels, 16 bits, PCM), io. `where` names the file in errors.
Result<WaveSamples> find_wave_samples(File& file, std::string_view where);

}  // namespace pressmark
