# Shell words for the scenarios; sourced, in a guest. $PRESSMARK is the binary, $TESTS the folder of built tests, $SOURCES the repository.
work=/run/work
mkdir -p $work
cd $work || exit 125
failures=0

pass() { echo "pass: $1"; }
miss() {
  echo "FAIL: $1"
  failures=$((failures + 1))
  [ -s $work/last ] && tail -n 15 $work/last | sed 's/^/    /'
}

# check NAME COMMAND...: passes if the command succeeds. What it printed is shown only if not.
check() { expect "$1" 0 "${@:2}"; }

# expect NAME STATUS COMMAND...: passes if the command ends with this status.
expect() {
  local name=$1 wanted=$2 status
  shift 2
  "$@" >$work/last 2>&1 </dev/null
  status=$?
  [ $status = "$wanted" ] && { pass "$name"; return 0; }
  echo "(exit $status, not $wanted: $*)" >>$work/last
  miss "$name"
  return 1
}

# says NAME TEXT [FILE]: passes if the command before, or the file, has this (an extended regular expression).
says() {
  if grep -qE -- "$2" "${3:-$work/last}"; then pass "$1"; else miss "$1"; fi
}

finish() {
  echo "$failures failed"
  exit $((failures > 0))
}

# make_image FILE MIB: a file system with MIB MiB that compress badly, other ones for every size.
make_image() {
  mkdir -p tree
  cp -r "$SOURCES"/docs tree/
  openssl enc -aes-128-ctr -K "$(printf '%032d' "$2")" -iv 0 -nosalt </dev/zero 2>/dev/null | head -c "$2"M >tree/noise
  xorriso -as mkisofs -quiet -J -R -V "DISC_$2" -o "$1" tree >/dev/null 2>&1
  rm -r tree
}

# unreadable MAP: the sectors that a mapfile gives up on, as FIRST+COUNT.
unreadable() {
  local pos size status
  while read -r pos size status; do
    [ "$status" = - ] && printf '%d+%d ' $((pos / 2048)) $((size / 2048))
  done <"$1"
}

# good_sectors_equal MAP IMAGE TRUTH: every sector that the mapfile calls good is the truth's.
good_sectors_equal() {
  local pos size status
  while read -r pos size status; do
    [ "$status" = + ] && [ -n "$size" ] && [ "${pos:0:2}" = 0x ] && [ "$size" != + ] || continue
    cmp -i $((pos)) -n $((size)) "$2" "$3" || return 1
  done <"$1"
}

# rip_until NAME NODE MIB: starts a rip and returns when so much of the image is written; $rip is its process.
rip_until() {
  "$PRESSMARK" rip "$2" -o "$1" >$work/last 2>&1 &
  rip=$!
  while kill -0 $rip 2>/dev/null && [ "$(stat -c %s "$1".iso.part 2>/dev/null || echo 0)" -lt $(($3 << 20)) ]; do
    read -r -t 0.05 <> <(:)
  done
}

# --- an attached drive -------------------------------------------------------------------------------------------------------

# serve SOURCE [OPTION...]: attaches a drive; SR and SG are its nodes.
serve() {
  exec {heard}< <(exec "$PRESSMARK" serve "$@" --attach --control $work/control 2>&1)
  server=$!
  hear 'plugged in' || { miss "attach $1"; finish; }
  [ -e /run/udev/control ] && udevadm settle -t 20
}

# hear START: waits for a line of the server that starts so; takes the nodes from it.
hear() {
  local line
  while read -r -t 120 -u "$heard" line; do
    [[ $line == 'plugged in: '* ]] && read -r SR SG <<<"${line#plugged in: }"
    [[ $line == "$1"* ]] && { said=$line; return 0; }
    echo "server: $line" >>$work/last
  done
  return 1
}

# tell LINE ANSWER: asks the server and waits for the line that answers.
tell() {
  echo "$1" >$work/control
  hear "$2" || miss "the server answers to $1"
}

unserve() {
  kill -TERM "$server"
  wait "$server" 2>/dev/null
  exec {heard}<&-
}
