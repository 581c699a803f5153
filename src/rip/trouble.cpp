#include "rip/trouble.h"

namespace pressmark {
namespace {

/// 05/xx that speaks of the sectors asked for, whatever state the drive is in: end of a track, its mode, copy protection.
bool speaks_of_the_sectors(const Sense& sense) {
  return sense.key == sense_key::illegal_request && (sense.asc == 0x63 || sense.asc == 0x64 || sense.asc == 0x6F);
}

Trouble trouble_of(const Sense& sense) {
  switch (advise(sense)) {
    case Verdict::none:
    case Verdict::retry: return Trouble::disturbed;
    case Verdict::later: return Trouble::place;
    case Verdict::give_up:
      return sense.key == sense_key::medium_error || speaks_of_the_sectors(sense) ? Trouble::place : Trouble::suspect;
    case Verdict::wait: return Trouble::unready;
    case Verdict::identify: return Trouble::news;
    case Verdict::stop: return Trouble::suspect;
  }
  return Trouble::suspect;
}

}  // namespace

Trouble trouble_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::sense: return error.sense ? trouble_of(*error.sense) : Trouble::suspect;
    case ErrorKind::timeout: return Trouble::suspect;
    case ErrorKind::bus:
    case ErrorKind::short_transfer: return Trouble::disturbed;
    case ErrorKind::busy:
    case ErrorKind::no_medium: return Trouble::unready;
    case ErrorKind::medium_changed: return Trouble::news;
    case ErrorKind::device_gone: return Trouble::gone;
    case ErrorKind::usage:
    case ErrorKind::not_found:
    case ErrorKind::no_permission:
    case ErrorKind::io:
    case ErrorKind::no_space:
    case ErrorKind::parse:
    case ErrorKind::unsupported:
    case ErrorKind::interrupted:
    case ErrorKind::mismatch: return Trouble::person;
  }
  return Trouble::person;
}

bool is_cheap(const Error& error) { return error.sense && error.sense->key == sense_key::illegal_request; }

}  // namespace pressmark
