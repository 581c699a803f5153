// Every decoder of src/mmc on arbitrary bytes. The first byte chooses the decoder, the rest is the reply. Besides not crashing, what
// is decoded must keep the promises of its header: a table of contents in order, lengths within what came.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "pressmark/sense.h"

#include "mmc/capacity.h"
#include "mmc/cd_text.h"
#include "mmc/command.h"
#include "mmc/configuration.h"
#include "mmc/disc_information.h"
#include "mmc/disc_structure.h"
#include "mmc/event.h"
#include "mmc/inquiry.h"
#include "mmc/mechanism.h"
#include "mmc/mode_page.h"
#include "mmc/performance.h"
#include "mmc/toc.h"

namespace pressmark::mmc {
namespace {

using Bytes = std::span<const std::byte>;

void require(bool condition) {
  if (!condition) std::abort();
}

/// An error of a decoder says what it is about.
template <class T>
void require_words(const Result<T>& result) {
  if (!result) require(result.error().kind == ErrorKind::parse && !result.error().got.empty());
}

void require_tracks(std::span<const TocEntry> tracks, Lba lead_out) {
  require(!tracks.empty());
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    require(tracks[i].track >= 1 && tracks[i].track <= 99);
    require(tracks[i].start < (i + 1 < tracks.size() ? tracks[i + 1].start : lead_out));
    require(i == 0 || tracks[i - 1].track < tracks[i].track);
  }
  require(lead_out <= kCdEnd);
}

void try_sense(Bytes in) {
  const auto sense = decode_sense(in);
  if (!sense) return;
  require(sense->key <= 15 && !meaning(*sense).empty() && to_string(*sense).size() == 8);
  require(to_string(advise(*sense)) != "unknown");
}

void try_toc(Bytes in) {
  const auto toc = decode_toc(in);
  require_words(toc);
  if (toc) require_tracks(toc->tracks, toc->lead_out);
}

void try_full_toc(Bytes in) {
  const auto table = decode_q_table(in);
  require_words(table);
  if (!table) return;
  const auto sessions = sessions_of(*table);
  require_words(sessions);
  if (!sessions) return;
  require(!sessions->empty() && sessions->size() <= 99);
  for (std::size_t i = 0; i < sessions->size(); ++i) {
    const Session& session = (*sessions)[i];
    require_tracks(session.tracks, session.lead_out);
    require(i == 0 || (*sessions)[i - 1].lead_out <= session.tracks.front().start);
  }
}

void try_cd_text(Bytes in) {
  const auto packs = decode_cd_text(in);
  require_words(packs);
  if (!packs) return;
  require(packs->size() * 18 <= in.size());
  for (const CdTextItem& item : cd_text_items(*packs))
    require(item.track <= 99 && item.block <= 7 && !item.text.empty());
}

void try_configuration(Bytes in) {
  const auto configuration = decode_configuration(in);
  require_words(configuration);
  if (!configuration) return;
  std::size_t bytes = 8;
  for (const Feature& feature : configuration->features) bytes += 4 + feature.data.size();
  require(bytes <= in.size());
  (void)serial_number(*configuration);
}

void try_mode_page(Bytes in) {
  for (const PageCode code : {PageCode::error_recovery, PageCode::capabilities}) {
    const auto page = decode_mode_sense_10(in, code);
    require_words(page);
    if (!page) continue;
    require_words(decode_capabilities(*page));
    const auto recovery = decode_recovery_page(*page);
    require_words(recovery);
    if (!recovery) continue;
    // What goes back to the drive and comes again must be the same page.
    const auto again = decode_mode_sense_10(encode_mode_list(with_recovery(*page, *recovery)), code);
    require(again && *decode_recovery_page(*again) == *recovery);
  }
}

void try_structure(Bytes in) {
  const auto pfi = decode_physical_format(in);
  require_words(pfi);
  if (pfi) {
    const auto sectors = pfi->sectors();
    const auto layer_break = pfi->layer_break();
    require(!sectors || (*sectors > 0 && *sectors <= 1 << 25));
    require(!sectors || !layer_break || layer_break->value < *sectors);
  }
  require_words(decode_copyright(in));
  require_words(decode_bd_information(in));
}

void try_performance(Bytes in) {
  const auto nominal = decode_nominal_performance(in);
  require_words(nominal);
  if (nominal)
    for (const NominalPerformance& p : *nominal) require(p.range.count > 0);
  require_words(decode_speed_descriptors(in));
}

void try_small(Bytes in) {
  require_words(decode_inquiry(in));
  require_words(decode_read_capacity(in));
  require_words(decode_media_event(in));
  require_words(decode_mechanism_status(in));
  require_words(decode_session_information(in));
  require_words(decode_atip(in));
  require_words(decode_disc_information(in));
  require_words(decode_track_information(in));
  require(!describe_cdb(in).empty());
}

constexpr std::array kTargets{try_sense,     try_toc,       try_full_toc,    try_cd_text, try_configuration,
                              try_mode_page, try_structure, try_performance, try_small};

}  // namespace
}  // namespace pressmark::mmc

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto in = std::as_bytes(std::span{data, size}).subspan(1);
  pressmark::mmc::kTargets[data[0] % pressmark::mmc::kTargets.size()](in);
  return 0;
}
