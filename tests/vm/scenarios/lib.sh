# Shell words for the scenarios; sourced. In the guest: $PRESSMARK is the binary, $SERVE what attaches a drive, $TESTS the folder of
# built tests, $SOURCES the repository.
work=/tmp/work
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

# expect NAME STATUS COMMAND...: passes if the command ends with this status (or one of them: "0|3").
expect() {
  local name=$1 wanted=$2 status
  shift 2
  "$@" >$work/last 2>&1 </dev/null
  status=$?
  [[ $status =~ ^($wanted)$ ]] && { pass "$name"; return 0; }
  echo "(exit $status, not $wanted: $*)" >>$work/last
  miss "$name"
  return 1
}

# says NAME TEXT: passes if the command before printed this (an extended regular expression).
says() { if grep -qE -- "$2" $work/last; then pass "$1"; else miss "$1"; fi; }

finish() {
  echo "$failures failed"
  exit $((failures > 0))
}

# An image with a file system and COUNT MiB of bytes that compress badly.
make_image() {
  mkdir -p $work/tree
  cp -r "$SOURCES"/docs $work/tree/
  openssl enc -aes-128-ctr -K "$(printf '%032d' "$2")" -iv 0 -nosalt </dev/zero 2>/dev/null | head -c "$2"M >$work/tree/noise
  xorriso -as mkisofs -quiet -J -R -o "$1" $work/tree 2>/dev/null
  rm -rf $work/tree
}

# --- an attached drive -------------------------------------------------------------------------------------------------------

# serve SOURCE: attaches a drive; SR and SG are its nodes.
serve() {
  exec {heard}< <(exec "$SERVE" serve "$1" --attach --control $work/control 2>&1)
  server=$!
  hear 'plugged in' || { miss "attach $1"; return 1; }
}

# hear START: waits for a line of the server that starts so; takes the nodes from it.
hear() {
  local line
  while read -r -t 60 -u "$heard" line; do
    [[ $line == 'plugged in: '* ]] && read -r SR SG <<<"${line#plugged in: }"
    [[ $line == "$1"* ]] && { said=$line; return 0; }
    echo "server: $line" >>$work/last
  done
  return 1
}

# tell LINE [ANSWER]: asks the server and waits for the line that answers.
tell() { echo "$1" >$work/control && { [ $# = 1 ] || hear "$2"; }; }

unserve() {
  kill -TERM "$server"
  wait "$server" 2>/dev/null
  exec {heard}<&-
}
