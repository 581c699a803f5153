# Drives that no one here wrote: QEMU's ATAPI drive and its virtio-scsi one, with Debian's kernel.
#   not_ours.sh FOLDER      has disc.iso and other.iso; bad drives fail at sectors 1000 and 2500 of disc.iso
source "$(dirname "$0")"/lib.sh
folder=$1

# --- the machine around the guest -------------------------------------------------------------------------------------------

exec {monitor}<>/dev/machine
read -r -t 60 -u $monitor _greeting
# machine COMMAND [ARGUMENTS]: asks QEMU and waits for its answer; events pass by.
machine() {
  local line
  echo "{\"execute\": \"$1\", \"arguments\": {${2:-}}}" >&$monitor
  while read -r -t 60 -u $monitor line; do
    [[ $line == *'"return"'* ]] && return 0
    [[ $line == *'"error"'* ]] && { echo "machine: $line" >>$work/last; return 1; }
  done
  return 1
}
machine qmp_capabilities

# node TEXT: the device node of the drive in whose path or model is TEXT, once it is there.
node() {
  local i sr
  for i in {1..100}; do
    for sr in /sys/block/sr*; do
      [[ "$(readlink -f "$sr"/device) $(cat "$sr"/device/model 2>/dev/null)" == *$1* ]] && { echo "/dev/${sr##*/}"; return; }
    done
    read -r -t 0.1 <> <(:)
  done
}

ended() { wait $rip; }

# --- sound drives ------------------------------------------------------------------------------------------------------------

atapi=$(node /ata1/) scsi=$(node SOUND)
# Not promised here: libata reports every transfer as whole; QEMU's ATAPI drive never answers a READ(10) of no sectors (a time-out and
# a reset of 30 s); its virtio-scsi adapter reports a read into a larger buffer as nothing at all.
conforms() {
  check "conformance of linux_sg:$1" "$TESTS"/conformance/pressmark_conformance --gtest_brief=1 --device "linux_sg:$1" --gtest_filter="-$2"
}
conforms "$atapi" '*AllocationLength*:*AnswerShorter*:*BufferLarger*:*ReadOfZero*'
conforms "$scsi" '*BufferLarger*'
for drive in "$atapi" "$scsi"; do
  check "$drive is ripped" "$PRESSMARK" rip "$drive" -o "${drive##*/}"
  check "... to the same bytes" cmp "${drive##*/}".iso "$folder"/disc.iso
done

check "the ATAPI drive's lies about C2 and subchannel are known" "$TESTS"/vm/lying_drive_test "$atapi"

# --- errors ------------------------------------------------------------------------------------------------------------------

for drive in "$(node /ata2/)" "$(node BAD)"; do
  name=bad-${drive##*/}
  expect "$drive with errors is bad news" 1 "$PRESSMARK" rip "$drive" -o "$name" --retries 1
  [ "$(unreadable "$name".map)" = "1000+1 2500+1 " ] && pass "exactly the failing sectors are unreadable" ||
    miss "exactly the failing sectors are unreadable: $(unreadable "$name".map)"
  check "all others are the disc's" good_sectors_equal "$name".map "$name".iso "$folder"/disc.iso
done

# --- a disc changed, a cable pulled ------------------------------------------------------------------------------------------

slow=$(node SLOW)
rip_until changed "$slow" 3
check "(the disc is changed)" machine blockdev-change-medium "\"id\": \"slow\", \"filename\": \"$folder/other.iso\", \"format\": \"raw\", \"force\": true"
expect "a changed disc ends the run" 3 ended
expect "another disc is not mixed in" 3 "$PRESSMARK" rip "$slow" -o changed
check "(the first disc is back)" machine blockdev-change-medium "\"id\": \"slow\", \"filename\": \"$folder/disc.iso\", \"format\": \"raw\", \"force\": true"
rip_until changed "$slow" 6
check "(the drive is unplugged)" machine device_del '"id": "slow"'
expect "a pulled cable ends the run" 3 ended
check "(the drive is plugged in)" machine device_add '"driver": "scsi-cd", "id": "again", "bus": "scsi.0", "drive": "again", "product": "AGAIN"'
check "the next run ends the job" "$PRESSMARK" rip "$(node AGAIN)" -o changed
check "... with the right bytes" cmp changed.iso "$folder"/disc.iso
finish
