// A recorded session, played back as a drive.
#pragma once

#include <memory>

#include "pressmark/error.h"
#include "pressmark/files.h"
#include "pressmark/transport.h"

namespace pressmark {

/// A drive that gives the recorded answers, in the recorded order, on a virtual clock that moves by the recorded times. A
/// program that sends the same commands lives through the same session, on any machine.
///
/// A command that differs in CDB, direction, length or data sent, or comes after the last one, fails with `mismatch`: the
/// error names the line, what was recorded there and what was asked. A last line that was cut off counts as absent. Lines are
/// read as they are needed, so a malformed one fails (parse) when its turn comes.
///
/// Fails: not_found, no_permission, io, parse (not a transcript).
Result<std::unique_ptr<Transport>> open_replay(Files& files, const Path& transcript);

}  // namespace pressmark
