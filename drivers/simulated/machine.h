// The simulated drive itself: state, and one member function for each command it knows.
//
// commands_unit.cpp      INQUIRY, readiness, tray, events
// commands_features.cpp  GET CONFIGURATION, mode pages, performance and speed
// commands_disc.cpp      capacity, TOC, disc and track information, structures
// commands_read.cpp      READ(10), READ(12), READ CD
// machine.cpp            what happens around every command: faults, readiness, time, trace
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "pressmark/simulated.h"

#include "drivers/simulated/answer.h"
#include "drivers/simulated/cdb.h"
#include "drivers/simulated/fault_board.h"
#include "drivers/simulated/loaded_disc.h"
#include "drivers/simulated/raw_sector.h"
#include "drivers/simulated/scenario.h"
#include "drivers/simulated/trace.h"

namespace pressmark::simulated {

class Machine final : public SimulatedDrive {
 public:
  /// Puts the scenario's disc into the tray. `medium` (may be null) replaces what the scenario's disc says.
  static Result<std::unique_ptr<SimulatedDrive>> open(Scenario scenario, std::unique_ptr<Medium> medium);

  Result<Reply> execute(const Command& command) override;
  [[nodiscard]] const TransportInfo& info() const override { return info_; }
  [[nodiscard]] Clock& clock() override { return clock_; }
  [[nodiscard]] SimulatedLog log() const override;
  [[nodiscard]] SectorFate fate(Lba lba) const override;
  [[nodiscard]] Medium& pristine() override { return first_disc_->medium(); }
  [[nodiscard]] std::string description() const override;

 private:
  enum class Tray : std::uint8_t { closed, open };
  enum class MediaEvent : std::uint8_t { none = 0, new_media = 2, removed = 3 };  // MMC-6 table 283

  explicit Machine(Scenario scenario);

  // Around every command.
  struct Mishap {
    bool hangs = false;
    std::optional<SenseCode> sense;
    std::optional<std::uint32_t> keep_bytes;
    std::optional<Error> lost;  ///< the command does not reach the drive
  };
  [[nodiscard]] Result<Mishap> suffer(const Command& command, const Request& request);
  [[nodiscard]] Answer run(const Request& request);
  [[nodiscard]] Answer dispatch(const Request& request);
  [[nodiscard]] std::optional<Answer> not_ready();
  [[nodiscard]] bool back_again();
  Result<Reply> time_out(const Command& command);
  [[nodiscard]] Result<Reply> finish(const Command& command, const Answer& answer);
  [[nodiscard]] Error lost(ErrorKind kind, const Command& command, std::string got, std::string next) const;
  [[nodiscard]] double now() const { return seconds(clock_.now()); }
  [[nodiscard]] SectorFate surface_fate(const LoadedDisc& disc, std::uint32_t block) const;
  [[nodiscard]] std::array<std::uint64_t, 4> count_fates() const;
  void reset();
  Result<void> change_disc(const DiscSpec& spec);
  void open_tray();
  void close_tray(double extra_s);

  // One for each command.
  Answer inquiry(const Request& request);
  Answer request_sense(const Request& request);
  Answer start_stop_unit(const Request& request);
  Answer prevent_allow(const Request& request);
  Answer report_luns(const Request& request);
  Answer event_status(const Request& request);
  Answer mechanism_status(const Request& request);
  Answer get_configuration(const Request& request);
  Answer mode_sense(const Request& request);
  Answer mode_select(const Request& request);
  Answer get_performance(const Request& request);
  Answer set_streaming(const Request& request);
  Answer set_cd_speed(const Request& request);
  Answer read_capacity(const Request& request);
  Answer read_toc(const Request& request);
  Answer read_disc_information(const Request& request);
  Answer read_track_information(const Request& request);
  Answer read_disc_structure(const Request& request);
  Answer read_blocks(const Request& request);
  Answer read_cd(const Request& request);

  // Shared by several of them.
  [[nodiscard]] std::uint16_t current_profile() const;
  [[nodiscard]] ReplyBytes error_recovery_page(std::uint8_t page_control) const;
  [[nodiscard]] ReplyBytes capabilities_page(std::uint8_t page_control) const;
  void apply_speed(double kilobytes_per_second);

  // Reading (commands_read.cpp).
  struct ReadPlan;
  Answer read(const ReadPlan& plan, const Request& request);
  [[nodiscard]] std::optional<SenseCode> refuses(const ReadPlan& plan) const;
  [[nodiscard]] std::optional<SenseCode> fill(const ReadPlan& plan, std::uint32_t count, std::span<std::byte> out);
  [[nodiscard]] bool raw_sector(Lba lba, std::span<std::byte, kRawBytes> raw);
  [[nodiscard]] std::optional<SenseCode> make_sector(const ReadPlan& plan, Lba lba, Lba content,
                                                     std::span<std::byte> out);
  void falsify(const ReadPlan& plan, std::uint32_t count, const Mechanism::Outcome& outcome, std::span<std::byte> out);
  void falsify_sector(const FaultSpec& fault, const ReadPlan& plan, Lba lba, std::span<std::byte> out);
  void scar(const ReadPlan& plan, Lba lba, const Way& way, std::span<std::byte> out);

  Scenario scenario_;
  TransportInfo info_;
  VirtualClock clock_;
  FaultBoard faults_;
  Trace trace_;
  SimulatedLog log_;

  std::unique_ptr<LoadedDisc> first_disc_;  ///< the scenario's own, for the oracle
  std::unique_ptr<LoadedDisc> other_disc_;  ///< after a medium change
  LoadedDisc* disc_ = nullptr;              ///< in the tray; null: none
  Tray tray_ = Tray::closed;
  bool locked_ = false;
  std::deque<SenseCode> attention_;
  MediaEvent event_ = MediaEvent::none;
  std::array<std::uint8_t, 2> recovery_{};  ///< mode page 01h bytes 2 and 3
  std::optional<LbaRange> last_read_;
  std::unordered_map<std::int32_t, std::uint32_t> raw_visits_;  ///< readings so far of each damaged raw sector

  bool gone_ = false;
  std::optional<double> returns_at_s_;
  std::optional<std::uint64_t> returns_at_command_;
};

}  // namespace pressmark::simulated
