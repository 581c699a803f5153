// Commands to a drive, with its answers judged: what comes back from here is either usable or an Error in words.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "pressmark/error.h"
#include "pressmark/transport.h"

#include "mmc/command.h"

namespace pressmark::drive {

/// What a command is about, where that helps to judge its answer.
struct Asked {
  std::optional<LbaRange> sectors;       ///< read by this command: for words, and to place INFORMATION
  std::chrono::milliseconds timeout{0};  ///< 0: the command's own
  /// A unit attention is news about the past; the command it came with was not carried out. True: send it again
  /// (settings, questions). False: report it (reads, whose answer may now be another disc's).
  bool resend_after_attention = false;
};

/// A Transport and the habits that go with it. Remembers whether any answer spoke of a new medium.
class Channel {
 public:
  explicit Channel(std::unique_ptr<Transport> transport) : transport_(std::move(transport)) {}

  /// Sends a command and returns how many bytes moved. GOOD and recovered errors (key 1) are success. Fails:
  /// sense, no_medium (xx/3A), medium_changed (06/28), busy, and what the transport fails with.
  Result<std::uint32_t> send(const mmc::Cdb& cdb, std::span<std::byte> data = {}, const Asked& asked = {});

  /// Sends a question and returns the part of `buffer` that was filled. Attentions are taken in.
  Result<std::span<const std::byte>> ask(const mmc::Cdb& cdb, std::span<std::byte> buffer);

  /// Sends a read that must fill `out`. Fails also: short_transfer.
  Result<void> read(const mmc::Cdb& cdb, std::span<std::byte> out, const Asked& asked);

  [[nodiscard]] Transport& transport() { return *transport_; }
  [[nodiscard]] Clock& clock() { return transport_->clock(); }
  [[nodiscard]] const TransportInfo& info() const { return transport_->info(); }

  /// True once a drive has said that the medium may have changed (06/28, or a reset, which may hide it).
  [[nodiscard]] bool medium_news() const { return medium_news_; }
  void set_medium_news(bool news) { medium_news_ = news; }
  /// What the last command took; 0 if no answer came.
  [[nodiscard]] Duration last_command_time() const { return last_command_time_; }

 private:
  Result<std::uint32_t> send_once(const mmc::Cdb& cdb, std::span<std::byte> data, const Asked& asked);
  Error judge(const mmc::Cdb& cdb, const Reply& reply, const Asked& asked);
  std::optional<Sense> sense_of(const Reply& reply);

  std::unique_ptr<Transport> transport_;
  bool medium_news_ = false;
  Duration last_command_time_{0};
};

/// True for errors after which asking the drive anything else makes no sense now: it is gone, hangs, or has another
/// disc.
[[nodiscard]] bool ends_the_conversation(const Error& error);

/// True if the drive does not know the command or a field of it (05/20, 05/24, 05/26): a matter of the drive, not of
/// the disc.
[[nodiscard]] bool not_supported(const Error& error);

/// True for a unit attention.
[[nodiscard]] bool is_attention(const Error& error);

}  // namespace pressmark::drive
