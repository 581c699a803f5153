// What drives that read say when something is amiss, and what a ripper does about it: one row a sense.
//
// Sources: SPC-4 table of ASC and ASCQ assignments, MMC-6 annex F (sense keys, ASC and ASCQ a multimedia drive sends).
// Verdicts are Pressmark's own. A row with ASCQ `kAny` speaks for all qualifiers of its ASC, one with ASC `kAny` for
// its key.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "pressmark/sense.h"

namespace pressmark::mmc {

/// FFh is vendor specific in both bytes, so no standard row needs it.
inline constexpr std::uint8_t kAny = 0xFF;

struct SenseRow {
  std::uint8_t key, asc, ascq;
  Verdict verdict;
  std::string_view words;

  [[nodiscard]] constexpr auto order() const { return std::tuple{key, asc, ascq}; }
};

// clang-format off
inline constexpr auto kSense = std::to_array<SenseRow>({
    {0x0, 0x00, 0x00, Verdict::none,     "no additional sense information"},
    {0x0, kAny, kAny, Verdict::none,     "no sense"},

    // Recovered: the data came, the drive only tells what it cost.
    {0x1, 0x0B, 0x01, Verdict::none,     "warning: temperature exceeded"},
    {0x1, 0x17, 0x00, Verdict::none,     "recovered data with no error correction applied"},
    {0x1, 0x17, 0x01, Verdict::none,     "recovered data with retries"},
    {0x1, 0x17, 0x02, Verdict::none,     "recovered data with positive head offset"},
    {0x1, 0x17, 0x03, Verdict::none,     "recovered data with negative head offset"},
    {0x1, 0x17, 0x04, Verdict::none,     "recovered data with retries and/or CIRC applied"},
    {0x1, 0x17, 0x05, Verdict::none,     "recovered data using previous sector ID"},
    {0x1, 0x18, 0x00, Verdict::none,     "recovered data with error correction applied"},
    {0x1, 0x18, 0x01, Verdict::none,     "recovered data with error correction and retries applied"},
    {0x1, 0x18, 0x02, Verdict::none,     "recovered data: the data was auto-reallocated"},
    {0x1, 0x18, 0x03, Verdict::none,     "recovered data with CIRC"},
    {0x1, 0x18, 0x04, Verdict::none,     "recovered data with L-EC"},
    {0x1, 0x18, 0x08, Verdict::none,     "recovered data with linking"},
    {0x1, 0x37, 0x00, Verdict::none,     "rounded parameter"},
    {0x1, 0x5D, kAny, Verdict::none,     "failure prediction threshold exceeded"},
    {0x1, 0x73, kAny, Verdict::none,     "CD control: power calibration was recovered"},
    {0x1, kAny, kAny, Verdict::none,     "recovered error"},

    {0x2, 0x04, 0x00, Verdict::wait,     "logical unit not ready, cause not reportable"},
    {0x2, 0x04, 0x01, Verdict::wait,     "logical unit is in process of becoming ready"},
    {0x2, 0x04, 0x02, Verdict::wait,     "logical unit not ready, initializing command required"},
    {0x2, 0x04, 0x03, Verdict::give_up,  "logical unit not ready, manual intervention required"},
    {0x2, 0x04, 0x04, Verdict::wait,     "logical unit not ready, format in progress"},
    {0x2, 0x04, 0x07, Verdict::wait,     "logical unit not ready, operation in progress"},
    {0x2, 0x04, 0x08, Verdict::wait,     "logical unit not ready, long write in progress"},
    {0x2, 0x04, 0x09, Verdict::wait,     "logical unit not ready, self-test in progress"},
    {0x2, 0x04, kAny, Verdict::wait,     "logical unit not ready"},
    {0x2, 0x06, 0x00, Verdict::later,    "no reference position found"},
    {0x2, 0x30, 0x00, Verdict::give_up,  "incompatible medium installed"},
    {0x2, 0x30, 0x01, Verdict::give_up,  "cannot read medium, unknown format"},
    {0x2, 0x30, 0x02, Verdict::give_up,  "cannot read medium, incompatible format"},
    {0x2, 0x30, 0x03, Verdict::give_up,  "cleaning cartridge installed"},
    {0x2, 0x30, kAny, Verdict::give_up,  "incompatible medium installed"},
    {0x2, 0x3A, 0x00, Verdict::give_up,  "medium not present"},
    {0x2, 0x3A, 0x01, Verdict::give_up,  "medium not present, tray closed"},
    {0x2, 0x3A, 0x02, Verdict::give_up,  "medium not present, tray open"},
    {0x2, 0x3A, 0x03, Verdict::give_up,  "medium not present, loadable"},
    {0x2, 0x3A, kAny, Verdict::give_up,  "medium not present"},
    {0x2, 0x3E, 0x00, Verdict::wait,     "logical unit has not self-configured yet"},
    {0x2, 0x4C, 0x00, Verdict::stop,     "logical unit failed self-configuration"},
    {0x2, 0x57, 0x00, Verdict::give_up,  "unable to recover table of contents"},
    {0x2, kAny, kAny, Verdict::wait,     "not ready"},

    {0x3, 0x02, 0x00, Verdict::later,    "no seek complete"},
    {0x3, 0x06, 0x00, Verdict::later,    "no reference position found"},
    {0x3, 0x09, 0x00, Verdict::later,    "track following error"},
    {0x3, 0x09, 0x01, Verdict::later,    "tracking servo failure"},
    {0x3, 0x09, 0x02, Verdict::later,    "focus servo failure"},
    {0x3, 0x09, 0x03, Verdict::later,    "spindle servo failure"},
    {0x3, 0x0C, kAny, Verdict::give_up,  "write error"},
    {0x3, 0x10, 0x00, Verdict::later,    "ID CRC or ECC error"},
    {0x3, 0x11, 0x00, Verdict::later,    "unrecovered read error"},
    {0x3, 0x11, 0x01, Verdict::later,    "read retries exhausted"},
    {0x3, 0x11, 0x02, Verdict::later,    "error too long to correct"},
    {0x3, 0x11, 0x05, Verdict::later,    "L-EC uncorrectable error"},
    {0x3, 0x11, 0x06, Verdict::later,    "CIRC unrecovered error"},
    {0x3, 0x11, 0x0F, Verdict::later,    "error reading UPC/EAN number"},
    {0x3, 0x11, 0x10, Verdict::later,    "error reading ISRC number"},
    {0x3, 0x11, kAny, Verdict::later,    "unrecovered read error"},
    {0x3, 0x14, 0x00, Verdict::later,    "recorded entity not found"},
    {0x3, 0x14, 0x01, Verdict::later,    "record not found"},
    {0x3, 0x15, 0x00, Verdict::later,    "random positioning error"},
    {0x3, 0x15, 0x01, Verdict::later,    "mechanical positioning error"},
    {0x3, 0x15, 0x02, Verdict::later,    "positioning error detected by read of medium"},
    {0x3, 0x30, 0x00, Verdict::give_up,  "incompatible medium installed"},
    {0x3, 0x30, 0x01, Verdict::give_up,  "cannot read medium, unknown format"},
    {0x3, 0x30, 0x02, Verdict::give_up,  "cannot read medium, incompatible format"},
    {0x3, 0x31, 0x00, Verdict::give_up,  "medium format corrupted"},
    {0x3, 0x51, 0x00, Verdict::give_up,  "erase failure"},
    {0x3, 0x57, 0x00, Verdict::give_up,  "unable to recover table of contents"},
    {0x3, 0x72, kAny, Verdict::give_up,  "session fixation error"},
    {0x3, 0x73, kAny, Verdict::give_up,  "CD control error"},
    {0x3, kAny, kAny, Verdict::later,    "medium error"},

    // A servo that loses its hold is reported as hardware though the disc threw it off: another place, or another
    // speed, reads.
    {0x4, 0x00, 0x17, Verdict::stop,     "cleaning requested"},
    {0x4, 0x02, 0x00, Verdict::later,    "no seek complete"},
    {0x4, 0x06, 0x00, Verdict::later,    "no reference position found"},
    {0x4, 0x08, 0x00, Verdict::stop,     "logical unit communication failure"},
    {0x4, 0x08, 0x01, Verdict::stop,     "logical unit communication time-out"},
    {0x4, 0x08, 0x02, Verdict::stop,     "logical unit communication parity error"},
    {0x4, 0x08, 0x03, Verdict::stop,     "logical unit communication CRC error (Ultra-DMA/32)"},
    {0x4, 0x09, 0x00, Verdict::later,    "track following error"},
    {0x4, 0x09, 0x01, Verdict::later,    "tracking servo failure"},
    {0x4, 0x09, 0x02, Verdict::later,    "focus servo failure"},
    {0x4, 0x09, 0x03, Verdict::later,    "spindle servo failure"},
    {0x4, 0x09, 0x04, Verdict::later,    "head select fault"},
    {0x4, 0x15, 0x00, Verdict::later,    "random positioning error"},
    {0x4, 0x15, 0x01, Verdict::later,    "mechanical positioning error"},
    {0x4, 0x1B, 0x00, Verdict::stop,     "synchronous data transfer error"},
    {0x4, 0x3B, 0x16, Verdict::stop,     "mechanical or electrical changer error"},
    {0x4, 0x3E, 0x01, Verdict::stop,     "logical unit failure"},
    {0x4, 0x3E, 0x02, Verdict::later,    "time-out on logical unit"},
    {0x4, 0x40, kAny, Verdict::stop,     "diagnostic failure on component"},
    {0x4, 0x44, 0x00, Verdict::stop,     "internal target failure"},
    {0x4, 0x46, 0x00, Verdict::stop,     "unsuccessful soft reset"},
    {0x4, 0x47, 0x00, Verdict::stop,     "SCSI parity error"},
    {0x4, 0x4A, 0x00, Verdict::stop,     "command phase error"},
    {0x4, 0x4B, 0x00, Verdict::stop,     "data phase error"},
    {0x4, 0x4C, 0x00, Verdict::stop,     "logical unit failed self-configuration"},
    {0x4, 0x53, 0x00, Verdict::stop,     "media load or eject failed"},
    {0x4, 0x65, 0x00, Verdict::stop,     "voltage fault"},
    {0x4, kAny, kAny, Verdict::stop,     "hardware error"},

    {0x5, 0x07, 0x00, Verdict::give_up,  "multiple peripheral devices selected"},
    {0x5, 0x1A, 0x00, Verdict::give_up,  "parameter list length error"},
    {0x5, 0x20, 0x00, Verdict::give_up,  "invalid command operation code"},
    {0x5, 0x21, 0x00, Verdict::give_up,  "logical block address out of range"},
    {0x5, 0x21, 0x01, Verdict::give_up,  "invalid element address"},
    {0x5, 0x21, 0x02, Verdict::give_up,  "invalid address for write"},
    {0x5, 0x21, 0x03, Verdict::give_up,  "invalid write crossing layer jump"},
    {0x5, 0x24, 0x00, Verdict::give_up,  "invalid field in CDB"},
    {0x5, 0x25, 0x00, Verdict::give_up,  "logical unit not supported"},
    {0x5, 0x26, 0x00, Verdict::give_up,  "invalid field in parameter list"},
    {0x5, 0x26, 0x01, Verdict::give_up,  "parameter not supported"},
    {0x5, 0x26, 0x02, Verdict::give_up,  "parameter value invalid"},
    {0x5, 0x26, 0x03, Verdict::give_up,  "threshold parameters not supported"},
    {0x5, 0x2B, 0x00, Verdict::give_up,  "copy cannot execute since initiator cannot disconnect"},
    {0x5, 0x2C, 0x00, Verdict::give_up,  "command sequence error"},
    {0x5, 0x2C, 0x03, Verdict::give_up,  "current program area is not empty"},
    {0x5, 0x2C, 0x04, Verdict::give_up,  "current program area is empty"},
    {0x5, 0x30, 0x00, Verdict::give_up,  "incompatible medium installed"},
    {0x5, 0x30, 0x01, Verdict::give_up,  "cannot read medium, unknown format"},
    {0x5, 0x30, 0x02, Verdict::give_up,  "cannot read medium, incompatible format"},
    {0x5, 0x30, kAny, Verdict::give_up,  "incompatible medium installed"},
    {0x5, 0x39, 0x00, Verdict::give_up,  "saving parameters not supported"},
    {0x5, 0x3D, 0x00, Verdict::give_up,  "invalid bits in identify message"},
    {0x5, 0x43, 0x00, Verdict::give_up,  "message error"},
    {0x5, 0x53, 0x02, Verdict::give_up,  "medium removal prevented"},
    {0x5, 0x55, 0x00, Verdict::give_up,  "system resource failure"},
    {0x5, 0x57, 0x00, Verdict::give_up,  "unable to recover table of contents"},
    {0x5, 0x63, 0x00, Verdict::give_up,  "end of user area encountered on this track"},
    {0x5, 0x63, 0x01, Verdict::give_up,  "packet does not fit in available space"},
    {0x5, 0x64, 0x00, Verdict::give_up,  "illegal mode for this track"},
    {0x5, 0x64, 0x01, Verdict::give_up,  "invalid packet size"},
    {0x5, 0x6F, 0x00, Verdict::give_up,  "copy protection key exchange failure, authentication failure"},
    {0x5, 0x6F, 0x01, Verdict::give_up,  "copy protection key exchange failure, key not present"},
    {0x5, 0x6F, 0x02, Verdict::give_up,  "copy protection key exchange failure, key not established"},
    {0x5, 0x6F, 0x03, Verdict::give_up,  "read of scrambled sector without authentication"},
    {0x5, 0x6F, 0x04, Verdict::give_up,  "media region code does not match the logical unit's region"},
    {0x5, 0x6F, 0x05, Verdict::give_up,  "logical unit region must be permanent, or region reset count error"},
    {0x5, 0x6F, 0x06, Verdict::give_up,  "insufficient block count for binding nonce recording"},
    {0x5, 0x6F, 0x07, Verdict::give_up,  "conflict in binding nonce recording"},
    {0x5, 0x6F, kAny, Verdict::give_up,  "copy protection"},
    {0x5, 0x72, kAny, Verdict::give_up,  "session fixation error"},
    {0x5, kAny, kAny, Verdict::give_up,  "illegal request"},

    // A reset may hide a change of disc and loses speed and mode pages: look again before storing anything.
    {0x6, 0x0B, 0x01, Verdict::retry,    "warning: temperature exceeded"},
    {0x6, 0x28, 0x00, Verdict::identify, "not ready to ready change, medium may have changed"},
    {0x6, 0x28, 0x01, Verdict::identify, "import or export element accessed"},
    {0x6, 0x28, 0x02, Verdict::identify, "format-layer may have changed"},
    {0x6, 0x28, kAny, Verdict::identify, "medium may have changed"},
    {0x6, 0x29, 0x00, Verdict::identify, "power on, reset, or bus device reset occurred"},
    {0x6, 0x29, 0x01, Verdict::identify, "power on occurred"},
    {0x6, 0x29, 0x02, Verdict::identify, "SCSI bus reset occurred"},
    {0x6, 0x29, 0x03, Verdict::identify, "bus device reset function occurred"},
    {0x6, 0x29, 0x04, Verdict::identify, "device internal reset"},
    {0x6, 0x29, kAny, Verdict::identify, "reset occurred"},
    {0x6, 0x2A, 0x00, Verdict::retry,    "parameters changed"},
    {0x6, 0x2A, 0x01, Verdict::retry,    "mode parameters changed"},
    {0x6, 0x2A, 0x02, Verdict::retry,    "log parameters changed"},
    {0x6, 0x2A, kAny, Verdict::retry,    "parameters changed"},
    {0x6, 0x2E, 0x00, Verdict::retry,    "insufficient time for operation"},
    {0x6, 0x2F, 0x00, Verdict::retry,    "commands cleared by another initiator"},
    {0x6, 0x3A, 0x00, Verdict::give_up,  "medium not present"},
    {0x6, 0x3A, kAny, Verdict::give_up,  "medium not present"},
    {0x6, 0x3F, 0x00, Verdict::retry,    "target operating conditions have changed"},
    {0x6, 0x3F, 0x01, Verdict::identify, "microcode has been changed"},
    {0x6, 0x3F, 0x02, Verdict::identify, "changed operating definition"},
    {0x6, 0x3F, 0x03, Verdict::identify, "INQUIRY data has changed"},
    {0x6, 0x3F, kAny, Verdict::retry,    "target operating conditions have changed"},
    {0x6, 0x5A, 0x00, Verdict::retry,    "operator request or state change input"},
    {0x6, 0x5A, 0x01, Verdict::retry,    "operator medium removal request"},
    {0x6, 0x5A, kAny, Verdict::retry,    "operator request"},
    {0x6, 0x5D, kAny, Verdict::retry,    "failure prediction threshold exceeded"},
    {0x6, 0x5E, kAny, Verdict::retry,    "power condition changed"},
    {0x6, kAny, kAny, Verdict::identify, "unit attention"},

    {0x7, 0x27, kAny, Verdict::give_up,  "write protected"},
    {0x7, kAny, kAny, Verdict::give_up,  "data protect"},

    {0x8, 0x00, 0x00, Verdict::later,    "blank medium, nothing recorded here"},
    {0x8, kAny, kAny, Verdict::later,    "blank check, nothing recorded here"},
    {0x9, kAny, kAny, Verdict::later,    "vendor specific sense key"},
    {0xA, kAny, kAny, Verdict::give_up,  "copy aborted"},

    {0xB, 0x00, 0x06, Verdict::retry,    "I/O process terminated"},
    {0xB, 0x08, kAny, Verdict::retry,    "logical unit communication failure"},
    {0xB, 0x11, kAny, Verdict::retry,    "read error, command aborted"},
    {0xB, 0x1B, 0x00, Verdict::retry,    "synchronous data transfer error"},
    {0xB, 0x43, 0x00, Verdict::retry,    "message error"},
    {0xB, 0x44, 0x00, Verdict::retry,    "internal target failure"},
    {0xB, 0x45, 0x00, Verdict::retry,    "select or reselect failure"},
    {0xB, 0x47, kAny, Verdict::retry,    "SCSI parity error"},
    {0xB, 0x48, 0x00, Verdict::retry,    "initiator detected error message received"},
    {0xB, 0x49, 0x00, Verdict::retry,    "invalid message error"},
    {0xB, 0x4A, 0x00, Verdict::retry,    "command phase error"},
    {0xB, 0x4B, 0x00, Verdict::retry,    "data phase error"},
    {0xB, 0x4E, 0x00, Verdict::retry,    "overlapped commands attempted"},
    {0xB, kAny, kAny, Verdict::retry,    "aborted command"},

    {0xC, kAny, kAny, Verdict::give_up,  "obsolete sense key (equal)"},
    {0xD, kAny, kAny, Verdict::give_up,  "volume overflow"},
    {0xE, kAny, kAny, Verdict::give_up,  "miscompare"},
    {0xF, kAny, kAny, Verdict::none,     "completed"},
});
// clang-format on

static_assert(
    [] {
      for (std::size_t i = 1; i < kSense.size(); ++i) {
        if (!(kSense[i - 1].order() < kSense[i].order())) return false;
      }
      return true;
    }(),
    "rows are in order of key, ASC, ASCQ and none appears twice; `kAny` sorts last");
static_assert(
    [] {
      std::uint32_t keys = 0;
      for (const SenseRow& row : kSense) {
        if (row.words.empty() || row.key > 15 || (row.asc == kAny && row.ascq != kAny)) return false;
        if (row.asc == kAny) keys |= 1U << row.key;
      }
      return keys == 0xFFFF;
    }(),
    "every key has a row of its own to fall back to, and every row has words");

}  // namespace pressmark::mmc
