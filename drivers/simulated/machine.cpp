// Every command takes the same road: cable, decoder, faults, unit attention, readiness, the command itself, clock,
// trace.
#include "drivers/simulated/machine.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace pressmark::simulated {

Machine::Machine(Scenario scenario) : scenario_(std::move(scenario)), faults_(scenario_.faults) {
  info_ = {.driver = "simulated", .path = scenario_.name, .max_transfer_bytes = scenario_.drive.max_transfer_bytes};
  recovery_ = {0, scenario_.drive.default_retries};
}

Result<std::unique_ptr<SimulatedDrive>> Machine::open(Scenario scenario, std::unique_ptr<Medium> medium) {
  auto machine = std::unique_ptr<Machine>(new Machine(std::move(scenario)));
  const Scenario& s = machine->scenario_;
  for (const FaultSpec& f : s.faults)  // a missing image is told of now, not in the middle of a rip
    if (f.kind == FaultKind::medium_change)
      if (auto later = load_disc(s, f.disc, false); !later) return fail(std::move(later).error());
  if (medium) {
    machine->first_disc_ = std::make_unique<LoadedDisc>(s, s.disc, std::move(medium), true);
  } else {
    auto disc = load_disc(s, s.disc, true);
    if (!disc) return fail(std::move(disc).error());
    machine->first_disc_ = std::move(*disc);
  }
  machine->disc_ = machine->first_disc_.get();
  switch (s.start) {
    case StartState::ready: machine->disc_->mechanism().spin_at_once(); break;
    case StartState::cold:
      machine->attention_.push_back(kReset);
      machine->disc_->mechanism().start(0, 0);
      break;
    case StartState::empty: machine->disc_ = nullptr; break;
    case StartState::open: machine->tray_ = Tray::open; break;
  }
  return machine;
}

Result<Reply> Machine::execute(const Command& command) {
  if (command.cdb_length != 6 && command.cdb_length != 10 && command.cdb_length != 12 && command.cdb_length != 16)
    return fail(lost(ErrorKind::usage, command, fmt::format("a CDB of {} bytes", command.cdb_length),
                     "give 6, 10, 12 or 16 bytes"));
  if (command.data.size() > info_.max_transfer_bytes)
    return fail(
        lost(ErrorKind::usage, command,
             fmt::format("{} bytes in one command; the most is {}", command.data.size(), info_.max_transfer_bytes),
             "ask for fewer sectors at a time"));
  ++log_.commands;
  if (gone_ && !back_again())
    return fail(lost(ErrorKind::device_gone, command, "the drive is not there", "plug it in again and resume"));

  const Request request = decode(command);
  auto mishap = suffer(command, request);
  if (!mishap) return fail(std::move(mishap).error());
  if (mishap->lost) return fail(std::move(*mishap->lost));
  if (mishap->hangs) return time_out(command);

  Answer answer = mishap->sense ? check(*mishap->sense) : run(request);
  if (mishap->sense && request.reads_sectors()) {
    answer.information = static_cast<std::uint32_t>(request.lba);
    ++log_.reads;
    ++log_.failing_reads;
  }
  if (mishap->keep_bytes) answer.transferred = std::min(answer.transferred, *mishap->keep_bytes);
  return finish(command, answer);
}

