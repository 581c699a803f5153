// A transport that writes down everything that passes through another.
#pragma once

#include <memory>

#include "pressmark/error.h"
#include "pressmark/files.h"
#include "pressmark/transport.h"

namespace pressmark {

/// Passes each command to the transport inside and appends command and answer to a transcript (docs/transcript.md) before it returns:
/// a killed program leaves all it did, but perhaps the last line. Not synced: a power cut may lose more.
///
/// Recording never disturbs: when a line cannot be written (disk full), recording ends, answers go on as before, and `recording`
/// tells of it.
class RecordingTransport : public Transport {
 public:
  /// The line that could not be written, or nothing wrong.
  [[nodiscard]] virtual Result<void> recording() const = 0;
};

/// `files` outlives the transport. Fails: usage (the transcript exists already: it is never overwritten), no_permission, not_found, no_space, io.
Result<std::unique_ptr<RecordingTransport>> record_to(Files& files, const Path& transcript,
                                                      std::unique_ptr<Transport> inside);

}  // namespace pressmark
