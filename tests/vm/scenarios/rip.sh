# The main job as an ordinary user on a real kernel's drive: a clean disc, a damaged one, and what other programs make of them.
source "$(dirname "$0")"/lib.sh

cp "$SOURCES"/udev-rules/60-pressmark.rules /etc/udev/rules.d/
udevadm control --reload
make_image disc.iso 12
mkdir out && chmod 777 out . && cd out || exit 125
cdrom=$(getent group cdrom | cut -d: -f3)
as_user() { setpriv --reuid 12345 --regid 12345 --groups "$cdrom" -- "$@"; }
as_stranger() { setpriv --reuid 12345 --regid 12345 --clear-groups -- "$@"; }

echo '{"disc": {"image": "../disc.iso", "kind": "cd"}, "drive": {}}' >clean.json
serve sim:clean.json
check "an ordinary user finds the drive" as_user "$PRESSMARK" drives
says "... by its node and name" "$SR.*SIM"
check "rips it without naming it" as_user "$PRESSMARK" rip -o clean
check "the image is the disc" cmp clean.iso ../disc.iso
says "every sector is proven" '"proven"' clean.rip.json
expect "a user without access is refused" 3 as_stranger "$PRESSMARK" rip "$SR" -o stranger
says "... and told what to type" 'usermod -aG cdrom'
check "sg takes the same" as_user "$PRESSMARK" rip "$SG" -o generic
check "... and gives the same" cmp generic.iso ../disc.iso

check "cd-info reads the disc" cd-info --no-cddb -C "$SR"
says "... and sees its file system" 'ISO 9660'
check "readom reads the disc" readom dev="$SR" f=readom.iso
check "... to the same bytes" cmp -n "$(stat -c %s ../disc.iso)" readom.iso ../disc.iso
check "ddrescue reads the disc" ddrescue -q -b2048 "$SR" ddrescue.iso ddrescue.map
check "... to the same bytes" cmp ddrescue.iso ../disc.iso
check "xorriso extracts a file" xorriso -abort_on FAILURE -osirrox on -indev "$SR" -extract /noise noise
xorriso -osirrox on -indev ../disc.iso -extract /noise truth >/dev/null 2>&1
check "... with the same bytes" cmp noise truth
unserve

# A drive that gives no damaged raw sectors: its own sense must come through.
cat >damaged.json <<'J'
{"disc": {"image": "../disc.iso", "kind": "cd"}, "drive": {"model": "raw-refuser"},
 "faults": [{"fault": "marginal", "first": 2000, "count": 6, "max_speed_x": 8},
            {"fault": "dead", "first": 2041, "count": 3}, {"fault": "dead", "first": 4120, "count": 2}]}
J
serve sim:damaged.json
expect "a damaged disc is bad news" 1 as_user "$PRESSMARK" rip "$SR" -o damaged
[ "$(unreadable damaged.map)" = "2041+3 4120+2 " ] && pass "exactly the dead sectors are unreadable" ||
  miss "exactly the dead sectors are unreadable: $(unreadable damaged.map)"
check "all others are the disc's" good_sectors_equal damaged.map damaged.iso ../disc.iso
says "the record has the drive's sense" '03/11/05' damaged.rip.json
ddrescue -q -b2048 -d "$SR" both.iso both.map
check "ddrescue agrees on what is good" good_sectors_equal both.map both.iso ../disc.iso
unserve
finish
