# The recovery bench compares with what other programs read. Here the programs themselves are put on the same discs, and
# what reached the drive must be what the bench says, read by read.
source "$(dirname "$0")"/lib.sh

# Damage of all sorts for skips, trims and scrapes: alone, in runs, close together, at odd places of 64 KiB.
drive='"drive": {"honours_retry_count": false, "failed_read_s": 1, "failed_read_min_s": 1}'
dead() { # first sectors of ECC blocks of $1 sectors
  local size=$1 first list=
  shift
  for first; do list+=${list:+, }"{\"fault\": \"dead\", \"first\": $((first * size)), \"count\": $size}"; done
  echo "$list"
}
echo "{\"disc\": {\"kind\": \"dvd\", \"sectors\": 12000}, $drive, \"faults\": [$(dead 16 100 201 202 203 230 300 302 304 500 501 640 641 642 643 644 645 700)]}" >dvd.json
echo "{\"disc\": {\"kind\": \"bd\", \"sectors\": 12000}, $drive, \"faults\": [$(dead 32 50 101 102 103 130 132 134 300)]}" >bd.json
echo "{\"disc\": {\"kind\": \"cd\", \"sectors\": 6000}, $drive, \"faults\": [$(dead 1 1000 1001 1002 1040 1041 2000 3100 3104 4999)]}" >cd.json
echo "{\"disc\": {\"kind\": \"dvd\", \"sectors\": 2000}, $drive, \"faults\": [$(dead 16 60)]}" >small.json

FROM=
# same STRATEGY DISC COMMAND...: DEV in the command is the drive. FROM=--from-start: see baseline_reads.
same() {
  local strategy=$1 disc=$2
  shift 2
  rm -f out.img out.map asked.jsonl
  serve sim:$disc.json --record asked.jsonl
  "${@//DEV/$SR}" >$work/last 2>&1 </dev/null
  unserve
  expect "$strategy on $disc: $*" 0 "$TESTS"/vm/baseline_reads "$strategy" $disc.json asked.jsonl $FROM
  tail -n 1 $work/last
}

same ddrescue-2048 dvd ddrescue -d -b2048 DEV out.img out.map
expect "reads of another setting are told apart" 1 "$TESTS"/vm/baseline_reads ddrescue-ecc dvd.json asked.jsonl
same ddrescue-2048-r3 dvd ddrescue -d -b2048 -r3 DEV out.img out.map
same ddrescue-ecc dvd ddrescue -d -b32768 -c1 DEV out.img out.map
same ddrescue-ecc-r3 dvd ddrescue -d -b32768 -c1 -r3 DEV out.img out.map
same ddrescue-ecc-K0 dvd ddrescue -d -b32768 -c1 -K0 DEV out.img out.map
same ddrescue-ecc-K256Ki dvd ddrescue -d -b32768 -c1 -K256Ki DEV out.img out.map
same ddrescue-ecc-K1024Ki-fixed-u dvd ddrescue -d -b32768 -c1 -K1Mi,1Mi -u DEV out.img out.map
same ddrescue-ecc bd ddrescue -d -b65536 -c1 DEV out.img out.map
same ddrescue-2048 bd ddrescue -d -b2048 DEV out.img out.map
same ddrescue-2048 cd ddrescue -d -b2048 DEV out.img out.map
same safecopy dvd safecopy --sync -b 2048 -L 0 DEV out.img
same readom small readom -noerror dev=DEV f=out.img
FROM=--from-start same dvdisaster dvd dvdisaster -r -d DEV -i out.img
finish
