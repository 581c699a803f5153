// What is true of every medium.
#include "pressmark/medium.h"

namespace pressmark {

const MediumTrack* track_at(const Medium& medium, Lba lba) {
  for (const MediumTrack& track : medium.tracks())
    if (lba >= track.start - track.pregap && lba < track.start + track.sectors) return &track;
  return nullptr;
}

}  // namespace pressmark