Result<Machine::Mishap> Machine::suffer(const Command& command, const Request& request) {
  Mishap mishap;
  FaultBoard::Moment moment{.command = log_.commands, .seconds = now(), .read = {}};
  if (request.reads_sectors()) moment.read = LbaRange{Lba{request.lba}, request.amount};
  for (const FaultSpec* f : faults_.strike(moment)) {
    switch (f->kind) {
      case FaultKind::hang: mishap.hangs = true; break;
      case FaultKind::sense: mishap.sense = SenseCode{f->key, f->asc, f->ascq}; break;
      case FaultKind::short_transfer: mishap.keep_bytes = f->keep_bytes; break;
      case FaultKind::unit_attention: attention_.push_back({6, f->asc, f->ascq}); break;
      case FaultKind::eject: open_tray(); break;
      case FaultKind::bus_reset:
        reset();
        mishap.lost = lost(ErrorKind::bus, command, "the bus was reset", "send it again");
        break;
      case FaultKind::pulled_cable:
        gone_ = true;
        if (f->returns_after_s) returns_at_s_ = now() + *f->returns_after_s;
        if (f->returns_after_commands) returns_at_command_ = log_.commands + *f->returns_after_commands;
        mishap.lost = lost(ErrorKind::device_gone, command, "the drive went away", "plug it in again and resume");
        break;
      case FaultKind::medium_change:
        if (auto changed = change_disc(f->disc); !changed) return fail(std::move(changed).error());
        break;
      case FaultKind::dead:
      case FaultKind::marginal:
      case FaultKind::false_good:
      case FaultKind::stale_cache:
      case FaultKind::wrong_lba: break;  // not the board's to strike with
    }
  }
  return mishap;
}

Answer Machine::run(const Request& request) {
  if (request.row == nullptr) return check(kInvalidOpcode);
  if (request.row->opcode == Opcode::read_cd && !scenario_.drive.read_cd) return check(kInvalidOpcode);
  if (request.row->attention == Attention::reports && !attention_.empty()) {
    const SenseCode code = attention_.front();
    attention_.pop_front();
    return check(code);
  }
  if (request.row->needs == Needs::medium)
    if (const auto answer = not_ready()) return *answer;
  return dispatch(request);
}

Answer Machine::dispatch(const Request& request) {
  switch (request.row->opcode) {
    case Opcode::test_unit_ready: return {};
    case Opcode::request_sense: return request_sense(request);
    case Opcode::inquiry: return inquiry(request);
    case Opcode::start_stop_unit: return start_stop_unit(request);
    case Opcode::prevent_allow: return prevent_allow(request);
    case Opcode::read_capacity: return read_capacity(request);
    case Opcode::read_10:
    case Opcode::read_12: return read_blocks(request);
    case Opcode::read_toc: return read_toc(request);
    case Opcode::get_configuration: return get_configuration(request);
    case Opcode::get_event_status: return event_status(request);
    case Opcode::read_disc_information: return read_disc_information(request);
    case Opcode::read_track_information: return read_track_information(request);
    case Opcode::mode_select_10: return mode_select(request);
    case Opcode::mode_sense_10: return mode_sense(request);
    case Opcode::report_luns: return report_luns(request);
    case Opcode::get_performance: return get_performance(request);
    case Opcode::read_disc_structure: return read_disc_structure(request);
    case Opcode::set_streaming: return set_streaming(request);
    case Opcode::set_cd_speed: return set_cd_speed(request);
    case Opcode::mechanism_status: return mechanism_status(request);
    case Opcode::read_cd: return read_cd(request);
  }
  return check(kInvalidOpcode);
}

std::optional<Answer> Machine::not_ready() {
  if (tray_ == Tray::open) return check(kNoMediumOpen);
  if (disc_ == nullptr) return check(kNoMediumClosed);
  if (disc_->mechanism().becoming_ready(now())) return check(kBecomingReady);
  return std::nullopt;
}

bool Machine::back_again() {
  const bool back =
      (returns_at_s_ && now() >= *returns_at_s_) || (returns_at_command_ && log_.commands >= *returns_at_command_);
  if (!back) return false;
  gone_ = false;
  returns_at_s_.reset();
  returns_at_command_.reset();
  reset();
  if (disc_ != nullptr) disc_->mechanism().start(now(), 0);
  return true;
}

void Machine::reset() {
  attention_.push_back(kReset);
  recovery_ = {0, scenario_.drive.default_retries};
  locked_ = false;
}

Result<void> Machine::change_disc(const DiscSpec& spec) {
  auto disc = load_disc(scenario_, spec, false);
  if (!disc) return fail(std::move(disc).error());
  open_tray();
  other_disc_ = std::move(*disc);
  disc_ = other_disc_.get();
  close_tray(scenario_.drive.load_s);
  return {};
}

void Machine::open_tray() {
  if (tray_ == Tray::open) return;
  tray_ = Tray::open;
  locked_ = false;
  event_ = MediaEvent::removed;
  if (disc_ != nullptr) disc_->mechanism().stop();
}

