# What goes wrong in mid-rip, on a real kernel's drive: whatever it was, nothing is lost and the next run ends the job.
source "$(dirname "$0")"/lib.sh

make_image disc.iso 12
make_image other.iso 11
disc='"disc": {"image": "disc.iso", "kind": "cd"}, "drive": {}'
scenario() { echo "{$disc, \"faults\": [$2]}" >"$1".json; }
rip() { "$PRESSMARK" rip "$SR" -o "$@"; }

scenario reset '{"fault": "bus-reset", "when": {"lba": 3000}}'
serve sim:reset.json
check "a bus reset is survived" rip reset
check "... with the right bytes" cmp reset.iso disc.iso
unserve

scenario cable '{"fault": "pulled-cable", "when": {"lba": 3000}, "returns_after_s": 1}'
serve sim:cable.json
check "a cable pulled and plugged in again is survived" rip replugged
says "... and said" 'the drive is back, with the same disc'
check "... with the right bytes" cmp replugged.iso disc.iso
unserve
serve sim:cable.json
expect "a pulled cable that nobody waits for ends the run" 3 rip cable --wait-for-drive 0s
hear 'plugged in' || miss "the drive comes back"
check "the next run goes on" rip cable
says "... where the last one ended" 'continuing: 29[0-9]+ of' 
check "... with the right bytes" cmp cable.iso disc.iso
unserve

scenario changed '{"fault": "medium-change", "when": {"lba": 3000}, "disc": {"image": "other.iso", "kind": "cd"}}'
serve sim:changed.json
expect "a changed disc ends the run" 3 rip changed
expect "another disc is not mixed in" 3 rip changed
echo "{$disc}" >first.json
tell "load sim:first.json" loaded
check "the first disc again: the run goes on" rip changed
check "... with the right bytes" cmp changed.iso disc.iso
unserve

echo "{$disc}" >full.json
serve sim:full.json
mkdir small && mount -t tmpfs -o size=6m none small
expect "a full disk ends the run" 3 rip small/full
says "... and is named" 'space'
mount -o remount,size=40m small
check "with room the run goes on" rip small/full
check "... with the right bytes" cmp small/full.iso disc.iso
umount small
unserve

make_image large.iso 150
echo '{"disc": {"image": "large.iso", "kind": "cd"}, "drive": {}}' >large.json
serve sim:large.json
for size in 20 135 145; do  # a map is written every 128 MiB
  rip_until killed "$SR" $size
  kill -KILL $rip && pass "killed with $size MiB written" || miss "killed with $size MiB written"
  wait $rip 2>/dev/null
  [ -e killed.map ] || continue
  check "... and the map claims nothing that is not there" good_sectors_equal killed.map killed.iso.part large.iso
done
check "the next run ends the job" rip killed
check "... with the right bytes" cmp killed.iso large.iso
unserve
finish