void Machine::close_tray(double extra_s) {
  tray_ = Tray::closed;
  if (disc_ == nullptr) return;
  event_ = MediaEvent::new_media;
  attention_.push_back(kMediumChanged);
  disc_->mechanism().start(now(), extra_s);
}

Result<Reply> Machine::time_out(const Command& command) {
  clock_.advance(command.timeout);
  trace_.add(command.cdb_bytes());
  reset();  // what the host does next: it resets the drive
  return fail(lost(ErrorKind::timeout, command, fmt::format("no answer within {} ms", command.timeout.count()),
                   "the drive was reset; try again later or another way"));
}

Result<Reply> Machine::finish(const Command& command, const Answer& answer) {
  const Duration elapsed = from_seconds(answer.extra_s + scenario_.drive.command_ms / 1000);
  if (elapsed > command.timeout) return time_out(command);
  clock_.advance(elapsed);

  Reply reply{.transferred = answer.transferred, .elapsed = elapsed};
  if (!answer.good()) {
    reply.status = Status::check_condition;
    const ReplyBytes sense = make_sense(scenario_.drive.sense_format, answer.sense,
                                        scenario_.drive.reports_information ? answer.information : std::nullopt);
    std::ranges::copy(sense.bytes(), reply.sense.begin());
    reply.sense_length = static_cast<std::uint8_t>(sense.size());
  }
  trace_.add(command.cdb_bytes());
  trace_.add(static_cast<std::uint64_t>(reply.status));
  trace_.add(reply.sense_bytes());
  trace_.add(static_cast<std::uint64_t>(elapsed.count()));
  trace_.add_sample(command.data.first(reply.transferred));
  return reply;
}

Error Machine::lost(ErrorKind kind, const Command& command, std::string got, std::string next) const {
  const Request request = decode(command);
  return {.kind = kind,
          .tried = request.row != nullptr ? std::string{request.row->name}
                                          : fmt::format("command {:02X}h", std::to_integer<int>(command.cdb[0])),
          .where = info_.path,
          .got = std::move(got),
          .next = std::move(next),
          .sense = {},
          .lba = {}};
}

SimulatedLog Machine::log() const {
  SimulatedLog log = log_;
  log.virtual_seconds = now();
  log.seeks = first_disc_->mechanism().seeks() + (other_disc_ ? other_disc_->mechanism().seeks() : 0);
  log.trace_hash = trace_.value();
  return log;
}

SectorFate Machine::fate(Lba lba) const {
  const LoadedDisc& disc = disc_ != nullptr ? *disc_ : *first_disc_;
  if (&disc == first_disc_.get() && !faults_.falsifiers({lba, 1}).empty()) return SectorFate::false_good;
  return surface_fate(disc, static_cast<std::uint32_t>(std::max(0, lba.value)) / disc.form().block_sectors);
}

/// Tries every way there is: each speed the drive has, each approach.
SectorFate Machine::surface_fate(const LoadedDisc& disc, std::uint32_t block) const {
  const Condition condition = disc.damage().at(block);
  switch (condition.kind) {
    case Condition::Kind::sound: return SectorFate::sound;
    case Condition::Kind::dead: return SectorFate::dead;
    case Condition::Kind::marginal: break;
  }
  bool some = false, all = true;
  const SpeedTable& table = scenario_.drive.speeds(disc.kind());
  const double first = static_cast<double>(block) * disc.form().block_sectors;
  const double share = disc.spiral().place(first).radius_mm / disc.form().outer_mm;
  for (const double set : table.speeds_x) {
    for (const Approach approach : {Approach::sequential, Approach::seek, Approach::spin_up}) {
      const double x = set <= table.clv_up_to_x ? set : set * share;
      const bool reads = attempt(condition, scenario_.seed, block, {.speed_x = x, .approach = approach}).reads;
      some = some || reads;
      all = all && reads;
    }
  }
  return all ? SectorFate::sound : some ? SectorFate::marginal : SectorFate::dead;
}

}  // namespace pressmark::simulated
